//! Grace and disenrolment in Medicare Advantage (42 CFR 422.74(d)(1), 423.44(d)(1); CMS enrolment
//! guidance 50.3.1).

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::{BillingMonth, Cents};

use crate::{Grounds, Received, Rule};

/// Within how many calendar days of the due date the first delinquency notice is sent.
const NOTICE_DAYS: i64 = 15;

/// What the plan chose, the same for everybody.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MedicareRule {
    grace_months: u8,
    disenrols: bool,
}

/// A grace period shorter than the law allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("grace in Medicare Advantage is at least 2 whole calendar months; found {found}")]
pub struct MedicareRuleError {
    /// What was configured.
    pub found: u8,
}

impl MedicareRule {
    /// A grace period of `grace_months` whole calendar months, after which the plan disenrols or,
    /// for it is the plan's choice, does not.
    ///
    /// # Errors
    /// [`MedicareRuleError`] below two months.
    pub fn new(grace_months: u8, disenrols: bool) -> Result<Self, MedicareRuleError> {
        if grace_months < 2 {
            return Err(MedicareRuleError {
                found: grace_months,
            });
        }
        Ok(MedicareRule {
            grace_months,
            disenrols,
        })
    }
}

/// The first delinquency notice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FirstNotice {
    /// When it was sent.
    pub sent_on: Date,
    /// The amount it asked for.
    pub asked: Cents,
    /// True if it said that everything falling due within the grace period must be paid as well;
    /// unsaid, that cannot be required.
    pub asks_for_all: bool,
}

/// The facts of an unpaid premium.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MedicareFacts {
    /// The oldest month that is not paid.
    pub month: BillingMonth,
    /// When it is due.
    pub due_on: Date,
    /// When the actual premium due was billed.
    pub billed_on: Option<Date>,
    /// True if the member asked for an accessible format.
    pub accessible_requested: bool,
    /// When the invoice went out in that format.
    pub accessible_sent_on: Option<Date>,
    /// The first delinquency notice.
    pub notice: Option<FirstNotice>,
    /// True if the premium is withheld from benefits, or was asked to be and no rejection came.
    pub withheld_or_requested: bool,
    /// What is owed for the month.
    pub owed: Cents,
    /// What falls due for later months, by due date.
    pub later: Vec<(Date, Cents)>,
    /// What was received for it and for later months.
    pub received: Vec<Received>,
}

/// Why a member is not disenrolled although a premium is unpaid.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Blocked {
    /// The plan does not disenrol for unpaid premium.
    PlanDoesNot,
    /// The premium is withheld from benefits, or the reply to a request is outstanding.
    Withhold,
    /// The premium was not billed.
    NotBilled,
    /// The accessible format was not sent.
    AccessibleFormatOwed,
    /// No delinquency notice was sent.
    NoNotice,
    /// The first delinquency notice was late.
    NoticeLate,
}

/// Where a member stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MedicareGrace {
    /// Nothing is past due, or it was paid in time.
    Current,
    /// Past due, and the grace period has not begun.
    PastDue {
        /// When it begins, if that is certain.
        grace_from: Option<Date>,
        /// What stands in the way of a disenrolment, if anything.
        blocked: Option<Blocked>,
    },
    /// In the grace period.
    Grace {
        /// Its first day.
        from: Date,
        /// Its last day.
        through: Date,
        /// What must come in by then.
        owed: Cents,
        /// What stands in the way of a disenrolment, if anything.
        blocked: Option<Blocked>,
    },
    /// The grace period is over, and nothing may happen.
    Protected {
        /// Why.
        by: Blocked,
    },
    /// The grace period is over, and the member may be disenrolled.
    MayDisenrol {
        /// From this day on.
        effective_on: Date,
    },
}

impl MedicareGrace {
    /// Which case of the rule holds.
    #[must_use]
    pub const fn grounds(self) -> Grounds {
        let (rule, reason, words) = match self {
            MedicareGrace::Current => (Rule::MedicareGrace, "current", "Nothing is past due."),
            MedicareGrace::PastDue { .. } => (
                Rule::MedicareGrace,
                "past-due",
                "A premium is past due; the grace period has not begun.",
            ),
            MedicareGrace::Grace { .. } => (
                Rule::MedicareGrace,
                "grace",
                "A premium is past due; the grace period of whole calendar months runs.",
            ),
            MedicareGrace::Protected { by } => by.grounds(),
            MedicareGrace::MayDisenrol { .. } => (
                Rule::MedicareGrace,
                "may-disenrol",
                "The premium was not paid by the end of the grace period, and the notice was sent in time.",
            ),
        };
        Grounds {
            rule,
            reason,
            words,
        }
    }
}

impl Blocked {
    const fn grounds(self) -> (Rule, &'static str, &'static str) {
        match self {
            Blocked::PlanDoesNot => (
                Rule::MedicareGrace,
                "plan-does-not",
                "The plan does not disenrol for unpaid premium.",
            ),
            Blocked::Withhold => (
                Rule::MedicareWithhold,
                "withhold",
                "The premium is withheld from benefits, or was asked to be; the plan waits \
                 for the reply and bills again.",
            ),
            Blocked::NotBilled => (
                Rule::MedicareGrace,
                "not-billed",
                "The premium was not billed, so no grace period can run.",
            ),
            Blocked::AccessibleFormatOwed => (
                Rule::MedicareAccessibleFormat,
                "accessible-format-owed",
                "The invoice was not sent in the accessible format that was asked for, so no grace period can run.",
            ),
            Blocked::NoNotice => (
                Rule::MedicareNotice,
                "no-notice",
                "No delinquency notice was sent.",
            ),
            Blocked::NoticeLate => (
                Rule::MedicareNotice,
                "notice-late",
                "The first delinquency notice was sent more than 15 days after the due date.",
            ),
        }
    }
}

/// Where a member stands at the end of `today`.
#[must_use]
pub fn medicare_grace(facts: &MedicareFacts, rule: MedicareRule, today: Date) -> MedicareGrace {
    if today <= facts.due_on {
        return MedicareGrace::Current;
    }
    let from = grace_from(facts);
    let through = from.map(|first| first.plus(i32::from(rule.grace_months) - 1).last_day());
    let by = through.map_or(today, |last| today.min(last));
    let owed = still_owed(facts, by);
    if owed.is_zero() {
        return MedicareGrace::Current;
    }
    let blocked = blocked(facts, rule);
    match (from, through) {
        (Some(first), Some(through)) if first.first_day() <= today => {
            if today <= through {
                MedicareGrace::Grace {
                    from: first.first_day(),
                    through,
                    owed,
                    blocked,
                }
            } else if let Some(by) = blocked {
                MedicareGrace::Protected { by }
            } else {
                let effective_on = BillingMonth::of(through).next().first_day();
                MedicareGrace::MayDisenrol { effective_on }
            }
        }
        (first, _) => MedicareGrace::PastDue {
            grace_from: first.map(BillingMonth::first_day),
            blocked,
        },
    }
}

/// The first month of grace: the unpaid month, or the one after the month in which the premium was
/// billed if that is later. An invoice counts from the day it went out in the format asked for.
fn grace_from(facts: &MedicareFacts) -> Option<BillingMonth> {
    let billed = facts.billed_on?;
    let delivered = if facts.accessible_requested {
        facts.accessible_sent_on?.max(billed)
    } else {
        billed
    };
    Some(facts.month.max(BillingMonth::of(delivered).next()))
}

/// What must have come in by `day`: what the notice asked for, and what fell due since if the
/// notice said so.
fn still_owed(facts: &MedicareFacts, day: Date) -> Cents {
    let paid: Cents = facts
        .received
        .iter()
        .filter(|r| r.on <= day)
        .map(|r| r.cents)
        .sum();
    let due_since: Cents = facts
        .later
        .iter()
        .filter(|(due_on, _)| *due_on <= day)
        .map(|(_, cents)| *cents)
        .sum();
    let required = match facts.notice {
        Some(notice) if notice.asks_for_all => notice.asked + due_since,
        Some(notice) => notice.asked,
        None => facts.owed,
    };
    (required - paid).at_least_zero()
}

fn blocked(facts: &MedicareFacts, rule: MedicareRule) -> Option<Blocked> {
    let notice_by = facts
        .due_on
        .checked_add(NOTICE_DAYS.days())
        .expect("due dates lie near today");
    if !rule.disenrols {
        Some(Blocked::PlanDoesNot)
    } else if facts.withheld_or_requested {
        Some(Blocked::Withhold)
    } else if facts.billed_on.is_none() {
        Some(Blocked::NotBilled)
    } else if facts.accessible_requested && facts.accessible_sent_on.is_none() {
        Some(Blocked::AccessibleFormatOwed)
    } else {
        match facts.notice {
            None => Some(Blocked::NoNotice),
            Some(notice) if notice.sent_on > notice_by => Some(Blocked::NoticeLate),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
#[path = "medicare_tests.rs"]
mod tests;
