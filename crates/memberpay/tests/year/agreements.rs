//! What members agreed to, as they remember it: kept apart from the product's mandates, to hold
//! beside what the processor was asked to take.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::{Date, Weekday, date};
use kernel::{AccountId, BillingMonth};

/// In which amounts a member wants no notice each time, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tolerance {
    /// Any other amount than the last is told.
    None,
    /// From, to.
    Range(i64, i64),
    /// No further from the last draft than this.
    Difference(i64),
}

/// An autopay authorisation that is or was in force.
#[derive(Debug, Clone)]
pub struct Agreement {
    pub account: AccountId,
    /// The processor's name for the card or bank account.
    pub instrument: String,
    /// The most that is drafted, and whether more is drafted after a notice.
    pub cap: Option<(i64, bool)>,
    pub tolerance: Tolerance,
    pub start: BillingMonth,
    pub since: Date,
    /// The day the member stopped it.
    pub stopped: Option<Date>,
    /// Months taken out, and the day of that.
    pub skipped: BTreeSet<(BillingMonth, Date)>,
    /// The amount of the last draft or, before the first, the amount told at set-up.
    pub previous: Option<i64>,
}

/// All agreements by account, the one in force last.
#[derive(Debug, Default)]
pub struct Agreements(HashMap<AccountId, Vec<Agreement>>);

impl Agreements {
    pub fn add(&mut self, agreement: Agreement) {
        let of_account = self.0.entry(agreement.account).or_default();
        of_account.push(agreement);
    }

    /// The newest agreement of an account.
    pub fn newest(&self, account: AccountId) -> Option<&Agreement> {
        self.0.get(&account).and_then(|all| all.last())
    }

    pub fn newest_mut(&mut self, account: AccountId) -> Option<&mut Agreement> {
        self.0.get_mut(&account).and_then(|all| all.last_mut())
    }

    /// The agreement that held in the night of `day`: the newest given before it.
    pub fn in_the_night(&mut self, account: AccountId, day: Date) -> Option<&mut Agreement> {
        let all = self.0.get_mut(&account)?;
        all.iter_mut().rev().find(|a| a.since < day)
    }
}

/// The holidays on which banks do not settle, by the list of the Federal Reserve Banks.
const BANK_HOLIDAYS: [Date; 12] = [
    date(2027, 11, 25),
    date(2028, 1, 17),
    date(2028, 2, 21),
    date(2028, 5, 29),
    date(2028, 6, 19),
    date(2028, 7, 4),
    date(2028, 9, 4),
    date(2028, 10, 9),
    date(2028, 11, 23),
    date(2028, 12, 25),
    date(2029, 1, 1),
    date(2029, 1, 15),
];

fn is_business_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !BANK_HOLIDAYS.contains(&day)
}

/// The first business day on or after `day`.
pub fn on_or_after(mut day: Date) -> Date {
    while !is_business_day(day) {
        day = day.tomorrow().unwrap();
    }
    day
}

/// The business day that lies `count` business days before `day`.
pub fn business_days_before(mut day: Date, count: u32) -> Date {
    for _ in 0..count {
        day = day.yesterday().unwrap();
        while !is_business_day(day) {
            day = day.yesterday().unwrap();
        }
    }
    day
}
