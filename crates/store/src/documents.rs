//! Stored documents: what they are, and their sealed content.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, ConsentId, DocumentId, Language, PersonId};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// A stored document without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// Whose it is.
    pub person: PersonId,
    /// Id.
    pub id: DocumentId,
    /// The account it is about, if one.
    pub account: Option<AccountId>,
    /// The consent it is a copy of, if one.
    pub consent: Option<ConsentId>,
    /// What it is, as a code.
    pub kind: String,
    /// What it is called, sealed.
    pub title: String,
    /// The language it is in.
    pub language: Language,
    /// The day on it.
    pub made_on: Date,
    /// How many pages it has.
    pub pages: u32,
    /// How large the PDF is.
    pub size_bytes: i64,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// Adds a document and its sealed content.
pub async fn insert(tx: &mut Tx, row: &DocumentRow, content: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO documents (person_id, id, account_id, consent_id, kind, title, language, \
         made_on, pages, size_bytes, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            row.person,
            row.id,
            row.account,
            row.consent,
            &row.kind,
            &row.title,
            row.language,
            row.made_on,
            row.pages,
            row.size_bytes,
            row.created_at,
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO document_contents (person_id, document_id, content) VALUES ($1, $2, $3)",
        args![row.person, row.id, content],
    )
    .await
    .map(drop)
}

/// The document with this id.
pub async fn by_id(tx: &mut Tx, id: DocumentId) -> Result<Option<DocumentRow>, StoreError> {
    tx.first(
        "SELECT person_id, id, account_id, consent_id, kind, title, language, made_on, pages, \
         size_bytes, created_at FROM documents WHERE id = $1",
        args![id],
    )
    .await?
    .map(read)
    .transpose()
}

/// The sealed content of a document.
pub async fn content(
    tx: &mut Tx,
    person: PersonId,
    id: DocumentId,
) -> Result<Option<String>, StoreError> {
    tx.first(
        "SELECT content FROM document_contents WHERE person_id = $1 AND document_id = $2",
        args![person, id],
    )
    .await?
    .map(|mut row| row.read())
    .transpose()
}

/// The copy of a consent that was made first.
pub async fn of_consent(
    tx: &mut Tx,
    person: PersonId,
    consent: ConsentId,
) -> Result<Option<DocumentRow>, StoreError> {
    tx.first(
        "SELECT person_id, id, account_id, consent_id, kind, title, language, made_on, pages, \
         size_bytes, created_at FROM documents WHERE person_id = $1 AND consent_id = $2 \
         ORDER BY id LIMIT 1",
        args![person, consent],
    )
    .await?
    .map(read)
    .transpose()
}

/// The documents of a person, newest first, at most `most`.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    most: i64,
) -> Result<Vec<DocumentRow>, StoreError> {
    tx.all(
        "SELECT person_id, id, account_id, consent_id, kind, title, language, made_on, pages, \
         size_bytes, created_at FROM documents WHERE person_id = $1 \
         ORDER BY made_on DESC, id DESC LIMIT $2",
        args![person, most],
    )
    .await?
    .into_iter()
    .map(read)
    .collect()
}

fn read(mut row: Row) -> Result<DocumentRow, StoreError> {
    Ok(DocumentRow {
        person: row.read()?,
        id: row.read()?,
        account: row.read_optional()?,
        consent: row.read_optional()?,
        kind: row.read()?,
        title: row.read()?,
        language: row.read()?,
        made_on: row.read()?,
        pages: row.read()?,
        size_bytes: row.read()?,
        created_at: row.read()?,
    })
}
