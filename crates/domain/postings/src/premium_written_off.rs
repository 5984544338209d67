//! Premium was given up.

use jiff::civil::Date;
use kernel::{Cents, InvoiceId};
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::chart;

/// What is open on an invoice, or part of it, is given up by a rule of the plan.
///
/// # Errors
/// [`Unbalanced::Empty`] if the amount is zero.
pub fn premium_written_off(
    invoice: InvoiceId,
    cents: Cents,
    effective: Date,
) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "premium_written_off",
        effective,
        vec![
            Entry::debit(chart::PREMIUM_WRITTEN_OFF, cents).about(invoice),
            Entry::credit(chart::MEMBER_RECEIVABLE, cents).about(invoice),
        ],
    )
}
