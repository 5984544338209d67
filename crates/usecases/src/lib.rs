//! The one door. Pages, phone, files and jobs all come in here, one call for a request.
//!
//! A use case reads: may the actor do this? begin, load, ask the domain, save, post, enqueue,
//! commit. It has no opinions of its own: a decision about the business is a function of a domain
//! crate. No call to another machine happens inside a database transaction: the intent is
//! committed, then the call is made, then its outcome is committed.

pub mod actor;
pub mod audit;
pub mod ctx;
pub mod error;

pub use actor::Actor;
pub use ctx::{Ctx, Settings};
pub use error::{Refusal, UseCaseError};
