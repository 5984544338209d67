//! What a call is set up with.

use jiff::civil::Date;
use payments::AmountLimits;

/// How much time callers get.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pace {
    /// As usual.
    Normal,
    /// For TTY and relay (711) callers: three times the time, and silence is forgiven longer.
    Slow,
}

/// What a call is set up with, from the plan's configuration and the clock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// How much time the caller gets.
    pub pace: Pace,
    /// How often an answer may be wrong or missing before a person is offered; also how often
    /// somebody may try to identify themselves, and how many payments may fail.
    pub most_tries: u8,
    /// How many seconds of silence end an answer, at the normal pace.
    pub silence_seconds: u16,
    /// True while the representatives of this line answer.
    pub person_available: bool,
    /// True if card numbers can be taken without coming here.
    pub cards: bool,
    /// True if bank accounts can be keyed in.
    pub bank_accounts: bool,
    /// The least and the most of one payment.
    pub limits: AmountLimits,
    /// Today, in the plan's time zone: the date of an authorisation.
    pub today: Date,
    /// The day on which a bank account would be debited.
    pub debit_on: Date,
    /// The number to call with questions about a debit: digits.
    pub inquiry_phone: String,
}

impl Settings {
    /// How many seconds of silence end an answer at the pace of the call.
    #[must_use]
    pub const fn silence(&self) -> u16 {
        match self.pace {
            Pace::Normal => self.silence_seconds,
            Pace::Slow => self.silence_seconds.saturating_mul(3),
        }
    }

    /// How many silences in a row end the call.
    #[must_use]
    pub const fn most_silences(&self) -> u8 {
        match self.pace {
            Pace::Normal => self.most_tries,
            Pace::Slow => self.most_tries.saturating_mul(3),
        }
    }
}
