//! Checks that came back from the payers' banks.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, PaymentId};

use crate::suspense::ItemKey;
use crate::{StoreError, Tx, args};

/// A returned check as it is written.
#[derive(Debug, Clone)]
pub struct ReturnedRow {
    /// SHA-256 of its file, in hexadecimal digits.
    pub digest: String,
    /// The number of its record in the file.
    pub record: i64,
    /// The name of the file.
    pub file_name: String,
    /// Keyed hash of bank account, number and amount; empty if not all of them were read.
    pub fingerprint: String,
    /// The amount.
    pub cents: Cents,
    /// The bank's code.
    pub reason: String,
    /// The check it is.
    pub check: Option<ItemKey>,
    /// `reversed`, or why a person has to look.
    pub outcome: String,
    /// The queue or person that looks.
    pub owner: String,
    /// When it was taken in.
    pub taken_in_at: Timestamp,
    /// When nothing was left to do.
    pub closed_at: Option<Timestamp>,
}

/// True if this record of this file was taken in.
///
/// # Errors
/// [`StoreError`].
pub async fn known(tx: &mut Tx, digest: &str, record: i64) -> Result<bool, StoreError> {
    Ok(tx
        .first(
            "SELECT outcome FROM returned_checks WHERE digest = $1 AND record_no = $2",
            args![digest, record],
        )
        .await?
        .is_some())
}

/// The check that a return is of, if that is certain.
///
/// # Errors
/// [`StoreError`].
pub async fn item_of(
    tx: &mut Tx,
    digest: &str,
    record: i64,
) -> Result<Option<ItemKey>, StoreError> {
    let found = tx
        .first(
            "SELECT file_id, item_no FROM returned_checks WHERE digest = $1 AND record_no = $2",
            args![digest, record],
        )
        .await?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    let (file, item) = (row.read_optional()?, row.read_optional()?);
    Ok(Option::zip(file, item).map(|(file, item)| ItemKey { file, item }))
}

/// Writes a returned check.
///
/// # Errors
/// [`StoreError::Conflict`] if it is there, or what the check paid was taken back already.
pub async fn insert(tx: &mut Tx, row: &ReturnedRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO returned_checks (digest, record_no, file_name, fingerprint, cents, reason, \
         file_id, item_no, outcome, owner, taken_in_at, closed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            &row.digest,
            row.record,
            &row.file_name,
            &row.fingerprint,
            row.cents,
            &row.reason,
            row.check.map(|key| key.file),
            row.check.map(|key| key.item),
            &row.outcome,
            &row.owner,
            row.taken_in_at,
            row.closed_at,
        ],
    )
    .await
    .map(drop)
}

/// A check that came in with this fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CameIn {
    /// Which one.
    pub key: ItemKey,
    /// The day of deposit.
    pub deposited_on: Date,
    /// True if what it paid was taken back already.
    pub reversed: bool,
}

/// The checks with a fingerprint, oldest deposit first.
///
/// # Errors
/// [`StoreError`].
pub async fn came_in(tx: &mut Tx, fingerprint: &str) -> Result<Vec<CameIn>, StoreError> {
    tx.all(
        "SELECT i.file_id, i.item_no, i.deposited_on, EXISTS (SELECT 1 FROM returned_checks r \
         WHERE r.file_id = i.file_id AND r.item_no = i.item_no AND r.outcome = 'reversed') \
         FROM remittance_items i WHERE i.fingerprint = $1 AND i.fingerprint <> '' \
         ORDER BY i.deposited_on, i.file_id, i.item_no",
        args![fingerprint],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(CameIn {
            key: ItemKey {
                file: row.read()?,
                item: row.read()?,
            },
            deposited_on: row.read()?,
            reversed: row.read()?,
        })
    })
    .collect()
}

/// The payments that a check became, by account.
///
/// # Errors
/// [`StoreError`].
pub async fn payments_of(
    tx: &mut Tx,
    key: ItemKey,
) -> Result<Vec<(AccountId, PaymentId)>, StoreError> {
    tx.all(
        "SELECT account_id, payment_id FROM remittance_payments \
         WHERE file_id = $1 AND item_no = $2 ORDER BY account_id, payment_id",
        args![key.file, key.item],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}

/// The payment that a check with a fingerprint became which was taken at a counter.
///
/// # Errors
/// [`StoreError`].
pub async fn at_counter(
    tx: &mut Tx,
    fingerprint: &str,
) -> Result<Option<(AccountId, PaymentId)>, StoreError> {
    tx.first(
        "SELECT account_id, payment_id FROM drawer_checks WHERE fingerprint = $1",
        args![fingerprint],
    )
    .await?
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .transpose()
}

/// The returns that a person has to look at, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(tx: &mut Tx, most: i64) -> Result<Vec<ReturnedRow>, StoreError> {
    tx.all(
        "SELECT digest, record_no, file_name, fingerprint, cents, reason, file_id, item_no, \
         outcome, owner, taken_in_at, closed_at FROM returned_checks WHERE closed_at IS NULL \
         ORDER BY taken_in_at, digest, record_no LIMIT $1",
        args![most],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        let (digest, record, file_name) = (row.read()?, row.read()?, row.read()?);
        let (fingerprint, cents, reason) = (row.read()?, row.read()?, row.read()?);
        let (file, item) = (row.read_optional()?, row.read_optional()?);
        Ok(ReturnedRow {
            digest,
            record,
            file_name,
            fingerprint,
            cents,
            reason,
            check: Option::zip(file, item).map(|(file, item)| ItemKey { file, item }),
            outcome: row.read()?,
            owner: row.read()?,
            taken_in_at: row.read()?,
            closed_at: row.read_optional()?,
        })
    })
    .collect()
}
