use jiff::civil::date;
use kernel::Cents;

use super::*;
use crate::lockbox::{Envelope, LockboxError};

/// In the form of the synthetic sample of x12-types, with totals and a second batch.
const FILE: &str = "\
ISA*00*          *00*          \
*ZZ*BANK           *ZZ*PLAN           *261123*1800*^*00501*000000077*0*P*:~
GS*LB*BANK*PLAN*20261123*1800*77*X*005010~
ST*823*0001~
N1*BK*BANK*92*B1~
TRN*1*TRACE1~
DEP*0022222*20261123***01*021000021*DA*777~
AMT*3*200~
QTY*41*2~
QTY*42*3~
BAT*20261123**B1~
AMT*2*186.4~
QTY*42*2~
BPR*I*86.4*C*CHK**01*011000015*DA*123456*******20261120~
TRN*1*222~
REF*IX*1~
REF*43*IMG1~
N1*PR*MARIA PENA~
RMR*ZZ*20000000017000000000100000086403**86.4~
BPR*I*100*C*CHK~
REF*IX*2~
RMR*IV*INV7**60~
REF*ZZ*20000000025000000000200000060001~
RMR*IV*INV8**40~
BAT*20261123**B2~
BPR*I*13.6*C*CHK~
SE*24*0001~
GE*1*77~
IEA*1*000000077~
";

fn read(text: &str) -> Result<Vec<Envelope>, LockboxError> {
    verify(text.as_bytes())?;
    Reader::new(text.as_bytes()).collect()
}

#[test]
fn a_deposit_is_read_with_its_batches_checks_and_coupons() {
    let summary = verify(FILE.as_bytes()).unwrap();
    assert_eq!((summary.checks, summary.batches), (3, 2));
    assert_eq!(summary.cents, Cents::new(20_000));
    assert_eq!(summary.reference, "000000077/TRACE1");
    assert_eq!(summary.made_on, Some(date(2026, 11, 23)));
    let envelopes = read(FILE).unwrap();
    let sizes: Vec<_> = envelopes
        .iter()
        .map(|e| (e.checks.len(), e.coupons.len()))
        .collect();
    assert_eq!(sizes, [(1, 1), (1, 2), (1, 0)]);
    let check = &envelopes[0].checks[0];
    assert_eq!(
        (check.number.as_deref(), check.image.as_deref()),
        (Some("222"), Some("IMG1"))
    );
    assert_eq!(
        (check.dated, check.remitter.as_deref()),
        (Some(date(2026, 11, 20)), Some("MARIA PENA"))
    );
    let coupon = &envelopes[1].coupons[0];
    assert_eq!(coupon.reference.as_deref(), Some("INV7"));
    assert_eq!(
        coupon.scan_line.as_deref(),
        Some("20000000025000000000200000060001")
    );
    assert_eq!(
        (&*envelopes[2].batch, &*envelopes[2].lockbox),
        ("B2", "0022222")
    );
}

#[test]
fn each_thing_that_does_not_balance_is_named_with_its_place_and_difference() {
    for (from, to, says) in [
        (
            "AMT*3*200",
            "AMT*3*201",
            "segment 7 (AMT), AMT02: found $201.00, expected $200.00",
        ),
        ("AMT*3*200", "AMT*3*201", "a difference of $1.00"),
        (
            "QTY*41*2",
            "QTY*41*3",
            "segment 8 (QTY), QTY02: found 3, expected 2, the batches",
        ),
        (
            "QTY*42*3",
            "QTY*42*4",
            "expected 3, the checks of the deposit",
        ),
        (
            "AMT*2*186.4~",
            "AMT*2*186.5~",
            "segment 11 (AMT), AMT02: found $186.50",
        ),
        (
            "QTY*42*2",
            "QTY*42*1",
            "expected 2, the checks of the batch",
        ),
        (
            "AMT*3*200~\nQTY*41*2~",
            "QTY*41*2~\nREF*ZZ*1~",
            "AMT02 after DEP: found nothing",
        ),
        (
            "I*100*C",
            "I*1OO*C",
            "BPR02: found \"1OO\", expected an amount",
        ),
        ("I*100*C", "I*-100*C", "at least zero"),
        ("20261123***01", "20261323***01", "DEP02"),
        ("DEP*0022222", "DEP*", "a lockbox number"),
        ("ST*823", "ST*820", "ST01: found \"820\", expected 823"),
        ("SE*24", "SE*23", "SE01"),
        ("RMR*IV*INV8**40~\n", "", "SE01"),
        ("IEA*1*000000077~\n", "", "end of file"),
    ] {
        let text = FILE.replacen(from, to, 1);
        assert_ne!(text, FILE, "{from}");
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains(says), "{from} to {to}: {error}");
        assert!(
            error.contains("nothing of this file is taken over"),
            "{error}"
        );
    }
}

#[test]
fn any_other_digit_in_an_amount_is_found() {
    for amount in ["*200~", "*186.4~", "*I*86.4*", "I*100*", "I*13.6*"] {
        let at = FILE.find(amount).unwrap();
        for i in at..at + amount.len() {
            for digit in b'0'..=b'9' {
                let mut bytes = FILE.as_bytes().to_vec();
                if !bytes[i].is_ascii_digit() || bytes[i] == digit {
                    continue;
                }
                bytes[i] = digit;
                assert!(verify(&bytes[..]).is_err(), "{amount} at {i} as {digit}");
            }
        }
    }
}

#[test]
fn a_file_cut_at_any_byte_is_refused() {
    for cut in 0..FILE.len() - 2 {
        assert!(verify(&FILE.as_bytes()[..cut]).is_err(), "cut at {cut}");
    }
}
