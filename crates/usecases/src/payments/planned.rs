//! Payments that the plan sets off under standing authorisations, by the thousand.
//!
//! They go through the same tables as every payment. Their attempts are only prepared here;
//! [`super::dispatch_due`] sends them.

use gateways::Chance;
use jiff::Timestamp;
use kernel::{
    AccountId, AttemptId, AuditId, Cents, Channel, Language, PaymentId, PersonId, Tender,
};
use payments::effective::{Moment, effective_date};
use payments::{AttemptState, ConfirmationNumber, PaymentStatus};
use store::Tx;
use store::attempts::AttemptRow;
use store::audit::AuditEvent;
use store::payments::PaymentRow;

use super::take::{Evidence, digest, evidence_context};
use crate::ids::Ids;
use crate::{Actor, Ctx, UseCaseError};

/// A payment to be made under a standing authorisation.
#[derive(Debug, Clone)]
pub(crate) struct PlannedPayment {
    pub account: AccountId,
    pub idempotency_key: String,
    /// The place in the series of confirmation numbers, set aside beforehand.
    pub number: i64,
    pub cents: Cents,
    pub tender: Tender,
    /// The processor's name for the card or bank account.
    pub instrument: String,
    pub payer_reference: String,
    pub network_reference: String,
    pub fingerprint: String,
    pub last_four: String,
    pub bank_name: String,
    pub payer: PersonId,
    pub payer_name: String,
    pub payer_email: String,
    pub language: Language,
    /// The version of the words that were agreed to.
    pub authorisation: String,
    /// From where and with what, and when.
    pub address: String,
    pub user_agent: String,
    pub agreed_at: Timestamp,
    /// True for a bank debit that was returned and is presented again.
    pub again: bool,
}

/// Writes the payments, their prepared attempts and the audit events: a fixed number of statements.
/// The ids of the payments, in order; for one whose key was used before, that of the payment made
/// then. The accounts must be locked.
pub(crate) async fn prepare_planned(
    tx: &mut Tx,
    ctx: &Ctx,
    planned: &[PlannedPayment],
) -> Result<Vec<PaymentId>, UseCaseError> {
    let keys: Vec<(AccountId, &str)> = planned
        .iter()
        .map(|plan| (plan.account, plan.idempotency_key.as_str()))
        .collect();
    let before = store::payments::by_keys(tx, &keys).await?;
    let now = ctx.now();
    let chance: &dyn Chance = &*ctx.chance;
    let mut ids = Ids::new(chance, now);
    let (mut made, mut payments, mut attempts) = (Vec::new(), Vec::new(), Vec::new());
    for plan in planned {
        let key = (plan.account, plan.idempotency_key.clone());
        if let Some(id) = before.get(&key) {
            tracing::warn!(payment = %id, "a draft was a payment already; nothing is sent again");
            made.push(*id);
            continue;
        }
        let payment = payment_row(ctx, plan, ids.next(), now)?;
        made.push(payment.id);
        attempts.push(attempt_row(ctx, plan, payment.id, ids.next()));
        payments.push(payment);
    }
    store::payments::insert_all(tx, &payments).await?;
    store::attempts::insert_all(tx, &attempts).await?;
    note_all(tx, &payments, &mut ids, now).await?;
    Ok(made)
}

fn payment_row(
    ctx: &Ctx,
    plan: &PlannedPayment,
    id: PaymentId,
    now: Timestamp,
) -> Result<PaymentRow, UseCaseError> {
    let evidence = Evidence {
        address: plan.address.clone(),
        user_agent: plan.user_agent.clone(),
        agreed_at: Some(plan.agreed_at.as_microsecond()),
        again: plan.again,
    };
    let evidence =
        serde_json::to_vec(&evidence).map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let confirmation = u32::try_from(plan.number)
        .ok()
        .and_then(ConfirmationNumber::from_series)
        .ok_or_else(|| UseCaseError::broken("the confirmation numbers are used up"))?;
    let moment = if plan.tender.is_card() {
        Moment::Authorized(now)
    } else {
        Moment::Submitted(now)
    };
    Ok(PaymentRow {
        account: plan.account,
        id,
        idempotency_key: plan.idempotency_key.clone(),
        request_digest: digest(plan.account, plan.cents, Channel::Online, &plan.instrument),
        confirmation: confirmation.as_str().to_owned(),
        cents: plan.cents,
        refunded: Cents::ZERO,
        channel: Channel::Online,
        tender: plan.tender,
        last_four: plan.last_four.clone(),
        bank_name: plan.bank_name.clone(),
        payer_name: plan.payer_name.clone(),
        payer_email: plan.payer_email.clone(),
        language: plan.language,
        status: PaymentStatus::Sent,
        reason: String::new(),
        authorisation: plan.authorisation.clone(),
        evidence: ctx.vault.seal(&evidence_context(id), &evidence),
        received_at: now,
        effective_on: effective_date(moment, &ctx.plan.time_zone),
        concluded_at: None,
    })
}

fn attempt_row(ctx: &Ctx, plan: &PlannedPayment, payment: PaymentId, id: AttemptId) -> AttemptRow {
    AttemptRow {
        account: plan.account,
        id,
        payment,
        gateway: ctx.gateway.id().to_string(),
        state: AttemptState::Prepared,
        instrument: plan.instrument.clone(),
        reference: String::new(),
        reason: String::new(),
        dispatched_at: None,
        concluded_at: None,
        enquiries: 0,
        next_enquiry_at: None,
        owner: String::new(),
        payer: plan.payer_reference.clone(),
        network_reference: plan.network_reference.clone(),
        fingerprint: plan.fingerprint.clone(),
        by_plan: true,
        paid_by: Some(plan.payer),
    }
}

async fn note_all(
    tx: &mut Tx,
    payments: &[PaymentRow],
    ids: &mut Ids<'_>,
    now: Timestamp,
) -> Result<(), UseCaseError> {
    let actor = Actor::Job("autopay");
    let (kind, name) = (actor.kind(), actor.name());
    let words: Vec<(AuditId, String, String)> = payments
        .iter()
        .map(|payment| {
            let detail = format!("cents={} channel={}", payment.cents.get(), payment.channel);
            (ids.next(), payment.id.to_string(), detail)
        })
        .collect();
    let events: Vec<AuditEvent<'_>> = payments
        .iter()
        .zip(&words)
        .map(|(payment, (id, subject, detail))| AuditEvent {
            id: *id,
            at: now,
            actor_kind: kind,
            actor: &name,
            action: "payment-sent",
            account: Some(payment.account),
            subject,
            detail,
        })
        .collect();
    Ok(store::audit::insert_all(tx, &events).await?)
}
