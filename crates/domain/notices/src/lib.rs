//! Which kinds of notices there are, what decides how each is delivered, and with which facts. The
//! words are in files under the code of the kind, in the reader's language.
//!
//! A subject line is read by anybody who looks over a shoulder or sorts the mail. It never tells an
//! amount, a plan line, a member ID or anything about health; [`is_discreet`] checks it.
#![deny(missing_docs)]

mod bounce;
mod delivery;
mod kind;
mod reference;
mod rule;

pub use bounce::{Failure, failure, falls_back_to_paper};
pub use delivery::{Choice, Delivery, Reach, decided_by, deliveries, effective};
pub use kind::{DocumentType, NoticeKind, Weight, is_discreet, reading_language};
pub use reference::reference_markdown;
pub use rule::{Holds, Rule, Way, Whom, rule};
