//! Documents that are kept: copies of consents, letters and notices, as tagged PDFs, sealed.
//!
//! Invoices and receipts are not kept here: they are made from the books whenever somebody asks.

mod letter;
mod list;
mod year;

pub(crate) use letter::postal_lines;
pub use letter::{LetterPaper, letter, mailing_address};
pub(crate) use list::kept;
pub use list::{
    DOCUMENTS_PAGE, DocumentList, ListFilter, Listed, ListedDocument, ListedKind, list,
};
pub use year::year_pdf;

use ::documents::{DocumentError, Pdf};
use jiff::civil::Date;
use kernel::{AccountId, ConsentId, DocumentId, Language, PersonId};
use plan::Plan;
use store::Tx;
use store::documents::DocumentRow;

use crate::audit::{self, Event};
use crate::{Actor, Ctx, UseCaseError};

/// A kind of document that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// The copy of a consent.
    Consent,
    /// A notice, as it was sent.
    Notice,
    /// A letter of the plan.
    Letter,
}

impl DocumentKind {
    /// All of them.
    pub const ALL: [DocumentKind; 3] = [
        DocumentKind::Consent,
        DocumentKind::Notice,
        DocumentKind::Letter,
    ];

    /// The code it is stored under.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            DocumentKind::Consent => "consent",
            DocumentKind::Notice => "notice",
            DocumentKind::Letter => "letter",
        }
    }

    /// From the code it is stored under.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A document to be kept.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// Whose it is: this person sees it, and nobody to whom they gave rights.
    pub person: PersonId,
    /// The account it is about, if one.
    pub account: Option<AccountId>,
    /// The consent it is a copy of, if one.
    pub consent: Option<ConsentId>,
    /// What it is.
    pub kind: DocumentKind,
    /// Its title, as on the document, in its language. Sealed.
    pub title: String,
    /// The language it is in.
    pub language: Language,
    /// The day on it.
    pub made_on: Date,
    /// The document.
    pub pdf: Pdf,
}

/// Keeps a document, in the running transaction.
///
/// # Errors
/// [`UseCaseError::Broken`] if the person does not exist.
pub async fn file(tx: &mut Tx, ctx: &Ctx, new: NewDocument) -> Result<DocumentId, UseCaseError> {
    let id: DocumentId = ctx.id();
    let row = DocumentRow {
        person: new.person,
        id,
        account: new.account,
        consent: new.consent,
        kind: new.kind.code().to_owned(),
        title: ctx.vault.seal(&title_of(id), new.title.as_bytes()),
        language: new.language,
        made_on: new.made_on,
        pages: u32::try_from(new.pdf.pages).unwrap_or(u32::MAX),
        size_bytes: i64::try_from(new.pdf.bytes.len()).unwrap_or(i64::MAX),
        created_at: ctx.now(),
    };
    let content = ctx.vault.seal(&content_of(id), &new.pdf.bytes);
    store::documents::insert(tx, &row, &content).await?;
    Ok(id)
}

/// A kept document as a PDF. Reading it is noted in the audit trail. Its person sees it, and staff
/// whose role sees members: not a delegate, whatever their rights.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is none, or it is not this actor's.
pub async fn pdf(ctx: &Ctx, actor: &Actor, document: DocumentId) -> Result<Vec<u8>, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let row = store::documents::by_id(&mut tx, document).await?;
    let row = row
        .filter(|row| match actor {
            Actor::Member { person, .. } => *person == row.person,
            Actor::Operator | Actor::Job(_) => true,
            Actor::Staff { role, .. } => role.sees_members(),
            Actor::Guest { .. } | Actor::Partner { .. } => false,
        })
        .ok_or(UseCaseError::NotFound)?;
    let content = store::documents::content(&mut tx, row.person, document).await?;
    drop(tx);
    let content = content.ok_or_else(|| UseCaseError::broken("a document has no content"))?;
    let opened = ctx
        .vault
        .open(&content_of(document), &content)
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    read_by(ctx, actor, row.account, &document.to_string(), row.kind).await?;
    Ok(opened.to_vec())
}

/// A kept document of this person, to be mailed to them.
pub(crate) async fn of(
    ctx: &Ctx,
    person: PersonId,
    document: DocumentId,
) -> Result<Pdf, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let row = store::documents::by_id(&mut tx, document).await?;
    let row = row.filter(|row| row.person == person);
    let row = row.ok_or_else(|| UseCaseError::broken("a document of somebody else"))?;
    let content = store::documents::content(&mut tx, person, document).await?;
    drop(tx);
    let content = content.ok_or_else(|| UseCaseError::broken("a document has no content"))?;
    let opened = ctx.vault.open(&content_of(document), &content);
    let opened = opened.map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    Ok(Pdf {
        bytes: opened.to_vec(),
        pages: usize::try_from(row.pages).unwrap_or(usize::MAX),
        undrawable: Vec::new(),
    })
}

/// Notes in the audit trail that a document was handed over.
pub(crate) async fn read_by(
    ctx: &Ctx,
    actor: &Actor,
    account: Option<AccountId>,
    subject: &str,
    kind: String,
) -> Result<(), UseCaseError> {
    let (own, actor, subject) = (ctx.clone(), actor.clone(), subject.to_owned());
    let detail = format!("kind={kind}");
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (own.clone(), actor.clone());
            let (subject, detail) = (subject.clone(), detail.clone());
            Box::pin(async move {
                let event = Event {
                    action: "document-read",
                    account,
                    subject: &subject,
                    detail: &detail,
                };
                audit::record(tx, &ctx, &actor, event).await?;
                Ok(())
            })
        })
        .await
}

/// The title of a kept document.
pub(crate) fn title(ctx: &Ctx, row: &DocumentRow) -> Result<String, UseCaseError> {
    opened_text(ctx, &title_of(row.id), &row.title)
}

/// Opens a sealed text.
pub(crate) fn opened_text(ctx: &Ctx, context: &str, sealed: &str) -> Result<String, UseCaseError> {
    let opened = ctx
        .vault
        .open(context, sealed)
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    String::from_utf8(opened.to_vec()).map_err(|error| UseCaseError::Broken(Box::new(error)))
}

/// Lays a document out where it does not hold up what else is under way.
pub(crate) async fn laid_out(
    lay_out: impl FnOnce() -> Result<Pdf, DocumentError> + Send + 'static,
) -> Result<Pdf, UseCaseError> {
    tokio::task::spawn_blocking(lay_out)
        .await
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?
        .map_err(|error| UseCaseError::Broken(Box::new(error)))
}

/// The plan's address under its name at the head of a document.
pub(crate) fn return_address(plan: &Plan) -> Vec<String> {
    let first = plan.addresses.first();
    first
        .map(|address| address.lines.iter().skip(1).cloned().collect())
        .unwrap_or_default()
}

/// A text cut at its line feeds; empty ones are dropped.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(str::to_owned)
        .collect()
}

fn title_of(id: DocumentId) -> String {
    format!("document_title:{id}")
}

fn content_of(id: DocumentId) -> String {
    format!("document_content:{id}")
}
