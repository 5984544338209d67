//! Proof before harm: no step against a member while money may be on its way.

use jiff::civil::Date;

use crate::{Grounds, Rule};

/// A step against a member.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Step {
    /// A notice that a premium is late.
    LateNotice,
    /// A cancellation, termination or disenrolment.
    EndCoverage,
}

/// Where money of the member, or perhaps of the member, was looked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MoneyFacts {
    /// The day on which all of it was looked up.
    pub looked_on: Date,
    /// A payment whose outcome is not known, or that has not settled.
    pub in_flight: bool,
    /// A deposit in the lockbox that is not posted yet.
    pub in_lockbox: bool,
    /// Money in suspense that is likely theirs.
    pub likely_in_suspense: bool,
    /// A month that an accepted deduction from benefits covers and for which nothing has come yet,
    /// or a request for one without an answer.
    pub withhold_lag: bool,
    /// A payment arrangement that is being kept.
    pub arrangement: bool,
    /// A hold for everybody in a county, a channel or the plan, such as after a disaster.
    pub hold: bool,
}

/// What stands in the way of a step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum InTheWay {
    /// Nobody looked today.
    NotLookedToday,
    /// See [`MoneyFacts::in_flight`].
    InFlight,
    /// See [`MoneyFacts::in_lockbox`].
    InLockbox,
    /// See [`MoneyFacts::likely_in_suspense`].
    LikelyInSuspense,
    /// See [`MoneyFacts::withhold_lag`].
    WithholdLag,
    /// See [`MoneyFacts::arrangement`].
    Arrangement,
    /// See [`MoneyFacts::hold`].
    Hold,
}

impl InTheWay {
    /// The grounds for not taking the step.
    #[must_use]
    pub const fn grounds(self) -> Grounds {
        let (reason, words) = match self {
            InTheWay::NotLookedToday => (
                "not-looked-today",
                "Money on its way was not looked for today; look again before the step.",
            ),
            InTheWay::InFlight => (
                "in-flight",
                "A payment is on its way or its outcome is not known.",
            ),
            InTheWay::InLockbox => ("in-lockbox", "The lockbox has a deposit not posted yet."),
            InTheWay::LikelyInSuspense => (
                "likely-in-suspense",
                "Money in suspense is likely this member's; decide on it first.",
            ),
            InTheWay::WithholdLag => (
                "withhold-lag",
                "A deduction from benefits is pending or accepted for this month.",
            ),
            InTheWay::Arrangement => ("arrangement", "A payment arrangement is being kept."),
            InTheWay::Hold => ("hold", "Steps are on hold for this group of members."),
        };
        Grounds {
            rule: Rule::ProofBeforeHarm,
            reason,
            words,
        }
    }
}

/// The proof that nothing stood in the way of a step. Only [`may_step`] makes one, so code that
/// asks for it cannot be reached without looking.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cleared {
    step: Step,
    looked_on: Date,
}

impl Cleared {
    /// The step it is for.
    #[must_use]
    pub const fn step(self) -> Step {
        self.step
    }

    /// When money was looked for.
    #[must_use]
    pub const fn looked_on(self) -> Date {
        self.looked_on
    }

    /// True if it holds for this step on this day: a proof is good for the day it was made.
    #[must_use]
    pub fn holds_for(self, step: Step, today: Date) -> bool {
        self.step == step && self.looked_on == today
    }

    /// A person releases the step on the strength of the proof; `None` once the day is over.
    #[must_use]
    pub fn release(self, released_by: &str, today: Date) -> Option<Accepted> {
        let named = !released_by.trim().is_empty();
        (named && self.holds_for(self.step, today)).then(|| Accepted {
            proof: self,
            released_by: released_by.to_owned(),
        })
    }
}

/// A step with its proof and the person who released it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// The proof.
    pub proof: Cleared,
    /// Who released it.
    pub released_by: String,
}

/// Whether a step may be taken.
///
/// # Errors
/// Everything that stands in the way, never empty.
pub fn may_step(step: Step, facts: &MoneyFacts, today: Date) -> Result<Cleared, Vec<InTheWay>> {
    let found: Vec<InTheWay> = [
        (facts.looked_on != today, InTheWay::NotLookedToday),
        (facts.in_flight, InTheWay::InFlight),
        (facts.in_lockbox, InTheWay::InLockbox),
        (facts.likely_in_suspense, InTheWay::LikelyInSuspense),
        (facts.withhold_lag, InTheWay::WithholdLag),
        (facts.arrangement, InTheWay::Arrangement),
        (facts.hold, InTheWay::Hold),
    ]
    .into_iter()
    .filter_map(|(there, what)| there.then_some(what))
    .collect();
    if found.is_empty() {
        Ok(Cleared {
            step,
            looked_on: facts.looked_on,
        })
    } else {
        Err(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 5, 1);

    fn nothing() -> MoneyFacts {
        MoneyFacts {
            looked_on: TODAY,
            in_flight: false,
            in_lockbox: false,
            likely_in_suspense: false,
            withhold_lag: false,
            arrangement: false,
            hold: false,
        }
    }

    #[test]
    fn no_step_while_money_may_be_on_its_way() {
        use InTheWay as W;
        for (facts, found) in [
            (
                MoneyFacts {
                    in_flight: true,
                    ..nothing()
                },
                W::InFlight,
            ),
            (
                MoneyFacts {
                    in_lockbox: true,
                    ..nothing()
                },
                W::InLockbox,
            ),
            (
                MoneyFacts {
                    likely_in_suspense: true,
                    ..nothing()
                },
                W::LikelyInSuspense,
            ),
            (
                MoneyFacts {
                    withhold_lag: true,
                    ..nothing()
                },
                W::WithholdLag,
            ),
            (
                MoneyFacts {
                    arrangement: true,
                    ..nothing()
                },
                W::Arrangement,
            ),
            (
                MoneyFacts {
                    hold: true,
                    ..nothing()
                },
                W::Hold,
            ),
        ] {
            for step in [Step::LateNotice, Step::EndCoverage] {
                assert_eq!(may_step(step, &facts, TODAY), Err(vec![found]), "{facts:?}");
            }
            assert_eq!(found.grounds().rule, Rule::ProofBeforeHarm);
        }
        let two = MoneyFacts {
            in_flight: true,
            hold: true,
            ..nothing()
        };
        assert_eq!(
            may_step(Step::EndCoverage, &two, TODAY),
            Err(vec![W::InFlight, W::Hold])
        );
    }

    #[test]
    fn a_proof_is_good_for_its_day_and_its_step_and_a_named_person() {
        let cleared = may_step(Step::EndCoverage, &nothing(), TODAY).unwrap();
        for (looked_on, holds) in [
            (date(2026, 4, 30), false),
            (TODAY, true),
            (date(2026, 5, 2), false),
        ] {
            let facts = MoneyFacts {
                looked_on,
                ..nothing()
            };
            assert_eq!(
                may_step(Step::EndCoverage, &facts, TODAY).is_ok(),
                holds,
                "{looked_on}"
            );
            assert_eq!(
                cleared.holds_for(Step::EndCoverage, looked_on),
                holds,
                "{looked_on}"
            );
            assert_eq!(cleared.release("supervisor-7", looked_on).is_some(), holds);
        }
        assert!(!cleared.holds_for(Step::LateNotice, TODAY));
        assert_eq!(cleared.release(" ", TODAY), None);
    }
}
