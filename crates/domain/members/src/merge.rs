//! What a roster record changes about a person.

use kernel::PersonId;

use crate::{Person, RosterPerson, SetAside};

/// A person that is already kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MemberRow {
    /// The id.
    pub id: PersonId,
    /// What is kept.
    pub person: Person,
    /// What the roster told where the member chose otherwise.
    pub set_aside: SetAside,
}

/// Something of a person that can change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    /// The member ID, which a record with the prior one changes.
    MemberId,
    /// The subscriber the person belongs to.
    Subscriber,
    /// The relationship to the subscriber.
    Relationship,
    /// Any part of the name.
    Name,
    /// Date of birth.
    BirthDate,
    /// Gender.
    Gender,
    /// Any part of the address.
    Address,
    /// Telephone number.
    Phone,
    /// E-mail address.
    Email,
    /// Language.
    Language,
}

impl Field {
    /// The name used in audit events and reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Field::MemberId => "member-id",
            Field::Subscriber => "subscriber",
            Field::Relationship => "relationship",
            Field::Name => "name",
            Field::BirthDate => "birth-date",
            Field::Gender => "gender",
            Field::Address => "address",
            Field::Phone => "phone",
            Field::Email => "email",
            Field::Language => "language",
        }
    }
}

/// What a roster record changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Nothing.
    Unchanged,
    /// A person who was not there.
    Insert(Box<Person>),
    /// A person who is there is told of differently.
    Update {
        /// The person.
        id: PersonId,
        /// What to keep now.
        to: Box<Person>,
        /// What stays set aside: where the roster changed its mind, the member's choice ended.
        set_aside: SetAside,
        /// What changed, for the audit trail. Empty if only a choice ended that the roster now
        /// agrees with.
        fields: Vec<Field>,
    },
    /// A new person cannot be kept without these.
    Incomplete {
        /// What is missing.
        missing: Vec<Field>,
    },
}

/// What `record` changes about the person with its member ID or, if that is new, with the prior one
/// it names, who is `current` if known.
///
/// Merging the same record again gives [`Change::Unchanged`].
#[must_use]
pub fn merge(current: Option<&MemberRow>, record: &RosterPerson) -> Change {
    let Some(current) = current else {
        return insert(record);
    };
    let mut to = told(record, &current.person);
    let set_aside = current.set_aside.settle(record, &current.person, &mut to);
    let fields = differences(&current.person, &to);
    if fields.is_empty() && set_aside == current.set_aside {
        return Change::Unchanged;
    }
    Change::Update {
        id: current.id,
        to: Box::new(to),
        set_aside,
        fields,
    }
}

fn insert(record: &RosterPerson) -> Change {
    let needs_address = record.member_id == record.subscriber;
    let mut missing = Vec::new();
    if record.last_name.is_empty() {
        missing.push(Field::Name);
    }
    if needs_address && record.address.is_none() {
        missing.push(Field::Address);
    }
    let Some(birth_date) = record.birth_date else {
        missing.push(Field::BirthDate);
        return Change::Incomplete { missing };
    };
    if !missing.is_empty() {
        return Change::Incomplete { missing };
    }
    let blank = Person {
        member_id: record.member_id.clone(),
        subscriber: record.subscriber.clone(),
        relationship: record.relationship,
        first_name: String::new(),
        middle_name: String::new(),
        last_name: String::new(),
        birth_date,
        gender: String::new(),
        address: None,
        phone: None,
        email: None,
        language: kernel::Language::default(),
    };
    Change::Insert(Box::new(told(record, &blank)))
}

/// The person with all that the record tells.
fn told(record: &RosterPerson, before: &Person) -> Person {
    let either = |told: &Option<String>, before: &str| told.clone().unwrap_or(before.to_owned());
    Person {
        member_id: record.member_id.clone(),
        subscriber: record.subscriber.clone(),
        relationship: record.relationship,
        first_name: record.first_name.clone(),
        middle_name: either(&record.middle_name, &before.middle_name),
        last_name: record.last_name.clone(),
        birth_date: record.birth_date.unwrap_or(before.birth_date),
        gender: either(&record.gender, &before.gender),
        address: record.address.clone().or_else(|| before.address.clone()),
        phone: record.phone.clone().or_else(|| before.phone.clone()),
        email: record.email.clone().or_else(|| before.email.clone()),
        language: record.language.unwrap_or(before.language),
    }
}

fn differences(a: &Person, b: &Person) -> Vec<Field> {
    let names = |p: &Person| {
        (
            p.first_name.clone(),
            p.middle_name.clone(),
            p.last_name.clone(),
        )
    };
    // E-mail addresses are compared as typed, so that a correction of their letters is kept too.
    let email = |p: &Person| p.email.as_ref().map(|e| e.as_str().to_owned());
    [
        (Field::MemberId, a.member_id != b.member_id),
        (Field::Subscriber, a.subscriber != b.subscriber),
        (Field::Relationship, a.relationship != b.relationship),
        (Field::Name, names(a) != names(b)),
        (Field::BirthDate, a.birth_date != b.birth_date),
        (Field::Gender, a.gender != b.gender),
        (Field::Address, a.address != b.address),
        (Field::Phone, a.phone != b.phone),
        (Field::Email, email(a) != email(b)),
        (Field::Language, a.language != b.language),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Address, Contacts, Relationship};
    use jiff::civil::date;
    use kernel::{Email, Language, MemberId, Zip};
    use proptest::prelude::*;

    fn record() -> RosterPerson {
        let id = MemberId::parse("12345678901").unwrap();
        RosterPerson {
            member_id: id.clone(),
            subscriber: id,
            relationship: Relationship::Oneself,
            first_name: "Maria".to_owned(),
            middle_name: None,
            last_name: "Peña".to_owned(),
            birth_date: Some(date(1980, 2, 29)),
            gender: Some("F".to_owned()),
            address: Some(Address {
                line_1: "1 Main St".to_owned(),
                line_2: String::new(),
                city: "Farmington".to_owned(),
                state: "CT".to_owned(),
                zip: Zip::parse("06032").unwrap(),
            }),
            phone: None,
            email: Some(Email::parse("maria@example.com").unwrap()),
            language: Some(Language::Spanish),
        }
    }

    fn row(record: &RosterPerson) -> MemberRow {
        let Change::Insert(person) = merge(None, record) else {
            panic!("a complete record inserts");
        };
        MemberRow {
            id: PersonId::from_parts(1, [0; 10]),
            person: *person,
            set_aside: SetAside::default(),
        }
    }

    #[test]
    fn the_same_record_again_changes_nothing() {
        assert_eq!(merge(Some(&row(&record())), &record()), Change::Unchanged);
    }

    #[test]
    fn what_a_record_does_not_tell_stays() {
        let mut silent = record();
        silent.birth_date = None;
        silent.gender = None;
        silent.address = None;
        silent.email = None;
        silent.language = None;
        assert_eq!(merge(Some(&row(&record())), &silent), Change::Unchanged);
    }

    #[test]
    fn a_person_keeps_everything_under_a_new_member_id() {
        let mut renumbered = record();
        renumbered.member_id = MemberId::parse("99999999999").unwrap();
        renumbered.subscriber = renumbered.member_id.clone();
        let Change::Update { id, to, fields, .. } = merge(Some(&row(&record())), &renumbered)
        else {
            panic!("an update");
        };
        assert_eq!(id, row(&record()).id);
        assert_eq!(to.member_id, renumbered.member_id);
        assert_eq!(fields, [Field::MemberId, Field::Subscriber]);
    }

    #[test]
    fn a_change_names_its_fields() {
        let mut moved = record();
        moved.last_name = "Peña-Cruz".to_owned();
        moved.phone = Some("8605551234".to_owned());
        let Change::Update { to, fields, .. } = merge(Some(&row(&record())), &moved) else {
            panic!("an update");
        };
        assert_eq!(fields, [Field::Name, Field::Phone]);
        assert_eq!(to.full_name(), "Maria Peña-Cruz");
    }

    #[test]
    fn a_new_person_needs_a_name_a_birth_date_and_as_subscriber_an_address() {
        let mut bare = record();
        bare.last_name = String::new();
        bare.birth_date = None;
        bare.address = None;
        assert_eq!(
            merge(None, &bare),
            Change::Incomplete {
                missing: vec![Field::Name, Field::Address, Field::BirthDate]
            }
        );
        let mut dependent = record();
        dependent.subscriber = MemberId::parse("12345678902").unwrap();
        dependent.relationship = Relationship::Child;
        dependent.address = None;
        assert!(matches!(merge(None, &dependent), Change::Insert(_)));
    }

    #[test]
    fn relationship_codes_come_back() {
        for relationship in Relationship::ALL {
            assert_eq!(
                Relationship::from_code(relationship.code()),
                Some(relationship)
            );
        }
    }

    fn any_record() -> impl Strategy<Value = RosterPerson> {
        (
            "[A-Z]{1,3}",
            prop::option::of("[A-Z]{1}"),
            prop::option::of(1_i8..=28),
            prop::option::of("[0-9]{10}"),
            prop::option::of("[a-bA-B]{1,2}@x.org"),
            any::<bool>(),
        )
            .prop_map(|(last_name, middle_name, day, phone, email, spanish)| {
                RosterPerson {
                    last_name,
                    middle_name,
                    birth_date: day.map(|d| date(1980, 1, d)),
                    phone,
                    email: email.and_then(|e| Email::parse(&e).ok()),
                    language: spanish.then_some(Language::Spanish),
                    ..record()
                }
            })
    }

    proptest! {
        #[test]
        fn any_record_merged_twice_is_merged_once(first in any_record(), second in any_record()) {
            let mut row = row(&RosterPerson { birth_date: Some(date(1980, 1, 1)), ..first });
            if let Change::Update { to, fields, .. } = merge(Some(&row), &second) {
                prop_assert!(!fields.is_empty());
                row.person = *to;
            }
            row = row.choosing(&Contacts {
                phone: Some("8605550199".to_owned()),
                email: None,
                language: Language::English,
            });
            if let Change::Update { to, set_aside, .. } = merge(Some(&row), &second) {
                row = MemberRow { person: *to, set_aside, ..row };
            }
            prop_assert_eq!(merge(Some(&row), &second), Change::Unchanged);
        }
    }
}
