//! The billing run: what goes on the invoice of an account for a month.
//!
//! [`invoice_for`] takes the facts of an account and gives the invoice, or nothing if there is
//! nothing to invoice. It compares what every month costs by today's coverage with what was
//! invoiced for it; the difference is a charge for the month of the run and an explained adjustment
//! for an earlier one. Told of its own result, it gives nothing: that is what makes a run
//! resumable.
#![deny(missing_docs)]

mod calendar;
mod due;
mod invoice;
mod number;
mod status;
mod summary;

pub use calendar::{ToldDate, told_date};
pub use due::DueRule;
pub use invoice::{
    AccountFacts, BillingRule, InvoiceDraft, InvoiceLine, InvoicedMonth, LineKind, invoice_for,
};
pub use number::{invoice_number, read_invoice_number};
pub use status::{InvoiceStatus, status};
pub use summary::RunSummary;
