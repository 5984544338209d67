//! Notices, whom they reach, and how each person wants documents delivered.

use jiff::Timestamp;
use kernel::{AccountId, ConsentId, DocumentId, Language, LoginId, NoticeId, PersonId};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// A notice: what was told, to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its id.
    pub id: NoticeId,
    /// For whom, if that is a person on file.
    pub person: Option<PersonId>,
    /// The account it is about, if one.
    pub account: Option<AccountId>,
    /// What it tells.
    pub kind: String,
    /// In which language.
    pub language: Language,
    /// True if in large print.
    pub large_print: bool,
    /// A document it tells of.
    pub attached: Option<DocumentId>,
    /// When it was told.
    pub created_at: Timestamp,
}

/// A notice that waits for paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRow {
    /// Which notice.
    pub notice: NoticeId,
    /// What its words need, sealed.
    pub facts: String,
    /// Since when it waits.
    pub created_at: Timestamp,
}

/// How a person wants documents delivered, and whether mail reaches them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PreferencesRow {
    /// The code of the choice for invoices, notices and letters; empty where none was made.
    pub choices: [String; 3],
    /// The consent to electronic documents, while it stands.
    pub consent: Option<ConsentId>,
    /// The version of the text consented to.
    pub consent_version: String,
    /// When the consent was given.
    pub consented_at: Option<Timestamp>,
    /// The address that mail came back from, folded; empty if mail arrives.
    pub bouncing_email: String,
    /// Since when mail comes back.
    pub bouncing_since: Option<Timestamp>,
    /// Codes of the reminders that were turned off, separated by spaces.
    pub reminders_off: String,
}

/// Somebody whom a notice is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderRow {
    /// The person.
    pub person: PersonId,
    /// The language on file.
    pub language: Language,
    /// True if large print was asked for.
    pub large_print: bool,
    /// The sign-in, if there is one.
    pub login: Option<LoginId>,
    /// The address of the sign-in, which was proved; empty without one.
    pub email: String,
    /// The language of the sign-in.
    pub login_language: Option<Language>,
    /// How they want documents.
    pub preferences: PreferencesRow,
}

/// The people a set of notices is for. People who do not exist are left out.
pub async fn readers(tx: &mut Tx, people: &[PersonId]) -> Result<Vec<ReaderRow>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    for person in people {
        rows.push([(*person).into()]);
    }
    tx.all_rows(
        "SELECT p.id, p.language, p.large_print, l.id, l.email, l.language, d.invoices, d.notices, \
         d.letters, d.consent_id, d.consent_version, d.consented_at, d.bouncing_email, \
         d.bouncing_since, d.reminders_off FROM {rows} JOIN persons p ON p.id = v.c1 \
         LEFT JOIN logins l ON l.person_id = p.id \
         LEFT JOIN delivery_preferences d ON d.person_id = p.id",
        &rows,
    )
    .await?
    .into_iter()
    .map(reader)
    .collect()
}

/// The people these sign-ins belong to.
pub async fn people_of(
    tx: &mut Tx,
    logins: &[LoginId],
) -> Result<Vec<(LoginId, PersonId)>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    for login in logins {
        rows.push([(*login).into()]);
    }
    tx.all_rows(
        "SELECT l.id, l.person_id FROM {rows} JOIN logins l ON l.id = v.c1",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}

fn reader(mut row: Row) -> Result<ReaderRow, StoreError> {
    Ok(ReaderRow {
        person: row.read()?,
        language: row.read()?,
        large_print: row.read()?,
        login: row.read_optional()?,
        email: row.read_optional()?.unwrap_or_default(),
        login_language: row.read_optional()?,
        preferences: preferences_of(&mut row)?,
    })
}

fn preferences_of(row: &mut Row) -> Result<PreferencesRow, StoreError> {
    let text = |row: &mut Row| -> Result<String, StoreError> {
        Ok(row.read_optional()?.unwrap_or_default())
    };
    Ok(PreferencesRow {
        choices: [text(row)?, text(row)?, text(row)?],
        consent: row.read_optional()?,
        consent_version: text(row)?,
        consented_at: row.read_optional()?,
        bouncing_email: text(row)?,
        bouncing_since: row.read_optional()?,
        reminders_off: text(row)?,
    })
}

/// Adds notices.
pub async fn insert(tx: &mut Tx, notices: &[NoticeRow]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Id,
        Kind::Id,
        Kind::Text,
        Kind::Text,
        Kind::Bool,
        Kind::Id,
        Kind::Instant,
    ]);
    for notice in notices {
        rows.push([
            notice.id.into(),
            notice.person.into(),
            notice.account.into(),
            notice.kind.as_str().into(),
            notice.language.into(),
            notice.large_print.into(),
            notice.attached.into(),
            notice.created_at.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO notices (id, person_id, account_id, kind, language, large_print, attached_id, \
         created_at) SELECT c1, c2, c3, c4, c5, c6, c7, c8 FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// Puts notices on paper. A notice that waits for paper already, or was printed, is left alone.
pub async fn insert_letters(tx: &mut Tx, letters: &[LetterRow]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Text, Kind::Instant]);
    for letter in letters {
        rows.push([
            letter.notice.into(),
            letter.facts.as_str().into(),
            letter.created_at.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO letters (notice_id, facts, created_at, batch, batch_line, printed_at, \
         sent_copy) SELECT c1, c2, c3, '', NULL, NULL, '' FROM {rows} WHERE true \
         ON CONFLICT (notice_id) DO NOTHING",
        &rows,
    )
    .await
    .map(drop)
}

/// How a person wants documents; the default row if nothing was ever said.
pub async fn preferences(tx: &mut Tx, person: PersonId) -> Result<PreferencesRow, StoreError> {
    let row = tx
        .first(
            "SELECT invoices, notices, letters, consent_id, consent_version, consented_at, \
             bouncing_email, bouncing_since, reminders_off \
             FROM delivery_preferences WHERE person_id = $1",
            args![person],
        )
        .await?;
    match row {
        Some(mut row) => preferences_of(&mut row),
        None => Ok(PreferencesRow::default()),
    }
}

/// Writes how a person wants documents.
pub async fn save_preferences(
    tx: &mut Tx,
    person: PersonId,
    row: &PreferencesRow,
    at: Timestamp,
) -> Result<(), StoreError> {
    let [invoices, notices, letters] = &row.choices;
    tx.execute(
        "INSERT INTO delivery_preferences (person_id, invoices, notices, letters, consent_id, \
         consent_version, consented_at, bouncing_email, bouncing_since, reminders_off, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (person_id) DO UPDATE \
         SET invoices = $2, notices = $3, letters = $4, consent_id = $5, consent_version = $6, \
         consented_at = $7, bouncing_email = $8, bouncing_since = $9, reminders_off = $10, \
         updated_at = $11",
        args![
            person,
            invoices,
            notices,
            letters,
            row.consent,
            &row.consent_version,
            row.consented_at,
            &row.bouncing_email,
            row.bouncing_since,
            &row.reminders_off,
            at,
        ],
    )
    .await
    .map(drop)
}
