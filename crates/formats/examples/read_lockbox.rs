//! Writes lockbox files of 100,000 checks, reads them twice, as an import does, and prints the rate
//! of each pass.
//!
//! `cargo run --release -p memberpay-formats --example read_lockbox`
#![expect(clippy::float_arithmetic, reason = "rates are shown to people")]

use std::time::Instant;

use jiff::civil::date;
use kernel::{Cents, Secret};
use memberpay_formats::lockbox::{
    Check, Coupon, Envelope, Format, Position, X12Header, bai, csv, x12_823,
};

const CHECKS: u32 = 100_000;

fn envelope(i: u32) -> Envelope {
    let position = Position::Record(0);
    Envelope {
        position,
        lockbox: "0022222".to_owned(),
        deposited_on: date(2026, 11, 23),
        batch: format!("{:03}", i / 500 + 1),
        number: format!("{:06}", i % 500 + 1),
        checks: vec![Check {
            position,
            amount: Cents::new(i64::from(i % 90_000) + 1_000),
            routing: Some(Secret::new("021000021".to_owned())),
            account: Some(Secret::new(format!("{}", 1_000_000 + i))),
            number: Some(format!("{}", i + 1)),
            dated: Some(date(2026, 11, 20)),
            remitter: Some("MARIA PENA".to_owned()),
            payee: None,
            image: Some(format!("IMG{i:08}")),
            electronic: false,
        }],
        coupons: vec![Coupon {
            scan_line: Some(format!("{i:042}")),
            amount: Some(Cents::new(8_640)),
            ..Coupon::at(position)
        }],
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rate = |begun: Instant| f64::from(CHECKS) / begun.elapsed().as_secs_f64();
    let layout = bai::Layout::coupon_104();
    let made = date(2026, 11, 23).at(18, 0, 0, 0);
    let header = bai::Header {
        destination: "MEMBERPAY".to_owned(),
        origin: "0021000021".to_owned(),
        made,
        reference: "77".to_owned(),
    };
    let begun = Instant::now();
    let mut writer = bai::Writer::new(Vec::new(), &layout, &header)?;
    for i in 0..CHECKS {
        writer.write(&envelope(i))?;
    }
    let as_bai = writer.finish()?;
    println!("BAI written: {:.0} checks/s", rate(begun));
    let mut writer = csv::Writer::new(Vec::new())?;
    for i in 0..CHECKS {
        writer.write(&envelope(i))?;
    }
    let as_csv = writer.finish("77")?;
    let header = X12Header {
        sender: "BANK".to_owned(),
        receiver: "PLAN".to_owned(),
        control_number: 77,
        created: made,
        reference: "77".to_owned(),
        tax_ids: Default::default(),
    };
    let mut writer = x12_823::Writer::new(Vec::new(), &header)?;
    for i in 0..CHECKS {
        writer.write(&envelope(i))?;
    }
    let as_823 = writer.finish()?;
    for file in [as_bai, as_csv, as_823] {
        let format = Format::of(&file[..400], &layout).ok_or("no format")?;
        let name = String::from_utf8_lossy(&file[..4]).into_owned();
        let begun = Instant::now();
        let summary = format.verify(&file[..])?;
        let verified = rate(begun);
        let begun = Instant::now();
        let read = format.envelopes(&file[..])?.filter(Result::is_ok).count();
        let (again, bytes) = (rate(begun), file.len());
        println!(
            "{name}…: {bytes} bytes, {read} envelopes, {}, verified {verified:.0} checks/s, read \
             {again:.0} checks/s",
            summary.cents
        );
    }
    Ok(())
}
