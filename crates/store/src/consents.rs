//! What people agreed to, as evidence. Insert only; a withdrawal is a row of its own.

use jiff::Timestamp;
use kernel::{AccountId, ConsentId, Language, PersonId};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// What a person agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRow {
    /// Who agreed.
    pub person: PersonId,
    /// Id.
    pub id: ConsentId,
    /// The account it is about, if one.
    pub account: Option<AccountId>,
    /// What was agreed to, as a code.
    pub kind: String,
    /// The version of the words.
    pub version: String,
    /// The language they were read in.
    pub language: Language,
    /// The exact words, sealed.
    pub words: String,
    /// The network address it came from, sealed.
    pub evidence: String,
    /// When.
    pub given_at: Timestamp,
    /// What kind of actor entered it.
    pub actor_kind: String,
    /// Which one.
    pub actor: String,
    /// When it was withdrawn, if it was.
    pub withdrawn_at: Option<Timestamp>,
}

/// Adds a consent. Its `withdrawn_at` is not looked at.
pub async fn insert(tx: &mut Tx, row: &ConsentRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO consents (person_id, id, account_id, kind, version, language, words, evidence, \
         given_at, actor_kind, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            row.person,
            row.id,
            row.account,
            &row.kind,
            &row.version,
            row.language,
            &row.words,
            &row.evidence,
            row.given_at,
            &row.actor_kind,
            &row.actor,
        ],
    )
    .await
    .map(drop)
}

/// Adds the withdrawal of a consent; false if it was withdrawn before.
pub async fn insert_withdrawal(
    tx: &mut Tx,
    person: PersonId,
    consent: ConsentId,
    at: Timestamp,
    (actor_kind, actor): (&str, &str),
) -> Result<bool, StoreError> {
    let added = tx
        .execute(
            "INSERT INTO consent_withdrawals (person_id, consent_id, withdrawn_at, actor_kind, actor) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person_id, consent_id) DO NOTHING",
            args![person, consent, at, actor_kind, actor],
        )
        .await?;
    Ok(added == 1)
}

/// The consent with this id.
pub async fn by_id(tx: &mut Tx, id: ConsentId) -> Result<Option<ConsentRow>, StoreError> {
    tx.first(
        "SELECT c.person_id, c.id, c.account_id, c.kind, c.version, c.language, c.words, c.evidence, \
         c.given_at, c.actor_kind, c.actor, w.withdrawn_at FROM consents c \
         LEFT JOIN consent_withdrawals w ON w.person_id = c.person_id AND w.consent_id = c.id \
         WHERE c.id = $1",
        args![id],
    )
    .await?
    .map(read)
    .transpose()
}

/// The newest consent of a kind that a person gave and has not withdrawn.
pub async fn standing(
    tx: &mut Tx,
    person: PersonId,
    kind: &str,
) -> Result<Option<ConsentRow>, StoreError> {
    tx.first(
        "SELECT c.person_id, c.id, c.account_id, c.kind, c.version, c.language, c.words, c.evidence, \
         c.given_at, c.actor_kind, c.actor, w.withdrawn_at FROM consents c \
         LEFT JOIN consent_withdrawals w ON w.person_id = c.person_id AND w.consent_id = c.id \
         WHERE c.person_id = $1 AND c.kind = $2 AND w.withdrawn_at IS NULL \
         ORDER BY c.given_at DESC, c.id DESC LIMIT 1",
        args![person, kind],
    )
    .await?
    .map(read)
    .transpose()
}

fn read(mut row: Row) -> Result<ConsentRow, StoreError> {
    Ok(ConsentRow {
        person: row.read()?,
        id: row.read()?,
        account: row.read_optional()?,
        kind: row.read()?,
        version: row.read()?,
        language: row.read()?,
        words: row.read()?,
        evidence: row.read()?,
        given_at: row.read()?,
        actor_kind: row.read()?,
        actor: row.read()?,
        withdrawn_at: row.read_optional()?,
    })
}
