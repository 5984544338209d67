//! The organisation itself: names, brand, phones, addresses, centers, tenders and limits.

use jiff::Timestamp;
use kernel::{Cents, Tender};

use crate::{Colour, Holidays, Hours, OpenState, Plan, Text};

/// What the organisation is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisation {
    /// The name in headings and letters.
    pub name: String,
    /// The name where there is little room, such as a bank statement: 1 to 16 characters, the width
    /// of the company name in an ACH batch header (Nacha Operating Rules, appendix three).
    pub short_name: String,
    /// The name in contracts.
    pub legal_name: String,
    /// The address of its web site, starting with `https://`.
    pub website: String,
}

/// Its colours and the words in place of a logo.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Brand {
    /// The words in place of a logo.
    pub logo_text: String,
    /// The ground of buttons and of the header, under white text.
    pub primary: Colour,
    /// The same, pressed or pointed at.
    pub primary_dark: Colour,
    /// Rules and marks.
    pub accent: Colour,
    /// Links on white.
    pub link: Colour,
}

/// The heading of the public payments page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicPage {
    /// The title.
    pub title: Text,
    /// What can be done here.
    pub summary: Text,
}

/// A phone number and when somebody answers it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phone {
    /// Its name in the plan file.
    pub id: String,
    /// Ten digits: `8003331733`.
    pub digits: String,
    /// The number for text telephones: 711, or ten digits.
    pub tty: String,
    /// What it is for.
    pub purpose: Text,
    /// When somebody, or the automated line, answers.
    pub hours: Hours,
    /// True if nobody answers on holidays.
    pub closed_on_holidays: bool,
}

impl Phone {
    /// The number as people read it: `800-333-1733`.
    #[must_use]
    pub fn number(&self) -> String {
        dashed(&self.digits)
    }

    /// The address of a link that dials it (RFC 3966): `tel:+1-800-333-1733`.
    #[must_use]
    pub fn link(&self) -> String {
        format!("tel:+1-{}", self.number())
    }

    /// The text telephone number as people read it: `711`.
    #[must_use]
    pub fn tty_number(&self) -> String {
        dashed(&self.tty)
    }

    /// Whether somebody answers at `now`.
    #[must_use]
    pub fn state_at(&self, now: Timestamp, plan: &Plan) -> OpenState {
        state_of(&self.hours, self.closed_on_holidays, now, plan)
    }
}

fn state_of(hours: &Hours, closed_on_holidays: bool, now: Timestamp, plan: &Plan) -> OpenState {
    if closed_on_holidays {
        hours.state_at(now, &plan.time_zone, &plan.holidays)
    } else {
        hours.state_at(now, &plan.time_zone, &Holidays::default())
    }
}

/// Ten digits as `800-333-1733`; anything else as it is.
pub(crate) fn dashed(digits: &str) -> String {
    match (digits.get(..3), digits.get(3..6), digits.get(6..10)) {
        (Some(area), Some(exchange), Some(line)) => format!("{area}-{exchange}-{line}"),
        _ => digits.to_owned(),
    }
}

/// A mailing address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// Its name in the plan file.
    pub id: String,
    /// What it is for.
    pub purpose: Text,
    /// The lines of the address, the name first and city, state and ZIP code last: 2 to 5.
    pub lines: Vec<String>,
}

/// Whom to call when nothing else fits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Help {
    /// The heading.
    pub title: Text,
    /// When to call.
    pub text: Text,
    /// The phone.
    pub phone: Phone,
}

/// The walk-in centers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Centers {
    /// What one is called: `ConnectiCare Center`.
    pub name: Text,
    /// The words of the link to hours and locations.
    pub where_to_find: Text,
    /// Where that link leads, starting with `https://`.
    pub locations_url: String,
    /// For how many months from its date a check is taken at the counter.
    pub checks_good_for_months: u8,
    /// Up to which difference, either way, an associate closes a drawer alone.
    pub difference_limit: Cents,
    /// The centers, as far as the plan file lists them.
    pub list: Vec<Center>,
}

/// A place where an associate opens a drawer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counter<'a> {
    /// Its name in tables.
    pub id: &'a str,
    /// What it is called.
    pub name: &'a Text,
    /// The lines of its address; none if the plan file lists no center.
    pub address: &'a [String],
    /// What it takes; `None` for all that a plan line takes at centers.
    pub tenders: Option<&'a [Tender]>,
}

impl Centers {
    /// The only place of a plan whose file lists no center.
    pub const UNLISTED: &'static str = "center";

    /// Where drawers are opened: at the listed centers, or at the one place that has the name of
    /// them all.
    #[must_use]
    pub fn counters(&self) -> Vec<Counter<'_>> {
        if self.list.is_empty() {
            return vec![Counter {
                id: Self::UNLISTED,
                name: &self.name,
                address: &[],
                tenders: None,
            }];
        }
        let counter = |center| {
            let center: &Center = center;
            Counter {
                id: &center.id,
                name: &center.name,
                address: &center.address,
                tenders: center.tenders.as_deref(),
            }
        };
        self.list.iter().map(counter).collect()
    }

    /// The place with this id.
    #[must_use]
    pub fn counter(&self, id: &str) -> Option<Counter<'_>> {
        self.counters().into_iter().find(|place| place.id == id)
    }
}

/// A walk-in center.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Center {
    /// Its name in the plan file.
    pub id: String,
    /// What it is called.
    pub name: Text,
    /// The lines of its address.
    pub address: Vec<String>,
    /// The phone to call about it.
    pub phone: Phone,
    /// When its doors are open.
    pub hours: Hours,
    /// True if its doors are closed on holidays.
    pub closed_on_holidays: bool,
    /// What it takes; `None` for all that a plan line takes at centers.
    pub tenders: Option<Vec<Tender>>,
    /// True for a made-up center, which pages mark as such.
    pub sample: bool,
}

impl Center {
    /// Whether its doors are open at `now`.
    #[must_use]
    pub fn state_at(&self, now: Timestamp, plan: &Plan) -> OpenState {
        state_of(&self.hours, self.closed_on_holidays, now, plan)
    }
}

/// What the plan takes as payment, and what it does not. Prepaid cards of an accepted brand cannot
/// be refused (45 CFR 156.1240(a)), so there is no way to say so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tenders {
    /// The tenders it takes, in the order pages show them.
    pub accepted: Vec<Tender>,
    /// The card brands that people try and the plan does not take.
    pub refused: Vec<RefusedBrand>,
    /// That cash is not taken.
    pub no_cash: Text,
}

/// A card brand the plan does not take.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedBrand {
    /// Which.
    pub brand: RefusedBrandCode,
    /// What to tell the payer.
    pub said: Text,
}

/// The card brands a plan may refuse.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RefusedBrandCode {
    /// American Express: numbers that start with 34 or 37.
    AmericanExpress,
    /// Diners Club.
    DinersClub,
    /// JCB.
    Jcb,
    /// UnionPay.
    UnionPay,
}

impl RefusedBrandCode {
    /// All of them.
    pub const ALL: [RefusedBrandCode; 4] = [
        RefusedBrandCode::AmericanExpress,
        RefusedBrandCode::DinersClub,
        RefusedBrandCode::Jcb,
        RefusedBrandCode::UnionPay,
    ];

    /// The name used in plan files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            RefusedBrandCode::AmericanExpress => "american-express",
            RefusedBrandCode::DinersClub => "diners-club",
            RefusedBrandCode::Jcb => "jcb",
            RefusedBrandCode::UnionPay => "unionpay",
        }
    }
}

impl Tenders {
    /// What to tell a payer whose card is of `brand`, if the plan does not take it.
    #[must_use]
    pub fn refusal_of(&self, brand: RefusedBrandCode) -> Option<&Text> {
        self.refused
            .iter()
            .find(|refused| refused.brand == brand)
            .map(|refused| &refused.said)
    }
}

/// Limits on payments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentRules {
    /// The largest amount taken in one payment by card or bank account.
    pub largest: Cents,
    /// The smallest.
    pub smallest: Cents,
    /// True if less than the amount due may be paid.
    pub partial: bool,
    /// For how many minutes an identical payment is pointed out before a second one is taken.
    pub repeat_minutes: u32,
    /// What paying costs. In Connecticut no way to pay may cost extra (C.G.S. 42-133ff).
    pub no_fee: Text,
}

/// What a guest needs in hand and cannot see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GuestWords {
    /// What a guest needs in hand, one entry each.
    pub needs: Vec<Text>,
    /// What a guest cannot do, and where that can be done.
    pub limits: Text,
}

/// What to do about a forgotten user ID or password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignInWords {
    /// What is needed.
    pub forgotten: Text,
    /// What to do, step by step.
    pub steps: Vec<Text>,
}

/// Why and how to go paperless.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paperless {
    /// Why.
    pub text: Text,
    /// How.
    pub how: Text,
    /// How invoices come to who has chosen nothing.
    pub invoices: WithoutChoice,
    /// How notices come to who has chosen nothing.
    pub notices: WithoutChoice,
    /// How tax and plan letters come to who has chosen nothing.
    pub letters: WithoutChoice,
    /// How many days before the due date a reminder is sent: 1 to 20, 5 if the plan file does not
    /// say.
    pub due_soon_days: u8,
}

/// How documents come to who has chosen nothing. Never without paper: that needs consent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WithoutChoice {
    /// On paper.
    Paper,
    /// On paper, with an e-mail to who has a sign-in.
    Both,
}

/// Limits on passwords, codes and look-ups.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Security {
    /// The fewest characters of a password: 15 to 64. NIST SP 800-63B-4 section 3.1.1.2 asks for 15
    /// where the password is the only factor.
    pub password_min_length: u8,
    /// After how many minutes without a request a session ends: 2 to 60.
    pub idle_minutes: u8,
    /// The same for staff, who see many members: 2 to 60, 10 if the plan file does not say.
    pub staff_idle_minutes: u8,
    /// How many minutes an e-mailed code holds: 1 to 10.
    pub code_minutes: u8,
    /// How often a code may be mistyped: 1 to 10.
    pub code_tries: u8,
    /// How often a guest may try to be found.
    pub guest: GuestLimits,
}

/// How often a guest may try to be found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GuestLimits {
    /// Failed tries for one member ID within the window: 1 to 100.
    pub per_member: u16,
    /// Failed tries from one network address within the window: 1 to 1,000.
    pub per_address: u16,
    /// The window in minutes: 1 to 1,440.
    pub window_minutes: u16,
}

/// How large the demonstration is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Demo {
    /// How many members it has: 1 to 1,000,000.
    pub members: u32,
}
