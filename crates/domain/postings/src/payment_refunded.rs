//! Money was given back the way it came.

use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::{Money, chart};

/// A refund went back through the rail the payment came by. It comes out of unapplied cash.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn payment_refunded(money: &Money) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "payment_refunded",
        money.effective,
        vec![
            Entry::debit(chart::UNAPPLIED_CASH, money.cents),
            Entry::credit(money.rail.clearing(), money.cents),
        ],
    )
}
