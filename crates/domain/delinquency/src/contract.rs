//! Grace without a tax credit: state law and the policy say how long.

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Cents;

use crate::{Grounds, MonthFacts, Rule};

/// How often a premium is due.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PremiumMode {
    /// Each week.
    Weekly,
    /// Each month.
    Monthly,
    /// Each quarter, half year or year.
    Other,
}

/// When coverage ends once grace is over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CoverageEnds {
    /// With the last day that is paid for.
    WithPaidTime,
    /// With the last day of grace.
    WithGrace,
}

/// One row of the table: the grace of policies in a state, from a date on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContractRule {
    /// The state, two letters.
    pub state: String,
    /// How often the premium is due.
    pub mode: PremiumMode,
    /// The contract form; `None` for every form of the state that has no row of its own.
    pub form: Option<String>,
    /// The first due date it holds for.
    pub from: Date,
    /// How many days after the due date a payment is still in time.
    pub days: u16,
    /// When coverage ends after that.
    pub ends: CoverageEnds,
    /// Where it is written.
    pub source: String,
}

/// The rows of all states and forms.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ContractTable {
    /// In any order.
    pub rows: Vec<ContractRule>,
}

impl ContractTable {
    /// The row for a premium due on `due_on`: that of the form before that of the state, the
    /// latest one that is in force.
    #[must_use]
    pub fn row(
        &self,
        state: &str,
        mode: PremiumMode,
        form: &str,
        due_on: Date,
    ) -> Option<&ContractRule> {
        self.rows
            .iter()
            .filter(|r| r.state == state && r.mode == mode && r.from <= due_on)
            .filter(|r| r.form.as_deref().is_none_or(|f| f == form))
            .max_by_key(|r| (r.form.is_some(), r.from))
    }
}

/// Where a policy without a tax credit stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ContractGrace {
    /// Nothing is past due.
    Current,
    /// In grace; the policy stays in force.
    Grace {
        /// The last day on which a payment keeps the policy.
        through: Date,
        /// What must come in.
        owed: Cents,
    },
    /// Grace is over.
    Lapsed {
        /// The last day of coverage.
        coverage_through: Date,
    },
}

impl ContractGrace {
    /// Which case of the rule holds.
    #[must_use]
    pub const fn grounds(self) -> Grounds {
        let (reason, words) = match self {
            ContractGrace::Current => ("current", "No premium is past due."),
            ContractGrace::Grace { .. } => (
                "grace",
                "A premium is past due; the policy stays in force during grace.",
            ),
            ContractGrace::Lapsed { .. } => (
                "lapsed",
                "The premium was not paid by the last day of grace.",
            ),
        };
        Grounds {
            rule: Rule::ContractGrace,
            reason,
            words,
        }
    }
}

/// Where a policy stands at the end of `today` for the premium of `unpaid`, its oldest month that
/// is not paid in full. It is not the first premium of the policy, which has no grace.
#[must_use]
pub fn contract_grace(unpaid: &MonthFacts, rule: &ContractRule, today: Date) -> ContractGrace {
    let through = unpaid
        .due_on
        .checked_add(i64::from(rule.days).days())
        .expect("due dates lie near today");
    let in_time = unpaid.open_on(today.min(through));
    if in_time.is_zero() || today <= unpaid.due_on {
        ContractGrace::Current
    } else if today <= through {
        ContractGrace::Grace {
            through,
            owed: in_time,
        }
    } else {
        let before = unpaid.month.previous().last_day();
        ContractGrace::Lapsed {
            coverage_through: match rule.ends {
                CoverageEnds::WithPaidTime => before,
                CoverageEnds::WithGrace => through.max(before),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::month::example;
    use jiff::civil::date;

    fn row(mode: PremiumMode, form: Option<&str>, from: Date, days: u16) -> ContractRule {
        ContractRule {
            state: "CT".to_owned(),
            mode,
            form: form.map(str::to_owned),
            from,
            days,
            ends: CoverageEnds::WithPaidTime,
            source: "C.G.S. 38a-483(a)(3)".to_owned(),
        }
    }

    fn connecticut() -> ContractTable {
        let from = date(2020, 1, 1);
        ContractTable {
            rows: vec![
                row(PremiumMode::Weekly, None, from, 7),
                row(PremiumMode::Monthly, None, from, 10),
                row(PremiumMode::Other, None, from, 31),
                row(PremiumMode::Monthly, Some("SOLO-26"), date(2026, 1, 1), 31),
            ],
        }
    }

    #[test]
    fn cgs_38a_483_days_of_grace_by_premium_mode_and_contract() {
        let table = connecticut();
        for (mode, form, due_on, days) in [
            (PremiumMode::Weekly, "X", date(2026, 3, 1), 7),
            (PremiumMode::Monthly, "X", date(2026, 3, 1), 10),
            (PremiumMode::Other, "X", date(2026, 3, 1), 31),
            (PremiumMode::Monthly, "SOLO-26", date(2025, 12, 31), 10),
            (PremiumMode::Monthly, "SOLO-26", date(2026, 1, 1), 31),
        ] {
            let found = table.row("CT", mode, form, due_on).map(|r| r.days);
            assert_eq!(found, Some(days), "{mode:?} {form} {due_on}");
        }
        assert_eq!(
            table.row("ME", PremiumMode::Monthly, "X", date(2026, 3, 1)),
            None
        );
        assert_eq!(
            table.row("CT", PremiumMode::Monthly, "X", date(2019, 12, 31)),
            None
        );
    }

    #[test]
    fn cgs_38a_483_the_policy_stays_in_force_through_the_last_day_of_grace() {
        let table = connecticut();
        let rule = table
            .row("CT", PremiumMode::Monthly, "X", date(2026, 3, 1))
            .unwrap();
        let unpaid = example("2026-03", 10_000, 0, &[]);
        for (today, reason) in [
            (date(2026, 3, 1), "current"),
            (date(2026, 3, 2), "grace"),
            (date(2026, 3, 10), "grace"),
            (date(2026, 3, 11), "grace"),
            (date(2026, 3, 12), "lapsed"),
        ] {
            let found = contract_grace(&unpaid, rule, today);
            assert_eq!(found.grounds().reason, reason, "{today}");
        }
        for (paid_on, reason) in [
            (date(2026, 3, 10), "current"),
            (date(2026, 3, 11), "current"),
            (date(2026, 3, 12), "lapsed"),
        ] {
            let paid = example("2026-03", 10_000, 0, &[(paid_on, 10_000)]);
            let found = contract_grace(&paid, rule, date(2026, 3, 20));
            assert_eq!(found.grounds().reason, reason, "{paid_on}");
        }
    }

    #[test]
    fn coverage_ends_as_the_contract_says() {
        let unpaid = example("2026-03", 10_000, 0, &[]);
        for (ends, coverage_through) in [
            (CoverageEnds::WithPaidTime, date(2026, 2, 28)),
            (CoverageEnds::WithGrace, date(2026, 4, 1)),
        ] {
            let rule = ContractRule {
                ends,
                ..row(PremiumMode::Monthly, None, date(2020, 1, 1), 31)
            };
            let found = contract_grace(&unpaid, &rule, date(2026, 4, 2));
            assert_eq!(found, ContractGrace::Lapsed { coverage_through });
        }
    }
}
