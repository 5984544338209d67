//! All SQL, for SQLite and PostgreSQL: the only crate that knows there is a database.
//!
//! One file per capability. A function here loads, inserts or saves; it never decides. A `&mut Tx`
//! argument from [`Store::write`] is the proof that a transaction is open.

pub mod accounts;
pub mod attempts;
pub mod audit;
pub mod autopay_drafts;
pub mod autopay_facts;
pub mod autopay_runs;
pub mod autopay_watch;
pub mod bare;
pub mod bare_autopay;
pub mod bare_billing;
pub mod bare_lockbox;
pub mod batches;
pub mod billing;
pub mod books;
pub mod calendars;
pub mod card_requests;
pub mod cash;
pub mod centers;
pub mod check_images;
pub mod codes;
pub mod consents;
pub mod contacts;
pub mod coupons;
pub mod coverage;
pub mod delegations;
pub mod devices;
pub mod documents;
pub mod empty_envelopes;
pub mod errands;
mod error;
pub mod factors;
pub mod help_links;
pub mod invoices;
pub mod journal;
pub mod late;
pub mod lockbox;
pub mod logins;
pub mod mandates;
pub mod methods;
mod migrate;
pub mod nightly;
pub mod notices;
pub mod outbox;
pub mod payments;
pub mod pulled_files;
pub mod received;
pub mod refunds;
pub mod returned_checks;
pub mod roster;
pub mod series;
pub mod sessions;
pub mod sql;
pub mod staff;
pub mod staff_sessions;
pub mod suspense;
pub mod suspense_candidates;
pub mod throttles;
pub mod write_offs;
pub mod years;

pub use error::StoreError;
pub use sql::{BoxFuture, Store, Tx};
