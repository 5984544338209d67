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

    /// The calendar of the Federal Reserve, which settles bank debits, for the years given: the
    /// legal public holidays (5 U.S.C. 6103(a)); one on a Sunday is kept on Monday, one on a
    /// Saturday is not kept on Friday (Federal Reserve Board, Regulation J operating circulars).
    #[must_use]
    pub fn federal_reserve(years: impl IntoIterator<Item = i16>) -> Self {
        Calendar::new(years.into_iter().flat_map(holidays_of))
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

/// The holidays that the Federal Reserve keeps in a year.
fn holidays_of(year: i16) -> Vec<Date> {
    let fixed = [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)];
    // King, Washington, Memorial Day, Labor Day, Columbus, Thanksgiving.
    let floating = [
        (1, 3, Weekday::Monday),
        (2, 3, Weekday::Monday),
        (5, -1, Weekday::Monday),
        (9, 1, Weekday::Monday),
        (10, 2, Weekday::Monday),
        (11, 4, Weekday::Thursday),
    ];
    let on = |month, day| Date::new(year, month, day).ok();
    let fixed = fixed.into_iter().filter_map(|(month, day)| {
        let day = on(month, day)?;
        Some(if day.weekday() == Weekday::Sunday {
            following(day)
        } else {
            day
        })
    });
    let floating = floating
        .into_iter()
        .filter_map(|(month, nth, weekday)| on(month, 1)?.nth_weekday_of_month(nth, weekday).ok());
    fixed.chain(floating).collect()
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
    fn the_federal_reserve_keeps_eleven_days_and_moves_sundays_only() {
        let calendar = Calendar::federal_reserve([2026, 2027]);
        for (day, works) in [
            (date(2026, 1, 1), false),
            (date(2026, 1, 19), false),
            (date(2026, 2, 16), false),
            (date(2026, 5, 25), false),
            (date(2026, 6, 19), false),
            // The fourth of July 2026 is a Saturday: banks work on the Friday before.
            (date(2026, 7, 3), true),
            (date(2026, 9, 7), false),
            (date(2026, 10, 12), false),
            (date(2026, 11, 11), false),
            (date(2026, 11, 26), false),
            (date(2026, 11, 27), true),
            (date(2026, 12, 25), false),
            // The fourth of July 2027 is a Sunday, kept on Monday.
            (date(2027, 7, 5), false),
            // Juneteenth and Christmas 2027 are Saturdays.
            (date(2027, 6, 18), true),
            (date(2027, 12, 24), true),
        ] {
            assert_eq!(calendar.is_business_day(day), works, "{day}");
        }
    }

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
