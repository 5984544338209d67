//! Money came in and nobody knows for whom.

use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::{Money, chart};

/// Money that could not be matched to an account waits in suspense.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn cash_to_suspense(money: &Money) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "cash_to_suspense",
        money.effective,
        vec![
            Entry::debit(money.rail.clearing(), money.cents),
            Entry::credit(chart::SUSPENSE, money.cents),
        ],
    )
}
