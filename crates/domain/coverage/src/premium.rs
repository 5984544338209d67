//! What a month costs.

use jiff::civil::Date;
use kernel::{BillingMonth, Cents, CoverageId, DateSpan};

use crate::Coverage;

/// How a month that is not covered whole is charged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ProrationRule {
    /// Monthly premium / days in the month × days covered (45 CFR 155.240(e)). The tax credit
    /// (45 CFR 155.340(i)) and the penalty follow the premium.
    #[default]
    ByDays,
    /// A month with any covered day is charged whole, at the rate of its first covered day.
    WholeMonth,
}

/// What one coverage segment contributes to a month.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// The segment.
    pub coverage: CoverageId,
    /// The covered days that are charged, inside the month.
    pub span: DateSpan,
    /// How many days are charged.
    pub days: u32,
    /// How many days the month has.
    pub of: u32,
    /// The premium before any tax credit.
    pub premium: Cents,
    /// The tax credit, never more than the premium.
    pub aptc: Cents,
    /// The late-enrolment penalty.
    pub penalty: Cents,
}

/// What a month costs, in whole and in parts. The parts add up to the whole.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MonthPremium {
    /// The premium before any tax credit.
    pub premium: Cents,
    /// The tax credit, never more than the premium.
    pub aptc: Cents,
    /// The late-enrolment penalty.
    pub penalty: Cents,
    /// One part for each coverage segment with a charged day.
    pub parts: Vec<Part>,
}

impl MonthPremium {
    /// What the subscriber owes: premium less tax credit, plus penalty.
    #[must_use]
    pub fn owed(&self) -> Cents {
        self.premium - self.aptc + self.penalty
    }
}

/// What the coverage segments of an account cost in a month.
///
/// Segments of one policy are charged by a running total that is rounded to the cent, so a month
/// split by a change that leaves the rate alone costs exactly what the unsplit month costs.
#[must_use]
pub fn premium_for_month(
    coverages: &[Coverage],
    month: BillingMonth,
    rule: ProrationRule,
) -> MonthPremium {
    let mut covered: Vec<(&Coverage, DateSpan)> = coverages
        .iter()
        .filter(|c| !c.span.is_empty())
        .filter_map(|c| Some((c, c.span.overlap(month.span())?)))
        .collect();
    covered.sort_by(|(a, a_span), (b, b_span)| {
        (&a.policy, a_span.start, a.id).cmp(&(&b.policy, b_span.start, b.id))
    });
    let mut whole = MonthPremium::default();
    for policy in covered.chunk_by(|(a, _), (b, _)| a.policy == b.policy) {
        let parts = match rule {
            ProrationRule::ByDays => parts_by_days(policy, month),
            ProrationRule::WholeMonth => vec![whole_month(policy[0].0, policy[0].1.start, month)],
        };
        for part in parts {
            whole.premium += part.premium;
            whole.aptc += part.aptc;
            whole.penalty += part.penalty;
            whole.parts.push(part);
        }
    }
    whole
}

fn whole_month(coverage: &Coverage, first: Date, month: BillingMonth) -> Part {
    Part {
        coverage: coverage.id,
        span: DateSpan::new(first, month.span().end),
        days: month.days(),
        of: month.days(),
        premium: coverage.premium,
        aptc: coverage.aptc.min(coverage.premium),
        penalty: coverage.penalty,
    }
}

fn parts_by_days(policy: &[(&Coverage, DateSpan)], month: BillingMonth) -> Vec<Part> {
    let of = month.days();
    let mut premium = Running::new(of);
    let mut aptc = Running::new(of);
    let mut penalty = Running::new(of);
    let mut parts: Vec<Part> = Vec::with_capacity(policy.len());
    for (coverage, span) in policy {
        let days = span.days().unwrap_or(of);
        parts.push(Part {
            coverage: coverage.id,
            span: *span,
            days,
            of,
            premium: premium.next(coverage.premium, days),
            aptc: aptc.next(coverage.aptc.min(coverage.premium), days),
            penalty: penalty.next(coverage.penalty, days),
        });
    }
    keep_aptc_within_premium(&mut parts);
    parts
}

/// Rounding can leave a part with a cent more tax credit than premium. The cent moves to a part
/// with room for it; the whole has room, because its credit is at most its premium.
fn keep_aptc_within_premium(parts: &mut [Part]) {
    let mut over = Cents::ZERO;
    for part in parts.iter_mut() {
        let excess = (part.aptc - part.premium).at_least_zero();
        part.aptc -= excess;
        over += excess;
    }
    for part in parts {
        let moved = over.min(part.premium - part.aptc);
        part.aptc += moved;
        over -= moved;
    }
}

/// A running total of rate × days / days of the month, handed out in whole cents.
struct Running {
    of: i128,
    exact: i128,
    given: i128,
}

impl Running {
    fn new(of: u32) -> Self {
        Running {
            of: i128::from(of),
            exact: 0,
            given: 0,
        }
    }

    fn next(&mut self, rate: Cents, days: u32) -> Cents {
        self.exact += i128::from(rate.get()) * i128::from(days);
        let half = if self.exact < 0 {
            -(self.of / 2)
        } else {
            self.of / 2
        };
        let total = (self.exact + half) / self.of;
        let part = total - self.given;
        self.given = total;
        Cents::new(i64::try_from(part).expect("part of a monthly rate fits an i64"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn coverage(start: Date, end: Option<Date>, rates: (i64, i64, i64)) -> Coverage {
        Coverage {
            id: CoverageId::from_parts(start.day().unsigned_abs().into(), [1; 10]),
            plan_line: "individual".to_owned(),
            policy: "P1".to_owned(),
            span: DateSpan::new(start, end),
            premium: Cents::new(rates.0),
            aptc: Cents::new(rates.1),
            penalty: Cents::new(rates.2),
        }
    }

    fn december() -> BillingMonth {
        BillingMonth::parse("2026-12").unwrap()
    }

    fn cost(coverages: &[Coverage], rule: ProrationRule) -> (i64, i64, i64) {
        let month = premium_for_month(coverages, december(), rule);
        (month.premium.get(), month.aptc.get(), month.penalty.get())
    }

    #[test]
    fn months_cost_what_their_days_say() {
        let from = |m, d| date(2026, m, d);
        let rates = (31_000, 6_200, 0);
        let by_days = ProrationRule::ByDays;
        let whole = ProrationRule::WholeMonth;
        for (what, start, end, rule, expected) in [
            ("whole month", from(1, 1), None, by_days, (31_000, 6_200, 0)),
            (
                "born on the 12th",
                from(12, 12),
                None,
                by_days,
                (20_000, 4_000, 0),
            ),
            (
                "ended on the 10th",
                from(1, 1),
                Some(from(12, 11)),
                by_days,
                (10_000, 2_000, 0),
            ),
            ("one day", from(12, 31), None, by_days, (1_000, 200, 0)),
            (
                "ended before",
                from(1, 1),
                Some(from(12, 1)),
                by_days,
                (0, 0, 0),
            ),
            ("begins later", date(2027, 1, 1), None, by_days, (0, 0, 0)),
            (
                "cancelled",
                from(12, 5),
                Some(from(12, 5)),
                by_days,
                (0, 0, 0),
            ),
            (
                "whole by rule",
                from(12, 12),
                None,
                whole,
                (31_000, 6_200, 0),
            ),
        ] {
            assert_eq!(
                cost(&[coverage(start, end, rates)], rule),
                expected,
                "{what}"
            );
        }
    }

    #[test]
    fn a_change_of_tax_credit_in_the_month_splits_the_credit_and_not_the_premium() {
        let before = coverage(date(2026, 1, 1), Some(date(2026, 12, 16)), (31_000, 0, 0));
        let after = coverage(date(2026, 12, 16), None, (31_000, 15_500, 0));
        let month = premium_for_month(&[after, before], december(), ProrationRule::ByDays);
        assert_eq!(month.premium, Cents::new(31_000));
        assert_eq!(month.aptc, Cents::new(8_000));
        assert_eq!(month.owed(), Cents::new(23_000));
        let days: Vec<_> = month.parts.iter().map(|p| (p.days, p.of)).collect();
        assert_eq!(days, [(15, 31), (16, 31)]);
    }

    #[test]
    fn two_policies_side_by_side_are_both_charged() {
        let medical = coverage(date(2026, 1, 1), None, (30_000, 0, 0));
        let mut dental = coverage(date(2026, 1, 1), None, (2_500, 0, 0));
        dental.policy = "D1".to_owned();
        for rule in [ProrationRule::ByDays, ProrationRule::WholeMonth] {
            assert_eq!(
                cost(&[medical.clone(), dental.clone()], rule),
                (32_500, 0, 0)
            );
        }
    }

    #[test]
    fn the_tax_credit_is_never_more_than_the_premium() {
        let generous = coverage(date(2026, 1, 1), None, (10_000, 12_000, 700));
        assert_eq!(
            cost(&[generous], ProrationRule::ByDays),
            (10_000, 10_000, 700)
        );
    }

    proptest! {
        #[test]
        fn a_month_split_without_a_change_of_rate_costs_the_same(
            premium in 0_i64..1_000_000, aptc in 0_i64..1_200_000, penalty in 0_i64..20_000,
            first in 1_i8..=31, cuts in prop::collection::btree_set(1_i8..=31, 0..6),
        ) {
            let rates = (premium, aptc, penalty);
            let start = date(2026, 12, first);
            let unsplit = premium_for_month(
                &[coverage(start, None, rates)], december(), ProrationRule::ByDays);
            let mut segments = Vec::new();
            let mut from = start;
            for cut in cuts.into_iter().filter(|c| *c > first) {
                let cut = date(2026, 12, cut);
                segments.push(coverage(from, Some(cut), rates));
                from = cut;
            }
            segments.push(coverage(from, None, rates));
            let split = premium_for_month(&segments, december(), ProrationRule::ByDays);
            prop_assert_eq!(split.premium, unsplit.premium);
            prop_assert_eq!(split.aptc, unsplit.aptc);
            prop_assert_eq!(split.penalty, unsplit.penalty);
            prop_assert_eq!(unsplit.premium, Cents::new(premium).prorate(32 - u32::from(first.unsigned_abs()), 31));
        }

        #[test]
        fn parts_add_up_and_no_part_has_more_credit_than_premium(
            rates in prop::collection::vec((0_i64..100_000, 0_i64..120_000, 0_i64..5_000), 1..8),
        ) {
            let last = rates.len() - 1;
            let segments: Vec<_> = rates.iter().enumerate().map(|(i, rates)| {
                let day = |i: usize| date(2026, 12, 1 + i8::try_from(i * 4).unwrap());
                coverage(day(i), (i < last).then(|| day(i + 1)), *rates)
            }).collect();
            let month = premium_for_month(&segments, december(), ProrationRule::ByDays);
            prop_assert_eq!(month.premium, month.parts.iter().map(|p| p.premium).sum());
            prop_assert_eq!(month.aptc, month.parts.iter().map(|p| p.aptc).sum());
            prop_assert_eq!(month.penalty, month.parts.iter().map(|p| p.penalty).sum());
            for part in &month.parts {
                prop_assert!(part.aptc <= part.premium && !part.aptc.is_negative(), "{part:?}");
            }
            prop_assert_eq!(month.parts.iter().map(|p| p.days).sum::<u32>(), 31);
        }
    }
}
