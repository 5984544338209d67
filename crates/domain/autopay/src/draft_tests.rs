use super::*;
use crate::mandate::example;
use crate::{Agreed, Cap, DayOfMonth};
use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

fn month(text: &str) -> BillingMonth {
    BillingMonth::parse(text).unwrap()
}

fn december(open: i64) -> InvoiceFacts {
    InvoiceFacts {
        month: month("2026-12"),
        issued_on: date(2026, 11, 10),
        due_on: date(2026, 12, 1),
        asked: Cents::new(open),
        open: Cents::new(open),
    }
}

fn facts(today: Date) -> DraftFacts {
    DraftFacts {
        today,
        previous: Some(Cents::new(8640)),
        notice: None,
        limits: (Cents::new(100), Cents::new(1_000_000)),
        covered: true,
        drafted: false,
    }
}

fn draft(mandate: &Mandate, invoice: &InvoiceFacts, facts: &DraftFacts) -> Draft {
    draft_for(
        mandate,
        Some(invoice),
        month("2026-12"),
        facts,
        &Calendar::default(),
    )
}

fn reason(draft: Draft) -> &'static str {
    match draft {
        Draft::Scheduled(_) => "scheduled",
        Draft::NotScheduled(reason) => reason.code(),
    }
}

#[test]
fn a_draft_is_made_on_the_last_chosen_day_that_is_not_late() {
    let of = |day| DraftDay::OfMonth(DayOfMonth::new(day).unwrap());
    let (nov, dec) = (|day| date(2026, 11, day), |day| date(2026, 12, day));
    for (day, due_on, on, debit_on) in [
        (DraftDay::DueDate, dec(1), dec(1), dec(1)),
        (of(1), dec(1), dec(1), dec(1)),
        // The 15th lies after the due date, so that of the month before.
        (of(15), dec(1), nov(15), nov(16)),
        (of(15), dec(14), nov(15), nov(16)),
        (of(15), dec(15), dec(15), dec(15)),
        (of(15), dec(16), dec(15), dec(15)),
        // Not before the invoice: it was issued on the 10th.
        (of(5), dec(1), nov(10), nov(10)),
        // A Sunday: the money moves on Monday.
        (of(13), dec(14), dec(13), dec(14)),
    ] {
        let mandate = Mandate { day, ..example() };
        let invoice = InvoiceFacts {
            due_on,
            ..december(8640)
        };
        let expected = Draft::Scheduled(Scheduled {
            on,
            debit_on,
            cents: Cents::new(8640),
            notice_by: None,
        });
        assert_eq!(
            draft(&mandate, &invoice, &facts(date(2026, 11, 10))),
            expected,
            "{day:?} due {due_on}"
        );
    }
}

#[test]
fn reg_e_1005_10_d_a_changed_amount_waits_for_its_notice() {
    // Due Tuesday 1 December: the notice must be sent on 21 November at the latest.
    let invoice = december(9000);
    for (today, expected) in [
        (date(2026, 11, 20), "scheduled"),
        (date(2026, 11, 21), "scheduled"),
        (date(2026, 11, 22), "held-for-notice"),
    ] {
        assert_eq!(
            reason(draft(&example(), &invoice, &facts(today))),
            expected,
            "{today}"
        );
    }
    let Draft::Scheduled(scheduled) = draft(&example(), &invoice, &facts(date(2026, 11, 20)))
    else {
        panic!("in time")
    };
    assert_eq!(scheduled.notice_by, Some(date(2026, 11, 21)));
    // Sent late, the draft keeps to the day the notice named.
    let late = DraftFacts {
        notice: Some(AmountNotice {
            sent_on: date(2026, 11, 24),
            cents: Cents::new(9000),
            debit_on: date(2026, 12, 4),
        }),
        ..facts(date(2026, 11, 25))
    };
    let Draft::Scheduled(scheduled) = draft(&example(), &invoice, &late) else {
        panic!("told ten days before")
    };
    assert_eq!(scheduled.debit_on, date(2026, 12, 4));
    assert_eq!(scheduled.notice_by, None);
    // A notice of another amount is none.
    assert_eq!(
        reason(draft(&example(), &december(9001), &late)),
        "held-for-notice"
    );
}

#[test]
fn reg_e_1005_10_c_a_draft_can_be_stopped_up_to_three_business_days_before() {
    let scheduled = Scheduled {
        on: date(2026, 12, 1),
        debit_on: date(2026, 12, 1),
        cents: Cents::new(1),
        notice_by: None,
    };
    // Tuesday 1 December: Monday, Friday, and Wednesday, for Thursday is Thanksgiving.
    let calendar = Calendar::new([date(2026, 11, 26)]);
    assert_eq!(scheduled.stop_by(&calendar), date(2026, 11, 25));
    assert_eq!(scheduled.stop_by(&Calendar::default()), date(2026, 11, 26));
}

/// What becomes of December, seen on 25 November.
fn december_with(change: impl Fn(&mut Mandate)) -> &'static str {
    let mut mandate = example();
    change(&mut mandate);
    reason(draft(&mandate, &december(8640), &facts(date(2026, 11, 25))))
}

#[test]
fn a_mandate_out_of_force_or_out_of_the_month_says_so() {
    assert_eq!(december_with(|_| {}), "scheduled");
    for (start, expected) in [
        ("2026-11", "scheduled"),
        ("2026-12", "scheduled"),
        ("2027-01", "before-start"),
    ] {
        assert_eq!(december_with(|m| m.start = month(start)), expected);
    }
    for (skipped, expected) in [("2026-11", "scheduled"), ("2026-12", "skipped")] {
        let skip = |m: &mut Mandate| *m = m.clone().skipping(month(skipped));
        assert_eq!(december_with(skip), expected);
    }
    let on = date(2026, 10, 1);
    let code = ReturnCode::parse("R02").unwrap();
    for (state, expected) in [
        (MandateState::Stopped { on }, "stopped"),
        (MandateState::EndedByReturn { code }, "ended-by-return"),
        (
            MandateState::EndedWithCoverage { last_day: on },
            "ended-with-coverage",
        ),
    ] {
        assert_eq!(december_with(|m| m.state = state), expected);
    }
}

#[test]
fn a_method_or_a_limit_in_the_way_says_so() {
    for (method, expected) in [
        (
            Method::BankAccount { validated: false },
            "account-not-validated",
        ),
        (
            Method::Card {
                good_through: month("2026-11"),
            },
            "card-expired",
        ),
        (
            Method::Card {
                good_through: month("2026-12"),
            },
            "scheduled",
        ),
    ] {
        assert_eq!(december_with(|m| m.method = method), expected);
    }
    for (most, over, expected) in [
        (8639, OverCap::Never, "over-cap"),
        (8640, OverCap::Never, "scheduled"),
        (8641, OverCap::Never, "scheduled"),
        (8639, OverCap::AfterNotice, "held-for-notice"),
    ] {
        let most = Cents::new(most);
        assert_eq!(
            december_with(|m| m.cap = Some(Cap { most, over })),
            expected
        );
    }
}

#[test]
fn a_month_with_nothing_to_draft_says_so() {
    let today = facts(date(2026, 11, 25));
    assert_eq!(
        reason(draft(&example(), &december(0), &today)),
        "nothing-due"
    );
    let calendar = Calendar::default();
    let none = draft_for(&example(), None, month("2026-12"), &today, &calendar);
    assert_eq!(reason(none), "no-invoice");
    let drafted = DraftFacts {
        drafted: true,
        ..today
    };
    assert_eq!(
        reason(draft(&example(), &december(8640), &drafted)),
        "already-drafted"
    );
    // A choice made after the draft changes nothing about it.
    let later = Mandate {
        start: month("2027-01"),
        ..example()
    };
    for mandate in [later, example().skipping(month("2026-12"))] {
        let draft = draft(&mandate, &december(8640), &drafted);
        assert_eq!(reason(draft), "already-drafted");
    }
}

#[test]
fn the_member_is_told_of_what_would_surprise_and_not_of_their_own_choice() {
    assert!(!NoDraft::Skipped.surprises());
    assert!(
        !NoDraft::Stopped {
            on: date(2026, 1, 1)
        }
        .surprises()
    );
    assert!(NoDraft::AccountNotValidated.surprises());
    assert!(
        NoDraft::HeldForNotice {
            cents: Cents::new(1),
            earliest: date(2026, 1, 1)
        }
        .surprises()
    );
}

fn any_mandate() -> impl Strategy<Value = Mandate> {
    (
        proptest::option::of(1_u8..=28),
        proptest::option::of((1_i64..20_000, any::<bool>())),
        proptest::option::of((0_i64..10_000, 0_i64..10_000)),
        any::<bool>(),
    )
        .prop_map(|(day, cap, range, bank)| Mandate {
            day: day.map_or(DraftDay::DueDate, |d| {
                DraftDay::OfMonth(DayOfMonth::new(d).unwrap())
            }),
            cap: cap.map(|(most, never)| Cap {
                most: Cents::new(most),
                over: if never {
                    OverCap::Never
                } else {
                    OverCap::AfterNotice
                },
            }),
            agreed: range.map(|(least, width)| Agreed::Range {
                least: Cents::new(least),
                most: Cents::new(least + width),
            }),
            method: if bank {
                Method::BankAccount { validated: true }
            } else {
                Method::Card {
                    good_through: month("2030-12"),
                }
            },
            ..example()
        })
}

proptest! {
    #[test]
    fn no_draft_is_early_over_the_limit_on_a_bank_holiday_or_a_surprise(
        mandate in any_mandate(),
        open in -100_i64..20_000,
        due in 0_i64..60,
        today in 0_i64..90,
        previous in proptest::option::of(1_i64..20_000),
        sent in proptest::option::of((0_i64..60, 0_i64..30)),
    ) {
        let base = date(2026, 11, 10);
        let plus = |n: i64| base.checked_add(n.days()).unwrap();
        let invoice = InvoiceFacts { due_on: plus(due), ..december(open) };
        let facts = DraftFacts {
            today: plus(today),
            previous: previous.map(Cents::new),
            notice: sent.map(|(sent, ahead)| AmountNotice {
                sent_on: plus(sent),
                cents: Cents::new(open),
                debit_on: plus(sent + ahead),
            }),
            limits: (Cents::new(100), Cents::new(1_000_000)),
        covered: true,
        drafted: false,
        };
        let calendar = Calendar::new([date(2026, 11, 26), date(2026, 12, 25)]);
        let made = draft_for(&mandate, Some(&invoice), invoice.month, &facts, &calendar);
        if let Draft::Scheduled(s) = made {
            prop_assert!(s.on >= facts.today && s.on >= invoice.issued_on);
            prop_assert!(s.debit_on >= s.on);
            prop_assert_eq!(s.cents, invoice.open);
            if matches!(mandate.method, Method::BankAccount { .. }) {
                prop_assert!(calendar.is_business_day(s.debit_on));
            }
            let over = mandate.cap.filter(|c| s.cents > c.most);
            prop_assert!(over.is_none_or(|c| c.over == OverCap::AfterNotice));
            let needed = over.is_some() || needs_notice(facts.previous, s.cents, mandate.agreed);
            let told = facts.notice.is_some_and(|n| n.covers(s.cents, s.cents));
            prop_assert!(!needed || told || s.notice_by.is_some_and(|by| by >= facts.today));
        }
        // Told of its own draft, it makes no second one.
        let again = DraftFacts { drafted: true, ..facts };
        let second = draft_for(&mandate, Some(&invoice), invoice.month, &again, &calendar);
        prop_assert_eq!(second, Draft::NotScheduled(NoDraft::AlreadyDrafted));
    }
}

#[test]
fn what_the_member_pays_meanwhile_makes_the_draft_smaller_and_needs_no_new_notice() {
    let mut invoice = december(8640);
    invoice.open = Cents::new(4000);
    let known = facts(date(2026, 11, 28));
    let Draft::Scheduled(scheduled) = draft(&example(), &invoice, &known) else {
        panic!("a part is still due");
    };
    assert_eq!(scheduled.cents, Cents::new(4000));
    assert_eq!(scheduled.notice_by, None);
    invoice.open = Cents::ZERO;
    assert_eq!(reason(draft(&example(), &invoice, &known)), "nothing-due");
}

#[test]
fn a_draft_of_the_agreed_amount_needs_no_notice_because_the_invoice_asked_for_more() {
    // The invoice asks for last month's premium too, which a late draft has collected meanwhile.
    let mut invoice = december(8640);
    invoice.asked = Cents::new(17_280);
    let known = facts(date(2026, 11, 28));
    let Draft::Scheduled(scheduled) = draft(&example(), &invoice, &known) else {
        panic!("this month's premium is still due");
    };
    assert_eq!(scheduled.cents, Cents::new(8640));
    assert_eq!(scheduled.notice_by, None);
    // An amount that neither was agreed to nor is the rest of one that was waits for its notice.
    invoice.open = Cents::new(9000);
    assert_eq!(
        reason(draft(&example(), &invoice, &known)),
        "held-for-notice"
    );
}

#[test]
fn a_method_that_was_taken_away_is_not_drafted_from() {
    let mut mandate = example();
    mandate.method = Method::Disabled;
    let found = draft(&mandate, &december(8640), &facts(date(2026, 11, 12)));
    assert_eq!(reason(found), "method-disabled");
}

#[test]
fn the_plan_says_how_little_and_how_much_one_payment_may_be() {
    for (open, found) in [
        (0, "nothing-due"),
        (99, "too-little"),
        (1_000_001, "over-cap"),
    ] {
        let drafted = draft(&example(), &december(open), &facts(date(2026, 11, 12)));
        assert_eq!(reason(drafted), found, "{open}");
    }
}

#[test]
fn a_draft_on_a_weekend_counts_from_its_own_day_whether_told_of_or_not() {
    // Saturday 1 April 2028; banks work again on Monday.
    let saturday = date(2028, 4, 1);
    let invoice = InvoiceFacts {
        month: month("2028-04"),
        issued_on: date(2028, 3, 12),
        due_on: saturday,
        ..december(9000)
    };
    let told = AmountNotice {
        sent_on: date(2028, 3, 13),
        cents: Cents::new(9000),
        debit_on: date(2028, 4, 3),
    };
    for (previous, notice) in [(9000, None), (8640, Some(told))] {
        for today in [date(2028, 3, 14), saturday] {
            let facts = DraftFacts {
                previous: Some(Cents::new(previous)),
                notice,
                ..facts(today)
            };
            let of = (Some(&invoice), month("2028-04"));
            let draft = draft_for(&example(), of.0, of.1, &facts, &Calendar::default());
            let Draft::Scheduled(scheduled) = draft else {
                panic!("{draft:?}")
            };
            assert_eq!(
                (scheduled.on, scheduled.debit_on),
                (saturday, date(2028, 4, 3)),
                "{notice:?}"
            );
        }
    }
}

#[test]
fn a_second_try_keeps_to_what_the_member_chose_since() {
    let (month, today) = (month("2026-12"), date(2026, 12, 4));
    let with = |change: &dyn Fn(&mut Mandate)| {
        let mut mandate = example();
        change(&mut mandate);
        let why = may_try_again(&mandate, month, Cents::new(8640), today).err();
        why.map(NoDraft::code)
    };
    let capped = |most, over| {
        Some(Cap {
            most: Cents::new(most),
            over,
        })
    };
    assert_eq!(with(&|_| {}), None);
    assert_eq!(with(&|m| m.start = month.next()), Some("before-start"));
    assert_eq!(with(&|m| *m = m.clone().skipping(month)), Some("skipped"));
    assert_eq!(
        with(&|m| m.cap = capped(8639, OverCap::Never)),
        Some("over-cap")
    );
    assert_eq!(with(&|m| m.cap = capped(8640, OverCap::Never)), None);
    assert_eq!(with(&|m| m.cap = capped(1, OverCap::AfterNotice)), None);
    assert_eq!(
        with(&|m| m.method = Method::Disabled),
        Some("method-disabled")
    );
    let good_through = BillingMonth::of(date(2026, 11, 1));
    assert_eq!(
        with(&|m| m.method = Method::Card { good_through }),
        Some("card-expired")
    );
    assert_eq!(
        with(&|m| m.state = MandateState::Stopped { on: today }),
        Some("stopped")
    );
}
