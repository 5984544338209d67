//! The authorisation to draft.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{BillingMonth, Cents};

use crate::{Agreed, ReturnCode};

/// A day that every month has: 1 to 28.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DayOfMonth(u8);

impl DayOfMonth {
    /// The day, or `None` outside 1 to 28.
    #[must_use]
    pub fn new(day: u8) -> Option<Self> {
        (1..=28).contains(&day).then_some(DayOfMonth(day))
    }

    /// 1 to 28.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// When a draft is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DraftDay {
    /// On the due date of the invoice.
    DueDate,
    /// On the last such day on or before the due date, so that choosing a day never makes anybody
    /// late.
    OfMonth(DayOfMonth),
}

/// What is drafted from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Method {
    /// A bank account.
    BankAccount {
        /// True once it is known to be open and to accept debits: required before the first WEB
        /// debit and after every change of number (Nacha Operating Rules, WEB account validation).
        validated: bool,
    },
    /// A card.
    Card {
        /// The last month in which it is good.
        good_through: BillingMonth,
    },
    /// A card or bank account that was disabled or removed.
    Disabled,
}

/// What happens to an amount above the cap. The consent text says which.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OverCap {
    /// It is never drafted; the member pays it another way.
    Never,
    /// It is drafted after a notice of amount and date.
    AfterNotice,
}

impl OverCap {
    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            OverCap::Never => "never",
            OverCap::AfterNotice => "after-notice",
        }
    }

    /// The choice with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [OverCap::Never, OverCap::AfterNotice]
            .into_iter()
            .find(|over| over.code() == code)
    }
}

/// The most a draft may be without more ado.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cap {
    /// The amount, more than zero.
    pub most: Cents,
    /// What happens above it.
    pub over: OverCap,
}

/// The evidence of the authorisation: kept two years after it ends (Nacha Operating Rules 2.3.2.5),
/// with a copy to the member (12 CFR 1005.10(b)).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consent {
    /// The version of the text.
    pub version: String,
    /// The exact text that was agreed to.
    pub text: String,
    /// When.
    pub given_at: Timestamp,
    /// The network address it came from, or the place it was signed at.
    pub given_from: String,
}

/// Whether a mandate is in force.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MandateState {
    /// It is.
    Active,
    /// The member stopped it.
    Stopped {
        /// On this day.
        on: Date,
    },
    /// A return ended it (see [`crate::after_return`]).
    EndedByReturn {
        /// The reason of the return.
        code: ReturnCode,
    },
    /// The cardholder took the standing permission back at the card's bank.
    EndedByCard {
        /// On this day.
        on: Date,
    },
    /// The coverage it paid for is over.
    EndedWithCoverage {
        /// The last day of coverage.
        last_day: Date,
    },
}

impl MandateState {
    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            MandateState::Active => "active",
            MandateState::Stopped { .. } => "stopped",
            MandateState::EndedByReturn { .. } => "ended-by-return",
            MandateState::EndedByCard { .. } => "ended-by-card",
            MandateState::EndedWithCoverage { .. } => "ended-with-coverage",
        }
    }
}

/// A standing authorisation to draft the premiums of one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mandate {
    /// What it drafts from.
    pub method: Method,
    /// When.
    pub day: DraftDay,
    /// The most, if the member chose a limit.
    pub cap: Option<Cap>,
    /// In which amounts the member does not want a notice each time.
    pub agreed: Option<Agreed>,
    /// The first billing month it pays.
    pub start: BillingMonth,
    /// Months the member took out.
    pub skipped: BTreeSet<BillingMonth>,
    /// Whether it is in force.
    pub state: MandateState,
    /// The evidence.
    pub consent: Consent,
}

/// Why a mandate cannot be set up. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MandateError {
    /// A limit of nothing.
    #[error("choose a limit above $0.00, or no limit")]
    CapNotPositive,
    /// The agreed range is empty.
    #[error("the smaller amount of the range comes first")]
    RangeReversed,
    /// Without its words an authorisation proves nothing.
    #[error("show the whole text of the authorisation and record its version before taking it")]
    NoConsentText,
    /// The card or bank account cannot be used.
    #[error("choose a card or bank account that can be used")]
    MethodDisabled,
    /// The card expires before the first draft.
    #[error("the card expires before the first draft; use another card or a bank account")]
    CardExpiresFirst,
}

impl Mandate {
    /// A new mandate in force, or why it cannot be.
    ///
    /// # Errors
    /// [`MandateError`].
    pub fn set_up(self) -> Result<Mandate, MandateError> {
        if self.cap.is_some_and(|cap| !cap.most.is_positive()) {
            return Err(MandateError::CapNotPositive);
        }
        if let Some(Agreed::Range { least, most }) = self.agreed
            && least > most
        {
            return Err(MandateError::RangeReversed);
        }
        if self.consent.text.trim().is_empty() || self.consent.version.trim().is_empty() {
            return Err(MandateError::NoConsentText);
        }
        match self.method {
            Method::Disabled => return Err(MandateError::MethodDisabled),
            Method::Card { good_through } if good_through < self.start => {
                return Err(MandateError::CardExpiresFirst);
            }
            Method::Card { .. } | Method::BankAccount { .. } => {}
        }
        Ok(Mandate {
            state: MandateState::Active,
            ..self
        })
    }

    /// Takes one month out.
    #[must_use]
    pub fn skipping(mut self, month: BillingMonth) -> Mandate {
        self.skipped.insert(month);
        self
    }
}

#[cfg(test)]
pub(crate) fn example() -> Mandate {
    Mandate {
        method: Method::BankAccount { validated: true },
        day: DraftDay::DueDate,
        cap: None,
        agreed: None,
        start: BillingMonth::parse("2026-01").expect("a month"),
        skipped: BTreeSet::new(),
        state: MandateState::Active,
        consent: Consent {
            version: "autopay-3".to_owned(),
            text: "I authorise the plan to draft my premium each month.".to_owned(),
            given_at: Timestamp::UNIX_EPOCH,
            given_from: "192.0.2.7".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_drafts_are_those_that_every_month_has() {
        for (day, there) in [(0, false), (1, true), (28, true), (29, false), (255, false)] {
            assert_eq!(DayOfMonth::new(day).is_some(), there, "{day}");
        }
    }

    #[test]
    fn a_mandate_needs_words_a_sound_limit_and_a_method_that_lasts() {
        let with = |change: &dyn Fn(&mut Mandate)| {
            let mut mandate = example();
            change(&mut mandate);
            mandate.set_up().map(|m| m.state)
        };
        let cap = |cents| {
            Some(Cap {
                most: Cents::new(cents),
                over: OverCap::Never,
            })
        };
        assert_eq!(with(&|m| m.cap = cap(1)), Ok(MandateState::Active));
        assert_eq!(with(&|m| m.cap = cap(0)), Err(MandateError::CapNotPositive));
        assert_eq!(
            with(&|m| m.consent.text = " ".to_owned()),
            Err(MandateError::NoConsentText)
        );
        assert_eq!(
            with(&|m| m.consent.version.clear()),
            Err(MandateError::NoConsentText)
        );
        let range = |least, most| {
            Some(Agreed::Range {
                least: Cents::new(least),
                most: Cents::new(most),
            })
        };
        assert_eq!(
            with(&|m| m.agreed = range(2, 1)),
            Err(MandateError::RangeReversed)
        );
        assert_eq!(with(&|m| m.agreed = range(2, 2)), Ok(MandateState::Active));
        for (good_through, expected) in [
            ("2025-12", Err(MandateError::CardExpiresFirst)),
            ("2026-01", Ok(MandateState::Active)),
        ] {
            let good_through = BillingMonth::parse(good_through).unwrap();
            assert_eq!(
                with(&|m| m.method = Method::Card { good_through }),
                expected
            );
        }
    }
}
