//! Links that staff hand to somebody at the counter.

use jiff::Timestamp;
use kernel::{AccountId, StaffId};

use crate::{StoreError, Tx, args};

/// Writes a new link down.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(
    tx: &mut Tx,
    token_hash: [u8; 32],
    (account, staff): (AccountId, StaffId),
    made_at: Timestamp,
    good_until: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO help_links (token_hash, account_id, staff_id, made_at, good_until) \
         VALUES ($1, $2, $3, $4, $5)",
        args![token_hash, account, staff, made_at, good_until],
    )
    .await
    .map(drop)
}

/// The account of a link that was not used and is good at `now`.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tx: &mut Tx,
    token_hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<AccountId>, StoreError> {
    tx.first(
        "SELECT account_id FROM help_links WHERE token_hash = $1 AND good_until > $2 \
         AND used_at IS NULL",
        args![token_hash, now],
    )
    .await?
    .map(|mut row| row.read())
    .transpose()
}

/// Uses a link up. False if somebody was faster.
///
/// # Errors
/// [`StoreError`].
pub async fn use_up(tx: &mut Tx, token_hash: [u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    let used = tx
        .execute(
            "UPDATE help_links SET used_at = $2 WHERE token_hash = $1 AND good_until > $2 \
             AND used_at IS NULL",
            args![token_hash, now],
        )
        .await?;
    Ok(used == 1)
}
