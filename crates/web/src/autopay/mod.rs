//! Autopay as members see it: one page that always says what is drafted next or why nothing is, and
//! the way to set it up, change it, skip a month and stop.

pub mod choose;
pub mod next;
pub mod overview;
pub mod review;
pub mod skip;
pub mod stop;
pub mod words;
