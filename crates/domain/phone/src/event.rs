//! What comes back to the dialog.

use jiff::civil::Date;
use kernel::{Cents, Secret};
use payments::{Balances, ConfirmationNumber};

use crate::BankKind;

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// Keys: digits, or `*` alone. The key that finishes an entry (`#`) is left out.
    Keys(Secret),
    /// Nothing was keyed in time.
    Silence,
    /// The answer to [`crate::Step::LookUp`].
    Found(Found),
    /// The answer to [`crate::Step::CaptureCard`].
    Captured(CaptureResult),
    /// The answer to [`crate::Step::TakePayment`].
    Paid(PayResult),
    /// The caller is gone.
    HungUp,
}

/// Who the caller is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// A member with an account.
    Account(Box<Account>),
    /// Nobody: one answer, whatever did not match.
    Nobody,
    /// Too many tries from this caller or for this member.
    Throttled,
}

/// What the dialog knows of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The name a debit is authorised in.
    pub name: String,
    /// What is due.
    pub balances: Balances,
    /// When.
    pub due_on: Option<Date>,
    /// The last payment.
    pub last_payment: Option<LastPayment>,
    /// What became of a payment during a call that broke off: its confirmation number, or `None`
    /// within if nothing was taken. Said before anything else.
    pub broken_off: Option<Option<ConfirmationNumber>>,
    /// The amounts of recent payments that the same amount would look like once more.
    pub recent: Vec<Cents>,
    /// True if payments are drafted automatically.
    pub autopay: bool,
    /// True if this plan line takes payments by phone.
    pub phone_pay: bool,
    /// The saved method, if there is one.
    pub saved: Option<Saved>,
}

/// A saved method.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Saved {
    /// The last four digits of its number.
    pub last_four: String,
    /// What kind of bank account; `None` for a card.
    pub bank: Option<BankKind>,
}

/// The last payment of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LastPayment {
    /// How much.
    pub cents: Cents,
    /// When.
    pub on: Date,
}

/// What came of capturing a card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CaptureResult {
    /// The processor has the card and gave this for it.
    Captured {
        /// The processor's token.
        token: Secret,
        /// The last four digits.
        last_four: String,
    },
    /// The caller gave up or the card was not accepted.
    NotCaptured,
}

/// What came of taking a payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PayResult {
    /// The money was taken or, from a bank account, is on its way.
    Taken(ConfirmationNumber),
    /// The bank said no, or nothing was sent: nothing was taken.
    NotTaken,
    /// Nobody knows yet. It is being asked for and must not be tried again.
    Unknown,
}
