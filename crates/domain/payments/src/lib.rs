//! Taking money: the states of an attempt, what a payer sees of a payment, amounts, card brands,
//! confirmation numbers, and what to do about an answer that never came.
//!
//! A payment is what a member or payer wants done; an attempt is one try to carry it out at a
//! processor or bank. A payment may need several attempts, but never two that are [live] at once.
//!
//! [live]: AttemptState::is_live
#![deny(missing_docs)]

mod amount;
mod attempt;
mod card;
mod confirmation;
pub mod effective;
pub mod enquiry;
mod reference;
mod refund;
pub mod repeat;
pub mod saved_method;
mod status;
mod year;

pub use amount::{AmountChoice, AmountLimits, AmountRefusal, Balances};
pub use attempt::{
    AttemptEvent, AttemptState, InvalidTransition, Refusal, Transition, next, transitions,
};
pub use card::{CardBrand, CardNumberError, brand_of, check_card_number, looks_like_card_number};
pub use confirmation::{ConfirmationNumber, ConfirmationNumberError};
pub use effective::{EntryClass, Moment, effective_date, entry_class};
pub use enquiry::{Enquiry, EnquiryWay, enquiry_way, next_enquiry};
pub use reference::reference_markdown;
pub use refund::{RefundStatus, needs_second_person, refundable_from};
pub use repeat::{PreviousPayment, REPEAT_HOURS, is_repeat, is_repeat_within};
pub use status::PaymentStatus;
pub use year::{Movement, YearTotals, year_totals};
