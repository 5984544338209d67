//! The bank sent back a check whose money is in suspense.

use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::{Money, chart};

/// The bank of the payer did not pay a check that waits in suspense: the money was never there.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn suspense_reversed(money: &Money) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "suspense_reversed",
        money.effective,
        vec![
            Entry::debit(chart::SUSPENSE, money.cents),
            Entry::credit(money.rail.clearing(), money.cents),
        ],
    )
}
