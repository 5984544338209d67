//! An invoice was issued.

use jiff::civil::Date;
use kernel::{Cents, InvoiceId};
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::chart;

/// What an invoice, or an adjustment of one, comes to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct InvoiceAmounts {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Premium before tax credits; negative if credits for earlier months exceed the month.
    pub premium: Cents,
    /// Tax credits, positive when they take off.
    pub aptc: Cents,
    /// Late-enrolment penalties.
    pub penalty: Cents,
    /// The day the invoice counts from.
    pub effective: Date,
}

/// An invoice was issued: the subscriber owes premium less tax credit plus penalty, CMS owes the
/// tax credit, and the penalty is owed to CMS.
///
/// # Errors
/// [`Unbalanced::Empty`] if all amounts are zero.
pub fn invoice_issued(amounts: &InvoiceAmounts) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced("invoice_issued", amounts.effective, entries(amounts))
}

pub(crate) fn entries(amounts: &InvoiceAmounts) -> Vec<Entry> {
    let net = amounts.premium - amounts.aptc + amounts.penalty;
    [
        Entry::debit(chart::MEMBER_RECEIVABLE, net),
        Entry::debit(chart::APTC_RECEIVABLE, amounts.aptc),
        Entry::credit(chart::PREMIUM, amounts.premium),
        Entry::credit(chart::PENALTY_PAYABLE, amounts.penalty),
    ]
    .map(|entry| entry.about(amounts.invoice))
    .to_vec()
}
