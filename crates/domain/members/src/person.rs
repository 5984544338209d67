//! People, as they are kept and as a roster tells of them.

use jiff::civil::Date;
use kernel::{Email, Language, MemberId, Zip};

/// How a member is related to the subscriber.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Relationship {
    /// The subscriber.
    Oneself,
    /// Husband or wife.
    Spouse,
    /// A child of any kind.
    Child,
    /// Domestic partner.
    DomesticPartner,
    /// Any other.
    Other,
}

impl Relationship {
    /// All relationships.
    pub const ALL: [Relationship; 5] = [
        Relationship::Oneself,
        Relationship::Spouse,
        Relationship::Child,
        Relationship::DomesticPartner,
        Relationship::Other,
    ];

    /// The name used in tables and CSV files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Relationship::Oneself => "self",
            Relationship::Spouse => "spouse",
            Relationship::Child => "child",
            Relationship::DomesticPartner => "domestic_partner",
            Relationship::Other => "other",
        }
    }

    /// The relationship with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// A United States postal address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// Street and number.
    pub line_1: String,
    /// Apartment and the like; empty if there is none.
    pub line_2: String,
    /// City.
    pub city: String,
    /// Two capital letters.
    pub state: String,
    /// ZIP code.
    pub zip: Zip,
}

/// A person as kept: subscriber or dependent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// The member's own ID.
    pub member_id: MemberId,
    /// The subscriber's ID; the member's own for a subscriber.
    pub subscriber: MemberId,
    /// The relationship to the subscriber.
    pub relationship: Relationship,
    /// First name; empty for a member with one name.
    pub first_name: String,
    /// Middle name or initial; empty if there is none.
    pub middle_name: String,
    /// Last name, or the only name.
    pub last_name: String,
    /// Date of birth.
    pub birth_date: Date,
    /// `F`, `M`, `U` or empty if it was never told.
    pub gender: String,
    /// Where mail goes.
    pub address: Option<Address>,
    /// Ten digits.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<Email>,
    /// The language the member reads.
    pub language: Language,
}

impl Person {
    /// True for the person who owes.
    #[must_use]
    pub fn is_subscriber(&self) -> bool {
        self.relationship == Relationship::Oneself
    }

    /// First and last name as written on an envelope.
    #[must_use]
    pub fn full_name(&self) -> String {
        [&self.first_name, &self.middle_name, &self.last_name]
            .into_iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// A person as a roster record tells of them. What the record does not tell is `None` and stays as
/// it is: a change record names only what changed, and a contact that a member gave is not wiped by
/// a sponsor that does not know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RosterPerson {
    /// The member's own ID.
    pub member_id: MemberId,
    /// The subscriber's ID; the member's own for a subscriber.
    pub subscriber: MemberId,
    /// The relationship to the subscriber.
    pub relationship: Relationship,
    /// First name; empty for a member with one name.
    pub first_name: String,
    /// Middle name or initial.
    pub middle_name: Option<String>,
    /// Last name, or the only name.
    pub last_name: String,
    /// Date of birth. A new person needs one.
    pub birth_date: Option<Date>,
    /// `F`, `M` or `U`.
    pub gender: Option<String>,
    /// Where mail goes. A new subscriber needs one.
    pub address: Option<Address>,
    /// Ten digits.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<Email>,
    /// The language the member reads.
    pub language: Option<Language>,
}
