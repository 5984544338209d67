use jiff::civil::date;
use kernel::{Cents, Secret};
use proptest::option::of;
use proptest::prelude::*;

use super::*;

const FORMS: [(Encoding, bool); 4] = [
    (Encoding::Ebcdic, true),
    (Encoding::Ebcdic, false),
    (Encoding::Ascii, true),
    (Encoding::Ascii, false),
];

fn item(amount: i64, returned: Option<char>) -> Item {
    let tiff = b"II*\0 not quite a picture \x15\x25\r\n01 99".to_vec();
    let image = |back| Image {
        back,
        format: "00".to_owned(),
        bytes: tiff.clone(),
    };
    Item {
        record: 0,
        amount: Cents::new(amount),
        routing: Some(Secret::new("011000015".to_owned())),
        on_us: Some(Secret::new("123456/222".to_owned())),
        auxiliary_on_us: returned.is_none().then(|| "1001".to_owned()),
        sequence: "000000000000042".to_owned(),
        bundle: if returned.is_some() { "R1" } else { "F1" }.to_owned(),
        business_day: Some(date(2026, 11, 24)),
        deposit_sequence: Some("77".to_owned()),
        deposited_on: Some(date(2026, 11, 20)),
        payee: Some("EXAMPLE PLAN".to_owned()),
        returned: returned.map(|code| Returned {
            reason: ReturnReason::of(code),
            times: Some(1),
            sent_on: Some(date(2026, 11, 20)),
        }),
        images: vec![image(false), image(true)],
    }
}

fn written(form: (Encoding, bool), items: &[Item]) -> Vec<u8> {
    let banks = ("021000021", "061000052");
    let mut writer = Writer::new(Vec::new(), form, banks, date(2026, 11, 24)).unwrap();
    for item in items {
        writer.write(item).unwrap();
    }
    writer.finish().unwrap()
}

fn read(file: &[u8]) -> Vec<Item> {
    let mut items: Vec<Item> = Reader::new(file).collect::<Result<_, _>>().unwrap();
    items.iter_mut().for_each(|item| item.record = 0);
    items
}

fn refused(file: &[u8]) -> String {
    verify(file).unwrap_err().to_string()
}

#[test]
fn checks_and_returns_are_read_with_their_images_in_every_form() {
    let items = [
        item(8_640, None),
        item(10_000, None),
        item(8_640, Some('A')),
    ];
    for form in FORMS {
        let file = written(form, &items);
        let summary = verify(&file[..]).unwrap();
        assert_eq!(
            (summary.items, summary.returns, summary.images),
            (3, 1, 6),
            "{form:?}"
        );
        assert_eq!(
            (summary.cash_letters, summary.cents),
            (1, Cents::new(27_280))
        );
        assert_eq!(
            (&*summary.origin, &*summary.destination),
            ("021000021", "061000052")
        );
        assert_eq!(
            (summary.made_on, summary.test),
            (Some(date(2026, 11, 24)), false)
        );
        assert_eq!(read(&file), items, "{form:?}");
    }
}

#[test]
fn no_account_number_and_no_image_is_printed() {
    let printed = format!("{:?}", item(1, Some('A')));
    assert!(
        !printed.contains("123456") && !printed.contains("011000015"),
        "{printed}"
    );
    assert!(printed.contains("Image(back, 00, 34 bytes)"), "{printed}");
}

#[test]
fn each_thing_that_does_not_balance_is_named_with_its_place_and_difference() {
    let form = (Encoding::Ascii, false);
    let mut without = item(8_640, Some('C'));
    without.images.clear();
    let file = String::from_utf8(written(form, &[without.clone(), without])).unwrap();
    for (from, to, says) in [
        (
            "700002000000017280",
            "700002000000017281",
            "total (7-18): found $172.81",
        ),
        (
            "700002000000017280",
            "700002000000017281",
            "a difference of $0.01",
        ),
        (
            "700002000000017280",
            "700003000000017280",
            "items (3-6): found \"0003\", expected 2",
        ),
        ("90000001", "90000002", "bundles (3-8): found 2, expected 1"),
        (
            "9000000100000002",
            "9000000100000003",
            "(90 cash letter control), items (9-16)",
        ),
        (
            "9900000100000010",
            "9900000100000011",
            "records (9-16): found 11, expected 10",
        ),
        ("9900000100000010", "9900000200000010", "cash letters (3-8)"),
        (
            "0000008640C01",
            "000000864OC01",
            "amount (32-41): found \"000000864O\"",
        ),
        (
            "0000008640C01",
            "0000008640C02",
            "1 more addenda of the item before",
        ),
        (
            "0000008640C01",
            "0000008640C00",
            "no more addenda than the item says",
        ),
        (
            "0000008640C01",
            "0000008640 01",
            "return reason (42-42): found nothing",
        ),
        ("0135P", "1135P", "record 01 in EBCDIC or ASCII"),
        (
            "1001061",
            "2001061",
            "10 cash letter, or 70 bundle control, before a bundle",
        ),
        ("321021", "361021", "a record of X9.100-187"),
        ("321021", "501021", "52 image data after 50"),
    ] {
        let text = file.replacen(from, to, 1);
        assert_ne!(text, file, "{from}");
        let error = refused(text.as_bytes());
        assert!(error.contains(says), "{from} to {to}: {error}");
    }
}

#[test]
fn a_file_cut_at_any_byte_is_refused() {
    let items = [item(8_640, None), item(8_640, Some('A'))];
    for form in FORMS {
        let file = written(form, &items);
        for cut in 0..file.len() {
            assert!(verify(&file[..cut]).is_err(), "{form:?} cut at {cut}");
        }
    }
}

#[test]
fn any_other_digit_in_an_amount_is_found() {
    for form in FORMS {
        let file = written(form, &[item(8_640, None), item(8_640, Some('A'))]);
        let amount = form.0.encode("0000008640");
        // The second amount of a bundle control is of what machines could read: not compared.
        let second =
            |at: usize| file[..at].ends_with(&[&amount[..], &form.0.encode("00")].concat());
        let starts = (0..file.len()).filter(|at| file[*at..].starts_with(&amount) && !second(*at));
        let mut found = 0;
        for at in starts {
            found += 1;
            for i in at..at + 10 {
                for digit in form.0.encode("0123456789") {
                    let mut other = file.clone();
                    other[i] = digit;
                    assert!(
                        other == file || verify(&other[..]).is_err(),
                        "{form:?} at {i}"
                    );
                }
            }
        }
        assert_eq!(found, 4, "two items and two bundles");
    }
}

#[test]
fn the_example_of_the_documentation_is_what_is_written() {
    let mut one = item(8_640, Some('A'));
    one.images.clear();
    (one.deposited_on, one.deposit_sequence, one.payee) = (None, None, None);
    let file = written((Encoding::Ascii, false), &[one]);
    let lines: Vec<String> = file
        .chunks(80)
        .map(|record| String::from_utf8_lossy(record).trim_end().to_owned())
        .collect();
    let page = include_str!("../../../../docs/files/image-cash-letter.md");
    let example = page.split("```").nth(1).unwrap();
    assert_eq!(example.trim().lines().collect::<Vec<_>>(), lines);
}

#[test]
fn images_of_a_deposit_slip_belong_to_no_check() {
    let form = (Encoding::Ascii, false);
    let mut check = item(8_640, None);
    check.images.truncate(1);
    let file = written(form, &[check]);
    let text = |from: &str| {
        let bytes = from.as_bytes();
        (0..file.len())
            .find(|at| file[*at..].starts_with(bytes))
            .unwrap()
    };
    let (at, view) = (text("25 ".trim_end()), text("501"));
    let (at, view_end) = (at.min(text("251001")), text("700001"));
    let mut other = file[..at].to_vec();
    other.extend(format!("{:<80}", "61").into_bytes());
    let credit = other.len() - 80;
    other[credit + 48..credit + 58].copy_from_slice(b"0000008640");
    other.extend(&file[view..view_end]);
    other.extend(&file[at..]);
    let other = String::from_utf8_lossy(&other).into_owned();
    // One image more in both controls, three records more in all.
    let other = other.replacen(
        "00001                    0",
        "00002                    0",
        1,
    );
    let other = other.replacen(
        "000000001                  20261124",
        "000000002                  20261124",
        1,
    );
    let other = other.replacen("9900000100000010", "9900000100000013", 1);
    assert_eq!(
        verify(other.as_bytes())
            .map_err(|e| e.to_string())
            .unwrap()
            .items,
        1
    );
    assert_eq!(read(other.as_bytes())[0].images.len(), 1);
}

#[test]
fn every_reason_has_words_and_something_to_do() {
    for reason in ReturnReason::ALL.iter().copied() {
        assert_eq!(ReturnReason::of(reason.code()), reason);
        assert!(
            reason.words().len() > 5 && reason.what_to_do().len() > 5,
            "{reason:?}"
        );
    }
    assert_eq!(
        ReturnReason::of('A').words(),
        "not enough money in the account"
    );
    assert_eq!(ReturnReason::of('7'), ReturnReason::Other('7'));
    assert_eq!(ReturnReason::Other('7').code(), '7');
}

prop_compose! {
    fn any_item()(
        amount in 0_i64..100_000_000,
        reason in of("[A-Z3-6]"),
        routing in of("[0-9]{8}[1-9]"),
        on_us in of("[0-9][0-9/-]{0,18}[0-9]"),
        sequence in "[1-9][0-9]{0,14}",
        payee in of("[A-Z]{1,15}"),
        images in proptest::collection::vec(
            (any::<bool>(), proptest::collection::vec(any::<u8>(), 1..300)), 0..3),
    ) -> Item {
        Item {
            routing: routing.map(Secret::new),
            on_us: on_us.map(Secret::new),
            sequence,
            payee,
            images: images.into_iter().map(|(back, bytes)| Image {
                back, format: "00".to_owned(), bytes,
            }).collect(),
            ..item(amount, reason.and_then(|r| r.chars().next()))
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(
        items in proptest::collection::vec(any_item(), 0..6),
        form in 0_usize..4,
    ) {
        let file = written(FORMS[form], &items);
        let summary = verify(&file[..]).unwrap();
        prop_assert_eq!(summary.cents, items.iter().map(|i| i.amount).sum::<Cents>());
        prop_assert_eq!(read(&file), items);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(
        changes in proptest::collection::vec((0_usize..2_000, any::<u8>()), 1..6),
        form in 0_usize..4,
        rest in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut file = written(FORMS[form], &[item(8_640, None), item(8_640, Some('A'))]);
        for (at, byte) in changes {
            let at = at % file.len();
            file[at] = byte;
        }
        file.extend(&rest);
        let _ = verify(&file[..]);
        let _ = verify(&rest[..]);
    }
}
