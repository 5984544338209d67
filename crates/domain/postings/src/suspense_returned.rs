//! Money in suspense goes back to its payer.

use jiff::civil::Date;
use kernel::Cents;
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::chart;

/// Nobody could tell whose money in suspense is, or it must not be taken: its payer is promised a
/// check.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn suspense_returned(cents: Cents, effective: Date) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "suspense_returned",
        effective,
        vec![
            Entry::debit(chart::SUSPENSE, cents),
            Entry::credit(chart::REFUNDS_PAYABLE, cents),
        ],
    )
}
