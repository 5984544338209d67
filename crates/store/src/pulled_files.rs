//! Files that were fetched from a server of the bank.

use jiff::Timestamp;

use crate::{StoreError, Tx, args};

/// A file as it lies on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PulledFile {
    /// Which server and folder.
    pub source: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// When it was changed last, in the words of the server.
    pub changed: String,
}

/// True if this file was fetched.
///
/// # Errors
/// [`StoreError`].
pub async fn known(tx: &mut Tx, file: &PulledFile) -> Result<bool, StoreError> {
    Ok(tx
        .first(
            "SELECT pulled_at FROM pulled_files \
             WHERE source = $1 AND file_name = $2 AND size_bytes = $3 AND changed = $4",
            args![&file.source, &file.name, file.size, &file.changed],
        )
        .await?
        .is_some())
}

/// Remembers that a file was fetched.
///
/// # Errors
/// [`StoreError`].
pub async fn remember(tx: &mut Tx, file: &PulledFile, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO pulled_files (source, file_name, size_bytes, changed, pulled_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        args![&file.source, &file.name, file.size, &file.changed, now],
    )
    .await
    .map(drop)
}

/// Forgets a file that does not lie there any more: the next of its name is another one.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(tx: &mut Tx, file: &PulledFile) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM pulled_files \
         WHERE source = $1 AND file_name = $2 AND size_bytes = $3 AND changed = $4",
        args![&file.source, &file.name, file.size, &file.changed],
    )
    .await
    .map(drop)
}
