//! What is known of banks without asking one: their names by routing number.

mod directory;

pub use directory::{BankDirectory, DirectoryError};
