//! Naming, preferring, disabling and removing what was saved.

use ::payments::saved_method::{MethodEvent, MethodState, next_state};
use gateways::card::{InstrumentRef, Outcome};
use kernel::{MethodId, PersonId};
use store::Tx;
use store::methods::MethodRow;

use super::{owner, tell};
use crate::audit::{self, Event};
use crate::notices::NoticeKind;
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// The longest name of a method, in characters.
pub const LABEL_LENGTH: usize = 40;
/// More digits than this in a name look like a number that has no business there.
const LABEL_DIGITS: usize = 4;

/// Gives a method a name of its owner's; an empty one takes the name away.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it is not theirs; refusals about the field `label`: `label-long`,
/// `label-digits`.
pub async fn rename(
    ctx: &Ctx,
    actor: &Actor,
    method: MethodId,
    label: &str,
) -> Result<(), UseCaseError> {
    let label: String = label
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    if label.chars().count() > LABEL_LENGTH {
        return Err(Refusal::of("label", "label-long")
            .with("most", LABEL_LENGTH)
            .into());
    }
    if label.chars().filter(char::is_ascii_digit).count() > LABEL_DIGITS {
        return Err(Refusal::of("label", "label-digits").into());
    }
    change(ctx, actor, method, "method-named", move |row| MethodRow {
        label: label.clone(),
        ..row
    })
    .await
}

async fn change(
    ctx: &Ctx,
    actor: &Actor,
    method: MethodId,
    action: &'static str,
    to: impl Fn(MethodRow) -> MethodRow + Clone + Send + Sync + 'static,
) -> Result<(), UseCaseError> {
    let person = owner(actor)?;
    let (ctx2, actor2) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, to) = (ctx2.clone(), actor2.clone(), to.clone());
            Box::pin(async move {
                let row = on_the_list(tx, person, method).await?;
                store::methods::save(tx, &to(row)).await?;
                note(tx, &ctx, &actor, method, action, "").await
            })
        })
        .await
}

async fn on_the_list(
    tx: &mut Tx,
    person: PersonId,
    method: MethodId,
) -> Result<MethodRow, UseCaseError> {
    store::methods::lock(tx, person, method)
        .await?
        .filter(|row| row.state != MethodState::Removed)
        .ok_or(UseCaseError::NotFound)
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    method: MethodId,
    action: &'static str,
    detail: &str,
) -> Result<(), UseCaseError> {
    let subject = method.to_string();
    let event = Event {
        action,
        account: None,
        subject: &subject,
        detail,
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

/// Makes a method the one that is offered first.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it is not theirs; the refusal `method-disabled` if it cannot be
/// used any more.
pub async fn set_default(ctx: &Ctx, actor: &Actor, method: MethodId) -> Result<(), UseCaseError> {
    let person = owner(actor)?;
    let (ctx2, actor2) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (ctx2.clone(), actor2.clone());
            Box::pin(async move {
                let row = on_the_list(tx, person, method).await?;
                if row.state == MethodState::Disabled {
                    return Err(Refusal::of("method", "method-disabled").into());
                }
                store::methods::set_default(tx, person, method).await?;
                note(tx, &ctx, &actor, method, "method-default", "").await
            })
        })
        .await
}

/// Takes a method off the list and makes the processor forget it. The next of the list becomes the
/// default if this one was.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it is not theirs; the refusal `method-used-by-autopay`, whose way
/// out is to choose another method for autopay or to turn autopay off.
pub async fn remove(ctx: &Ctx, actor: &Actor, method: MethodId) -> Result<(), UseCaseError> {
    let person = owner(actor)?;
    let (ctx2, actor2) = (ctx.clone(), actor.clone());
    let reference = ctx
        .store
        .write(move |tx| {
            let (ctx, actor) = (ctx2.clone(), actor2.clone());
            Box::pin(async move { take_off(tx, &ctx, &actor, person, method).await })
        })
        .await?;
    // What the processor keeps is of no use without our record of it; a failure is only logged.
    match ctx.gateway.forget(&InstrumentRef::new(reference)).await {
        Outcome::Ok(()) | Outcome::Pending(()) => {}
        outcome => tracing::warn!(%method, ?outcome, "the processor still keeps a removed method"),
    }
    Ok(())
}

async fn take_off(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    method: MethodId,
) -> Result<String, UseCaseError> {
    let row = on_the_list(tx, person, method).await?;
    if is_used_by_autopay(tx, person, method).await? {
        return Err(Refusal::of("method", "method-used-by-autopay").into());
    }
    let state = next_state(row.state, MethodEvent::Remove).ok_or(UseCaseError::NotFound)?;
    let (was_default, reference) = (row.is_default, row.reference.clone());
    let row = MethodRow {
        state,
        removed_at: Some(ctx.now()),
        sealed_account: String::new(),
        is_default: false,
        ..row
    };
    store::methods::save(tx, &row).await?;
    if was_default {
        let rest = store::methods::of_person(tx, person).await?;
        if let Some(next) = rest.iter().find(|row| row.state != MethodState::Disabled) {
            store::methods::set_default(tx, person, next.id).await?;
        }
    }
    tell(tx, ctx, &row, NoticeKind::MethodRemoved).await?;
    note(tx, ctx, actor, method, "method-removed", "").await?;
    Ok(reference)
}

/// True if a mandate in force drafts from this method.
async fn is_used_by_autopay(
    tx: &mut Tx,
    person: PersonId,
    method: MethodId,
) -> Result<bool, UseCaseError> {
    let used = store::mandates::using_method(tx, person, method).await?;
    Ok(!used.is_empty())
}

/// Keeps a method from being charged ever again, in the running transaction, and tells its owner.
/// `reason` is a code of the notices' words, such as `account-closed`. Nothing happens to one that
/// cannot be charged anyway.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn disable(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    method: MethodId,
    reason: &str,
) -> Result<(), UseCaseError> {
    if !store::methods::disable(tx, person, method, reason).await? {
        return Ok(());
    }
    if let Some(row) = store::methods::by_id(tx, person, method).await? {
        tell(tx, ctx, &row, NoticeKind::MethodDisabled).await?;
    }
    let detail = format!("reason={reason}");
    note(tx, ctx, actor, method, "method-disabled", &detail).await
}
