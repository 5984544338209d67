//! Sign-in identities.

use jiff::Timestamp;
use kernel::{Language, LoginId, PersonId};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// A sign-in identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginRow {
    /// Its id.
    pub id: LoginId,
    /// Whose it is.
    pub person: PersonId,
    /// The user ID as the person chose it.
    pub user_id: String,
    /// The user ID as it is compared.
    pub folded_user_id: String,
    /// The password, hashed.
    pub password_hash: String,
    /// Where codes and notices go.
    pub email: String,
    /// The language of pages and mail.
    pub language: Language,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the password was set.
    pub password_changed_at: Timestamp,
}

/// Adds a sign-in.
///
/// # Errors
/// [`StoreError::Conflict`] naming `folded_user_id` or `person_id` if either has one already.
pub async fn insert(tx: &mut Tx, row: &LoginRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO logins (id, person_id, user_id, folded_user_id, password_hash, email, language, \
         created_at, password_changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            row.id,
            row.person,
            &row.user_id,
            &row.folded_user_id,
            &row.password_hash,
            &row.email,
            row.language,
            row.created_at,
            row.password_changed_at,
        ],
    )
    .await
    .map(drop)
}

/// The sign-in with this user ID, in the form in which it is compared.
pub async fn find(tx: &mut Tx, folded_user_id: &str) -> Result<Option<LoginRow>, StoreError> {
    tx.first(
        "SELECT id, person_id, user_id, folded_user_id, password_hash, email, language, created_at, \
         password_changed_at FROM logins WHERE folded_user_id = $1",
        args![folded_user_id],
    )
    .await?
    .map(read)
    .transpose()
}

/// The sign-in of a person.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Option<LoginRow>, StoreError> {
    tx.first(
        "SELECT id, person_id, user_id, folded_user_id, password_hash, email, language, created_at, \
         password_changed_at FROM logins WHERE person_id = $1",
        args![person],
    )
    .await?
    .map(read)
    .transpose()
}

/// The sign-in with this id.
pub async fn by_id(tx: &mut Tx, id: LoginId) -> Result<Option<LoginRow>, StoreError> {
    tx.first(
        "SELECT id, person_id, user_id, folded_user_id, password_hash, email, language, created_at, \
         password_changed_at FROM logins WHERE id = $1",
        args![id],
    )
    .await?
    .map(read)
    .transpose()
}

fn read(mut row: Row) -> Result<LoginRow, StoreError> {
    Ok(LoginRow {
        id: row.read()?,
        person: row.read()?,
        user_id: row.read()?,
        folded_user_id: row.read()?,
        password_hash: row.read()?,
        email: row.read()?,
        language: row.read()?,
        created_at: row.read()?,
        password_changed_at: row.read()?,
    })
}

/// Puts a hash of the same password with other parameters in the place of the old one, unless the
/// password was changed in between.
pub async fn rehash(tx: &mut Tx, id: LoginId, old: &str, new: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE logins SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
        args![id, old, new],
    )
    .await
    .map(drop)
}

/// Sets a new password.
pub async fn set_password(
    tx: &mut Tx,
    id: LoginId,
    hash: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE logins SET password_hash = $2, password_changed_at = $3 WHERE id = $1",
        args![id, hash, at],
    )
    .await
    .map(drop)
}

/// Sets another address for codes and notices.
pub async fn set_email(tx: &mut Tx, id: LoginId, email: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE logins SET email = $2 WHERE id = $1",
        args![id, email],
    )
    .await
    .map(drop)
}
