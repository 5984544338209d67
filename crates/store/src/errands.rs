//! Half-finished forms, sealed and bound to the session that made them.

use jiff::Timestamp;
use kernel::ErrandId;

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// A half-finished form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrandRow {
    /// Its id.
    pub id: ErrandId,
    /// The session that made it.
    pub session_hash: [u8; 32],
    /// Which form.
    pub kind: String,
    /// What was filled in, sealed.
    pub body: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
    /// What became of it; empty while it is half finished.
    pub outcome: String,
}

/// Adds an errand.
pub async fn insert(tx: &mut Tx, row: &ErrandRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO errands (id, session_hash, kind, body, created_at, expires_at, outcome) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            row.id,
            row.session_hash,
            &row.kind,
            &row.body,
            row.created_at,
            row.expires_at,
            &row.outcome,
        ],
    )
    .await
    .map(drop)
}

/// An errand of this session that has not expired.
pub async fn find(
    tx: &mut Tx,
    session_hash: &[u8; 32],
    id: ErrandId,
    now: Timestamp,
) -> Result<Option<ErrandRow>, StoreError> {
    let row = tx
        .first(
            "SELECT id, session_hash, kind, body, created_at, expires_at, outcome FROM errands \
             WHERE id = $1 AND session_hash = $2 AND expires_at > $3",
            args![id, *session_hash, now],
        )
        .await?;
    row.map(read).transpose()
}

/// All errands of a session that have not expired.
pub async fn of_session(
    tx: &mut Tx,
    session_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Vec<ErrandRow>, StoreError> {
    let rows = tx
        .all(
            "SELECT id, session_hash, kind, body, created_at, expires_at, outcome FROM errands \
             WHERE session_hash = $1 AND expires_at > $2 ORDER BY id",
            args![*session_hash, now],
        )
        .await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<ErrandRow, StoreError> {
    Ok(ErrandRow {
        id: row.read()?,
        session_hash: row.read()?,
        kind: row.read()?,
        body: row.read()?,
        created_at: row.read()?,
        expires_at: row.read()?,
        outcome: row.read()?,
    })
}

/// Saves the body of an errand that is still half finished and has not expired. False if it is not.
pub async fn save(tx: &mut Tx, row: &ErrandRow, now: Timestamp) -> Result<bool, StoreError> {
    let saved = tx
        .execute(
            "UPDATE errands SET body = $3, expires_at = $4 WHERE id = $1 AND session_hash = $2 \
             AND outcome = '' AND expires_at > $5",
            args![row.id, row.session_hash, &row.body, row.expires_at, now],
        )
        .await?;
    Ok(saved == 1)
}

/// Puts off the day an errand is forgotten; never brings it forward.
pub async fn put_off(tx: &mut Tx, id: ErrandId, to: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE errands SET expires_at = $2 WHERE id = $1 AND expires_at < $2",
        args![id, to],
    )
    .await
    .map(drop)
}

/// Writes what became of an errand. False if that was written before, or there is no such errand.
pub async fn conclude(
    tx: &mut Tx,
    session_hash: &[u8; 32],
    id: ErrandId,
    outcome: &str,
    keep_until: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let concluded = tx
        .execute(
            "UPDATE errands SET outcome = $3, expires_at = $4 WHERE id = $1 AND session_hash = $2 \
             AND outcome = '' AND expires_at > $5",
            args![id, *session_hash, outcome, keep_until, now],
        )
        .await?;
    Ok(concluded == 1)
}

/// Hands an errand over to another session, with its body sealed for that one.
pub async fn move_to(
    tx: &mut Tx,
    id: ErrandId,
    session_hash: &[u8; 32],
    body: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE errands SET session_hash = $2, body = $3 WHERE id = $1",
        args![id, *session_hash, body],
    )
    .await
    .map(drop)
}

/// Removes all errands of a session.
pub async fn remove_of_session(tx: &mut Tx, session_hash: &[u8; 32]) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM errands WHERE session_hash = $1",
        args![*session_hash],
    )
    .await
}

/// Removes errands that expired before an instant: how many.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM errands WHERE expires_at < $1", args![before])
        .await
}
