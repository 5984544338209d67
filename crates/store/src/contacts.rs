//! What members choose of themselves beside what the roster tells: the format of their letters, and
//! address and language of their sign-in. Phone, e-mail and language of the person are saved with
//! [`crate::roster::update_persons`].

use jiff::Timestamp;
use kernel::{Language, PersonId};
use members::SpecialFormat;

use crate::{StoreError, Tx, args};

/// In which format a person wants letters.
///
/// # Errors
/// [`StoreError`].
pub async fn format(tx: &mut Tx, person: PersonId) -> Result<SpecialFormat, StoreError> {
    let row = tx
        .first(
            "SELECT special_format, large_print FROM persons WHERE id = $1",
            args![person],
        )
        .await?;
    let Some(mut row) = row else {
        return Ok(SpecialFormat::None);
    };
    let (code, large): (String, bool) = (row.read()?, row.read()?);
    match SpecialFormat::from_code(&code) {
        Some(SpecialFormat::None) if large => Ok(SpecialFormat::LargePrint),
        Some(format) => Ok(format),
        None => Err(StoreError::inconsistent(format!("special format {code}"))),
    }
}

/// Sets the format of letters.
///
/// # Errors
/// [`StoreError`].
pub async fn set_format(
    tx: &mut Tx,
    person: PersonId,
    format: SpecialFormat,
    now: Timestamp,
) -> Result<(), StoreError> {
    let large = format == SpecialFormat::LargePrint;
    tx.execute(
        "UPDATE persons SET special_format = $2, large_print = $3, updated_at = $4 WHERE id = $1",
        args![person, format.code(), large, now],
    )
    .await
    .map(drop)
}

/// Sets where codes and notices of a sign-in go, if the person has one.
///
/// # Errors
/// [`StoreError`].
pub async fn set_login_email(
    tx: &mut Tx,
    person: PersonId,
    email: &str,
) -> Result<(), StoreError> {
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
