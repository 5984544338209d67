//! One file per business event, with its debits and credits; and the chart of accounts.
//!
//! Every function takes the facts of an event and gives a balanced journal transaction. An event
//! that moves no money is refused by the ledger ([`ledger::Unbalanced::Empty`]). Nothing posts to
//! the ledger but through these functions, so this directory is the whole list of what can happen
//! to money.
#![deny(missing_docs)]

pub mod chart;
mod effect;
mod rail;
mod reference;

mod aptc_received;
mod cash_applied;
mod cash_to_suspense;
mod cash_unapplied;
mod dispute_lost;
mod dispute_won;
mod invoice_adjusted;
mod invoice_issued;
mod payment_disputed;
mod payment_received;
mod payment_refunded;
mod payment_returned;
mod penalty_remitted;
mod premium_written_off;
mod refund_check_paid;
mod refund_owed_by_check;
mod refund_to_check;
mod refund_undone;
mod refunded_payment_returned;
mod settlement_received;
mod suspense_cleared;
mod suspense_returned;
mod suspense_reversed;

pub use aptc_received::aptc_received;
pub use cash_applied::cash_applied;
pub use cash_to_suspense::cash_to_suspense;
pub use cash_unapplied::cash_unapplied;
pub use dispute_lost::dispute_lost;
pub use dispute_won::dispute_won;
pub use effect::{AccountEffect, effect_on_account};
pub use invoice_adjusted::invoice_adjusted;
pub use invoice_issued::{InvoiceAmounts, invoice_issued};
pub use payment_disputed::payment_disputed;
pub use payment_received::payment_received;
pub use payment_refunded::payment_refunded;
pub use payment_returned::payment_returned;
pub use penalty_remitted::penalty_remitted;
pub use premium_written_off::premium_written_off;
pub use rail::{Money, Rail};
pub use reference::{POSTINGS, PostingExample, chart_markdown, posting_name, reference_markdown};
pub use refund_check_paid::refund_check_paid;
pub use refund_owed_by_check::refund_owed_by_check;
pub use refund_to_check::refund_to_check;
pub use refund_undone::refund_undone;
pub use refunded_payment_returned::refunded_payment_returned;
pub use settlement_received::{Settlement, settlement_received};
pub use suspense_cleared::suspense_cleared;
pub use suspense_returned::suspense_returned;
pub use suspense_reversed::suspense_reversed;

#[cfg(test)]
mod tests;
