//! ID cards that are mailed: why one is asked for, and how far it is.

use jiff::civil::Date;

/// Why somebody asks for a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardReason {
    /// The card never came.
    NeverCame,
    /// It is lost.
    Lost,
    /// It was stolen.
    Stolen,
    /// It is damaged and cannot be read.
    Damaged,
    /// A name or another thing on it is wrong.
    Wrong,
    /// One more card.
    Another,
}

impl CardReason {
    /// All of them, in the order in which a page offers them.
    pub const ALL: [CardReason; 6] = [
        CardReason::Lost,
        CardReason::NeverCame,
        CardReason::Damaged,
        CardReason::Stolen,
        CardReason::Wrong,
        CardReason::Another,
    ];

    /// The name used in tables, string catalogues and files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            CardReason::NeverCame => "never-came",
            CardReason::Lost => "lost",
            CardReason::Stolen => "stolen",
            CardReason::Damaged => "damaged",
            CardReason::Wrong => "wrong",
            CardReason::Another => "another",
        }
    }

    /// The reason with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// How far a card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardState {
    /// Asked for.
    Requested,
    /// With the card printer.
    Printed,
    /// On its way by mail.
    Mailed,
}

impl CardState {
    /// All of them, in their order.
    pub const ALL: [CardState; 3] = [CardState::Requested, CardState::Printed, CardState::Mailed];

    /// The name used in tables, string catalogues and files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            CardState::Requested => "requested",
            CardState::Printed => "printed",
            CardState::Mailed => "mailed",
        }
    }

    /// The state with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// True while the card is not on its way: then no second one can be asked for.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, CardState::Mailed)
    }
}

/// Why a line of the printer's answer cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailedProblem {
    /// The card was never given to the printer.
    NotPrinted,
    /// It was mailed before, on another day.
    OtherDay(Date),
    /// The day has not come yet.
    InFuture,
    /// The day is before the card was asked for.
    BeforeRequest,
}

/// What a line of the printer's answer changes: `true` marks the card as mailed, `false` says it is
/// so already.
///
/// # Errors
/// [`MailedProblem`].
pub fn mailed(
    state: CardState,
    known: Option<Date>,
    requested_on: Date,
    day: Date,
    today: Date,
) -> Result<bool, MailedProblem> {
    match (state, known) {
        (CardState::Mailed, Some(known)) if known != day => Err(MailedProblem::OtherDay(known)),
        (CardState::Mailed, _) => Ok(false),
        (CardState::Requested, _) => Err(MailedProblem::NotPrinted),
        (CardState::Printed, _) if day > today => Err(MailedProblem::InFuture),
        (CardState::Printed, _) if day < requested_on => Err(MailedProblem::BeforeRequest),
        (CardState::Printed, _) => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn codes_read_back() {
        for reason in CardReason::ALL {
            assert_eq!(CardReason::from_code(reason.code()), Some(reason));
        }
        for state in CardState::ALL {
            assert_eq!(CardState::from_code(state.code()), Some(state));
        }
    }

    #[test]
    fn a_card_is_mailed_once_after_it_was_printed() {
        let (asked, today) = (date(2026, 11, 20), date(2026, 11, 30));
        let day = date(2026, 11, 25);
        for (state, known, on, expected) in [
            (CardState::Printed, None, day, Ok(true)),
            (CardState::Printed, None, asked, Ok(true)),
            (CardState::Printed, None, today, Ok(true)),
            (CardState::Mailed, Some(day), day, Ok(false)),
            (
                CardState::Mailed,
                Some(day),
                today,
                Err(MailedProblem::OtherDay(day)),
            ),
            (
                CardState::Requested,
                None,
                day,
                Err(MailedProblem::NotPrinted),
            ),
            (
                CardState::Printed,
                None,
                date(2026, 12, 1),
                Err(MailedProblem::InFuture),
            ),
            (
                CardState::Printed,
                None,
                date(2026, 11, 19),
                Err(MailedProblem::BeforeRequest),
            ),
        ] {
            assert_eq!(
                mailed(state, known, asked, on, today),
                expected,
                "{state:?} {on}"
            );
        }
    }
}
