//! The seven things that can come of asking a processor.

use url::Url;

use super::Decline;

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "money may have moved"]
pub enum Outcome<T> {
    /// Done.
    Ok(T),
    /// Accepted; the end comes later, by webhook or look-up.
    Pending(T),
    /// Refused by the bank or the card network. No money moved.
    Declined(Decline),
    /// The payer must do something first. No money moved.
    ActionRequired(NextAction),
    /// The processor refused the request itself: a fault of ours. No money moved.
    Invalid(RequestError),
    /// Provably not sent: the host is unknown or refused the connection. No money moved.
    NotSent(NetError),
    /// The request may or may not have been carried out.
    Unknown(NetError),
}

impl<T> Outcome<T> {
    /// The outcome with what it carries changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Outcome::Ok(value) => Outcome::Ok(change(value)),
            Outcome::Pending(value) => Outcome::Pending(change(value)),
            Outcome::Declined(decline) => Outcome::Declined(decline),
            Outcome::ActionRequired(action) => Outcome::ActionRequired(action),
            Outcome::Invalid(error) => Outcome::Invalid(error),
            Outcome::NotSent(error) => Outcome::NotSent(error),
            Outcome::Unknown(error) => Outcome::Unknown(error),
        }
    }

    /// The next step with what a finished call gave; every other outcome stays.
    pub(crate) fn then<U>(self, next: impl FnOnce(T) -> Outcome<U>) -> Outcome<U> {
        match self {
            Outcome::Ok(value) | Outcome::Pending(value) => next(value),
            Outcome::Declined(decline) => Outcome::Declined(decline),
            Outcome::ActionRequired(action) => Outcome::ActionRequired(action),
            Outcome::Invalid(error) => Outcome::Invalid(error),
            Outcome::NotSent(error) => Outcome::NotSent(error),
            Outcome::Unknown(error) => Outcome::Unknown(error),
        }
    }

    /// What a finished call gave.
    pub fn ok(self) -> Option<T> {
        match self {
            Outcome::Ok(value) => Some(value),
            _ => None,
        }
    }
}

/// What the payer must do before a charge can go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextAction {
    /// Go to a page of the card's bank and come back.
    Redirect(Url),
    /// Confirm the bank account by two small deposits.
    VerifyBankAccount,
    /// Something this client does not know; the processor's word for it.
    Other(String),
}

/// Why the processor refused a request as such.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the processor refused the request ({status} {code}): {message}")]
pub struct RequestError {
    /// The HTTP status.
    pub status: u16,
    /// The processor's code, such as `idempotency_error` or `parameter_unknown`.
    pub code: String,
    /// Which parameter it is about, if one.
    pub parameter: Option<String>,
    /// The processor's sentence, for the log and for staff.
    pub message: String,
}

/// Why nothing certain is known, or why nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// No connection could be made at all.
    #[error("could not connect to the processor: {0}")]
    Connect(String),
    /// No answer in time.
    #[error("the processor did not answer in time")]
    TimedOut,
    /// The connection broke before the whole answer was there.
    #[error("the connection to the processor broke: {0}")]
    Broke(String),
    /// The processor answered that it had trouble.
    #[error("the processor answered with status {0}")]
    Status(u16),
    /// The answer could not be understood, or was about something else than what was asked.
    #[error("the processor's answer was not understood: {0}")]
    NotUnderstood(String),
}
