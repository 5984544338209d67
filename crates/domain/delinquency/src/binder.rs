//! The first premium, which makes coverage take effect (45 CFR 155.400(e)).

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Cents;

use crate::{Grounds, MonthFacts, Rule, ThresholdTable, satisfied};

/// How somebody enrolled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Enrolment {
    /// With a regular effective date.
    Regular,
    /// With a special effective date, such as a birth: the deadline runs from the day the plan
    /// received the enrolment.
    Special,
}

/// The deadlines an exchange or a plan set, from its configuration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BinderRule {
    regular_days: u8,
    special_days: u8,
}

/// A deadline that the federal rule does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the deadline of a regular first premium is at most 30 days after coverage begins; found {found}"
)]
pub struct BinderRuleError {
    /// What was configured.
    pub found: u8,
}

impl BinderRule {
    /// Where the exchange follows the federal rule: `regular_days` after the effective date, at
    /// most 30, and 30 days after receipt for special effective dates.
    ///
    /// # Errors
    /// [`BinderRuleError`] beyond 30 days.
    pub fn federal(regular_days: u8) -> Result<Self, BinderRuleError> {
        if regular_days > 30 {
            return Err(BinderRuleError {
                found: regular_days,
            });
        }
        Ok(BinderRule {
            regular_days,
            special_days: 30,
        })
    }

    /// Where a state-based exchange set its own days.
    #[must_use]
    pub const fn of_state(regular_days: u8, special_days: u8) -> Self {
        BinderRule {
            regular_days,
            special_days,
        }
    }
}

/// A later deadline given to many at once, such as after an outage or an emergency order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Extension {
    /// The new deadline; it never shortens one.
    pub until: Date,
}

/// What the deadline depends on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BinderDates {
    /// How they enrolled.
    pub enrolment: Enrolment,
    /// The first day of coverage.
    pub effective_on: Date,
    /// When the plan received the enrolment.
    pub received_on: Date,
    /// A later deadline, if one was given.
    pub extension: Option<Extension>,
}

impl BinderDates {
    /// The last day on which the first premium is in time.
    #[must_use]
    pub fn deadline(&self, rule: BinderRule) -> Date {
        let (from, days) = match self.enrolment {
            Enrolment::Regular => (self.effective_on, rule.regular_days),
            Enrolment::Special => (self.received_on, rule.special_days),
        };
        let by_rule = from
            .checked_add(i64::from(days).days())
            .expect("coverage begins near today");
        self.extension.map_or(by_rule, |e| e.until.max(by_rule))
    }
}

/// Where a first premium stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Binder {
    /// The coverage takes effect.
    Effectuated,
    /// There is still time.
    Pending {
        /// The last day.
        deadline: Date,
        /// What is missing.
        owed: Cents,
    },
    /// The coverage never was, and everything paid for it goes back. It is cancelled, not
    /// terminated.
    Cancelled {
        /// What goes back.
        refund: Cents,
    },
}

impl Binder {
    /// Which case of the rule holds.
    #[must_use]
    pub const fn grounds(self) -> Grounds {
        let (reason, words) = match self {
            Binder::Effectuated => ("paid", "The first premium was paid by the deadline."),
            Binder::Pending { .. } => ("pending", "The first premium can still be paid."),
            Binder::Cancelled { .. } => (
                "missed",
                "The first premium was not paid by the deadline; it has no grace period, so \
                 the coverage is cancelled and what was paid goes back.",
            ),
        };
        Grounds {
            rule: Rule::Binder,
            reason,
            words,
        }
    }
}

/// Where the first premium stands at the end of `today`. `first_month` holds only money for this
/// policy: binder money pays no other debt.
#[must_use]
pub fn binder(
    first_month: &MonthFacts,
    dates: &BinderDates,
    rule: BinderRule,
    table: &ThresholdTable,
    today: Date,
) -> Binder {
    let deadline = dates.deadline(rule);
    let by = today.min(deadline);
    if satisfied(first_month, by, table, Cents::ZERO, true).holds() {
        Binder::Effectuated
    } else if today <= deadline {
        Binder::Pending {
            deadline,
            owed: first_month.open_on(today),
        }
    } else {
        Binder::Cancelled {
            refund: first_month.paid_by(today),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::month::example;
    use crate::threshold::net_95;
    use jiff::civil::date;

    fn regular() -> BinderDates {
        BinderDates {
            enrolment: Enrolment::Regular,
            effective_on: date(2026, 1, 1),
            received_on: date(2025, 12, 10),
            extension: None,
        }
    }

    #[test]
    fn cfr_155_400_e_the_deadline_is_counted_from_effective_date_or_receipt() {
        let special = BinderDates {
            enrolment: Enrolment::Special,
            effective_on: date(2026, 2, 14),
            received_on: date(2026, 3, 2),
            extension: None,
        };
        let extended = |until| BinderDates {
            extension: Some(Extension { until }),
            ..regular()
        };
        for (dates, days, deadline) in [
            (regular(), 0, date(2026, 1, 1)),
            (regular(), 30, date(2026, 1, 31)),
            (special, 0, date(2026, 4, 1)),
            (extended(date(2026, 2, 5)), 30, date(2026, 2, 5)),
            (extended(date(2026, 1, 5)), 30, date(2026, 1, 31)),
        ] {
            let rule = BinderRule::federal(days).unwrap();
            assert_eq!(dates.deadline(rule), deadline, "{dates:?}");
        }
        assert_eq!(BinderRule::federal(31), Err(BinderRuleError { found: 31 }));
        let state = BinderRule::of_state(45, 14);
        assert_eq!(special.deadline(state), date(2026, 3, 16));
        assert_eq!(regular().deadline(state), date(2026, 2, 15));
    }

    #[test]
    fn cfr_155_400_e_a_first_premium_has_no_grace() {
        let rule = BinderRule::federal(30).unwrap();
        for (paid_on, expected) in [
            (date(2026, 1, 30), Binder::Effectuated),
            (date(2026, 1, 31), Binder::Effectuated),
            (
                date(2026, 2, 1),
                Binder::Cancelled {
                    refund: Cents::new(6000),
                },
            ),
        ] {
            let first = example("2026-01", 10_000, 4000, &[(paid_on, 6000)]);
            let found = binder(&first, &regular(), rule, &net_95(), date(2026, 2, 1));
            assert_eq!(found, expected, "{paid_on}");
        }
        let unpaid = example("2026-01", 10_000, 4000, &[]);
        for (today, reason) in [
            (date(2026, 1, 30), "pending"),
            (date(2026, 1, 31), "pending"),
            (date(2026, 2, 1), "missed"),
        ] {
            let found = binder(&unpaid, &regular(), rule, &net_95(), today);
            assert_eq!(found.grounds().reason, reason, "{today}");
        }
    }

    #[test]
    fn all_that_was_paid_goes_back_when_coverage_is_cancelled() {
        let rule = BinderRule::federal(0).unwrap();
        let part = example(
            "2026-01",
            10_000,
            4000,
            &[(date(2025, 12, 20), 1500), (date(2026, 1, 5), 100)],
        );
        let found = binder(&part, &regular(), rule, &net_95(), date(2026, 1, 5));
        assert_eq!(
            found,
            Binder::Cancelled {
                refund: Cents::new(1600)
            }
        );
    }
}
