//! A stretch of days.

use jiff::civil::Date;

/// The days from `start` up to, and not including, `end`. Without an end it goes on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DateSpan {
    /// The first day.
    pub start: Date,
    /// The day after the last one; `None` while it goes on.
    pub end: Option<Date>,
}

impl DateSpan {
    /// The days from `start` up to, and not including, `end`.
    #[must_use]
    pub fn new(start: Date, end: Option<Date>) -> Self {
        DateSpan { start, end }
    }

    /// From a first and a last day, as 834 files and people write it.
    #[must_use]
    pub fn from_first_to_last(first: Date, last: Option<Date>) -> Self {
        DateSpan {
            start: first,
            end: last.and_then(|d| d.tomorrow().ok()),
        }
    }

    /// The last day, or `None` while it goes on.
    #[must_use]
    pub fn last_day(self) -> Option<Date> {
        self.end.and_then(|d| d.yesterday().ok())
    }

    /// True if the span holds no day.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.end.is_some_and(|end| end <= self.start)
    }

    /// True if `day` is inside.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.start <= day && self.end.is_none_or(|end| day < end)
    }

    /// The days in both, or `None` if there are none.
    #[must_use]
    pub fn overlap(self, other: DateSpan) -> Option<DateSpan> {
        let start = self.start.max(other.start);
        let end = match (self.end, other.end) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let span = DateSpan { start, end };
        (!span.is_empty()).then_some(span)
    }

    /// How many days, or `None` while it goes on.
    #[must_use]
    pub fn days(self) -> Option<u32> {
        let end = self.end?;
        Some(u32::try_from((end - self.start).get_days()).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_span_ends_the_day_before_its_end() {
        let span = DateSpan::from_first_to_last(date(2026, 12, 1), Some(date(2026, 12, 31)));
        assert!(span.contains(date(2026, 12, 31)));
        assert!(!span.contains(date(2027, 1, 1)));
        assert_eq!(span.days(), Some(31));
        assert_eq!(span.last_day(), Some(date(2026, 12, 31)));
    }

    #[test]
    fn the_overlap_of_spans_that_only_touch_is_nothing() {
        let november = DateSpan::new(date(2026, 11, 1), Some(date(2026, 12, 1)));
        let onward = DateSpan::new(date(2026, 12, 1), None);
        assert_eq!(november.overlap(onward), None);
        let from_middle = DateSpan::new(date(2026, 11, 15), None);
        assert_eq!(
            november.overlap(from_middle).and_then(DateSpan::days),
            Some(16)
        );
    }
}
