//! Due dates as a calendar is told of them.

use jiff::civil::Date;

/// What a calendar is told of a month's due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldDate {
    /// The day.
    pub due_on: Date,
    /// How often it was changed.
    pub sequence: u32,
}

/// What a calendar is to be told now: a date that moved counts up, so that the calendar moves its
/// event (RFC 5545, 3.8.7.4).
#[must_use]
pub fn told_date(before: Option<ToldDate>, due_on: Date) -> ToldDate {
    match before {
        None => ToldDate {
            due_on,
            sequence: 0,
        },
        Some(before) if before.due_on == due_on => before,
        Some(before) => ToldDate {
            due_on,
            sequence: before.sequence.saturating_add(1),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn only_a_date_that_moves_counts_up() {
        let told = |day, sequence| ToldDate {
            due_on: date(2026, 12, day),
            sequence,
        };
        for (before, due, expected) in [
            (None, 1, told(1, 0)),
            (Some(told(1, 0)), 1, told(1, 0)),
            (Some(told(1, 0)), 9, told(9, 1)),
            (Some(told(9, 1)), 1, told(1, 2)),
        ] {
            assert_eq!(told_date(before, date(2026, 12, due)), expected);
        }
    }
}
