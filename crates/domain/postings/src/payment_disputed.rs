//! A cardholder disputes a payment.

use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::{Money, chart};

/// The processor took a disputed payment back until the dispute is decided. The account keeps its
/// money for that time.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn payment_disputed(money: &Money) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "payment_disputed",
        money.effective,
        vec![
            Entry::debit(chart::DISPUTED_PAYMENTS, money.cents),
            Entry::credit(money.rail.clearing(), money.cents),
        ],
    )
}
