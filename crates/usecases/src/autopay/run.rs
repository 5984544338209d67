//! Going through all mandates by stretches of account numbers: several workers and processes share
//! the work, every chunk is one commit together with its checkpoint, and a run that was killed goes
//! on where it stood.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::autopay_runs::Stretch;
use store::{BoxFuture, StoreError, Tx};

use crate::progress::Progress;
use crate::{Ctx, UseCaseError};

/// How long a worker that says nothing keeps its stretch; it speaks with every chunk.
const LEASE: SignedDuration = SignedDuration::from_secs(1);
/// The highest account number there can be: the last stretch takes accounts that come later.
const HIGHEST_NUMBER: i64 = 999_999_999;
/// Fewer account numbers than this are not worth a stretch: claims and checkpoints would cost more
/// than the accounts.
const LEAST_STRETCH: i64 = 250;

/// How long a worker without a stretch waits before it looks again: longer each time.
const SHORTEST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// How a run over all mandates is carried out.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// Into how many stretches a new run is cut at most: 1 to 1,000.
    pub stretches: i64,
    /// How many of them are worked on at once. SQLite has one writer, so there it is one.
    pub workers: usize,
    /// How many account numbers make a chunk.
    pub chunk: i64,
}

impl Default for RunOptions {
    fn default() -> Self {
        RunOptions {
            stretches: 16,
            workers: 2,
            chunk: 5_000,
        }
    }
}

/// What is done with the accounts numbered after the first number up to the second, in a
/// transaction that is open: how many mandates were looked at and how many rows were written.
pub(super) type Chunk = for<'t> fn(
    &'t mut Tx,
    &'t Ctx,
    Date,
    (i64, i64),
) -> BoxFuture<'t, Result<Counts, UseCaseError>>;

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub mandates: u64,
    pub written: u64,
    pub found: u64,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.mandates += other.mandates;
        self.written += other.written;
        self.found += other.found;
    }
}

/// A run: one purpose on one day.
pub(super) struct Run {
    pub ctx: Ctx,
    pub purpose: &'static str,
    pub day: Date,
    pub options: RunOptions,
    pub chunk: Chunk,
}

/// Goes through all accounts. A run that was finished is gone through again.
pub(super) async fn all(run: Run, progress: &dyn Progress) -> Result<Counts, UseCaseError> {
    let Some(highest) = begin(&run).await? else {
        return Ok(Counts::default());
    };
    progress.total(highest.unsigned_abs());
    let workers = if run.ctx.store.is_postgres() {
        run.options.workers.clamp(1, 16)
    } else {
        1
    };
    let run = Arc::new(run);
    let each = futures_util::future::try_join_all(
        (0..workers).map(|_| work(Arc::clone(&run), highest, progress)),
    )
    .await?;
    let mut total = Counts::default();
    for counts in each {
        total.add(counts);
    }
    Ok(total)
}

async fn begin(run: &Run) -> Result<Option<i64>, UseCaseError> {
    let (purpose, day, stretches) = (run.purpose, run.day, run.options.stretches);
    let begun: Result<Option<i64>, StoreError> = run
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let highest = store::billing::highest_account_number(tx).await?;
                if highest == 0 {
                    return Ok(None);
                }
                store::autopay_runs::begin_again(tx, purpose, day).await?;
                store::autopay_runs::begin(tx, purpose, day, &cut(highest, stretches)).await?;
                Ok(Some(highest))
            })
        })
        .await;
    Ok(begun?)
}

/// Stretches of about the same size over the account numbers 1 to `highest`.
fn cut(highest: i64, stretches: i64) -> Vec<Stretch> {
    let worth = (highest / LEAST_STRETCH).max(1);
    let count = stretches.clamp(1, 1_000).min(worth);
    let bound = |number: i64| highest / count * number + highest % count * number / count;
    (1..=count)
        .map(|number| Stretch {
            number,
            first: bound(number - 1) + 1,
            last: if number == count {
                HIGHEST_NUMBER
            } else {
                bound(number)
            },
            done: bound(number - 1),
        })
        .collect()
}

async fn work(
    run: Arc<Run>,
    highest: i64,
    progress: &dyn Progress,
) -> Result<Counts, UseCaseError> {
    let worker: Arc<str> = gateways::chance::Draw::token(&*run.ctx.chance, 12).into();
    let (mut total, mut pause) = (Counts::default(), SHORTEST_PAUSE);
    loop {
        if let Some(stretch) = claim(&run, &worker).await? {
            total.add(go_through(&run, &worker, stretch, highest, progress).await?);
            pause = SHORTEST_PAUSE;
            continue;
        }
        let mut tx = run.ctx.store.read().await?;
        if store::autopay_runs::unfinished(&mut tx, run.purpose, run.day).await? == 0 {
            return Ok(total);
        }
        drop(tx);
        // Somebody else has the rest. If they die, their claim runs out and this one goes on.
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn claim(run: &Arc<Run>, worker: &Arc<str>) -> Result<Option<Stretch>, UseCaseError> {
    let now = run.ctx.now();
    let (purpose, day, worker) = (run.purpose, run.day, Arc::clone(worker));
    let claimed: Result<_, StoreError> = run
        .ctx
        .store
        .write(move |tx| {
            let worker = Arc::clone(&worker);
            Box::pin(async move {
                store::autopay_runs::claim(tx, purpose, day, &worker, now, leased(now)).await
            })
        })
        .await;
    Ok(claimed?)
}

fn leased(now: Timestamp) -> Timestamp {
    now.checked_add(LEASE).unwrap_or(Timestamp::MAX)
}

/// Goes through a claimed stretch to its end, or until the claim is lost.
async fn go_through(
    run: &Arc<Run>,
    worker: &Arc<str>,
    stretch: Stretch,
    highest: i64,
    progress: &dyn Progress,
) -> Result<Counts, UseCaseError> {
    let (mut total, mut done) = (Counts::default(), stretch.done);
    loop {
        let (owned, worker) = (Arc::clone(run), Arc::clone(worker));
        let step = run
            .ctx
            .store
            .write(move |tx| {
                let (run, worker) = (Arc::clone(&owned), Arc::clone(&worker));
                Box::pin(async move { step(tx, &run, &worker, stretch.number, highest).await })
            })
            .await?;
        let Some((stretch, counts, finished)) = step else {
            return Ok(total);
        };
        total.add(counts);
        progress.done((stretch.done.min(highest) - done).max(0).unsigned_abs());
        done = stretch.done;
        if finished {
            return Ok(total);
        }
    }
}

async fn step(
    tx: &mut Tx,
    run: &Run,
    worker: &str,
    number: i64,
    highest: i64,
) -> Result<Option<(Stretch, Counts, bool)>, UseCaseError> {
    let held = store::autopay_runs::hold(tx, run.purpose, run.day, number, worker).await?;
    let Some(mut stretch) = held else {
        return Ok(None);
    };
    let after = stretch.done;
    let size = run.options.chunk.clamp(1, 100_000);
    let last = (after + size).min(stretch.last);
    // Numbers above the highest one when the run began have no accounts yet, or new ones only.
    let last = if last >= highest { stretch.last } else { last };
    let counts = (run.chunk)(tx, &run.ctx, run.day, (after, last)).await?;
    stretch.done = last;
    let finished = last == stretch.last;
    let end = run.ctx.now();
    let finished_at = finished.then_some(end);
    store::autopay_runs::advance(tx, run.purpose, run.day, &stretch, leased(end), finished_at)
        .await?;
    Ok(Some((stretch, counts, finished)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_cover_every_account_number_once() {
        for (highest, count) in [
            (1, 16),
            (249, 16),
            (500, 16),
            (4_017, 16),
            (1_000_003, 7),
            (5, 1),
        ] {
            let mut next = 1;
            for stretch in cut(highest, count) {
                assert_eq!((stretch.first, stretch.done), (next, next - 1));
                assert!(stretch.last >= stretch.first);
                next = stretch.last + 1;
            }
            assert_eq!(next, HIGHEST_NUMBER + 1, "{highest} in {count}");
        }
    }
}
