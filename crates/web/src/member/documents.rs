//! All documents of a member in one list, and the calendar of due dates.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use jiff::civil::date;
use kernel::{AccountId, BillingMonth, Cents, DocumentId, InvoiceId, Language, PaymentId, Tender};
use plan::Audience;
use serde::Serialize;
use usecases::documents::{
    self, DOCUMENTS_PAGE, DocumentKind, DocumentList, ListFilter, Listed, ListedDocument,
    ListedKind,
};
use usecases::pages;

use crate::error::Problem;
use crate::page::{Page, show};
use crate::pay::card::ending_in;
use crate::pay::outcome::pdf_answer;
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

const HERE: &str = "/account/documents";

/// The list.
#[derive(Serialize)]
pub struct DocumentsPage {
    documents: Vec<DocumentLine>,
    total: usize,
    kinds: Vec<KindChoice>,
    kind: &'static str,
    years: Vec<i16>,
    year: i16,
    page: usize,
    pages: usize,
    earlier: String,
    later: String,
    /// True if there is anything to pay here, and so a due date.
    calendar: bool,
}

#[derive(Serialize)]
struct KindChoice {
    code: &'static str,
    name: String,
}

/// A document in the list, in words.
#[derive(Serialize)]
struct DocumentLine {
    href: String,
    title: String,
    /// The language of the title, where it is not that of the page.
    lang: &'static str,
    /// `PDF, 2 pages, 31 KB`.
    size: String,
    day: String,
    kind: String,
    plan_line: String,
    withdrawn: String,
}

impl DocumentLine {
    fn new(words: &Words<'_>, row: &Listed) -> Self {
        let kind = words.say(&format!("documents-kind-{}", row.kind().code()), &[]);
        let line = words.plan.line(&row.plan_line);
        let mut made = DocumentLine {
            href: String::new(),
            title: String::new(),
            lang: "",
            size: words.say("documents-pdf", &[]),
            day: words.date(row.day),
            kind,
            plan_line: line.map_or_else(String::new, |line| {
                line.name.in_language(words.language).to_owned()
            }),
            withdrawn: String::new(),
        };
        match &row.what {
            ListedDocument::Invoice {
                account,
                invoice,
                month,
            } => {
                made.href = format!("/account/{account}/invoices/{invoice}/invoice.pdf");
                let month = words.month(*month);
                made.title = words.say("invoice-title", &[("month", &month)]);
            }
            ListedDocument::Receipt {
                account,
                payment,
                cents,
                tender,
                last_four,
            } => {
                made.href = format!("/account/{account}/payments/{payment}/receipt.pdf");
                let (amount, method) =
                    (cents.to_string(), ending_in(words, *tender, "", last_four));
                let values = [("amount", amount.as_str()), ("method", method.as_str())];
                made.title = words.say("documents-receipt", &values);
            }
            ListedDocument::Year(year) => {
                made.href = format!("{HERE}/{year}/payments.pdf");
                made.title = words.say("documents-year", &[("year", &year.to_string())]);
            }
            ListedDocument::Kept {
                document,
                title,
                language,
                pages,
                size_bytes,
                withdrawn_on,
                ..
            } => {
                made.href = format!("{HERE}/kept/{document}/document.pdf");
                made.title.clone_from(title);
                if *language != words.language {
                    made.lang = language.tag();
                }
                let (count, size) = (pages.to_string(), kilobytes(*size_bytes));
                let values = [("pages", count.as_str()), ("size", size.as_str())];
                made.size = match pages {
                    1 => words.say("documents-pdf-page", &values[1..]),
                    _ => words.say("documents-pdf-pages", &values),
                };
                if let Some(day) = withdrawn_on {
                    let day = words.date(*day);
                    made.withdrawn = words.say("documents-withdrawn", &[("day", &day)]);
                }
            }
        }
        made
    }
}

/// A size as people compare it: at least one kilobyte.
fn kilobytes(bytes: i64) -> String {
    ((bytes + 1023) / 1024).max(1).to_string()
}

impl DocumentsPage {
    fn new(words: &Words<'_>, filter: &ListFilter, list: &DocumentList, calendar: bool) -> Self {
        let pages = list.total.div_ceil(DOCUMENTS_PAGE).max(1);
        let at = |page: usize| format!("{HERE}?{}", query(filter, page));
        DocumentsPage {
            documents: list
                .rows
                .iter()
                .map(|row| DocumentLine::new(words, row))
                .collect(),
            total: list.total,
            kinds: list
                .kinds
                .iter()
                .map(|kind| KindChoice {
                    code: kind.code(),
                    name: words.say(&format!("documents-kind-{}", kind.code()), &[]),
                })
                .collect(),
            kind: filter.kind.map_or("", ListedKind::code),
            years: list.years.clone(),
            year: filter.year.unwrap_or(0),
            page: filter.page,
            pages,
            later: match filter.page > 1 {
                true => at(filter.page - 1),
                false => String::new(),
            },
            earlier: match filter.page < pages {
                true => at(filter.page + 1),
                false => String::new(),
            },
            calendar,
        }
    }
}

fn query(filter: &ListFilter, page: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(kind) = filter.kind {
        query.append_pair("kind", kind.code());
    }
    if let Some(year) = filter.year {
        query.append_pair("year", &year.to_string());
    }
    query.append_pair("page", &page.to_string());
    query.finish()
}

fn sample_list() -> DocumentList {
    let account = AccountId::from_parts(1, [1; 10]);
    let kept = |kind, language, withdrawn_on: Option<_>| ListedDocument::Kept {
        document: DocumentId::from_parts(1, [1; 10]),
        kind,
        title: "Automatic payments: <what> you agreed to".to_owned(),
        language,
        pages: if withdrawn_on.is_some() { 1 } else { 2 },
        size_bytes: 31_000,
        withdrawn_on,
    };
    let whats = [
        ListedDocument::Invoice {
            account,
            invoice: InvoiceId::from_parts(1, [1; 10]),
            month: BillingMonth::of(date(2026, 12, 1)),
        },
        ListedDocument::Receipt {
            account,
            payment: PaymentId::from_parts(1, [1; 10]),
            cents: Cents::new(8_640),
            tender: Tender::Visa,
            last_four: "4242".to_owned(),
        },
        ListedDocument::Year(2026),
        kept(
            DocumentKind::Consent,
            Language::English,
            Some(date(2026, 11, 1)),
        ),
        kept(DocumentKind::Notice, Language::Spanish, None),
        kept(DocumentKind::Letter, Language::English, None),
    ];
    DocumentList {
        rows: whats
            .into_iter()
            .map(|what| Listed {
                day: date(2026, 11, 23),
                plan_line: "individual".to_owned(),
                what,
            })
            .collect(),
        total: 60,
        years: vec![2026, 2025],
        kinds: ListedKind::ALL.to_vec(),
    }
}

impl Page for DocumentsPage {
    const TEMPLATE: &'static str = "member/documents.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let none = DocumentList {
            rows: Vec::new(),
            total: 0,
            years: Vec::new(),
            kinds: Vec::new(),
        };
        let second = ListFilter {
            kind: Some(ListedKind::Invoice),
            year: Some(2026),
            page: 2,
        };
        let first = ListFilter {
            page: 1,
            ..ListFilter::default()
        };
        vec![
            Self::new(words, &second, &sample_list(), true),
            Self::new(words, &first, &none, false),
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The list.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let number = |name: &str| {
        visit
            .asked(name)
            .and_then(|text| text.parse::<usize>().ok())
    };
    let filter = ListFilter {
        kind: visit
            .asked("kind")
            .and_then(|code| ListedKind::from_code(&code)),
        year: number("year")
            .and_then(|year| i16::try_from(year).ok())
            .filter(|year| *year > 0),
        page: number("page").unwrap_or(1).clamp(1, 100_000),
    };
    let list = documents::list(&app.ctx, &visit.actor(), &filter).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let calendar = pays_here(&app, &visit).await?;
    let page = DocumentsPage::new(&words, &filter, &list, calendar);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// True if the member has an account whose premium is paid here.
pub(super) async fn pays_here(app: &AppState, visit: &Visit) -> Result<bool, Problem> {
    let own = pages::own_accounts(&app.ctx, &visit.actor()).await?;
    Ok(own.iter().any(|own| {
        let line = app.ctx.plan.line(&own.plan_line);
        line.is_some_and(|line| line.pays_premium_here)
    }))
}

/// A kept document.
///
/// # Errors
/// Not found if it is not this member's.
pub async fn kept(
    State(app): State<AppState>,
    visit: Visit,
    Path(document): Path<String>,
) -> Result<Response, Problem> {
    let document = DocumentId::parse(&document).ok_or_else(Problem::not_found)?;
    let bytes = documents::pdf(&app.ctx, &visit.actor(), document).await?;
    Ok(pdf_answer(bytes, "document.pdf"))
}

/// A year's payments; with `large=1` in large print.
///
/// # Errors
/// Not found for a year without an account.
pub async fn year(
    State(app): State<AppState>,
    visit: Visit,
    Path(year): Path<String>,
) -> Result<Response, Problem> {
    let year = year.parse().map_err(|_| Problem::not_found())?;
    let large = visit.asked("large").is_some();
    let (actor, language) = (visit.actor(), visit.language);
    let bytes = documents::year_pdf(&app.ctx, &actor, year, language, large).await?;
    Ok(pdf_answer(bytes, "payments.pdf"))
}
