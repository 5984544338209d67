//! The billing run: one invoice for each account and month.
//!
//! The accounts are cut into partitions by their numbers. A worker claims a partition and bills it
//! in chunks; a chunk's invoices, journal, balances and checkpoint are one database transaction. So
//! a run that is killed at any point is resumed where it stood, two runs at once share the work,
//! and a run that is repeated finds nothing to do.

mod chunk;
mod facts;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use billing::RunSummary;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kernel::BillingMonth;
use store::billing::Partition;
use store::{StoreError, Tx};

use crate::audit::{self, Event};
use crate::progress::Progress;
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// How long a worker that says nothing keeps its partition. It speaks at the end of every chunk and
/// again at the beginning of the next; a chunk under way locks its partition by itself. So this is
/// only how long the run after a killed one may have to wait. A claim that is lost all the same
/// costs nothing but the work on a chunk.
const LEASE: SignedDuration = SignedDuration::from_secs(1);

/// The highest account number there can be: the last partition takes accounts that come later.
const HIGHEST_NUMBER: i64 = 999_999_999;

/// How a billing run is carried out.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// Into how many partitions a new run is cut: 1 to 1,000.
    pub partitions: i64,
    /// How many of them are worked on at once. SQLite has one writer, so there it is one.
    pub workers: usize,
    /// How many accounts make a chunk.
    pub chunk: i64,
}

impl Default for RunOptions {
    fn default() -> Self {
        RunOptions {
            partitions: 16,
            workers: 2,
            chunk: 5_000,
        }
    }
}

/// What a billing run came to.
#[derive(Debug, Clone)]
pub struct BillingReport {
    /// The month.
    pub month: BillingMonth,
    /// The day on its invoices; `None` if there are no accounts.
    pub issued_on: Option<Date>,
    /// What was invoiced for the month by this and earlier passes, by plan line.
    pub by_line: BTreeMap<String, RunSummary>,
    /// How many invoices this pass made.
    pub new_invoices: u64,
}

impl BillingReport {
    /// All plan lines together.
    #[must_use]
    pub fn total(&self) -> RunSummary {
        RunSummary::total(&self.by_line)
    }
}

/// What every chunk of a run needs to know.
struct Run {
    ctx: Ctx,
    month: BillingMonth,
    /// The first month ever billed here: nothing before it is looked back at.
    first_month: BillingMonth,
    rules: facts::Rules,
    chunk: i64,
}

/// Invoices `month` for every account that has coverage in it or a change to catch up with. Months
/// are billed in order: one before the latest run is refused.
///
/// # Errors
/// [`UseCaseError::Refused`] with `billing-month-over` for a month before the latest one;
/// [`UseCaseError::Broken`] if the summary does not tie to the ledger.
pub async fn run(
    ctx: &Ctx,
    actor: &Actor,
    month: BillingMonth,
    options: RunOptions,
    progress: &dyn Progress,
) -> Result<BillingReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    progress.note("preparing");
    let Some((first_month, highest)) = begin(ctx, actor, month, options).await? else {
        return Ok(BillingReport {
            month,
            issued_on: None,
            by_line: BTreeMap::new(),
            new_invoices: 0,
        });
    };
    let run = Arc::new(Run {
        ctx: ctx.clone(),
        month,
        first_month,
        rules: facts::Rules::of(&ctx.plan),
        chunk: options.chunk.clamp(1, 100_000),
    });
    let partitions = store::billing::partitions(&mut ctx.store.read().await?, month).await?;
    let left = |part: &Partition| (part.last.min(highest) - part.done).max(0).unsigned_abs();
    progress.total(partitions.iter().map(left).sum());
    progress.note("billing");
    let workers = if ctx.store.is_postgres() {
        options.workers.clamp(1, 16)
    } else {
        1
    };
    let made = futures_util::future::try_join_all(
        (0..workers).map(|_| work(Arc::clone(&run), highest, progress)),
    )
    .await?;
    // Every chunk was compared with the ledger before it was committed, so the sum of them ties
    // too.
    let by_line = store::billing::summary(&mut ctx.store.read().await?, month).await?;
    Ok(BillingReport {
        month,
        issued_on: partitions.first().map(|part| part.issued_on),
        by_line,
        new_invoices: made.into_iter().sum(),
    })
}

/// Makes the partitions of a new run or takes up an old one. The first month ever billed and the
/// highest account number, or `None` if there are no accounts.
async fn begin(
    ctx: &Ctx,
    actor: &Actor,
    month: BillingMonth,
    options: RunOptions,
) -> Result<Option<(BillingMonth, i64)>, UseCaseError> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store.clone();
    store
        .write(move |tx| {
            let (ctx, actor) = (ctx.clone(), actor.clone());
            Box::pin(async move { begin_in(tx, &ctx, &actor, month, options).await })
        })
        .await
}

async fn begin_in(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    month: BillingMonth,
    options: RunOptions,
) -> Result<Option<(BillingMonth, i64)>, UseCaseError> {
    let months = store::billing::months_run(tx).await?;
    if let Some((_, latest)) = months.filter(|(_, latest)| month < *latest) {
        return Err(Refusal::new("billing-month-over")
            .with("latest", latest)
            .into());
    }
    let highest = store::billing::highest_account_number(tx).await?;
    if highest == 0 {
        return Ok(None);
    }
    if store::billing::partitions(tx, month).await?.is_empty() {
        let parts = cut(highest, options.partitions, ctx.today());
        store::billing::add_partitions(tx, month, &parts).await?;
    } else {
        store::billing::begin_again(tx, month).await?;
    }
    audit::record(
        tx,
        ctx,
        actor,
        Event {
            action: "billing-run",
            account: None,
            subject: &month.to_string(),
            detail: "",
        },
    )
    .await?;
    Ok(Some((months.map_or(month, |(first, _)| first), highest)))
}

/// Partitions of about the same size over the account numbers 1 to `highest`.
fn cut(highest: i64, partitions: i64, issued_on: Date) -> Vec<Partition> {
    let count = partitions.clamp(1, 1_000).min(highest);
    let bound = |number: i64| highest / count * number + highest % count * number / count;
    (1..=count)
        .map(|number| Partition {
            number,
            first: bound(number - 1) + 1,
            last: if number == count {
                HIGHEST_NUMBER
            } else {
                bound(number)
            },
            done: bound(number - 1),
            issued_on,
        })
        .collect()
}

/// Claims and bills partitions until all of them are finished, by whomever. How many invoices it
/// made.
async fn work(run: Arc<Run>, highest: i64, progress: &dyn Progress) -> Result<u64, UseCaseError> {
    let worker: Arc<str> = gateways::chance::Draw::token(&*run.ctx.chance, 12).into();
    let mut made = 0;
    loop {
        match claim(&run, &worker).await? {
            Some(partition) => made += bill(&run, &worker, partition, highest, progress).await?,
            None => {
                let mut tx = run.ctx.store.read().await?;
                if store::billing::unfinished(&mut tx, run.month).await? == 0 {
                    return Ok(made);
                }
                drop(tx);
                // Another process has the rest. If it dies, its claim runs out and this one goes
                // on.
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

async fn claim(run: &Arc<Run>, worker: &Arc<str>) -> Result<Option<Partition>, UseCaseError> {
    let now = run.ctx.now();
    let (month, worker) = (run.month, Arc::clone(worker));
    let until = leased(now);
    let claimed: Result<_, StoreError> = run
        .ctx
        .store
        .write(move |tx| {
            let worker = Arc::clone(&worker);
            Box::pin(async move { store::billing::claim(tx, month, &worker, now, until).await })
        })
        .await;
    Ok(claimed?)
}

fn leased(now: Timestamp) -> Timestamp {
    now.checked_add(LEASE).unwrap_or(Timestamp::MAX)
}

/// Bills a claimed partition, chunk by chunk, to its end or until the claim is lost.
async fn bill(
    run: &Arc<Run>,
    worker: &Arc<str>,
    partition: Partition,
    highest: i64,
    progress: &dyn Progress,
) -> Result<u64, UseCaseError> {
    let (mut made, mut done) = (0, partition.done);
    loop {
        let (run_again, worker) = (Arc::clone(run), Arc::clone(worker));
        let chunk = run
            .ctx
            .store
            .write(move |tx| {
                let (run, worker) = (Arc::clone(&run_again), Arc::clone(&worker));
                Box::pin(async move { chunk::bill(tx, &run, &worker, partition.number).await })
            })
            .await?;
        let Some(chunk) = chunk else { return Ok(made) };
        made += chunk.invoices;
        progress.done((chunk.done.min(highest) - done).max(0).unsigned_abs());
        done = chunk.done;
        if chunk.finished {
            return Ok(made);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn partitions_cover_every_account_number_once() {
        for (highest, count) in [
            (1, 16),
            (16, 16),
            (17, 16),
            (1_000_003, 7),
            (5, 1),
            (3, 1_000),
        ] {
            let parts = cut(highest, count, date(2026, 11, 10));
            let mut next = 1;
            for part in &parts {
                assert_eq!(
                    (part.first, part.done),
                    (next, next - 1),
                    "{highest} in {count}"
                );
                assert!(part.last >= part.first);
                next = part.last + 1;
            }
            assert_eq!(next, HIGHEST_NUMBER + 1);
        }
    }
}
