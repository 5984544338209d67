//! A refund that was not carried out is money of the account again.

use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::{Money, chart};

/// Money that was to go back the way it came did not, and stays with the account as unapplied cash.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn refund_undone(money: &Money) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "refund_undone",
        money.effective,
        vec![
            Entry::debit(money.rail.clearing(), money.cents),
            Entry::credit(chart::UNAPPLIED_CASH, money.cents),
        ],
    )
}
