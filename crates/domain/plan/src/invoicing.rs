//! When invoices are issued and due.

use jiff::{ToSpan, civil::Date};
use kernel::BillingMonth;

/// The invoicing rules of a plan line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Invoicing {
    /// How many days before the first day of the billing month the invoice is issued: 1 to 60.
    pub issue_days_before: u8,
    /// When it is due.
    pub due: DueRule,
    /// What a month costs that is covered in part.
    pub proration: Proration,
}

/// When an invoice is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DueRule {
    /// On a day of the billing month, 1 to 31; on its last day if the month is shorter.
    DayOfMonth(u8),
    /// So many days after the invoice is issued, 1 to 90.
    DaysAfterIssue(u8),
}

impl DueRule {
    /// Reads `first of the month`, `day 15 of the month` or `25 days after issue`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["first", "of", "the", "month"] => Some(DueRule::DayOfMonth(1)),
            ["day", day, "of", "the", "month"] => {
                let day = day.parse().ok().filter(|day| (1..=31).contains(day))?;
                Some(DueRule::DayOfMonth(day))
            }
            [days, "days", "after", "issue"] => {
                let days = days.parse().ok().filter(|days| (1..=90).contains(days))?;
                Some(DueRule::DaysAfterIssue(days))
            }
            _ => None,
        }
    }
}

/// What a month costs that is covered in part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Proration {
    /// The premium divided by the days of the month, times the days covered: 45 CFR 155.240(e).
    ByDays,
    /// The whole premium for any month with a covered day, as Medicare plans enrol by whole months.
    WholeMonths,
}

/// The day the invoice for `month` is issued.
#[must_use]
pub fn issue_date(rule: Invoicing, month: BillingMonth) -> Date {
    month.first_day() - i64::from(rule.issue_days_before).days()
}

/// The day the invoice for `month` is due. Never before it is issued.
#[must_use]
pub fn due_date(rule: Invoicing, month: BillingMonth) -> Date {
    match rule.due {
        DueRule::DayOfMonth(day) => month.day(day),
        DueRule::DaysAfterIssue(days) => issue_date(rule, month) + i64::from(days).days(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn due(text: &str, issue_days_before: u8, month: &str) -> String {
        let rule = Invoicing {
            issue_days_before,
            due: DueRule::parse(text).unwrap(),
            proration: Proration::ByDays,
        };
        due_date(rule, BillingMonth::parse(month).unwrap()).to_string()
    }

    #[test]
    fn due_dates_follow_the_rule_and_the_calendar() {
        for (rule, month, date) in [
            ("first of the month", "2026-12", "2026-12-01"),
            ("day 15 of the month", "2027-02", "2027-02-15"),
            ("day 31 of the month", "2027-02", "2027-02-28"),
            ("day 31 of the month", "2028-02", "2028-02-29"),
            ("25 days after issue", "2026-12", "2026-12-06"),
            ("25 days after issue", "2027-01", "2027-01-06"),
        ] {
            assert_eq!(due(rule, 20, month), date, "{rule} in {month}");
        }
    }

    #[test]
    fn a_rule_nobody_can_follow_is_refused() {
        for text in [
            "",
            "day 0 of the month",
            "day 32 of the month",
            "0 days after issue",
            "91 days after issue",
            "soon",
        ] {
            assert_eq!(DueRule::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_invoice_is_due_before_it_is_issued(
            before in 1u8..=60, days in 1u8..=90, day in 1u8..=31, year in 2020i16..2100, month in 1i8..=12,
        ) {
            let month = BillingMonth::new(year, month).unwrap();
            for due in [DueRule::DayOfMonth(day), DueRule::DaysAfterIssue(days)] {
                let rule = Invoicing { issue_days_before: before, due, proration: Proration::ByDays };
                prop_assert!(due_date(rule, month) > issue_date(rule, month));
            }
        }
    }
}
