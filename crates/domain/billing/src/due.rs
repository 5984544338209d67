//! The due date of an invoice.

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::BillingMonth;

/// When an invoice is due: a day of a month, but not too soon after it was issued.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DueRule {
    /// In which month the day lies, counted from the billing month: 0 for the month itself, -1 for
    /// the month before.
    pub month_offset: i32,
    /// The day, 1 to 31. In a shorter month its last day.
    pub day: u8,
    /// The fewest days that a subscriber gets between the invoice and the due date.
    pub least_days: u16,
}

impl DueRule {
    /// The due date of an invoice for `month` issued on `issued_on`.
    #[must_use]
    pub fn due_on(self, month: BillingMonth, issued_on: Date) -> Date {
        let by_rule = month.plus(self.month_offset).day(self.day);
        let soonest = issued_on
            .checked_add(i64::from(self.least_days).days())
            .unwrap_or(issued_on);
        by_rule.max(soonest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn due_dates_follow_the_rule_and_do_not_drift_over_short_months() {
        for (offset, day, least, month, issued, due) in [
            (0, 1, 0, "2026-12", date(2026, 11, 10), date(2026, 12, 1)),
            (-1, 25, 0, "2026-12", date(2026, 11, 10), date(2026, 11, 25)),
            (-1, 31, 0, "2026-03", date(2026, 2, 1), date(2026, 2, 28)),
            (0, 31, 0, "2026-03", date(2026, 2, 1), date(2026, 3, 31)),
            (0, 29, 0, "2028-02", date(2028, 1, 1), date(2028, 2, 29)),
            (0, 30, 0, "2027-02", date(2027, 1, 1), date(2027, 2, 28)),
            (-1, 20, 0, "2027-01", date(2026, 12, 1), date(2026, 12, 20)),
            // Issued late: at least two weeks to pay.
            (0, 1, 14, "2026-12", date(2026, 11, 25), date(2026, 12, 9)),
            (0, 1, 14, "2026-12", date(2026, 11, 17), date(2026, 12, 1)),
        ] {
            let rule = DueRule {
                month_offset: offset,
                day,
                least_days: least,
            };
            let month = BillingMonth::parse(month).unwrap();
            assert_eq!(rule.due_on(month, issued), due, "{rule:?} {month}");
        }
    }
}
