//! What was in an envelope, as the bank's file and its images tell it.

use jiff::civil::Date;
use kernel::{Cents, MemberId, Zip};

/// A coupon whose scan line was read and whose check digit holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coupon {
    /// The member ID on it.
    pub member_id: MemberId,
    /// The invoice number on it, if its layout has one.
    pub invoice_number: Option<String>,
    /// The amount due on it. What was paid is on the check.
    pub amount_due: Cents,
}

/// What reading a coupon gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scan {
    /// Width, digits and check digit hold.
    Verified(Coupon),
    /// It was read, but the check digit does not hold.
    CheckDigitFailed,
    /// It could not be read.
    Unreadable,
}

/// One check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// The amount that the bank encoded.
    pub cents: Cents,
    /// A fingerprint of routing and account number, never the numbers.
    pub payer_account: Option<String>,
    /// Whose check it is.
    pub payer_name: Option<String>,
    /// Where the payer lives.
    pub payer_zip: Option<Zip>,
    /// The date on it.
    pub dated: Option<Date>,
    /// Whether it is signed.
    pub signed: bool,
    /// Whether it is drawn on a bank in the United States, in dollars.
    pub domestic: bool,
    /// Whether it is made out to the plan.
    pub payee_is_plan: bool,
    /// Whether it says "paid in full" or the like.
    pub says_paid_in_full: bool,
    /// Whether a check of the same bank account, number and amount came in before.
    pub came_before: bool,
}

/// What else lay in the envelope.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Enclosure {
    /// Money in notes or coins.
    Cash,
    /// A letter, such as a change of address or a request for a deduction from benefits.
    Correspondence,
}

/// One envelope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Envelope {
    /// Its checks.
    pub checks: Vec<Check>,
    /// Its coupons.
    pub coupons: Vec<Scan>,
    /// What else lay in it.
    pub enclosures: Vec<Enclosure>,
    /// The day the bank deposited it. The money counts from that day, however long it waits here.
    pub deposited_on: Date,
    /// The day its file reached the plan.
    pub file_on: Date,
}

impl Envelope {
    /// What all its checks come to.
    #[must_use]
    pub fn total(&self) -> Cents {
        self.checks.iter().map(|check| check.cents).sum()
    }
}
