//! A believable health plan, built only through use cases, and synthetic rosters of any size.
#![deny(missing_docs)]

pub mod roster;

pub use roster::{Persona, RosterShape, personas};
