//! People who work for the plan.

use jiff::Timestamp;
use kernel::{Language, StaffId};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRow {
    /// Id.
    pub id: StaffId,
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// The role, by its code.
    pub role: String,
    /// The language of pages.
    pub language: Language,
    /// The user ID of a local account; empty for staff of the sign-in provider.
    pub user_id: String,
    /// The same as it is compared; `None` for staff of the sign-in provider.
    pub folded_user_id: Option<String>,
    /// The password, hashed; empty for staff of the provider and before it is set.
    pub password_hash: String,
    /// When the password was set.
    pub password_changed_at: Option<Timestamp>,
    /// SHA-256 of what the link for setting the account up holds.
    pub set_up_hash: Option<[u8; 32]>,
    /// Until when that link is good.
    pub set_up_until: Option<Timestamp>,
    /// The sign-in provider; `None` for local accounts.
    pub issuer: Option<String>,
    /// Who they are there; `None` for local accounts.
    pub subject: Option<String>,
    /// When they were added.
    pub created_at: Timestamp,
    /// By whom, as the audit trail names actors.
    pub created_by: String,
    /// When they signed in last.
    pub signed_in_at: Option<Timestamp>,
    /// When they were disabled.
    pub disabled_at: Option<Timestamp>,
}

fn read(mut row: Row) -> Result<StaffRow, StoreError> {
    Ok(StaffRow {
        id: row.read()?,
        name: row.read()?,
        email: row.read()?,
        role: row.read()?,
        language: row.read()?,
        user_id: row.read()?,
        folded_user_id: row.read_optional()?,
        password_hash: row.read()?,
        password_changed_at: row.read_optional()?,
        set_up_hash: row.read_optional()?,
        set_up_until: row.read_optional()?,
        issuer: row.read_optional()?,
        subject: row.read_optional()?,
        created_at: row.read()?,
        created_by: row.read()?,
        signed_in_at: row.read_optional()?,
        disabled_at: row.read_optional()?,
    })
}

/// Adds a member of staff.
///
/// # Errors
/// [`StoreError::Conflict`] naming `folded_user_id` or `subject` if somebody has either already.
pub async fn insert(tx: &mut Tx, row: &StaffRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff (id, name, email, role, language, user_id, folded_user_id, password_hash, \
         password_changed_at, set_up_hash, set_up_until, issuer, subject, created_at, created_by, \
         signed_in_at, disabled_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
         $14, $15, $16, $17)",
        args![
            row.id,
            &row.name,
            &row.email,
            &row.role,
            row.language,
            &row.user_id,
            row.folded_user_id.clone(),
            &row.password_hash,
            row.password_changed_at,
            row.set_up_hash,
            row.set_up_until,
            row.issuer.clone(),
            row.subject.clone(),
            row.created_at,
            &row.created_by,
            row.signed_in_at,
            row.disabled_at,
        ],
    )
    .await
    .map(drop)
}

/// The member of staff with this id.
pub async fn by_id(tx: &mut Tx, id: StaffId) -> Result<Option<StaffRow>, StoreError> {
    tx.first(
        "SELECT id, name, email, role, language, user_id, folded_user_id, password_hash, \
         password_changed_at, set_up_hash, set_up_until, issuer, subject, created_at, created_by, \
         signed_in_at, disabled_at FROM staff WHERE id = $1",
        args![id],
    )
    .await?
    .map(read)
    .transpose()
}

/// The local account with this user ID, in the form in which it is compared.
pub async fn by_user_id(tx: &mut Tx, folded_user_id: &str) -> Result<Option<StaffRow>, StoreError> {
    tx.first(
        "SELECT id, name, email, role, language, user_id, folded_user_id, password_hash, \
         password_changed_at, set_up_hash, set_up_until, issuer, subject, created_at, created_by, \
         signed_in_at, disabled_at FROM staff WHERE folded_user_id = $1",
        args![folded_user_id],
    )
    .await?
    .map(read)
    .transpose()
}

/// The member of staff whom the sign-in provider knows by this name.
pub async fn by_subject(
    tx: &mut Tx,
    issuer: &str,
    subject: &str,
) -> Result<Option<StaffRow>, StoreError> {
    tx.first(
        "SELECT id, name, email, role, language, user_id, folded_user_id, password_hash, \
         password_changed_at, set_up_hash, set_up_until, issuer, subject, created_at, created_by, \
         signed_in_at, disabled_at FROM staff WHERE issuer = $1 AND subject = $2",
        args![issuer, subject],
    )
    .await?
    .map(read)
    .transpose()
}

/// The account that a set-up link belongs to.
pub async fn by_set_up(
    tx: &mut Tx,
    set_up_hash: &[u8; 32],
) -> Result<Option<StaffRow>, StoreError> {
    tx.first(
        "SELECT id, name, email, role, language, user_id, folded_user_id, password_hash, \
         password_changed_at, set_up_hash, set_up_until, issuer, subject, created_at, created_by, \
         signed_in_at, disabled_at FROM staff WHERE set_up_hash = $1",
        args![*set_up_hash],
    )
    .await?
    .map(read)
    .transpose()
}

/// Everybody, by name; at most 1,000.
pub async fn all(tx: &mut Tx) -> Result<Vec<StaffRow>, StoreError> {
    tx.all(
        "SELECT id, name, email, role, language, user_id, folded_user_id, password_hash, \
         password_changed_at, set_up_hash, set_up_until, issuer, subject, created_at, created_by, \
         signed_in_at, disabled_at FROM staff ORDER BY name, id LIMIT 1000",
        args![],
    )
    .await?
    .into_iter()
    .map(read)
    .collect()
}

/// Sets the password of a local account and makes its set-up link worthless. False if the link was
/// used already.
pub async fn set_password(
    tx: &mut Tx,
    set_up_hash: &[u8; 32],
    password_hash: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let set = tx
        .execute(
            "UPDATE staff SET password_hash = $2, password_changed_at = $3, set_up_hash = NULL, \
             set_up_until = NULL WHERE set_up_hash = $1 AND set_up_until > $3 \
             AND disabled_at IS NULL",
            args![*set_up_hash, password_hash, at],
        )
        .await?;
    Ok(set == 1)
}

/// Gives a local account a new set-up link in the place of its password.
pub async fn set_up_again(
    tx: &mut Tx,
    id: StaffId,
    set_up_hash: &[u8; 32],
    until: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff SET password_hash = '', set_up_hash = $2, set_up_until = $3 WHERE id = $1",
        args![id, *set_up_hash, until],
    )
    .await
    .map(drop)
}

/// Puts a hash of the same password with other parameters in the place of the old one.
pub async fn rehash(tx: &mut Tx, id: StaffId, old: &str, new: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
        args![id, old, new],
    )
    .await
    .map(drop)
}

/// Changes the role.
pub async fn set_role(tx: &mut Tx, id: StaffId, role: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE staff SET role = $2 WHERE id = $1", args![id, role])
        .await
        .map(drop)
}

/// Notes a sign-in, and what the sign-in provider says of the person now.
pub async fn signed_in(
    tx: &mut Tx,
    id: StaffId,
    name: &str,
    email: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff SET name = $2, email = $3, signed_in_at = $4 WHERE id = $1",
        args![id, name, email, at],
    )
    .await
    .map(drop)
}

/// Disables somebody, or lets them in again.
pub async fn set_disabled(
    tx: &mut Tx,
    id: StaffId,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff SET disabled_at = $2 WHERE id = $1",
        args![id, at],
    )
    .await
    .map(drop)
}

/// A sign-in that was sent to the provider.
#[derive(Debug, Clone)]
pub struct ProviderSignInRow {
    /// SHA-256 of the state in the address.
    pub state_hash: [u8; 32],
    /// The browser session that began it.
    pub session_hash: [u8; 32],
    /// Sealed.
    pub secrets: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when it may come back.
    pub expires_at: Timestamp,
}

/// Keeps a sign-in that is sent to the provider.
pub async fn insert_sign_in(tx: &mut Tx, row: &ProviderSignInRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO provider_sign_ins (state_hash, session_hash, secrets, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5)",
        args![
            row.state_hash,
            row.session_hash,
            &row.secrets,
            row.created_at,
            row.expires_at
        ],
    )
    .await
    .map(drop)
}

/// Takes a sign-in that came back, once: what was kept of it. `None` if there is none, it is too
/// old, it came back before, or another browser began it.
pub async fn take_sign_in(
    tx: &mut Tx,
    state_hash: &[u8; 32],
    session_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let row = tx
        .first(
            "UPDATE provider_sign_ins SET used_at = $3 WHERE state_hash = $1 AND session_hash = $2 \
             AND used_at IS NULL AND expires_at > $3 RETURNING secrets",
            args![*state_hash, *session_hash, now],
        )
        .await?;
    row.map(|mut row| row.read()).transpose()
}

/// Removes sign-ins that can come back no more.
pub async fn prune_sign_ins(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM provider_sign_ins WHERE expires_at < $1",
        args![before],
    )
    .await
}
