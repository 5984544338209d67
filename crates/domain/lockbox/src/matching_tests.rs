use super::samples::{check, coupon, envelope, known, member_id, rules};
use super::*;
use crate::Check;
use jiff::civil::date;
use proptest::prelude::*;

const WEIGHTS: Weights = Weights {
    member_id: 60,
    invoice: 40,
    payer_account: 50,
    name: 20,
    zip: 5,
    amount: 10,
};

fn decide(
    envelope: &Envelope,
    known: &[Known],
    posted_with: &[Exception],
) -> Result<Vec<(u64, i64)>, Vec<&'static str>> {
    match match_envelope(envelope, known, &rules(posted_with), &WEIGHTS) {
        Outcome::Matched(matched) => Ok(matched
            .postings
            .iter()
            .map(|p| {
                let at = known.iter().position(|k| k.account == p.account).unwrap();
                (u64::try_from(known[at].number).unwrap(), p.cents.get())
            })
            .collect()),
        Outcome::Suspense { exceptions, .. } => {
            Err(exceptions.into_iter().map(Exception::code).collect())
        }
    }
}

#[test]
fn a_verified_scan_line_and_an_account_in_force_are_certain() {
    let one = envelope(vec![check(8640)], vec![coupon(1, 8640)]);
    assert_eq!(decide(&one, &[known(1, 8640)], &[]), Ok(vec![(1, 8640)]));
    let Outcome::Matched(matched) = match_envelope(&one, &[known(1, 1)], &rules(&[]), &WEIGHTS)
    else {
        panic!("certain")
    };
    assert_eq!(
        matched.postings[0].effective_on,
        date(2026, 12, 3),
        "the bank's day"
    );
    assert_eq!(
        matched.postings[0].invoice_number.as_deref(),
        Some("0000000012612")
    );
}

#[test]
fn what_the_envelope_leaves_open_goes_to_suspense() {
    let unsigned = Check {
        signed: false,
        ..check(8640)
    };
    for (checks, coupons, expected) in [
        (vec![check(8640)], vec![], "check-only"),
        (vec![], vec![coupon(1, 8640)], "coupon-only"),
        (
            vec![check(1)],
            vec![Scan::CheckDigitFailed],
            "check-digit-failed",
        ),
        (
            vec![check(1)],
            vec![Scan::Unreadable],
            "unreadable-scan-line",
        ),
        (vec![unsigned], vec![coupon(1, 8640)], "unsigned"),
        (vec![check(8639)], vec![coupon(1, 8640)], "short-paid"),
        (vec![check(8641)], vec![coupon(1, 8640)], "over-paid"),
    ] {
        let found = decide(&envelope(checks, coupons), &[known(1, 8640)], &[]);
        assert_eq!(found, Err(vec![expected]));
    }
}

#[test]
fn a_scan_line_that_names_no_one_account_in_force_goes_to_suspense() {
    let ended = Known {
        in_force: false,
        ..known(1, 8640)
    };
    let twin = Known {
        member_id: member_id(1),
        ..known(7, 8640)
    };
    let (mut bare, mut of_another) = (coupon(1, 8640), coupon(1, 8640));
    if let (Scan::Verified(a), Scan::Verified(b)) = (&mut bare, &mut of_another) {
        a.invoice_number = None;
        b.member_id = member_id(2);
    }
    let both = vec![known(1, 8640), known(2, 8640)];
    for (scan, accounts, expected) in [
        (coupon(1, 8640), vec![], "unknown-account"),
        (coupon(1, 8640), vec![ended], "terminated-member"),
        (bare, vec![known(1, 8640), twin], "ambiguous-scan-line"),
        (of_another, both, "ambiguous-scan-line"),
    ] {
        let found = decide(&envelope(vec![check(8640)], vec![scan]), &accounts, &[]);
        assert_eq!(found, Err(vec![expected]));
    }
}

#[test]
fn a_member_with_two_accounts_is_told_apart_by_the_invoice_number() {
    let twin = Known {
        number: 7,
        account: known(7, 1).account,
        ..known(1, 8640)
    };
    let one = envelope(vec![check(8640)], vec![coupon(1, 8640)]);
    assert_eq!(
        decide(&one, &[twin, known(1, 8640)], &[]),
        Ok(vec![(1, 8640)])
    );
}

#[test]
fn one_check_divides_only_if_its_coupons_add_up_to_it() {
    let both = [known(1, 5000), known(2, 3640)];
    let many = [
        Exception::ManyCoupons,
        Exception::ManyMembers,
        Exception::ShortPaid,
        Exception::OverPaid,
    ];
    for (cents, expected) in [
        (
            8639,
            Err(vec!["many-coupons", "short-paid", "many-members"]),
        ),
        (8640, Ok(vec![(1, 5000), (2, 3640)])),
        (8641, Err(vec!["many-coupons", "over-paid", "many-members"])),
    ] {
        let one = envelope(vec![check(cents)], vec![coupon(1, 5000), coupon(2, 3640)]);
        assert_eq!(decide(&one, &both, &many), expected, "{cents}");
    }
}

#[test]
fn several_checks_for_one_coupon_are_posted_one_by_one() {
    let two = envelope(vec![check(5000), check(3640)], vec![coupon(1, 8640)]);
    assert_eq!(
        decide(&two, &[known(1, 8640)], &[]),
        Err(vec!["many-checks"])
    );
    let found = decide(&two, &[known(1, 8640)], &[Exception::ManyChecks]);
    assert_eq!(found, Ok(vec![(1, 5000), (1, 3640)]));
}

#[test]
fn a_list_divides_a_check_only_if_it_foots() {
    let a = known(1, 1).account;
    let b = known(2, 1).account;
    let c = Cents::new;
    let list = [(a, c(5000)), (b, c(3640))];
    assert_eq!(split_by_list(c(8640), &list), Ok(list.to_vec()));
    assert_eq!(split_by_list(c(8641), &list), Err(c(1)));
    assert_eq!(split_by_list(c(8639), &list), Err(c(-1)));
    assert_eq!(
        split_by_list(c(100), &[(a, c(200)), (b, c(-100))]),
        Err(Cents::ZERO)
    );
}

fn any_scan() -> impl Strategy<Value = Scan> {
    prop_oneof![
        4 => (1_u8..5, 1_i64..300).prop_map(|(n, due)| coupon(n, due)),
        1 => Just(Scan::Unreadable),
        1 => Just(Scan::CheckDigitFailed),
    ]
}

proptest! {
    /// Whatever the plan configures: nothing is posted without verified scan lines of accounts in
    /// force, and then every cent of every check is.
    #[test]
    fn nothing_is_guessed_and_no_cent_is_lost(
        checks in proptest::collection::vec(1_i64..600, 0..4),
        coupons in proptest::collection::vec(any_scan(), 0..4),
        in_force in proptest::collection::vec(any::<bool>(), 3),
        posted in proptest::collection::vec(0_usize..22, 0..22),
    ) {
        let accounts: Vec<Known> = in_force
            .iter()
            .zip(1_u8..)
            .map(|(f, n)| Known { in_force: *f, ..known(n, 100) })
            .collect();
        let posted: Vec<Exception> = posted.iter().map(|at| Exception::ALL[*at]).collect();
        let envelope = envelope(checks.iter().map(|c| check(*c)).collect(), coupons.clone());
        match match_envelope(&envelope, &accounts, &rules(&posted), &WEIGHTS) {
            Outcome::Matched(matched) => {
                prop_assert!(!coupons.is_empty());
                prop_assert!(coupons.iter().all(|s| matches!(s, Scan::Verified(_))));
                for posting in &matched.postings {
                    let account = accounts.iter().find(|k| k.account == posting.account).unwrap();
                    prop_assert!(account.in_force);
                    let names = |s: &Scan| matches!(s, Scan::Verified(c) if c.member_id == account.member_id);
                    prop_assert!(coupons.iter().any(names));
                }
                for (at, check) in envelope.checks.iter().enumerate() {
                    let sum: Cents = matched.postings.iter().filter(|p| p.check == at).map(|p| p.cents).sum();
                    prop_assert_eq!(sum, check.cents);
                }
            }
            Outcome::Suspense { exceptions, candidates } => {
                prop_assert!(!exceptions.is_empty());
                prop_assert_eq!(candidates.len(), envelope.checks.len());
            }
        }
    }
}
