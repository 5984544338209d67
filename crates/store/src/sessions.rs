//! Browser sessions. The cookie's value is never here, only its SHA-256.

use jiff::Timestamp;
use kernel::{Language, LoginId, PersonId};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// A session that was not ended. Whether it has expired is for the use case to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the cookie's value.
    pub token_hash: [u8; 32],
    /// Who signed in, if somebody did.
    pub login: Option<LoginId>,
    /// Whose sign-in that is. Not stored here; read from the sign-in.
    pub person: Option<PersonId>,
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
    /// When somebody signed in.
    pub signed_in_at: Option<Timestamp>,
    /// When password or passkey was last given.
    pub proved_at: Option<Timestamp>,
}

/// Adds a session.
pub async fn insert(tx: &mut Tx, row: &SessionRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sessions (token_hash, login_id, csrf_token, language, created_at, seen_at, \
         expires_at, device, signed_in_at, proved_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            row.token_hash,
            row.login,
            &row.csrf_token,
            row.language,
            row.created_at,
            row.seen_at,
            row.expires_at,
            &row.device,
            row.signed_in_at,
            row.proved_at,
        ],
    )
    .await
    .map(drop)
}

/// The session with this hash, unless it was ended.
pub async fn find(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<Option<SessionRow>, StoreError> {
    let row = tx
        .first(
            "SELECT s.token_hash, s.login_id, l.person_id, s.csrf_token, s.language, s.created_at, \
             s.seen_at, s.expires_at, s.device, s.signed_in_at, s.proved_at FROM sessions s \
             LEFT JOIN logins l ON l.id = s.login_id WHERE s.token_hash = $1 AND s.ended_at IS NULL",
            args![*token_hash],
        )
        .await?;
    row.map(read).transpose()
}

fn read(mut row: Row) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        token_hash: row.read()?,
        login: row.read_optional()?,
        person: row.read_optional()?,
        csrf_token: row.read()?,
        language: row.read()?,
        created_at: row.read()?,
        seen_at: row.read()?,
        expires_at: row.read()?,
        device: row.read()?,
        signed_in_at: row.read_optional()?,
        proved_at: row.read_optional()?,
    })
}

/// The sessions of a sign-in that nobody ended and that have not expired, the newest use first.
pub async fn of_login(
    tx: &mut Tx,
    login: LoginId,
    now: Timestamp,
) -> Result<Vec<SessionRow>, StoreError> {
    let rows = tx
        .all(
            "SELECT s.token_hash, s.login_id, l.person_id, s.csrf_token, s.language, s.created_at, \
             s.seen_at, s.expires_at, s.device, s.signed_in_at, s.proved_at FROM sessions s \
             LEFT JOIN logins l ON l.id = s.login_id WHERE s.login_id = $1 AND s.ended_at IS NULL \
             AND s.expires_at > $2 ORDER BY s.seen_at DESC, s.token_hash",
            args![login, now],
        )
        .await?;
    rows.into_iter().map(read).collect()
}

/// Notes that password or passkey was given again in a session.
pub async fn prove(tx: &mut Tx, token_hash: &[u8; 32], at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE sessions SET proved_at = $2 WHERE token_hash = $1 AND ended_at IS NULL",
        args![*token_hash, at],
    )
    .await
    .map(drop)
}

/// Notes that a session was used. True if it was still there.
pub async fn touch(tx: &mut Tx, token_hash: &[u8; 32], at: Timestamp) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE sessions SET seen_at = $2 \
             WHERE token_hash = $1 AND ended_at IS NULL AND seen_at < $2",
            args![*token_hash, at],
        )
        .await?;
    Ok(touched == 1)
}

/// Changes the language of a session.
pub async fn set_language(
    tx: &mut Tx,
    token_hash: &[u8; 32],
    language: Language,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE sessions SET language = $2 WHERE token_hash = $1",
        args![*token_hash, language],
    )
    .await
    .map(drop)
}

/// Ends a session. True if it had not been ended before.
pub async fn end(tx: &mut Tx, token_hash: &[u8; 32], at: Timestamp) -> Result<bool, StoreError> {
    let ended = tx
        .execute(
            "UPDATE sessions SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL",
            args![*token_hash, at],
        )
        .await?;
    Ok(ended == 1)
}

/// The sessions of a sign-in that nobody ended but that were last used between `after` and
/// `before`: those that ran out of idle time.
pub async fn idled_out(
    tx: &mut Tx,
    login: LoginId,
    after: Timestamp,
    before: Timestamp,
) -> Result<Vec<[u8; 32]>, StoreError> {
    let rows = tx
        .all(
            "SELECT token_hash FROM sessions WHERE login_id = $1 AND ended_at IS NULL \
             AND seen_at > $2 AND seen_at <= $3",
            args![login, after, before],
        )
        .await?;
    rows.into_iter().map(|mut row| row.read()).collect()
}

/// Ends every session of a sign-in but one: how many.
pub async fn end_others(
    tx: &mut Tx,
    login: LoginId,
    but: &[u8; 32],
    at: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE sessions SET ended_at = $3 \
         WHERE login_id = $1 AND token_hash <> $2 AND ended_at IS NULL",
        args![login, *but, at],
    )
    .await
}

/// Removes sessions that expired or were ended before an instant: how many.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM sessions WHERE expires_at < $1 OR ended_at < $1",
        args![before],
    )
    .await
}
