//! The phone line: numbers, money and dates spoken, and the dialog as a pure state machine.
//!
//! The dialog knows no network and no clock. It is given an [`Event`] and gives a [`Turn`]: what to
//! say, and one [`Step`] to carry out. Carriers, the built-in line and the simulator all carry out
//! the same steps. Digits that people key in are wrapped so that no log shows them, and card
//! numbers never come here.
#![deny(missing_docs)]

mod call;
mod event;
mod prompt;
pub mod say;
mod settings;
mod states;

pub use call::{Call, Ending};
pub use event::{Account, CaptureResult, Event, Found, LastPayment, PayResult, Saved};
pub use prompt::{Argument, Prompt, PromptId};
pub use settings::{Pace, Settings};
pub use states::{BankKind, Gather, GatherKind, PayRequest, PayWith, Step, Turn};
