//! A payment as its payer may see it, on a page and on paper.

use documents::Receipt;
use kernel::{AccountId, Email, Language, PaymentId};
use payments::PaymentStatus;
use store::payments::PaymentRow;

use super::PaymentView;
use super::amount::grouped;
use crate::{Actor, Ctx, UseCaseError, access, account_number};

/// A payment. A guest may ask only for the payment that their own errand led to; the caller sees to
/// that by taking both ids from the errand.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is none, or none for this actor.
pub async fn view(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    payment: PaymentId,
) -> Result<PaymentView, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    access::account(&mut tx, ctx, actor, account, access::Right::View).await?;
    let row = store::payments::by_id(&mut tx, account, payment).await?;
    Ok(view_of(row.ok_or(UseCaseError::NotFound)?))
}

pub(crate) fn view_of(row: PaymentRow) -> PaymentView {
    PaymentView {
        payment: row.id,
        account: row.account,
        confirmation: grouped(&row.confirmation),
        cents: row.cents,
        status: row.status,
        channel: row.channel,
        tender: row.tender,
        last_four: row.last_four,
        bank_name: row.bank_name,
        payer_name: row.payer_name,
        payer_email_masked: Email::parse(&row.payer_email)
            .map(|e| e.masked())
            .unwrap_or_default(),
        received_at: row.received_at,
        effective_on: row.effective_on,
        reason: row.reason,
    }
}

/// The receipt of a payment as a tagged PDF.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is no such payment, or none with a receipt yet.
pub async fn receipt_pdf(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    payment: PaymentId,
) -> Result<Vec<u8>, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let owner = access::account(&mut tx, ctx, actor, account, access::Right::View).await?;
    let row = store::payments::by_id(&mut tx, account, payment).await?;
    let row = row
        .filter(|row| row.status.has_receipt())
        .ok_or(UseCaseError::NotFound)?;
    drop(tx);
    let language = row.language;
    let line = ctx.plan.line(&owner.plan_line);
    let phone = line.map_or(&ctx.plan.help.phone, |line| &line.representatives);
    let remit_to = ctx
        .plan
        .addresses
        .first()
        .map(|address| address.lines.clone())
        .unwrap_or_default();
    // A guest learns nothing of the member, not even the kind of plan.
    let plan_line = match actor {
        Actor::Guest { .. } => None,
        _ => line.map(|line| line.name.in_language(language).to_owned()),
    };
    let receipt = Receipt {
        language,
        large_print: false,
        organisation: ctx.plan.organisation.name.clone(),
        return_address: remit_to.into_iter().skip(1).collect(),
        confirmation_number: grouped(&row.confirmation),
        amount: row.cents,
        paid_on: row.effective_on,
        tender: row.tender,
        tender_digits: Some(row.last_four),
        payer: Some(row.payer_name).filter(|name| !name.is_empty()),
        plan_line,
        account_digits: account_number::last_four(owner.number),
        invoice_number: None,
        next: vec![what_happens_next(row.status, language).to_owned()],
        phone: phone.number(),
        tty: phone.tty_number(),
        hours: phone.hours.described(language),
    };
    let renderer = ctx.renderer.clone();
    let pdf = tokio::task::spawn_blocking(move || renderer.receipt(&receipt))
        .await
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let subject = payment.to_string();
    crate::documents::read_by(ctx, actor, Some(account), &subject, "receipt".to_owned()).await?;
    Ok(pdf.bytes)
}

/// What happens next, for the paper receipt.
fn what_happens_next(status: PaymentStatus, language: Language) -> &'static str {
    match (status, language) {
        (PaymentStatus::Pending, Language::English) => {
            "We sent this payment to your bank. Banks usually take 3 to 5 business days. If your bank \
             returns it, we will tell you, and the amount will be due again."
        }
        (PaymentStatus::Pending, Language::Spanish) => {
            "Enviamos este pago a su banco. Los bancos suelen tardar de 3 a 5 días hábiles. Si su banco lo \
             devuelve, le avisaremos y deberá pagar la cantidad de nuevo."
        }
        (PaymentStatus::Returned | PaymentStatus::ChargedBack, Language::English) => {
            "Your bank returned this payment. The amount is due again."
        }
        (PaymentStatus::Returned | PaymentStatus::ChargedBack, Language::Spanish) => {
            "Su banco devolvió este pago. Debe pagar la cantidad de nuevo."
        }
        (_, Language::English) => "Your payment is complete. You do not need to do anything else.",
        (_, Language::Spanish) => "Su pago está completo. No tiene que hacer nada más.",
    }
}

/// True while a page should wait for this payment's outcome.
#[must_use]
pub fn is_under_way(status: PaymentStatus) -> bool {
    matches!(
        status,
        PaymentStatus::Sent | PaymentStatus::Confirming | PaymentStatus::ActionRequired
    )
}
