//! Holding what CMS says, what the plan believes and what arrived beside each other.

use kernel::Cents;

use crate::{Member, PaymentOption, State};

/// What arrived for a month against what was expected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Arrived {
    /// What the deduction should be.
    pub expected: Cents,
    /// What came.
    pub came: Cents,
}

/// Where the three disagree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Drift {
    /// CMS has a deduction, the plan does not.
    OnlyCmsWithholds,
    /// The plan has a deduction, CMS says that the member pays.
    OnlyPlanWithholds,
    /// Money came although nobody is withholding.
    UnexpectedMoney,
    /// Deductions run, and nothing came for the month.
    NothingCame,
    /// Something else came than should have.
    OtherAmount {
        /// What came less what should have.
        difference: Cents,
    },
}

/// Where CMS's latest word, the plan's state and the money of a month disagree. Empty if they do
/// not.
#[must_use]
pub fn drift(cms: Option<PaymentOption>, state: State, arrived: Arrived) -> Vec<Drift> {
    let mut found = Vec::new();
    let by_deduction = state.member() == Member::PaysByDeduction;
    let cms_withholds = cms.map(|option| {
        matches!(
            option,
            PaymentOption::SocialSecurity | PaymentOption::Railroad
        )
    });
    match (cms_withholds, state) {
        // An end that was asked for, or a request under way, is a difference in time, not a drift.
        (_, State::Stopping | State::Sent | State::AtAgency | State::PendingStart) => {}
        (Some(true), _) if !by_deduction => found.push(Drift::OnlyCmsWithholds),
        (Some(false), _) if by_deduction => found.push(Drift::OnlyPlanWithholds),
        _ => {}
    }
    if by_deduction && state == State::Withholding {
        if arrived.came.is_zero() && arrived.expected.is_positive() {
            found.push(Drift::NothingCame);
        } else if arrived.came != arrived.expected {
            found.push(Drift::OtherAmount {
                difference: arrived.came - arrived.expected,
            });
        }
    } else if !by_deduction && arrived.came.is_positive() {
        found.push(Drift::UnexpectedMoney);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(cms: PaymentOption, state: State, expected: i64, came: i64) -> Vec<Drift> {
        let arrived = Arrived {
            expected: Cents::new(expected),
            came: Cents::new(came),
        };
        drift(Some(cms), state, arrived)
    }

    #[test]
    fn any_two_that_disagree_are_named() {
        use Drift as D;
        use PaymentOption as P;
        use State as S;
        let difference = Cents::new(-1);
        for (cms, state, expected, came, drifts) in [
            (
                P::SocialSecurity,
                S::Withholding,
                40,
                39,
                vec![D::OtherAmount { difference }],
            ),
            (
                P::SocialSecurity,
                S::Withholding,
                40,
                0,
                vec![D::NothingCame],
            ),
            (
                P::Direct,
                S::Withholding,
                40,
                40,
                vec![D::OnlyPlanWithholds],
            ),
            (
                P::Direct,
                S::Withholding,
                40,
                0,
                vec![D::OnlyPlanWithholds, D::NothingCame],
            ),
            (P::Railroad, S::Ended, 0, 0, vec![D::OnlyCmsWithholds]),
            (
                P::Railroad,
                S::Ended,
                0,
                40,
                vec![D::OnlyCmsWithholds, D::UnexpectedMoney],
            ),
        ] {
            assert_eq!(
                found(cms, state, expected, came),
                drifts,
                "{cms:?} {state:?}"
            );
        }
    }

    #[test]
    fn three_that_agree_or_differ_only_in_time_are_quiet() {
        use PaymentOption as P;
        use State as S;
        for (cms, state, expected, came) in [
            (P::SocialSecurity, S::Withholding, 40, 40),
            (P::Direct, S::Rejected, 0, 0),
            (P::NoPremium, S::Ended, 0, 0),
            (P::SocialSecurity, S::Stopping, 40, 0),
            (P::Direct, S::Stopping, 40, 40),
            (P::SocialSecurity, S::PendingStart, 40, 0),
        ] {
            assert_eq!(found(cms, state, expected, came), [], "{cms:?} {state:?}");
        }
        let arrived = Arrived {
            expected: Cents::new(40),
            came: Cents::new(40),
        };
        assert_eq!(drift(None, S::Withholding, arrived), []);
    }
}
