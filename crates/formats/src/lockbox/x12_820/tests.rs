use jiff::civil::date;
use kernel::Cents;

use super::*;
use crate::lockbox::{Envelope, LockboxError};

const FILE: &str = "\
ISA*00*          *00*          \
*ZZ*EMPLOYER       *ZZ*PLAN           *261123*1800*^*00501*000000078*0*P*:~
GS*RA*EMPLOYER*PLAN*20261123*1800*78*X*005010X218~
ST*820*0001*005010X218~
BPR*I*1200*C*ACH*CTX*01*011000015*DA*123456*1061234567**01*021000021*DA*777*20261124~
TRN*3*TRACE9*1061234567~
N1*PE*EXAMPLE HEALTH PLAN*FI*069876543~
N1*PR*ELM STREET BAKERY*FI*061234567~
ENT*1*2L*FI*061234567~
RMR*IK*INV100**1250~
ADX*-50*H1~
SE*9*0001~
ST*820*0002*005010X218~
BPR*I*186.4*C*CHK******1061234567******20261120~
TRN*3*222~
N1*PE*EXAMPLE HEALTH PLAN*FI*069876543~
N1*PR*ELM STREET BAKERY*FI*061234567~
ENT*1*2J*34*111223333~
NM1*IL*1*PENA*MARIA****34*111223333~
RMR*AZ*20000000017**86.4~
ENT*2*2J*34*111224444~
NM1*IL*1*SMITH*BOB****34*111224444~
RMR*AZ*20000000025**100~
SE*12*0002~
GE*2*78~
IEA*1*000000078~
";

fn read(text: &str) -> Result<Vec<Envelope>, LockboxError> {
    verify(text.as_bytes())?;
    Reader::new(text.as_bytes()).collect()
}

#[test]
fn each_set_is_a_payment_and_says_what_it_is_for() {
    let summary = verify(FILE.as_bytes()).unwrap();
    assert_eq!((summary.checks, summary.cents), (2, Cents::new(138_640)));
    assert_eq!(summary.deposits.len(), 2);
    let envelopes = read(FILE).unwrap();
    let first = &envelopes[0];
    assert!(first.checks[0].electronic);
    assert_eq!(first.deposited_on, date(2026, 11, 24));
    assert_eq!(first.checks[0].number.as_deref(), Some("TRACE9"));
    assert_eq!(first.coupons[0].reference.as_deref(), Some("INV100"));
    let second = &envelopes[1];
    assert!(!second.checks[0].electronic);
    assert_eq!(second.checks[0].dated, Some(date(2026, 11, 20)));
    assert_eq!(
        (second.deposited_on, &*second.number),
        (date(2026, 11, 23), "0002")
    );
    let who: Vec<_> = second.coupons.iter().map(|c| c.text.as_deref()).collect();
    assert_eq!(who, [Some("PENA, MARIA"), Some("SMITH, BOB")]);
    assert_eq!(second.coupons[1].amount, Some(Cents::new(10_000)));
}

#[test]
fn no_social_security_number_is_kept() {
    let printed = format!("{:?}", read(FILE).unwrap());
    assert!(!printed.contains("11122"), "{printed}");
}

#[test]
fn a_payment_is_what_its_remittances_come_to() {
    for (from, to, says) in [
        (
            "I*1200*C",
            "I*1201*C",
            "segment 4 (BPR), BPR02: found $1,201.00, expected $1,200.00",
        ),
        ("I*1200*C", "I*1201*C", "a difference of $1.00"),
        ("ADX*-50", "ADX*-5", "BPR02"),
        ("**86.4~", "**86.5~", "segment 13 (BPR), BPR02"),
        ("**86.4~", "**~", "RMR04: found nothing"),
        (
            "RMR*IK*INV100**1250~\nADX*-50*H1~\nSE*9",
            "SE*7",
            "expected $0.00",
        ),
        (
            "X*005010X218~",
            "X*005010X306~",
            "GS08: found \"005010X306\"",
        ),
        ("ST*820*0002", "ST*835*0002", "ST01"),
        ("*20261124~", "*20261324~", "BPR16"),
        ("SE*12", "SE*11", "SE01"),
        ("IEA*1*000000078~\n", "", "end of file"),
    ] {
        let text = FILE.replacen(from, to, 1);
        assert_ne!(text, FILE, "{from}");
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains(says), "{from} to {to}: {error}");
    }
}

#[test]
fn any_other_digit_in_an_amount_is_found() {
    for amount in [
        "*I*1200*",
        "**1250~",
        "ADX*-50*",
        "*I*186.4*",
        "**86.4~",
        "**100~",
    ] {
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
