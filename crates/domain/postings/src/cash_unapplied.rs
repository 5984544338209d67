//! Money was taken off invoices again.

use jiff::civil::Date;
use kernel::{Cents, InvoiceId};
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::chart;

/// Money that was applied is taken off the invoices, because its payment came back or belongs
/// elsewhere. All amounts are positive; it is then unapplied cash.
///
/// # Errors
/// [`Unbalanced::Empty`] if no application has an amount.
pub fn cash_unapplied(
    applications: &[(InvoiceId, Cents)],
    effective: Date,
) -> Result<JournalTransaction, Unbalanced> {
    let sum: Cents = applications.iter().map(|(_, cents)| *cents).sum();
    let mut entries = vec![Entry::credit(chart::UNAPPLIED_CASH, sum)];
    entries.extend(
        applications
            .iter()
            .map(|(invoice, cents)| Entry::debit(chart::MEMBER_RECEIVABLE, *cents).about(*invoice)),
    );
    JournalTransaction::balanced("cash_unapplied", effective, entries)
}
