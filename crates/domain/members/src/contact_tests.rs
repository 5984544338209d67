use jiff::civil::date;
use kernel::{Email, Language, MemberId, PersonId};

use super::*;
use crate::{Change, Relationship, merge};

fn record(phone: Option<&str>, email: Option<&str>, language: Option<Language>) -> RosterPerson {
    let id = MemberId::parse("12345678901").unwrap();
    RosterPerson {
        member_id: id.clone(),
        subscriber: id,
        relationship: Relationship::Oneself,
        first_name: "Maria".to_owned(),
        middle_name: None,
        last_name: "Lopez".to_owned(),
        birth_date: Some(date(1956, 3, 14)),
        gender: None,
        address: None,
        phone: phone.map(str::to_owned),
        email: email.map(|email| Email::parse(email).unwrap()),
        language,
    }
}

fn member(phone: &str, email: &str, language: Language) -> MemberRow {
    let id = MemberId::parse("12345678901").unwrap();
    MemberRow {
        id: PersonId::from_parts(1, [0; 10]),
        person: Person {
            member_id: id.clone(),
            subscriber: id,
            relationship: Relationship::Oneself,
            first_name: "Maria".to_owned(),
            middle_name: String::new(),
            last_name: "Lopez".to_owned(),
            birth_date: date(1956, 3, 14),
            gender: String::new(),
            address: None,
            phone: Some(phone.to_owned()).filter(|phone| !phone.is_empty()),
            email: Email::parse(email).ok(),
            language,
        },
        set_aside: SetAside::default(),
    }
}

fn choosing(row: &MemberRow, phone: &str, email: &str, language: Language) -> MemberRow {
    row.choosing(&Contacts {
        phone: Some(phone.to_owned()).filter(|phone| !phone.is_empty()),
        email: Email::parse(email).ok(),
        language,
    })
}

/// The row after a record.
fn after(row: &MemberRow, record: &RosterPerson) -> MemberRow {
    match merge(Some(row), record) {
        Change::Unchanged => row.clone(),
        Change::Update { to, set_aside, .. } => MemberRow {
            id: row.id,
            person: *to,
            set_aside,
        },
        other => panic!("{other:?}"),
    }
}

fn said(row: &MemberRow) -> (String, String, Language) {
    (
        row.person.phone.clone().unwrap_or_default(),
        row.person
            .email
            .as_ref()
            .map_or(String::new(), |e| e.as_str().to_owned()),
        row.person.language,
    )
}

const EN: Language = Language::English;
const ES: Language = Language::Spanish;

#[test]
fn a_choice_stands_until_the_roster_tells_something_else_than_before() {
    let chosen = choosing(
        &member("8605550100", "old@x.org", EN),
        "8605550111",
        "new@x.org",
        ES,
    );
    let mine = ("8605550111", "new@x.org", ES);
    // What the roster tells next, and what is kept then.
    let cases = [
        ((None, None, None), mine),
        ((Some("8605550100"), Some("old@x.org"), Some(EN)), mine),
        ((Some("8605550100"), Some("OLD@X.org"), Some(EN)), mine),
        (
            (Some("8605550122"), Some("old@x.org"), Some(EN)),
            ("8605550122", "new@x.org", ES),
        ),
        (
            (None, Some("newer@x.org"), None),
            ("8605550111", "newer@x.org", ES),
        ),
        (
            (Some("8605550111"), Some("new@x.org"), Some(ES)),
            ("8605550111", "new@x.org", ES),
        ),
    ];
    for ((phone, email, language), kept) in cases {
        let row = after(&chosen, &record(phone, email, language));
        assert_eq!(
            said(&row),
            (kept.0.to_owned(), kept.1.to_owned(), kept.2),
            "{phone:?}"
        );
    }
}

#[test]
fn once_the_roster_changed_its_mind_its_word_counts_again() {
    let chosen = choosing(
        &member("8605550100", "old@x.org", EN),
        "8605550111",
        "new@x.org",
        EN,
    );
    let agreed = after(
        &chosen,
        &record(Some("8605550111"), Some("newer@x.org"), None),
    );
    assert_eq!(agreed.set_aside, SetAside::default());
    let back = after(
        &agreed,
        &record(Some("8605550100"), Some("old@x.org"), None),
    );
    assert_eq!(
        said(&back),
        ("8605550100".to_owned(), "old@x.org".to_owned(), EN)
    );
}

#[test]
fn a_second_choice_still_stands_against_what_the_roster_told_first() {
    let first = choosing(&member("8605550100", "", EN), "8605550111", "", EN);
    let second = choosing(&first, "", "me@x.org", EN);
    assert_eq!(second.set_aside.phone.as_deref(), Some("8605550100"));
    assert_eq!(second.set_aside.email.as_deref(), Some(""));
    let row = after(&second, &record(Some("8605550100"), None, None));
    assert_eq!(said(&row), (String::new(), "me@x.org".to_owned(), EN));
}

#[test]
fn choosing_what_the_roster_says_is_no_choice() {
    let row = member("8605550100", "old@x.org", EN);
    let away = choosing(&row, "8605550111", "new@x.org", ES);
    assert_eq!(choosing(&away, "8605550100", "old@x.org", EN), row);
    assert_eq!(choosing(&row, "8605550100", "old@x.org", EN), row);
}

#[test]
fn a_record_that_ends_a_choice_by_agreeing_changes_no_field_but_is_kept() {
    let chosen = choosing(&member("8605550100", "", EN), "8605550111", "", EN);
    let Change::Update {
        fields, set_aside, ..
    } = merge(Some(&chosen), &record(Some("8605550111"), None, None))
    else {
        panic!("an update");
    };
    assert!(fields.is_empty());
    assert_eq!(set_aside, SetAside::default());
}

#[test]
fn an_address_is_changed_where_it_is_kept() {
    use AddressSource::{Employer, Exchange, ExchangeOrPlan, Plan};
    for (employer, exchange, direct, source) in [
        (false, false, false, Plan),
        (false, false, true, Plan),
        (false, true, false, Exchange),
        (false, true, true, ExchangeOrPlan),
        (true, false, false, Employer),
        (true, true, true, Employer),
    ] {
        assert_eq!(address_source(employer, exchange, direct), source);
    }
}

#[test]
fn telephone_numbers_are_read_as_people_write_them() {
    for (typed, read) in [
        ("860-555-0100", Some("8605550100")),
        ("(860) 555 0100", Some("8605550100")),
        ("+1 860.555.0100", Some("8605550100")),
        ("18605550100", Some("8605550100")),
        ("1605550100", None),
        ("8601550100", None),
        ("860555010", None),
        ("860-555-0100 ext 4", None),
        ("", None),
    ] {
        assert_eq!(read_phone(typed).as_deref(), read, "{typed}");
    }
}
