//! `memberpay bench lockbox`: a day's file of the lockbox bank, from its bytes to the journal,
//! beside the plainest set-based SQL that writes the same rows into the same tables, in turns, in
//! one run. Everybody pays by check and coupon what is asked for.
#![expect(
    clippy::float_arithmetic,
    reason = "seconds and ratios of a benchmark; no money"
)]

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::ensure;
use formats::lockbox::bai::Layout;
use formats::lockbox::{Check, Coupon, Envelope, Format, Position, csv};
use jiff::civil::Date;
use kernel::{BillingMonth, Secret};
use store::bare_lockbox::{self, Due, Stretch};
use store::{bare_autopay, bare_billing};
use usecases::lockbox::{CHUNK, ImportFile};
use usecases::{Actor, Ctx};

use super::bill;
use super::usage::Usage;
use crate::progress::Bar;
use crate::settings::Settings;
use crate::wiring;

/// How the lockbox is measured.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// How many accounts, each with a check.
    #[arg(long, default_value_t = 100_000)]
    accounts: u64,
    /// How many times the lockbox and its bare limit take turns.
    #[arg(long, default_value_t = 2)]
    rounds: u32,
    /// How many checks one database transaction takes, in both.
    #[arg(long, default_value_t = CHUNK)]
    chunk: usize,
}

/// Runs the benchmark on the database of the settings, which must be empty.
///
/// # Errors
/// If the database is not empty, a check is not posted, the same file again posts anything, or the
/// two made other numbers of rows.
pub async fn run(args: &Args, settings: &Settings) -> anyhow::Result<()> {
    let ctx = wiring::unsealed_context(settings).await?;
    ensure!(
        usecases::pages::is_empty(&ctx).await?,
        "the database holds members; a benchmark wants an empty one"
    );
    let mut month = BillingMonth::of(ctx.today());
    bill::seed(&ctx, &settings.data, args.accounts, month).await?;
    bare_lockbox::silence(&ctx.store).await?;
    let (mut ours, mut bare) = (Duration::ZERO, Duration::ZERO);
    for round in 1..=args.rounds.max(1) {
        invoice(&ctx, month).await?;
        let file = settings.data.join(format!("lockbox-{round}.csv"));
        let checks = write(&ctx, month, &file).await?;
        parse(&file, checks)?;
        let (took, rows) = take_in(&ctx, args, &file, checks, settings).await?;
        println!(
            "POST-LOCKBOX round {round}: {checks} checks, {rows} rows in {:.1} s, {:.0} a second",
            took.as_secs_f64(),
            checks as f64 / took.as_secs_f64()
        );
        ours += took;
        bare_autopay::settle(&ctx.store, month).await?;
        month = month.next();
        invoice(&ctx, month).await?;
        let (took, bare_rows, taken) = bare_day(&ctx, args, month, settings).await?;
        println!(
            "bare SQL round {round}: {taken} checks, {bare_rows} rows in {:.1} s, {:.0} a second",
            took.as_secs_f64(),
            taken as f64 / took.as_secs_f64()
        );
        // Some coverages end with the month, so the days are not of one size. Ours notes the file's
        // beginning and end, too.
        ensure!(
            i128::from(rows - 2) * i128::from(taken) == i128::from(bare_rows) * i128::from(checks),
            "{rows} rows of {checks} checks and {bare_rows} of {taken}"
        );
        bare += took.mul_f64(checks as f64 / taken as f64);
        bare_autopay::settle(&ctx.store, month).await?;
        month = month.next();
    }
    println!(
        "POST-LOCKBOX: {:.2} times the bare SQL (goal: at most 2.50)",
        ours.as_secs_f64() / bare.as_secs_f64()
    );
    ctx.store.close().await;
    Ok(())
}

async fn highest(ctx: &Ctx) -> anyhow::Result<i64> {
    let mut tx = ctx.store.read().await?;
    Ok(store::billing::highest_account_number(&mut tx).await?)
}

async fn invoice(ctx: &Ctx, month: BillingMonth) -> anyhow::Result<()> {
    for after in (0..highest(ctx).await?).step_by(5_000) {
        let (stretch, issued_on) = ((after, after + 5_000), month.first_day());
        bare_billing::bill(&ctx.store, month, stretch, issued_on, ctx.now()).await?;
    }
    Ok(())
}

/// Writes the bank's file: a check and a coupon for everybody who is asked for something.
async fn write(ctx: &Ctx, month: BillingMonth, path: &Path) -> anyhow::Result<u64> {
    let layout = usecases::invoices::scan_line_layout(&ctx.plan);
    let mut writer = csv::Writer::new(BufWriter::new(File::create(path)?))?;
    let mut checks = 0_u64;
    for after in (0..highest(ctx).await?).step_by(5_000) {
        for due in bare_lockbox::due(&ctx.store, month, (after, after + 5_000)).await? {
            checks += 1;
            writer.write(&envelope(&layout, &due, checks, month.first_day())?)?;
        }
    }
    writer.finish(&month.to_string())?;
    Ok(checks)
}

/// Deposited when the month begins, so that everybody who is invoiced is covered.
fn envelope(
    layout: &formats::scan_line::Layout,
    due: &Due,
    number: u64,
    deposited_on: Date,
) -> anyhow::Result<Envelope> {
    let (member, invoice) = (&due.member_id, &due.invoice_number);
    let line = formats::scan_line::compose(layout, member, invoice, due.cents)?;
    let mut coupon = Coupon::at(Position::Line(0));
    coupon.scan_line = Some(line);
    Ok(Envelope {
        position: Position::Line(0),
        lockbox: "0022222".to_owned(),
        deposited_on,
        batch: format!("{:03}", 1 + number / 500),
        number: number.to_string(),
        checks: vec![Check {
            position: Position::Line(0),
            amount: due.cents,
            routing: Some(Secret::new("011000015".to_owned())),
            account: Some(Secret::new(format!("98765{number:07}"))),
            number: Some(invoice.trim_start_matches('0').to_owned()),
            dated: Some(deposited_on),
            remitter: Some("PAT PAYER".to_owned()),
            payee: None,
            image: None,
            electronic: false,
        }],
        coupons: vec![coupon],
    })
}

/// How long reading alone takes.
fn parse(path: &Path, checks: u64) -> anyhow::Result<()> {
    let begun = Instant::now();
    let open = || File::open(path).map(std::io::BufReader::new);
    let layout = Layout::preset("standard").expect("it is a preset");
    let format = Format::of(b"kind,lockbox", &layout).unwrap_or(Format::Csv);
    let mut read = 0;
    for envelope in format.envelopes(open()?)? {
        read += envelope?.checks.len() as u64;
    }
    ensure!(read == checks, "{read} checks were read of {checks}");
    let took = begun.elapsed().as_secs_f64();
    println!(
        "reading alone: {:.2} s, {:.0} checks a second",
        took,
        checks as f64 / took
    );
    Ok(())
}

async fn take_in(
    ctx: &Ctx,
    args: &Args,
    path: &Path,
    checks: u64,
    settings: &Settings,
) -> anyhow::Result<(Duration, i64)> {
    let file = |path: PathBuf| ImportFile {
        path,
        layout: None,
        chunk: args.chunk.max(1),
    };
    let before = bare_lockbox::rows(&ctx.store).await?;
    let used = Usage::now(&settings.database_url);
    let (begun, bar) = (Instant::now(), Bar::counting("envelopes"));
    let import = file(path.to_owned());
    let report = usecases::lockbox::import(ctx, &Actor::Operator, import, &bar).await?;
    let took = begun.elapsed();
    bar.clear();
    println!("{}", Usage::now(&settings.database_url).since(&used));
    ensure!(
        u64::try_from(report.posted)? == checks,
        "{} of {checks} checks were posted: {:?}",
        report.posted,
        report.by_reason
    );
    let after = bare_lockbox::rows(&ctx.store).await?;
    let begun = Instant::now();
    let import = file(path.to_owned());
    let again = usecases::lockbox::import(ctx, &Actor::Operator, import, &bar).await?;
    ensure!(again.before.is_some(), "the same file was not known again");
    ensure!(
        bare_lockbox::rows(&ctx.store).await? == after,
        "the same file posted something again"
    );
    println!(
        "the same file again: nothing, {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    Ok((took, after - before))
}

async fn bare_day(
    ctx: &Ctx,
    args: &Args,
    month: BillingMonth,
    settings: &Settings,
) -> anyhow::Result<(Duration, i64, u64)> {
    let before = bare_lockbox::rows(&ctx.store).await?;
    let used = Usage::now(&settings.database_url);
    let (file, day, highest) = (ctx.id(), month.first_day(), highest(ctx).await?);
    let begun = Instant::now();
    bare_lockbox::begin(&ctx.store, file, day, ctx.now()).await?;
    let chunk = i64::try_from(args.chunk.max(1))?;
    let mut taken = 0;
    for after in (0..highest).step_by(args.chunk.max(1)) {
        let stretch = Stretch {
            file,
            month,
            deposited_on: day,
            now: ctx.now(),
            accounts: (after, after + chunk),
        };
        taken += bare_lockbox::take_in(&ctx.store, stretch).await?;
    }
    let took = begun.elapsed();
    println!("{}", Usage::now(&settings.database_url).since(&used));
    ensure!(taken > 0, "nobody is asked for anything");
    Ok((took, bare_lockbox::rows(&ctx.store).await? - before, taken))
}
