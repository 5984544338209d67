//! All documents of a member in one list, newest first.

use jiff::civil::Date;
use kernel::{
    AccountId, BillingMonth, Cents, DocumentId, InvoiceId, Language, PaymentId, PersonId, Tender,
};
use store::Tx;
use store::accounts::AccountRow;
use store::payments::HistoryQuery;

use super::{DocumentKind, year};
use crate::{Actor, Ctx, UseCaseError};

/// How many documents a page of the list holds.
pub const DOCUMENTS_PAGE: usize = 25;
/// How many kept documents are looked at: decades of monthly letters.
const MOST_KEPT: i64 = 2_000;
/// How many invoices and payments of an account are looked at: more than any account has.
const MOST_MADE: i64 = 2_000;

/// A kind of document, as the list can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListedKind {
    /// Invoices.
    Invoice,
    /// Receipts.
    Receipt,
    /// Summaries of a year's payments.
    Year,
    /// Copies of consents.
    Consent,
    /// Notices.
    Notice,
    /// Letters.
    Letter,
}

impl ListedKind {
    /// All of them, in the order in which a page offers them.
    pub const ALL: [ListedKind; 6] = [
        ListedKind::Invoice,
        ListedKind::Receipt,
        ListedKind::Year,
        ListedKind::Notice,
        ListedKind::Letter,
        ListedKind::Consent,
    ];

    /// The name used in addresses and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            ListedKind::Invoice => "invoice",
            ListedKind::Receipt => "receipt",
            ListedKind::Year => "year",
            ListedKind::Consent => "consent",
            ListedKind::Notice => "notice",
            ListedKind::Letter => "letter",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A document in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The day on it.
    pub day: Date,
    /// The plan line it is about, by its id in the plan file; empty if none.
    pub plan_line: String,
    /// What it is.
    pub what: ListedDocument,
}

/// What a document in the list is, and how to ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListedDocument {
    /// An invoice, made when it is asked for.
    Invoice {
        /// The account.
        account: AccountId,
        /// The invoice.
        invoice: InvoiceId,
        /// The month it is for.
        month: BillingMonth,
    },
    /// A receipt, made when it is asked for.
    Receipt {
        /// The account.
        account: AccountId,
        /// The payment.
        payment: PaymentId,
        /// How much.
        cents: Cents,
        /// What with.
        tender: Tender,
        /// The last four digits.
        last_four: String,
    },
    /// The payments of a year, made when it is asked for.
    Year(i16),
    /// A kept document.
    Kept {
        /// Id.
        document: DocumentId,
        /// What it is.
        kind: DocumentKind,
        /// Its title, in its language.
        title: String,
        /// That language.
        language: Language,
        /// How many pages it has.
        pages: u32,
        /// How large the PDF is.
        size_bytes: i64,
        /// On the copy of a consent: the day it was withdrawn, if it was.
        withdrawn_on: Option<Date>,
    },
}

impl Listed {
    /// The kind it is listed under.
    #[must_use]
    pub fn kind(&self) -> ListedKind {
        match &self.what {
            ListedDocument::Invoice { .. } => ListedKind::Invoice,
            ListedDocument::Receipt { .. } => ListedKind::Receipt,
            ListedDocument::Year(_) => ListedKind::Year,
            ListedDocument::Kept { kind, .. } => match kind {
                DocumentKind::Consent => ListedKind::Consent,
                DocumentKind::Notice => ListedKind::Notice,
                DocumentKind::Letter => ListedKind::Letter,
            },
        }
    }
}

/// Which documents to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Only of this kind.
    pub kind: Option<ListedKind>,
    /// Only of this year.
    pub year: Option<i16>,
    /// Which page, from 1.
    pub page: usize,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentList {
    /// The documents, newest first.
    pub rows: Vec<Listed>,
    /// How many there are in all, with this filter.
    pub total: usize,
    /// The years that have any, newest first, whatever the filter.
    pub years: Vec<i16>,
    /// The kinds that there are, whatever the filter.
    pub kinds: Vec<ListedKind>,
}

/// The documents of the member who is signed in: their own, never those of somebody who gave them
/// rights. Consents, letters and notices are for their person alone.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    filter: &ListFilter,
) -> Result<DocumentList, UseCaseError> {
    let mut all = everything(ctx, actor).await?;
    all.sort_by(|a, b| {
        b.day
            .cmp(&a.day)
            .then_with(|| a.kind().code().cmp(b.kind().code()))
    });
    let mut years: Vec<i16> = all.iter().map(|row| row.day.year()).collect();
    years.dedup();
    let kinds = ListedKind::ALL
        .into_iter()
        .filter(|kind| all.iter().any(|row| row.kind() == *kind))
        .collect();
    all.retain(|row| {
        filter.kind.is_none_or(|kind| kind == row.kind())
            && filter.year.is_none_or(|year| year == row.day.year())
    });
    let total = all.len();
    let rows = all
        .into_iter()
        .skip(filter.page.saturating_sub(1).saturating_mul(DOCUMENTS_PAGE))
        .take(DOCUMENTS_PAGE)
        .collect();
    Ok(DocumentList {
        rows,
        total,
        years,
        kinds,
    })
}

async fn everything(ctx: &Ctx, actor: &Actor) -> Result<Vec<Listed>, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let mut tx = ctx.store.read().await?;
    let member = store::accounts::person_by_id(&mut tx, person)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    let accounts = store::accounts::of_subscriber(&mut tx, &member.member_id).await?;
    let mut all = Vec::new();
    for account in &accounts {
        for row in store::invoices::of_account(&mut tx, account.id, MOST_MADE).await? {
            all.push(Listed {
                day: row.issued_on,
                plan_line: account.plan_line.clone(),
                what: ListedDocument::Invoice {
                    account: account.id,
                    invoice: row.id,
                    month: row.month,
                },
            });
        }
        let query = HistoryQuery {
            limit: MOST_MADE,
            ..HistoryQuery::default()
        };
        for row in store::payments::history(&mut tx, account.id, &query).await? {
            if row.status.has_receipt() {
                all.push(Listed {
                    day: row.effective_on,
                    plan_line: account.plan_line.clone(),
                    what: ListedDocument::Receipt {
                        account: account.id,
                        payment: row.id,
                        cents: row.cents,
                        tender: row.tender,
                        last_four: row.last_four,
                    },
                });
            }
        }
    }
    for year in year::years(ctx, &mut tx, &accounts).await? {
        // A finished year's summary is dated its last day, this year's today.
        let last = jiff::civil::date(year, 12, 31);
        all.push(Listed {
            day: last.min(ctx.today()),
            plan_line: String::new(),
            what: ListedDocument::Year(year),
        });
    }
    all.extend(kept(ctx, &mut tx, person, &accounts).await?);
    Ok(all)
}

/// What is kept for a person and cannot be made again.
pub(crate) async fn kept(
    ctx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    accounts: &[AccountRow],
) -> Result<Vec<Listed>, UseCaseError> {
    let mut all = Vec::new();
    for row in store::documents::of_person(tx, person, MOST_KEPT).await? {
        let kind = DocumentKind::from_code(&row.kind)
            .ok_or_else(|| UseCaseError::broken("a document of an unknown kind"))?;
        let withdrawn = match row.consent {
            Some(consent) => store::consents::by_id(tx, consent).await?,
            None => None,
        };
        let own = accounts
            .iter()
            .find(|account| Some(account.id) == row.account);
        all.push(Listed {
            day: row.made_on,
            plan_line: own.map(|own| own.plan_line.clone()).unwrap_or_default(),
            what: ListedDocument::Kept {
                document: row.id,
                kind,
                title: super::title(ctx, &row)?,
                language: row.language,
                pages: row.pages,
                size_bytes: row.size_bytes,
                withdrawn_on: withdrawn
                    .and_then(|consent| consent.withdrawn_at)
                    .map(|at| ctx.day_of(at)),
            },
        });
    }
    Ok(all)
}
