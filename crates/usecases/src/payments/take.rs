//! Taking a payment: the intent on disk first, then the processor, then the outcome on disk.

use std::time::Duration;

use gateways::card::{
    ChargeRequest, IdempotencyKey, Initiator, InstrumentRef, MandateAcceptance, PayerRef, Rail,
};
use jiff::Timestamp;
use kernel::{AccountId, AttemptId, Cents, Channel, PaymentId};
use payments::effective::{Moment, effective_date};
use payments::{AttemptState, ConfirmationNumber, PaymentStatus, enquiry};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::accounts::AccountRow;
use store::attempts::AttemptRow;
use store::payments::PaymentRow;

use super::method::{accepted, evidence_address};
use super::{Method, PayCommand, What, conclude};
use crate::audit::{self, Event};
use crate::{Actor, Ctx, Refusal, UseCaseError, access};

/// How long a caller waits for the outcome. After that the payment goes on without anybody waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// Takes a payment. Returns when its outcome is known, or after ten seconds with the payment still
/// being confirmed. The work goes on to its end even if the caller goes away. The same idempotency
/// key again gives the same payment and takes nothing.
///
/// # Errors
/// Refusals: `channel-not-offered`, `tender-not-taken`, `authorisation-missing`, `amount-too-much`,
/// `key-used-otherwise` if the key came before with another request. [`UseCaseError::Unavailable`]
/// if the database does not answer: nothing was taken, and the same request may be sent again.
pub async fn take(
    ctx: &Ctx,
    actor: &Actor,
    command: PayCommand,
) -> Result<PaymentId, UseCaseError> {
    let account = check(ctx, actor, &command).await?;
    let command = with_payer(ctx, actor, &account, command).await?;
    let (payment, attempt) = match prepare(ctx, actor, &command).await? {
        Prepared::New(payment, attempt) => (*payment, *attempt),
        Prepared::Before(payment) => return Ok(payment),
    };
    let (ctx, id) = (ctx.clone(), payment.id);
    let work = tokio::spawn(async move {
        let evidence = open_evidence(&ctx, &payment)?;
        send(&ctx, &payment, &attempt, &evidence).await
    });
    match tokio::time::timeout(PATIENCE, work).await {
        // Whatever went wrong after the intent was on disk, the payment exists and the reconciler
        // finishes it: its state is the answer, not the error.
        Ok(Ok(Err(error))) => tracing::warn!(payment = %id, %error, "left to the reconciler"),
        Ok(Err(error)) => tracing::error!(payment = %id, %error, "left to the reconciler"),
        Ok(Ok(Ok(()))) | Err(_) => {}
    }
    Ok(id)
}

/// A member who names no other address gets the receipt at the one they signed up with. Who pays
/// for somebody else is written down as the payer, by the name and address of their own sign-in.
async fn with_payer(
    ctx: &Ctx,
    actor: &Actor,
    account: &AccountRow,
    mut command: PayCommand,
) -> Result<PayCommand, UseCaseError> {
    let Actor::Member { person, .. } = actor else {
        return Ok(command);
    };
    let helps = account.subscriber != *person;
    let mut tx = ctx.store.read().await?;
    if (helps || command.payer_email.is_empty())
        && let Some(login) = store::logins::of_person(&mut tx, *person).await?
    {
        command.payer_email = login.email;
    }
    if helps && let Some(payer) = store::accounts::person_by_id(&mut tx, *person).await? {
        command.payer_name = payer.full_name();
    }
    Ok(command)
}

/// Sends the request of an attempt again with the same key: how a lost answer is asked for.
pub async fn charge_again(ctx: &Ctx, attempt: &AttemptRow) -> Result<(), UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let payment = store::payments::by_id(&mut tx, attempt.account, attempt.payment)
        .await?
        .ok_or_else(|| UseCaseError::broken("an attempt without a payment"))?;
    drop(tx);
    let evidence = open_evidence(ctx, &payment)?;
    send(ctx, &payment, attempt, &evidence).await
}

pub(crate) enum Prepared {
    New(Box<PaymentRow>, Box<AttemptRow>),
    Before(PaymentId),
}

/// Where and with what the payer agreed. Sealed in the database.
#[derive(Serialize, Deserialize)]
pub(super) struct Evidence {
    pub address: String,
    pub user_agent: String,
    /// When, in microseconds since 1970, if that was before the payment: a standing authorisation.
    #[serde(default)]
    pub agreed_at: Option<i64>,
    /// True for a bank debit that was returned and is presented again.
    #[serde(default)]
    pub again: bool,
}

async fn check(ctx: &Ctx, actor: &Actor, command: &PayCommand) -> Result<AccountRow, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let account = access::account(&mut tx, ctx, actor, command.account, access::Right::Pay).await?;
    if matches!(actor, Actor::Guest { .. }) && command.channel != Channel::Guest {
        return Err(UseCaseError::NotAllowed);
    }
    let line = ctx
        .plan
        .line(&account.plan_line)
        .ok_or(UseCaseError::NotFound)?;
    if !line.offers(command.channel) {
        return Err(Refusal::new("channel-not-offered").into());
    }
    if !accepted(ctx, &account.plan_line, command.channel).contains(&command.method.tender) {
        return Err(Refusal::new("tender-not-taken").into());
    }
    if !command.cents.is_positive() {
        return Err(Refusal::of("amount", "amount-too-little")
            .with("least", ctx.plan.payments.smallest)
            .into());
    }
    if command.cents > ctx.plan.payments.largest {
        return Err(Refusal::of("amount", "amount-too-much")
            .with("most", ctx.plan.payments.largest)
            .into());
    }
    if !command.method.payer_reference.is_empty() {
        saved_method_may_pay(&mut tx, ctx, actor, &command.method).await?;
    }
    if !command.method.tender.is_card() && command.authorisation_version.is_empty() {
        return Err(Refusal::of("authorisation", "authorisation-missing").into());
    }
    Ok(account)
}

/// A saved method pays for its owner, who signed in, or for a job that its owner gave a mandate to;
/// and only while it may be charged.
async fn saved_method_may_pay(
    tx: &mut store::Tx,
    ctx: &Ctx,
    actor: &Actor,
    method: &Method,
) -> Result<(), UseCaseError> {
    let person = match actor {
        Actor::Member { person, .. } => *person,
        // The mandate names the method, and the job has just read both.
        Actor::Job(_) => return Ok(()),
        _ => return Err(UseCaseError::NotAllowed),
    };
    let row = store::methods::by_reference(tx, person, &method.reference)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    crate::methods::chargeable(&row, ctx.today()).map_err(|why| Refusal::new(why.code()).into())
}

/// Writes the payment and its attempt, marked as sent, in one commit. Crash after it, and the
/// reconciler asks the processor; crash before it, and nothing happened.
///
/// # Design
/// `prepared` and `dispatched` share one commit here, because nothing comes between them: a flush
/// of the disk is saved, and an attempt that was never sent is found so by asking.
async fn prepare(ctx: &Ctx, actor: &Actor, command: &PayCommand) -> Result<Prepared, UseCaseError> {
    let digest = digest_of(command);
    let mut tx = ctx.store.read().await?;
    if let Some(before) =
        store::payments::by_key(&mut tx, command.account, &command.idempotency_key).await?
    {
        return same_or_refused(&before, digest);
    }
    drop(tx);
    let now = ctx.now();
    let confirmation = next_confirmation(ctx).await?;
    let payment = new_payment(ctx, actor, command, digest, confirmation.as_str(), now)?;
    let attempt = new_attempt(ctx, actor, &payment, &command.method, now);
    let (ctx2, actor2, payment2, attempt2) =
        (ctx.clone(), actor.clone(), payment.clone(), attempt.clone());
    let inserted = ctx
        .store
        .write(move |tx| {
            let (ctx, actor, payment, attempt) = (
                ctx2.clone(),
                actor2.clone(),
                payment2.clone(),
                attempt2.clone(),
            );
            Box::pin(async move {
                if !store::payments::insert(tx, &payment).await? {
                    return Ok::<bool, UseCaseError>(false);
                }
                store::attempts::insert(tx, &attempt).await?;
                let detail = format!("cents={} channel={}", payment.cents.get(), payment.channel);
                let subject = payment.id.to_string();
                let event = Event {
                    action: "payment-sent",
                    account: Some(payment.account),
                    subject: &subject,
                    detail: &detail,
                };
                audit::record(tx, &ctx, &actor, event).await?;
                Ok(true)
            })
        })
        .await?;
    if inserted {
        return Ok(Prepared::New(Box::new(payment), Box::new(attempt)));
    }
    let mut tx = ctx.store.read().await?;
    let before = store::payments::by_key(&mut tx, command.account, &command.idempotency_key)
        .await?
        .ok_or_else(|| UseCaseError::broken("a payment that is there and is not"))?;
    same_or_refused(&before, digest)
}

/// The next confirmation number, of the one series that all channels share.
pub(crate) async fn next_confirmation(ctx: &Ctx) -> Result<ConfirmationNumber, UseCaseError> {
    let series = ctx.store.next_number("confirmation").await?;
    u32::try_from(series)
        .ok()
        .and_then(ConfirmationNumber::from_series)
        .ok_or_else(|| UseCaseError::broken("the confirmation numbers are used up"))
}

pub(crate) fn same_or_refused(
    before: &PaymentRow,
    digest: [u8; 32],
) -> Result<Prepared, UseCaseError> {
    if before.request_digest == digest {
        Ok(Prepared::Before(before.id))
    } else {
        Err(Refusal::new("key-used-otherwise").into())
    }
}

/// What is to be paid, in one value: a repeat has the same, another request does not. Where the
/// receipt goes is no part of it.
fn digest_of(command: &PayCommand) -> [u8; 32] {
    digest(
        command.account,
        command.cents,
        command.channel,
        &command.method.reference,
    )
}

pub(crate) fn digest(
    account: AccountId,
    cents: Cents,
    channel: Channel,
    instrument: &str,
) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [
        account.to_string(),
        cents.get().to_string(),
        channel.to_string(),
        instrument.to_owned(),
    ] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// From where and with what a payment was asked for now, sealed.
pub(crate) fn seal_evidence(
    ctx: &Ctx,
    actor: &Actor,
    payment: PaymentId,
    user_agent: &str,
) -> Result<String, UseCaseError> {
    let evidence = Evidence {
        address: evidence_address(actor).to_owned(),
        user_agent: user_agent.chars().take(200).collect(),
        agreed_at: None,
        again: false,
    };
    let evidence =
        serde_json::to_vec(&evidence).map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    Ok(ctx.vault.seal(&evidence_context(payment), &evidence))
}

fn new_payment(
    ctx: &Ctx,
    actor: &Actor,
    command: &PayCommand,
    request_digest: [u8; 32],
    confirmation: &str,
    now: Timestamp,
) -> Result<PaymentRow, UseCaseError> {
    let id: PaymentId = ctx.id();
    let evidence = seal_evidence(ctx, actor, id, &command.user_agent)?;
    let moment = if command.method.tender.is_card() {
        Moment::Authorized(now)
    } else {
        Moment::Submitted(now)
    };
    Ok(PaymentRow {
        account: command.account,
        id,
        idempotency_key: command.idempotency_key.clone(),
        request_digest,
        confirmation: confirmation.to_owned(),
        cents: command.cents,
        refunded: Cents::ZERO,
        channel: command.channel,
        tender: command.method.tender,
        last_four: command.method.last_four.clone(),
        bank_name: command.method.bank_name.clone(),
        payer_name: command.payer_name.clone(),
        payer_email: command.payer_email.clone(),
        language: command.language,
        status: PaymentStatus::Sent,
        reason: String::new(),
        authorisation: command.authorisation_version.clone(),
        evidence,
        received_at: now,
        effective_on: effective_date(moment, &ctx.plan.time_zone),
        concluded_at: None,
    })
}

fn new_attempt(
    ctx: &Ctx,
    actor: &Actor,
    payment: &PaymentRow,
    method: &Method,
    now: Timestamp,
) -> AttemptRow {
    let id: AttemptId = ctx.id();
    AttemptRow {
        account: payment.account,
        id,
        payment: payment.id,
        gateway: ctx.gateway.id().to_string(),
        state: AttemptState::Dispatched,
        instrument: method.reference.clone(),
        reference: String::new(),
        reason: String::new(),
        dispatched_at: Some(now),
        concluded_at: None,
        enquiries: 0,
        // Later than the longest time-out of the call itself: only a crash leaves it to be asked.
        next_enquiry_at: Some(now + jiff::SignedDuration::from_secs(45)),
        owner: String::new(),
        payer: method.payer_reference.clone(),
        network_reference: method.network_reference.clone(),
        fingerprint: method.fingerprint.clone(),
        // A job sets off what was agreed to earlier; everybody else pays here and now.
        by_plan: matches!(actor, Actor::Job(_)),
        paid_by: actor.person(),
    }
}

pub(super) fn evidence_context(payment: PaymentId) -> String {
    format!("payment-evidence:{payment}")
}

fn open_evidence(ctx: &Ctx, payment: &PaymentRow) -> Result<Evidence, UseCaseError> {
    let plain = ctx
        .vault
        .open(&evidence_context(payment.id), &payment.evidence)
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    serde_json::from_slice(&plain).map_err(|error| UseCaseError::Broken(Box::new(error)))
}

/// Calls the processor and writes down what came of it. The request is made from stored facts only,
/// so that sending it again sends the same.
async fn send(
    ctx: &Ctx,
    payment: &PaymentRow,
    attempt: &AttemptRow,
    evidence: &Evidence,
) -> Result<(), UseCaseError> {
    let rail = Rail::of(payment.tender)
        .ok_or_else(|| UseCaseError::broken("a tender that no processor carries"))?;
    let request = ChargeRequest {
        attempt: attempt.id,
        amount: payment.cents,
        instrument: InstrumentRef::new(attempt.instrument.clone()),
        rail,
        payer: known(&attempt.payer).map(PayerRef::new),
        initiator: match payment.channel {
            _ if attempt.by_plan => Initiator::Plan,
            Channel::Phone | Channel::Mail => Initiator::PayerByPhone,
            _ => Initiator::PayerOnline,
        },
        network_reference: known(&attempt.network_reference),
        mandate: (rail == Rail::Bank).then(|| acceptance(payment, evidence)),
        // Nacha Operating Rules 2.12.4: how an entry that is presented again is described.
        description: if evidence.again {
            format!("RETRY PYMT {}", payment.confirmation)
        } else {
            format!("premium {}", payment.confirmation)
        },
        return_url: None,
    };
    let outcome = ctx
        .gateway
        .charge(&request, &IdempotencyKey::of(attempt.id))
        .await;
    conclude(ctx, attempt.account, attempt.id, What::Answer(outcome)).await
}

fn known(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// How the payer agreed to a debit: on a page of ours, or by telephone or on paper, where there is
/// no network address to show for it.
fn acceptance(payment: &PaymentRow, evidence: &Evidence) -> MandateAcceptance {
    let agreed_at = evidence.agreed_at;
    let agreed_at = agreed_at.and_then(|micros| Timestamp::from_microsecond(micros).ok());
    let at = agreed_at.unwrap_or(payment.received_at);
    if evidence.address.is_empty() {
        return MandateAcceptance::Offline { at };
    }
    MandateAcceptance::Online {
        at,
        ip: evidence.address.clone(),
        // A processor takes no empty name for what the payer agreed with.
        user_agent: match evidence.user_agent.as_str() {
            "" => "not said".to_owned(),
            named => named.to_owned(),
        },
    }
}

/// When to ask first about an attempt without an answer.
pub(super) fn first_enquiry(tries: u32, now: Timestamp) -> (Option<Timestamp>, String) {
    match enquiry::next_enquiry(tries, now) {
        enquiry::Enquiry::At(at) => (Some(at), String::new()),
        enquiry::Enquiry::AskAPerson => (None, "billing".to_owned()),
    }
}
