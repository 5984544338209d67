//! A believable health plan, built only through use cases, synthetic rosters of any size, and
//! made-up days of mail.
#![deny(missing_docs)]

mod autopay;
pub mod mail_day;
mod plant;
pub mod roster;

pub use autopay::CardDesk;
pub use plant::{
    GuestCard, Made, PASSWORD, PlantError, STAFF_KEY, SignIn, delegate, guests, plant, sign_ins,
    staff,
};
pub use roster::{Persona, RosterShape, personas};
