//! Who the health plan is: plan lines, channels, tenders, phones, hours, addresses, notices.
//!
//! One TOML file describes the organisation. [`Plan::read`] reads it and checks all of it, and
//! either hands out a [`Plan`] in which every reference is resolved and every text is there in
//! every language, or every problem found, each with its file, line, column and key. Nothing about
//! any one organisation is compiled in. `docs/reference/plan-file.md` lists every key.

mod autopay;
mod colour;
mod consent;
mod holidays;
mod hours;
mod invoicing;
mod line;
mod lockbox;
mod notice;
mod organisation;
mod problem;
mod proposal;
mod read;
mod refunds;
mod scan_line;
mod words;
mod written;

pub use self::lockbox::LockboxSettings;
pub use self::refunds::RefundSettings;
pub use autopay::{AutopayRules, CardRule};
pub use colour::Colour;
pub use consent::{ConsentText, ConsentTexts, RecurringTerms, fill};
pub use holidays::{Holiday, HolidayRule, Holidays};
pub use hours::{Hours, OpenSpan, OpenState};
pub use invoicing::{DueRule, Invoicing, Proration, due_date, issue_date};
pub use line::{
    BoughtThrough, CardFace, CenterPay, Channels, Deduction, GuestPay, IdCard, IdCardRule, Line,
    MailPay, Market, Offer, OnlinePay, PhonePay, WayToPay,
};
pub use notice::{Audience, Notice, Severity};
pub use organisation::{
    Address, Brand, Center, Centers, Counter, Demo, GuestLimits, GuestWords, Help, Organisation,
    Paperless, PaymentRules, Phone, PublicPage, RefusedBrand, RefusedBrandCode, Security,
    SignInWords, Tenders, WithoutChoice,
};
pub use problem::PlanProblem;
pub use proposal::Proposal;
pub use scan_line::{
    CheckDigit, CheckResult, CheckSum, Direction, ScanField, ScanFieldKind, ScanLine,
};
pub use words::Text;
pub use written::{Difference, Value, Written};

use jiff::{civil::Date, tz::TimeZone};
use kernel::Language;

/// Everything that is particular to one health plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it is called.
    pub organisation: Organisation,
    /// The zone all its hours and dates are in.
    pub time_zone: TimeZone,
    /// How people call that zone: `ET`.
    pub time_zone_name: Text,
    /// The languages it speaks; the first is the default. Never empty.
    pub languages: Vec<Language>,
    /// Its colours and the words in place of a logo.
    pub brand: Brand,
    /// The heading of the public payments page.
    pub public_page: PublicPage,
    /// Its phone numbers, in order of their ids.
    pub phones: Vec<Phone>,
    /// The days its phones and centers are closed.
    pub holidays: Holidays,
    /// Its mailing addresses, in order of their ids.
    pub addresses: Vec<Address>,
    /// Whom to call when nothing else fits.
    pub help: Help,
    /// The walk-in centers; `None` if there are none.
    pub centers: Option<Centers>,
    /// What it takes as payment, and what it does not.
    pub tenders: Tenders,
    /// Limits on payments.
    pub payments: PaymentRules,
    /// What a guest needs in hand and cannot see.
    pub guest: GuestWords,
    /// What to do about a forgotten user ID or password.
    pub sign_in: SignInWords,
    /// Why and how to go paperless.
    pub paperless: Paperless,
    /// The plan lines, in the order pages show them. Never empty.
    pub lines: Vec<Line>,
    /// Dated banners, in the order of the file.
    pub notices: Vec<Notice>,
    /// The row of digits at the bottom of the coupon.
    pub scan_line: ScanLine,
    /// Limits on passwords, codes and look-ups.
    pub security: Security,
    /// How autopay is run.
    pub autopay: AutopayRules,
    /// How files of the lockbox bank are taken in.
    pub lockbox: LockboxSettings,
    /// How money is given back and premium given up.
    pub refunds: RefundSettings,
    /// What people agree to, each with its version.
    pub texts: ConsentTexts,
    /// How large the demonstration is.
    pub demo: Option<Demo>,
    /// The file that all of this was read from.
    pub written: Written,
}

impl Plan {
    /// Reads and checks a plan file. `file_name` is used in the problems only.
    ///
    /// # Errors
    /// Every [`PlanProblem`] found, in the order of the file. Never empty.
    pub fn read(file_name: &str, toml_text: &str) -> Result<Plan, Vec<PlanProblem>> {
        read::plan(file_name, toml_text)
    }

    /// The language of people who have not chosen one.
    #[must_use]
    pub fn default_language(&self) -> Language {
        self.languages.first().copied().unwrap_or_default()
    }

    /// True if the plan speaks `language`.
    #[must_use]
    pub fn speaks(&self, language: Language) -> bool {
        self.languages.contains(&language)
    }

    /// The plan line with this id, such as `medicare-advantage`.
    #[must_use]
    pub fn line(&self, id: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// The phone with this id.
    #[must_use]
    pub fn phone(&self, id: &str) -> Option<&Phone> {
        self.phones.iter().find(|phone| phone.id == id)
    }

    /// The address with this id.
    #[must_use]
    pub fn address(&self, id: &str) -> Option<&Address> {
        self.addresses.iter().find(|address| address.id == id)
    }

    /// The notices that `audience` sees on `date`, the most severe first. With a line only those
    /// for that line or for all; without one only those for all lines.
    #[must_use]
    pub fn notices_for(&self, audience: Audience, line: Option<&str>, date: Date) -> Vec<&Notice> {
        let mut shown: Vec<&Notice> = self
            .notices
            .iter()
            .filter(|notice| notice.is_shown(audience, line, date))
            .collect();
        shown.sort_by_key(|notice| std::cmp::Reverse(notice.severity));
        shown
    }
}
