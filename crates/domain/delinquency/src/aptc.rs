//! The grace period of enrollees with a tax credit (45 CFR 156.270(d)-(g)).

use jiff::civil::Date;
use kernel::{BillingMonth, Cents};

use crate::{Grounds, MonthFacts, Rule, ThresholdTable, satisfied};

/// What the plan does with claims of the month.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Claims {
    /// They must be paid: month 1.
    MustPay,
    /// They may be held back: months 2 and 3.
    MayPend,
}

/// Where a policy with a tax credit stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AptcGrace {
    /// Everything that fell due is satisfied.
    Current,
    /// The due date is over and the month has not begun; grace begins with the month.
    PastDue {
        /// The month that is not satisfied.
        month: BillingMonth,
        /// What must come in.
        owed: Cents,
    },
    /// In the grace period.
    Grace {
        /// Its first day.
        from: Date,
        /// Its last day.
        through: Date,
        /// Which month of it today is in: 1 to 3.
        month: u8,
        /// What happens to claims today.
        claims: Claims,
        /// All that fell due: nothing less ends the grace period.
        owed: Cents,
    },
    /// The grace period is over and not all was paid: coverage ended with its first month.
    Exhausted {
        /// The last day of coverage: the last day of the first month of grace.
        coverage_through: Date,
    },
    /// No month of the benefit year was paid, which this grace period takes for granted.
    NoMonthPaid {
        /// The month that is not satisfied.
        month: BillingMonth,
    },
}

impl AptcGrace {
    /// Which case of the rule holds.
    #[must_use]
    pub const fn grounds(self) -> Grounds {
        let (reason, words) = match self {
            AptcGrace::Current => ("current", "All premiums that fell due are satisfied."),
            AptcGrace::PastDue { .. } => (
                "past-due",
                "A premium is past due; the grace period begins with the first day of its month.",
            ),
            AptcGrace::Grace { month: 1, .. } => (
                "grace-month-1",
                "The first of three months of grace: claims must be paid.",
            ),
            AptcGrace::Grace { .. } => (
                "grace-later-month",
                "The second or third month of grace: claims may be held back.",
            ),
            AptcGrace::Exhausted { .. } => (
                "exhausted",
                "Not all outstanding premium was paid by the end of the third month of grace, \
                 so coverage ends with the last day of the first.",
            ),
            AptcGrace::NoMonthPaid { .. } => (
                "no-month-paid",
                "No month of the benefit year is paid, so the grace period of three months does not apply.",
            ),
        };
        Grounds {
            rule: Rule::AptcGrace,
            reason,
            words,
        }
    }
}

/// A grace period that began and is not yet known to be over.
#[derive(Clone, Copy)]
struct Open {
    unpaid: BillingMonth,
    first: BillingMonth,
}

/// Where a policy stands at the end of `today`. `months` are the months of one policy, oldest
/// first, those still to come included or not.
///
/// The grace period begins with the first month that was not satisfied by its due date, or with the
/// month of the due date if that is later. It has three calendar months. A partial payment neither
/// ends nor moves it: it ends on the day on which everything past due is satisfied.
#[must_use]
pub fn aptc_grace(months: &[MonthFacts], table: &ThresholdTable, today: Date) -> AptcGrace {
    let mut days: Vec<Date> = months
        .iter()
        .flat_map(|m| {
            let late = m.due_on.tomorrow().ok();
            late.into_iter().chain(m.received.iter().map(|r| r.on))
        })
        .filter(|day| *day <= today)
        .collect();
    days.push(today);
    days.sort_unstable();
    days.dedup();

    let mut open: Option<Open> = None;
    for day in days {
        if let Some(Open { first, .. }) = open
            && day > last_day(first)
        {
            break;
        }
        let unpaid = first_unsatisfied(months, table, day);
        open = match (open, unpaid) {
            (_, None) => None,
            (Some(open), Some(_)) => Some(open),
            (None, Some(month)) => Some(Open {
                unpaid: month.month,
                first: month.month.max(BillingMonth::of(month.due_on)),
            }),
        };
    }
    let Some(open) = open else {
        return AptcGrace::Current;
    };
    describe(open, months, table, today)
}

fn describe(open: Open, months: &[MonthFacts], table: &ThresholdTable, today: Date) -> AptcGrace {
    let Open { unpaid, first } = open;
    if !year_has_paid_month(months, table, unpaid, today.min(last_day(first))) {
        return AptcGrace::NoMonthPaid { month: unpaid };
    }
    if today > last_day(first) {
        return AptcGrace::Exhausted {
            coverage_through: first.last_day(),
        };
    }
    let owed = months
        .iter()
        .filter(|m| m.due_on <= today)
        .map(|m| m.open_on(today))
        .sum();
    let Ok(later) = u8::try_from(BillingMonth::of(today).months_since(first)) else {
        return AptcGrace::PastDue {
            month: unpaid,
            owed,
        };
    };
    AptcGrace::Grace {
        from: first.first_day(),
        through: last_day(first),
        month: later + 1,
        claims: if later == 0 {
            Claims::MustPay
        } else {
            Claims::MayPend
        },
        owed,
    }
}

fn last_day(first: BillingMonth) -> Date {
    first.plus(2).last_day()
}

/// The oldest month that is past due on `day` and not satisfied at its end. The due date itself is
/// in time.
fn first_unsatisfied<'a>(
    months: &'a [MonthFacts],
    table: &ThresholdTable,
    day: Date,
) -> Option<&'a MonthFacts> {
    let mut missing = Cents::ZERO;
    for month in months.iter().filter(|m| m.due_on < day) {
        if !satisfied(month, day, table, missing, false).holds() {
            return Some(month);
        }
        missing += month.open_on(day);
    }
    None
}

fn year_has_paid_month(
    months: &[MonthFacts],
    table: &ThresholdTable,
    unpaid: BillingMonth,
    by: Date,
) -> bool {
    months
        .iter()
        .filter(|m| m.month.year() == unpaid.year() && m.month != unpaid && m.due_on <= by)
        .any(|m| satisfied(m, by, table, Cents::ZERO, false).holds())
}

#[cfg(test)]
#[path = "aptc_tests.rs"]
mod tests;
