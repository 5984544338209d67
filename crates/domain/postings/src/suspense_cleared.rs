//! The account of money in suspense was found.

use jiff::civil::Date;
use kernel::Cents;
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::chart;

/// Money in suspense goes to the account it was meant for.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn suspense_cleared(cents: Cents, effective: Date) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "suspense_cleared",
        effective,
        vec![
            Entry::debit(chart::SUSPENSE, cents),
            Entry::credit(chart::UNAPPLIED_CASH, cents),
        ],
    )
}
