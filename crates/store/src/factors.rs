//! Second factors and recovery codes.

use jiff::Timestamp;
use kernel::FactorId;
use uuid::Uuid;

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// Whose factor: a sign-in of a member, or a member of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HolderKey {
    /// `member` or `staff`.
    pub kind: &'static str,
    /// The id of either.
    pub id: Uuid,
}

/// A second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorRow {
    /// Its id.
    pub id: FactorId,
    /// The id of its holder.
    pub holder_id: Uuid,
    /// Which kind of holder.
    pub holder_kind: String,
    /// Which kind of factor.
    pub kind: String,
    /// What the browser called itself in which it was set up.
    pub device: String,
    /// The sealed secret of an authenticator app, or the public half of a passkey.
    pub secret: String,
    /// What a passkey is called by.
    pub credential_id: Option<String>,
    /// The newest step of an authenticator app that was used.
    pub last_step: Option<i64>,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// Adds a factor.
///
/// # Errors
/// [`StoreError::Conflict`] if the passkey is known already.
pub async fn insert(tx: &mut Tx, row: &FactorRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO factors (id, holder_kind, holder_id, kind, device, secret, credential_id, \
         last_step, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            row.id,
            &row.holder_kind,
            row.holder_id,
            &row.kind,
            &row.device,
            &row.secret,
            row.credential_id.clone(),
            row.last_step,
            row.created_at,
            row.used_at,
        ],
    )
    .await
    .map(drop)
}

/// The factors of a holder, oldest first.
pub async fn of_holder(tx: &mut Tx, holder: HolderKey) -> Result<Vec<FactorRow>, StoreError> {
    let rows = tx
        .all(
            "SELECT id, holder_id, holder_kind, kind, device, secret, credential_id, last_step, \
             created_at, used_at FROM factors WHERE holder_kind = $1 AND holder_id = $2 ORDER BY id",
            args![holder.kind, holder.id],
        )
        .await?;
    rows.into_iter().map(read).collect()
}

/// The passkey that is called so, with whoever holds it.
pub async fn by_credential(
    tx: &mut Tx,
    credential_id: &str,
) -> Result<Option<FactorRow>, StoreError> {
    tx.first(
        "SELECT id, holder_id, holder_kind, kind, device, secret, credential_id, last_step, \
         created_at, used_at FROM factors WHERE credential_id = $1",
        args![credential_id],
    )
    .await?
    .map(read)
    .transpose()
}

fn read(mut row: Row) -> Result<FactorRow, StoreError> {
    Ok(FactorRow {
        id: row.read()?,
        holder_id: row.read()?,
        holder_kind: row.read()?,
        kind: row.read()?,
        device: row.read()?,
        secret: row.read()?,
        credential_id: row.read_optional()?,
        last_step: row.read_optional()?,
        created_at: row.read()?,
        used_at: row.read_optional()?,
    })
}

/// Notes that a step of an authenticator app was used. False if it or a later one was used before,
/// even by another process at the same time.
pub async fn use_step(
    tx: &mut Tx,
    id: FactorId,
    step: i64,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let used = tx
        .execute(
            "UPDATE factors SET last_step = $2, used_at = $3 \
             WHERE id = $1 AND (last_step IS NULL OR last_step < $2)",
            args![id, step, at],
        )
        .await?;
    Ok(used == 1)
}

/// Notes that a factor was used, with what it is to be kept as from now on.
pub async fn used(
    tx: &mut Tx,
    id: FactorId,
    secret: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE factors SET secret = $2, used_at = $3 WHERE id = $1",
        args![id, secret, at],
    )
    .await
    .map(drop)
}

/// Takes a factor of this holder away. False if there was none.
pub async fn remove(tx: &mut Tx, holder: HolderKey, id: FactorId) -> Result<bool, StoreError> {
    let removed = tx
        .execute(
            "DELETE FROM factors WHERE id = $1 AND holder_kind = $2 AND holder_id = $3",
            args![id, holder.kind, holder.id],
        )
        .await?;
    Ok(removed == 1)
}

/// A recovery code, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryRow {
    /// Its hash.
    pub code_hash: [u8; 32],
    /// What the hash was salted with; the same for the whole set.
    pub salt: [u8; 32],
    /// When the set was made.
    pub created_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

/// Puts a set of recovery codes in the place of the old one. An empty set removes them.
pub async fn replace_recovery(
    tx: &mut Tx,
    holder: HolderKey,
    rows: &[RecoveryRow],
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM recovery_codes WHERE holder_kind = $1 AND holder_id = $2",
        args![holder.kind, holder.id],
    )
    .await?;
    for row in rows {
        tx.execute(
            "INSERT INTO recovery_codes (holder_kind, holder_id, code_hash, salt, created_at) \
             VALUES ($1, $2, $3, $4, $5)",
            args![
                holder.kind,
                holder.id,
                row.code_hash,
                row.salt,
                row.created_at
            ],
        )
        .await?;
    }
    Ok(())
}

/// The recovery codes of a holder, used ones too.
pub async fn recovery(tx: &mut Tx, holder: HolderKey) -> Result<Vec<RecoveryRow>, StoreError> {
    let rows = tx
        .all(
            "SELECT code_hash, salt, created_at, used_at FROM recovery_codes \
             WHERE holder_kind = $1 AND holder_id = $2 ORDER BY code_hash",
            args![holder.kind, holder.id],
        )
        .await?;
    let read = |mut row: Row| {
        Ok(RecoveryRow {
            code_hash: row.read()?,
            salt: row.read()?,
            created_at: row.read()?,
            used_at: row.read_optional()?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Uses a recovery code. False if there is none with this hash, or it was used.
pub async fn use_recovery(
    tx: &mut Tx,
    holder: HolderKey,
    code_hash: &[u8; 32],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let used = tx
        .execute(
            "UPDATE recovery_codes SET used_at = $4 WHERE holder_kind = $1 AND holder_id = $2 \
             AND code_hash = $3 AND used_at IS NULL",
            args![holder.kind, holder.id, *code_hash, at],
        )
        .await?;
    Ok(used == 1)
}
