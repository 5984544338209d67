//! Unapplied cash paid invoices.

use jiff::civil::Date;
use kernel::{Cents, InvoiceId};
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::chart;

/// Unapplied cash of an account pays its invoices. A credit on one invoice that pays another has a
/// negative amount here, and takes no cash.
///
/// # Errors
/// [`Unbalanced::Empty`] if no application has an amount.
pub fn cash_applied(
    applications: &[(InvoiceId, Cents)],
    effective: Date,
) -> Result<JournalTransaction, Unbalanced> {
    let sum: Cents = applications.iter().map(|(_, cents)| *cents).sum();
    let mut entries = vec![Entry::debit(chart::UNAPPLIED_CASH, sum)];
    entries.extend(
        applications.iter().map(|(invoice, cents)| {
            Entry::credit(chart::MEMBER_RECEIVABLE, *cents).about(*invoice)
        }),
    );
    JournalTransaction::balanced("cash_applied", effective, entries)
}
