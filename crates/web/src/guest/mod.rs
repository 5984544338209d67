//! Paying without signing in: who is it for? From there the steps of [`crate::pay`].

pub mod accounts;
pub mod identify;
pub mod start;
