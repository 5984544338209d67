//! The double-entry engine: ledger accounts, balanced journal transactions, the chain of hashes
//! over them, and the trial balance. It knows nothing of insurance; what a premium posts is in the
//! `postings` crate.
//!
//! A journal transaction is never changed. What was wrong is posted again with the signs turned
//! round ([`reverse`]). Balances are never facts of their own: they are sums over the journal.
#![deny(missing_docs)]

mod account;
mod chain;
mod journal;
mod trial_balance;

pub use account::{ChartLine, LedgerAccount, Side};
pub use chain::{BrokenChain, CHAIN_START, Link, chain_hash, link_hash, verify_chain};
pub use journal::{Entry, JournalTransaction, Unbalanced, reverse};
pub use trial_balance::{TrialBalance, TrialLine};
