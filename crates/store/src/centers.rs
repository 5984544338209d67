//! Drawers at walk-in centers and the checks in them.

use jiff::Timestamp;
use kernel::{AccountId, Cents, DrawerId, PaymentId, StaffId};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// A drawer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawerRow {
    /// Id.
    pub id: DrawerId,
    /// The center, by its id in the plan file.
    pub center: String,
    /// Whose it is.
    pub associate: StaffId,
    /// `open`, `counted` or `closed`.
    pub state: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The sum of its checks.
    pub expected: Cents,
    /// What was counted; `None` before.
    pub counted: Option<Cents>,
    /// When it was counted.
    pub counted_at: Option<Timestamp>,
    /// Why the two differ; empty if nothing was said.
    pub explanation: String,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// By whom.
    pub closed_by: Option<StaffId>,
    /// The number of its deposit slip, from when it is closed.
    pub slip_number: Option<i64>,
}

fn drawer(mut row: Row) -> Result<DrawerRow, StoreError> {
    Ok(DrawerRow {
        id: row.read()?,
        center: row.read()?,
        associate: row.read()?,
        state: row.read()?,
        opened_at: row.read()?,
        expected: row.read()?,
        counted: row.read_optional()?,
        counted_at: row.read_optional()?,
        explanation: row.read()?,
        closed_at: row.read_optional()?,
        closed_by: row.read_optional()?,
        slip_number: row.read_optional()?,
    })
}

/// A check in a drawer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawerCheckRow {
    /// The drawer it is in.
    pub drawer: DrawerId,
    /// The account it pays for.
    pub account: AccountId,
    /// The payment it is.
    pub payment: PaymentId,
    /// `check`, `cashiers-check` or `money-order`.
    pub kind: String,
    /// The MICR line, sealed.
    pub micr: String,
    /// The last four digits of the bank account.
    pub last_four: String,
    /// The number of the check.
    pub check_number: String,
    /// The keyed hash by which it is known again, at a center and in the mail.
    pub fingerprint: String,
    /// How much.
    pub cents: Cents,
    /// When it was taken.
    pub taken_at: Timestamp,
}

/// Opens a drawer.
///
/// # Errors
/// [`StoreError::Conflict`] if the associate has one that is not closed.
pub async fn open(tx: &mut Tx, row: &DrawerRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO drawers (id, center, associate_id, state, opened_at, expected_cents, explanation) \
         VALUES ($1, $2, $3, $4, $5, $6, '')",
        args![row.id, &row.center, row.associate, &row.state, row.opened_at, row.expected],
    )
    .await
    .map(drop)
}

/// A drawer, locked until the unit of work ends.
pub async fn lock(tx: &mut Tx, id: DrawerId) -> Result<Option<DrawerRow>, StoreError> {
    tx.first(
        "SELECT id, center, associate_id, state, opened_at, expected_cents, counted_cents, \
         counted_at, explanation, closed_at, closed_by, slip_number FROM drawers WHERE id = $1 \
         {for update}",
        args![id],
    )
    .await?
    .map(drawer)
    .transpose()
}

/// A drawer.
pub async fn by_id(tx: &mut Tx, id: DrawerId) -> Result<Option<DrawerRow>, StoreError> {
    tx.first(
        "SELECT id, center, associate_id, state, opened_at, expected_cents, counted_cents, \
         counted_at, explanation, closed_at, closed_by, slip_number FROM drawers WHERE id = $1",
        args![id],
    )
    .await?
    .map(drawer)
    .transpose()
}

/// The drawer of an associate that is not closed.
pub async fn of_associate(
    tx: &mut Tx,
    associate: StaffId,
) -> Result<Option<DrawerRow>, StoreError> {
    tx.first(
        "SELECT id, center, associate_id, state, opened_at, expected_cents, counted_cents, \
         counted_at, explanation, closed_at, closed_by, slip_number FROM drawers \
         WHERE associate_id = $1 AND state <> 'closed'",
        args![associate],
    )
    .await?
    .map(drawer)
    .transpose()
}

/// Drawers that were counted and are not closed, and their associates' names, oldest first.
pub async fn counted(tx: &mut Tx) -> Result<Vec<(DrawerId, String, String)>, StoreError> {
    tx.all(
        "SELECT d.id, d.center, s.name FROM drawers d JOIN staff s ON s.id = d.associate_id \
         WHERE d.state = 'counted' ORDER BY d.counted_at, d.id",
        args![],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?, row.read()?)))
    .collect()
}

/// Saves where a drawer stands, what it should hold and what was counted.
pub async fn save(tx: &mut Tx, row: &DrawerRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE drawers SET state = $2, expected_cents = $3, counted_cents = $4, counted_at = $5, \
         explanation = $6, closed_at = $7, closed_by = $8, slip_number = $9 WHERE id = $1",
        args![
            row.id,
            &row.state,
            row.expected,
            row.counted,
            row.counted_at,
            &row.explanation,
            row.closed_at,
            row.closed_by,
            row.slip_number,
        ],
    )
    .await
    .map(drop)
}

/// Puts a check in its drawer.
///
/// # Errors
/// [`StoreError::Conflict`] if a check with this fingerprint is in a drawer.
pub async fn put(tx: &mut Tx, row: &DrawerCheckRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO drawer_checks (drawer_id, account_id, payment_id, kind, micr, last_four, \
         check_number, fingerprint, cents, taken_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            row.drawer,
            row.account,
            row.payment,
            &row.kind,
            &row.micr,
            &row.last_four,
            &row.check_number,
            &row.fingerprint,
            row.cents,
            row.taken_at,
        ],
    )
    .await
    .map(drop)
}

/// The checks in a drawer, in the order in which they were taken.
pub async fn checks(tx: &mut Tx, drawer: DrawerId) -> Result<Vec<DrawerCheckRow>, StoreError> {
    let rows = tx
        .all(
            "SELECT drawer_id, account_id, payment_id, kind, micr, last_four, check_number, \
             fingerprint, cents, taken_at FROM drawer_checks WHERE drawer_id = $1 ORDER BY taken_at, payment_id",
            args![drawer],
        )
        .await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(DrawerCheckRow {
                drawer: row.read()?,
                account: row.read()?,
                payment: row.read()?,
                kind: row.read()?,
                micr: row.read()?,
                last_four: row.read()?,
                check_number: row.read()?,
                fingerprint: row.read()?,
                cents: row.read()?,
                taken_at: row.read()?,
            })
        })
        .collect()
}
