//! `memberpay bill --month 2026-12`.

use kernel::BillingMonth;
use usecases::Actor;
use usecases::billing::{BillingReport, RunOptions};

use crate::progress::Bar;
use crate::settings::Settings;
use crate::wiring;

/// How a month is invoiced.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The month, as YYYY-MM.
    #[arg(long)]
    month: String,
    /// Into how many partitions of accounts a new run is cut.
    #[arg(long, default_value_t = 16)]
    partitions: i64,
    /// How many partitions are worked on at once (PostgreSQL).
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// How many accounts one database transaction takes.
    #[arg(long, default_value_t = 5_000)]
    chunk: i64,
}

/// Invoices the month. Killed and run again, it goes on where it was.
///
/// # Errors
/// If the month is over, or the summary does not tie to the ledger.
pub async fn run(args: &Args, settings: &Settings) -> anyhow::Result<()> {
    let month = BillingMonth::parse(&args.month)?;
    let ctx = wiring::batch_context(settings).await?;
    let bar = Bar::counting("accounts");
    let options = RunOptions {
        partitions: args.partitions,
        workers: args.workers,
        chunk: args.chunk,
    };
    let report = usecases::billing::run(&ctx, &Actor::Operator, month, options, &bar).await;
    bar.clear();
    say(&report?);
    ctx.store.close().await;
    Ok(())
}

fn say(report: &BillingReport) {
    let day = report
        .issued_on
        .map(|day| day.to_string())
        .unwrap_or_default();
    println!("{} invoiced {day}", report.month);
    println!(
        "{:<22} {:>10} {:>18} {:>18} {:>14} {:>18}",
        "plan line", "invoices", "premium", "tax credits", "penalties", "charges"
    );
    let total = report.total();
    let lines = report
        .by_line
        .iter()
        .map(|(line, summary)| (line.as_str(), *summary));
    for (line, s) in lines.chain([("all", total)]) {
        println!(
            "{line:<22} {:>10} {:>18} {:>18} {:>14} {:>18}",
            s.invoices, s.premium, s.aptc, s.penalty, s.charges
        );
    }
    println!(
        "{} invoices were new; the sums tie to the ledger",
        report.new_invoices
    );
}
