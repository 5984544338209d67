//! The bank sent a payment back.

use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::{Money, chart};

/// A bank debit or a check came back. What it paid has to be unapplied first, so that the money
/// comes out of unapplied cash.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn payment_returned(money: &Money) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "payment_returned",
        money.effective,
        vec![
            Entry::debit(chart::UNAPPLIED_CASH, money.cents),
            Entry::credit(money.rail.clearing(), money.cents),
        ],
    )
}
