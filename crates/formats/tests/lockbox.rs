//! Other people's software reads our lockbox files: the packages `bai-lockbox` and `pyx12` of PyPI.

use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::civil::date;
use kernel::{Cents, Secret};
use memberpay_formats::lockbox::{Check, Coupon, Envelope, Position, X12Header, bai, x12_820};

/// Prints what a reader makes of each check, a line each; then a count and totals by lockbox.
const READER: &str = r#"
import io, sys
from lockbox.parser import LockboxFile
text = io.StringIO(sys.stdin.buffer.read().decode("ascii"))
file = LockboxFile.from_file(text)
for c in file.checks:
    print("|".join([
        c.sender, c.recipient, c.date.isoformat(), str(c.number), "%.2f" % c.amount,
        c.memo.strip(), c.sender_routing_number, c.sender_account_number,
    ]))
for box in file.lockboxes:
    total = box.total_record
    print(box.header_record.lockbox_number, total.total_num_checks, "%.2f" % total.check_dollar_total)
"#;

fn envelope(i: u32) -> Envelope {
    let position = Position::Record(0);
    let memo = format!(
        "MEMBER {:011} INVOICE {i} OF NOVEMBER",
        20_000_000_000_u64 + u64::from(i)
    );
    Envelope {
        position,
        lockbox: if i < 5 { "0022222" } else { "0033333" }.to_owned(),
        deposited_on: date(2026, 11, 23),
        batch: format!("{:03}", i / 3 + 1),
        number: format!("{:03}", i % 3 + 1),
        checks: vec![Check {
            position,
            amount: Cents::new(8_640 + i64::from(i) * 101),
            routing: Some(Secret::new("021000021".to_owned())),
            account: Some(Secret::new(format!("{}", 555_000 + i))),
            number: Some(format!("{}", 900 + i)),
            dated: Some(date(2026, 11, 20)),
            remitter: Some(format!("PAYER {i}, OF ELM ST.")),
            payee: Some("EXAMPLE HEALTH PLAN".to_owned()),
            image: None,
            electronic: false,
        }],
        // Two of three have a memo, which needs two records 4.
        coupons: (!i.is_multiple_of(3))
            .then(|| Coupon {
                text: Some(memo),
                ..Coupon::at(position)
            })
            .into_iter()
            .collect(),
    }
}

#[test]
fn a_reader_of_other_people_finds_every_check_as_it_was_written() {
    let python = std::env::var("MEMBERPAY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python)
        .args(["-c", "import lockbox.parser"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has {
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|v| v == value);
        let demanded = is("CI", "true") || is("MEMBERPAY_TEST_TOOLS", "1");
        assert!(!demanded, "bai-lockbox is missing; pip install bai-lockbox");
        eprintln!("not checked: bai-lockbox is missing; pip install bai-lockbox");
        return;
    }
    let header = bai::Header {
        destination: "MEMBERPAY".to_owned(),
        origin: "0021000021".to_owned(),
        made: date(2026, 11, 23).at(18, 0, 0, 0),
        reference: "77".to_owned(),
    };
    let layout = bai::Layout::standard();
    let mut writer = bai::Writer::new(Vec::new(), &layout, &header).unwrap();
    let envelopes: Vec<Envelope> = (0..9).map(envelope).collect();
    for envelope in &envelopes {
        writer.write(envelope).unwrap();
    }
    let file = writer.finish().unwrap();
    let mut reader = Command::new(&python)
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = reader.stdin.take().unwrap();
    input.write_all(&file).unwrap();
    drop(input);
    let output = reader.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let read = String::from_utf8(output.stdout).unwrap();
    let mut expected: Vec<String> = envelopes
        .iter()
        .map(|e| {
            let check = &e.checks[0];
            format!(
                "{}|EXAMPLE HEALTH PLAN|2026-11-20|{}|{}|{}|021000021|{:0>10}",
                check.remitter.as_deref().unwrap(),
                check.number.as_deref().unwrap(),
                check.amount.plain(),
                e.coupons
                    .first()
                    .and_then(|c| c.text.as_deref())
                    .unwrap_or_default(),
                check.account.as_ref().unwrap().expose(),
            )
        })
        .collect();
    for (number, range) in [("0022222", 0..5), ("0033333", 5..9)] {
        let total: Cents = envelopes[range.clone()].iter().map(Envelope::total).sum();
        expected.push(format!("{number} {} {}", range.len(), total.plain()));
    }
    assert_eq!(read.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn x12valid_accepts_the_820_files_that_are_written() {
    let program = std::env::var("PYX12").unwrap_or_else(|_| "x12valid".to_owned());
    if Command::new(&program).arg("--version").output().is_err() {
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|v| v == value);
        let demanded = is("CI", "true") || is("MEMBERPAY_TEST_TOOLS", "1");
        assert!(!demanded, "x12valid is missing; pip install pyx12");
        eprintln!("not checked: x12valid is missing; pip install pyx12");
        return;
    }
    let header = X12Header {
        sender: "BANK".to_owned(),
        receiver: "PLAN".to_owned(),
        control_number: 77,
        created: date(2026, 11, 23).at(18, 0, 0, 0),
        reference: String::new(),
        tax_ids: ["061234567".to_owned(), "069876543".to_owned()],
    };
    let mut writer = x12_820::Writer::new(Vec::new(), &header).unwrap();
    for i in 0..3 {
        let mut envelope = envelope(i);
        let amount = envelope.checks[0].amount;
        envelope.coupons = vec![Coupon {
            reference: Some(format!("INV{i}")),
            amount: Some(amount),
            ..Coupon::at(Position::Record(0))
        }];
        writer.write(&envelope).unwrap();
    }
    let file = String::from_utf8(writer.finish().unwrap()).unwrap();
    let folder = std::env::temp_dir().join(format!("memberpay-820-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("remittance.820");
    // Its exit code says nothing: it is 1 for a file that it accepts too.
    let said = |file: &str| {
        std::fs::write(&path, file).unwrap();
        let output = Command::new(&program).arg(&path).output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let (right, wrong) = (said(&file), said(&file.replacen("*CHK*", "*CHQ*", 1)));
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(right.contains(": OK"), "{right}");
    assert!(!wrong.contains(": OK"), "{wrong}");
}
