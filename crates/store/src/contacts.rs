//! What members choose of themselves beside what the roster tells: large print, and the
//! address and language of their sign-in. Phone, e-mail and language of the person are saved with
//! [`crate::roster::update_persons`].

use jiff::Timestamp;
use kernel::{Language, PersonId};

use crate::{StoreError, Tx, args};

/// Sets whether a person wants large print.
///
/// # Errors
/// [`StoreError`].
pub async fn set_large_print(
    tx: &mut Tx,
    person: PersonId,
    large: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE persons SET large_print = $2, updated_at = $3 WHERE id = $1",
        args![person, large, now],
    )
    .await
    .map(drop)
}

/// Sets where codes and notices of a sign-in go, if the person has one.
///
/// # Errors
/// [`StoreError`].
pub async fn set_login_email(tx: &mut Tx, person: PersonId, email: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE logins SET email = $2 WHERE person_id = $1",
        args![person, email],
    )
    .await
    .map(drop)
}

/// Sets the language of a sign-in, if the person has one.
///
/// # Errors
/// [`StoreError`].
pub async fn set_login_language(
    tx: &mut Tx,
    person: PersonId,
    language: Language,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE logins SET language = $2 WHERE person_id = $1",
        args![person, language],
    )
    .await
    .map(drop)
}
