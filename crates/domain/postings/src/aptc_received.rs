//! CMS paid tax credits.

use jiff::civil::Date;
use kernel::Cents;
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::chart;

/// CMS paid advance premium tax credits (X12 820, 005010X306).
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn aptc_received(cents: Cents, effective: Date) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "aptc_received",
        effective,
        vec![
            Entry::debit(chart::BANK, cents),
            Entry::credit(chart::APTC_RECEIVABLE, cents),
        ],
    )
}
