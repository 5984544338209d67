//! The drawer of an associate: opened, counted, closed, and never opened again.

use kernel::{Cents, StaffId};

/// Where a drawer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DrawerState {
    /// Checks go in.
    Open,
    /// It was counted; nothing goes in any more. It may be counted again.
    Counted,
    /// It is closed for good and its deposit slip is numbered.
    Closed,
}

impl DrawerState {
    /// All of them.
    pub const ALL: [DrawerState; 3] =
        [DrawerState::Open, DrawerState::Counted, DrawerState::Closed];

    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            DrawerState::Open => "open",
            DrawerState::Counted => "counted",
            DrawerState::Closed => "closed",
        }
    }

    /// The state with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<DrawerState> {
        DrawerState::ALL
            .into_iter()
            .find(|state| state.code() == code)
    }

    /// True while a check may be put in.
    #[must_use]
    pub const fn takes_checks(self) -> bool {
        matches!(self, DrawerState::Open)
    }

    /// True while it may be counted.
    #[must_use]
    pub const fn may_be_counted(self) -> bool {
        !matches!(self, DrawerState::Closed)
    }
}

/// A drawer that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'a> {
    /// Whose drawer.
    pub associate: StaffId,
    /// The sum of the checks that were taken.
    pub expected: Cents,
    /// The sum of the checks that are there.
    pub counted: Cents,
    /// Why the two differ; empty if nothing was said.
    pub explanation: &'a str,
}

/// What is there less what should be: negative if something is missing.
#[must_use]
pub fn difference_of(expected: Cents, counted: Cents) -> Cents {
    counted - expected
}

/// Why a drawer cannot be closed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CloseRefusal {
    /// A difference was not explained.
    #[error("explain the difference of {0}")]
    Unexplained(Cents),
    /// A difference above the limit needs a supervisor other than the associate.
    #[error("a supervisor must confirm a difference of more than {0}")]
    Unconfirmed(Cents),
}

/// Whether a counted drawer may be closed. `supervisor` is who closes it, if they are one; a
/// difference of more than `limit`, either way, is confirmed by a supervisor who is not the
/// associate.
///
/// # Errors
/// [`CloseRefusal`].
pub fn may_close(
    drawer: &Counted<'_>,
    supervisor: Option<StaffId>,
    limit: Cents,
) -> Result<(), CloseRefusal> {
    let difference = difference_of(drawer.expected, drawer.counted);
    if difference.is_zero() {
        return Ok(());
    }
    if drawer.explanation.trim().is_empty() {
        return Err(CloseRefusal::Unexplained(difference));
    }
    let size = if difference.is_negative() {
        -difference
    } else {
        difference
    };
    let confirmed = supervisor.is_some_and(|who| who != drawer.associate);
    if size > limit && !confirmed {
        return Err(CloseRefusal::Unconfirmed(limit));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_explained_and_a_large_one_confirmed_by_somebody_else() {
        let (anna, ben) = (
            StaffId::from_parts(1, [1; 10]),
            StaffId::from_parts(1, [2; 10]),
        );
        let limit = Cents::new(500);
        let unexplained = |cents| Err(CloseRefusal::Unexplained(Cents::new(cents)));
        let unconfirmed = Err(CloseRefusal::Unconfirmed(limit));
        for (counted, explanation, supervisor, outcome) in [
            (10_000, "", None, Ok(())),
            (9_900, "", None, unexplained(-100)),
            (9_900, "  ", Some(ben), unexplained(-100)),
            (10_100, "", None, unexplained(100)),
            (9_500, "one check is torn", None, Ok(())),
            (9_499, "one check is torn", None, unconfirmed),
            (10_501, "one check too many", None, unconfirmed),
            (9_499, "one check is torn", Some(anna), unconfirmed),
            (9_499, "one check is torn", Some(ben), Ok(())),
        ] {
            let drawer = Counted {
                associate: anna,
                expected: Cents::new(10_000),
                counted: Cents::new(counted),
                explanation,
            };
            let closed = may_close(&drawer, supervisor, limit);
            assert_eq!(closed, outcome, "{counted} {explanation:?} {supervisor:?}");
        }
    }

    #[test]
    fn checks_go_into_an_open_drawer_only_and_a_closed_one_stays_closed() {
        for (state, takes, counts) in [
            (DrawerState::Open, true, true),
            (DrawerState::Counted, false, true),
            (DrawerState::Closed, false, false),
        ] {
            assert_eq!(state.takes_checks(), takes, "{state:?}");
            assert_eq!(state.may_be_counted(), counts, "{state:?}");
            assert_eq!(DrawerState::from_code(state.code()), Some(state));
        }
        assert_eq!(DrawerState::from_code("reopened"), None);
    }
}
