//! The people of the demonstration whom its pages, texts and tests know by name.

use jiff::civil::{Date, date};
use kernel::{Cents, Language};

use super::lines;

/// A fixed subscriber. Every roster begins with all of them, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Persona {
    /// The member ID: 11 digits beginning with 1, which generated ones never do.
    pub member_id: &'static str,
    /// First name.
    pub first_name: &'static str,
    /// Last name.
    pub last_name: &'static str,
    /// Date of birth.
    pub birth_date: Date,
    /// Street and number.
    pub line_1: &'static str,
    /// City in Connecticut.
    pub city: &'static str,
    /// ZIP code.
    pub zip: &'static str,
    /// E-mail address.
    pub email: &'static str,
    /// Plan line, one of [`lines`].
    pub line: &'static str,
    /// Language.
    pub language: Language,
    /// The month's premium; zero where it is not paid here.
    pub premium: Cents,
    /// The month's APTC.
    pub aptc: Cents,
    /// The month's late-enrolment penalty.
    pub late_enrolment_penalty: Cents,
    /// First name and date of birth of a child who is covered too.
    pub child: Option<(&'static str, Date)>,
}

/// The demonstration's people: one for each plan line, for a policy bought directly, and a Spanish
/// speaker.
#[must_use]
pub fn personas() -> &'static [Persona] {
    &PERSONAS
}

static PERSONAS: [Persona; 7] = [
    Persona {
        member_id: "10000000001",
        first_name: "Jordan",
        last_name: "Rivers",
        birth_date: date(1984, 5, 17),
        line_1: "12 Maple Ave",
        city: "Farmington",
        zip: "06032",
        email: "jordan.rivers@example.com",
        line: lines::INDIVIDUAL,
        language: Language::English,
        premium: Cents::new(86_240),
        aptc: Cents::new(54_100),
        late_enrolment_penalty: Cents::ZERO,
        child: Some(("Casey", date(2016, 9, 2))),
    },
    Persona {
        member_id: "10000000002",
        first_name: "María José",
        last_name: "Peña",
        birth_date: date(1990, 11, 3),
        line_1: "48 Park St, Apt 3",
        city: "Hartford",
        zip: "06106",
        email: "maria.pena@example.com",
        line: lines::INDIVIDUAL,
        language: Language::Spanish,
        premium: Cents::new(51_275),
        aptc: Cents::new(42_635),
        late_enrolment_penalty: Cents::ZERO,
        child: None,
    },
    Persona {
        member_id: "10000000003",
        first_name: "Avery",
        last_name: "Stone",
        birth_date: date(1979, 2, 28),
        line_1: "7 Ridge Rd",
        city: "West Hartford",
        zip: "06107",
        email: "avery.stone@example.com",
        line: lines::INDIVIDUAL,
        language: Language::English,
        premium: Cents::new(64_890),
        aptc: Cents::ZERO,
        late_enrolment_penalty: Cents::ZERO,
        child: None,
    },
    Persona {
        member_id: "10000000004",
        first_name: "Morgan",
        last_name: "Hale",
        birth_date: date(1968, 7, 9),
        line_1: "230 Chapel St",
        city: "New Haven",
        zip: "06511",
        email: "morgan.hale@example.com",
        line: lines::SOLO,
        language: Language::English,
        premium: Cents::new(73_518),
        aptc: Cents::ZERO,
        late_enrolment_penalty: Cents::ZERO,
        child: None,
    },
    Persona {
        member_id: "10000000005",
        first_name: "Eleanor",
        last_name: "Whitfield",
        birth_date: date(1951, 12, 24),
        line_1: "5 Orchard Rd",
        city: "Glastonbury",
        zip: "06033",
        email: "eleanor.whitfield@example.com",
        line: lines::MEDICARE_ADVANTAGE,
        language: Language::English,
        premium: Cents::new(8_640),
        aptc: Cents::ZERO,
        late_enrolment_penalty: Cents::new(1_150),
        child: None,
    },
    Persona {
        member_id: "10000000006",
        first_name: "Walter",
        last_name: "Brandt",
        birth_date: date(1947, 3, 30),
        line_1: "91 Boston Post Rd",
        city: "Milford",
        zip: "06460",
        email: "walter.brandt@example.com",
        line: lines::MEDICARE_SUPPLEMENT,
        language: Language::English,
        premium: Cents::new(27_415),
        aptc: Cents::ZERO,
        late_enrolment_penalty: Cents::ZERO,
        child: None,
    },
    Persona {
        member_id: "10000000007",
        first_name: "Priya",
        last_name: "Natarajan",
        birth_date: date(1992, 8, 14),
        line_1: "16 Spring St",
        city: "Stamford",
        zip: "06902",
        email: "priya.natarajan@example.com",
        line: lines::EMPLOYER,
        language: Language::English,
        premium: Cents::ZERO,
        aptc: Cents::ZERO,
        late_enrolment_penalty: Cents::ZERO,
        child: None,
    },
];
