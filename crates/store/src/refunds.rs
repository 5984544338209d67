//! Refunds of payments.

use jiff::Timestamp;
use kernel::{AccountId, Cents, PaymentId, RefundId};
use payments::{PaymentStatus, RefundStatus};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// A refund as it is stored.
#[derive(Debug, Clone)]
pub struct RefundRow {
    /// The account of its payment.
    pub account: AccountId,
    /// Id.
    pub id: RefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// What makes a repeat harmless.
    pub idempotency_key: String,
    /// How much.
    pub cents: Cents,
    /// True if the money cannot go back the way it came.
    pub by_check: bool,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub status: RefundStatus,
    /// True if somebody else than who asked has to release it.
    pub needs_second: bool,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Who decided; empty until then.
    pub decided_by: String,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// The processor's name for the charge; empty if there is none.
    pub charge: String,
    /// The processor's name for the refund; empty until known.
    pub reference: String,
    /// When it was first sent.
    pub dispatched_at: Option<Timestamp>,
    /// How often it was sent or asked about.
    pub enquiries: u32,
    /// When to send it or to ask next.
    pub next_enquiry_at: Option<Timestamp>,
    /// Who must look at it.
    pub owner: String,
    /// When nothing was left to do here.
    pub concluded_at: Option<Timestamp>,
}

fn refund(mut row: Row) -> Result<RefundRow, StoreError> {
    Ok(RefundRow {
        account: row.read()?,
        id: row.read()?,
        payment: row.read()?,
        idempotency_key: row.read()?,
        cents: row.read()?,
        by_check: row.read()?,
        reason: row.read()?,
        status: {
            let code: String = row.read()?;
            RefundStatus::from_code(&code)
                .ok_or_else(|| StoreError::inconsistent(format!("refund status \"{code}\"")))?
        },
        needs_second: row.read()?,
        asked_by: row.read()?,
        asked_at: row.read()?,
        decided_by: row.read()?,
        decided_at: row.read_optional()?,
        charge: row.read()?,
        reference: row.read()?,
        dispatched_at: row.read_optional()?,
        enquiries: row.read()?,
        next_enquiry_at: row.read_optional()?,
        owner: row.read()?,
        concluded_at: row.read_optional()?,
    })
}

/// Writes a new refund.
///
/// # Errors
/// [`StoreError::Conflict`] if its key was used, or another refund of the payment is not over.
pub async fn insert(tx: &mut Tx, row: &RefundRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO refunds (account_id, id, payment_id, idempotency_key, cents, by_check, reason, \
         status, needs_second, asked_by, asked_at, decided_by, decided_at, charge, reference, \
         dispatched_at, enquiries, next_enquiry_at, owner, concluded_at) VALUES ($1, $2, $3, $4, \
         $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        args![
            row.account,
            row.id,
            row.payment,
            &row.idempotency_key,
            row.cents,
            row.by_check,
            &row.reason,
            row.status.code(),
            row.needs_second,
            &row.asked_by,
            row.asked_at,
            &row.decided_by,
            row.decided_at,
            &row.charge,
            &row.reference,
            row.dispatched_at,
            row.enquiries,
            row.next_enquiry_at,
            &row.owner,
            row.concluded_at,
        ],
    )
    .await
    .map(drop)
}

/// Writes what changes in a refund, if nobody sent it or asked about it since `seen` enquiries.
/// False if somebody did.
pub async fn save(tx: &mut Tx, row: &RefundRow, seen: u32) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE refunds SET status = $3, decided_by = $4, decided_at = $5, reference = $6, \
             dispatched_at = $7, enquiries = $8, next_enquiry_at = $9, owner = $10, \
             concluded_at = $11, by_check = $12 \
             WHERE account_id = $1 AND id = $2 AND enquiries = $13",
            args![
                row.account,
                row.id,
                row.status.code(),
                &row.decided_by,
                row.decided_at,
                &row.reference,
                row.dispatched_at,
                row.enquiries,
                row.next_enquiry_at,
                &row.owner,
                row.concluded_at,
                row.by_check,
                seen,
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// The refund of an account with this key.
pub async fn by_key(
    tx: &mut Tx,
    account: AccountId,
    key: &str,
) -> Result<Option<RefundRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, payment_id, idempotency_key, cents, by_check, reason, status, \
         needs_second, asked_by, asked_at, decided_by, decided_at, charge, reference, \
         dispatched_at, enquiries, next_enquiry_at, owner, concluded_at FROM refunds \
         WHERE account_id = $1 AND idempotency_key = $2",
        args![account, key],
    )
    .await?
    .map(refund)
    .transpose()
}

/// The refund of an account with this id.
pub async fn by_id(
    tx: &mut Tx,
    account: AccountId,
    id: RefundId,
) -> Result<Option<RefundRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, payment_id, idempotency_key, cents, by_check, reason, status, \
         needs_second, asked_by, asked_at, decided_by, decided_at, charge, reference, \
         dispatched_at, enquiries, next_enquiry_at, owner, concluded_at FROM refunds \
         WHERE account_id = $1 AND id = $2",
        args![account, id],
    )
    .await?
    .map(refund)
    .transpose()
}

/// The refund of a payment that is not over.
pub async fn live(
    tx: &mut Tx,
    account: AccountId,
    payment: PaymentId,
) -> Result<Option<RefundRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, payment_id, idempotency_key, cents, by_check, reason, status, \
         needs_second, asked_by, asked_at, decided_by, decided_at, charge, reference, \
         dispatched_at, enquiries, next_enquiry_at, owner, concluded_at FROM refunds \
         WHERE account_id = $1 AND payment_id = $2 AND concluded_at IS NULL",
        args![account, payment],
    )
    .await?
    .map(refund)
    .transpose()
}

/// The refunds that it is time to send or to ask about.
pub async fn due(tx: &mut Tx, now: Timestamp, most: i64) -> Result<Vec<RefundRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, payment_id, idempotency_key, cents, by_check, reason, status, \
         needs_second, asked_by, asked_at, decided_by, decided_at, charge, reference, \
         dispatched_at, enquiries, next_enquiry_at, owner, concluded_at FROM refunds \
         WHERE next_enquiry_at IS NOT NULL AND next_enquiry_at <= $1 \
         ORDER BY next_enquiry_at LIMIT $2",
        args![now, most],
    )
    .await?
    .into_iter()
    .map(refund)
    .collect()
}

/// The refunds that are not over, oldest first.
pub async fn open(tx: &mut Tx, most: i64) -> Result<Vec<RefundRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, payment_id, idempotency_key, cents, by_check, reason, status, \
         needs_second, asked_by, asked_at, decided_by, decided_at, charge, reference, \
         dispatched_at, enquiries, next_enquiry_at, owner, concluded_at FROM refunds \
         WHERE concluded_at IS NULL ORDER BY asked_at LIMIT $1",
        args![most],
    )
    .await?
    .into_iter()
    .map(refund)
    .collect()
}

/// The refunds that are over, the latest first.
pub async fn over(tx: &mut Tx, most: i64) -> Result<Vec<RefundRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, payment_id, idempotency_key, cents, by_check, reason, status, \
         needs_second, asked_by, asked_at, decided_by, decided_at, charge, reference, \
         dispatched_at, enquiries, next_enquiry_at, owner, concluded_at FROM refunds \
         WHERE concluded_at IS NOT NULL ORDER BY concluded_at DESC LIMIT $1",
        args![most],
    )
    .await?
    .into_iter()
    .map(refund)
    .collect()
}

/// Writes how much of a payment is given back in all, and where that leaves it.
pub async fn set_refunded(
    tx: &mut Tx,
    (account, payment): (AccountId, PaymentId),
    refunded: Cents,
    status: PaymentStatus,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE payments SET refunded_cents = $3, status = $4 WHERE account_id = $1 AND id = $2",
        args![account, payment, refunded, status.code()],
    )
    .await
    .map(drop)
}
