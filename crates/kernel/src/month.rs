//! A billing month: the calendar month a premium is for.

use std::fmt;

use jiff::civil::{Date, date};

use crate::DateSpan;

/// A calendar month such as 2026-12. Years 1900 to 2200.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BillingMonth {
    year: i16,
    month: i8,
}

/// Why a billing month could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a billing month is written YYYY-MM, such as 2026-12; found \"{found}\"")]
pub struct BillingMonthError {
    /// What was given.
    pub found: String,
}

impl BillingMonth {
    /// The month `month` (1 to 12) of `year`, or `None` outside the range.
    #[must_use]
    pub fn new(year: i16, month: i8) -> Option<Self> {
        ((1900..=2200).contains(&year) && (1..=12).contains(&month))
            .then_some(BillingMonth { year, month })
    }

    /// The month that holds `day`.
    #[must_use]
    pub fn of(day: Date) -> Self {
        BillingMonth {
            year: day.year(),
            month: day.month(),
        }
    }

    /// Reads `2026-12`.
    ///
    /// # Errors
    /// [`BillingMonthError`] with what was found.
    pub fn parse(text: &str) -> Result<Self, BillingMonthError> {
        let error = || BillingMonthError {
            found: text.chars().take(20).collect(),
        };
        let (year, month) = text.split_once('-').ok_or_else(error)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(error());
        }
        let year = year.parse().map_err(|_| error())?;
        let month = month.parse().map_err(|_| error())?;
        BillingMonth::new(year, month).ok_or_else(error)
    }

    /// The first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        date(self.year, self.month, 1)
    }

    /// The last day: the 28th to the 31st.
    #[must_use]
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// The day `day` of this month, or its last day if the month is shorter.
    #[must_use]
    pub fn day(self, day: u8) -> Date {
        let last = self.last_day().day();
        let day = i8::try_from(day.max(1)).unwrap_or(last).min(last);
        date(self.year, self.month, day)
    }

    /// How many days it has: 28 to 31.
    #[must_use]
    pub fn days(self) -> u32 {
        u32::from(self.last_day().day().unsigned_abs())
    }

    /// All its days.
    #[must_use]
    pub fn span(self) -> DateSpan {
        DateSpan::new(self.first_day(), Some(self.next().first_day()))
    }

    /// The following month.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        self.plus(-1)
    }

    /// `months` later, or earlier if negative.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        let count = i32::from(self.year) * 12 + i32::from(self.month) - 1 + months;
        BillingMonth {
            year: i16::try_from(count.div_euclid(12)).expect("billing months stay near today"),
            month: i8::try_from(count.rem_euclid(12) + 1).expect("1 to 12"),
        }
    }

    /// Months from `earlier` to this one; negative if `earlier` is later.
    #[must_use]
    pub fn months_since(self, earlier: Self) -> i32 {
        (i32::from(self.year) - i32::from(earlier.year)) * 12 + i32::from(self.month)
            - i32::from(earlier.month)
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month in the year, 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.month
    }

    /// As a number such as 202612, which sorts by time and fits a database column.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(self.year) * 100 + i64::from(self.month)
    }

    /// From a number such as 202612.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::new(
            i16::try_from(number / 100).ok()?,
            i8::try_from(number % 100).ok()?,
        )
    }
}

impl fmt::Display for BillingMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl fmt::Debug for BillingMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_across_years() {
        let december = BillingMonth::parse("2026-12").unwrap();
        assert_eq!(december.next().to_string(), "2027-01");
        assert_eq!(december.plus(-12).to_string(), "2025-12");
        assert_eq!(december.next().months_since(december), 1);
        assert_eq!(BillingMonth::from_number(december.number()), Some(december));
    }

    #[test]
    fn the_last_day_follows_the_calendar() {
        for (month, days) in [
            ("2026-02", 28),
            ("2028-02", 29),
            ("2026-04", 30),
            ("2026-12", 31),
        ] {
            let month = BillingMonth::parse(month).unwrap();
            assert_eq!(month.days(), days, "{month}");
            assert_eq!(month.day(31), month.last_day(), "{month}");
        }
    }

    #[test]
    fn what_is_not_a_month_is_refused() {
        for text in ["2026-13", "2026-1", "12/2026", "", "2026-00"] {
            assert!(BillingMonth::parse(text).is_err(), "{text}");
        }
    }
}
