//! Invoices on paper: one for its member, and a month in print batches.

mod coupons;
mod paper;
mod print;

pub use coupons::{PrintedCoupon, PrintedCoupons, coupons};
pub use paper::layout as scan_line_layout;

use kernel::{AccountId, InvoiceId};

pub use paper::paper;
pub(crate) use print::write_whole;
pub use print::{LARGEST_BATCH, PrintOptions, PrintReport, print};

use crate::{Actor, Ctx, UseCaseError, access};

/// An invoice as a tagged PDF, in the member's language on file; in large print if asked for here
/// or on file.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is none, or it is not of this actor's account.
pub async fn pdf(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    invoice: InvoiceId,
    large_print: bool,
) -> Result<Vec<u8>, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    access::papers_of(&mut tx, ctx, actor, account).await?;
    let row = store::invoices::to_print(&mut tx, account, invoice).await?;
    drop(tx);
    let row = row.ok_or(UseCaseError::NotFound)?;
    let paper = paper(ctx, &row, large_print || row.large_print)?;
    let renderer = ctx.renderer.clone();
    let pdf = tokio::task::spawn_blocking(move || renderer.invoice(&paper))
        .await
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let subject = invoice.to_string();
    crate::documents::read_by(ctx, actor, Some(account), &subject, "invoice".to_owned()).await?;
    Ok(pdf.bytes)
}
