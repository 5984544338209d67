//! Premiums taken from Social Security or Railroad Retirement benefits.
//!
//! A request goes from the plan to the Centers for Medicare & Medicaid Services (CMS) and from
//! there to the agency; the answer comes back as reply codes, whose meaning is a table that an
//! operator can correct. No date is ever promised: the member keeps the invoice until the first
//! deduction has been seen. A refusal at any point returns the member to the invoice, with no late
//! step for the time in between.
#![deny(missing_docs)]

mod deduction;
mod drift;
mod intake;
mod reply;
mod request;

pub use deduction::{Deduction, DeductionError, Paid, Settled, apply_deduction};
pub use drift::{Arrived, Drift, drift};
pub use intake::{IntakeError, Letter, Source, check_effective, check_letter};
pub use reply::{Meaning, PaymentOption, Reply, ReplyRow, ReplyTable};
pub use request::{
    Agency, InvalidEvent, Member, Request, State, WithholdEvent, on_reply, transitions,
};
