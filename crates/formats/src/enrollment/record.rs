use jiff::civil::Date;
use kernel::{Cents, Email, Language, MemberId, Zip};

use super::Position;

/// What a record asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Maintenance {
    /// New coverage (021).
    Add,
    /// Something changed (001, 026).
    Change,
    /// Coverage ends (024), or never was (002, then it is also cancelled).
    Terminate,
    /// Coverage that had ended goes on (025).
    Reinstate,
    /// The whole state, for comparing (030).
    Audit,
}

impl Maintenance {
    /// The word in CSV files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Maintenance::Add => "add",
            Maintenance::Change => "change",
            Maintenance::Terminate => "terminate",
            Maintenance::Reinstate => "reinstate",
            Maintenance::Audit => "audit",
        }
    }

    /// The maintenance type code of INS03 and HD01 (X12 code source 875).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Maintenance::Add => "021",
            Maintenance::Change => "001",
            Maintenance::Terminate => "024",
            Maintenance::Reinstate => "025",
            Maintenance::Audit => "030",
        }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "add" | "021" => Some(Maintenance::Add),
            "change" | "001" | "026" => Some(Maintenance::Change),
            "terminate" | "024" | "002" => Some(Maintenance::Terminate),
            "reinstate" | "025" => Some(Maintenance::Reinstate),
            "audit" | "030" => Some(Maintenance::Audit),
            _ => None,
        }
    }

    /// True if the record tells everything about the member, so that what is missing is missed.
    #[must_use]
    pub const fn is_complete(self) -> bool {
        matches!(
            self,
            Maintenance::Add | Maintenance::Reinstate | Maintenance::Audit
        )
    }
}

/// The member's relationship to the subscriber (INS02), as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relationship {
    /// The subscriber (18).
    Oneself,
    /// Husband or wife (01).
    Spouse,
    /// A child of any kind (19, and 09, 10, 17).
    Child,
    /// Domestic partner (53).
    DomesticPartner,
    /// Any other.
    Other,
}

impl Relationship {
    /// The word in CSV files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Relationship::Oneself => "self",
            Relationship::Spouse => "spouse",
            Relationship::Child => "child",
            Relationship::DomesticPartner => "domestic_partner",
            Relationship::Other => "other",
        }
    }

    /// The individual relationship code of INS02.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Relationship::Oneself => "18",
            Relationship::Spouse => "01",
            Relationship::Child => "19",
            Relationship::DomesticPartner => "53",
            Relationship::Other => "G8",
        }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "self" | "18" => Some(Relationship::Oneself),
            "spouse" | "01" => Some(Relationship::Spouse),
            "child" | "19" | "09" | "10" | "17" => Some(Relationship::Child),
            "domestic_partner" | "53" => Some(Relationship::DomesticPartner),
            "other" => Some(Relationship::Other),
            // INS02 has some sixty codes; none of the others changes what is done here.
            code if code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                Some(Relationship::Other)
            }
            _ => None,
        }
    }
}

/// Gender as files carry it (DMG03). U (unknown), and X in CSV files, count as not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gender {
    /// F.
    Female,
    /// M.
    Male,
}

impl Gender {
    /// The code of DMG03.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Gender::Female => "F",
            Gender::Male => "M",
        }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        match text {
            "F" | "f" => Some(Gender::Female),
            "M" | "m" => Some(Gender::Male),
            _ => None,
        }
    }
}

/// A United States postal address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Street and number; empty if the file gives only the city.
    pub line_1: String,
    /// Apartment and the like.
    pub line_2: Option<String>,
    /// City.
    pub city: String,
    /// Two capital letters.
    pub state: String,
    /// ZIP code.
    pub zip: Zip,
}

/// The amounts of a month of coverage. `premium = aptc + other_payers + responsibility`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The whole premium of all members covered.
    pub premium: Cents,
    /// Advance payment of the premium tax credit, which CMS owes.
    pub aptc: Cents,
    /// What an employer or a state pays.
    pub other_payers: Cents,
    /// What the subscriber owes of the premium.
    pub responsibility: Cents,
    /// Late-enrolment penalty of Medicare Part D, owed on top of the premium.
    pub late_enrolment_penalty: Cents,
}

/// A stretch of coverage in a plan line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolledCoverage {
    /// What to do with the coverage: a member who only changes may get new coverage.
    pub maintenance: Maintenance,
    /// The plan line's slug.
    pub plan_line: String,
    /// The plan's code, such as a HIOS plan ID.
    pub plan_code: Option<String>,
    /// The policy number.
    pub policy_number: Option<String>,
    /// The first day; always there unless the coverage is changed or terminated.
    pub first_day: Option<Date>,
    /// The last day; `None` while it goes on.
    pub last_day: Option<Date>,
    /// True if the coverage never took effect, as when the binder payment was not made.
    pub cancelled: bool,
    /// The amounts, on subscribers' records that carry them.
    pub rate: Option<Rate>,
    /// This member's part of the premium, for information.
    pub member_premium: Option<Cents>,
}

/// One record of a roster: one member, with at most one stretch of coverage. Social security
/// numbers are never kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrollmentRecord {
    /// Where it begins.
    pub position: Position,
    /// What it asks for, as to the member.
    pub maintenance: Maintenance,
    /// Why, as the sender codes it (INS04), such as 59 for non-payment.
    pub reason: Option<String>,
    /// The relationship to the subscriber.
    pub relationship: Relationship,
    /// The member's own ID.
    pub member_id: MemberId,
    /// The subscriber's ID; the member's own for a subscriber.
    pub subscriber_id: MemberId,
    /// The exchange's ID of the member.
    pub exchange_member_id: Option<String>,
    /// The member ID that the member had before, when it changes.
    pub prior_member_id: Option<MemberId>,
    /// The exchange's ID of the policy.
    pub exchange_policy_id: Option<String>,
    /// The employer's group number, or a policy number of the member level.
    pub group_number: Option<String>,
    /// Last name, or the only name.
    pub last_name: String,
    /// First name; empty for a member with one name.
    pub first_name: String,
    /// Middle name or initial.
    pub middle_name: Option<String>,
    /// Date of birth; always there unless the record is a change or a termination.
    pub birth_date: Option<Date>,
    /// Gender, if told.
    pub gender: Option<Gender>,
    /// Where the member lives; always there for a subscriber unless the record is a change or a
    /// termination.
    pub address: Option<Address>,
    /// Where mail goes, if elsewhere.
    pub mailing_address: Option<Address>,
    /// Ten digits.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<Email>,
    /// The language the member reads, if it is one that the product speaks.
    pub language: Option<Language>,
    /// The day from which the change holds.
    pub maintenance_effective: Option<Date>,
    /// First day of eligibility.
    pub eligibility_first_day: Option<Date>,
    /// Last day of eligibility; the last day of everything in a termination without coverage.
    pub eligibility_last_day: Option<Date>,
    /// The coverage, unless the record is only about the person.
    pub coverage: Option<EnrolledCoverage>,
}

impl EnrollmentRecord {
    /// True for the subscriber, the person who owes.
    #[must_use]
    pub fn is_subscriber(&self) -> bool {
        self.relationship == Relationship::Oneself
    }
}
