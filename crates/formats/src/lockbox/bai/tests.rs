//! The public sample, other banks' layouts, and everything that does not balance.

use jiff::civil::date;
use kernel::{Cents, Secret};

use super::*;
use crate::lockbox::{Coupon, Envelope, LockboxError, Summary};

/// The sample of FundersClub/bai-lockbox, as far as it is public, with a payee.
const SAMPLE: &str = "\
100ABCDEFGHIJ00999999911605231800
2ABCDEFGHIJ0099999991000000000040008000801
50000000022222160523ABCDEFGHIJ0099999991
6001001000070000005500270700123455550000000180051616BOB E SMITH                   FUNDERSCLUB
40010016019CE554
700100000222221605230010000700000
8000000002222216052300010000700000
9000008
";

fn read(text: &str, layout: &Layout) -> Result<(Summary, Vec<Envelope>), LockboxError> {
    let summary = verify(text.as_bytes(), layout)?;
    let envelopes = Reader::new(text.as_bytes(), layout).collect::<Result<Vec<_>, _>>()?;
    Ok((summary, envelopes))
}

fn refused(text: &str) -> String {
    match verify(text.as_bytes(), &Layout::standard()) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("accepted: {text}"),
    }
}

#[test]
fn the_public_sample_is_one_check_of_seven_thousand_dollars() {
    let (summary, envelopes) = read(SAMPLE, &Layout::standard()).unwrap();
    assert_eq!(
        (summary.checks, summary.batches, summary.records),
        (1, 1, 8)
    );
    assert_eq!(summary.cents, Cents::new(700_000));
    assert_eq!(
        (&*summary.origin, &*summary.destination),
        ("0099999991", "ABCDEFGHIJ")
    );
    assert_eq!(summary.reference, "1605231800");
    assert_eq!(summary.made_on, Some(date(2016, 5, 23)));
    assert_eq!(summary.deposits.len(), 1);
    let [envelope] = &envelopes[..] else {
        panic!("{envelopes:?}");
    };
    assert_eq!(
        (&*envelope.lockbox, &*envelope.batch, &*envelope.number),
        ("0022222", "001", "001")
    );
    assert_eq!(envelope.deposited_on, date(2016, 5, 23));
    assert_eq!(envelope.total(), Cents::new(700_000));
    let check = &envelope.checks[0];
    assert_eq!(check.routing, Some(Secret::new("055002707".to_owned())));
    assert_eq!(check.account, Some(Secret::new("12345555".to_owned())));
    assert_eq!(
        (check.number.as_deref(), check.dated),
        (Some("180"), Some(date(2016, 5, 16)))
    );
    assert_eq!(check.remitter.as_deref(), Some("BOB E SMITH"));
    assert_eq!(check.payee.as_deref(), Some("FUNDERSCLUB"));
    assert_eq!(envelope.coupons[0].text.as_deref(), Some("CE554"));
}

#[test]
fn no_account_number_is_printed() {
    let (_, envelopes) = read(SAMPLE, &Layout::standard()).unwrap();
    let printed = format!("{envelopes:?}");
    assert!(
        !printed.contains("12345555") && !printed.contains("055002707"),
        "{printed}"
    );
}

/// What is changed, into what, and what is said of it.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "0010000700000\n",
        "0010000690000\n",
        "record 6 (7 batch total), total: found $6,900.00",
    ),
    (
        "0010000700000\n",
        "0010000690000\n",
        "a difference of $100.00",
    ),
    (
        "0010000700000\n",
        "0020000700000\n",
        "count: found \"002\", expected 1, the checks of",
    ),
    (
        "00010000700000",
        "00010000700001",
        "record 7 (8 lockbox total), total",
    ),
    (
        "00010000700000",
        "00020000700000",
        "record 7 (8 lockbox total), count",
    ),
    (
        "800000000",
        "800100000",
        "which tells it from a batch total",
    ),
    (
        "9000008",
        "9000007",
        "record 8 (9 trailer), count: found \"000007\", expected 8",
    ),
    ("9000008\n", "", "record 8 (end of file)"),
    ("9000008\n", "9000008\n9000008\n", "nothing after 9 trailer"),
    ("40010016019", "40010026019", "record 5 (4 overflow), item"),
    (
        "40010016019",
        "40010016029",
        "sequence: found \"02\", expected 1",
    ),
    ("40010016019", "40010016010", "said that another follows"),
    ("40010016019", "40010015019", "parent"),
    ("70010000022222", "70020000022222", "the batch that is open"),
    (
        "70010000022222",
        "70010000022223",
        "lockbox: found \"0022223\"",
    ),
    ("2222160523001", "2222160524001", "date: found 2016-05-24"),
    ("0018005", "00180Z5", "check_date"),
    (
        "60010010000700000",
        "6001001000070000A",
        "amount: found \"000070000A\"",
    ),
    (
        "60010010000700000",
        "6001001          ",
        "amount: found nothing",
    ),
    (
        "50000000022222160523",
        "50000000022222161323",
        "a day as YYMMDD",
    ),
    ("100ABC", "300ABC", "record type"),
    ("2ABCDEFGHIJ", "100ABCDEFGH", "one header in a file"),
    ("6001001", "X001001", "expected 1, 2, 5, 6, 4, 7, 8 or 9"),
];

#[test]
fn each_thing_that_does_not_balance_is_named_with_its_place_and_difference() {
    for (from, to, says) in WRONG.iter().copied() {
        let text = SAMPLE.replacen(from, to, 1);
        assert_ne!(text, SAMPLE, "{from}");
        let error = refused(&text);
        assert!(error.contains(says), "{from} to {to}: {error}");
        assert!(
            error.contains("nothing of this file is taken over"),
            "{error}"
        );
    }
    assert!(refused("").contains("end of file"));
}

#[test]
fn any_other_order_of_the_records_is_refused() {
    let lines: Vec<&str> = SAMPLE.lines().collect();
    for i in 0..lines.len() {
        for j in i + 1..lines.len() {
            let mut other = lines.clone();
            other.swap(i, j);
            refused(&other.join("\n"));
        }
        let mut fewer = lines.clone();
        fewer.remove(i);
        refused(&fewer.join("\n"));
        let mut more = lines.clone();
        more.insert(i, lines[i]);
        refused(&more.join("\n"));
    }
}

#[test]
fn a_file_cut_at_any_byte_is_refused() {
    // The very last byte is a line break.
    for cut in 0..SAMPLE.len() - 1 {
        refused(&SAMPLE[..cut]);
    }
}

#[test]
fn any_other_byte_in_an_amount_or_total_is_found() {
    let lines: Vec<&str> = SAMPLE.lines().collect();
    for (line, field, first, last) in [
        (3, "amount", 8, 17),
        (5, "count and total", 21, 33),
        (6, "count and total", 21, 34),
        (7, "count", 2, 7),
    ] {
        for at in first - 1..last {
            for byte in (b'!'..=b'~').filter(|b| *b != lines[line].as_bytes()[at]) {
                let mut other: Vec<Vec<u8>> = lines.iter().map(|l| l.as_bytes().to_vec()).collect();
                other[line][at] = byte;
                let text = other.join(&b'\n');
                let found = verify(&text[..], &Layout::standard()).is_err();
                assert!(
                    found,
                    "line {line}, {field}, byte {at} as {}",
                    char::from(byte)
                );
            }
        }
    }
}

#[test]
fn blank_lines_crlf_and_an_end_mark_do_not_matter() {
    let text = SAMPLE.replace('\n', "\r\n") + "\r\n\x1a";
    assert_eq!(read(&text, &Layout::standard()).unwrap().1.len(), 1);
    let text = SAMPLE.trim_end();
    assert_eq!(read(text, &Layout::standard()).unwrap().1.len(), 1);
}

#[test]
fn records_of_a_fixed_length_need_no_line_breaks() {
    let settings = [("line_breaks", "no"), ("record_size", "160")];
    let layout = Layout::from_settings(settings).unwrap();
    let padded: Vec<String> = SAMPLE.lines().map(|l| format!("{l:<160}")).collect();
    assert_eq!(read(&padded.concat(), &layout).unwrap().1.len(), 1);
    let error = verify(&padded.concat().as_bytes()[..1_000], &layout).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("record 7 (8 lockbox total), length"),
        "{error}"
    );
    let long = format!("{}x", "1".repeat(160));
    assert!(refused(&long).contains("at most 160 bytes"));
}

#[test]
fn a_memo_runs_on_over_its_records_or_each_is_a_line() {
    let more = "40010016010CE554 AND\n40010016029 MORE";
    let text = SAMPLE
        .replace("40010016019CE554", more)
        .replace("9000008", "9000009");
    let (_, envelopes) = read(&text, &Layout::standard()).unwrap();
    let text_of = |coupon: &Coupon| coupon.text.clone().unwrap_or_default();
    let joined = format!("{:<30} MORE", "CE554 AND");
    assert_eq!(
        envelopes[0].coupons.iter().map(text_of).collect::<Vec<_>>(),
        [joined]
    );
    let layout = Layout::from_settings([("overflow", "each")]).unwrap();
    let (_, envelopes) = read(&text, &layout).unwrap();
    assert_eq!(
        envelopes[0].coupons.iter().map(text_of).collect::<Vec<_>>(),
        ["CE554 AND", "MORE"]
    );
}

#[test]
fn invoice_lines_of_eighty_byte_records_have_number_and_amount() {
    let text = "\
100MEMBERPAY 00210000212611231800
2MEMBERPAY           000000007740008000801
500000012345672611230021000021
6007001000000864002100002100000123450000000222
40070016010INV00000010000008000
40070016029INV00000020000000640
6007002000000100002100002100000123450000000223
700700012345672611230020000009640
899900012345672611230002000009640
9000010
";
    let (summary, envelopes) = read(text, &Layout::invoice_80()).unwrap();
    assert_eq!(summary.reference, "2611231800/77");
    assert_eq!((summary.checks, summary.cents), (2, Cents::new(9_640)));
    let lines: Vec<_> = envelopes[0]
        .coupons
        .iter()
        .map(|c| (c.reference.as_deref(), c.amount))
        .collect();
    let expected = [("INV0000001", 8_000), ("INV0000002", 640)];
    assert_eq!(
        lines,
        expected.map(|(number, cents)| (Some(number), Some(Cents::new(cents))))
    );
    assert!(envelopes[1].coupons.is_empty());
    assert!(verify(text.as_bytes(), &Layout::standard()).is_err());
}

#[test]
fn counts_count_what_the_bank_counts() {
    for (setting, value, from, to) in [
        (
            "trailer_counts",
            "records_before_trailer",
            "9000008",
            "9000007",
        ),
        ("trailer_counts", "checks", "9000008", "9000001"),
        (
            "trailer_counts",
            "checks_and_overflow",
            "9000008",
            "9000002",
        ),
        (
            "batch_counts",
            "checks_and_overflow",
            "1605230010000",
            "1605230020000",
        ),
        (
            "lockbox_counts",
            "checks_and_overflow",
            "16052300010000",
            "16052300020000",
        ),
        ("lockbox_batch", "nines", "800000000", "899900000"),
        ("lockbox_batch", "any", "800000000", "812300000"),
        ("dates", "MMDDYY", "160523", "052316"),
        ("check_dates", "YYMMDD", "051616", "160516"),
    ] {
        let layout = Layout::from_settings([(setting, value)]).unwrap();
        let text = SAMPLE.replace(from, to);
        assert_ne!(text, SAMPLE);
        assert_eq!(
            verify(text.as_bytes(), &layout).map(|s| s.checks).ok(),
            Some(1),
            "{value}"
        );
        assert!(
            verify(text.as_bytes(), &Layout::standard()).is_err(),
            "{value}"
        );
    }
}

#[test]
fn a_layout_says_what_is_wrong_with_it() {
    for (settings, says) in [
        (
            vec![("6.amount", "8-18")],
            "6 check: routing (18-26) overlaps amount",
        ),
        (
            vec![("6.payee", "83-161")],
            "payee ends at 161, but a record has 160 bytes",
        ),
        (vec![("6.amount", "1-10")], "6 check: amount ends at 10"),
        (vec![("6.amount", "none")], "amount is missing"),
        (vec![("record_size", "80")], "but a record has 80"),
        (
            vec![("dates", "YYYYMMDD")],
            "date has 6 bytes; it must have YYYYMMDD",
        ),
        (vec![("dates", "DDMMYY")], "it must be YYMMDD, MMDDYY"),
        (vec![("6.amuont", "8-17")], "there is no setting 6.amuont"),
        (vec![("6.amount", "17-8")], "bytes such as 8-17, or none"),
        (
            vec![("preset", "mine")],
            "it must be standard, invoice-80, coupon-104",
        ),
        (vec![("record_size", "9999999")], "a number from 40 to 1000"),
    ] {
        let error = Layout::from_settings(settings).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    let moved = [
        ("6.payee", "none"),
        ("6.remitter", "none"),
        ("6.amount", "50-61"),
    ];
    let layout = Layout::from_settings(moved).unwrap_err();
    assert!(layout.to_string().contains("check_date"), "{layout}");
    for name in Layout::PRESETS {
        assert!(Layout::from_settings([("preset", name)]).is_ok(), "{name}");
    }
    let field = Layout::standard().with_field(Record::Check, Field::Image, 47, 50);
    assert!(matches!(field, Err(LayoutError::Overlap { .. })));
    assert!(
        Layout::standard()
            .without_field(Record::Check, Field::Payee)
            .is_ok()
    );
}

#[test]
fn what_does_not_fit_is_not_written() {
    let header = Header {
        destination: "MEMBERPAY".to_owned(),
        origin: "0021000021".to_owned(),
        made: date(2026, 11, 23).at(18, 0, 0, 0),
        reference: String::new(),
    };
    let (_, envelopes) = read(SAMPLE, &Layout::standard()).unwrap();
    let change = |change: fn(&mut Envelope)| {
        let mut envelope = envelopes[0].clone();
        change(&mut envelope);
        let mut writer = Writer::new(Vec::new(), &Layout::standard(), &header).unwrap();
        writer.write(&envelope).unwrap_err().to_string()
    };
    for (error, says) in [
        (change(|e| e.checks.clear()), "record 6 is one check"),
        (
            change(|e| e.checks[0].amount = Cents::new(12_345_678_901)),
            "more than 10 digits",
        ),
        (
            change(|e| e.checks[0].amount = Cents::new(-1)),
            "below zero",
        ),
        (
            change(|e| e.coupons[0].scan_line = Some("1".to_owned())),
            "no field for it",
        ),
        (
            change(|e| e.coupons.push(e.coupons[0].clone())),
            "joins all records 4",
        ),
        (
            change(|e| e.number = "1000".to_owned()),
            "more than 3 digits",
        ),
        (
            change(|e| e.checks[0].dated = Some(date(1999, 1, 1))),
            "not of this century",
        ),
    ] {
        assert!(error.contains(says), "{error}");
    }
}
