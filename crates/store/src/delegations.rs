//! Rights on accounts that are somebody else's. Rows are ended, never deleted.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, DelegationId, Language, LoginId, PersonId};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// Rights that somebody was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegationRow {
    /// On which account.
    pub account: AccountId,
    /// Id.
    pub id: DelegationId,
    /// How they came to have them, by its code.
    pub kind: String,
    /// Which rights, by their code.
    pub rights: String,
    /// The person's name, as the member typed it.
    pub name: String,
    /// Where the invitation went.
    pub email: String,
    /// The language of the invitation.
    pub language: Language,
    /// The sign-in that holds them; `None` until the invitation is accepted.
    pub login: Option<LoginId>,
    /// SHA-256 of what the link holds; `None` once it is worth nothing.
    pub token_hash: Option<[u8; 32]>,
    /// Until when the invitation can be accepted.
    pub invited_until: Timestamp,
    /// How often its question was answered.
    pub tries: u32,
    /// From this day.
    pub first_day: Date,
    /// Until this day.
    pub last_day: Option<Date>,
    /// Who gave them, as the audit trail names actors.
    pub invited_by: String,
    /// When.
    pub invited_at: Timestamp,
    /// When they were accepted.
    pub accepted_at: Option<Timestamp>,
    /// When they were last used, to the minute.
    pub used_at: Option<Timestamp>,
    /// Who ended them; empty while they last.
    pub ended_by: String,
    /// When.
    pub ended_at: Option<Timestamp>,
}

fn read(mut row: Row) -> Result<DelegationRow, StoreError> {
    Ok(DelegationRow {
        account: row.read()?,
        id: row.read()?,
        kind: row.read()?,
        rights: row.read()?,
        name: row.read()?,
        email: row.read()?,
        language: row.read()?,
        login: row.read_optional()?,
        token_hash: row.read_optional()?,
        invited_until: row.read()?,
        tries: row.read()?,
        first_day: row.read()?,
        last_day: row.read_optional()?,
        invited_by: row.read()?,
        invited_at: row.read()?,
        accepted_at: row.read_optional()?,
        used_at: row.read_optional()?,
        ended_by: row.read()?,
        ended_at: row.read_optional()?,
    })
}

/// Adds a delegation.
///
/// # Errors
/// [`StoreError::Conflict`] if the sign-in has rights on the account already.
pub async fn insert(tx: &mut Tx, row: &DelegationRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO delegations (account_id, id, kind, rights, name, email, language, login_id, \
         token_hash, invited_until, tries, first_day, last_day, invited_by, invited_at, accepted_at, \
         used_at, ended_by, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
         $13, $14, $15, $16, $17, $18, $19)",
        args![
            row.account,
            row.id,
            &row.kind,
            &row.rights,
            &row.name,
            &row.email,
            row.language,
            row.login,
            row.token_hash,
            row.invited_until,
            row.tries,
            row.first_day,
            row.last_day,
            &row.invited_by,
            row.invited_at,
            row.accepted_at,
            row.used_at,
            &row.ended_by,
            row.ended_at,
        ],
    )
    .await
    .map(drop)
}

/// The rights of a sign-in on one account that nobody ended.
pub async fn held(
    tx: &mut Tx,
    login: LoginId,
    account: AccountId,
) -> Result<Option<DelegationRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, kind, rights, name, email, language, login_id, token_hash, \
         invited_until, tries, first_day, last_day, invited_by, invited_at, accepted_at, used_at, \
         ended_by, ended_at FROM delegations \
         WHERE login_id = $1 AND account_id = $2 AND ended_at IS NULL",
        args![login, account],
    )
    .await?
    .map(read)
    .transpose()
}

/// All rights of a sign-in that nobody ended, the oldest first.
pub async fn of_login(tx: &mut Tx, login: LoginId) -> Result<Vec<DelegationRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, kind, rights, name, email, language, login_id, token_hash, \
         invited_until, tries, first_day, last_day, invited_by, invited_at, accepted_at, used_at, \
         ended_by, ended_at FROM delegations \
         WHERE login_id = $1 AND ended_at IS NULL ORDER BY invited_at, id",
        args![login],
    )
    .await?
    .into_iter()
    .map(read)
    .collect()
}

/// Everybody who has or had rights on an account, the newest first, at most 100.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<DelegationRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, kind, rights, name, email, language, login_id, token_hash, \
         invited_until, tries, first_day, last_day, invited_by, invited_at, accepted_at, used_at, \
         ended_by, ended_at FROM delegations WHERE account_id = $1 \
         ORDER BY invited_at DESC, id LIMIT 100",
        args![account],
    )
    .await?
    .into_iter()
    .map(read)
    .collect()
}

/// The invitation that a link belongs to.
pub async fn by_token(
    tx: &mut Tx,
    token_hash: &[u8; 32],
) -> Result<Option<DelegationRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, kind, rights, name, email, language, login_id, token_hash, \
         invited_until, tries, first_day, last_day, invited_by, invited_at, accepted_at, used_at, \
         ended_by, ended_at FROM delegations WHERE token_hash = $1 AND ended_at IS NULL",
        args![*token_hash],
    )
    .await?
    .map(read)
    .transpose()
}

/// Counts an answer to the question of an invitation: the answers so far, this one included.
/// `None` if there were `most` already, or the invitation is none any more.
pub async fn count_try(
    tx: &mut Tx,
    token_hash: &[u8; 32],
    most: u32,
    now: Timestamp,
) -> Result<Option<u32>, StoreError> {
    let row = tx
        .first(
            "UPDATE delegations SET tries = tries + 1 WHERE token_hash = $1 AND ended_at IS NULL \
             AND invited_until > $2 AND tries < $3 RETURNING tries",
            args![*token_hash, now, most],
        )
        .await?;
    row.map(|mut row| row.read()).transpose()
}

/// Gives the rights of an invitation to a sign-in, once. False if somebody was first.
///
/// # Errors
/// [`StoreError::Conflict`] if the sign-in has rights on the account already.
pub async fn accept(
    tx: &mut Tx,
    token_hash: &[u8; 32],
    login: LoginId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let accepted = tx
        .execute(
            "UPDATE delegations SET login_id = $2, accepted_at = $3, token_hash = NULL \
             WHERE token_hash = $1 AND ended_at IS NULL AND invited_until > $3",
            args![*token_hash, login, at],
        )
        .await?;
    Ok(accepted == 1)
}

/// Ends rights or an invitation. False if that was done before, or there is none.
pub async fn end(
    tx: &mut Tx,
    account: AccountId,
    id: DelegationId,
    by: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let ended = tx
        .execute(
            "UPDATE delegations SET ended_by = $3, ended_at = $4, token_hash = NULL \
             WHERE account_id = $1 AND id = $2 AND ended_at IS NULL",
            args![account, id, by, at],
        )
        .await?;
    Ok(ended == 1)
}

/// Notes that rights were used.
pub async fn touch(
    tx: &mut Tx,
    account: AccountId,
    id: DelegationId,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE delegations SET used_at = $3 WHERE account_id = $1 AND id = $2",
        args![account, id, at],
    )
    .await
    .map(drop)
}

/// A person who is no member: somebody who helps one and needs a sign-in.
#[derive(Debug, Clone)]
pub struct OutsiderRow {
    /// Id.
    pub id: PersonId,
    /// What stands in the place of a member ID.
    pub member_id: kernel::MemberId,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The last name as it is compared.
    pub plain_last_name: String,
    /// E-mail.
    pub email: String,
    /// Language.
    pub language: Language,
    /// A day that is nobody's date of birth: it is not asked for.
    pub birth_date: Date,
    /// When.
    pub created_at: Timestamp,
}

/// Adds a person who is no member.
pub async fn insert_outsider(tx: &mut Tx, row: &OutsiderRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO persons (id, member_id, subscriber_member_id, relationship, last_name, \
         first_name, middle_name, plain_last_name, birth_date, gender, address_1, address_2, city, \
         state, zip, phone, email, language, large_print, created_at, updated_at) VALUES ($1, $2, $2, \
         'other', $3, $4, '', $5, $6, '', '', '', '', '', '', '', $7, $8, $9, $10, $10)",
        args![
            row.id,
            &row.member_id,
            &row.last_name,
            &row.first_name,
            &row.plain_last_name,
            row.birth_date,
            &row.email,
            row.language,
            false,
            row.created_at,
        ],
    )
    .await
    .map(drop)
}
