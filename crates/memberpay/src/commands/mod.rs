//! The commands, one a file.

pub mod bill;
pub mod demo;
pub mod import;
pub mod keys;
pub mod plan;
pub mod serve;
