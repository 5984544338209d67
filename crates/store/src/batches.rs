//! Batches of checks as they were deposited: those of a lockbox file, and drawers of centers.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, DrawerId};

use crate::{StoreError, Tx, args};

/// Which batch of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchKey {
    /// The file.
    pub file: AccountId,
    /// The lockbox, as the bank numbers it.
    pub lockbox: String,
    /// The day of deposit.
    pub deposited_on: Date,
    /// The batch, as the bank numbers it.
    pub batch: String,
}

/// A batch of a lockbox file.
#[derive(Debug, Clone)]
pub struct BatchRow {
    /// Which.
    pub key: BatchKey,
    /// How many checks it has.
    pub checks: i64,
    /// What they come to.
    pub cents: Cents,
    /// How many of them were ever in suspense.
    pub suspended: i64,
    /// What of that is still open.
    pub waiting: Cents,
}

/// A check of a batch.
#[derive(Debug, Clone)]
pub struct BatchCheckRow {
    /// Its number in the file.
    pub item: i64,
    /// The envelope.
    pub envelope: String,
    /// The last four digits of the payer's bank account.
    pub last_four: String,
    /// How much.
    pub cents: Cents,
    /// What became of it in suspense; `None` if it was posted at once.
    pub suspense: Option<String>,
}

/// A payment that a check of a batch became.
#[derive(Debug, Clone)]
pub struct BatchPaymentRow {
    /// The check's number in the file.
    pub item: i64,
    /// The account.
    pub account: AccountId,
    /// The confirmation number, not grouped.
    pub confirmation: String,
    /// How much.
    pub cents: Cents,
    /// Where it stands.
    pub status: payments::PaymentStatus,
}

/// A drawer of a center.
#[derive(Debug, Clone)]
pub struct DrawerBatchRow {
    /// The drawer.
    pub drawer: DrawerId,
    /// The center, by its id in the plan file.
    pub center: String,
    /// Whose it is, by name.
    pub associate: String,
    /// `open`, `counted` or `closed`.
    pub state: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// How many checks are in it.
    pub checks: i64,
    /// What they come to.
    pub cents: Cents,
    /// The number of its deposit slip; `None` until it is closed.
    pub slip_number: Option<i64>,
}

/// The batches of a file, in the order of the file.
///
/// # Errors
/// [`StoreError`].
pub async fn of_file(tx: &mut Tx, file: AccountId) -> Result<Vec<BatchRow>, StoreError> {
    tx.all(
        "SELECT i.lockbox, i.deposited_on, i.batch, COUNT(*), CAST(SUM(i.cents) AS BIGINT), \
         COUNT(s.item_no), CAST(SUM(COALESCE(s.open_cents, 0)) AS BIGINT) \
         FROM remittance_items i LEFT JOIN suspense s \
         ON s.file_id = i.file_id AND s.item_no = i.item_no WHERE i.file_id = $1 \
         GROUP BY i.lockbox, i.deposited_on, i.batch ORDER BY MIN(i.item_no)",
        args![file],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(BatchRow {
            key: BatchKey {
                file,
                lockbox: row.read()?,
                deposited_on: row.read()?,
                batch: row.read()?,
            },
            checks: row.read()?,
            cents: row.read()?,
            suspended: row.read()?,
            waiting: row.read()?,
        })
    })
    .collect()
}

/// The checks of a batch, in the order of the file.
///
/// # Errors
/// [`StoreError`].
pub async fn checks(
    tx: &mut Tx,
    key: &BatchKey,
    (offset, limit): (i64, i64),
) -> Result<Vec<BatchCheckRow>, StoreError> {
    tx.all(
        "SELECT i.item_no, i.envelope, i.last_four, i.cents, s.state FROM remittance_items i \
         LEFT JOIN suspense s ON s.file_id = i.file_id AND s.item_no = i.item_no \
         WHERE i.file_id = $1 AND i.lockbox = $2 AND i.deposited_on = $3 AND i.batch = $4 \
         ORDER BY i.item_no LIMIT $5 OFFSET $6",
        args![
            key.file,
            &key.lockbox,
            key.deposited_on,
            &key.batch,
            limit,
            offset
        ],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(BatchCheckRow {
            item: row.read()?,
            envelope: row.read()?,
            last_four: row.read()?,
            cents: row.read()?,
            suspense: row.read_optional()?,
        })
    })
    .collect()
}

/// The payments that the checks of a file from `first` to `last` became.
///
/// # Errors
/// [`StoreError`].
pub async fn payments(
    tx: &mut Tx,
    file: AccountId,
    (first, last): (i64, i64),
) -> Result<Vec<BatchPaymentRow>, StoreError> {
    tx.all(
        "SELECT r.item_no, r.account_id, p.confirmation, p.cents, p.status \
         FROM remittance_payments r JOIN payments p \
         ON p.account_id = r.account_id AND p.id = r.payment_id \
         WHERE r.file_id = $1 AND r.item_no >= $2 AND r.item_no <= $3 \
         ORDER BY r.item_no, p.confirmation",
        args![file, first, last],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(BatchPaymentRow {
            item: row.read()?,
            account: row.read()?,
            confirmation: row.read()?,
            cents: row.read()?,
            status: crate::payments::status(&row.read::<String>()?)?,
        })
    })
    .collect()
}

/// The drawers that were opened last, latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn drawers(tx: &mut Tx, most: i64) -> Result<Vec<DrawerBatchRow>, StoreError> {
    tx.all(
        "SELECT d.id, d.center, s.name, d.state, d.opened_at, \
         (SELECT COUNT(*) FROM drawer_checks c WHERE c.drawer_id = d.id), d.expected_cents, \
         d.slip_number FROM drawers d JOIN staff s ON s.id = d.associate_id \
         ORDER BY d.opened_at DESC, d.id LIMIT $1",
        args![most],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(DrawerBatchRow {
            drawer: row.read()?,
            center: row.read()?,
            associate: row.read()?,
            state: row.read()?,
            opened_at: row.read()?,
            checks: row.read()?,
            cents: row.read()?,
            slip_number: row.read_optional()?,
        })
    })
    .collect()
}
