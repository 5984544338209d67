//! Late-enrolment penalties went to CMS.

use jiff::civil::Date;
use kernel::Cents;
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::chart;

/// Penalties that were billed went to CMS, or were held back from what CMS paid.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn penalty_remitted(cents: Cents, effective: Date) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "penalty_remitted",
        effective,
        vec![
            Entry::debit(chart::PENALTY_PAYABLE, cents),
            Entry::credit(chart::BANK, cents),
        ],
    )
}
