//! Is this the member they say it is? For guest pay and registration.
//!
//! Member ID, ZIP and date of birth are known to many; they open a payment, or a registration that
//! then needs an e-mailed code, and never an account. There is one answer for every mismatch, and
//! the comparison does the same work whatever differs, so that neither words nor time tell which
//! field was wrong or whether there is such a member.

use jiff::civil::{Date, date};
use kernel::{MemberId, Zip, plain_name};

/// What somebody says of a member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GuestFacts {
    /// The member ID.
    pub member_id: MemberId,
    /// The ZIP code.
    pub zip: Zip,
    /// The date of birth.
    pub birth_date: Date,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
}

/// What is kept of a member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MemberFacts {
    /// The member ID.
    pub member_id: MemberId,
    /// The ZIP code.
    pub zip: Zip,
    /// The date of birth.
    pub birth_date: Date,
    /// The first name; may be empty.
    pub first_name: String,
    /// The last name, or the only name.
    pub last_name: String,
}

/// True if all that was said is so. Names are compared without case, accents and punctuation, and a
/// second part of a first name may be left out. With no such member, a made-up one is compared.
#[must_use]
pub fn matches(said: &GuestFacts, known: Option<&MemberFacts>) -> bool {
    let nobody = MemberFacts {
        member_id: said.member_id.clone(),
        zip: said.zip.clone(),
        birth_date: date(1900, 1, 1),
        first_name: "NOBODY".to_owned(),
        last_name: "NOBODY".to_owned(),
    };
    let there = known.is_some();
    let known = known.unwrap_or(&nobody);
    // `&`, not `&&`: every comparison is made, whatever the others say.
    there
        & same_bytes(said.member_id.as_str(), known.member_id.as_str())
        & same_bytes(said.zip.as_str(), known.zip.as_str())
        & same_bytes(&said.birth_date.to_string(), &known.birth_date.to_string())
        & same_first_name(&said.first_name, &known.first_name)
        & same_bytes(&plain_name(&said.last_name), &plain_name(&known.last_name))
}

/// As [`matches`], without names, for registration.
#[must_use]
pub fn matches_without_names(
    member_id: &MemberId,
    zip: &Zip,
    birth_date: Date,
    known: Option<&MemberFacts>,
) -> bool {
    let (first_name, last_name) = known.map_or(("", ""), |k| (&k.first_name, &k.last_name));
    let said = GuestFacts {
        member_id: member_id.clone(),
        zip: zip.clone(),
        birth_date,
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
    };
    matches(&said, known)
}

fn same_first_name(said: &str, known: &str) -> bool {
    let first_part = |name: &str| plain_name(name.split_whitespace().next().unwrap_or(""));
    let whole = same_bytes(&plain_name(said), &plain_name(known));
    let first = same_bytes(&first_part(said), &first_part(known));
    // `Maria` for `Maria Elena` is right; `Maria Elena` for `Maria Luisa` is not.
    let shorter = (!said.trim().contains(' ')) | (!known.trim().contains(' '));
    whole | (first & shorter)
}

/// Compares without stopping at the first difference. The length is not a secret.
fn same_bytes(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut differs = u8::from(a.len() != b.len());
    for i in 0..a.len().max(b.len()) {
        differs |= a.get(i).unwrap_or(&0) ^ b.get(i).unwrap_or(&0xFF);
    }
    std::hint::black_box(differs) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maria() -> MemberFacts {
        MemberFacts {
            member_id: MemberId::parse("12345678901").unwrap(),
            zip: Zip::parse("06032").unwrap(),
            birth_date: date(1980, 2, 29),
            first_name: "María Elena".to_owned(),
            last_name: "Peña-Cruz".to_owned(),
        }
    }

    fn said() -> GuestFacts {
        let m = maria();
        GuestFacts {
            member_id: m.member_id,
            zip: m.zip,
            birth_date: m.birth_date,
            first_name: m.first_name,
            last_name: m.last_name,
        }
    }

    #[test]
    fn any_single_mismatch_is_a_mismatch() {
        assert!(matches(&said(), Some(&maria())));
        let wrong: [fn(&mut GuestFacts); 6] = [
            |s| s.member_id = MemberId::parse("12345678902").unwrap(),
            |s| s.zip = Zip::parse("06033").unwrap(),
            |s| s.birth_date = date(1980, 2, 28),
            |s| s.first_name = "Marta".to_owned(),
            |s| s.last_name = "Pena".to_owned(),
            |s| s.first_name = String::new(),
        ];
        for (i, change) in wrong.into_iter().enumerate() {
            let mut facts = said();
            change(&mut facts);
            assert!(!matches(&facts, Some(&maria())), "mismatch {i}");
        }
    }

    #[test]
    fn a_member_who_is_not_there_never_matches() {
        assert!(!matches(&said(), None));
        let mut nobody = said();
        nobody.birth_date = date(1900, 1, 1);
        nobody.first_name = "nobody".to_owned();
        nobody.last_name = "nobody".to_owned();
        assert!(!matches(&nobody, None));
        let s = said();
        assert!(!matches_without_names(
            &s.member_id,
            &s.zip,
            s.birth_date,
            None
        ));
        assert!(!matches_without_names(
            &s.member_id,
            &s.zip,
            date(1900, 1, 1),
            None
        ));
    }

    #[test]
    fn names_are_read_as_people_write_them() {
        for (first, last, expected) in [
            ("MARIA ELENA", "PENA CRUZ", true),
            ("maria", "pena-cruz", true),
            (" Maria ", "Peña Cruz", true),
            ("MariaElena", "Penacruz", true),
            ("Maria Luisa", "Peña Cruz", false),
            ("Elena", "Peña Cruz", false),
            ("M", "Peña Cruz", false),
        ] {
            let mut facts = said();
            facts.first_name = first.to_owned();
            facts.last_name = last.to_owned();
            assert_eq!(matches(&facts, Some(&maria())), expected, "{first} {last}");
        }
    }

    #[test]
    fn a_member_with_one_name_matches_with_an_empty_first_name() {
        let mut known = maria();
        known.first_name = String::new();
        let mut facts = said();
        facts.first_name = String::new();
        assert!(matches(&facts, Some(&known)));
    }

    #[test]
    fn registration_compares_without_names() {
        let s = said();
        let known = maria();
        assert!(matches_without_names(
            &s.member_id,
            &s.zip,
            s.birth_date,
            Some(&known)
        ));
        assert!(!matches_without_names(
            &s.member_id,
            &s.zip,
            date(1980, 3, 1),
            Some(&known)
        ));
    }
}
