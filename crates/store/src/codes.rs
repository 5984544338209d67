//! One-time codes, kept as hashes.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{StoreError, Tx, args};

/// A code that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// Its id, which salts the hash.
    pub id: Uuid,
    /// What it is for.
    pub purpose: String,
    /// To whom it was sent.
    pub subject: String,
    /// Its hash.
    pub code_hash: [u8; 32],
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it stops being good.
    pub expires_at: Timestamp,
}

/// Puts a code in the place of all earlier ones for the same subject.
pub async fn replace(tx: &mut Tx, row: &CodeRow) -> Result<(), StoreError> {
    remove(tx, &row.purpose, &row.subject).await?;
    tx.execute(
        "INSERT INTO one_time_codes (id, purpose, subject, code_hash, created_at, expires_at, tries) \
         VALUES ($1, $2, $3, $4, $5, $6, 0)",
        args![row.id, &row.purpose, &row.subject, row.code_hash, row.created_at, row.expires_at],
    )
    .await
    .map(drop)
}

/// Counts a try against the newest code of a subject: its id, its hash and the tries so far with
/// this one. `None` if there is no code, or it was used, expired or tried `most` times. The row
/// stays locked until the unit of work ends, so that of many tries at once one is first.
pub async fn count_try(
    tx: &mut Tx,
    purpose: &str,
    subject: &str,
    most: u32,
    now: Timestamp,
) -> Result<Option<(Uuid, [u8; 32], u32)>, StoreError> {
    let row = tx
        .first(
            "UPDATE one_time_codes SET tries = tries + 1 WHERE purpose = $1 AND subject = $2 \
             AND used_at IS NULL AND expires_at > $3 AND tries < $4 RETURNING id, code_hash, tries",
            args![purpose, subject, now, most],
        )
        .await?;
    let Some(mut row) = row else { return Ok(None) };
    Ok(Some((row.read()?, row.read()?, row.read()?)))
}

/// Marks a code as used. False if it was used before.
pub async fn mark_used(tx: &mut Tx, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
    let used = tx
        .execute(
            "UPDATE one_time_codes SET used_at = $2 WHERE id = $1 AND used_at IS NULL",
            args![id, at],
        )
        .await?;
    Ok(used == 1)
}

/// True if the subject's code was used after `since`.
pub async fn was_used(
    tx: &mut Tx,
    purpose: &str,
    subject: &str,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let row = tx
        .first(
            "SELECT id FROM one_time_codes WHERE purpose = $1 AND subject = $2 AND used_at > $3",
            args![purpose, subject, since],
        )
        .await?;
    Ok(row.is_some())
}

/// Removes all codes of a subject.
pub async fn remove(tx: &mut Tx, purpose: &str, subject: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM one_time_codes WHERE purpose = $1 AND subject = $2",
        args![purpose, subject],
    )
    .await
    .map(drop)
}

/// Removes codes sent before an instant: how many.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM one_time_codes WHERE created_at < $1",
        args![before],
    )
    .await
}
