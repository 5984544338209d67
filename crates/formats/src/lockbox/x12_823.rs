//! X12 823, the lockbox transaction set: deposits, batches, checks and what they are for.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Reader, verify};
pub use write::Writer;
