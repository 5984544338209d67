use jiff::civil::Date;
use kernel::{Cents, Secret};

use super::Position;

/// What lay in one envelope: checks, and the coupons or invoice lines that came with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Where it begins in the file.
    pub position: Position,
    /// The lockbox number; empty if the format has none.
    pub lockbox: String,
    /// The day the bank deposited it: the day the money counts from.
    pub deposited_on: Date,
    /// The batch, as the file numbers it.
    pub batch: String,
    /// The envelope within its batch, as the file numbers it.
    pub number: String,
    /// Its checks.
    pub checks: Vec<Check>,
    /// Its coupons and invoice lines.
    pub coupons: Vec<Coupon>,
}

/// One check, or a payment in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Where it stands in the file.
    pub position: Position,
    /// What the bank encoded and deposited.
    pub amount: Cents,
    /// The routing number as the bank read it, right or wrong.
    pub routing: Option<Secret>,
    /// The payer's account number as the bank read it.
    pub account: Option<Secret>,
    /// The check's own number, without leading zeros.
    pub number: Option<String>,
    /// The date on it.
    pub dated: Option<Date>,
    /// Whose check it is, as the bank read or keyed it.
    pub remitter: Option<String>,
    /// Who it is made out to.
    pub payee: Option<String>,
    /// The bank's name for its image.
    pub image: Option<String>,
    /// Whether it came by wire or bank transfer and not on paper; its number is then the trace
    /// number. Only X12 820 files tell of such payments.
    pub electronic: bool,
}

/// A coupon, or a line about an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// Where it stands in the file.
    pub position: Position,
    /// The digits of its scan line, as the bank read them.
    pub scan_line: Option<String>,
    /// An invoice, account or member number that was keyed.
    pub reference: Option<String>,
    /// What it says is paid on that number.
    pub amount: Option<Cents>,
    /// Anything else, such as the check's memo line.
    pub text: Option<String>,
}

impl Envelope {
    /// What its checks come to.
    #[must_use]
    pub fn total(&self) -> Cents {
        self.checks.iter().map(|check| check.amount).sum()
    }
}

impl Coupon {
    /// An empty one, to be filled in.
    #[must_use]
    pub fn at(position: Position) -> Self {
        Coupon {
            position,
            scan_line: None,
            reference: None,
            amount: None,
            text: None,
        }
    }

    pub(super) fn says_something(&self) -> bool {
        self.scan_line.is_some()
            || self.reference.is_some()
            || self.amount.is_some()
            || self.text.is_some()
    }
}

/// What a complete and balanced file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Who sent it, as the file says.
    pub origin: String,
    /// Whom it is for, as the file says.
    pub destination: String,
    /// The bank's own reference of the file: the same again means the same file again.
    pub reference: String,
    /// The day it was made.
    pub made_on: Option<Date>,
    /// What each lockbox deposited on each day, in the order of the file.
    pub deposits: Vec<Deposit>,
    /// How many batches there are.
    pub batches: u64,
    /// How many checks there are.
    pub checks: u64,
    /// What they come to.
    pub cents: Cents,
    /// How many records, segments or lines there are.
    pub records: u64,
}

/// What one lockbox deposited on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposit {
    /// The lockbox number; empty if the format has none.
    pub lockbox: String,
    /// The bank's day.
    pub deposited_on: Date,
    /// How many checks.
    pub checks: u64,
    /// What they come to.
    pub cents: Cents,
}
