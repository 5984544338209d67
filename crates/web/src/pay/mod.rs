//! Paying, step by step: amount, method, card or bank account, review, outcome. Guests and members
//! walk the same steps; what differs is where they start.

pub mod amount;
pub mod bank;
pub mod card;
pub mod errand;
pub mod method;
pub mod outcome;
pub mod review;
pub mod sending;
