//! Mandates without exactly one draft as it should be, and why.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, MandateId};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// What the watch found for one mandate and month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The account.
    pub account: AccountId,
    /// The month.
    pub month: BillingMonth,
    /// The mandate.
    pub mandate: MandateId,
    /// A fault, or the stated reason why there is no draft.
    pub finding: String,
    /// True for a fault of the machinery.
    pub is_fault: bool,
    /// When the invoice is due, if there is one.
    pub due_on: Option<Date>,
    /// Since which night.
    pub since: Date,
    /// On which night it was last found.
    pub seen_on: Date,
    /// When the member was told.
    pub told_at: Option<Timestamp>,
}

fn found(row: &mut Row) -> Result<Found, StoreError> {
    Ok(Found {
        account: row.read()?,
        month: row.read()?,
        mandate: row.read()?,
        finding: row.read()?,
        is_fault: row.read()?,
        due_on: row.read_optional()?,
        since: row.read()?,
        seen_on: row.read()?,
        told_at: row.read_optional()?,
    })
}

/// What is on the list for the accounts numbered after `after` up to `last`.
///
/// # Errors
/// [`StoreError`].
pub async fn of_range(tx: &mut Tx, after: i64, last: i64) -> Result<Vec<Found>, StoreError> {
    tx.all(
        "SELECT w.account_id, w.billing_month, w.mandate_id, w.finding, w.is_fault, w.due_on, \
         w.since, w.seen_on, w.told_at FROM accounts a JOIN autopay_watch w ON w.account_id = a.id \
         WHERE a.account_number > $1 AND a.account_number <= $2",
        args![after, last],
    )
    .await?
    .into_iter()
    .map(|mut row| found(&mut row))
    .collect()
}

/// Puts findings on the list, or again.
///
/// # Errors
/// [`StoreError`].
pub async fn put(tx: &mut Tx, findings: &[Found]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Int,
        Kind::Id,
        Kind::Text,
        Kind::Bool,
        Kind::Day,
        Kind::Day,
        Kind::Day,
        Kind::Instant,
    ]);
    for found in findings {
        rows.push([
            found.account.into(),
            found.month.into(),
            found.mandate.into(),
            (&found.finding).into(),
            found.is_fault.into(),
            found.due_on.into(),
            found.since.into(),
            found.seen_on.into(),
            found.told_at.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO autopay_watch (account_id, billing_month, mandate_id, finding, is_fault, \
         due_on, since, seen_on, told_at) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9 FROM {rows} \
         WHERE true ON CONFLICT (account_id, billing_month) DO UPDATE SET \
         mandate_id = excluded.mandate_id, finding = excluded.finding, \
         is_fault = excluded.is_fault, due_on = excluded.due_on, since = excluded.since, \
         seen_on = excluded.seen_on, told_at = excluded.told_at",
        &rows,
    )
    .await
    .map(drop)
}

/// Takes findings off the list.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(tx: &mut Tx, settled: &[(AccountId, BillingMonth)]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Int]);
    for (account, month) in settled {
        rows.push([(*account).into(), (*month).into()]);
    }
    tx.execute_rows(
        "DELETE FROM autopay_watch WHERE (account_id, billing_month) IN \
         (SELECT c1, c2 FROM {rows})",
        &rows,
    )
    .await
    .map(drop)
}

/// A line of the list as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What was found.
    pub found: Found,
    /// The number of the account.
    pub number: i64,
    /// Its plan line.
    pub plan_line: String,
}

/// The list, faults first, then by due date.
///
/// # Errors
/// [`StoreError`].
pub async fn list(tx: &mut Tx, most: i64) -> Result<Vec<Listed>, StoreError> {
    tx.all(
        "SELECT w.account_id, w.billing_month, w.mandate_id, w.finding, w.is_fault, w.due_on, \
         w.since, w.seen_on, w.told_at, a.account_number, a.plan_line \
         FROM autopay_watch w JOIN accounts a ON a.id = w.account_id \
         ORDER BY CASE WHEN w.is_fault THEN 0 ELSE 1 END, w.billing_month, a.account_number \
         LIMIT $1",
        args![most],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(Listed {
            found: found(&mut row)?,
            number: row.read()?,
            plan_line: row.read()?,
        })
    })
    .collect()
}

/// How many lines of the list have each finding, faults first.
///
/// # Errors
/// [`StoreError`].
pub async fn counts(tx: &mut Tx) -> Result<Vec<(String, bool, i64)>, StoreError> {
    tx.all(
        "SELECT finding, is_fault, COUNT(*) FROM autopay_watch GROUP BY finding, is_fault \
         ORDER BY CASE WHEN is_fault THEN 0 ELSE 1 END, finding",
        args![],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?, row.read()?)))
    .collect()
}
