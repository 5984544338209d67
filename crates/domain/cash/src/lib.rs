//! Applying money to invoices, taking it back, and what an account owes and is paid through.
//!
//! Money pays the oldest month first. Binder money pays its own policy and no other (45 CFR
//! 155.400(e); 45 CFR 147.104). What is left is unapplied cash, on which the next invoice draws.
//! Not a cent appears or disappears: applications and unapplied cash always add up to the money.
#![deny(missing_docs)]

mod apply;
mod balance;
mod unapply;

use jiff::civil::Date;
use kernel::{BillingMonth, Cents, InvoiceId};

pub use apply::{AppliedCash, Purpose, apply, purpose_of};
pub use balance::{balances, paid_through};
pub use unapply::{Undone, unapply};

/// An invoice with what is open on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenInvoice {
    /// Its id.
    pub id: InvoiceId,
    /// The month it is for.
    pub month: BillingMonth,
    /// When it is due.
    pub due_on: Date,
    /// What is open: its charges less what is applied. Negative is a credit that other invoices may
    /// draw on.
    pub open: Cents,
    /// True if it asks for the binder payment of its policy.
    pub binder: bool,
    /// The policy it is for, by its number.
    pub policy: String,
}
