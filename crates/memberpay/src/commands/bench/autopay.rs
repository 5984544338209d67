//! `memberpay bench autopay`: a night of autopay over all mandates, beside the plainest set-based
//! SQL that writes the same rows into the same tables of the same database, in turns, in one run.
//!
//! A night plans the drafts of a month and makes payments and attempts of them, ready to be sent.
//! Nothing is sent: what a processor takes for a charge is not ours to measure.
#![expect(
    clippy::float_arithmetic,
    reason = "seconds and ratios of a benchmark; no money"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use kernel::{BillingMonth, MandateId, MethodId};
use store::bare_autopay::{self, Planted};
use store::bare_billing;
use usecases::autopay::RunOptions;
use usecases::{Actor, Ctx};

use super::bill;
use super::usage::Usage;
use crate::progress::Bar;
use crate::settings::Settings;
use crate::wiring;

/// How autopay is measured.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// How many accounts, each with a mandate.
    #[arg(long, default_value_t = 1_000_000)]
    accounts: u64,
    /// How many times autopay and its bare limit take turns.
    #[arg(long, default_value_t = 2)]
    rounds: u32,
    /// How many accounts one database transaction takes, in both.
    #[arg(long, default_value_t = 5_000)]
    chunk: i64,
    /// How many stretches of accounts are worked on at once (PostgreSQL), in both.
    #[arg(long, default_value_t = 2)]
    workers: usize,
}

/// Runs the benchmark on the database of the settings, which must be empty.
///
/// # Errors
/// If the database is not empty, a draft is missing or differs from the bare one, or a second run
/// adds a row.
pub async fn run(args: &Args, settings: &Settings) -> anyhow::Result<()> {
    let ctx = without_reminders(wiring::unsealed_context(settings).await?);
    ensure!(
        usecases::pages::is_empty(&ctx).await?,
        "the database holds members; a benchmark wants an empty one"
    );
    let mut month = BillingMonth::of(ctx.today());
    bill::seed(&ctx, &settings.data, args.accounts, month).await?;
    plant(&ctx, month, args).await?;
    let (mut ours, mut bare) = (Duration::ZERO, Duration::ZERO);
    for round in 1..=args.rounds.max(1) {
        invoice(&ctx, month, args).await?;
        let measured = night(&ctx, month, args, settings).await?;
        println!("AUTOPAY  round {round}: {measured}");
        ours += measured.planned + measured.prepared;
        again(&ctx, month, args, &measured).await?;
        bare_autopay::settle(&ctx.store, month).await?;
        month = month.next();
        invoice(&ctx, month, args).await?;
        let measured = bare_night(&ctx, month, args, settings).await?;
        println!("bare SQL round {round}: {measured}");
        bare += measured.planned + measured.prepared;
        bare_autopay::settle(&ctx.store, month).await?;
        month = month.next();
    }
    println!(
        "AUTOPAY: {:.2} times the bare SQL (goal: at most 2.50)",
        ours.as_secs_f64() / bare.as_secs_f64()
    );
    ctx.store.close().await;
    Ok(())
}

/// Reminders of ordinary drafts belong to a night some days before the one that is measured.
fn without_reminders(ctx: Ctx) -> Ctx {
    let mut plan = (*ctx.plan).clone();
    plan.autopay.reminder_days = 0;
    Ctx {
        plan: Arc::new(plan),
        ..ctx
    }
}

/// Gives every account a bank account and a mandate, by the plainest statements.
async fn plant(ctx: &Ctx, month: BillingMonth, args: &Args) -> anyhow::Result<()> {
    let begun = Instant::now();
    let highest = highest(ctx).await?;
    let mut count = 0;
    for after in (0..highest).step_by(usize::try_from(args.chunk.max(1))?) {
        let accounts = bare_autopay::accounts(&ctx.store, (after, after + args.chunk)).await?;
        count += accounts.len();
        let evidence = br#"{"address":"192.0.2.7","user_agent":"Mozilla/5.0 (X11; Linux x86_64)"}"#;
        let planted = accounts.into_iter().map(|(account, person)| {
            let mandate: MandateId = ctx.id();
            Planted {
                account,
                person,
                method: MethodId::from_uuid(mandate.uuid()),
                reference: format!("pm_{mandate}"),
                mandate,
                evidence: ctx
                    .vault
                    .seal(&format!("mandate-evidence:{mandate}"), evidence),
            }
        });
        bare_autopay::plant(&ctx.store, month, planted.collect(), ctx.now()).await?;
    }
    println!("{count} mandates in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}

async fn highest(ctx: &Ctx) -> anyhow::Result<i64> {
    let mut tx = ctx.store.read().await?;
    Ok(store::billing::highest_account_number(&mut tx).await?)
}

/// Invoices the month by bare SQL and takes the last draft of each mandate to have been as much, so
/// that nobody is to be told of another amount.
async fn invoice(ctx: &Ctx, month: BillingMonth, args: &Args) -> anyhow::Result<()> {
    let highest = highest(ctx).await?;
    for after in (0..highest).step_by(usize::try_from(args.chunk.max(1))?) {
        let stretch = (after, after + args.chunk);
        let issued_on = month.first_day();
        bare_billing::bill(&ctx.store, month, stretch, issued_on, ctx.now()).await?;
    }
    Ok(bare_autopay::align(&ctx.store).await?)
}

/// What one night came to.
struct Measured {
    planned: Duration,
    prepared: Duration,
    drafts: u64,
    rows: i64,
    sums: [i64; 2],
    usage: Usage,
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let wall = (self.planned + self.prepared).as_secs_f64();
        write!(
            f,
            "{} drafts, {} rows in {wall:.1} s (planning {:.1} s, payments {:.1} s), \
             {:.0} drafts a second, {}",
            self.drafts,
            self.rows,
            self.planned.as_secs_f64(),
            self.prepared.as_secs_f64(),
            self.drafts as f64 / wall,
            self.usage
        )
    }
}

async fn measured<P, S>(
    ctx: &Ctx,
    month: BillingMonth,
    settings: &Settings,
    plan: P,
    prepare: S,
) -> anyhow::Result<Measured>
where
    P: Future<Output = anyhow::Result<()>>,
    S: Future<Output = anyhow::Result<u64>>,
{
    let rows = |rows: [i64; 4]| rows.iter().sum::<i64>();
    let before = rows(bare_autopay::rows(&ctx.store).await?);
    let used = Usage::now(&settings.database_url);
    let begun = Instant::now();
    plan.await?;
    let planned = begun.elapsed();
    let begun = Instant::now();
    let drafts = prepare.await?;
    let prepared = begun.elapsed();
    let usage = Usage::now(&settings.database_url).since(&used);
    let after = rows(bare_autopay::rows(&ctx.store).await?);
    Ok(Measured {
        planned,
        prepared,
        drafts,
        rows: after - before,
        sums: bare_autopay::sums(&ctx.store, month).await?,
        usage,
    })
}

async fn night(
    ctx: &Ctx,
    month: BillingMonth,
    args: &Args,
    settings: &Settings,
) -> anyhow::Result<Measured> {
    let night = measured(ctx, month, settings, plan(ctx, month, args), async {
        prepare(ctx, month).await
    })
    .await?;
    let expected = bare_autopay::owing(&ctx.store, month).await?;
    ensure!(
        night.sums == expected,
        "the drafts of {month} come to {:?}, what is owed to {expected:?}",
        night.sums
    );
    Ok(night)
}

/// The drafts of the month, planned the night before they are due.
async fn plan(ctx: &Ctx, month: BillingMonth, args: &Args) -> anyhow::Result<()> {
    let options = RunOptions {
        stretches: 16,
        workers: args.workers,
        chunk: args.chunk,
    };
    let eve = month.previous().last_day();
    let bar = Bar::counting("accounts");
    let planned = usecases::autopay::plan_drafts(ctx, &Actor::Operator, eve, options, &bar).await;
    bar.clear();
    let planned = planned?;
    ensure!(planned.told == 0, "{} members were told", planned.told);
    Ok(())
}

async fn prepare(ctx: &Ctx, month: BillingMonth) -> anyhow::Result<u64> {
    let bar = Bar::counting("drafts");
    let due = month.first_day();
    let sent = usecases::autopay::prepare_drafts(ctx, &Actor::Operator, due, &bar).await;
    bar.clear();
    let sent = sent?;
    if let Some(why) = sent.stopped {
        anyhow::bail!("the day was stopped: {why}");
    }
    Ok(sent.sent)
}

/// The same night again: nothing may be added, in a fraction of the time.
async fn again(
    ctx: &Ctx,
    month: BillingMonth,
    args: &Args,
    first: &Measured,
) -> anyhow::Result<()> {
    let before = bare_autopay::drafted(&ctx.store).await?;
    let begun = Instant::now();
    plan(ctx, month, args).await?;
    let sent = prepare(ctx, month).await?;
    let wall = begun.elapsed().as_secs_f64();
    let after = bare_autopay::drafted(&ctx.store).await?;
    ensure!(
        sent == 0 && before == after,
        "the second run made {sent} drafts more: {before:?}, {after:?}"
    );
    let share = wall * 100.0 / (first.planned + first.prepared).as_secs_f64();
    println!("AUTOPAY-RERUN: no draft, payment or attempt more, {share:.1} % of the time of a run");
    Ok(())
}

async fn bare_night(
    ctx: &Ctx,
    month: BillingMonth,
    args: &Args,
    settings: &Settings,
) -> anyhow::Result<Measured> {
    let (today, now) = (ctx.today(), ctx.now());
    let plan = stretches(ctx, args, async |stretch| {
        Ok(bare_autopay::plan(&ctx.store, month, stretch, now).await?)
    });
    let prepare = stretches(ctx, args, async |stretch| {
        Ok(bare_autopay::send(&ctx.store, month, stretch, today, now).await?)
    });
    measured(
        ctx,
        month,
        settings,
        async { plan.await.map(drop) },
        prepare,
    )
    .await
}

/// Does something with every stretch of accounts; how many rows of the first kind that made.
async fn stretches(
    ctx: &Ctx,
    args: &Args,
    work: impl AsyncFn((i64, i64)) -> anyhow::Result<u64>,
) -> anyhow::Result<u64> {
    let highest = highest(ctx).await?;
    let workers = if ctx.store.is_postgres() {
        args.workers.max(1)
    } else {
        1
    };
    let next = AtomicI64::new(0);
    let each = (0..workers).map(|_| async {
        let mut made = 0;
        loop {
            let after = next.fetch_add(args.chunk, Ordering::Relaxed);
            if after >= highest {
                return anyhow::Ok(made);
            }
            made += work((after, after + args.chunk)).await?;
        }
    });
    Ok(futures_util::future::try_join_all(each)
        .await?
        .into_iter()
        .sum())
}
