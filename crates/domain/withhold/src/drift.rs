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

/// Where CMS's latest word, the plan's state and the money of a month disagree. Empty if they do not.
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

    #[test]
    fn three_that_agree_are_quiet_and_any_two_that_do_not_are_named() {
        use PaymentOption as P;
        let other = Drift::OtherAmount {
            difference: Cents::new(-1),
        };
        for (cms, state, expected, came, found) in [
            (
                Some(P::SocialSecurity),
                State::Withholding,
                4000,
                4000,
                vec![],
            ),
            (None, State::Withholding, 4000, 4000, vec![]),
            (
                Some(P::SocialSecurity),
                State::Withholding,
                4000,
                3999,
                vec![other],
            ),
            (
                Some(P::SocialSecurity),
                State::Withholding,
                4000,
                0,
                vec![Drift::NothingCame],
            ),
            (
                Some(P::Direct),
                State::Withholding,
                4000,
                4000,
                vec![Drift::OnlyPlanWithholds],
            ),
            (
                Some(P::Direct),
                State::Withholding,
                4000,
                0,
                vec![Drift::OnlyPlanWithholds, Drift::NothingCame],
            ),
            (
                Some(P::Railroad),
                State::Ended,
                0,
                0,
                vec![Drift::OnlyCmsWithholds],
            ),
            (
                Some(P::Railroad),
                State::Ended,
                0,
                4000,
                vec![Drift::OnlyCmsWithholds, Drift::UnexpectedMoney],
            ),
            (Some(P::Direct), State::Rejected, 0, 0, vec![]),
            (Some(P::NoPremium), State::Ended, 0, 0, vec![]),
            (Some(P::SocialSecurity), State::Stopping, 4000, 0, vec![]),
            (Some(P::Direct), State::Stopping, 4000, 4000, vec![]),
            (
                Some(P::SocialSecurity),
                State::PendingStart,
                4000,
                0,
                vec![],
            ),
        ] {
            let arrived = Arrived {
                expected: Cents::new(expected),
                came: Cents::new(came),
            };
            assert_eq!(
                drift(cms, state, arrived),
                found,
                "{cms:?} {state:?} {came}/{expected}"
            );
        }
    }
}
