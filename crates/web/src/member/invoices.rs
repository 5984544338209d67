//! Invoices: the list, one of them, and its PDF.

use axum::extract::{Path, State};
use axum::response::Response;
use billing::InvoiceStatus;
use http::StatusCode;
use kernel::{AccountId, BillingMonth, Cents, InvoiceId};
use plan::Audience;
use serde::Serialize;
use usecases::pages::{self, InvoiceRow, InvoiceView};

use super::home::{IncludedLine, sample_lines};
use crate::error::Problem;
use crate::page::{Page, show};
use crate::pay::outcome::pdf_answer;
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The list.
#[derive(Serialize)]
pub struct InvoicesPage {
    account: String,
    invoices: Vec<InvoiceLine>,
}

/// An invoice in a list, in words.
#[derive(Serialize)]
struct InvoiceLine {
    href: String,
    number: String,
    month: String,
    issued_on: String,
    due_on: String,
    charges: String,
    total_due: String,
    open: String,
    is_open: bool,
    status: String,
    status_code: &'static str,
}

impl InvoiceLine {
    fn new(words: &Words<'_>, account: &str, row: &InvoiceRow) -> Self {
        let code = row.status.code();
        InvoiceLine {
            href: format!("/account/{account}/invoices/{}", row.invoice),
            number: row.number.clone(),
            month: words.month(row.month),
            issued_on: words.date(row.issued_on),
            due_on: words.weekday_and_date(row.due_on),
            charges: row.charges.to_string(),
            total_due: row.total_due.to_string(),
            open: row.open.to_string(),
            is_open: row.open.is_positive(),
            status: words.say(&format!("invoice-status-{code}"), &[]),
            status_code: code,
        }
    }
}

/// An invoice for samples.
#[must_use]
pub fn sample_row(status: InvoiceStatus) -> InvoiceRow {
    let open = if matches!(status, InvoiceStatus::Paid | InvoiceStatus::Credited) {
        0
    } else {
        8640
    };
    InvoiceRow {
        invoice: InvoiceId::from_parts(1, [1; 10]),
        number: "2026120017".to_owned(),
        month: BillingMonth::of(jiff::civil::date(2026, 12, 1)),
        issued_on: jiff::civil::date(2026, 11, 11),
        due_on: jiff::civil::date(2026, 12, 1),
        charges: Cents::new(8640),
        total_due: Cents::new(8640),
        open: Cents::new(open),
        status,
    }
}

impl Page for InvoicesPage {
    const TEMPLATE: &'static str = "member/invoices.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let invoices = InvoiceStatus::ALL
            .into_iter()
            .map(|status| InvoiceLine::new(words, "0", &sample_row(status)))
            .collect();
        vec![
            InvoicesPage {
                account: "0".to_owned(),
                invoices,
            },
            InvoicesPage {
                account: "0".to_owned(),
                invoices: Vec::new(),
            },
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The list.
///
/// # Errors
/// Not found if the account is not this member's.
pub async fn list(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let id = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let rows = pages::invoices(&app.ctx, &visit.actor(), id).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let account = id.to_string();
    let invoices = rows
        .iter()
        .map(|row| InvoiceLine::new(&words, &account, row))
        .collect();
    Ok(show(
        &app,
        &visit,
        StatusCode::OK,
        &InvoicesPage { account, invoices },
    ))
}

/// One invoice.
#[derive(Serialize)]
pub struct InvoicePage {
    account: String,
    invoice: InvoiceLine,
    previous_balance: String,
    payments: String,
    lines: Vec<IncludedLine>,
}

impl InvoicePage {
    fn new(words: &Words<'_>, account: String, view: &InvoiceView) -> Self {
        InvoicePage {
            invoice: InvoiceLine::new(words, &account, &view.row),
            account,
            previous_balance: view.previous_balance.to_string(),
            payments: (-view.payments).to_string(),
            lines: view
                .lines
                .iter()
                .map(|line| IncludedLine::new(words, line))
                .collect(),
        }
    }
}

impl Page for InvoicePage {
    const TEMPLATE: &'static str = "member/invoice.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        InvoiceStatus::ALL
            .into_iter()
            .map(|status| {
                let view = InvoiceView {
                    row: sample_row(status),
                    previous_balance: Cents::new(4000),
                    payments: Cents::new(4000),
                    lines: sample_lines(),
                    plan_line: String::new(),
                };
                InvoicePage::new(words, "0".to_owned(), &view)
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// One invoice.
///
/// # Errors
/// Not found if it is not this member's.
pub async fn one(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, invoice)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (account, invoice) = ids(&account, &invoice)?;
    let view = pages::invoice(&app.ctx, &visit.actor(), account, invoice).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = InvoicePage::new(&words, account.to_string(), &view);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// One invoice as PDF; with `large=1` in large print.
///
/// # Errors
/// Not found if it is not this member's.
pub async fn pdf(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, invoice)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (account, invoice) = ids(&account, &invoice)?;
    let large = visit.asked("large").is_some();
    let bytes = pages::invoice_pdf(&app.ctx, &visit.actor(), account, invoice, large).await?;
    Ok(pdf_answer(bytes, "invoice.pdf"))
}

fn ids(account: &str, invoice: &str) -> Result<(AccountId, InvoiceId), Problem> {
    AccountId::parse(account)
        .zip(InvoiceId::parse(invoice))
        .ok_or_else(Problem::not_found)
}
