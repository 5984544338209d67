use super::*;
use jiff::civil::date;
use proptest::prelude::*;

fn two_months() -> MedicareRule {
    MedicareRule::new(2, true).unwrap()
}

/// February is unpaid and was billed in January; the notice went out on 7 February.
fn february() -> MedicareFacts {
    MedicareFacts {
        month: BillingMonth::parse("2026-02").unwrap(),
        due_on: date(2026, 2, 1),
        billed_on: Some(date(2026, 1, 10)),
        accessible_requested: false,
        accessible_sent_on: None,
        notice: Some(FirstNotice {
            sent_on: date(2026, 2, 7),
            asked: Cents::new(4000),
            asks_for_all: true,
        }),
        withheld_or_requested: false,
        owed: Cents::new(4000),
        later: vec![(date(2026, 3, 1), Cents::new(4000))],
        received: Vec::new(),
    }
}

fn reason(facts: &MedicareFacts, today: Date) -> &'static str {
    medicare_grace(facts, two_months(), today).grounds().reason
}

#[test]
fn cms_50_3_1_example_a_two_months_of_grace_end_on_april_1() {
    for (today, expected) in [
        (date(2026, 2, 1), "current"),
        (date(2026, 2, 2), "grace"),
        (date(2026, 3, 30), "grace"),
        (date(2026, 3, 31), "grace"),
        (date(2026, 4, 1), "may-disenrol"),
    ] {
        assert_eq!(reason(&february(), today), expected, "{today}");
    }
    let found = medicare_grace(&february(), two_months(), date(2026, 4, 15));
    let effective_on = date(2026, 4, 1);
    assert_eq!(found, MedicareGrace::MayDisenrol { effective_on });
}

#[test]
fn cms_50_3_1_example_b_three_months_of_grace_from_july_end_on_october_1() {
    let facts = MedicareFacts {
        month: BillingMonth::parse("2026-07").unwrap(),
        due_on: date(2026, 7, 1),
        billed_on: Some(date(2026, 6, 10)),
        notice: Some(FirstNotice {
            sent_on: date(2026, 7, 10),
            asked: Cents::new(4000),
            asks_for_all: false,
        }),
        later: Vec::new(),
        ..february()
    };
    let rule = MedicareRule::new(3, true).unwrap();
    let effective_on = date(2026, 10, 1);
    for (today, expected) in [
        (date(2026, 9, 30), "grace"),
        (effective_on, "may-disenrol"),
        (date(2026, 10, 2), "may-disenrol"),
    ] {
        let found = medicare_grace(&facts, rule, today);
        assert_eq!(found.grounds().reason, expected, "{today}");
    }
    let found = medicare_grace(&facts, rule, effective_on);
    assert_eq!(found, MedicareGrace::MayDisenrol { effective_on });
}

#[test]
fn cms_50_3_1_grace_begins_after_the_month_of_the_invoice() {
    for (billed_on, from) in [
        (date(2026, 1, 31), date(2026, 2, 1)),
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 2, 28), date(2026, 3, 1)),
        (date(2026, 3, 1), date(2026, 4, 1)),
    ] {
        let facts = MedicareFacts {
            billed_on: Some(billed_on),
            ..february()
        };
        assert_eq!(
            grace_from(&facts).map(BillingMonth::first_day),
            Some(from),
            "{billed_on}"
        );
    }
}

#[test]
fn cms_50_3_1_no_grace_before_the_accessible_format_was_sent() {
    let asked = MedicareFacts {
        accessible_requested: true,
        ..february()
    };
    assert_eq!(
        medicare_grace(&asked, two_months(), date(2026, 6, 1)),
        MedicareGrace::PastDue {
            grace_from: None,
            blocked: Some(Blocked::AccessibleFormatOwed)
        }
    );
    let sent = MedicareFacts {
        accessible_sent_on: Some(date(2026, 3, 5)),
        ..asked
    };
    for (today, expected) in [
        (date(2026, 3, 31), "past-due"),
        (date(2026, 4, 1), "grace"),
        (date(2026, 5, 31), "grace"),
        (date(2026, 6, 1), "may-disenrol"),
    ] {
        assert_eq!(reason(&sent, today), expected, "{today}");
    }
}

#[test]
fn cms_50_3_1_the_notice_within_15_days_is_a_precondition() {
    let with = |sent_on| MedicareFacts {
        notice: Some(FirstNotice {
            sent_on,
            asked: Cents::new(4000),
            asks_for_all: false,
        }),
        ..february()
    };
    let today = date(2026, 4, 1);
    for (sent_on, expected) in [
        (date(2026, 2, 15), "may-disenrol"),
        (date(2026, 2, 16), "may-disenrol"),
        (date(2026, 2, 17), "notice-late"),
    ] {
        assert_eq!(reason(&with(sent_on), today), expected, "{sent_on}");
    }
    assert_eq!(
        reason(
            &MedicareFacts {
                notice: None,
                ..february()
            },
            today
        ),
        "no-notice"
    );
}

#[test]
fn nobody_is_disenrolled_whose_premium_is_withheld_or_who_was_not_billed() {
    let today = date(2026, 6, 1);
    let withheld = MedicareFacts {
        withheld_or_requested: true,
        ..february()
    };
    assert_eq!(reason(&withheld, today), "withhold");
    let unbilled = MedicareFacts {
        billed_on: None,
        ..february()
    };
    assert_eq!(
        medicare_grace(&unbilled, two_months(), today),
        MedicareGrace::PastDue {
            grace_from: None,
            blocked: Some(Blocked::NotBilled)
        }
    );
    let keeps = MedicareRule::new(2, false).unwrap();
    let found = medicare_grace(&february(), keeps, today);
    assert_eq!(
        found,
        MedicareGrace::Protected {
            by: Blocked::PlanDoesNot
        }
    );
    assert_eq!(
        MedicareRule::new(1, true),
        Err(MedicareRuleError { found: 1 })
    );
}

#[test]
fn all_that_falls_due_within_grace_is_required_only_if_the_notice_said_so() {
    for (asks_for_all, cents, paid_on, expected) in [
        (false, 3999, date(2026, 3, 31), "may-disenrol"),
        (false, 4000, date(2026, 3, 31), "current"),
        (false, 4000, date(2026, 4, 1), "may-disenrol"),
        (true, 4000, date(2026, 3, 31), "may-disenrol"),
        (true, 8000, date(2026, 3, 30), "current"),
        (true, 8000, date(2026, 3, 31), "current"),
        (true, 8000, date(2026, 4, 1), "may-disenrol"),
    ] {
        let mut facts = february();
        facts.notice = facts.notice.map(|n| FirstNotice { asks_for_all, ..n });
        facts.received = vec![Received {
            on: paid_on,
            cents: Cents::new(cents),
        }];
        assert_eq!(
            reason(&facts, date(2026, 4, 2)),
            expected,
            "{asks_for_all} {cents} {paid_on}"
        );
    }
}

proptest! {
    #[test]
    fn nobody_is_disenrolled_before_two_whole_months_after_the_invoice(
        months in 2_u8..6, billed in 0_i64..120, today in 0_i64..400,
        accessible in proptest::option::of(0_i64..200), notice in 0_i64..60,
    ) {
        let plus = |n: i64| date(2026, 1, 1).checked_add(n.days()).unwrap();
        let facts = MedicareFacts {
            billed_on: Some(plus(billed)),
            accessible_requested: accessible.is_some(),
            accessible_sent_on: accessible.map(plus),
            notice: Some(FirstNotice { sent_on: plus(notice), asked: Cents::new(4000), asks_for_all: false }),
            ..february()
        };
        let rule = MedicareRule::new(months, true).unwrap();
        if let MedicareGrace::MayDisenrol { effective_on } = medicare_grace(&facts, rule, plus(today)) {
            prop_assert!(plus(today) >= effective_on);
            prop_assert_eq!(effective_on.day(), 1);
            let delivered = plus(billed).max(accessible.map_or(plus(billed), plus));
            let whole = BillingMonth::of(effective_on).months_since(BillingMonth::of(delivered).next());
            prop_assert!(whole >= 2);
            prop_assert!(BillingMonth::of(effective_on).months_since(facts.month) >= i32::from(months));
            prop_assert!(plus(notice) <= date(2026, 2, 16));
        }
    }
}
