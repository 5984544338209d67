//! BAI lockbox records (1, 2, 5, 6, 4, 7, 8, 9), which every bank lays out its own way.
//!
//! Not to be taken for BAI2, the balance report (01, 02, 03, 16, 88 …).

mod field;
mod layout;
mod line;
mod presets;
mod read;
mod records;
mod row;
#[cfg(test)]
mod tests;
mod write;

pub use field::{Field, Record};
pub use layout::{Counted, DateForm, Layout, LayoutError, LockboxBatch, Overflow, Place};
pub use read::{Reader, verify};
pub use write::{Header, Writer};
