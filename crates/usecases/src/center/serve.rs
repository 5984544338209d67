//! Somebody stands at the counter: who is it, what is due, and how they may pay.

use gateways::chance::Draw as _;
use kernel::{AccountId, Email, InvoiceId, Language, Tender};

use super::{SERVE, rules, staff_of};
use crate::payments::{self as paying, Payable};
use crate::staff::find::subscriber;
pub use crate::staff::find::{Found, Sought};
use crate::staff::{Reason, note_look};
use crate::{Actor, Ctx, Refusal, UseCaseError, access, invoices};

/// A member at the counter.
#[derive(Debug, Clone)]
pub struct Served {
    /// What is due.
    pub payable: Payable,
    /// The subscriber's name.
    pub name: String,
    /// The language on file.
    pub language: Language,
    /// The address on file, masked; empty if there is none.
    pub email_masked: String,
    /// What may be paid with at this center.
    pub tenders: Vec<Tender>,
    /// The newest invoice that is open, whose coupon is mailed with a check.
    pub coupon: Option<InvoiceId>,
}

/// A key for a form at the counter: the same form sent twice is one payment.
#[must_use]
pub fn fresh_key(ctx: &Ctx) -> String {
    format!("counter-{}", ctx.chance.token(16))
}

/// Finds the accounts of whoever stands at the counter.
///
/// # Errors
/// As [`crate::staff::find::find`].
pub async fn find(ctx: &Ctx, actor: &Actor, sought: Sought) -> Result<Vec<Found>, UseCaseError> {
    staff_of(actor, &SERVE)?;
    crate::staff::find::find(ctx, actor, sought, Reason::MemberAsked).await
}

/// A member at the counter of the associate's open drawer. That they were seen is written down.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is no such account. Refusal: `drawer-none`.
pub async fn serve(ctx: &Ctx, actor: &Actor, account: AccountId) -> Result<Served, UseCaseError> {
    let (associate, _) = staff_of(actor, &SERVE)?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let row = access::account(tx, &ctx, &actor, account, access::Right::Pay).await?;
                let drawer = store::centers::of_associate(tx, associate).await?;
                let drawer = drawer.ok_or_else(|| Refusal::new("drawer-none"))?;
                note_look(tx, &ctx, &actor, account, Reason::MemberAsked).await?;
                let open = store::cash::open_invoices(tx, account).await?;
                let person = subscriber(tx, &row).await?;
                Ok(Served {
                    payable: paying::payable_of(&ctx, &row, &open),
                    name: person.full_name(),
                    language: person.language,
                    email_masked: Email::parse(&person.email)
                        .map(|email| email.masked())
                        .unwrap_or_default(),
                    tenders: rules::tenders(&ctx, &row.plan_line, &drawer.center)?,
                    coupon: open
                        .iter()
                        .max_by_key(|open| open.month)
                        .map(|open| open.id),
                })
            })
        })
        .await
}

/// The newest open invoice with its coupon, printed again.
///
/// # Errors
/// [`UseCaseError::NotFound`] if nothing is open.
pub async fn coupon_pdf(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<Vec<u8>, UseCaseError> {
    let served = serve(ctx, actor, account).await?;
    let invoice = served.coupon.ok_or(UseCaseError::NotFound)?;
    invoices::pdf(ctx, actor, account, invoice, false).await
}
