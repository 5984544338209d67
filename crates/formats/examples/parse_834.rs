//! Reads an 834 file twice, as an import does, and prints the rate of each pass.
//!
//! `cargo run --release -p memberpay-formats --example parse_834 -- FILE`
#![expect(clippy::float_arithmetic, reason = "rates are shown to people")]

use std::fs::File;
use std::time::Instant;

use memberpay_formats::enrollment::{PlanLines, RateRule, Reader834, check_834};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name an 834 file")?;
    let lines = [
        "individual",
        "solo",
        "medicare-advantage",
        "medicare-supplement",
        "employer",
    ]
    .into_iter()
    .fold(PlanLines::new(), |lines, line| {
        lines.line(line, RateRule::Optional)
    });

    let begun = Instant::now();
    let summary = check_834(File::open(&path)?)?;
    let bytes = summary.envelope.bytes;
    let rate = |begun: Instant| bytes as f64 / 1e6 / begun.elapsed().as_secs_f64();
    println!(
        "envelopes: {} members, {} segments, {bytes} bytes, {:.0} MB/s",
        summary.members,
        summary.envelope.segments,
        rate(begun)
    );

    let begun = Instant::now();
    let (mut kept, mut rejected, mut findings) = (0_u64, 0_u64, 0_usize);
    for entry in Reader834::new(File::open(&path)?, &lines) {
        let entry = entry?;
        findings += entry.findings.len();
        match entry.record {
            Some(_) => kept += 1,
            None => rejected += 1,
        }
    }
    println!(
        "records: {kept} kept, {rejected} rejected, {findings} findings, {:.0} MB/s",
        rate(begun)
    );
    Ok(())
}
