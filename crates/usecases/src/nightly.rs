//! The jobs of the night, each once for each day.
//!
//! From the hour that the plan file names, in the plan's time zone, the jobs are run in the order
//! of the list below. A job that fails is tried again later and stops no other; one that another
//! process works on is left to it; one whose process died is taken over when its claim runs out.
//! The row of a day and job is what makes a night in which the clock goes back run once.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::{BoxFuture, StoreError};

use crate::autopay::RunOptions;
use crate::progress::{Progress, Unwatched};
use crate::{Actor, Ctx, UseCaseError, autopay, notices};

/// How long a process that says nothing keeps a job.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// How often it says that it still works on it.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);
/// How long to wait after each failure; the last one again and again until the day is over.
const WAITS_MINUTES: [i64; 4] = [1, 5, 15, 60];
const MOST_ERROR_CHARACTERS: usize = 300;

/// What a job does for a day.
type Run = for<'a> fn(&'a Ctx, Date, &'a dyn Progress) -> BoxFuture<'a, Result<(), UseCaseError>>;

/// Something to be done each night.
struct Job {
    name: &'static str,
    run: Run,
}

/// What is done each night, in this order.
const JOBS: &[Job] = &[
    Job {
        name: "autopay-plan",
        run: |ctx, day, progress| {
            Box::pin(async move {
                let options = RunOptions::default();
                autopay::plan_drafts(ctx, &Actor::Job("nightly"), day, options, progress)
                    .await
                    .map(drop)
            })
        },
    },
    Job {
        name: "autopay-send",
        run: |ctx, day, progress| {
            Box::pin(async move {
                autopay::send_drafts(ctx, &Actor::Job("nightly"), day, progress)
                    .await
                    .map(drop)
            })
        },
    },
    Job {
        name: "autopay-watch",
        run: |ctx, day, progress| {
            Box::pin(async move {
                let options = RunOptions::default();
                autopay::watch(ctx, &Actor::Job("nightly"), day, options, progress)
                    .await
                    .map(drop)
            })
        },
    },
    Job {
        name: "methods-expiring",
        run: |ctx, day, _| {
            Box::pin(async move { crate::methods::warn_of_expiry(ctx, day).await.map(drop) })
        },
    },
    Job {
        name: "notices-invoices",
        run: |ctx, day, _| {
            Box::pin(async move { notices::tell_of_invoices(ctx, day).await.map(drop) })
        },
    },
    Job {
        name: "notices-due-soon",
        run: |ctx, day, _| {
            Box::pin(async move { notices::tell_due_soon(ctx, day).await.map(drop) })
        },
    },
];

/// How a job of a night stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobReport {
    /// Its name.
    pub job: &'static str,
    /// How it stands.
    pub state: JobState,
}

/// How a job of a night stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// It was done by this call.
    Done,
    /// It was done before.
    DoneBefore,
    /// Another process works on it, or it failed and is not to be tried again yet.
    Waits,
    /// It failed, with why.
    Failed(String),
}

/// Runs the jobs of the night if the hour has come and they are not done: how many it ran. For the
/// loop of the program; cheap when there is nothing to do.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn run_due(ctx: &Ctx) -> Result<u64, UseCaseError> {
    let local = ctx.plan.time_zone.to_datetime(ctx.now());
    if local.hour().unsigned_abs() < ctx.plan.autopay.run_hour {
        return Ok(0);
    }
    let day = local.date();
    let rows = store::nightly::of_day(&mut ctx.store.read().await?, day).await?;
    let done = |job: &Job| {
        rows.iter()
            .any(|row| row.job == job.name && row.finished_at.is_some())
    };
    if JOBS.iter().all(done) {
        return Ok(0);
    }
    let reports = run(ctx, day, &Unwatched).await?;
    Ok(reports
        .iter()
        .filter(|report| report.state == JobState::Done)
        .count() as u64)
}

/// Runs the jobs of a night that are not done. Safe to run at any time and by several processes.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer; a job that fails is no error.
pub async fn run(
    ctx: &Ctx,
    day: Date,
    progress: &dyn Progress,
) -> Result<Vec<JobReport>, UseCaseError> {
    let mut reports = Vec::with_capacity(JOBS.len());
    for job in JOBS {
        let state = run_one(ctx, day, job, progress).await?;
        reports.push(JobReport {
            job: job.name,
            state,
        });
    }
    Ok(reports)
}

async fn run_one(
    ctx: &Ctx,
    day: Date,
    job: &Job,
    progress: &dyn Progress,
) -> Result<JobState, UseCaseError> {
    let worker: Arc<str> = gateways::chance::Draw::token(&*ctx.chance, 12).into();
    let Some(tries) = claim(ctx, day, job.name, &worker).await? else {
        let rows = store::nightly::of_day(&mut ctx.store.read().await?, day).await?;
        let done = rows
            .iter()
            .any(|row| row.job == job.name && row.finished_at.is_some());
        return Ok(if done {
            JobState::DoneBefore
        } else {
            JobState::Waits
        });
    };
    progress.note(job.name);
    tracing::info!(job = job.name, %day, tries, "a job of the night begins");
    let outcome = tokio::select! {
        outcome = (job.run)(ctx, day, progress) => outcome,
        error = stay_alive(ctx, day, job.name, &worker) => Err(error),
    };
    settle(ctx, day, job.name, &worker, tries, outcome.as_ref().err()).await?;
    Ok(match outcome {
        Ok(()) => JobState::Done,
        Err(error) => JobState::Failed(error.to_string()),
    })
}

async fn claim(
    ctx: &Ctx,
    day: Date,
    job: &'static str,
    worker: &Arc<str>,
) -> Result<Option<u32>, UseCaseError> {
    let (now, worker) = (ctx.now(), Arc::clone(worker));
    let claimed: Result<Option<u32>, StoreError> = ctx
        .store
        .write(move |tx| {
            let worker = Arc::clone(&worker);
            Box::pin(async move {
                store::nightly::add(tx, day, job, now).await?;
                store::nightly::claim(tx, day, job, &worker, now, now + LEASE).await
            })
        })
        .await;
    Ok(claimed?)
}

/// Keeps the claim while the job is run; returns only if the claim is lost.
async fn stay_alive(ctx: &Ctx, day: Date, job: &'static str, worker: &Arc<str>) -> UseCaseError {
    loop {
        tokio::time::sleep(SIGN_OF_LIFE).await;
        let (until, worker) = (ctx.now() + LEASE, Arc::clone(worker));
        let kept: Result<bool, StoreError> = ctx
            .store
            .write(move |tx| {
                let worker = Arc::clone(&worker);
                Box::pin(async move { store::nightly::keep(tx, day, job, &worker, until).await })
            })
            .await;
        match kept {
            Ok(true) => {}
            Ok(false) => return UseCaseError::Conflict("another process took the job over"),
            Err(error) => tracing::warn!(job, %error, "no sign of life could be given"),
        }
    }
}

async fn settle(
    ctx: &Ctx,
    day: Date,
    job: &'static str,
    worker: &Arc<str>,
    tries: u32,
    error: Option<&UseCaseError>,
) -> Result<(), UseCaseError> {
    let now = ctx.now();
    let (finished_at, said) = match error {
        None => (Some(now), String::new()),
        Some(error) => {
            tracing::error!(job, %day, error = error as &dyn std::error::Error, "it is tried again");
            let said: String = error.to_string();
            (None, said.chars().take(MOST_ERROR_CHARACTERS).collect())
        }
    };
    let (worker, next_try_at) = (Arc::clone(worker), next_try(now, tries));
    let settled: Result<(), StoreError> = ctx
        .store
        .write(move |tx| {
            let (worker, said) = (Arc::clone(&worker), said.clone());
            Box::pin(async move {
                let settled = store::nightly::Settled {
                    finished_at,
                    next_try_at,
                    error: &said,
                };
                store::nightly::settle(tx, day, job, &worker, &settled).await
            })
        })
        .await;
    Ok(settled?)
}

fn next_try(now: Timestamp, tries: u32) -> Timestamp {
    let at = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let minutes = WAITS_MINUTES[at.min(WAITS_MINUTES.len() - 1)];
    now + SignedDuration::from_mins(minutes)
}
