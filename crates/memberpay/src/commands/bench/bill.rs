//! `memberpay bench bill`: BILL-1M, BILL-RERUN and BILL-RESUME, beside the plainest set-based SQL
//! that writes the same rows into the same tables of the same database, in turns, in one run.
#![expect(
    clippy::float_arithmetic,
    reason = "seconds and ratios of a benchmark; no money"
)]

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use demo::RosterShape;
use kernel::BillingMonth;
use store::bare_billing;
use usecases::billing::RunOptions;
use usecases::roster::ImportFile;
use usecases::{Actor, Ctx};

use super::usage::Usage;
use crate::progress::Bar;
use crate::settings::Settings;
use crate::wiring;

/// How billing is measured.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// How many accounts.
    #[arg(long, default_value_t = 1_000_000)]
    accounts: u64,
    /// How many times billing and its bare limit take turns.
    #[arg(long, default_value_t = 2)]
    rounds: u32,
    /// How many accounts one database transaction takes, in both.
    #[arg(long, default_value_t = 5_000)]
    chunk: i64,
    /// How many partitions are worked on at once (PostgreSQL), in both.
    #[arg(long, default_value_t = 2)]
    workers: usize,
}

/// Runs the benchmark on the database of the settings, which must be empty.
///
/// # Errors
/// If the database is not empty, or a run leaves other rows than it must.
pub async fn run(args: &Args, settings: &Settings) -> anyhow::Result<()> {
    let ctx = wiring::unsealed_context(settings).await?;
    ensure!(
        usecases::pages::is_empty(&ctx).await?,
        "the database holds members; a benchmark wants an empty one"
    );
    let mut month = BillingMonth::of(ctx.today());
    seed(&ctx, &settings.data, args.accounts, month).await?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 1..=args.rounds.max(1) {
        let measured = bill(&ctx, month, args, settings).await?;
        println!("BILL     round {round}: {measured}");
        ours.push(measured.wall);
        month = month.next();
        let measured = bare_run(&ctx, month, args, settings).await?;
        println!("bare SQL round {round}: {measured}");
        bare.push(measured.wall);
        month = month.next();
    }
    let (ours_sum, bare_sum) = (seconds(&ours), seconds(&bare));
    println!(
        "BILL: {:.2} times the bare SQL (goal: at most 2.00)",
        ours_sum / bare_sum
    );
    bill(&ctx, month, args, settings).await?;
    rerun(&ctx, month, args, settings, ours_sum / ours.len() as f64).await?;
    resume(
        &ctx,
        month.next(),
        args,
        settings,
        ours_sum / ours.len() as f64,
    )
    .await?;
    ctx.store.close().await;
    Ok(())
}

fn seconds(times: &[Duration]) -> f64 {
    times.iter().map(Duration::as_secs_f64).sum()
}

/// Takes over a synthetic roster of subscribers through the same door as any other.
pub(super) async fn seed(
    ctx: &Ctx,
    folder: &Path,
    accounts: u64,
    month: BillingMonth,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join("bench-roster.csv");
    let shape = RosterShape {
        members: accounts.saturating_mul(4),
        seed: 1,
        as_of: month,
    };
    let (mut count, mut last) = (0, None);
    let kept = shape
        .records()
        .filter(formats::enrollment::EnrollmentRecord::is_subscriber)
        .filter(|r| {
            r.coverage
                .as_ref()
                .is_some_and(|c| c.plan_line != demo::roster::lines::EMPLOYER)
        })
        .take_while(|record| {
            if last.as_ref() != Some(&record.member_id) {
                last = Some(record.member_id.clone());
                count += 1;
            }
            count <= accounts
        });
    let into = std::io::BufWriter::new(std::fs::File::create(&path)?);
    formats::enrollment::write_csv(into, kept)?;
    let begun = Instant::now();
    let bar = Bar::counting("records");
    let file = ImportFile {
        path: path.clone(),
        format: None,
        again: false,
    };
    let report = usecases::roster::import(ctx, &Actor::Operator, file, &bar).await;
    bar.clear();
    let report = report?;
    ensure!(
        report.rejected == 0,
        "the synthetic roster has rejected records"
    );
    let wall = begun.elapsed().as_secs_f64();
    println!(
        "roster: {} records taken over, {:.0} a second",
        report.records,
        report.records as f64 / wall
    );
    std::fs::remove_file(&path).with_context(|| path.display().to_string())
}

/// One run: how long, what it used, how many invoices.
struct Measured {
    wall: Duration,
    usage: Usage,
    invoices: u64,
    rows: i64,
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let wall = self.wall.as_secs_f64();
        write!(
            f,
            "{} invoices, {} rows in {wall:.1} s, {:.0} invoices a second, {}",
            self.invoices,
            self.rows,
            self.invoices as f64 / wall,
            self.usage
        )
    }
}

async fn measured<F>(ctx: &Ctx, settings: &Settings, work: F) -> anyhow::Result<Measured>
where
    F: Future<Output = anyhow::Result<u64>>,
{
    let rows = |rows: [i64; 4]| rows.iter().sum::<i64>();
    let before = rows(bare_billing::rows(&ctx.store).await?);
    let used = Usage::now(&settings.database_url);
    let begun = Instant::now();
    let invoices = work.await?;
    let wall = begun.elapsed();
    let usage = Usage::now(&settings.database_url).since(&used);
    let after = rows(bare_billing::rows(&ctx.store).await?);
    Ok(Measured {
        wall,
        usage,
        invoices,
        rows: after - before,
    })
}

async fn bill(
    ctx: &Ctx,
    month: BillingMonth,
    args: &Args,
    settings: &Settings,
) -> anyhow::Result<Measured> {
    let options = RunOptions {
        partitions: 16,
        workers: args.workers,
        chunk: args.chunk,
    };
    measured(ctx, settings, async {
        let bar = Bar::counting("accounts");
        let report = usecases::billing::run(ctx, &Actor::Operator, month, options, &bar).await;
        bar.clear();
        Ok(report?.new_invoices)
    })
    .await
}

async fn bare_run(
    ctx: &Ctx,
    month: BillingMonth,
    args: &Args,
    settings: &Settings,
) -> anyhow::Result<Measured> {
    let highest = store::billing::highest_account_number(&mut ctx.store.read().await?).await?;
    let workers = if ctx.store.is_postgres() {
        args.workers.max(1)
    } else {
        1
    };
    measured(ctx, settings, async {
        let next = std::sync::atomic::AtomicI64::new(0);
        let work = |_| async {
            let mut made = 0;
            loop {
                let after = next.fetch_add(args.chunk, std::sync::atomic::Ordering::Relaxed);
                if after >= highest {
                    return anyhow::Ok(made);
                }
                let stretch = (after, after + args.chunk);
                made +=
                    bare_billing::bill(&ctx.store, month, stretch, ctx.today(), ctx.now()).await?;
            }
        };
        let made = futures_util::future::try_join_all((0..workers).map(work)).await?;
        Ok(made.into_iter().sum())
    })
    .await
}

/// The same month again: nothing may be added, in a fraction of the time.
async fn rerun(
    ctx: &Ctx,
    month: BillingMonth,
    args: &Args,
    settings: &Settings,
    full: f64,
) -> anyhow::Result<()> {
    let again = bill(ctx, month, args, settings).await?;
    ensure!(again.rows == 0, "the second run added {} rows", again.rows);
    let share = again.wall.as_secs_f64() * 100.0 / full;
    println!("BILL-RERUN: 0 new rows, {share:.1} % of the time of a run (goal: under 20 %)");
    Ok(())
}

/// A month billed by processes that are killed at 10, 50 and 90 %.
async fn resume(
    ctx: &Ctx,
    month: BillingMonth,
    args: &Args,
    settings: &Settings,
    full: f64,
) -> anyhow::Result<()> {
    let before = bare_billing::sums(&ctx.store, month.plus(-1)).await?;
    let highest = store::billing::highest_account_number(&mut ctx.store.read().await?).await?;
    let begun = Instant::now();
    for percent in [10, 50, 90] {
        let mut child = bill_process(month, args, settings)?;
        while progress(ctx, month, highest).await? < percent && child.try_wait()?.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        child.kill().await?;
    }
    let done = bill_process(month, args, settings)?.wait().await?;
    ensure!(done.success(), "the last process did not finish the month");
    let share = begun.elapsed().as_secs_f64() / full;
    let after = bare_billing::sums(&ctx.store, month).await?;
    let same = |sums: [i64; 4]| [sums[0], sums[1], sums[3]];
    ensure!(
        same(before) == same(after),
        "a killed and resumed run made other rows: {after:?}, an undisturbed one {before:?}"
    );
    println!(
        "BILL-RESUME: killed at 10, 50 and 90 %, the same sums, {share:.2} times the time of a run \
         (goal: at most 1.10)"
    );
    Ok(())
}

fn bill_process(
    month: BillingMonth,
    args: &Args,
    settings: &Settings,
) -> anyhow::Result<tokio::process::Child> {
    let child = tokio::process::Command::new(std::env::current_exe()?)
        .args([
            "bill",
            "--month",
            &month.to_string(),
            "--chunk",
            &args.chunk.to_string(),
        ])
        .args(["--workers", &args.workers.to_string()])
        .env("DATABASE_URL", &settings.database_url)
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    Ok(child)
}

/// How much of a month is billed, in percent.
async fn progress(ctx: &Ctx, month: BillingMonth, highest: i64) -> anyhow::Result<i64> {
    let partitions = store::billing::partitions(&mut ctx.store.read().await?, month).await?;
    let done: i64 = partitions
        .iter()
        .map(|p| p.done.min(highest) - (p.first - 1))
        .sum();
    Ok(done * 100 / highest.max(1))
}
