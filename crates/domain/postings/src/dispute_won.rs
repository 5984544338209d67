//! A dispute was decided for the plan.

use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::{Money, chart};

/// A disputed payment came back from the processor.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn dispute_won(money: &Money) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "dispute_won",
        money.effective,
        vec![
            Entry::debit(money.rail.clearing(), money.cents),
            Entry::credit(chart::DISPUTED_PAYMENTS, money.cents),
        ],
    )
}
