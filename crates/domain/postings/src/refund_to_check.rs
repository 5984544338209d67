//! A refund that the processor could not carry out is promised by check.

use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::{Money, chart};

/// Money that was to go back the way it came stays with the processor, and a check is owed instead.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn refund_to_check(money: &Money) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "refund_to_check",
        money.effective,
        vec![
            Entry::debit(money.rail.clearing(), money.cents),
            Entry::credit(chart::REFUNDS_PAYABLE, money.cents),
        ],
    )
}
