//! Mandates and drafts: what to draft, when, and what stops it.
//!
//! A mandate is the authorisation a subscriber gave; a draft is one collection under it. For every
//! mandate and billing month [`draft_for`] gives exactly one draft or the reason why there is none,
//! so that nobody finds out from a late notice that autopay did nothing. Told of its own draft, it
//! gives none: that is what makes a nightly run resumable.
#![deny(missing_docs)]

mod calendar;
mod card_retry;
mod draft;
mod failure;
mod forecast;
mod mandate;
mod notice;
mod returns;
mod state;
mod watch;

pub use calendar::Calendar;
pub use card_retry::{CardRetry, CardRetryRule, CardTries, card_retry};
pub use draft::{
    Draft, DraftFacts, InvoiceFacts, NoDraft, Scheduled, chosen_day, draft_for, may_try_again,
};
pub use failure::{
    CardDecline, LastWord, Step, after_bank_return, after_decline, pay_by, return_code, second_try,
};
pub use forecast::{Band, Outside, RunTotals, check_forecast};
pub use mandate::{
    Cap, Consent, DayOfMonth, DraftDay, Mandate, MandateError, MandateState, Method, OverCap,
};
pub use notice::{Agreed, AmountNotice, NOTICE_DAYS, needs_notice, notice_by};
pub use returns::{
    AfterReturn, MOST_REINITIATIONS, REINITIATION_DAYS, ReturnCode, ReturnCodeError, ReturnedDraft,
    Whereby, after_return,
};
pub use state::DraftState;
pub use watch::{StoredDraft, Watch, watch};
