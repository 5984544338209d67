//! Signing in and out of staff, and their open sessions.

use kernel::StaffId;
use store::staff::StaffRow;

use super::sessions::{StaffSession, fresh, of_row, replace};
use super::{StaffMember, note};
use crate::audit::{self, Event};
use crate::{Actor, Ctx, UseCaseError};

/// Opens a session of staff in the place of the one at the door, which is dead from then on.
pub(super) async fn open(
    ctx: &Ctx,
    actor: &Actor,
    session: &StaffSession,
    row: &StaffRow,
) -> Result<(String, StaffSession), UseCaseError> {
    let (token, mut new) = fresh(ctx, session.session.language, &session.session.device);
    new.staff = Some(row.id);
    new.name.clone_from(&row.name);
    new.role.clone_from(&row.role);
    let opened = of_row(ctx, new.clone())?;
    let member = opened
        .staff
        .clone()
        .ok_or_else(|| UseCaseError::broken("a session of nobody"))?;
    let actor = actor_of(&member, actor.address());
    let (owned, old) = (ctx.clone(), session.session.token_hash);
    ctx.store
        .write(move |tx| {
            let (ctx, actor, new) = (owned.clone(), actor.clone(), new.clone());
            let subject = actor.name();
            Box::pin(async move {
                replace(tx, &ctx, &old, &new).await?;
                let event = Event {
                    action: "staff-signed-in",
                    account: None,
                    subject: &subject,
                    detail: "",
                };
                Ok::<_, UseCaseError>(audit::record(tx, &ctx, &actor, event).await?)
            })
        })
        .await?;
    Ok((token, opened))
}

fn actor_of(member: &StaffMember, address: &str) -> Actor {
    Actor::Staff {
        staff: member.staff,
        role: member.role,
        address: address.to_owned(),
    }
}

/// Signs out: the session is dead, and so are its half-finished forms.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn sign_out(
    ctx: &Ctx,
    actor: &Actor,
    session: &StaffSession,
) -> Result<(), UseCaseError> {
    let (now, hash) = (ctx.now(), session.session.token_hash);
    ctx.store
        .write::<(), store::StoreError, _>(move |tx| {
            Box::pin(async move {
                store::errands::remove_of_session(tx, &hash).await?;
                store::staff_sessions::end(tx, &hash, now).await.map(drop)
            })
        })
        .await?;
    note(ctx, actor, "staff-signed-out", &actor.name(), "").await
}

/// How many sessions of theirs are open besides this one.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn others_open(
    ctx: &Ctx,
    staff: StaffId,
    session: &StaffSession,
) -> Result<usize, UseCaseError> {
    let rows = store::staff_sessions::of_staff(&mut ctx.store.read().await?, staff).await?;
    let own = session.session.token_hash;
    let now = ctx.now();
    let mut open = 0;
    for row in rows.into_iter().filter(|row| row.token_hash != own) {
        open += usize::from(of_row(ctx, row)?.session.idle_until > now);
    }
    Ok(open)
}

/// Ends every other session of theirs: how many.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if the actor is not staff.
pub async fn end_others(
    ctx: &Ctx,
    actor: &Actor,
    session: &StaffSession,
) -> Result<u64, UseCaseError> {
    let Actor::Staff { staff, .. } = actor else {
        return Err(UseCaseError::NotAllowed);
    };
    let (now, hash, staff) = (ctx.now(), session.session.token_hash, *staff);
    let ended = ctx
        .store
        .write::<u64, store::StoreError, _>(move |tx| {
            Box::pin(async move { store::staff_sessions::end_others(tx, staff, &hash, now).await })
        })
        .await?;
    let detail = format!("count={ended}");
    note(
        ctx,
        actor,
        "staff-sessions-ended",
        &staff.to_string(),
        &detail,
    )
    .await?;
    Ok(ended)
}
