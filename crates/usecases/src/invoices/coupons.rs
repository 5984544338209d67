//! Coupons of open invoices, for a simulated day of mail.

use documents::Invoice;
use kernel::Cents;

use super::paper;
use super::print::LARGEST_BATCH;
use crate::{Actor, Ctx, UseCaseError};

/// Invoices in one PDF, and where their coupons are.
#[derive(Debug, Clone)]
pub struct PrintedCoupons {
    /// The file: the invoices as members get them on paper.
    pub pdf: Vec<u8>,
    /// Its coupons, in the order of the pages.
    pub coupons: Vec<PrintedCoupon>,
}

/// A coupon in a PDF.
#[derive(Debug, Clone)]
pub struct PrintedCoupon {
    /// Its page, from 1.
    pub page: usize,
    /// The invoice it tears off from.
    pub invoice_number: String,
    /// Whom the invoice is sent to.
    pub payer: String,
    /// Whom the check is to be made out to.
    pub payable_to: String,
    /// What it asks for.
    pub amount_due: Cents,
    /// The digits of its scan line.
    pub scan_line: String,
}

/// Prints the newest invoice of each account that has something open on it, of the first `most`
/// accounts. Nothing is written down: nobody is told, and nothing is filed.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for anybody but the operator; [`UseCaseError::Broken`] if an
/// invoice cannot be printed.
pub async fn coupons(
    ctx: &Ctx,
    actor: &Actor,
    most: i64,
) -> Result<Vec<PrintedCoupons>, UseCaseError> {
    if !matches!(actor, Actor::Operator) {
        return Err(UseCaseError::NotAllowed);
    }
    let mut tx = ctx.store.read().await?;
    let mut papers = Vec::new();
    for (account, invoice) in store::coupons::open(&mut tx, most).await? {
        if let Some(row) = store::invoices::to_print(&mut tx, account, invoice).await? {
            papers.push(paper(ctx, &row, row.large_print)?);
        }
    }
    drop(tx);
    let mut printed = Vec::new();
    for papers in papers.chunks(LARGEST_BATCH) {
        printed.push(batch(ctx, papers.to_vec()).await?);
    }
    Ok(printed)
}

async fn batch(ctx: &Ctx, papers: Vec<Invoice>) -> Result<PrintedCoupons, UseCaseError> {
    let renderer = ctx.renderer.clone();
    let (made, papers) = tokio::task::spawn_blocking(move || (renderer.invoices(&papers), papers))
        .await
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let made = made.map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let coupons = papers.into_iter().zip(made.first_pages);
    Ok(PrintedCoupons {
        coupons: coupons
            .map(|(paper, page)| PrintedCoupon {
                page,
                invoice_number: paper.invoice_number,
                payer: paper.member_name,
                payable_to: paper.payable_to,
                amount_due: paper.total_due,
                scan_line: paper.scan_line,
            })
            .collect(),
        pdf: made.pdf.bytes,
    })
}
