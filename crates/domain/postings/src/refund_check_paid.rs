//! A refund check was cashed.

use jiff::civil::Date;
use kernel::Cents;
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::chart;

/// The bank paid a refund check.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn refund_check_paid(cents: Cents, effective: Date) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "refund_check_paid",
        effective,
        vec![
            Entry::debit(chart::REFUNDS_PAYABLE, cents),
            Entry::credit(chart::BANK, cents),
        ],
    )
}
