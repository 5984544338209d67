//! A dispute was decided for the cardholder.

use jiff::civil::Date;
use kernel::Cents;
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::chart;

/// A disputed payment is lost. What it paid has to be unapplied first, so that the money comes out
/// of unapplied cash.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn dispute_lost(cents: Cents, effective: Date) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "dispute_lost",
        effective,
        vec![
            Entry::debit(chart::UNAPPLIED_CASH, cents),
            Entry::credit(chart::DISPUTED_PAYMENTS, cents),
        ],
    )
}
