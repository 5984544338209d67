//! Browser sessions of staff: apart from those of members, so that no cookie of one opens the pages
//! of the other.

use jiff::Timestamp;
use kernel::{Language, StaffId};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// A session that was not ended. Whether it has expired is for the use case to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSessionRow {
    /// SHA-256 of the cookie's value.
    pub token_hash: [u8; 32],
    /// Who signed in, if somebody did.
    pub staff: Option<StaffId>,
    /// Who gave the right password and still owes the second factor.
    pub half_signed_in: Option<StaffId>,
    /// What forms carry to show that they come from our own pages.
    pub csrf_token: String,
    /// The language of pages.
    pub language: Language,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// What the browser calls itself.
    pub device: String,
    /// The name of who signed in; empty if nobody did. Not stored here.
    pub name: String,
    /// Their role, by its code. Not stored here: a change holds at once.
    pub role: String,
}

/// Adds a session.
pub async fn insert(tx: &mut Tx, row: &StaffSessionRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_sessions (token_hash, staff_id, half_signed_in, csrf_token, language, \
         created_at, seen_at, expires_at, device) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            row.token_hash,
            row.staff,
            row.half_signed_in,
            &row.csrf_token,
            row.language,
            row.created_at,
            row.seen_at,
            row.expires_at,
            &row.device,
        ],
    )
    .await
    .map(drop)
}

/// The session with this hash, unless it was ended or its owner was disabled.
pub async fn find(
    tx: &mut Tx,
    token_hash: &[u8; 32],
) -> Result<Option<StaffSessionRow>, StoreError> {
    tx.first(
        "SELECT s.token_hash, s.staff_id, s.half_signed_in, s.csrf_token, s.language, s.created_at, \
         s.seen_at, s.expires_at, s.device, p.name, p.role FROM staff_sessions s \
         LEFT JOIN staff p ON p.id = s.staff_id \
         WHERE s.token_hash = $1 AND s.ended_at IS NULL AND p.disabled_at IS NULL",
        args![*token_hash],
    )
    .await?
    .map(read)
    .transpose()
}

/// The sessions of a member of staff that nobody ended, the newest first.
pub async fn of_staff(tx: &mut Tx, staff: StaffId) -> Result<Vec<StaffSessionRow>, StoreError> {
    tx.all(
        "SELECT s.token_hash, s.staff_id, s.half_signed_in, s.csrf_token, s.language, s.created_at, \
         s.seen_at, s.expires_at, s.device, p.name, p.role FROM staff_sessions s \
         LEFT JOIN staff p ON p.id = s.staff_id \
         WHERE s.staff_id = $1 AND s.ended_at IS NULL ORDER BY s.seen_at DESC LIMIT 50",
        args![staff],
    )
    .await?
    .into_iter()
    .map(read)
    .collect()
}

fn read(mut row: Row) -> Result<StaffSessionRow, StoreError> {
    let found = StaffSessionRow {
        token_hash: row.read()?,
        staff: row.read_optional()?,
        half_signed_in: row.read_optional()?,
        csrf_token: row.read()?,
        language: row.read()?,
        created_at: row.read()?,
        seen_at: row.read()?,
        expires_at: row.read()?,
        device: row.read()?,
        name: row.read_optional()?.unwrap_or_default(),
        role: row.read_optional()?.unwrap_or_default(),
    };
    Ok(found)
}

/// Notes that a session was used.
pub async fn touch(tx: &mut Tx, token_hash: &[u8; 32], at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff_sessions SET seen_at = $2 \
         WHERE token_hash = $1 AND ended_at IS NULL AND seen_at < $2",
        args![*token_hash, at],
    )
    .await
    .map(drop)
}

/// Ends a session. True if it had not been ended before.
pub async fn end(tx: &mut Tx, token_hash: &[u8; 32], at: Timestamp) -> Result<bool, StoreError> {
    let ended = tx
        .execute(
            "UPDATE staff_sessions SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL",
            args![*token_hash, at],
        )
        .await?;
    Ok(ended == 1)
}

/// Ends every session of a member of staff but one: how many.
pub async fn end_others(
    tx: &mut Tx,
    staff: StaffId,
    but: &[u8; 32],
    at: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE staff_sessions SET ended_at = $3 WHERE (staff_id = $1 OR half_signed_in = $1) \
         AND token_hash <> $2 AND ended_at IS NULL",
        args![staff, *but, at],
    )
    .await
}

/// Removes sessions that expired or were ended before an instant: how many.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM staff_sessions WHERE expires_at < $1 OR ended_at < $1",
        args![before],
    )
    .await
}
