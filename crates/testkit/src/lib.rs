//! What tests share: a database of each engine, a clock to advance, a letter box, a processor that
//! does as it is told.
//!
//! ```no_run
//! testkit::both(|world| async move {
//!     let now = world.ctx.now();
//!     world.clock.advance(jiff::SignedDuration::from_mins(16));
//!     assert!(world.ctx.now() > now);
//! });
//! ```

mod bookkeeping;
mod database;
mod drawer;
mod letter_box;
mod members;
mod processor;
mod scripted;
mod signed_in;
mod world;

pub use bookkeeping::{Asked, Booked, BookkeepingProcessor, Fate, Refused, WEBHOOK_SIGNATURE};
pub use database::Engine;
pub use drawer::{
    ACCOUNT_GOOD, ACCOUNT_REFUSED, ACCOUNT_WITH_AMOUNTS, ACCOUNT_WITH_CODE, DEPOSIT_AMOUNTS,
    DEPOSIT_CODE, card_ending,
};
pub use letter_box::LetterBox;
pub use members::{Maria, covered, maria};
pub use processor::DeafProcessor;
pub use scripted::{Act, RefundAct, ScriptedProcessor};
pub use signed_in::{PASSWORD, STAFF_SECRET, delegate, registered, staff, staff_digits};
pub use world::{World, both, on, on_without_waiting_for_the_disk, plan};
