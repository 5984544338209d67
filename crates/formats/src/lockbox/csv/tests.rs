use jiff::civil::date;
use kernel::Cents;

use super::*;
use crate::lockbox::{Envelope, LockboxError};

const FILE: &str = "\
kind,lockbox,deposited_on,batch,envelope,amount,count,check_number,remitter,scan_line,reference
check,0022222,2026-11-23,001,1,86.40,,222,\"PENA, MARIA\",,
coupon,0022222,2026-11-23,001,1,86.40,,,,20000000017000000000100000086403,
check,0022222,2026-11-23,001,2,100,,223,BOB SMITH,,
batch,0022222,2026-11-23,001,,186.40,2,,,,
check,0022222,2026-11-23,002,1,13.60,,224,,,
batch,0022222,2026-11-23,002,,13.60,1,,,,
lockbox,0022222,2026-11-23,,,200.00,3,,,,
coupon,0022222,2026-11-24,003,1,,,,,,INV7
total,,,,,200.00,3,,,,DEP-77
";

fn read(text: &str) -> Result<Vec<Envelope>, LockboxError> {
    verify(text.as_bytes())?;
    Reader::new(text.as_bytes())?.collect()
}

#[test]
fn checks_and_coupons_of_one_envelope_come_together() {
    let summary = verify(FILE.as_bytes()).unwrap();
    assert_eq!((summary.checks, summary.cents), (3, Cents::new(20_000)));
    assert_eq!(
        (&*summary.reference, summary.batches, summary.records),
        ("DEP-77", 3, 10)
    );
    assert_eq!(summary.deposits.len(), 2);
    let envelopes = read(FILE).unwrap();
    let sizes: Vec<_> = envelopes
        .iter()
        .map(|e| (e.checks.len(), e.coupons.len()))
        .collect();
    assert_eq!(sizes, [(1, 1), (1, 0), (1, 0), (0, 1)]);
    assert_eq!(
        envelopes[0].checks[0].remitter.as_deref(),
        Some("PENA, MARIA")
    );
    assert_eq!(envelopes[3].deposited_on, date(2026, 11, 24));
}

#[test]
fn batch_and_lockbox_totals_may_be_left_out_and_the_file_total_may_not() {
    let kept = |line: &&str| !line.starts_with("batch") && !line.starts_with("lockbox,");
    let fewer: Vec<&str> = FILE.lines().filter(kept).collect();
    assert_eq!(read(&fewer.join("\n")).unwrap().len(), 4);
    let error = read(&fewer[..fewer.len() - 1].join("\n"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("line 7 (row), kind: found nothing, expected total"),
        "{error}"
    );
}

/// What is changed, into what, and what is said of it.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "2,100,",
        "2,100.01,",
        "line 5 (batch), amount: found \"186.40\", expected $186.41",
    ),
    (
        "186.40,2",
        "186.40,3",
        "line 5 (batch), count: found \"3\", expected 2",
    ),
    ("13.60,1", "3.60,1", "a difference of $10.00"),
    (
        "200.00,3,,,,\n",
        "20.00,3,,,,\n",
        "line 8 (lockbox), amount",
    ),
    (
        "200.00,3,,,,DEP",
        "200.00,2,,,,DEP",
        "line 10 (total), count",
    ),
    (
        "batch,0022222,2026-11-23,002",
        "batch,0022222,2026-11-23,001",
        "the batch before it",
    ),
    (
        "lockbox,0022222",
        "lockbox,0022223",
        "the lockbox before it",
    ),
    (
        "lockbox,0022222,2026-11-23",
        "lockbox,0022222,2026-11-22",
        "the day before it",
    ),
    (
        "2026-11-23,001,1,86.40",
        "2026-13-23,001,1,86.40",
        "a day as YYYY-MM-DD",
    ),
    ("1,86.40,,222", "1,86.405,,222", "an amount such as 86.40"),
    ("1,86.40,,222", "1,-86.40,,222", "an amount such as 86.40"),
    ("1,86.40,,222", "1,,,222", "the check's amount"),
    (
        "001,1,86.40,,222",
        "001,,86.40,,222",
        "the number of the envelope",
    ),
    (
        "check,0022222",
        "cheque,0022222",
        "check, coupon, batch, lockbox or total",
    ),
    ("\"PENA, MARIA\"", "\"PENA, MARIA", "an open quote"),
    ("BOB SMITH", "BOB, SMITH", "found 12 cells, expected 11"),
    ("kind,", "knd,", "each of these at most once: kind, lockbox"),
    (",count", "", "a column count"),
];

#[test]
fn each_thing_that_does_not_balance_is_named_with_its_place_and_difference() {
    for (from, to, says) in WRONG.iter().copied() {
        let text = FILE.replacen(from, to, 1);
        assert_ne!(text, FILE, "{from}");
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains(says), "{from} to {to}: {error}");
    }
    assert!(
        read("")
            .unwrap_err()
            .to_string()
            .contains("line 1 (header), columns")
    );
    let error = read(&format!("{FILE}{}", &FILE[FILE.len() - 30..]))
        .unwrap_err()
        .to_string();
    assert!(error.contains("no row after total"), "{error}");
}

#[test]
fn a_file_cut_at_any_byte_is_refused() {
    // The reference of the last row may lose its end: no total says how long it was.
    for cut in 0..FILE.len() - "DEP-77\n".len() - 1 {
        assert!(read(&FILE[..cut]).is_err(), "cut at {cut}");
    }
}
