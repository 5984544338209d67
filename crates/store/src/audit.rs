//! The audit trail. Insert only, and without foreign keys: evidence outlives its subject.

use jiff::Timestamp;
use kernel::{AccountId, AuditId};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// One thing that somebody did.
#[derive(Debug, Clone)]
pub struct AuditEvent<'a> {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// What kind of actor.
    pub actor_kind: &'a str,
    /// Which one.
    pub actor: &'a str,
    /// What was done.
    pub action: &'a str,
    /// To which account, if one.
    pub account: Option<AccountId>,
    /// To which thing.
    pub subject: &'a str,
    /// More.
    pub detail: &'a str,
}

/// Adds an event.
pub async fn insert(tx: &mut Tx, event: &AuditEvent<'_>) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO audit_events (id, at, actor_kind, actor, action, account_id, subject, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            event.id,
            event.at,
            event.actor_kind,
            event.actor,
            event.action,
            event.account,
            event.subject,
            event.detail,
        ],
    )
    .await
    .map(drop)
}

/// Adds many events.
pub async fn insert_all(tx: &mut Tx, events: &[AuditEvent<'_>]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Instant,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Id,
        Kind::Text,
        Kind::Text,
    ]);
    for event in events {
        rows.push([
            event.id.into(),
            event.at.into(),
            event.actor_kind.into(),
            event.actor.into(),
            event.action.into(),
            event.account.into(),
            event.subject.into(),
            event.detail.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO audit_events (id, at, actor_kind, actor, action, account_id, subject, detail) \
         SELECT c1, c2, c3, c4, c5, c6, c7, c8 FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// Something that was done to a thing, as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneRow {
    /// When.
    pub at: Timestamp,
    /// What kind of actor.
    pub actor_kind: String,
    /// Which one.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// More.
    pub detail: String,
}

/// What was done to a thing that is no account, oldest first; the first 500.
///
/// # Errors
/// [`StoreError`].
pub async fn of_subject(tx: &mut Tx, subject: &str) -> Result<Vec<DoneRow>, StoreError> {
    tx.all(
        "SELECT at, actor_kind, actor, action, detail FROM audit_events \
         WHERE subject = $1 AND subject <> '' ORDER BY at, id LIMIT 500",
        args![subject],
    )
    .await?
    .into_iter()
    .map(done)
    .collect()
}

/// The last `most` things that were done to an account, looks at it included, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account(
    tx: &mut Tx,
    account: AccountId,
    most: i64,
) -> Result<Vec<DoneRow>, StoreError> {
    tx.all(
        "SELECT at, actor_kind, actor, action, detail FROM audit_events \
         WHERE account_id = $1 ORDER BY at DESC, id DESC LIMIT $2",
        args![account, most],
    )
    .await?
    .into_iter()
    .map(done)
    .collect()
}

fn done(mut row: Row) -> Result<DoneRow, StoreError> {
    Ok(DoneRow {
        at: row.read()?,
        actor_kind: row.read()?,
        actor: row.read()?,
        action: row.read()?,
        detail: row.read()?,
    })
}
