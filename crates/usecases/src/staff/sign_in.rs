//! Signing in and out of staff, and their open sessions.

use jiff::SignedDuration;
use kernel::{Secret, StaffId};
use store::staff::StaffRow;

use super::sessions::{StaffSession, fresh, of_row, replace};
use super::{StaffMember, note};
use crate::audit::{self, Event};
use crate::identity::factors::{self, Given};
use crate::identity::{Holder, Owner};
use crate::passwords::Verdict;
use crate::throttle::{self, Purpose};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// How long the second step may take.
const SECOND_STEP: SignedDuration = SignedDuration::from_mins(15);

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

/// Nothing longer is looked at: no password is that long.
const MOST_TYPED_BYTES: usize = 1024;

/// The first step of a local account: user ID and password. Nobody is in yet: a second factor is
/// always asked for.
///
/// # Errors
/// Refusals `sign-in-wrong`, the same for an unknown user ID, a wrong password, an account that is
/// disabled or not set up; `sign-in-locked` with `minutes`.
pub async fn password(
    ctx: &Ctx,
    actor: &Actor,
    session: &StaffSession,
    user_id: &str,
    password: Secret,
) -> Result<(String, StaffSession), UseCaseError> {
    let folded: String = user_id
        .trim()
        .chars()
        .take(128)
        .collect::<String>()
        .to_lowercase();
    let subject = format!("staff {folded}");
    let counted = throttle::check_and_count(ctx, Purpose::SignIn, actor.address(), &subject).await;
    let counted = counted.map_err(locked)?;
    let row = store::staff::by_user_id(&mut ctx.store.read().await?, &folded).await?;
    // Who cannot sign in takes as long as who does not exist.
    let row = row.filter(|row| row.disabled_at.is_none() && !row.password_hash.is_empty());
    let password = if password.expose().len() > MOST_TYPED_BYTES {
        Secret::new(String::new())
    } else {
        password
    };
    let stored = row.as_ref().map(|row| row.password_hash.as_str());
    let verdict = match ctx.hashers.verify(&password, stored).await {
        Ok(verdict) => verdict,
        Err(error) => {
            throttle::take_back(ctx, counted).await?;
            return Err(error);
        }
    };
    let (Some(row), Verdict::Right { stale }) = (row, verdict) else {
        note(ctx, actor, "staff-sign-in-failed", "", "why=password").await?;
        return Err(Refusal::new("sign-in-wrong").into());
    };
    if stale {
        let new = ctx.hashers.hash(&*ctx.chance, &password).await?;
        let (id, old) = (row.id, row.password_hash.clone());
        ctx.store
            .write::<(), store::StoreError, _>(move |tx| {
                let (old, new) = (old.clone(), new.clone());
                Box::pin(async move { store::staff::rehash(tx, id, &old, &new).await })
            })
            .await?;
    }
    throttle::forgive(ctx, counted).await?;
    half_open(ctx, session, &row).await
}

fn locked(error: UseCaseError) -> UseCaseError {
    match error {
        UseCaseError::Refused(refusal) if refusal.code == "too-many-tries" => Refusal {
            code: "sign-in-locked",
            ..refusal
        }
        .into(),
        other => other,
    }
}

/// A session that knows who gave the right password and opens nothing.
async fn half_open(
    ctx: &Ctx,
    session: &StaffSession,
    row: &StaffRow,
) -> Result<(String, StaffSession), UseCaseError> {
    let (token, mut new) = fresh(ctx, session.session.language, &session.session.device);
    new.half_signed_in = Some(row.id);
    // The second step takes as long as a visit at the door, no longer.
    new.expires_at = ctx.now() + SECOND_STEP;
    let opened = of_row(ctx, new.clone())?;
    let (owned, old) = (ctx.clone(), session.session.token_hash);
    ctx.store
        .write(move |tx| {
            let (ctx, new) = (owned.clone(), new.clone());
            Box::pin(async move { replace(tx, &ctx, &old, &new).await })
        })
        .await?;
    Ok((token, opened))
}

/// The second step: the digits of the authenticator app, or a recovery code. Then a session of
/// staff takes the place of the half-open one.
///
/// # Errors
/// [`UseCaseError::NotFound`] if no sign-in waits here, it took too long, or the account was
/// disabled meanwhile; refusals of [`factors::prove`].
pub async fn second_step(
    ctx: &Ctx,
    actor: &Actor,
    session: &StaffSession,
    given: &Given,
) -> Result<(String, StaffSession), UseCaseError> {
    let staff = session.half_signed_in.ok_or(UseCaseError::NotFound)?;
    if session.session.expires_at <= ctx.now() {
        return Err(UseCaseError::NotFound);
    }
    let row = store::staff::by_id(&mut ctx.store.read().await?, staff).await?;
    let row = row
        .filter(|row| row.disabled_at.is_none() && !row.password_hash.is_empty())
        .ok_or(UseCaseError::NotFound)?;
    let owner = owner_of(&row);
    if let Err(error) = factors::prove(ctx, actor, &session.session, &owner, given).await {
        if matches!(error, UseCaseError::Refused(_)) {
            let subject = staff.to_string();
            note(ctx, actor, "staff-sign-in-failed", &subject, "why=factor").await?;
        }
        return Err(error);
    }
    let (now, name, email) = (ctx.now(), row.name.clone(), row.email.clone());
    ctx.store
        .write::<(), store::StoreError, _>(move |tx| {
            let (name, email) = (name.clone(), email.clone());
            Box::pin(async move { store::staff::signed_in(tx, staff, &name, &email, now).await })
        })
        .await?;
    open(ctx, actor, session, &row).await
}

/// The owner of somebody's second factors.
pub(super) fn owner_of(row: &StaffRow) -> Owner {
    Owner {
        holder: Holder::Staff(row.id),
        user_id: row.user_id.clone(),
        email: row.email.clone(),
        language: row.language,
    }
}
