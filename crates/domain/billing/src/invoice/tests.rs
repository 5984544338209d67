use super::*;
use jiff::civil::date;
use proptest::prelude::*;

fn month(text: &str) -> BillingMonth {
    BillingMonth::parse(text).unwrap()
}

fn covered(start: Date, end: Option<Date>, premium: i64, aptc: i64, penalty: i64) -> Coverage {
    Coverage {
        id: CoverageId::from_parts(u64::from(start.month().unsigned_abs()), [2; 10]),
        plan_line: "individual".to_owned(),
        policy: "P1".to_owned(),
        span: DateSpan::new(start, end),
        premium: Cents::new(premium),
        aptc: Cents::new(aptc),
        penalty: Cents::new(penalty),
    }
}

fn invoiced(text: &str, premium: i64, aptc: i64, penalty: i64) -> InvoicedMonth {
    InvoicedMonth {
        month: month(text),
        premium: Cents::new(premium),
        aptc: Cents::new(aptc),
        penalty: Cents::new(penalty),
    }
}

fn facts<'a>(coverages: &'a [Coverage], already: &'a [InvoicedMonth]) -> AccountFacts<'a> {
    AccountFacts {
        coverages,
        already_invoiced: already,
        invoiced_policies: &[],
        billed_from: month("2026-10"),
        receivable: Cents::ZERO,
        unapplied: Cents::ZERO,
        payments_since: Cents::ZERO,
        month: month("2026-12"),
        issued_on: date(2026, 11, 10),
        rule: BillingRule {
            due: DueRule {
                month_offset: 0,
                day: 1,
                least_days: 0,
            },
            proration: ProrationRule::ByDays,
            binder: true,
        },
    }
}

fn told(draft: &InvoiceDraft) -> Vec<(&'static str, String, i64)> {
    draft
        .lines
        .iter()
        .map(|l| (l.kind.code(), l.month.to_string(), l.cents.get()))
        .collect()
}

#[test]
fn a_plain_month_has_its_premium_credit_and_penalty() {
    let coverages = [covered(date(2026, 12, 1), None, 45_000, 30_000, 700)];
    let draft = invoice_for(&facts(&coverages, &[])).unwrap();
    let december = || "2026-12".to_owned();
    assert_eq!(
        told(&draft),
        [
            ("premium", december(), 45_000),
            ("aptc", december(), -30_000),
            ("late-enrolment-penalty", december(), 700)
        ]
    );
    assert_eq!(draft.charges, Cents::new(15_700));
    assert_eq!(draft.total_due, Cents::new(15_700));
    assert_eq!(draft.due_on, date(2026, 12, 1));
    assert!(draft.binder);
    assert_eq!(draft.policy, "P1");
}

#[test]
fn a_policy_that_was_invoiced_before_is_not_asked_for_a_binder_payment() {
    let coverages = [covered(date(2026, 1, 1), None, 45_000, 0, 0)];
    let policies = ["P1".to_owned()];
    let already = [
        invoiced("2026-10", 45_000, 0, 0),
        invoiced("2026-11", 45_000, 0, 0),
    ];
    let mut facts = facts(&coverages, &already);
    facts.invoiced_policies = &policies;
    assert!(!invoice_for(&facts).unwrap().binder);
    facts.invoiced_policies = &[];
    facts.rule.binder = false;
    assert!(!invoice_for(&facts).unwrap().binder);
}

#[test]
fn a_change_for_earlier_months_is_explained_line_by_line() {
    // The tax credit rose from November on; October stays.
    let coverages = [
        covered(date(2026, 1, 1), Some(date(2026, 11, 1)), 45_000, 10_000, 0),
        covered(date(2026, 11, 1), None, 45_000, 12_500, 0),
    ];
    let already = [
        invoiced("2026-10", 45_000, 10_000, 0),
        invoiced("2026-11", 45_000, 10_000, 0),
    ];
    let draft = invoice_for(&facts(&coverages, &already)).unwrap();
    assert_eq!(
        told(&draft),
        [
            ("premium", "2026-12".to_owned(), 45_000),
            ("aptc", "2026-12".to_owned(), -12_500),
            ("retro-aptc", "2026-11".to_owned(), -2_500),
        ]
    );
    let adjustment = &draft.lines[2];
    assert_eq!(adjustment.was, Cents::new(-10_000));
    assert_eq!(adjustment.now, Cents::new(-12_500));
    assert_eq!(draft.aptc, Cents::new(15_000));
}

#[test]
fn coverage_that_began_before_it_was_known_is_charged_for_every_month() {
    let coverages = [covered(date(2026, 10, 16), None, 31_000, 0, 0)];
    let draft = invoice_for(&facts(&coverages, &[])).unwrap();
    assert_eq!(
        told(&draft),
        [
            ("premium", "2026-12".to_owned(), 31_000),
            ("retro-premium", "2026-10".to_owned(), 16_000),
            ("retro-premium", "2026-11".to_owned(), 31_000),
        ]
    );
    assert_eq!((draft.lines[1].days, draft.lines[1].of), (16, 31));
}

#[test]
fn coverage_that_ended_earlier_gives_a_credit_without_a_charge() {
    let coverages = [covered(
        date(2026, 1, 1),
        Some(date(2026, 11, 1)),
        45_000,
        5_000,
        0,
    )];
    let already = [
        invoiced("2026-10", 45_000, 5_000, 0),
        invoiced("2026-11", 45_000, 5_000, 0),
    ];
    let draft = invoice_for(&facts(&coverages, &already)).unwrap();
    assert_eq!(draft.charges, Cents::new(-40_000));
    assert_eq!(draft.total_due, Cents::new(-40_000));
    assert!(!draft.binder);
    assert!(draft.lines.iter().all(|l| l.kind.is_retroactive()));
    let after = [already[0], invoiced("2026-11", 0, 0, 0)];
    assert_eq!(invoice_for(&facts(&coverages, &after)), None);
}

#[test]
fn a_month_that_the_tax_credit_pays_whole_still_gets_an_invoice() {
    let coverages = [covered(date(2026, 12, 1), None, 30_000, 30_000, 0)];
    let draft = invoice_for(&facts(&coverages, &[])).unwrap();
    assert_eq!(draft.charges, Cents::ZERO);
    assert_eq!(draft.lines.len(), 2);
}

#[test]
fn a_plan_without_a_premium_has_no_invoice() {
    let coverages = [covered(date(2026, 12, 1), None, 0, 0, 0)];
    assert_eq!(invoice_for(&facts(&coverages, &[])), None);
}

#[test]
fn without_coverage_or_change_there_is_no_invoice_even_with_a_balance() {
    let mut facts = facts(&[], &[]);
    facts.receivable = Cents::new(5_000);
    assert_eq!(invoice_for(&facts), None);
}

#[test]
fn balance_and_payments_lead_to_the_total() {
    let coverages = [covered(date(2026, 12, 1), None, 20_000, 0, 0)];
    // receivable, unapplied, payments since; previous balance, unapplied used, total
    for (receivable, unapplied, payments, previous, used, total) in [
        (0, 0, 0, 0, 0, 20_000),
        (5_000, 0, 0, 5_000, 0, 25_000),
        (5_000, 0, 15_000, 20_000, 0, 25_000),
        (0, 20_000, 20_000, 0, 20_000, 0),
        (0, 30_000, 30_000, 0, 20_000, -10_000),
        (-5_000, 0, 0, -5_000, 0, 15_000),
        (-30_000, 1_000, 0, -31_000, 0, -11_000),
    ] {
        let mut facts = facts(&coverages, &[]);
        facts.receivable = Cents::new(receivable);
        facts.unapplied = Cents::new(unapplied);
        facts.payments_since = Cents::new(payments);
        let draft = invoice_for(&facts).unwrap();
        let what = format!("{receivable} {unapplied} {payments}");
        assert_eq!(draft.previous_balance, Cents::new(previous), "{what}");
        assert_eq!(draft.unapplied_used, Cents::new(used), "{what}");
        assert_eq!(draft.total_due, Cents::new(total), "{what}");
    }
}

/// What is invoiced once `draft` is, as the store sums it up.
fn with_invoice(already: &[InvoicedMonth], draft: &InvoiceDraft) -> Vec<InvoicedMonth> {
    let mut months = already.to_vec();
    for line in &draft.lines {
        let at = months
            .iter()
            .position(|m| m.month == line.month)
            .unwrap_or_else(|| {
                months.push(InvoicedMonth {
                    month: line.month,
                    premium: Cents::ZERO,
                    aptc: Cents::ZERO,
                    penalty: Cents::ZERO,
                });
                months.len() - 1
            });
        match line.kind {
            LineKind::Premium | LineKind::RetroPremium => months[at].premium += line.cents,
            LineKind::Aptc | LineKind::RetroAptc => months[at].aptc -= line.cents,
            LineKind::LateEnrolmentPenalty | LineKind::RetroPenalty => {
                months[at].penalty += line.cents;
            }
        }
    }
    months
}

fn any_coverages() -> impl Strategy<Value = Vec<Coverage>> {
    let rates = (0_i64..100_000, 0_i64..120_000, 0_i64..3_000);
    prop::collection::vec((1_i8..=12, 1_i8..=28, rates), 0..5).prop_map(|mut starts| {
        starts.sort_unstable();
        starts.dedup_by_key(|s| (s.0, s.1));
        let ends: Vec<Option<Date>> = starts
            .iter()
            .skip(1)
            .map(|s| Some(date(2026, s.0, s.1)))
            .chain([None])
            .collect();
        (0..)
            .zip(starts)
            .zip(ends)
            .map(|((n, (m, d, r)), end)| Coverage {
                id: CoverageId::from_parts(n, [3; 10]),
                ..covered(date(2026, m, d), end, r.0, r.1, r.2)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn told_of_its_own_invoice_it_gives_none_and_the_lines_add_up(
        before in any_coverages(), after in any_coverages(),
        receivable in -50_000_i64..50_000, unapplied in 0_i64..50_000, payments in -9_000_i64..50_000,
    ) {
        let mut already: Vec<InvoicedMonth> = Vec::new();
        for (coverages, run) in [(&before, "2026-11"), (&after, "2026-12")] {
            let mut facts = facts(coverages, &already);
            facts.month = month(run);
            facts.billed_from = month("2026-01");
            facts.receivable = Cents::new(receivable);
            facts.unapplied = Cents::new(unapplied);
            facts.payments_since = Cents::new(payments);
            if let Some(draft) = invoice_for(&facts) {
                let lines: Cents = draft.lines.iter().map(|l| l.cents).sum();
                prop_assert_eq!(lines, draft.charges);
                prop_assert_eq!(draft.premium - draft.aptc + draft.penalty, draft.charges);
                prop_assert_eq!(
                    draft.previous_balance - draft.payments_since + draft.charges,
                    draft.total_due
                );
                let after_run = with_invoice(&already, &draft);
                facts.already_invoiced = &after_run;
                prop_assert_eq!(invoice_for(&facts), None);
                already = after_run;
            }
        }
        // Whatever changed in between, in the end every month was invoiced at its price.
        let mut m = month("2026-01");
        while m <= month("2026-12") {
            let price = premium_for_month(&after, m, ProrationRule::ByDays);
            let sum = already.iter().find(|i| i.month == m)
                .map_or((Cents::ZERO, Cents::ZERO, Cents::ZERO), |i| (i.premium, i.aptc, i.penalty));
            prop_assert_eq!((price.premium, price.aptc, price.penalty), sum);
            m = m.next();
        }
    }
}
