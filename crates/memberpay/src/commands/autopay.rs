//! `memberpay autopay plan|send|watch|release` and `memberpay nightly`.

use std::sync::Arc;

use jiff::civil::Date;
use usecases::autopay::{self, RunOptions};
use usecases::nightly::{self, JobState};
use usecases::{Actor, Ctx};

use crate::progress::Bar;
use crate::settings::Settings;
use crate::wiring;

/// What can be done about autopay by hand.
#[derive(Debug, clap::Subcommand)]
pub enum AutopayCommand {
    /// Plans the drafts of every mandate and says how many changed.
    Plan(Which),
    /// Turns the drafts that are due into payments and sends them.
    Send(Which),
    /// Lists every mandate without exactly one draft as it should be.
    Watch(Which),
    /// Lets a day go on that stopped itself because it was off its forecast.
    Release(Release),
}

/// For which day, and how.
#[derive(Debug, clap::Args)]
pub struct Which {
    /// The day, as YYYY-MM-DD; today without it.
    #[arg(long)]
    day: Option<Date>,
    /// How many stretches of accounts are worked on at once (PostgreSQL).
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// How many account numbers one database transaction takes.
    #[arg(long, default_value_t = 5_000)]
    chunk: i64,
}

impl Which {
    fn day(&self, ctx: &Ctx) -> Date {
        self.day.unwrap_or_else(|| ctx.today())
    }

    fn options(&self) -> RunOptions {
        RunOptions {
            workers: self.workers,
            chunk: self.chunk,
            ..RunOptions::default()
        }
    }
}

/// Which day is released, and why.
#[derive(Debug, clap::Args)]
pub struct Release {
    /// The day, as YYYY-MM-DD.
    day: Date,
    /// Why it is right that it is off its forecast; kept with the day.
    #[arg(long)]
    reason: String,
}

/// Runs one of them. Each can be killed and run again.
///
/// # Errors
/// If the database does not answer; for `send`, also if the day stopped itself; for `release`, if
/// it did not.
pub async fn run(command: &AutopayCommand, settings: &Settings) -> anyhow::Result<()> {
    let ctx = context(settings).await?;
    let done = match command {
        AutopayCommand::Plan(which) => plan(&ctx, which).await,
        AutopayCommand::Send(which) => send(&ctx, which).await,
        AutopayCommand::Watch(which) => watch(&ctx, which).await,
        AutopayCommand::Release(release) => {
            let (day, reason) = (release.day, &release.reason);
            autopay::release(&ctx, &Actor::Operator, day, reason).await?;
            println!("{day} is released; send it with `memberpay autopay send --day {day}`");
            Ok(())
        }
    };
    ctx.store.close().await;
    done
}

/// With the real processor and the real keys: drafts are sent, and what was agreed to is opened.
async fn context(settings: &Settings) -> anyhow::Result<Ctx> {
    let gateway = Arc::new(wiring::processor(settings)?);
    wiring::context(settings, gateway, wiring::vault(settings)?).await
}

async fn plan(ctx: &Ctx, which: &Which) -> anyhow::Result<()> {
    let bar = Bar::counting("accounts");
    let (day, options) = (which.day(ctx), which.options());
    let report = autopay::plan_drafts(ctx, &Actor::Operator, day, options, &bar).await;
    bar.clear();
    let report = report?;
    println!(
        "{day}: {} mandates, {} drafts made or changed, {} notices, {} mandates ended with their \
         coverage",
        report.mandates, report.written, report.told, report.ended
    );
    Ok(())
}

async fn send(ctx: &Ctx, which: &Which) -> anyhow::Result<()> {
    let bar = Bar::counting("drafts");
    let day = which.day(ctx);
    let report = autopay::send_drafts(ctx, &Actor::Operator, day, &bar).await;
    bar.clear();
    let report = report?;
    if let Some(why) = report.stopped {
        anyhow::bail!(
            "nothing was sent for {day}: {why}. When it is right all the same: \
             memberpay autopay release {day} --reason \"…\""
        );
    }
    println!(
        "{day}: {} drafts of {} became payments, {} did not, {} were sent to the processor",
        report.sent, report.cents, report.not_sent, report.dispatched
    );
    Ok(())
}

async fn watch(ctx: &Ctx, which: &Which) -> anyhow::Result<()> {
    let bar = Bar::counting("accounts");
    let (day, options) = (which.day(ctx), which.options());
    let report = autopay::watch(ctx, &Actor::Operator, day, options, &bar).await;
    bar.clear();
    let report = report?;
    for row in autopay::watch_list(ctx, &Actor::Operator).await? {
        println!(
            "{} {:<18} account ending in {}: {}{} since {}",
            row.month,
            row.plan_line,
            row.account_last_four,
            row.finding,
            if row.is_fault { " (a fault)" } else { "" },
            row.since
        );
    }
    println!(
        "{day}: {} mandates, {} without exactly one draft, {} of them faults",
        report.mandates, report.listed, report.faults
    );
    Ok(())
}

/// For which day the jobs of the night are run.
#[derive(Debug, clap::Args)]
pub struct NightlyArgs {
    /// The day, as YYYY-MM-DD; today without it.
    #[arg(long)]
    day: Option<Date>,
}

/// Runs the jobs of a night that are not done.
///
/// # Errors
/// If the database does not answer, or one of the jobs failed.
pub async fn run_nightly(args: &NightlyArgs, settings: &Settings) -> anyhow::Result<()> {
    let ctx = context(settings).await?;
    let day = args.day.unwrap_or_else(|| ctx.today());
    let bar = Bar::counting("done");
    let reports = nightly::run(&ctx, day, &bar).await;
    bar.clear();
    ctx.store.close().await;
    let mut failed = 0;
    for report in reports? {
        let said = match report.state {
            JobState::Done => "done".to_owned(),
            JobState::DoneBefore => "was done before".to_owned(),
            JobState::Waits => "is worked on, or waits to be tried again".to_owned(),
            JobState::Failed(why) => {
                failed += 1;
                format!("failed: {why}")
            }
        };
        println!("{day} {:<16} {said}", report.job);
    }
    anyhow::ensure!(failed == 0, "{failed} jobs failed; they are tried again");
    Ok(())
}
