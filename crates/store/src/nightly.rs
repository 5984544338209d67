//! The jobs of the night, each once for each day.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::{StoreError, Tx, args};

/// Puts a job on the list of a day; one that is there stays as it is.
///
/// # Errors
/// [`StoreError`].
pub async fn add(tx: &mut Tx, day: Date, job: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO nightly_jobs (run_day, job, tries, next_try_at, last_error) \
         VALUES ($1, $2, 0, $3, '') ON CONFLICT (run_day, job) DO NOTHING",
        args![day, job, now],
    )
    .await
    .map(drop)
}

/// Takes a job of a day until `until`: the number of its try, or `None` if it is done, somebody
/// else's, or not to be tried yet.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(
    tx: &mut Tx,
    day: Date,
    job: &str,
    worker: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<u32>, StoreError> {
    tx.first(
        "UPDATE nightly_jobs SET claimed_by = $3, claimed_until = $5, tries = tries + 1 \
         WHERE run_day = $1 AND job = $2 AND finished_at IS NULL AND next_try_at <= $4 \
         AND (claimed_until IS NULL OR claimed_until < $4) RETURNING tries",
        args![day, job, worker, now, until],
    )
    .await?
    .map(|mut row| row.read())
    .transpose()
}

/// Keeps a claimed job until `until`; false if it was lost.
///
/// # Errors
/// [`StoreError`].
pub async fn keep(
    tx: &mut Tx,
    day: Date,
    job: &str,
    worker: &str,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let kept = tx
        .execute(
            "UPDATE nightly_jobs SET claimed_until = $4 WHERE run_day = $1 AND job = $2 \
             AND claimed_by = $3 AND finished_at IS NULL",
            args![day, job, worker, until],
        )
        .await?;
    Ok(kept == 1)
}

/// How one try of a job ended.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// When it was done; `None` if it failed.
    pub finished_at: Option<Timestamp>,
    /// When it is tried again, if it failed.
    pub next_try_at: Timestamp,
    /// Why it failed, without personal details.
    pub error: &'a str,
}

/// Notes that a job is done, or that it failed and when it is tried again.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(
    tx: &mut Tx,
    day: Date,
    job: &str,
    worker: &str,
    settled: &Settled<'_>,
) -> Result<(), StoreError> {
    let (finished_at, next_try_at) = (settled.finished_at, settled.next_try_at);
    tx.execute(
        "UPDATE nightly_jobs SET claimed_until = NULL, finished_at = $4, next_try_at = $5, \
         last_error = $6 WHERE run_day = $1 AND job = $2 AND claimed_by = $3 \
         AND finished_at IS NULL",
        args![day, job, worker, finished_at, next_try_at, settled.error],
    )
    .await
    .map(drop)
}

/// A job of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Its name.
    pub job: String,
    /// How often it was tried.
    pub tries: u32,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
    /// Why the last try failed; empty if it did not.
    pub last_error: String,
}

/// The jobs of a day.
///
/// # Errors
/// [`StoreError`].
pub async fn of_day(tx: &mut Tx, day: Date) -> Result<Vec<JobRow>, StoreError> {
    tx.all(
        "SELECT job, tries, finished_at, last_error FROM nightly_jobs WHERE run_day = $1 \
         ORDER BY job",
        args![day],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(JobRow {
            job: row.read()?,
            tries: row.read()?,
            finished_at: row.read_optional()?,
            last_error: row.read()?,
        })
    })
    .collect()
}
