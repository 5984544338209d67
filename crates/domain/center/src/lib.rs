//! Payments at a walk-in center: the MICR line of a check, which checks are taken at the counter,
//! and the drawer they go into. There is no cash: no tender, no count and no sum of it.
#![deny(missing_docs)]

mod check;
mod drawer;
mod micr;

pub use check::{Check, CheckKind, CheckRefusal, CheckRules, take};
pub use drawer::{CloseRefusal, Counted, DrawerState, difference_of, may_close};
pub use micr::{MicrError, MicrLine};
