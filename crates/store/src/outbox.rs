//! Messages waiting to be sent.

use jiff::Timestamp;
use kernel::{AccountId, Language, NoticeId, OutboxId};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// A message waiting to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its id, which becomes its Message-ID.
    pub id: OutboxId,
    /// The notice it delivers.
    pub notice: Option<NoticeId>,
    /// The account it is about, if one.
    pub account: Option<AccountId>,
    /// What it says.
    pub kind: String,
    /// To whom.
    pub recipient: String,
    /// In which language.
    pub language: Language,
    /// True if in large print.
    pub large_print: bool,
    /// What its words need, sealed.
    pub facts: String,
    /// When it was put here.
    pub created_at: Timestamp,
    /// When it is to be sent, or tried again.
    pub due_at: Timestamp,
    /// How often it was tried, this time included.
    pub tries: u32,
}

/// That a message was handed over, and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// What the mail server answered.
    pub answer: String,
    /// What was sent, sealed.
    pub copy: String,
}

/// Adds messages.
pub async fn insert(tx: &mut Tx, messages: &[OutboxRow]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Id,
        Kind::Id,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Bool,
        Kind::Text,
        Kind::Instant,
        Kind::Instant,
    ]);
    for row in messages {
        rows.push([
            row.id.into(),
            row.notice.into(),
            row.account.into(),
            row.kind.as_str().into(),
            row.recipient.as_str().into(),
            row.language.into(),
            row.large_print.into(),
            row.facts.as_str().into(),
            row.created_at.into(),
            row.due_at.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO outbox (id, notice_id, account_id, kind, recipient, language, large_print, \
         facts, created_at, due_at, tries, last_error) \
         SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, 0, '' FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// Claims up to `most` due messages, oldest first: nobody else gets them before `until`.
pub async fn claim(
    tx: &mut Tx,
    now: Timestamp,
    until: Timestamp,
    most: u32,
) -> Result<Vec<OutboxRow>, StoreError> {
    let rows = tx
        .all(
            "UPDATE outbox SET tries = tries + 1, due_at = $2 WHERE id IN (SELECT id FROM outbox \
             WHERE sent_at IS NULL AND gave_up_at IS NULL AND due_at <= $1 \
             ORDER BY due_at, id LIMIT $3 {skip locked}) \
             RETURNING id, notice_id, account_id, kind, recipient, language, large_print, facts, \
             created_at, due_at, tries",
            args![now, until, most],
        )
        .await?;
    let mut claimed = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    claimed.sort_by_key(|row| row.id);
    Ok(claimed)
}

fn read(mut row: Row) -> Result<OutboxRow, StoreError> {
    Ok(OutboxRow {
        id: row.read()?,
        notice: row.read_optional()?,
        account: row.read_optional()?,
        kind: row.read()?,
        recipient: row.read()?,
        language: row.read()?,
        large_print: row.read()?,
        facts: row.read()?,
        created_at: row.read()?,
        due_at: row.read()?,
        tries: row.read()?,
    })
}

/// Notes that a message was handed over. Its facts are forgotten with `forget_facts`.
pub async fn sent(
    tx: &mut Tx,
    id: OutboxId,
    at: Timestamp,
    forget_facts: bool,
    proof: &Proof,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE outbox SET sent_at = $2, last_error = '', answer = $4, sent_copy = $5, \
         facts = CASE WHEN $3 THEN '' ELSE facts END WHERE id = $1 AND sent_at IS NULL",
        args![id, at, forget_facts, &proof.answer, &proof.copy],
    )
    .await
    .map(drop)
}

/// Notes that a message was not taken, and when to try again.
pub async fn put_off(
    tx: &mut Tx,
    id: OutboxId,
    to: Timestamp,
    error: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE outbox SET due_at = $2, last_error = $3 WHERE id = $1 AND sent_at IS NULL",
        args![id, to, error],
    )
    .await
    .map(drop)
}

/// Notes that a message is not going to be sent.
pub async fn give_up(
    tx: &mut Tx,
    id: OutboxId,
    at: Timestamp,
    error: &str,
    forget_facts: bool,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE outbox SET gave_up_at = $2, last_error = $3, \
         facts = CASE WHEN $4 THEN '' ELSE facts END WHERE id = $1 AND sent_at IS NULL",
        args![id, at, error, forget_facts],
    )
    .await
    .map(drop)
}

/// A message, whether it waits or not, locked until the transaction ends, unless it came back
/// before.
pub async fn not_bounced(tx: &mut Tx, id: OutboxId) -> Result<Option<OutboxRow>, StoreError> {
    tx.first(
        "SELECT id, notice_id, account_id, kind, recipient, language, large_print, facts, \
         created_at, due_at, tries FROM outbox WHERE id = $1 AND bounced_at IS NULL {for update}",
        args![id],
    )
    .await?
    .map(read)
    .transpose()
}

/// Notes that a message did not arrive.
pub async fn bounced(
    tx: &mut Tx,
    id: OutboxId,
    at: Timestamp,
    status: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE outbox SET bounced_at = $2, bounce_status = $3 \
         WHERE id = $1 AND bounced_at IS NULL",
        args![id, at, status],
    )
    .await
    .map(drop)
}

/// How many messages wait, and since when the oldest should have been sent.
pub async fn backlog(tx: &mut Tx, now: Timestamp) -> Result<(i64, Option<Timestamp>), StoreError> {
    let mut row = tx
        .one(
            "the count of waiting messages",
            "SELECT COUNT(*), MIN(created_at) FROM outbox \
             WHERE sent_at IS NULL AND gave_up_at IS NULL AND due_at <= $1",
            args![now],
        )
        .await?;
    Ok((row.read()?, row.read_optional()?))
}
