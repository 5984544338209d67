//! Sending released refunds to the processor, and asking about those without an answer.

use ::payments::{Enquiry, EnquiryWay, RefundStatus, enquiry_way, next_enquiry};
use gateways::card::{
    ChargeRef, IdempotencyKey, Outcome, Refund, RefundRef, RefundRequest, RefundState,
};
use jiff::SignedDuration;
use kernel::{AccountId, RefundId};
use store::refunds::RefundRow;

use super::ask::locked;
use super::note;
use crate::suspense::{QUEUE, decided};
use crate::{Actor, Ctx, UseCaseError};

/// How long a process keeps a refund to itself while it sends it or asks about it.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// When a refund that the processor has taken up is asked about again. Bank refunds take days.
const PENDING: SignedDuration = SignedDuration::from_hours(6);
/// How many refunds one round sends or asks about.
const ROUND: i64 = 64;

/// Sends released refunds and asks about those without an answer; how many. Several processes may
/// do this at once.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn send_due(ctx: &Ctx) -> Result<u64, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let due = store::refunds::due(&mut tx, ctx.now(), ROUND).await?;
    drop(tx);
    let mut sent = 0;
    for row in due {
        match send(ctx, row.account, row.id).await {
            Ok(()) => sent += 1,
            Err(error) => tracing::warn!(refund = %row.id, %error, "a refund is tried again later"),
        }
    }
    Ok(sent)
}

/// Sends a refund if it is released, or asks about it if nobody does now. The key is the refund's
/// id: however often it is sent, the processor gives the money back once.
pub(super) async fn send(ctx: &Ctx, account: AccountId, id: RefundId) -> Result<(), UseCaseError> {
    let job = Actor::Job("refunds");
    let claimed = decided!(ctx, &job, |tx, ctx, _actor| {
        let mut row = locked(tx, account, id).await?;
        if row.next_enquiry_at.is_none_or(|at| at > ctx.now()) {
            return Ok::<_, UseCaseError>(None);
        }
        if row.status == RefundStatus::Released {
            row.status = RefundStatus::Unknown;
            row.dispatched_at = Some(ctx.now());
        }
        let seen = row.enquiries;
        row.enquiries += 1;
        row.next_enquiry_at = Some(ctx.now() + LEASE);
        let saved = store::refunds::save(tx, &row, seen).await?;
        Ok(saved.then_some(row))
    })?;
    let Some(row) = claimed else {
        return Ok(());
    };
    let heard = call(ctx, &row).await;
    decided!(ctx, &job, [heard], |tx, ctx, actor| {
        let mut row = locked(tx, account, id).await?;
        let before = row.status;
        if !matches!(before, RefundStatus::Unknown | RefundStatus::Pending) {
            return Ok(());
        }
        hear(ctx, &mut row, &heard);
        store::refunds::save(tx, &row, row.enquiries).await?;
        match row.status == before {
            true => Ok(()),
            false => note(tx, ctx, actor, "refund-moved", &row).await,
        }
    })
}

/// What the processor says of a refund.
#[derive(Debug, Clone)]
enum Heard {
    Stands(RefundRef, RefundState),
    /// The processor will not do it.
    Refused,
    /// Nothing is known.
    Nothing,
    /// It cannot be asked about any more.
    NoWayToAsk,
}

async fn call(ctx: &Ctx, row: &RefundRow) -> Heard {
    let answer = if row.reference.is_empty() {
        let dispatched = row.dispatched_at.unwrap_or_else(|| ctx.now());
        if enquiry_way(dispatched, ctx.now()) == EnquiryWay::LookUp {
            return Heard::NoWayToAsk;
        }
        let request = RefundRequest {
            charge: ChargeRef::new(row.charge.clone()),
            amount: row.cents,
            our_reference: row.id.to_string(),
        };
        let key = IdempotencyKey::new(format!("refund-{}", row.id));
        ctx.gateway.refund(&request, &key).await
    } else {
        let reference = RefundRef::new(row.reference.clone());
        ctx.gateway.look_up_refund(&reference).await
    };
    heard_of(row, answer)
}

fn heard_of(row: &RefundRow, answer: Outcome<Refund>) -> Heard {
    match answer {
        Outcome::Ok(refund) | Outcome::Pending(refund) => {
            Heard::Stands(refund.reference, refund.state)
        }
        // The key is known there with other words, so a request did arrive: a person looks.
        Outcome::Invalid(error) if error.code == "idempotency_error" => Heard::NoWayToAsk,
        // A question that is refused says nothing about the money.
        _ if !row.reference.is_empty() => Heard::Nothing,
        Outcome::Declined(_) | Outcome::ActionRequired(_) | Outcome::Invalid(_) => Heard::Refused,
        Outcome::NotSent(_) | Outcome::Unknown(_) => Heard::Nothing,
    }
}

fn hear(ctx: &Ctx, row: &mut RefundRow, heard: &Heard) {
    let now = ctx.now();
    let mut moved = |status: RefundStatus| {
        row.status = status;
        row.next_enquiry_at = None;
    };
    match heard {
        Heard::Stands(reference, state) => {
            match state {
                RefundState::Succeeded => moved(RefundStatus::Done),
                RefundState::Failed | RefundState::Voided => moved(RefundStatus::Failed),
                RefundState::Pending => {
                    row.status = RefundStatus::Pending;
                    row.next_enquiry_at = Some(now + PENDING);
                }
            }
            reference.as_str().clone_into(&mut row.reference);
        }
        Heard::Refused => moved(RefundStatus::Failed),
        Heard::NoWayToAsk => ask_a_person(row),
        Heard::Nothing => match next_enquiry(row.enquiries, now) {
            Enquiry::At(at) => row.next_enquiry_at = Some(at),
            Enquiry::AskAPerson => ask_a_person(row),
        },
    }
    row.concluded_at = row.status.is_over().then_some(now);
    if row.status == RefundStatus::Failed {
        QUEUE.clone_into(&mut row.owner);
    }
}

fn ask_a_person(row: &mut RefundRow) {
    row.next_enquiry_at = None;
    QUEUE.clone_into(&mut row.owner);
}
