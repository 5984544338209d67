//! A payment that somebody asks for by telephone, keyed by staff: from a bank account, with the
//! words of the authorisation read to the caller. Card numbers are never said to us: a caller with
//! a card pays on line, or at the processor's own fields.

use kernel::{AccountId, Cents, Channel, Email, Language, PaymentId};

use super::find::subscriber;
use super::{Reason, note_look};
use crate::access::{self, Right};
use crate::payments::{self as paying, Authorisation, Method, PayCommand, Payable, filled};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// A member for whom somebody calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// What is due.
    pub payable: Payable,
    /// The subscriber's name.
    pub name: String,
    /// E-mail on file; empty if none.
    pub email: String,
    /// Language on file.
    pub language: Language,
}

/// A payment by telephone that the caller agreed to.
#[derive(Debug, Clone)]
pub struct PhonePayment {
    /// For which account.
    pub account: AccountId,
    /// What makes a repeat harmless.
    pub key: String,
    /// How much.
    pub cents: Cents,
    /// The bank account.
    pub method: Method,
    /// Who pays.
    pub payer_name: String,
    /// Where the written notice and receipt goes, if anywhere.
    pub payer_email: Option<Email>,
    /// In which language the words were read.
    pub language: Language,
    /// True if the call is recorded.
    pub recorded: bool,
}

/// Somebody calls to pay on this account. That the member was seen is written down.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is no such account; [`UseCaseError::NotAllowed`] to whoever
/// may not take payments. Refusal: `channel-not-offered` if the plan line takes none by telephone.
pub async fn caller(ctx: &Ctx, actor: &Actor, account: AccountId) -> Result<Caller, UseCaseError> {
    let Actor::Staff { .. } = actor else {
        return Err(UseCaseError::NotAllowed);
    };
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let row = access::account(tx, &ctx, &actor, account, Right::Pay).await?;
                note_look(tx, &ctx, &actor, account, Reason::MemberAsked).await?;
                let line = ctx.plan.line(&row.plan_line);
                if !line.is_some_and(|line| line.offers(Channel::Phone)) {
                    return Err(Refusal::new("channel-not-offered").into());
                }
                let open = store::cash::open_invoices(tx, account).await?;
                let person = subscriber(tx, &row).await?;
                Ok(Caller {
                    payable: paying::payable_of(&ctx, &row, &open),
                    name: person.full_name(),
                    email: person.email,
                    language: person.language,
                })
            })
        })
        .await
}

/// What is read to the caller, word for word (Nacha Operating Rules 2.5.15).
#[must_use]
pub fn words(
    ctx: &Ctx,
    language: Language,
    plan_line: &str,
    cents: Cents,
    method: &Method,
    payer_name: &str,
) -> Authorisation {
    let text = (&ctx.plan.texts.bank_phone, language);
    filled(ctx, text, plan_line, cents, method, payer_name)
}

/// Takes the payment. A debit that was agreed to by telephone needs a recording, or a notice in
/// writing before it settles (Nacha Operating Rules 2.5.15.3): here the receipt, which goes out at
/// once.
///
/// # Errors
/// As [`caller`] and [`paying::take`]. Refusal: `phone-proof-missing`, about `payer_email`.
pub async fn pay(
    ctx: &Ctx,
    actor: &Actor,
    payment: PhonePayment,
) -> Result<PaymentId, UseCaseError> {
    let caller = caller(ctx, actor, payment.account).await?;
    need_proof(payment.payer_email.as_ref(), payment.recorded)?;
    let said = words(
        ctx,
        payment.language,
        &caller.payable.plan_line,
        payment.cents,
        &payment.method,
        &payment.payer_name,
    );
    let command = PayCommand {
        account: payment.account,
        idempotency_key: payment.key,
        cents: payment.cents,
        channel: Channel::Phone,
        method: payment.method,
        payer_name: payment.payer_name,
        payer_email: payment
            .payer_email
            .map(|email| email.as_str().to_owned())
            .unwrap_or_default(),
        language: payment.language,
        authorisation_version: said.version,
        user_agent: match payment.recorded {
            true => "telephone, recorded".to_owned(),
            false => "telephone".to_owned(),
        },
    };
    paying::take(ctx, actor, command).await
}

/// # Errors
/// Refusal `phone-proof-missing` if nothing would prove what the caller agreed to.
pub fn need_proof(payer_email: Option<&Email>, recorded: bool) -> Result<(), UseCaseError> {
    match payer_email.is_some() || recorded {
        true => Ok(()),
        false => Err(Refusal::of("payer_email", "phone-proof-missing").into()),
    }
}
