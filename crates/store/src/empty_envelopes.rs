//! Envelopes in which the lockbox bank found a coupon and no check.

use jiff::civil::Date;
use kernel::AccountId;

use crate::sql::{Kind, Rows};
use crate::{StoreError, Tx, args};

/// An envelope without a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptyRow {
    /// Its number in the file, from 1.
    pub number: i64,
    /// The lockbox.
    pub lockbox: String,
    /// The day of deposit.
    pub deposited_on: Date,
    /// The bank's batch.
    pub batch: String,
    /// The bank's number for the envelope.
    pub envelope: String,
    /// What its coupons say.
    pub said: String,
    /// The account that a verified coupon is of, if there is exactly one.
    pub account: Option<AccountId>,
}

/// Writes envelopes of a file.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(
    tx: &mut Tx,
    file: AccountId,
    envelopes: &[EmptyRow],
) -> Result<(), StoreError> {
    if envelopes.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Int,
        Kind::Text,
        Kind::Day,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Id,
    ]);
    for row in envelopes {
        rows.push([
            file.into(),
            row.number.into(),
            (&row.lockbox).into(),
            row.deposited_on.into(),
            (&row.batch).into(),
            (&row.envelope).into(),
            (&row.said).into(),
            row.account.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO empty_envelopes (file_id, envelope_no, lockbox, deposited_on, batch, envelope, \
         said, account_id) SELECT c1, c2, c3, c4, c5, c6, c7, c8 FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// How many a file has.
///
/// # Errors
/// [`StoreError`].
pub async fn count(tx: &mut Tx, file: AccountId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM empty_envelopes WHERE file_id = $1";
    tx.one("a count", sql, args![file]).await?.read()
}

/// The last `most`, the newest deposit first, each with the name of its file.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(tx: &mut Tx, most: i64) -> Result<Vec<(String, EmptyRow)>, StoreError> {
    tx.all(
        "SELECT f.file_name, e.envelope_no, e.lockbox, e.deposited_on, e.batch, e.envelope, e.said, \
         e.account_id FROM empty_envelopes e JOIN remittance_files f ON f.id = e.file_id \
         ORDER BY e.deposited_on DESC, e.file_id, e.envelope_no LIMIT $1",
        args![most],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        let name = row.read()?;
        let envelope = EmptyRow {
            number: row.read()?,
            lockbox: row.read()?,
            deposited_on: row.read()?,
            batch: row.read()?,
            envelope: row.read()?,
            said: row.read()?,
            account: row.read_optional()?,
        };
        Ok((name, envelope))
    })
    .collect()
}
