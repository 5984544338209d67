//! Writing down what came of an attempt: the one place where a payment changes its state and money
//! is posted because of it.

use ::payments::{AttemptEvent, AttemptState, PaymentStatus, next};
use gateways::card::{Charge, ChargeState, Decline, DeclineReason, Outcome};
use jiff::SignedDuration;
use kernel::{AccountId, AttemptId};
use store::Tx;
use store::attempts::AttemptRow;
use store::journal::{self, Head};
use store::payments::PaymentRow;

use super::received::{receive, tell_payer};
use super::take::first_enquiry;
use super::taken_back::take_back;
use crate::audit::{self, Event};
use crate::notices::NoticeKind;
use crate::{Actor, Ctx, UseCaseError, autopay};

/// What is known of an attempt.
#[derive(Debug, Clone)]
pub enum What {
    /// The answer to the request that carries it out.
    Answer(Outcome<Charge>),
    /// How the charge stands, as the processor says when asked.
    Found(Charge),
    /// The processor says that it knows no such charge now.
    NotFound,
}

/// Moves an attempt and its payment to where `what` puts them, and posts the money that this moves.
/// Calling it twice with the same changes nothing the second time; what comes late and contradicts
/// nothing is ignored.
///
/// # Errors
/// [`UseCaseError`] if the database does not answer; then nothing is changed, and the reconciler
/// asks again.
pub async fn conclude(
    ctx: &Ctx,
    account: AccountId,
    attempt: AttemptId,
    what: What,
) -> Result<(), UseCaseError> {
    let owned = ctx.clone();
    ctx.store
        .write(move |tx| {
            let (ctx, what) = (owned.clone(), what.clone());
            Box::pin(async move { conclude_in(tx, &ctx, account, attempt, &what).await })
        })
        .await
}

async fn conclude_in(
    tx: &mut Tx,
    ctx: &Ctx,
    account: AccountId,
    attempt: AttemptId,
    what: &What,
) -> Result<(), UseCaseError> {
    // The account first, always: it is what two units of work queue at.
    let mut head = journal::lock(tx, account).await?;
    let Some(mut attempt) = store::attempts::by_id(tx, account, attempt).await? else {
        return Err(UseCaseError::NotFound);
    };
    let payment = store::payments::by_id(tx, account, attempt.payment)
        .await?
        .ok_or_else(|| UseCaseError::broken("an attempt without a payment"))?;
    let heard = Heard::of(&attempt, what);
    if !heard.reference.is_empty() {
        attempt.reference.clone_from(&heard.reference);
    }
    learn(tx, &attempt, what).await?;
    let before = attempt.state;
    let Some(event) = heard.event else {
        return schedule(tx, ctx, attempt, before).await;
    };
    match next(before, event) {
        Ok(after) => attempt.state = after,
        // Late, early or told before: what stands, stands.
        Err(refused) => {
            tracing::debug!(attempt = %attempt.id, %refused, "nothing changes");
            return schedule(tx, ctx, attempt, before).await;
        }
    }
    let after = attempt.state;
    attempt.reason = heard.reason;
    post(tx, ctx, &mut head, &payment, before, after).await?;
    write_down(tx, ctx, &payment, &mut attempt, before, after).await?;
    if autopay::is_draft(&payment) {
        let step = autopay::PaymentStep {
            payment: &payment,
            attempt: &attempt,
            before,
            decline: heard.decline.as_ref(),
        };
        autopay::after_step(tx, ctx, &step).await?;
    }
    Ok(())
}

/// Keeps what the card network calls the first charge of a saved card, for later charges that the
/// plan sets off.
async fn learn(tx: &mut Tx, attempt: &AttemptRow, what: &What) -> Result<(), UseCaseError> {
    let (What::Found(charge) | What::Answer(Outcome::Ok(charge))) = what else {
        return Ok(());
    };
    let wanted = !attempt.payer.is_empty() && attempt.network_reference.is_empty();
    if let (true, Some(reference)) = (wanted, &charge.network_reference) {
        store::methods::learn_network_reference(tx, &attempt.instrument, reference).await?;
    }
    Ok(())
}

/// What an answer means for an attempt.
struct Heard {
    event: Option<AttemptEvent>,
    reference: String,
    reason: String,
    /// The refusal as the processor gave it, if it is one.
    decline: Option<Decline>,
}

impl Heard {
    fn of(attempt: &AttemptRow, what: &What) -> Self {
        let event = |event| Heard {
            event: Some(event),
            reference: String::new(),
            reason: String::new(),
            decline: None,
        };
        match what {
            What::Found(charge) | What::Answer(Outcome::Ok(charge) | Outcome::Pending(charge)) => {
                Self::of_charge(attempt, charge)
            }
            What::NotFound => Heard {
                event: None,
                reference: String::new(),
                reason: String::new(),
                decline: None,
            },
            What::Answer(Outcome::Declined(decline)) => Heard {
                reason: decline.reason.code().to_owned(),
                decline: Some(decline.clone()),
                ..event(AttemptEvent::Decline)
            },
            What::Answer(Outcome::ActionRequired(_)) => event(AttemptEvent::RequireAction),
            What::Answer(Outcome::Invalid(error)) if error.code == "idempotency_error" => {
                // The key is known there with other words: so a request did arrive. Look it up.
                event(AttemptEvent::LoseAnswer)
            }
            What::Answer(Outcome::Invalid(error)) => {
                tracing::error!(attempt = %attempt.id, %error, "the processor refused our request");
                Heard {
                    reason: DeclineReason::TryLater.code().to_owned(),
                    ..event(AttemptEvent::Decline)
                }
            }
            // Not sent is proof only for the first try: an earlier one may have arrived.
            What::Answer(Outcome::NotSent(_)) if attempt.enquiries == 0 => {
                event(AttemptEvent::ProveNotSent)
            }
            What::Answer(Outcome::NotSent(_) | Outcome::Unknown(_)) => {
                event(AttemptEvent::LoseAnswer)
            }
        }
    }

    fn of_charge(attempt: &AttemptRow, charge: &Charge) -> Self {
        let money_came = attempt.state.counts_as_received();
        let (event, reason) = match &charge.state {
            ChargeState::Succeeded => (AttemptEvent::Succeed, String::new()),
            ChargeState::Pending => (AttemptEvent::Pend, String::new()),
            ChargeState::ActionRequired => (AttemptEvent::RequireAction, String::new()),
            ChargeState::Voided => (AttemptEvent::Void, String::new()),
            ChargeState::Declined(decline) => {
                let event = if money_came {
                    AttemptEvent::Return
                } else {
                    AttemptEvent::Decline
                };
                (event, decline.reason.code().to_owned())
            }
        };
        Heard {
            event: Some(event),
            reference: charge.reference.as_str().to_owned(),
            reason,
            decline: match &charge.state {
                ChargeState::Declined(decline) => Some(decline.clone()),
                _ => None,
            },
        }
    }
}

/// Sets when to ask next about an attempt that nothing new is known of.
async fn schedule(
    tx: &mut Tx,
    ctx: &Ctx,
    mut attempt: AttemptRow,
    state: AttemptState,
) -> Result<(), UseCaseError> {
    ask_next(ctx, &mut attempt, state);
    store::attempts::save(tx, &attempt).await?;
    Ok(())
}

fn ask_next(ctx: &Ctx, attempt: &mut AttemptRow, state: AttemptState) {
    let now = ctx.now();
    (attempt.next_enquiry_at, attempt.owner) = match state {
        AttemptState::Dispatched | AttemptState::Unknown | AttemptState::Authorized => {
            first_enquiry(attempt.enquiries, now)
        }
        // Bank debits settle in days; a webhook usually tells sooner.
        AttemptState::Pending | AttemptState::ActionRequired => {
            let wait = if attempt.enquiries < 3 { 10 } else { 360 };
            (Some(now + SignedDuration::from_mins(wait)), String::new())
        }
        _ => (None, String::new()),
    };
}

/// Posts what the step from `before` to `after` means for the books.
async fn post(
    tx: &mut Tx,
    ctx: &Ctx,
    head: &mut Head,
    payment: &PaymentRow,
    before: AttemptState,
    after: AttemptState,
) -> Result<(), UseCaseError> {
    match (before.counts_as_received(), after.counts_as_received()) {
        (false, true) => receive(tx, ctx, head, payment).await,
        (true, false) => take_back(tx, ctx, head, payment).await,
        _ => Ok(()),
    }
}

async fn write_down(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &PaymentRow,
    attempt: &mut AttemptRow,
    before: AttemptState,
    after: AttemptState,
) -> Result<(), UseCaseError> {
    let now = ctx.now();
    ask_next(ctx, attempt, after);
    attempt.concluded_at = (!attempt.state.is_live()).then_some(now);
    store::attempts::save(tx, attempt).await?;
    let status = PaymentStatus::of(after).with_refunds(payment.refunded.is_positive());
    let concluded = if status.has_receipt() {
        payment.concluded_at.or(Some(now))
    } else {
        attempt.concluded_at
    };
    store::payments::set_status(
        tx,
        payment.account,
        payment.id,
        status,
        &attempt.reason,
        concluded,
    )
    .await?;
    let subject = payment.id.to_string();
    let detail = format!(
        "from={} to={} cents={}",
        before.code(),
        after.code(),
        payment.cents.get()
    );
    let event = Event {
        action: "payment-moved",
        account: Some(payment.account),
        subject: &subject,
        detail: &detail,
    };
    audit::record(tx, ctx, &Actor::Job("payments"), event).await?;
    tell(tx, ctx, payment, before, after, &attempt.reason).await
}

/// Puts the message that this step owes the payer in the outbox, in the same transaction.
async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &PaymentRow,
    before: AttemptState,
    after: AttemptState,
    reason: &str,
) -> Result<(), UseCaseError> {
    let kind = match (before.counts_as_received(), after) {
        (false, AttemptState::Succeeded) => NoticeKind::PaymentReceived,
        (false, AttemptState::Pending) => NoticeKind::PaymentPending,
        (true, AttemptState::Returned) => NoticeKind::PaymentReturned,
        // Who saw the page knows; who was told "we are confirming" does not.
        (false, AttemptState::Declined | AttemptState::Voided)
            if before == AttemptState::Unknown =>
        {
            NoticeKind::PaymentNotTaken
        }
        _ => return Ok(()),
    };
    // What became of a draft is told as a draft: with its next try and the last safe day.
    let failed = matches!(
        kind,
        NoticeKind::PaymentReturned | NoticeKind::PaymentNotTaken
    );
    if failed && autopay::is_draft(payment) {
        return Ok(());
    }
    tell_payer(tx, ctx, payment, kind, reason).await
}
