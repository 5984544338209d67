//! Who may reach what: every address with every kind of visitor, beside a member who has something
//! of everything.

mod back;
mod expected;
mod guests;
mod kept;
mod scene;
mod visitors;

pub use scene::staff_signed_in;
