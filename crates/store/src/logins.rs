//! Sign-in identities, and the few facts of a person by which one is found.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Language, LoginId, MemberId, PersonId, Zip};

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

/// What a look-up by member ID compares and needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonToFind {
    /// The person.
    pub person: PersonId,
    /// The member ID.
    pub member_id: MemberId,
    /// Born on.
    pub birth_date: Date,
    /// ZIP code as stored; a roster may bring none that can be read.
    pub zip: Option<Zip>,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Where the sign-in's mail goes, if the person registered.
    pub registered_email: Option<String>,
    /// Language on file.
    pub language: Language,
}

const PERSON: &str = "SELECT p.id, p.member_id, p.birth_date, p.zip, p.first_name, p.last_name, \
     l.email, p.language FROM persons p LEFT JOIN logins l ON l.person_id = p.id WHERE p.member_id = $1";
const PERSON_BY_ID: &str = "SELECT p.id, p.member_id, p.birth_date, p.zip, p.first_name, \
     p.last_name, l.email, p.language FROM persons p LEFT JOIN logins l ON l.person_id = p.id \
     WHERE p.id = $1";

/// The person with this member ID.
pub async fn person_by_member_id(
    tx: &mut Tx,
    member_id: &MemberId,
) -> Result<Option<PersonToFind>, StoreError> {
    tx.first(PERSON, args![member_id])
        .await?
        .map(read_person)
        .transpose()
}

/// The person with this id.
pub async fn person(tx: &mut Tx, id: PersonId) -> Result<Option<PersonToFind>, StoreError> {
    tx.first(PERSON_BY_ID, args![id])
        .await?
        .map(read_person)
        .transpose()
}

fn read_person(mut row: Row) -> Result<PersonToFind, StoreError> {
    Ok(PersonToFind {
        person: row.read()?,
        member_id: row.read()?,
        birth_date: row.read()?,
        zip: Zip::parse(&row.read::<String>()?).ok(),
        first_name: row.read()?,
        last_name: row.read()?,
        registered_email: row.read_optional()?,
        language: row.read()?,
    })
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
    let row = tx
        .first(
            "SELECT id, person_id, user_id, folded_user_id, password_hash, email, language, \
             created_at, password_changed_at FROM logins WHERE folded_user_id = $1",
            args![folded_user_id],
        )
        .await?;
    let Some(mut row) = row else { return Ok(None) };
    Ok(Some(LoginRow {
        id: row.read()?,
        person: row.read()?,
        user_id: row.read()?,
        folded_user_id: row.read()?,
        password_hash: row.read()?,
        email: row.read()?,
        language: row.read()?,
        created_at: row.read()?,
        password_changed_at: row.read()?,
    }))
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
