//! Stories about lockbox files as banks send them: BAI, X12 823 and X12 820, from their bytes to
//! the accounts.

use formats::lockbox::{
    Check, Coupon, Envelope, Position, WriteError, X12Header, bai, x12_820, x12_823,
};
use jiff::civil::date;
use kernel::{Cents, Secret};
use testkit::{World, both};
use usecases::lockbox::{CHUNK, LockboxReport};

use crate::files::{Folder, id, number, sums_of};
use crate::lockbox::{a_billed_plan, clean, coupon, take};

fn check(number: u32, electronic: bool) -> Check {
    Check {
        position: Position::Record(0),
        amount: Cents::new(31_000),
        routing: Some(Secret::new("011000015".to_owned())),
        account: Some(Secret::new("987654321".to_owned())),
        number: Some(number.to_string()),
        dated: Some(date(2026, 11, 25)),
        remitter: Some("MARIA PENA".to_owned()),
        payee: None,
        image: None,
        electronic,
    }
}

fn envelope(number: u32, electronic: bool, with: Coupon) -> Envelope {
    Envelope {
        position: Position::Record(0),
        lockbox: "0022222".to_owned(),
        deposited_on: date(2026, 11, 27),
        batch: "001".to_owned(),
        number: format!("{number:06}"),
        checks: vec![check(100 + number, electronic)],
        coupons: vec![with],
    }
}

fn scanned(line: String) -> Coupon {
    let mut coupon = Coupon::at(Position::Record(0));
    coupon.scan_line = Some(line);
    coupon
}

/// Subscriber 1 with a good coupon, subscriber 2 with one whose check digit does not hold.
fn by_coupon(world: &World) -> [Envelope; 2] {
    let mut misread = coupon(world, 2);
    let last = misread.pop().and_then(|c| c.to_digit(10)).expect("a digit");
    misread.push(char::from_digit((last + 1) % 10, 10).expect("a digit"));
    [
        envelope(1, false, scanned(coupon(world, 1))),
        envelope(2, false, scanned(misread)),
    ]
}

/// Two payments of somebody else for members, by member ID; an 820 has no scan lines.
fn by_member_id(world: &World) -> [Envelope; 2] {
    [1, 2].map(|who| {
        let mut named = Coupon::at(Position::Segment(0));
        named.reference = Some(id(who.into()).as_str().to_owned());
        named.amount = Some(Cents::new(31_000));
        let mut paid = envelope(who, true, named);
        paid.checks[0].payee = Some(world.ctx.plan.organisation.name.clone());
        paid
    })
}

fn header() -> X12Header {
    X12Header {
        sender: "BANK".to_owned(),
        receiver: "PLAN".to_owned(),
        control_number: 77,
        created: date(2026, 11, 27).at(18, 0, 0, 0),
        reference: "DEP9".to_owned(),
        tax_ids: ["061234567".to_owned(), "069876543".to_owned()],
    }
}

fn written(world: &World, format: &str) -> Result<Vec<u8>, WriteError> {
    match format {
        "bai" => {
            let lockbox = &world.ctx.plan.lockbox;
            let layout = lockbox.layout(&lockbox.layout).expect("the plan's own");
            let header = bai::Header {
                destination: "MEMBERPAY".to_owned(),
                origin: "0021000021".to_owned(),
                made: date(2026, 11, 27).at(18, 0, 0, 0),
                reference: "77".to_owned(),
            };
            let mut writer = bai::Writer::new(Vec::new(), &layout, &header)?;
            for envelope in &by_coupon(world) {
                writer.write(envelope)?;
            }
            writer.finish()
        }
        "823" => {
            let mut writer = x12_823::Writer::new(Vec::new(), &header())?;
            for envelope in &by_coupon(world) {
                writer.write(envelope)?;
            }
            writer.finish()
        }
        _ => {
            let mut writer = x12_820::Writer::new(Vec::new(), &header())?;
            for envelope in &by_member_id(world) {
                writer.write(envelope)?;
            }
            writer.finish()
        }
    }
}

async fn taken_in(world: &World, folder: &Folder, format: &str) -> LockboxReport {
    let path = folder.path().join(format!("bank.{format}"));
    let bytes = written(world, format).expect("it fits the format");
    std::fs::write(&path, bytes).expect("a temporary file can be written");
    let report = take(world, path.clone(), CHUNK).await.expect("it balances");
    let again = take(world, path, CHUNK).await.expect("it is known");
    assert!(again.before.is_some(), "{format}");
    report
}

fn reasons(report: &LockboxReport) -> Vec<&str> {
    let all = report.by_reason.iter();
    all.map(|sum| sum.exceptions.as_str()).collect()
}

const PAID: &str = "SELECT COUNT(*) FROM payments WHERE channel = 'mail' AND status = 'succeeded' \
                    AND effective_on = '2026-11-27'";
const WAITS: &str = "SELECT COALESCE(CAST(SUM(open_cents) AS BIGINT), 0) FROM suspense \
                     WHERE state = 'open' AND effective_on = '2026-11-27'";
const MEANT: &str = "SELECT COUNT(*) FROM suspense_candidates";

#[test]
fn bai_and_823_post_what_a_coupon_makes_certain_and_keep_the_rest_in_suspense() {
    for format in ["bai", "823"] {
        both(move |world| async move {
            let folder = a_billed_plan(&world, 2).await;
            let report = taken_in(&world, &folder, format).await;
            assert_eq!((report.posted, report.suspended), (1, 1), "{format}");
            let expected = ["check-digit-failed month-end-cut-off"];
            assert_eq!(reasons(&report), expected, "{format}");
            let applied = [1, 2].map(|who| sums_of(&world, who, "2026-12"));
            let [first, second] = applied;
            assert_eq!(first.await.unwrap()[4], 31_000, "{format}");
            assert_eq!(second.await.unwrap()[4], 0, "{format}");
            assert_eq!(number(&world, PAID).await, 1, "{format}");
            assert_eq!(number(&world, WAITS).await, 31_000, "{format}");
            clean(&world).await;
        });
    }
}

#[test]
fn an_820_waits_in_suspense_with_the_accounts_that_its_member_ids_speak_for() {
    both(|world| async move {
        let folder = a_billed_plan(&world, 2).await;
        let report = taken_in(&world, &folder, "820").await;
        assert_eq!((report.posted, report.suspended), (0, 2));
        assert_eq!(reasons(&report), ["unreadable-scan-line month-end-cut-off"]);
        assert_eq!(number(&world, PAID).await, 0);
        assert_eq!(number(&world, WAITS).await, 62_000);
        assert!(number(&world, MEANT).await >= 2);
        for (sql, expected) in [
            (
                "SELECT COUNT(*) FROM remittance_files WHERE format = '820'",
                1,
            ),
            (
                "SELECT COUNT(*) FROM remittance_coupons WHERE reference <> ''",
                2,
            ),
        ] {
            assert_eq!(number(&world, sql).await, expected, "{sql}");
        }
        clean(&world).await;
    });
}
