//! Money came in for an account.

use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::{Money, chart};

/// A payment was taken: it waits in clearing, and the account has it as unapplied cash until it is
/// applied.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn payment_received(money: &Money) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "payment_received",
        money.effective,
        vec![
            Entry::debit(money.rail.clearing(), money.cents),
            Entry::credit(chart::UNAPPLIED_CASH, money.cents),
        ],
    )
}
