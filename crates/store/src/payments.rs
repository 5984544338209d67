//! Payments.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, Channel, Language, PaymentId, Tender};
use payments::PaymentStatus;

use std::collections::HashMap;

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// A payment as it is stored.
#[derive(Debug, Clone)]
pub struct PaymentRow {
    /// The account it is for.
    pub account: AccountId,
    /// Id.
    pub id: PaymentId,
    /// What the channel sent to make a repeat harmless.
    pub idempotency_key: String,
    /// SHA-256 of what was asked for, to tell a repeat from another request with the same key.
    pub request_digest: [u8; 32],
    /// Ten digits.
    pub confirmation: String,
    /// How much.
    pub cents: Cents,
    /// How much of it was given back.
    pub refunded: Cents,
    /// How it came in.
    pub channel: Channel,
    /// What with.
    pub tender: Tender,
    /// Last four digits of the card or account.
    pub last_four: String,
    /// The bank's name; empty for cards.
    pub bank_name: String,
    /// Who paid.
    pub payer_name: String,
    /// Where the receipt goes; empty if nowhere.
    pub payer_email: String,
    /// The payer's language.
    pub language: Language,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Why it was declined or returned; empty otherwise.
    pub reason: String,
    /// The version of the authorisation text agreed to.
    pub authorisation: String,
    /// Sealed evidence of the authorisation.
    pub evidence: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// The day it counts from.
    pub effective_on: Date,
    /// When its outcome was known.
    pub concluded_at: Option<Timestamp>,
}

pub(crate) fn status(text: &str) -> Result<PaymentStatus, StoreError> {
    PaymentStatus::from_code(text)
        .ok_or_else(|| StoreError::inconsistent(format!("payment status \"{text}\"")))
}

pub(crate) fn payment(mut row: Row) -> Result<PaymentRow, StoreError> {
    Ok(PaymentRow {
        account: row.read()?,
        id: row.read()?,
        idempotency_key: row.read()?,
        request_digest: row.read()?,
        confirmation: row.read()?,
        cents: row.read()?,
        refunded: row.read()?,
        channel: row.read()?,
        tender: row.read()?,
        last_four: row.read()?,
        bank_name: row.read()?,
        payer_name: row.read()?,
        payer_email: row.read()?,
        language: row.read()?,
        status: status(&row.read::<String>()?)?,
        reason: row.read()?,
        authorisation: row.read()?,
        evidence: row.read()?,
        received_at: row.read()?,
        effective_on: row.read()?,
        concluded_at: row.read_optional()?,
    })
}

/// Writes a new payment. False if the account has one with this idempotency key already.
pub async fn insert(tx: &mut Tx, row: &PaymentRow) -> Result<bool, StoreError> {
    let inserted = tx
        .execute(
            "INSERT INTO payments (account_id, id, idempotency_key, request_digest, confirmation, \
             cents, refunded_cents, channel, tender, last_four, bank_name, payer_name, payer_email, \
             language, status, reason, authorisation, evidence, received_at, effective_on, \
             concluded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
             $15, $16, $17, $18, $19, $20, $21) \
             ON CONFLICT (account_id, idempotency_key) DO NOTHING",
            args![
                row.account,
                row.id,
                &row.idempotency_key,
                row.request_digest,
                &row.confirmation,
                row.cents,
                row.refunded,
                row.channel.code(),
                row.tender.code(),
                &row.last_four,
                &row.bank_name,
                &row.payer_name,
                &row.payer_email,
                row.language,
                row.status.code(),
                &row.reason,
                &row.authorisation,
                &row.evidence,
                row.received_at,
                row.effective_on,
                row.concluded_at,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Writes new payments whose keys were looked up by [`by_keys`] with their accounts locked.
///
/// # Errors
/// [`StoreError::Conflict`] if one of the keys was used before.
pub async fn insert_all(tx: &mut Tx, payments: &[PaymentRow]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Id,
        Kind::Text,
        Kind::Bytes,
        Kind::Text,
        Kind::Int,
        Kind::Int,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Instant,
        Kind::Day,
        Kind::Instant,
    ]);
    for row in payments {
        rows.push([
            row.account.into(),
            row.id.into(),
            (&row.idempotency_key).into(),
            row.request_digest.into(),
            (&row.confirmation).into(),
            row.cents.into(),
            row.refunded.into(),
            row.channel.code().into(),
            row.tender.code().into(),
            (&row.last_four).into(),
            (&row.bank_name).into(),
            (&row.payer_name).into(),
            (&row.payer_email).into(),
            row.language.into(),
            row.status.code().into(),
            (&row.reason).into(),
            (&row.authorisation).into(),
            (&row.evidence).into(),
            row.received_at.into(),
            row.effective_on.into(),
            row.concluded_at.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO payments (account_id, id, idempotency_key, request_digest, confirmation, \
         cents, refunded_cents, channel, tender, last_four, bank_name, payer_name, payer_email, \
         language, status, reason, authorisation, evidence, received_at, effective_on, \
         concluded_at) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, \
         c16, c17, c18, c19, c20, c21 FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// The payments that these accounts have with these idempotency keys.
pub async fn by_keys(
    tx: &mut Tx,
    keys: &[(AccountId, &str)],
) -> Result<HashMap<(AccountId, String), PaymentId>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Text]);
    for (account, key) in keys {
        rows.push([(*account).into(), (*key).into()]);
    }
    tx.all_rows(
        "SELECT p.account_id, p.idempotency_key, p.id FROM {rows} JOIN payments p \
         ON p.account_id = v.c1 AND p.idempotency_key = v.c2",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| Ok(((row.read()?, row.read()?), row.read()?)))
    .collect()
}

/// The payment of an account with this idempotency key.
pub async fn by_key(
    tx: &mut Tx,
    account: AccountId,
    key: &str,
) -> Result<Option<PaymentRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, idempotency_key, request_digest, confirmation, cents, \
         refunded_cents, channel, tender, last_four, bank_name, payer_name, payer_email, language, \
         status, reason, authorisation, evidence, received_at, effective_on, concluded_at \
         FROM payments WHERE account_id = $1 AND idempotency_key = $2",
        args![account, key],
    )
    .await?
    .map(payment)
    .transpose()
}

/// The payment of an account with this id.
pub async fn by_id(
    tx: &mut Tx,
    account: AccountId,
    id: PaymentId,
) -> Result<Option<PaymentRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, idempotency_key, request_digest, confirmation, cents, \
         refunded_cents, channel, tender, last_four, bank_name, payer_name, payer_email, language, \
         status, reason, authorisation, evidence, received_at, effective_on, concluded_at \
         FROM payments WHERE account_id = $1 AND id = $2",
        args![account, id],
    )
    .await?
    .map(payment)
    .transpose()
}

/// The payments of an account that came in at or after `since`, newest first.
pub async fn since(
    tx: &mut Tx,
    account: AccountId,
    since: Timestamp,
) -> Result<Vec<PaymentRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, idempotency_key, request_digest, confirmation, cents, \
         refunded_cents, channel, tender, last_four, bank_name, payer_name, payer_email, language, \
         status, reason, authorisation, evidence, received_at, effective_on, concluded_at \
         FROM payments WHERE account_id = $1 AND received_at >= $2 ORDER BY received_at DESC, id DESC",
        args![account, since],
    )
    .await?
    .into_iter()
    .map(payment)
    .collect()
}

/// Moves a payment to where its attempt stands.
pub async fn set_status(
    tx: &mut Tx,
    account: AccountId,
    id: PaymentId,
    status: PaymentStatus,
    reason: &str,
    concluded_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE payments SET status = $3, reason = $4, concluded_at = $5 \
         WHERE account_id = $1 AND id = $2",
        args![account, id, status.code(), reason, concluded_at],
    )
    .await
    .map(drop)
}

/// Which payments of an account to list.
#[derive(Debug, Clone, Default)]
pub struct HistoryQuery {
    /// From this day on.
    pub from: Option<Date>,
    /// Before this day.
    pub before: Option<Date>,
    /// Only with this status.
    pub status: Option<PaymentStatus>,
    /// How many to pass over.
    pub offset: i64,
    /// How many at most.
    pub limit: i64,
}

const FIRST_DAY: Date = jiff::civil::date(1900, 1, 1);
const LAST_DAY: Date = jiff::civil::date(2201, 1, 1);

/// The payments of an account, newest first.
pub async fn history(
    tx: &mut Tx,
    account: AccountId,
    query: &HistoryQuery,
) -> Result<Vec<PaymentRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, idempotency_key, request_digest, confirmation, cents, \
         refunded_cents, channel, tender, last_four, bank_name, payer_name, payer_email, language, \
         status, reason, authorisation, evidence, received_at, effective_on, concluded_at \
         FROM payments WHERE account_id = $1 AND effective_on >= $2 AND effective_on < $3 \
         AND ($4 = '' OR status = $4) ORDER BY received_at DESC, id DESC LIMIT $5 OFFSET $6",
        args![
            account,
            query.from.unwrap_or(FIRST_DAY),
            query.before.unwrap_or(LAST_DAY),
            query.status.map_or("", PaymentStatus::code),
            query.limit,
            query.offset,
        ],
    )
    .await?
    .into_iter()
    .map(payment)
    .collect()
}

/// How many payments [`history`] has in all, without its limit.
pub async fn history_count(
    tx: &mut Tx,
    account: AccountId,
    query: &HistoryQuery,
) -> Result<i64, StoreError> {
    tx.one(
        "a count",
        "SELECT COUNT(*) FROM payments WHERE account_id = $1 AND effective_on >= $2 \
         AND effective_on < $3 AND ($4 = '' OR status = $4)",
        args![
            account,
            query.from.unwrap_or(FIRST_DAY),
            query.before.unwrap_or(LAST_DAY),
            query.status.map_or("", PaymentStatus::code),
        ],
    )
    .await?
    .read()
}

/// The days of an account's first and last payment.
pub async fn history_days(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Option<(Date, Date)>, StoreError> {
    let mut row = tx
        .one(
            "the days of payments",
            "SELECT MIN(effective_on), MAX(effective_on) FROM payments WHERE account_id = $1",
            args![account],
        )
        .await?;
    Ok(match (row.read_optional()?, row.read_optional()?) {
        (Some(first), Some(last)) => Some((first, last)),
        _ => None,
    })
}
