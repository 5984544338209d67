use super::*;
use crate::matching::samples::{check, coupon, envelope, rules};
use jiff::civil::date;

fn found(envelope: &Envelope) -> Vec<&'static str> {
    exceptions(envelope, &rules(&[]))
        .into_iter()
        .map(Exception::code)
        .collect()
}

#[test]
fn codes_are_distinct_and_read_back() {
    for exception in Exception::ALL {
        assert_eq!(Exception::from_code(exception.code()), Some(exception));
    }
}

#[test]
fn what_is_in_the_envelope_decides_what_is_unusual() {
    let c = || check(8640);
    let s = || coupon(1, 8640);
    for (checks, coupons, expected) in [
        (vec![c()], vec![s()], vec![]),
        (vec![c()], vec![], vec!["check-only"]),
        (vec![], vec![s()], vec!["coupon-only"]),
        (vec![c()], vec![s(), s()], vec!["many-coupons"]),
        (vec![c(), c()], vec![s()], vec!["many-checks"]),
        (
            vec![c(), c()],
            vec![s(), s()],
            vec!["many-coupons", "many-checks"],
        ),
        (
            vec![c()],
            vec![Scan::Unreadable],
            vec!["unreadable-scan-line"],
        ),
        (
            vec![c()],
            vec![Scan::CheckDigitFailed],
            vec!["check-digit-failed"],
        ),
        (
            vec![Check {
                signed: false,
                ..c()
            }],
            vec![s()],
            vec!["unsigned"],
        ),
        (
            vec![Check {
                domestic: false,
                ..c()
            }],
            vec![s()],
            vec!["foreign"],
        ),
        (
            vec![Check {
                payee_is_plan: false,
                ..c()
            }],
            vec![s()],
            vec!["wrong-payee"],
        ),
        (
            vec![Check {
                says_paid_in_full: true,
                ..c()
            }],
            vec![s()],
            vec!["paid-in-full"],
        ),
        (
            vec![Check {
                came_before: true,
                ..c()
            }],
            vec![s()],
            vec!["duplicate-check"],
        ),
    ] {
        assert_eq!(found(&envelope(checks, coupons)), expected);
    }
}

#[test]
fn money_and_letters_in_the_envelope_are_noted() {
    let mut with = envelope(vec![check(8640)], vec![coupon(1, 8640)]);
    with.enclosures = vec![Enclosure::Cash, Enclosure::Correspondence];
    assert_eq!(found(&with), ["correspondence", "cash-enclosed"]);
}

#[test]
fn a_check_is_stale_after_the_months_of_the_configuration_and_post_dated_after_the_deposit() {
    // Deposited on 3 December 2026; stale after six months.
    for (dated, expected) in [
        (date(2026, 6, 2), vec!["stale-dated"]),
        (date(2026, 6, 3), vec![]),
        (date(2026, 6, 4), vec![]),
        (date(2026, 12, 2), vec![]),
        (date(2026, 12, 3), vec![]),
        (date(2026, 12, 4), vec!["post-dated"]),
    ] {
        let dated = Check {
            dated: Some(dated),
            ..check(8640)
        };
        assert_eq!(
            found(&envelope(vec![dated.clone()], vec![coupon(1, 8640)])),
            expected,
            "{dated:?}"
        );
    }
}

#[test]
fn a_file_after_the_end_of_the_month_of_deposit_is_noted() {
    for (file_on, expected) in [
        (date(2026, 12, 31), vec![]),
        (date(2027, 1, 1), vec!["month-end-cut-off"]),
    ] {
        let late = Envelope {
            file_on,
            ..envelope(vec![check(1)], vec![coupon(1, 1)])
        };
        assert_eq!(found(&late), expected, "{file_on}");
    }
}

#[test]
fn configuration_cannot_make_certain_what_is_not() {
    let all = rules(&Exception::ALL);
    for exception in [
        Exception::CheckOnly,
        Exception::CheckDigitFailed,
        Exception::UnreadableScanLine,
        Exception::UnknownAccount,
        Exception::AmbiguousScanLine,
        Exception::Unsigned,
        Exception::CashEnclosed,
        Exception::DuplicateFile,
        Exception::DuplicateCheck,
        Exception::TerminatedMember,
    ] {
        assert!(!all.posts_with(exception), "{exception:?}");
    }
    assert!(all.posts_with(Exception::ShortPaid));
    assert!(!rules(&[]).posts_with(Exception::ShortPaid));
}
