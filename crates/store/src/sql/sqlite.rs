//! SQLite: many readers and one writer with group commit.
//!
//! A durable commit costs one flush of the disk, whatever it holds. So the writer takes all units
//! of work that wait and commits them together, each in a savepoint of its own: a refused unit
//! leaves the others alone. Nobody is told "done" before the flush.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use super::{BoxFuture, Conn, Tx};
use crate::StoreError;

/// The most units of work that share a commit.
const MOST_IN_A_GROUP: usize = 256;

#[derive(Debug)]
pub(super) struct Sqlite {
    readers: SqlitePool,
    queue: mpsc::Sender<Box<dyn Unit>>,
}

impl Sqlite {
    pub async fn open(path: &str, durable: bool) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL can lose acknowledged payments when the power fails.
            .synchronous(if durable {
                SqliteSynchronous::Full
            } else {
                SqliteSynchronous::Off
            })
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(400)
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "MEMORY")
            .pragma("wal_autocheckpoint", "4000");
        let writer = options.clone().connect().await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(
                options
                    .read_only(true)
                    .create_if_missing(false)
                    .pragma("cache_size", "-16384"),
            )
            .await?;
        let (queue, units) = mpsc::channel(1024);
        tokio::spawn(write_groups(writer, units));
        Ok(Sqlite { readers, queue })
    }

    pub async fn reader(&self) -> Result<Tx, StoreError> {
        Ok(Tx::new(Conn::Sqlite(self.readers.acquire().await?)))
    }

    pub async fn close(&self) {
        self.readers.close().await;
        let (done, closed) = oneshot::channel();
        if self
            .queue
            .send(Box::new(Last { done: Some(done) }))
            .await
            .is_ok()
        {
            let _ = closed.await;
        }
    }

    pub async fn write<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        let job = Job {
            unit,
            result: None,
            answer,
        };
        let closed = || StoreError::Unavailable(sqlx::Error::PoolClosed);
        self.queue.send(Box::new(job)).await.map_err(|_| closed())?;
        result.await.map_err(|_| closed())?
    }
}

/// A unit of work waiting for the writer.
trait Unit: Send {
    /// Runs it; true if what it wrote is to be kept.
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, bool>;
    /// Tells the caller, after the commit or its failure.
    fn finish(self: Box<Self>, committed: Result<(), StoreError>);
    /// True for the request to stop.
    fn is_last(&self) -> bool {
        false
    }
}

struct Job<T, E, F> {
    unit: F,
    result: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Unit for Job<T, E, F>
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, bool> {
        let future = (self.unit)(tx);
        let slot = &mut self.result;
        Box::pin(async move {
            // A panic must not take the writer, and everybody else's payments, with it.
            let caught = AssertUnwindSafe(future).catch_unwind().await;
            let panicked = |_| Err(StoreError::inconsistent("a unit of work panicked").into());
            let result = caught.unwrap_or_else(panicked);
            let keep = result.is_ok();
            *slot = Some(result);
            keep
        })
    }

    fn finish(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            // A refusal needs no commit: the unit's own words are the better answer.
            (Err(_), Some(Err(refusal))) => Err(refusal),
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(StoreError::inconsistent("a unit of work did not run").into()),
        };
        let _ = self.answer.send(result);
    }
}

/// The request to stop, answered when everything before it is on disk.
struct Last {
    done: Option<oneshot::Sender<()>>,
}

impl Unit for Last {
    fn run<'a>(&'a mut self, _: &'a mut Tx) -> BoxFuture<'a, bool> {
        Box::pin(async { false })
    }

    fn finish(mut self: Box<Self>, _: Result<(), StoreError>) {
        if let Some(done) = self.done.take() {
            let _ = done.send(());
        }
    }

    fn is_last(&self) -> bool {
        true
    }
}

async fn write_groups(
    writer: sqlx::sqlite::SqliteConnection,
    mut units: mpsc::Receiver<Box<dyn Unit>>,
) {
    let mut tx = Tx::new(Conn::SqliteWriter(Box::new(writer)));
    let mut group = Vec::with_capacity(MOST_IN_A_GROUP);
    while units.recv_many(&mut group, MOST_IN_A_GROUP).await > 0 {
        let last = group.iter().any(|unit| unit.is_last());
        let committed = write_group(&mut tx, &mut group).await;
        let failure = committed.err().map(|error| error.to_string());
        if last && let Conn::SqliteWriter(conn) = tx.conn {
            let _ = conn.close().await;
            for unit in group.drain(..) {
                unit.finish(outcome(failure.as_deref()));
            }
            return;
        }
        for unit in group.drain(..) {
            unit.finish(outcome(failure.as_deref()));
        }
    }
}

fn outcome(failure: Option<&str>) -> Result<(), StoreError> {
    match failure {
        None => Ok(()),
        Some(text) => Err(StoreError::Unavailable(sqlx::Error::Protocol(
            text.to_owned(),
        ))),
    }
}

async fn write_group(tx: &mut Tx, group: &mut [Box<dyn Unit>]) -> Result<(), StoreError> {
    tx.script("BEGIN IMMEDIATE".to_owned()).await?;
    let ended = match write_units(tx, group).await {
        Ok(true) => tx.script("COMMIT".to_owned()).await,
        Ok(false) => return tx.script("ROLLBACK".to_owned()).await,
        Err(error) => Err(error),
    };
    if ended.is_err() {
        let _ = tx.script("ROLLBACK".to_owned()).await;
    }
    ended
}

/// Runs the units of a group; false if nothing of it is to be kept.
async fn write_units(tx: &mut Tx, group: &mut [Box<dyn Unit>]) -> Result<bool, StoreError> {
    // Alone in its commit, a unit needs no savepoint: refused, everything is taken back. That saves
    // large units a second copy of every page they touch.
    if let [unit] = group {
        return Ok(unit.run(tx).await);
    }
    for unit in group {
        write_unit(tx, unit.as_mut()).await?;
    }
    Ok(true)
}

async fn write_unit(tx: &mut Tx, unit: &mut dyn Unit) -> Result<(), StoreError> {
    tx.script("SAVEPOINT unit".to_owned()).await?;
    if unit.run(tx).await {
        tx.script("RELEASE unit".to_owned()).await
    } else {
        tx.script("ROLLBACK TO unit; RELEASE unit".to_owned()).await
    }
}
