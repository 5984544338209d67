//! Premium that is given up.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, ApplicationId, Cents, InvoiceId, WriteOffId};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// A write-off as it is stored.
#[derive(Debug, Clone)]
pub struct WriteOffRow {
    /// The account of its invoice.
    pub account: AccountId,
    /// Id.
    pub id: WriteOffId,
    /// Of which invoice.
    pub invoice: InvoiceId,
    /// What makes a repeat harmless.
    pub idempotency_key: String,
    /// How much.
    pub cents: Cents,
    /// Why.
    pub reason: String,
    /// `asked`, `done` or `refused`.
    pub status: String,
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
}

fn write_off(mut row: Row) -> Result<WriteOffRow, StoreError> {
    Ok(WriteOffRow {
        account: row.read()?,
        id: row.read()?,
        invoice: row.read()?,
        idempotency_key: row.read()?,
        cents: row.read()?,
        reason: row.read()?,
        status: row.read()?,
        needs_second: row.read()?,
        asked_by: row.read()?,
        asked_at: row.read()?,
        decided_by: row.read()?,
        decided_at: row.read_optional()?,
    })
}

/// Writes a new write-off.
///
/// # Errors
/// [`StoreError::Conflict`] if its key was used, or another one of the invoice is not decided.
pub async fn insert(tx: &mut Tx, row: &WriteOffRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO write_offs (account_id, id, invoice_id, idempotency_key, cents, reason, \
         status, needs_second, asked_by, asked_at, decided_by, decided_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            row.account,
            row.id,
            row.invoice,
            &row.idempotency_key,
            row.cents,
            &row.reason,
            &row.status,
            row.needs_second,
            &row.asked_by,
            row.asked_at,
            &row.decided_by,
            row.decided_at,
        ],
    )
    .await
    .map(drop)
}

/// Writes what was decided about a write-off.
pub async fn decide(tx: &mut Tx, row: &WriteOffRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE write_offs SET status = $3, decided_by = $4, decided_at = $5 \
         WHERE account_id = $1 AND id = $2 AND decided_at IS NULL",
        args![
            row.account,
            row.id,
            &row.status,
            &row.decided_by,
            row.decided_at
        ],
    )
    .await
    .map(drop)
}

/// The write-off of an account with this key.
pub async fn by_key(
    tx: &mut Tx,
    account: AccountId,
    key: &str,
) -> Result<Option<WriteOffRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, invoice_id, idempotency_key, cents, reason, status, needs_second, \
         asked_by, asked_at, decided_by, decided_at FROM write_offs \
         WHERE account_id = $1 AND idempotency_key = $2",
        args![account, key],
    )
    .await?
    .map(write_off)
    .transpose()
}

/// The write-off of an account with this id.
pub async fn by_id(
    tx: &mut Tx,
    account: AccountId,
    id: WriteOffId,
) -> Result<Option<WriteOffRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, invoice_id, idempotency_key, cents, reason, status, needs_second, \
         asked_by, asked_at, decided_by, decided_at FROM write_offs \
         WHERE account_id = $1 AND id = $2",
        args![account, id],
    )
    .await?
    .map(write_off)
    .transpose()
}

/// The write-off of an invoice that is not decided.
pub async fn live(
    tx: &mut Tx,
    account: AccountId,
    invoice: InvoiceId,
) -> Result<Option<WriteOffRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, invoice_id, idempotency_key, cents, reason, status, needs_second, \
         asked_by, asked_at, decided_by, decided_at FROM write_offs \
         WHERE account_id = $1 AND invoice_id = $2 AND decided_at IS NULL",
        args![account, invoice],
    )
    .await?
    .map(write_off)
    .transpose()
}

/// The write-offs that are not decided, oldest first.
pub async fn open(tx: &mut Tx, most: i64) -> Result<Vec<WriteOffRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, invoice_id, idempotency_key, cents, reason, status, needs_second, \
         asked_by, asked_at, decided_by, decided_at FROM write_offs \
         WHERE decided_at IS NULL ORDER BY asked_at LIMIT $1",
        args![most],
    )
    .await?
    .into_iter()
    .map(write_off)
    .collect()
}

/// The write-offs that are decided, the latest first.
pub async fn over(tx: &mut Tx, most: i64) -> Result<Vec<WriteOffRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, invoice_id, idempotency_key, cents, reason, status, needs_second, \
         asked_by, asked_at, decided_by, decided_at FROM write_offs \
         WHERE decided_at IS NOT NULL ORDER BY decided_at DESC LIMIT $1",
        args![most],
    )
    .await?
    .into_iter()
    .map(write_off)
    .collect()
}

/// Applies a write-off to its invoice, by the posting `journal_seq`.
pub async fn apply(
    tx: &mut Tx,
    row: &WriteOffRow,
    application: ApplicationId,
    (on, journal_seq): (Date, i64),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO applications (account_id, id, invoice_id, payment_id, cents, applied_on, \
         journal_seq, created_at, write_off_id) VALUES ($1, $2, $3, NULL, $4, $5, $6, $7, $8)",
        args![
            row.account,
            application,
            row.invoice,
            row.cents,
            on,
            journal_seq,
            now,
            row.id
        ],
    )
    .await?;
    let touched = tx
        .execute(
            "UPDATE invoices SET applied_cents = applied_cents + $3 \
             WHERE account_id = $1 AND id = $2",
            args![row.account, row.invoice, row.cents],
        )
        .await?;
    match touched {
        1 => Ok(()),
        _ => Err(StoreError::inconsistent(
            "a write-off names an invoice that is not there",
        )),
    }
}
