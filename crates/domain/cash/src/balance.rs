//! What an account owes, and through which day it is paid.

use jiff::civil::Date;
use kernel::Cents;
use payments::Balances;

use crate::OpenInvoice;

/// What an account owes today, from its open invoices and its unapplied cash. An invoice is past
/// due from the day after its due date.
#[must_use]
pub fn balances(open: &[OpenInvoice], unapplied: Cents, today: Date) -> Balances {
    let total_due = open.iter().map(|i| i.open).sum::<Cents>() - unapplied;
    let late: Cents = open
        .iter()
        .filter(|i| i.open.is_positive() && i.due_on < today)
        .map(|i| i.open)
        .sum();
    let credits: Cents = open
        .iter()
        .map(|i| (-i.open).at_least_zero())
        .sum::<Cents>()
        + unapplied.at_least_zero();
    Balances {
        total_due,
        past_due: (late - credits).at_least_zero(),
    }
}

/// The last day that is paid for: the end of the month before the first one with something open, or
/// of the last month if nothing is open. `invoices` are all invoices of one policy; `None` if not
/// even its first month is paid, or there is none.
#[must_use]
pub fn paid_through(invoices: &[OpenInvoice]) -> Option<Date> {
    let first_open = invoices
        .iter()
        .filter(|i| i.open.is_positive())
        .map(|i| i.month)
        .min();
    invoices
        .iter()
        .map(|i| i.month)
        .filter(|month| first_open.is_none_or(|open| *month < open))
        .max()
        .map(kernel::BillingMonth::last_day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use kernel::{BillingMonth, InvoiceId};

    fn invoice(month: &str, open: i64) -> OpenInvoice {
        let month = BillingMonth::parse(month).unwrap();
        OpenInvoice {
            id: InvoiceId::from_parts(u64::from(month.month().unsigned_abs()), [0; 10]),
            month,
            due_on: month.first_day(),
            open: Cents::new(open),
            binder: false,
            policy: "P1".to_owned(),
        }
    }

    #[test]
    fn the_due_date_itself_is_in_time() {
        let open = [invoice("2026-11", 100), invoice("2026-12", 200)];
        for (unapplied, today, total, past) in [
            (0, date(2026, 11, 1), 300, 0),
            (0, date(2026, 11, 2), 300, 100),
            (0, date(2026, 12, 1), 300, 100),
            (0, date(2026, 12, 2), 300, 300),
            (60, date(2026, 11, 15), 240, 40),
            (150, date(2026, 11, 15), 150, 0),
            (400, date(2026, 12, 15), -100, 0),
        ] {
            let found = balances(&open, Cents::new(unapplied), today);
            assert_eq!(found.total_due, Cents::new(total), "{unapplied} on {today}");
            assert_eq!(found.past_due, Cents::new(past), "{unapplied} on {today}");
        }
    }

    #[test]
    fn a_credit_takes_off_what_is_past_due() {
        let open = [invoice("2026-10", 100), invoice("2026-11", -30)];
        let found = balances(&open, Cents::ZERO, date(2026, 12, 1));
        assert_eq!(found.total_due, Cents::new(70));
        assert_eq!(found.past_due, Cents::new(70));
    }

    #[test]
    fn the_day_paid_through_is_before_the_first_open_month() {
        for (open, expected) in [
            (vec![], None),
            (vec![("2026-10", 5)], None),
            (vec![("2026-10", 0)], Some(date(2026, 10, 31))),
            (
                vec![("2026-10", 0), ("2026-11", 1)],
                Some(date(2026, 10, 31)),
            ),
            (
                vec![("2026-12", 0), ("2026-10", 0), ("2026-11", 1)],
                Some(date(2026, 10, 31)),
            ),
            (
                vec![("2026-01", 0), ("2026-02", -5)],
                Some(date(2026, 2, 28)),
            ),
        ] {
            let invoices: Vec<_> = open.iter().map(|(m, c)| invoice(m, *c)).collect();
            assert_eq!(paid_through(&invoices), expected, "{open:?}");
        }
    }
}
