//! Stories about files of the lockbox bank.

use std::path::{Path, PathBuf};

use formats::scan_line;
use kernel::Cents;
use testkit::{World, both};
use usecases::lockbox::{CHUNK, ImportFile, LockboxReport, empty_envelopes, import};
use usecases::progress::{Progress, Unwatched};
use usecases::{Actor, UseCaseError};

use crate::books::verified;
use crate::files::{Folder, billed, id, month, number, sums_of, told, took};

const HEADER: &str = "kind,lockbox,deposited_on,batch,envelope,amount,count,routing,account,\
check_number,check_date,remitter,payee,scan_line,reference";

/// An envelope: its check's amount and number, and the scan line of its coupon.
pub struct Letter {
    pub envelope: u32,
    pub cents: i64,
    pub check: u32,
    pub coupon: Option<String>,
    pub dated: &'static str,
    pub payee: &'static str,
}

pub fn letter(envelope: u32, coupon: Option<String>) -> Letter {
    Letter {
        envelope,
        cents: 31_000,
        check: 100 + envelope,
        coupon,
        dated: "2026-11-25",
        payee: "",
    }
}

/// The scan line of the coupon of subscriber `who` for December.
pub fn coupon(world: &World, who: u64) -> String {
    let invoice = billing::invoice_number(who.cast_signed(), month("2026-12"));
    let layout = usecases::invoices::scan_line_layout(&world.ctx.plan);
    scan_line::compose(&layout, &id(who), &invoice, Cents::new(31_000)).expect("it fits")
}

fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

pub fn write(folder: &Path, name: &str, reference: &str, letters: &[Letter]) -> PathBuf {
    let mut text = format!("{HEADER}\n");
    for l in letters {
        let at = format!("0022222,2026-11-27,001,{}", l.envelope);
        text += &format!(
            "check,{at},{},,011000015,987654321,{},{},MARIA PENA,{},,\n",
            dollars(l.cents),
            l.check,
            l.dated,
            l.payee
        );
        if let Some(line) = &l.coupon {
            text += &format!("coupon,{at},,,,,,,,,{line},\n");
        }
    }
    let sum = dollars(letters.iter().map(|l| l.cents).sum());
    text += &format!("total,,,,,{sum},{},,,,,,,,{reference}\n", letters.len());
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a temporary file can be written");
    path
}

pub async fn take(
    world: &World,
    path: PathBuf,
    chunk: usize,
) -> Result<LockboxReport, UseCaseError> {
    let file = ImportFile {
        path,
        layout: None,
        chunk,
    };
    import(&world.ctx, &Actor::Operator, file, &Unwatched).await
}

pub async fn a_billed_plan(world: &World, people: u64) -> Folder {
    let folder = Folder::new();
    let people: Vec<_> = (1..=people).map(told).collect();
    took(world, folder.roster("roster.csv", &people)).await;
    billed(world, "2026-12").await;
    folder
}

fn refusal(answer: Result<LockboxReport, UseCaseError>) -> String {
    match answer {
        Err(UseCaseError::Refused(refusal)) => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

pub async fn clean(world: &World) {
    let check = verified(world).await;
    assert!(check.is_clean(), "{:?}", check.findings);
}

/// One of each kind.
fn unusual_letters(world: &World) -> Vec<Letter> {
    let good = |n: u32, who| letter(n, Some(coupon(world, who)));
    let mut misread = coupon(world, 2);
    let last = misread.pop().and_then(|c| c.to_digit(10)).expect("a digit");
    misread.push(char::from_digit((last + 1) % 10, 10).expect("a digit"));
    vec![
        good(1, 1),
        letter(2, None),
        letter(3, Some(misread)),
        letter(4, Some("12345".to_owned())),
        good(5, 99),
        Letter {
            dated: "2026-01-05",
            ..good(6, 2)
        },
        Letter {
            dated: "2026-12-24",
            ..good(7, 2)
        },
        Letter {
            payee: "Acme Electric",
            ..good(8, 2)
        },
        // Twice the same check, and two for one account one after the other.
        Letter {
            check: 101,
            ..good(9, 3)
        },
        Letter {
            cents: 20_000,
            ..good(10, 3)
        },
        Letter {
            cents: 15_000,
            ..good(11, 3)
        },
    ]
}

/// What those letters leave in the tables.
async fn stored(world: &World) {
    for (sql, expected) in [
        (
            "SELECT COUNT(*) FROM payments WHERE effective_on = '2026-11-27' AND channel = 'mail' \
          AND tender = 'check' AND status = 'succeeded'",
            3,
        ),
        (
            "SELECT CAST(SUM(unapplied_cents) AS BIGINT) FROM accounts",
            4_000,
        ),
        (
            "SELECT CAST(SUM(open_cents) AS BIGINT) FROM suspense WHERE state = 'open'",
            248_000,
        ),
        (
            "SELECT COUNT(*) FROM journal_transactions WHERE posting = 'cash_to_suspense' \
          AND effective_on = '2026-11-27'",
            8,
        ),
        ("SELECT COUNT(*) FROM remittance_payments", 3),
        ("SELECT COUNT(*) FROM payer_accounts", 2),
        (
            "SELECT COUNT(*) FROM remittance_items WHERE sealed LIKE '%987654321%'",
            0,
        ),
    ] {
        assert_eq!(number(world, sql).await, expected, "{sql}");
    }
}

#[test]
fn each_check_is_posted_from_the_day_of_deposit_or_waits_with_its_reason() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 4).await;
        let letters = unusual_letters(&world);
        let report = take(
            &world,
            write(folder.path(), "one.csv", "R1", &letters),
            CHUNK,
        )
        .await
        .unwrap();
        let reasons: Vec<&str> = report
            .by_reason
            .iter()
            .map(|r| r.exceptions.as_str())
            .collect();
        let late = "month-end-cut-off";
        let expected = [
            format!("check-digit-failed {late}"),
            format!("check-only {late}"),
            format!("duplicate-check {late}"),
            format!("post-dated {late}"),
            format!("stale-dated {late}"),
            format!("unknown-account {late}"),
            format!("unreadable-scan-line {late}"),
            format!("wrong-payee {late}"),
        ];
        assert_eq!(reasons, expected);
        assert_eq!(
            (report.posted, report.posted_cents),
            (3, Cents::new(66_000))
        );
        assert_eq!(
            (report.suspended, report.suspended_cents),
            (8, Cents::new(248_000))
        );
        assert_eq!(sums_of(&world, 1, "2026-12").await.unwrap()[4], 31_000);
        assert_eq!(sums_of(&world, 3, "2026-12").await.unwrap()[4], 31_000);
        stored(&world).await;
        clean(&world).await;
    });
}

#[test]
fn the_same_checks_come_in_once_and_other_ones_under_a_known_reference_never() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 3).await;
        let good = |n: u32, who| letter(n, Some(coupon(&world, who)));
        let two = [good(1, 1), good(2, 2)];
        let first = write(folder.path(), "one.csv", "R1", &two);
        let report = take(&world, first.clone(), CHUNK).await.unwrap();
        assert_eq!((report.before, report.posted), (None, 2));
        let turned = [good(2, 2), good(1, 1)];
        let renamed = write(folder.path(), "two.csv", "R1", &two);
        let reordered = write(folder.path(), "three.csv", "R2", &turned);
        for again in [first, renamed, reordered] {
            let report = take(&world, again, CHUNK).await.unwrap();
            assert_eq!(report.before.as_deref(), Some("one.csv"));
        }
        let other = write(folder.path(), "four.csv", "R1", &[good(3, 3)]);
        let said = refusal(take(&world, other, CHUNK).await);
        assert!(said.starts_with("lockbox-other-contents"), "{said}");
        let overlap = write(folder.path(), "five.csv", "R5", &[good(4, 3), good(2, 2)]);
        let said = refusal(take(&world, overlap, CHUNK).await);
        assert!(
            said.contains("lockbox-check-known") && said.contains("envelope=2"),
            "{said}"
        );
        let broken = write(folder.path(), "six.csv", "R6", &[good(6, 3)]);
        let text = std::fs::read_to_string(&broken).unwrap();
        std::fs::write(
            &broken,
            text.replace("total,,,,,310.00", "total,,,,,311.00"),
        )
        .unwrap();
        let said = refusal(take(&world, broken, CHUNK).await);
        assert!(
            said.contains("six.csv") && said.contains("difference of $1.00"),
            "{said}"
        );
        assert_eq!(number(&world, "SELECT COUNT(*) FROM payments").await, 2);
        assert_eq!(
            number(&world, "SELECT COUNT(*) FROM remittance_files").await,
            1
        );
        clean(&world).await;
    });
}

/// Panics when so many envelopes are done, as a process that is killed between two commits.
struct Killed;

impl Progress for Killed {
    fn total(&self, _: u64) {}
    fn done(&self, amount: u64) {
        assert_eq!(amount, 0, "killed after the first commit");
    }
    fn note(&self, _: &str) {}
}

#[test]
fn a_file_whose_taking_in_was_killed_between_commits_gives_the_same_rows() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 5).await;
        let letters: Vec<_> = (1..=5_u32)
            .map(|n| letter(n, (n != 3).then(|| coupon(&world, n.into()))))
            .collect();
        let path = write(folder.path(), "one.csv", "R1", &letters);
        let (ctx, file) = (
            world.ctx.clone(),
            ImportFile {
                path: path.clone(),
                layout: None,
                chunk: 2,
            },
        );
        let killed = tokio::spawn(async move {
            import(&ctx, &Actor::Operator, file, &Killed)
                .await
                .map(drop)
        });
        assert!(killed.await.unwrap_err().is_panic());
        assert_eq!(number(&world, "SELECT COUNT(*) FROM payments").await, 2);
        let report = take(&world, path, 2).await.unwrap();
        assert_eq!(
            (report.before, report.posted, report.suspended),
            (None, 4, 1)
        );
        assert_eq!(number(&world, "SELECT COUNT(*) FROM payments").await, 4);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM suspense").await, 1);
        clean(&world).await;
    });
}

/// A check over the counter with the numbers of the letters of this file, for subscriber 1.
async fn at_the_counter(
    world: &World,
    who: &Actor,
    number: u32,
) -> Result<kernel::PaymentId, UseCaseError> {
    let account = {
        let mut tx = world.ctx.store.read().await.expect("a database");
        let rows = store::accounts::of_subscriber(&mut tx, &id(1)).await;
        rows.expect("rows").first().expect("an account").id
    };
    let check = usecases::center::TakeCheck {
        account,
        idempotency_key: format!("counter-{number}"),
        micr: kernel::Secret::new(format!("T011000015T 0987654321O {number:06}")),
        check: center::Check {
            kind: center::CheckKind::Check,
            dated: jiff::civil::date(2026, 11, 25),
            cents: Cents::new(31_000),
            to_the_plan: true,
            signed: true,
            domestic: true,
            words_agree: true,
        },
        payer_name: String::new(),
        payer_email: None,
        language: kernel::Language::English,
    };
    usecases::center::take_check(&world.ctx, who, check).await
}

#[test]
fn a_check_taken_at_a_center_is_known_in_the_mail_and_the_other_way_round() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 2).await;
        let anna = testkit::staff(&world, identity::Role::Associate).await;
        let place = plan::Centers::UNLISTED;
        let opened = usecases::center::open_drawer(&world.ctx, &anna, place).await;
        opened.expect("there is a center");
        at_the_counter(&world, &anna, 101)
            .await
            .expect("it is good");
        // The same check comes by mail, and one that was not seen before.
        let letters = [
            letter(1, Some(coupon(&world, 1))),
            letter(2, Some(coupon(&world, 2))),
        ];
        let path = write(folder.path(), "monday.csv", "R1", &letters);
        let report = take(&world, path, CHUNK).await.expect("it balances");
        assert_eq!((report.posted, report.suspended), (1, 1));
        let waits = "SELECT COUNT(*) FROM suspense WHERE exceptions LIKE '%duplicate-check%'";
        assert_eq!(number(&world, waits).await, 1);
        // The other one, which was posted from the mail, is not taken at the counter any more.
        match at_the_counter(&world, &anna, 102).await {
            Err(UseCaseError::Refused(refusal)) => {
                assert_eq!(refusal.to_string(), "check-taken-before");
            }
            other => panic!("{other:?}"),
        }
        clean(&world).await;
    });
}

#[test]
fn an_envelope_with_a_coupon_and_no_check_is_listed_and_moves_nothing() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 2).await;
        let file = write(
            folder.path(),
            "one.csv",
            "R1",
            &[letter(1, Some(coupon(&world, 1)))],
        );
        let text = std::fs::read_to_string(&file).unwrap();
        let line = coupon(&world, 2);
        let alone = |envelope: u32, said: &str| {
            format!("coupon,0022222,2026-11-27,001,{envelope},,,,,,,,,{said},\n")
        };
        let more = alone(2, &line) + &alone(3, "12345") + "total,";
        std::fs::write(&file, text.replace("total,", &more)).unwrap();
        let report = take(&world, file.clone(), 1).await.expect("it is let in");
        assert_eq!((report.checks, report.posted, report.empty), (1, 1, 2));
        let billing = Actor::Staff {
            staff: world.ctx.id(),
            role: identity::Role::Billing,
            address: String::new(),
        };
        let listed = empty_envelopes(&world.ctx, &billing).await.unwrap();
        let listed: Vec<_> = listed
            .iter()
            .map(|one| (one.row.envelope.as_str(), one.row.said.as_str()))
            .collect();
        assert_eq!(listed, [("2", line.as_str()), ("3", "12345")]);
        let accounts = "SELECT COUNT(*) FROM empty_envelopes WHERE account_id IS NOT NULL";
        assert_eq!(number(&world, accounts).await, 1);
        assert_eq!(sums_of(&world, 2, "2026-12").await.unwrap()[4], 0);
        verified(&world).await;
        // The same file again lists nothing twice.
        let again = take(&world, file, CHUNK).await.expect("it is let in");
        assert_eq!((again.before.is_some(), again.empty), (true, 2));
        let associate = Actor::Staff {
            staff: world.ctx.id(),
            role: identity::Role::Associate,
            address: String::new(),
        };
        let refused = empty_envelopes(&world.ctx, &associate).await;
        assert!(matches!(refused, Err(UseCaseError::NotAllowed)));
    });
}
