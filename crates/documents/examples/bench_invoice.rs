//! CPU time of an invoice page, beside WeasyPrint on the same page, in one run:
//! `cargo run --release -p memberpay-documents --example bench_invoice -- [PAGES]`.
//!
//! Blocks of both are interleaved for three rounds and the lowest of each counts, so that other
//! work on the machine disturbs neither more than the other.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "milliseconds for people to read"
)]

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use kernel::{Cents, weekday_in_words};
use memberpay_documents::{Invoice, Renderer};

#[path = "../tests/samples/mod.rs"]
mod samples;

const ROUNDS: usize = 3;
const PEER_PAGES: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let pages: usize = std::env::args().nth(1).map_or(Ok(200), |n| n.parse())?;
    let invoices = members(pages);
    let renderer = Renderer::new()?;
    let started = Instant::now();
    let size = renderer.invoice(&invoices[0])?.bytes.len();
    println!(
        "first page, process cold: {} ms wall",
        started.elapsed().as_millis()
    );

    let folder = tempfile::tempdir()?;
    write_html(folder.path(), &invoices[..PEER_PAGES.min(pages)])?;
    let python = python();
    let (mut single, mut batched) = (f64::INFINITY, f64::INFINITY);
    let mut peer = [(f64::INFINITY, 0_usize); 2];
    let mut batch_size = 0;
    for _ in 0..ROUNDS {
        let started = Cpu::now();
        for invoice in &invoices {
            renderer.invoice(invoice)?;
        }
        single = single.min(started.millis() / pages as f64);

        let started = Cpu::now();
        batch_size = 0;
        for chunk in invoices.chunks(50) {
            batch_size += renderer.invoices(chunk)?.pdf.bytes.len();
        }
        batched = batched.min(started.millis() / pages as f64);

        if let Some(python) = &python {
            for (best, variant) in peer.iter_mut().zip([None, Some("pdf/ua-1")]) {
                let (millis, bytes) = weasyprint(python, folder.path(), variant)?;
                *best = (best.0.min(millis), bytes);
            }
        }
    }
    println!("{pages} invoices of one page, CPU ms a page, lowest of {ROUNDS} rounds");
    println!("memberpay, a file each      {single:8.1} ms  {size:7} bytes  tagged, PDF/UA-1");
    println!(
        "memberpay, 50 in one file   {batched:8.1} ms  {:7} bytes  tagged, PDF/UA-1",
        batch_size / pages
    );
    if python.is_some() {
        println!(
            "WeasyPrint                  {:8.1} ms  {:7} bytes  untagged",
            peer[0].0, peer[0].1
        );
        println!(
            "WeasyPrint, pdf/ua-1        {:8.1} ms  {:7} bytes  tagged",
            peer[1].0, peer[1].1
        );
        println!(
            "WeasyPrint takes {:.1} times as long ({:.1} tagged)",
            peer[0].0 / single,
            peer[1].0 / single
        );
    } else {
        println!("WeasyPrint: not measured, it is not installed (apt-get install weasyprint)");
    }
    if let Some(memory) = resident_mib() {
        println!("memory at the end: {memory} MiB resident");
    }
    Ok(())
}

/// Distinct members, so that nothing is rendered twice.
fn members(count: usize) -> Vec<Invoice> {
    let first = [
        "María",
        "John",
        "Zoë",
        "François",
        "Ana",
        "Wei",
        "Søren",
        "Patricia",
    ];
    let last = [
        "García",
        "Smith",
        "Müller",
        "Nguyen",
        "Ibáñez",
        "O'Neill",
        "Johnson",
        "Ångström",
    ];
    let mut chance = samples::Chance(3);
    (0..count)
        .map(|n| {
            let mut invoice = samples::english();
            invoice.member_name = format!("{} {} {n}", first[n % 8], last[n / 8 % 8]);
            invoice.invoice_number = format!("2026-12-{n:07}");
            invoice.lines[0].amount = Cents::new(100_000 + i64::try_from(n).unwrap_or(0) * 7);
            invoice.total_due = invoice.balance();
            invoice.scan_line = chance.scan_line();
            invoice.pay_url = format!("https://pay.plan.example/guest/{}", chance.digits(6));
            invoice
        })
        .collect()
}

/// Processor time of this process (one thread), from the kernel; elsewhere the wall clock.
struct Cpu {
    nanos: Option<u64>,
    wall: Instant,
}

impl Cpu {
    fn now() -> Self {
        Cpu {
            nanos: Self::nanos(),
            wall: Instant::now(),
        }
    }

    fn nanos() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
        text.split_whitespace().next()?.parse().ok()
    }

    fn millis(&self) -> f64 {
        match (self.nanos, Self::nanos()) {
            (Some(from), Some(to)) => (to - from) as f64 / 1e6,
            _ => self.wall.elapsed().as_secs_f64() * 1e3,
        }
    }
}

fn resident_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

/// A Python that has WeasyPrint: `MEMBERPAY_PYTHON`, the one on the path, the system's.
fn python() -> Option<String> {
    let named = std::env::var("MEMBERPAY_PYTHON").ok();
    let candidates = named
        .into_iter()
        .chain(["python3", "/usr/bin/python3"].map(str::to_owned));
    candidates.into_iter().find(|python| {
        let import = Command::new(python)
            .args(["-c", "import weasyprint"])
            .output();
        import.is_ok_and(|output| output.status.success())
    })
}

fn weasyprint(
    python: &str,
    folder: &Path,
    variant: Option<&str>,
) -> Result<(f64, usize), Box<dyn Error>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/weasyprint_peer.py");
    let output = Command::new(python)
        .arg(script)
        .arg(folder)
        .args(variant)
        .output()?;
    let said = String::from_utf8(output.stdout)?;
    let mut words = said.split_whitespace();
    match (words.next(), words.next()) {
        (Some(millis), Some(bytes)) => Ok((millis.parse()?, bytes.parse()?)),
        _ => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
    }
}

/// The same page in HTML: same fonts, same text, tables, QR code, coupon and scan line.
fn write_html(folder: &Path, invoices: &[Invoice]) -> Result<(), Box<dyn Error>> {
    let fonts = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts");
    let style = include_str!("peer.css").replace("FONTS", fonts);
    std::fs::write(folder.join("style.css"), style)?;
    for (n, invoice) in invoices.iter().enumerate() {
        std::fs::write(folder.join(format!("{n:04}.html")), html(invoice)?)?;
    }
    Ok(())
}

fn html(i: &Invoice) -> Result<String, Box<dyn Error>> {
    let mut rows = String::new();
    let mut row = |label: &str, detail: &str, amount: Cents| {
        write!(
            rows,
            "<tr><th scope=row>{label}<br><small>{detail}</small><td>{amount}"
        )
    };
    row("Amount due on your last invoice", "", i.previous_balance)?;
    row("Payments we received since then", "", -i.payments)?;
    for line in &i.lines {
        row(
            &line.label,
            line.detail.as_deref().unwrap_or_default(),
            line.amount,
        )?;
    }
    row("<b>Amount due</b>", "", i.total_due)?;
    let ways: String = i
        .ways_to_pay
        .iter()
        .map(|w| format!("<p><b>{}</b>: {}", w.title, w.text))
        .collect();
    let due = weekday_in_words(i.due, i.language);
    let facts = format!(
        "<table><tr><td>Name<td><b>{}</b><tr><td>Member ID<td><b>{}</b><tr><td>Invoice<td><b>{}</b></table>",
        i.member_name,
        i.member_id.grouped(),
        i.invoice_number
    );
    Ok(format!(
        "<!doctype html><html lang=en><title>Invoice {number}</title><body>\
         <div class=box>Amount due<div class=big>{total}</div>Due by<br><b>{due}</b>{facts}\
         <p><b>Questions?</b> Call <b>{phone}</b> (TTY: {tty}). {hours}</div>\
         <b class=name>{organisation}</b><br>{sender}<h1>Your premium invoice for December 2026</h1>{plan}\
         <div class=address>{name}<br>{address}</div>\
         <h2>What this invoice includes</h2><table class=lines><tr><th>Description<th>Amount{rows}</table>\
         <h2>How to pay</h2>{qr}{ways}<p><small>{help}</small>\
         <div class=coupon><h2>Payment coupon</h2>{facts}\
         <div class=pay><table><tr><td>Due by<td><b>{due}</b><tr><td>Amount due<td class=due>{total}\
         <tr><td>Amount enclosed<td class=enclosed>$</table></div>\
         <div class=payable>Make your check payable to <b>{payable}</b>. Write your member ID on the check.</div>\
         <div class=remit>{remit}</div><div class=scan>{scan}</div></div>",
        number = i.invoice_number,
        total = i.total_due,
        phone = i.phone,
        tty = i.tty,
        hours = i.hours,
        organisation = i.organisation,
        sender = i.return_address.join("<br>"),
        plan = i.plan_line,
        name = i.member_name,
        address = i.mailing_address.join("<br>"),
        qr = qr_svg(&i.pay_url)?,
        help = i.language_assistance.join(" "),
        payable = i.payable_to,
        remit = i.remit_to.join("<br>"),
        scan = i.scan_line,
    ))
}

fn qr_svg(url: &str) -> Result<String, Box<dyn Error>> {
    let code = fast_qr::qr::QRBuilder::new(url)
        .ecl(fast_qr::ECL::M)
        .build()
        .map_err(|e| e.to_string())?;
    let mut path = String::new();
    for y in 0..code.size {
        for x in (0..code.size).filter(|x| code[y][*x].value()) {
            write!(path, "M{x} {y}h1v1h-1z")?;
        }
    }
    let size = code.size;
    Ok(format!(
        "<svg class=qr role=img aria-label='QR code' viewBox='0 0 {size} {size}'><path d='{path}'/></svg>"
    ))
}
