//! A refund is to be paid by check.

use jiff::civil::Date;
use kernel::Cents;
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::chart;

/// A refund that cannot go back the way the money came is promised by check.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn refund_owed_by_check(
    cents: Cents,
    effective: Date,
) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "refund_owed_by_check",
        effective,
        vec![
            Entry::debit(chart::UNAPPLIED_CASH, cents),
            Entry::credit(chart::REFUNDS_PAYABLE, cents),
        ],
    )
}
