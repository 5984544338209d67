//! X12 820 (005010X218), payroll deducted and other group premium payments: each transaction set
//! is one payment and says what it is for.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Reader, verify};
pub use write::Writer;
