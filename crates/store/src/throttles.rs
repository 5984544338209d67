//! Tries, counted within a window.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{StoreError, Tx, args};

/// Lets nobody else count in these buckets until this unit of work ends, so that fifty tries at
/// once are counted one after the other. The single writer of SQLite does that by itself.
pub async fn hold(tx: &mut Tx, buckets: &[&str]) -> Result<(), StoreError> {
    if !tx.is_postgres() {
        return Ok(());
    }
    let mut sorted = buckets.to_vec();
    // In one order everywhere, so that two units never wait for each other.
    sorted.sort_unstable();
    for bucket in sorted {
        tx.first(
            "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended($1, 0))",
            args![bucket],
        )
        .await?;
    }
    Ok(())
}

/// When the newest try of a bucket was.
pub async fn newest(tx: &mut Tx, bucket: &str) -> Result<Option<Timestamp>, StoreError> {
    let row = tx
        .first(
            "SELECT at FROM throttle_events WHERE bucket = $1 ORDER BY at DESC LIMIT 1",
            args![bucket],
        )
        .await?;
    row.map(|mut row| row.read()).transpose()
}

/// How many tries of a bucket there were after an instant.
pub async fn count_since(tx: &mut Tx, bucket: &str, since: Timestamp) -> Result<u32, StoreError> {
    tx.one(
        "the count of tries",
        "SELECT COUNT(*) FROM throttle_events WHERE bucket = $1 AND at > $2",
        args![bucket, since],
    )
    .await?
    .read()
}

/// Counts a try.
pub async fn insert(tx: &mut Tx, bucket: &str, at: Timestamp, id: Uuid) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO throttle_events (bucket, at, id) VALUES ($1, $2, $3)",
        args![bucket, at, id],
    )
    .await
    .map(drop)
}

/// Takes one try back.
pub async fn remove(tx: &mut Tx, bucket: &str, at: Timestamp, id: Uuid) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM throttle_events WHERE bucket = $1 AND at = $2 AND id = $3",
        args![bucket, at, id],
    )
    .await
    .map(drop)
}

/// Takes the newest try of a bucket back.
pub async fn remove_newest(tx: &mut Tx, bucket: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM throttle_events WHERE bucket = $1 AND id = (\
         SELECT id FROM throttle_events WHERE bucket = $1 ORDER BY at DESC, id DESC LIMIT 1)",
        args![bucket],
    )
    .await
    .map(drop)
}

/// Takes back all tries of a bucket.
pub async fn clear(tx: &mut Tx, bucket: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM throttle_events WHERE bucket = $1",
        args![bucket],
    )
    .await
    .map(drop)
}

/// Forgets tries before an instant: how many.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM throttle_events WHERE at < $1", args![before])
        .await
}
