//! Devices that somebody signed in on. The cookie's value is never here, only its SHA-256.

use jiff::Timestamp;
use uuid::Uuid;

use crate::factors::HolderKey;
use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// A device, for one holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of the cookie's value.
    pub token_hash: [u8; 32],
    /// What the browser calls itself.
    pub device: String,
    /// The first sign-in on it.
    pub first_seen_at: Timestamp,
    /// The newest sign-in on it.
    pub seen_at: Timestamp,
    /// Until when it gives no second factor.
    pub remembered_until: Option<Timestamp>,
}

/// The devices of a holder, the newest sign-in first.
pub async fn of_holder(tx: &mut Tx, holder: HolderKey) -> Result<Vec<DeviceRow>, StoreError> {
    let rows = tx
        .all(
            "SELECT id, token_hash, device, first_seen_at, seen_at, remembered_until FROM devices \
             WHERE holder_kind = $1 AND holder_id = $2 ORDER BY seen_at DESC, id",
            args![holder.kind, holder.id],
        )
        .await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<DeviceRow, StoreError> {
    Ok(DeviceRow {
        id: row.read()?,
        token_hash: row.read()?,
        device: row.read()?,
        first_seen_at: row.read()?,
        seen_at: row.read()?,
        remembered_until: row.read_optional()?,
    })
}

/// Adds a device of a holder.
pub async fn insert(tx: &mut Tx, holder: HolderKey, row: &DeviceRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO devices (id, token_hash, holder_kind, holder_id, device, first_seen_at, \
         seen_at, remembered_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            row.id,
            row.token_hash,
            holder.kind,
            holder.id,
            &row.device,
            row.first_seen_at,
            row.seen_at,
            row.remembered_until,
        ],
    )
    .await
    .map(drop)
}

/// Gives a device a new cookie, for everybody who signed in on it.
pub async fn renew(tx: &mut Tx, old: &[u8; 32], new: &[u8; 32]) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE devices SET token_hash = $2 WHERE token_hash = $1",
        args![*old, *new],
    )
    .await
    .map(drop)
}

/// Notes a sign-in on a device.
pub async fn seen(tx: &mut Tx, row: &DeviceRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE devices SET seen_at = $2, remembered_until = $3, device = $4 WHERE id = $1",
        args![row.id, row.seen_at, row.remembered_until, &row.device],
    )
    .await
    .map(drop)
}

/// Forgets one device of a holder, so that it gives a second factor again. False if there is none.
pub async fn forget(tx: &mut Tx, holder: HolderKey, id: Uuid) -> Result<bool, StoreError> {
    let forgotten = tx
        .execute(
            "UPDATE devices SET remembered_until = NULL \
             WHERE id = $1 AND holder_kind = $2 AND holder_id = $3",
            args![id, holder.kind, holder.id],
        )
        .await?;
    Ok(forgotten == 1)
}

/// Forgets all devices of a holder: how many.
pub async fn forget_all(tx: &mut Tx, holder: HolderKey) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE devices SET remembered_until = NULL \
         WHERE holder_kind = $1 AND holder_id = $2 AND remembered_until IS NOT NULL",
        args![holder.kind, holder.id],
    )
    .await
}

/// Removes devices on which nobody signed in since an instant: how many.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM devices WHERE seen_at < $1", args![before])
        .await
}
