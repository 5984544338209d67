//! The billing rules of each plan line, and what the run knows of an account.

use std::collections::BTreeMap;

use billing::{BillingRule, DueRule};
use coverage::ProrationRule;
use kernel::BillingMonth;
use plan::{Invoicing, Market, Plan, Proration};
use store::billing::BillableAccount;

/// The billing rules by plan line; a line whose premium is not paid here has none.
pub(super) struct Rules(BTreeMap<String, BillingRule>);

impl Rules {
    pub(super) fn of(plan: &Plan) -> Self {
        let rules = plan.lines.iter().filter_map(|line| {
            let invoicing = line.invoicing.filter(|_| line.pays_premium_here)?;
            Some((line.id.clone(), rule(invoicing, line.market)))
        });
        Rules(rules.collect())
    }

    pub(super) fn line(&self, line: &str) -> Option<BillingRule> {
        self.0.get(line).copied()
    }
}

fn rule(invoicing: Invoicing, market: Market) -> BillingRule {
    BillingRule {
        due: match invoicing.due {
            plan::DueRule::DayOfMonth(day) => DueRule {
                month_offset: 0,
                day,
                least_days: 0,
            },
            // No day of a month this early counts; the days after the issue do.
            plan::DueRule::DaysAfterIssue(days) => DueRule {
                month_offset: -12,
                day: 1,
                least_days: u16::from(days),
            },
        },
        proration: match invoicing.proration {
            Proration::ByDays => ProrationRule::ByDays,
            Proration::WholeMonths => ProrationRule::WholeMonth,
        },
        // 45 CFR 155.400(e): coverage bought by individuals takes effect with the first payment.
        binder: matches!(
            market,
            Market::AcaIndividual | Market::OffExchangeIndividual
        ),
    }
}

/// The earliest month that may need an adjustment on the account's invoice for `month`.
pub(super) fn billed_from(
    account: &BillableAccount,
    month: BillingMonth,
    first_month: BillingMonth,
) -> BillingMonth {
    let from = match account.invoiced_month {
        None => first_month,
        Some(invoiced) => {
            let next = invoiced.next();
            account
                .changed_from
                .map_or(next, |changed| changed.min(next))
        }
    };
    from.max(first_month).min(month)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use kernel::{AccountId, Cents};
    use store::journal::Head;

    fn month(text: &str) -> BillingMonth {
        BillingMonth::parse(text).unwrap()
    }

    #[test]
    fn a_run_looks_back_to_what_changed_and_to_months_it_missed_and_not_before_the_first_run() {
        for (what, invoiced, changed, first, from) in [
            ("the first run of all", None, None, "2026-12", "2026-12"),
            ("a late enrolment", None, None, "2026-09", "2026-09"),
            (
                "as every month",
                Some("2026-11"),
                None,
                "2026-01",
                "2026-12",
            ),
            (
                "a month was missed",
                Some("2026-10"),
                None,
                "2026-01",
                "2026-11",
            ),
            (
                "a change",
                Some("2026-11"),
                Some("2026-06"),
                "2026-01",
                "2026-06",
            ),
            (
                "a change before the first run",
                Some("2026-11"),
                Some("2025-06"),
                "2026-01",
                "2026-01",
            ),
        ] {
            let account = BillableAccount {
                head: Head {
                    account: AccountId::from_parts(1, [0; 10]),
                    seq: 0,
                    hash: ledger::CHAIN_START,
                    receivable: Cents::ZERO,
                    unapplied: Cents::ZERO,
                },
                number: 1,
                plan_line: "solo".to_owned(),
                changed_from: changed.map(month),
                invoiced_month: invoiced.map(month),
                invoiced_total: Cents::ZERO,
                invoiced_policy: String::new(),
            };
            assert_eq!(
                billed_from(&account, month("2026-12"), month(first)),
                month(from),
                "{what}"
            );
        }
    }

    #[test]
    fn the_due_rules_of_a_plan_file_give_the_same_days_here() {
        let invoicing = |due| Invoicing {
            issue_days_before: 20,
            due,
            proration: Proration::ByDays,
        };
        for (due, issued, expected) in [
            (
                plan::DueRule::DayOfMonth(1),
                date(2026, 11, 11),
                date(2026, 12, 1),
            ),
            (
                plan::DueRule::DayOfMonth(31),
                date(2026, 11, 11),
                date(2026, 12, 31),
            ),
            (
                plan::DueRule::DaysAfterIssue(25),
                date(2026, 11, 11),
                date(2026, 12, 6),
            ),
            // Issued late: never due before it is issued.
            (
                plan::DueRule::DayOfMonth(1),
                date(2026, 12, 5),
                date(2026, 12, 5),
            ),
        ] {
            let invoicing = invoicing(due);
            let made = rule(invoicing, Market::AcaIndividual)
                .due
                .due_on(month("2026-12"), issued);
            assert_eq!(made, expected, "{due:?}");
            if issued == plan::issue_date(invoicing, month("2026-12")) {
                assert_eq!(made, plan::due_date(invoicing, month("2026-12")));
            }
        }
    }
}
