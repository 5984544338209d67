//! Which months a deduction pays.

use kernel::{BillingMonth, Cents};

/// One line of what was withheld: money for a premium period. Negative is money that the agency
/// took back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Deduction {
    /// The first month of the period.
    pub first: BillingMonth,
    /// The last month of the period, the first one included.
    pub last: BillingMonth,
    /// How much.
    pub cents: Cents,
}

/// What a month owes and what it got.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Paid {
    /// The month.
    pub month: BillingMonth,
    /// What is owed for it.
    pub owed: Cents,
    /// What was paid for it otherwise, such as on an invoice meanwhile.
    pub paid: Cents,
    /// What deductions paid before.
    pub withheld: Cents,
}

/// What a deduction pays.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settled {
    /// What goes to which month, oldest first. Negative takes back.
    pub months: Vec<(BillingMonth, Cents)>,
    /// What no month of the period takes: paid twice. It is refunded or kept as credit, as the
    /// member chose. Negative if more is taken back than deductions paid.
    pub left: Cents,
}

/// Why a deduction cannot be placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeductionError {
    /// The period ends before it begins.
    #[error("the premium period ends ({last}) before it begins ({first}); look at the raw line")]
    PeriodReversed {
        /// Its first month.
        first: BillingMonth,
        /// Its last month.
        last: BillingMonth,
    },
    /// The file and the period disagree about the number of months.
    #[error("the line says {said} months and its period has {found}; look at the raw line")]
    MonthCount {
        /// What the line says.
        said: u16,
        /// What the period has.
        found: i32,
    },
}

impl Deduction {
    /// A deduction as a file tells it, with its own count of months.
    ///
    /// # Errors
    /// [`DeductionError`] if the period is not what the line says.
    pub fn of_line(
        first: BillingMonth,
        last: BillingMonth,
        said: u16,
        cents: Cents,
    ) -> Result<Self, DeductionError> {
        if last < first {
            return Err(DeductionError::PeriodReversed { first, last });
        }
        let found = last.months_since(first) + 1;
        if found != i32::from(said) {
            return Err(DeductionError::MonthCount { said, found });
        }
        Ok(Deduction { first, last, cents })
    }
}

/// Applies a deduction to the months of its period and no others, oldest first, each up to what is
/// still owed. The first deduction often covers several months at once. Money taken back comes off
/// the newest month first, and off no more than deductions had paid.
///
/// The parts and what is left always add up to the deduction.
#[must_use]
pub fn apply_deduction(deduction: &Deduction, months: &[Paid]) -> Settled {
    let mut period: Vec<&Paid> = months
        .iter()
        .filter(|m| (deduction.first..=deduction.last).contains(&m.month))
        .collect();
    period.sort_by_key(|m| m.month);
    let mut settled = Settled {
        months: Vec::new(),
        left: deduction.cents,
    };
    if deduction.cents.is_negative() {
        for month in period.iter().rev() {
            let back = month.withheld.at_least_zero().min(-settled.left);
            settle(&mut settled, month.month, -back);
        }
        settled.months.reverse();
    } else {
        for month in period {
            let open = (month.owed - month.paid - month.withheld).at_least_zero();
            let part = open.min(settled.left);
            settle(&mut settled, month.month, part);
        }
    }
    settled
}

fn settle(settled: &mut Settled, month: BillingMonth, part: Cents) {
    if !part.is_zero() {
        settled.months.push((month, part));
        settled.left -= part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn month(n: i32) -> BillingMonth {
        BillingMonth::parse("2026-01").unwrap().plus(n)
    }

    fn owing(n: i32, paid: i64, withheld: i64) -> Paid {
        Paid {
            month: month(n),
            owed: Cents::new(4000),
            paid: Cents::new(paid),
            withheld: Cents::new(withheld),
        }
    }

    fn applied(first: i32, last: i32, cents: i64, months: &[Paid]) -> (Vec<(i32, i64)>, i64) {
        let deduction = Deduction {
            first: month(first),
            last: month(last),
            cents: Cents::new(cents),
        };
        let settled = apply_deduction(&deduction, months);
        let parts = settled
            .months
            .iter()
            .map(|(m, c)| (m.months_since(month(0)), c.get()))
            .collect();
        (parts, settled.left.get())
    }

    #[test]
    fn a_first_deduction_for_three_months_pays_each_of_them() {
        let months = [
            owing(0, 0, 0),
            owing(1, 0, 0),
            owing(2, 0, 0),
            owing(3, 0, 0),
        ];
        for (cents, expected) in [
            (11_999, (vec![(0, 4000), (1, 4000), (2, 3999)], 0)),
            (12_000, (vec![(0, 4000), (1, 4000), (2, 4000)], 0)),
            (12_001, (vec![(0, 4000), (1, 4000), (2, 4000)], 1)),
        ] {
            assert_eq!(applied(0, 2, cents, &months), expected, "{cents}");
        }
    }

    #[test]
    fn a_month_that_was_paid_on_the_invoice_leaves_the_deduction_over() {
        let months = [owing(0, 4000, 0), owing(1, 1000, 0)];
        assert_eq!(applied(0, 1, 8000, &months), (vec![(1, 3000)], 5000));
        assert_eq!(
            applied(5, 6, 8000, &months),
            (vec![], 8000),
            "nothing outside its period"
        );
    }

    #[test]
    fn money_taken_back_comes_off_the_newest_deduction_first() {
        let months = [owing(0, 0, 4000), owing(1, 0, 4000)];
        assert_eq!(
            applied(0, 1, -5000, &months),
            (vec![(0, -1000), (1, -4000)], 0)
        );
        assert_eq!(
            applied(0, 1, -9000, &months),
            (vec![(0, -4000), (1, -4000)], -1000)
        );
        let paid_otherwise = [owing(0, 4000, 0)];
        assert_eq!(applied(0, 0, -4000, &paid_otherwise), (vec![], -4000));
    }

    #[test]
    fn a_line_whose_period_is_not_what_it_says_is_not_placed() {
        let c = Cents::new(1);
        assert!(Deduction::of_line(month(0), month(2), 3, c).is_ok());
        assert_eq!(
            Deduction::of_line(month(0), month(2), 2, c),
            Err(DeductionError::MonthCount { said: 2, found: 3 })
        );
        assert_eq!(
            Deduction::of_line(month(1), month(0), 1, c),
            Err(DeductionError::PeriodReversed {
                first: month(1),
                last: month(0)
            })
        );
    }

    proptest! {
        #[test]
        fn not_a_cent_appears_or_disappears(
            first in 0_i32..4, length in 0_i32..4, cents in -20_000_i64..20_000,
            paid in proptest::collection::vec((0_i64..5000, 0_i64..4001), 0..6),
        ) {
            let months: Vec<Paid> = paid.iter().zip(0..).map(|((p, w), n)| owing(n, *p, *w)).collect();
            let (parts, left) = applied(first, first + length, cents, &months);
            prop_assert_eq!(parts.iter().map(|(_, c)| c).sum::<i64>() + left, cents);
            prop_assert!(parts.iter().all(|(n, _)| (first..=first + length).contains(n)));
            prop_assert!(parts.windows(2).all(|w| w[0].0 < w[1].0));
            for (n, part) in parts {
                let month = months[usize::try_from(n).unwrap()];
                if part < 0 {
                    prop_assert!(-part <= month.withheld.get());
                } else {
                    prop_assert!(month.paid.get() + month.withheld.get() + part <= 4000);
                }
            }
        }
    }
}
