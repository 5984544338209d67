//! Which notice goes to whom, how, and with which facts. The words are in the string catalogues, in
//! the reader's language, under the code of the kind.
//!
//! A subject line is read by anybody who looks over a shoulder or sorts the mail. It never tells an
//! amount, a plan line, a member ID or anything about health; [`is_discreet`] checks it.
#![deny(missing_docs)]

mod delivery;
mod kind;

pub use delivery::{Consents, Delivery, deliveries, reading_language};
pub use kind::{Fact, NoticeKind, Recipient, is_discreet};
