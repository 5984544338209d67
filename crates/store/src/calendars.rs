//! Calendar addresses that members turned on, and the due dates they were told of.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Language, PersonId};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// A calendar address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// Whose due dates.
    pub person: PersonId,
    /// The language of its words.
    pub language: Language,
    /// When it was turned on.
    pub made_at: Timestamp,
}

/// What a calendar was told of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldRow {
    /// The account.
    pub account: AccountId,
    /// The month.
    pub month: BillingMonth,
    /// The event's own name.
    pub uid: String,
    /// The day.
    pub due_on: Date,
    /// How often it was changed.
    pub sequence: u32,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// Turns a calendar address on, in the place of an earlier one.
pub async fn put_feed(tx: &mut Tx, row: &FeedRow, token_hash: [u8; 32]) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO calendar_feeds (person_id, token_hash, language, made_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (person_id) DO UPDATE SET token_hash = $2, \
         language = $3, made_at = $4",
        args![row.person, token_hash, row.language, row.made_at],
    )
    .await
    .map(drop)
}

/// Turns it off; false if it was off.
pub async fn remove_feed(tx: &mut Tx, person: PersonId) -> Result<bool, StoreError> {
    let removed = tx
        .execute(
            "DELETE FROM calendar_feeds WHERE person_id = $1",
            args![person],
        )
        .await?;
    Ok(removed == 1)
}

/// The calendar address of a person.
pub async fn feed_of(tx: &mut Tx, person: PersonId) -> Result<Option<FeedRow>, StoreError> {
    tx.first(
        "SELECT person_id, language, made_at FROM calendar_feeds WHERE person_id = $1",
        args![person],
    )
    .await?
    .map(feed)
    .transpose()
}

/// The calendar address with this token.
pub async fn feed_by_token(
    tx: &mut Tx,
    token_hash: [u8; 32],
) -> Result<Option<FeedRow>, StoreError> {
    tx.first(
        "SELECT person_id, language, made_at FROM calendar_feeds WHERE token_hash = $1",
        args![token_hash],
    )
    .await?
    .map(feed)
    .transpose()
}

fn feed(mut row: Row) -> Result<FeedRow, StoreError> {
    Ok(FeedRow {
        person: row.read()?,
        language: row.read()?,
        made_at: row.read()?,
    })
}

/// What calendars were told of an account's months from `from` on.
pub async fn told(
    tx: &mut Tx,
    account: AccountId,
    from: BillingMonth,
) -> Result<Vec<ToldRow>, StoreError> {
    tx.all(
        "SELECT account_id, billing_month, uid, due_on, sequence, changed_at FROM calendar_dates \
         WHERE account_id = $1 AND billing_month >= $2 ORDER BY billing_month",
        args![account, from],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(ToldRow {
            account: row.read()?,
            month: row.read()?,
            uid: row.read()?,
            due_on: row.read()?,
            sequence: row.read()?,
            changed_at: row.read()?,
        })
    })
    .collect()
}

/// Notes what calendars are told from now on. The name of an event stays as it was.
pub async fn put_told(tx: &mut Tx, told: &[ToldRow]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Int,
        Kind::Text,
        Kind::Day,
        Kind::Int,
        Kind::Instant,
    ]);
    for row in told {
        rows.push([
            row.account.into(),
            row.month.into(),
            (&row.uid).into(),
            row.due_on.into(),
            row.sequence.into(),
            row.changed_at.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO calendar_dates (account_id, billing_month, uid, due_on, sequence, changed_at) \
         SELECT c1, c2, c3, c4, c5, c6 FROM {rows} WHERE true \
         ON CONFLICT (account_id, billing_month) DO UPDATE SET due_on = excluded.due_on, \
         sequence = excluded.sequence, changed_at = excluded.changed_at",
        &rows,
    )
    .await
    .map(drop)
}
