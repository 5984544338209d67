use super::*;
use crate::Received;
use crate::month::example;
use crate::threshold::net_95;
use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

/// January is paid; February to May are as given: 60.00 each after the tax credit.
fn year(payments: &[(&str, Date, i64)]) -> Vec<MonthFacts> {
    let jan = date(2026, 1, 1);
    ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]
        .into_iter()
        .map(|month| {
            let mut received: Vec<(Date, i64)> = payments
                .iter()
                .filter(|(m, ..)| *m == month)
                .map(|(_, on, cents)| (*on, *cents))
                .collect();
            if month == "2026-01" {
                received.push((jan, 6000));
            }
            example(month, 10_000, 4000, &received)
        })
        .collect()
}

fn state(months: &[MonthFacts], today: Date) -> &'static str {
    aptc_grace(months, &net_95(), today).grounds().reason
}

#[test]
fn cfr_156_270_d_grace_has_three_consecutive_months() {
    let months = year(&[]);
    for (today, expected) in [
        (date(2026, 1, 31), "current"),
        (date(2026, 2, 1), "current"),
        (date(2026, 2, 2), "grace-month-1"),
        (date(2026, 2, 28), "grace-month-1"),
        (date(2026, 3, 1), "grace-later-month"),
        (date(2026, 4, 29), "grace-later-month"),
        (date(2026, 4, 30), "grace-later-month"),
        (date(2026, 5, 1), "exhausted"),
    ] {
        assert_eq!(state(&months, today), expected, "{today}");
    }
}

#[test]
fn cfr_156_270_d_claims_of_the_first_month_must_be_paid() {
    let months = year(&[]);
    for (today, month, claims, owed) in [
        (date(2026, 2, 2), 1, Claims::MustPay, 6000),
        (date(2026, 2, 28), 1, Claims::MustPay, 6000),
        (date(2026, 3, 1), 2, Claims::MayPend, 12_000),
        (date(2026, 4, 1), 3, Claims::MayPend, 18_000),
    ] {
        let expected = AptcGrace::Grace {
            from: date(2026, 2, 1),
            through: date(2026, 4, 30),
            month,
            claims,
            owed: Cents::new(owed),
        };
        assert_eq!(aptc_grace(&months, &net_95(), today), expected, "{today}");
    }
}

#[test]
fn cfr_156_270_g_coverage_ends_with_the_first_month_of_grace() {
    let found = aptc_grace(&year(&[]), &net_95(), date(2026, 5, 1));
    let coverage_through = date(2026, 2, 28);
    assert_eq!(found, AptcGrace::Exhausted { coverage_through });
}

#[test]
fn cfr_156_270_g_all_outstanding_premium_ends_grace_on_its_last_day_and_not_after() {
    for (paid_on, on_may_2) in [
        (date(2026, 4, 29), "grace-month-1"),
        (date(2026, 4, 30), "grace-month-1"),
        (date(2026, 5, 1), "exhausted"),
    ] {
        let months = year(&[
            ("2026-02", paid_on, 6000),
            ("2026-03", paid_on, 6000),
            ("2026-04", paid_on, 6000),
        ]);
        // In time, the only thing left is May, which was due the day before.
        assert_eq!(state(&months, date(2026, 5, 2)), on_may_2, "{paid_on}");
    }
}

#[test]
fn cfr_156_270_a_partial_payment_moves_neither_end_of_grace() {
    let months = year(&[("2026-02", date(2026, 3, 10), 6000)]);
    let AptcGrace::Grace {
        from,
        through,
        owed,
        ..
    } = aptc_grace(&months, &net_95(), date(2026, 3, 11))
    else {
        panic!("still in grace")
    };
    assert_eq!((from, through), (date(2026, 2, 1), date(2026, 4, 30)));
    assert_eq!(owed, Cents::new(6000));
    assert_eq!(state(&months, date(2026, 5, 1)), "exhausted");
}

#[test]
fn cfr_155_400_g_the_threshold_keeps_out_of_grace() {
    for (paid, expected) in [(5699, "grace-month-1"), (5700, "current")] {
        let months = year(&[("2026-02", date(2026, 2, 1), paid)]);
        assert_eq!(state(&months, date(2026, 2, 2)), expected, "{paid}");
    }
}

#[test]
fn a_payment_that_came_back_opens_grace_from_the_original_month() {
    let mut months = year(&[("2026-02", date(2026, 1, 28), 6000)]);
    assert_eq!(state(&months, date(2026, 2, 20)), "current");
    months[1].received.clear();
    assert_eq!(state(&months, date(2026, 2, 20)), "grace-month-1");
    assert_eq!(state(&months, date(2026, 5, 1)), "exhausted");
}

#[test]
fn grace_takes_a_paid_month_of_the_benefit_year_for_granted() {
    let mut months = year(&[]);
    months[0].received.clear();
    assert_eq!(state(&months, date(2026, 1, 1)), "current");
    assert_eq!(state(&months, date(2026, 1, 2)), "no-month-paid");
}

#[test]
fn a_due_date_in_the_month_before_is_past_due_until_the_month_begins() {
    let mut months = year(&[]);
    months[1].due_on = date(2026, 1, 25);
    for (today, expected) in [
        (date(2026, 1, 25), "current"),
        (date(2026, 1, 26), "past-due"),
        (date(2026, 1, 31), "past-due"),
        (date(2026, 2, 1), "grace-month-1"),
    ] {
        assert_eq!(state(&months, today), expected, "{today}");
    }
}

#[test]
fn grace_may_straddle_benefit_years() {
    let mut months = vec![
        example("2026-10", 10_000, 4000, &[(date(2026, 10, 1), 6000)]),
        example("2026-11", 10_000, 4000, &[]),
        example("2026-12", 10_000, 4000, &[]),
        example("2027-01", 11_000, 4000, &[]),
    ];
    for (today, expected) in [
        (date(2027, 1, 31), "grace-later-month"),
        (date(2027, 2, 1), "exhausted"),
    ] {
        assert_eq!(state(&months, today), expected, "{today}");
    }
    for month in &mut months[1..] {
        let cents = month.owed();
        month.received.push(Received {
            on: date(2027, 1, 31),
            cents,
        });
    }
    assert_eq!(state(&months, date(2027, 2, 1)), "current");
}

proptest! {
    /// Day by day no state is skipped: past due or current, month 1, later months, exhausted; and
    /// exhausted stays exhausted as long as the facts stay as they are.
    #[test]
    fn days_pass_without_skipping_a_state(
        paid in proptest::collection::vec((0_usize..5, 0_i64..150, 0_i64..7000), 0..8),
    ) {
        let mut months = year(&[]);
        for (at, on, cents) in paid {
            let on = date(2026, 1, 1).checked_add(on.days()).unwrap();
            months[at].received.push(Received { on, cents: Cents::new(cents) });
        }
        let mut before = AptcGrace::Current;
        for day in 0..200_i64 {
            let today = date(2026, 1, 1).checked_add(day.days()).unwrap();
            let now = aptc_grace(&months, &net_95(), today);
            use AptcGrace as G;
            match (before, now) {
                (G::Exhausted { coverage_through: a }, G::Exhausted { coverage_through: b }) => prop_assert_eq!(a, b),
                (G::Exhausted { .. }, other) => prop_assert!(false, "{today}: {other:?}"),
                (G::Grace { month, through, .. }, G::Exhausted { .. }) => {
                    prop_assert_eq!(month, 3);
                    prop_assert!(today > through);
                }
                (other, G::Exhausted { .. }) => prop_assert!(false, "{today}: exhausted after {other:?}"),
                (G::Grace { month: a, from: x, .. }, G::Grace { month: b, from: y, .. }) if x == y => {
                    prop_assert!(b == a || b == a + 1);
                }
                _ => {}
            }
            before = now;
        }
    }
}
