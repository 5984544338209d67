//! From scan line to account: matching with reasons.
//!
//! An envelope is posted by itself only if every coupon in it has a verified scan line that names
//! one account in force, and the checks say how to divide themselves. Everything else goes to
//! suspense with the exceptions that were found and, for staff, candidates with reasons and a
//! score. A score never posts anything: nothing is guessed.
#![deny(missing_docs)]

mod candidates;
mod envelope;
mod exception;
mod image_name;
mod matching;

pub use candidates::{Candidate, Evidence, Known, Weights, candidates, name_words};
pub use envelope::{Check, Coupon, Enclosure, Envelope, Scan};
pub use exception::{Exception, LockboxRules, exceptions};
pub use image_name::{ImageName, NamedImage, without_zeros};
pub use matching::{Matched, Outcome, Posting, match_envelope, split_by_list};
