//! The one door. Pages, phone, files and jobs all come in here, one call for a request.
//!
//! A use case reads: may the actor do this? begin, load, ask the domain, save, post, enqueue,
//! commit. It has no opinions of its own: a decision about the business is a function of a domain
//! crate. No call to another machine happens inside a database transaction: the intent is
//! committed, then the call is made, then its outcome is committed.

pub mod access;
mod account_number;
pub mod actor;
mod age;
pub mod audit;
pub mod autopay;
pub mod billing;
pub mod books;
pub mod calendar;
pub mod center;
pub mod check_images;
mod check_prints;
pub mod consents;
pub mod contact;
pub mod ctx;
pub mod delegates;
pub mod documents;
pub mod errands;
pub mod error;
pub mod guest;
pub mod id_cards;
pub mod identity;
mod ids;
pub mod invoices;
pub mod lockbox;
pub mod mail;
pub mod methods;
pub mod nightly;
pub mod notices;
pub mod outbox;
pub mod pages;
pub mod passwords;
pub mod payments;
pub mod progress;
pub mod reconcile;
pub mod refunds;
pub mod roster;
pub mod sessions;
pub mod settings;
pub mod staff;
pub mod suspense;
pub mod throttle;
pub mod webhooks;
pub mod write_offs;

pub use actor::Actor;
pub use ctx::{Ctx, Settings};
pub use error::{Refusal, UseCaseError};
