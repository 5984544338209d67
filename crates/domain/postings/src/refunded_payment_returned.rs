//! The bank sent back a payment of which something had been refunded.

use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::{Money, chart};

/// The part of a returned payment that its payer had been given back already: the payer has it
/// twice and owes it to the plan. It is no debt of the account, whose money was taken off it when
/// it was refunded.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn refunded_payment_returned(money: &Money) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "refunded_payment_returned",
        money.effective,
        vec![
            Entry::debit(chart::RETURNED_AFTER_REFUND, money.cents),
            Entry::credit(money.rail.clearing(), money.cents),
        ],
    )
}
