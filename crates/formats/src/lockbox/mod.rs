//! Remittance files: what the lockbox bank took out of the mail and deposited.
//!
//! BAI lockbox records ([`bai`]), X12 823 and 820 ([`x12_823`], [`x12_820`]) and CSV ([`csv`]) are
//! read into one [`Envelope`] after the other, and written from them. A file counts only as a
//! whole: `verify` reads it once, in constant memory, and refuses it at the first thing that is
//! wrong or does not balance; a `Reader` reads it again and gives the envelopes out. [`Format`] is
//! the same for a file of any of them.
//! `docs/files/lockbox.md` describes the formats for people at banks.

pub mod bai;
mod books;
pub mod csv;
mod format;
mod mistake;
mod model;
#[cfg(test)]
mod round_trip;
pub(crate) mod values;
mod x12;
pub mod x12_820;
pub mod x12_823;

pub use format::{Envelopes, Format};
pub(crate) use mistake::off_by;
pub use mistake::{LockboxError, Mistake, Position, WriteError};
pub use model::{Check, Coupon, Deposit, Envelope, Summary};
pub use x12::X12Header;
