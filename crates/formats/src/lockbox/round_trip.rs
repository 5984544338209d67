//! Laws: what is written reads back the same, and no bytes make a reader panic.

use jiff::civil::{Date, date};
use kernel::{Cents, Secret};
use proptest::option::of;
use proptest::prelude::*;

use super::*;

fn text() -> impl Strategy<Value = String> {
    "[A-Z0-9][A-Z0-9 ,./()-]{0,20}[A-Z0-9]"
}

fn day() -> impl Strategy<Value = Date> {
    (2000_i16..2100, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| date(y, m, d))
}

fn secret(digits: &'static str) -> impl Strategy<Value = Option<Secret>> {
    of(digits.prop_map(Secret::new))
}

prop_compose! {
    fn check()(
        cents in 0_i64..100_000_000,
        routing in secret("[0-9]{8}[1-9]"),
        account in secret("[1-9][0-9]{3,9}"),
        number in of("[1-9][0-9]{0,9}"),
        dated in of(day()),
        remitter in of(text()),
        payee in of(text()),
        image in of("[A-Z0-9]{1,20}"),
    ) -> Check {
        Check {
            position: Position::Record(0),
            amount: Cents::new(cents),
            routing,
            account,
            number,
            dated,
            remitter,
            payee,
            image,
            electronic: false,
        }
    }
}

prop_compose! {
    fn coupon()(
        scan_line in "[0-9]{1,64}",
        reference in of("[A-Z0-9]{1,19}"),
        amount in of(0_i64..10_000_000_000),
    ) -> Coupon {
        Coupon {
            position: Position::Record(0),
            scan_line: Some(scan_line),
            reference,
            amount: amount.map(Cents::new),
            text: None,
        }
    }
}

/// Envelopes in the order of a file: lockbox by lockbox, day by day, batch by batch.
pub(super) fn envelopes(
    checks: std::ops::RangeInclusive<usize>,
) -> impl Strategy<Value = Vec<Envelope>> {
    let envelope = (
        proptest::collection::vec(check(), checks),
        proptest::collection::vec(coupon(), 0..4),
        0_u32..3,
        0_u32..3,
        0_i32..2,
    );
    let all = proptest::collection::vec(envelope, 0..12);
    (all, day()).prop_map(|(envelopes, first)| {
        let (mut lockbox, mut batch, mut number, mut day) = (7_u32, 1_u32, 0_u32, first);
        let mut made = Vec::new();
        for (checks, coupons, next_lockbox, next_batch, next_day) in envelopes {
            number += 1;
            if next_batch == 0 {
                (batch, number) = (batch + 1, 1);
            }
            if next_lockbox == 0 {
                (lockbox, batch, number) = (lockbox + 1, 1, 1);
                day = day.saturating_add(jiff::Span::new().days(next_day));
            }
            made.push(Envelope {
                position: Position::Record(0),
                lockbox: format!("{lockbox:07}"),
                deposited_on: day,
                batch: format!("{batch:03}"),
                number: format!("{number:06}"),
                checks,
                coupons,
            });
        }
        made
    })
}

/// The same without positions, which depend on the format.
pub(super) fn without_positions(mut envelopes: Vec<Envelope>) -> Vec<Envelope> {
    for envelope in &mut envelopes {
        envelope.position = Position::Record(0);
        envelope
            .checks
            .iter_mut()
            .for_each(|c| c.position = Position::Record(0));
        envelope
            .coupons
            .iter_mut()
            .for_each(|c| c.position = Position::Record(0));
    }
    envelopes
}

fn header() -> bai::Header {
    bai::Header {
        destination: "MEMBERPAY".to_owned(),
        origin: "0021000021".to_owned(),
        made: date(2026, 11, 23).at(18, 0, 0, 0),
        reference: "77".to_owned(),
    }
}

fn x12_header() -> X12Header {
    X12Header {
        sender: "BANK".to_owned(),
        receiver: "PLAN".to_owned(),
        control_number: 77,
        created: date(2026, 11, 23).at(18, 0, 0, 0),
        reference: "DEP9".to_owned(),
        tax_ids: ["061234567".to_owned(), "069876543".to_owned()],
    }
}

fn as_bai(layout: &bai::Layout, envelopes: &[Envelope]) -> Result<Vec<u8>, WriteError> {
    let mut writer = bai::Writer::new(Vec::new(), layout, &header())?;
    for envelope in envelopes {
        writer.write(envelope)?;
    }
    writer.finish()
}

proptest! {
    #[test]
    fn what_is_written_as_bai_reads_back_the_same(all in envelopes(1..=3)) {
        let layout = bai::Layout::coupon_104();
        let file = as_bai(&layout, &all).unwrap();
        let summary = bai::verify(&file[..], &layout).unwrap();
        let checks: usize = all.iter().map(|e| e.checks.len()).sum();
        prop_assert_eq!(summary.checks, checks as u64);
        prop_assert_eq!(summary.cents, all.iter().map(Envelope::total).sum::<Cents>());
        let read: Result<Vec<_>, _> = bai::Reader::new(&file[..], &layout).collect();
        let mut expected = all;
        for envelope in &mut expected {
            // The layout has no payee.
            envelope.checks.iter_mut().for_each(|c| c.payee = None);
        }
        prop_assert_eq!(without_positions(read.unwrap()), expected);
    }

    #[test]
    fn a_memo_of_any_length_reads_back_the_same_in_the_standard_layout(
        all in envelopes(1..=1),
        memo in "[A-Z0-9][A-Z0-9 ]{0,200}[A-Z0-9]",
    ) {
        let mut all = all;
        for envelope in &mut all {
            envelope.number = envelope.number.split_off(3);
            envelope.checks[0].image = None;
            envelope.coupons.truncate(1);
            for coupon in &mut envelope.coupons {
                *coupon = Coupon { text: Some(memo.clone()), ..Coupon::at(coupon.position) };
            }
        }
        let layout = bai::Layout::standard();
        let file = as_bai(&layout, &all).unwrap();
        bai::verify(&file[..], &layout).unwrap();
        let read: Result<Vec<_>, _> = bai::Reader::new(&file[..], &layout).collect();
        prop_assert_eq!(without_positions(read.unwrap()), all);
    }

    #[test]
    fn what_is_written_as_csv_reads_back_the_same(all in envelopes(0..=3)) {
        let mut all = all;
        all.retain(|e| !e.checks.is_empty() || !e.coupons.is_empty());
        let mut writer = csv::Writer::new(Vec::new()).unwrap();
        for envelope in &all {
            writer.write(envelope).unwrap();
        }
        let file = writer.finish("77").unwrap();
        let summary = csv::verify(&file[..]).unwrap();
        prop_assert_eq!(summary.cents, all.iter().map(Envelope::total).sum::<Cents>());
        let read: Result<Vec<_>, _> = csv::Reader::new(&file[..]).unwrap().collect();
        prop_assert_eq!(without_positions(read.unwrap()), all);
    }

    #[test]
    fn no_bytes_make_the_csv_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let header = b"kind,lockbox,deposited_on,batch,envelope,amount,count\n";
        let _ = csv::verify(&[&header[..], &bytes].concat()[..]);
        let _ = csv::verify(&bytes[..]);
    }

    #[test]
    fn what_is_written_as_823_reads_back_the_same(all in envelopes(1..=3)) {
        let mut writer = x12_823::Writer::new(Vec::new(), &x12_header()).unwrap();
        for envelope in &all {
            writer.write(envelope).unwrap();
        }
        let file = writer.finish().unwrap();
        let summary = x12_823::verify(&file[..]).unwrap();
        prop_assert_eq!(summary.cents, all.iter().map(Envelope::total).sum::<Cents>());
        prop_assert_eq!(summary.reference, "000000077/DEP9");
        let read: Result<Vec<_>, _> = x12_823::Reader::new(&file[..]).collect();
        prop_assert_eq!(without_positions(read.unwrap()), all);
    }

    #[test]
    fn what_is_written_as_820_reads_back_the_same(all in envelopes(1..=1)) {
        let mut all = all;
        all.retain(|e| !e.coupons.is_empty());
        for (i, envelope) in all.iter_mut().enumerate() {
            envelope.lockbox.clear();
            envelope.batch = "77".to_owned();
            envelope.number = format!("{:04}", i + 1);
            for coupon in &mut envelope.coupons {
                coupon.scan_line = None;
                coupon.reference.get_or_insert_with(|| "INV1".to_owned());
                coupon.amount.get_or_insert(Cents::new(8_640));
            }
            let check = &mut envelope.checks[0];
            check.amount = envelope.coupons.iter().filter_map(|c| c.amount).sum();
            check.image = None;
            check.number.get_or_insert_with(|| "1".to_owned());
            check.dated.get_or_insert(date(2026, 11, 20));
            check.remitter.get_or_insert_with(|| "MARIA PENA".to_owned());
            check.payee.get_or_insert_with(|| "EXAMPLE PLAN".to_owned());
        }
        let mut writer = x12_820::Writer::new(Vec::new(), &x12_header()).unwrap();
        for envelope in &all {
            writer.write(envelope).unwrap();
        }
        let file = writer.finish().unwrap();
        let summary = x12_820::verify(&file[..]).unwrap();
        prop_assert_eq!(summary.cents, all.iter().map(Envelope::total).sum::<Cents>());
        let read: Result<Vec<_>, _> = x12_820::Reader::new(&file[..]).collect();
        prop_assert_eq!(without_positions(read.unwrap()), all);
    }

    #[test]
    fn no_segments_make_the_x12_readers_panic(
        segments in proptest::collection::vec(
            "(DEP|AMT|QTY|BAT|BPR|TRN|REF|N1|NM1|RMR|ENT|ADX|DTM|SE|ST)\
             (\\*(ZZ|IX|41|42|PR|009|823|820|0001|20261123|[0-9.-]{0,9})){0,5}",
            0..40,
        ),
    ) {
        for (kind, guide) in [("823", "005010"), ("820", "005010X218")] {
            let header = x12_header();
            let mut file = x12::Interchange::begin(Vec::new(), &header, "LB", guide, kind).unwrap();
            file.begin_set(None).unwrap();
            let count = segments.len() as u64;
            file.lines(&(segments.join("~") + "~"), count).unwrap();
            file.end_set().unwrap();
            let file = file.finish().unwrap();
            let _ = x12_823::verify(&file[..]);
            let _ = x12_820::verify(&file[..]);
        }
    }

    #[test]
    fn no_bytes_make_the_bai_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for name in bai::Layout::PRESETS {
            let layout = bai::Layout::preset(name).unwrap();
            let _ = bai::verify(&bytes[..], &layout);
        }
    }

    #[test]
    fn no_records_make_the_bai_reader_panic(
        records in proptest::collection::vec("[1-9](001|000|[0-9 ]{0,3}){0,12}[A-Z]?", 0..20),
    ) {
        let text = format!("100{}\n{}", " ".repeat(20), records.join("\n"));
        let _ = bai::verify(text.as_bytes(), &bai::Layout::standard());
        let _ = bai::verify(text.as_bytes(), &bai::Layout::invoice_80());
    }
}
