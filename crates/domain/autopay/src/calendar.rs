//! The days on which banks work.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

/// Which days are business days: not Saturday, not Sunday, and none of the holidays given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Calendar {
    holidays: BTreeSet<Date>,
}

impl Calendar {
    /// A calendar with these holidays. The caller chooses them: they change by law.
    #[must_use]
    pub fn new(holidays: impl IntoIterator<Item = Date>) -> Self {
        Calendar {
            holidays: holidays.into_iter().collect(),
        }
    }

    /// True if banks work on `day`.
    #[must_use]
    pub fn is_business_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
            && !self.holidays.contains(&day)
    }

    /// `day`, or the first business day after it.
    #[must_use]
    pub fn on_or_after(&self, mut day: Date) -> Date {
        while !self.is_business_day(day) {
            day = following(day);
        }
        day
    }

    /// The business day that lies `count` business days before `day`.
    #[must_use]
    pub fn before(&self, mut day: Date, count: u8) -> Date {
        for _ in 0..count {
            day = preceding(day);
            while !self.is_business_day(day) {
                day = preceding(day);
            }
        }
        day
    }

    /// The business day that lies `count` business days after `day`.
    #[must_use]
    pub fn after(&self, mut day: Date, count: u8) -> Date {
        for _ in 0..count {
            day = self.on_or_after(following(day));
        }
        day
    }
}

fn following(day: Date) -> Date {
    day.tomorrow().expect("drafts lie near today")
}

fn preceding(day: Date) -> Date {
    day.yesterday().expect("drafts lie near today")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn weekends_and_holidays_are_stepped_over_in_both_directions() {
        // 2026-11-26 is Thanksgiving, a Thursday.
        let calendar = Calendar::new([date(2026, 11, 26)]);
        for (day, on_or_after) in [
            (date(2026, 11, 25), date(2026, 11, 25)),
            (date(2026, 11, 26), date(2026, 11, 27)),
            (date(2026, 11, 28), date(2026, 11, 30)),
            (date(2026, 11, 29), date(2026, 11, 30)),
        ] {
            assert_eq!(calendar.on_or_after(day), on_or_after, "{day}");
        }
        for (day, count, before) in [
            (date(2026, 11, 30), 3, date(2026, 11, 24)),
            (date(2026, 12, 1), 3, date(2026, 11, 25)),
            (date(2026, 12, 4), 3, date(2026, 12, 1)),
            (date(2026, 12, 4), 0, date(2026, 12, 4)),
        ] {
            assert_eq!(calendar.before(day, count), before, "{count} before {day}");
        }
        assert_eq!(calendar.after(date(2026, 11, 25), 2), date(2026, 11, 30));
    }
}
