//! The days on which nobody answers.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use crate::Text;

/// The holidays of the plan.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Holidays {
    /// In the order of the file.
    pub days: Vec<Holiday>,
}

impl Holidays {
    /// The holiday on `date`, if it is one.
    #[must_use]
    pub fn on(&self, date: Date) -> Option<&Holiday> {
        self.days.iter().find(|holiday| holiday.falls_on(date))
    }
}

/// A holiday: one date, or a date in every year.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holiday {
    /// What it is called.
    pub name: Text,
    /// When it is.
    pub rule: HolidayRule,
    /// True if it moves to Friday when it falls on Saturday, and to Monday when it falls on Sunday,
    /// as federal holidays do (5 U.S.C. 6103(b)).
    pub observed: bool,
}

impl Holiday {
    /// True if the plan keeps this holiday on `date`.
    #[must_use]
    pub fn falls_on(&self, date: Date) -> bool {
        // New Year's Day can be observed on the last day of the year before.
        (date.year() - 1..=date.year() + 1).any(|year| self.kept_in(year) == Some(date))
    }

    fn kept_in(&self, year: i16) -> Option<Date> {
        let date = self.rule.date_in(year)?;
        match date.weekday() {
            Weekday::Saturday if self.observed => date.yesterday().ok(),
            Weekday::Sunday if self.observed => date.tomorrow().ok(),
            _ => Some(date),
        }
    }
}

/// When a holiday is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HolidayRule {
    /// On one date only.
    Once(Date),
    /// On a date of every year that has it.
    Yearly {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// On a weekday of a month, or some days after it.
    Weekday {
        /// 1 to 4 for the first to the fourth, -1 for the last.
        nth: i8,
        /// Which weekday.
        weekday: Weekday,
        /// 1 to 12.
        month: i8,
        /// 1 for "day after …", otherwise 0.
        days_after: i8,
    },
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const ORDINALS: [(&str, i8); 5] = [
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("last", -1),
];

impl HolidayRule {
    /// Reads `January 1`, `fourth Thursday of November`, `last Monday of May` or
    /// `day after fourth Thursday of November`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        match words.as_slice() {
            ["day", "after", nth, weekday, "of", month] => weekday_rule(nth, weekday, month, 1),
            [nth, weekday, "of", month] => weekday_rule(nth, weekday, month, 0),
            [month, day] => {
                let (month, day) = (month_number(month)?, day.parse().ok()?);
                // 2028 is a leap year, so February 29 is a date.
                Date::new(2028, month, day).ok()?;
                Some(HolidayRule::Yearly { month, day })
            }
            _ => None,
        }
    }

    /// Its date in `year`, before it moves off a weekend.
    #[must_use]
    pub fn date_in(self, year: i16) -> Option<Date> {
        match self {
            HolidayRule::Once(date) => (date.year() == year).then_some(date),
            HolidayRule::Yearly { month, day } => Date::new(year, month, day).ok(),
            HolidayRule::Weekday {
                nth,
                weekday,
                month,
                days_after,
            } => {
                let first = Date::new(year, month, 1).ok()?;
                let date = first.nth_weekday_of_month(nth, weekday).ok()?;
                date.checked_add(i64::from(days_after).days()).ok()
            }
        }
    }
}

fn weekday_rule(nth: &str, weekday: &str, month: &str, days_after: i8) -> Option<HolidayRule> {
    let (_, nth) = ORDINALS.into_iter().find(|(name, _)| *name == nth)?;
    Some(HolidayRule::Weekday {
        nth,
        weekday: weekday_named(weekday)?,
        month: month_number(month)?,
        days_after,
    })
}

fn month_number(name: &str) -> Option<i8> {
    let index = MONTHS.iter().position(|month| *month == name)?;
    i8::try_from(index + 1).ok()
}

/// A weekday by its English name or the first three letters of it, in lower case.
pub(crate) fn weekday_named(name: &str) -> Option<Weekday> {
    const NAMES: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    NAMES
        .into_iter()
        .find(|(full, _)| *full == name || (name.len() == 3 && full.starts_with(name)))
        .map(|(_, weekday)| weekday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use kernel::Language;

    fn holiday(rule: &str, observed: bool) -> Holiday {
        Holiday {
            name: Text::new(vec![(Language::English, rule.to_owned())]).unwrap(),
            rule: HolidayRule::parse(rule).unwrap(),
            observed,
        }
    }

    #[test]
    fn rules_find_their_day_in_every_year() {
        for (rule, day) in [
            ("fourth Thursday of November", date(2026, 11, 26)),
            ("fourth Thursday of November", date(2027, 11, 25)),
            ("day after fourth Thursday of November", date(2026, 11, 27)),
            ("last Monday of May", date(2027, 5, 31)),
            ("first Monday of September", date(2026, 9, 7)),
            ("July 4", date(2027, 7, 4)),
        ] {
            let holiday = holiday(rule, false);
            assert!(holiday.falls_on(day), "{rule}");
            assert!(!holiday.falls_on(day.tomorrow().unwrap()), "{rule}");
            assert!(!holiday.falls_on(day.yesterday().unwrap()), "{rule}");
        }
    }

    #[test]
    fn an_observed_holiday_moves_off_the_weekend_even_into_another_year() {
        let new_year = holiday("January 1", true);
        assert!(
            new_year.falls_on(date(2027, 12, 31)),
            "2028-01-01 is a Saturday"
        );
        assert!(!new_year.falls_on(date(2028, 1, 1)));
        let fourth = holiday("July 4", true);
        assert!(fourth.falls_on(date(2027, 7, 5)), "2027-07-04 is a Sunday");
        assert!(!fourth.falls_on(date(2027, 7, 4)));
    }

    #[test]
    fn what_is_not_a_rule_is_refused() {
        for text in [
            "",
            "Easter",
            "February 30",
            "fifth Monday of May",
            "fourth Thursday in November",
        ] {
            assert_eq!(HolidayRule::parse(text), None, "{text}");
        }
    }
}
