//! `memberpay lockbox simulate --day 2026-12-03 --out FILE`: a made-up day of mail.

mod scanner;

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::{Subcommand, ValueEnum};
use demo::mail_day::{self, Fault, Mailed, Opened, Place, Rates};
use formats::lockbox::{Envelope, bai, csv};
use formats::scan_line;
use jiff::civil::Date;
use kernel::Cents;
use usecases::progress::Progress as _;
use usecases::{Actor, Ctx};

use crate::progress::Bar;
use crate::settings::Settings;
use crate::wiring;
use scanner::Scanner;

/// The lockbox bank.
#[derive(Debug, Subcommand)]
pub enum LockboxCommand {
    /// Makes up a day of mail from the open invoices: prints their coupons, scans and reads them,
    /// lays checks beside them, some with faults, and writes the bank's file of it. Only reads the
    /// database. Wants pdftoppm.
    Simulate(Args),
}

/// A day of mail.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The day of deposit, as YYYY-MM-DD.
    #[arg(long)]
    day: String,
    /// Where to.
    #[arg(long)]
    out: PathBuf,
    /// Another seed draws other faults; a second file of the same day wants another one.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many envelopes in a hundred have a fault, as `fault=percent`; as often as wanted. Two in
    /// a hundred have each, unless given.
    #[arg(long)]
    rate: Vec<String>,
    /// Who reads the scan lines.
    #[arg(long, default_value = "ocr-a")]
    reader: Reader,
    /// How many coupons come at most.
    #[arg(long, default_value_t = 100)]
    most: u32,
    /// The format.
    #[arg(long, default_value = "bai")]
    format: FileFormat,
    /// The layout of a BAI file: a preset or one of the plan's; the plan's own if not given.
    #[arg(long)]
    layout: Option<String>,
    /// Prints a line for each envelope: its number, its invoices, its fault.
    #[arg(long)]
    list: bool,
}

/// Who reads scan lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reader {
    /// The reader of OCR-A built into this program, like a bank's: it refuses what is unclear.
    OcrA,
    /// Tesseract, which was never taught OCR-A: it misreads most, for tests of what then happens.
    Tesseract,
}

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FileFormat {
    /// BAI lockbox records.
    Bai,
    /// CSV.
    Csv,
}

/// How the coupons were read.
#[derive(Debug, Default)]
struct Readings {
    right: u64,
    caught: u64,
    not_caught: u64,
}

/// Runs the command.
///
/// # Errors
/// If a processor is set, a program is missing, nothing is open, or the file cannot be written.
pub async fn run(command: &LockboxCommand, settings: &Settings) -> anyhow::Result<()> {
    let LockboxCommand::Simulate(args) = command;
    ensure!(
        settings.processor_key.is_none(),
        "STRIPE_SECRET_KEY is set, so this is no demonstration; made-up checks must not come near \
         its accounts: use a database of a demonstration and leave the key out"
    );
    let day: Date = args.day.parse().context("--day is a date, as 2026-12-03")?;
    let rates = Rates::default().with(&args.rate);
    let rates = rates.map_err(|wrong| anyhow::anyhow!("--rate: {wrong}"))?;
    let scanner = Scanner::find(args.reader).await?;
    let ctx = wiring::unsealed_context(settings).await?;
    let (mail, readings) = read_coupons(&ctx, &scanner, args).await?;
    if mail.is_empty() {
        bail!("no invoice is open; bill a month first: memberpay bill --month YYYY-MM");
    }
    let place = Place {
        lockbox: "0022222".to_owned(),
        day,
        seed: args.seed,
    };
    let opened = mail_day::open(&mail, &rates, &place);
    write(&ctx, args, &place, &opened)?;
    say(args, &opened, &readings);
    ctx.store.close().await;
    Ok(())
}

/// Prints, scans and reads the coupons of the open invoices.
async fn read_coupons(
    ctx: &Ctx,
    scanner: &Scanner,
    args: &Args,
) -> anyhow::Result<(Vec<Mailed>, Readings)> {
    let printed = usecases::invoices::coupons(ctx, &Actor::Operator, i64::from(args.most)).await?;
    let layout = usecases::invoices::scan_line_layout(&ctx.plan);
    let bar = Bar::counting("coupons");
    bar.total(printed.iter().map(|batch| batch.coupons.len() as u64).sum());
    let (mut mail, mut readings) = (Vec::new(), Readings::default());
    for batch in &printed {
        for coupon in &batch.coupons {
            let seed = args.seed.wrapping_add(mail.len() as u64);
            let read = scanner.read(&batch.pdf, coupon.page, seed).await?;
            match scan_line::read(&layout, &read) {
                _ if read == coupon.scan_line => readings.right += 1,
                Err(_) => readings.caught += 1,
                Ok(_) => readings.not_caught += 1,
            }
            mail.push(Mailed {
                invoice_number: coupon.invoice_number.clone(),
                amount_due: coupon.amount_due,
                payer: coupon.payer.clone(),
                payee: coupon.payable_to.clone(),
                read,
            });
            bar.done(1);
        }
    }
    bar.clear();
    Ok((mail, readings))
}

fn in_file(opened: &[Opened]) -> impl Iterator<Item = &Envelope> {
    opened.iter().filter_map(|one| one.envelope.as_ref())
}

fn write(ctx: &Ctx, args: &Args, place: &Place, opened: &[Opened]) -> anyhow::Result<()> {
    let shown = || args.out.display().to_string();
    let into = BufWriter::new(create(&args.out)?);
    // Digits, as the header of a BAI file wants them: the day and the end of the seed.
    let reference = format!("{}{:04}", place.day.strftime("%y%m%d"), args.seed % 10_000);
    match args.format {
        FileFormat::Csv => {
            let mut writer = csv::Writer::new(into)?;
            for envelope in in_file(opened) {
                writer.write(envelope).with_context(shown)?;
            }
            writer.finish(&reference).with_context(shown)?;
        }
        FileFormat::Bai => {
            let name = args.layout.as_deref().unwrap_or(&ctx.plan.lockbox.layout);
            let layout = ctx.plan.lockbox.layout(name);
            let layout = layout.with_context(|| format!("no layout is called {name}"))?;
            let header = bai::Header {
                destination: "MEMBERPAY".to_owned(),
                origin: "SIMULATION".to_owned(),
                made: place.day.at(18, 0, 0, 0),
                reference,
            };
            let mut writer = bai::Writer::new(into, &layout, &header)?;
            for envelope in in_file(opened) {
                writer.write(envelope).with_context(shown)?;
            }
            writer.finish().with_context(shown)?;
        }
    }
    Ok(())
}

fn create(path: &Path) -> anyhow::Result<File> {
    File::create(path).with_context(|| path.display().to_string())
}

fn say(args: &Args, opened: &[Opened], readings: &Readings) {
    if args.list {
        for one in opened {
            let number = one.envelope.as_ref().map_or("sent-back", |e| &e.number);
            println!(
                "{number} {} {}",
                one.invoice_numbers.join("+"),
                one.fault.map_or("clean", Fault::code)
            );
        }
    }
    let checks: usize = in_file(opened).map(|envelope| envelope.checks.len()).sum();
    let cents: Cents = in_file(opened).map(Envelope::total).sum();
    println!(
        "{}: {} envelopes, {checks} checks, {cents}",
        args.out.display(),
        in_file(opened).count()
    );
    println!(
        "{} coupons: {} read right, {} misread and caught by length or check digit, {} not caught",
        readings.right + readings.caught + readings.not_caught,
        readings.right,
        readings.caught,
        readings.not_caught
    );
    for fault in Fault::ALL {
        let count = opened.iter().filter(|one| one.fault == Some(fault)).count();
        println!("  {}: {count}", fault.code());
    }
}
