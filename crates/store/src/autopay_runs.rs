//! Checkpoints of the runs over all mandates.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// A stretch of account numbers that one worker goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its number in the run, from 1.
    pub number: i64,
    /// The first account number.
    pub first: i64,
    /// The last account number.
    pub last: i64,
    /// The highest account number done; the one before `first` if none is.
    pub done: i64,
}

fn stretch(mut row: Row) -> Result<Stretch, StoreError> {
    Ok(Stretch {
        number: row.read()?,
        first: row.read()?,
        last: row.read()?,
        done: row.read()?,
    })
}

/// Adds the stretches of a run; those that another process has just added stay as they are.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(
    tx: &mut Tx,
    purpose: &'static str,
    day: Date,
    stretches: &[Stretch],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Text,
        Kind::Day,
        Kind::Int,
        Kind::Int,
        Kind::Int,
        Kind::Int,
    ]);
    for stretch in stretches {
        rows.push([
            purpose.into(),
            day.into(),
            stretch.number.into(),
            stretch.first.into(),
            stretch.last.into(),
            stretch.done.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO autopay_runs (purpose, run_day, partition_no, first_number, last_number, \
         done_number) SELECT c1, c2, c3, c4, c5, c6 FROM {rows} WHERE true \
         ON CONFLICT (purpose, run_day, partition_no) DO NOTHING",
        &rows,
    )
    .await
    .map(drop)
}

/// Begins a run that was finished once more from the start, if it is.
///
/// # Errors
/// [`StoreError`].
pub async fn begin_again(tx: &mut Tx, purpose: &str, day: Date) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE autopay_runs SET done_number = first_number - 1, finished_at = NULL, \
         claimed_by = NULL, claimed_until = NULL WHERE purpose = $1 AND run_day = $2 \
         AND NOT EXISTS (SELECT 1 FROM autopay_runs o WHERE o.purpose = $1 AND o.run_day = $2 \
         AND o.finished_at IS NULL)",
        args![purpose, day],
    )
    .await
}

/// Claims a stretch of the run that nobody works on and that is not finished.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(
    tx: &mut Tx,
    purpose: &str,
    day: Date,
    worker: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Stretch>, StoreError> {
    tx.first(
        "UPDATE autopay_runs SET claimed_by = $3, claimed_until = $5 \
         WHERE purpose = $1 AND run_day = $2 AND partition_no = (SELECT r.partition_no \
         FROM autopay_runs r WHERE r.purpose = $1 AND r.run_day = $2 AND r.finished_at IS NULL \
         AND (r.claimed_until IS NULL OR r.claimed_until < $4 OR r.claimed_by = $3) \
         ORDER BY r.partition_no LIMIT 1 {skip locked}) \
         RETURNING partition_no, first_number, last_number, done_number",
        args![purpose, day, worker, now, until],
    )
    .await?
    .map(stretch)
    .transpose()
}

/// How many stretches of the run are not finished, whoever works on them.
///
/// # Errors
/// [`StoreError`].
pub async fn unfinished(tx: &mut Tx, purpose: &str, day: Date) -> Result<i64, StoreError> {
    let mut row = tx
        .one(
            "the count of stretches",
            "SELECT COUNT(*) FROM autopay_runs WHERE purpose = $1 AND run_day = $2 \
             AND finished_at IS NULL",
            args![purpose, day],
        )
        .await?;
    row.read()
}

/// Where a claimed stretch stands, locked until the transaction ends. `None` if the claim was lost.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(
    tx: &mut Tx,
    purpose: &str,
    day: Date,
    number: i64,
    worker: &str,
) -> Result<Option<Stretch>, StoreError> {
    tx.first(
        "SELECT partition_no, first_number, last_number, done_number FROM autopay_runs \
         WHERE purpose = $1 AND run_day = $2 AND partition_no = $3 AND claimed_by = $4 \
         AND finished_at IS NULL {for update}",
        args![purpose, day, number, worker],
    )
    .await?
    .map(stretch)
    .transpose()
}

/// Moves the checkpoint of a claimed stretch; `finished` once it is done to its end.
///
/// # Errors
/// [`StoreError`].
pub async fn advance(
    tx: &mut Tx,
    purpose: &str,
    day: Date,
    stretch: &Stretch,
    until: Timestamp,
    finished: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE autopay_runs SET done_number = $4, claimed_until = $5, finished_at = $6 \
         WHERE purpose = $1 AND run_day = $2 AND partition_no = $3",
        args![purpose, day, stretch.number, stretch.done, until, finished],
    )
    .await
    .map(drop)
}

/// Forgets the checkpoints and forecasts of the days before `day`.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(tx: &mut Tx, day: Date) -> Result<(), StoreError> {
    tx.execute("DELETE FROM autopay_runs WHERE run_day < $1", args![day])
        .await?;
    tx.execute(
        "DELETE FROM autopay_forecasts WHERE planned_on < $1",
        args![day],
    )
    .await
    .map(drop)
}
