//! The papers of an account, for staff. That each was read is written down.

use axum::extract::{Path, State};
use axum::response::Response;
use kernel::{AccountId, DocumentId, InvoiceId, PaymentId};
use usecases::{documents, pages, payments};

use crate::error::Problem;
use crate::pay::outcome::pdf_answer;
use crate::state::AppState;
use crate::visit::Visit;

/// An invoice.
///
/// # Errors
/// Not found if there is none; if the role sees no members, or the database does not answer.
pub async fn invoice(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, invoice)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let ids = AccountId::parse(&account).zip(InvoiceId::parse(&invoice));
    let (account, invoice) = ids.ok_or_else(Problem::not_found)?;
    let bytes = pages::invoice_pdf(&app.ctx, &visit.actor(), account, invoice, false).await?;
    Ok(pdf_answer(bytes, "invoice.pdf"))
}

/// The receipt of a payment.
///
/// # Errors
/// As [`invoice`].
pub async fn receipt(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, payment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let ids = AccountId::parse(&account).zip(PaymentId::parse(&payment));
    let (account, payment) = ids.ok_or_else(Problem::not_found)?;
    let bytes = payments::receipt_pdf(&app.ctx, &visit.actor(), account, payment).await?;
    Ok(pdf_answer(bytes, "receipt.pdf"))
}

/// A kept document.
///
/// # Errors
/// As [`invoice`].
pub async fn document(
    State(app): State<AppState>,
    visit: Visit,
    Path((_, document)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let document = DocumentId::parse(&document).ok_or_else(Problem::not_found)?;
    let bytes = documents::pdf(&app.ctx, &visit.actor(), document).await?;
    Ok(pdf_answer(bytes, "document.pdf"))
}
