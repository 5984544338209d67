//! The security page of a member: password, sessions, and being asked again before a change.

use jiff::Timestamp;
use kernel::{LoginId, Secret};
use store::logins::LoginRow;

use super::factors::Given;
use super::{Holder, Owner, event, factors, known_of, told};
use crate::passwords::{self, Verdict};
use crate::sessions::{self, Session};
use crate::throttle::{self, Purpose};
use crate::{Actor, Ctx, Refusal, UseCaseError, audit};

/// A session of a member, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// What it is called in a form: worth nothing without being signed in.
    pub name: String,
    /// What the browser calls itself.
    pub device: String,
    /// When somebody signed in.
    pub signed_in_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// True for the one that asks.
    pub this_one: bool,
}

/// The sessions of a member that are open now, the newest use first.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn open_sessions(ctx: &Ctx, session: &Session) -> Result<Vec<SessionView>, UseCaseError> {
    let login = session.login.ok_or(UseCaseError::NotAllowed)?;
    let mut tx = ctx.store.read().await?;
    let rows = store::sessions::of_login(&mut tx, login, ctx.now()).await?;
    Ok(rows
        .into_iter()
        .filter(|row| sessions::of_row(ctx, row.clone()).idle_until > ctx.now())
        .map(|row| SessionView {
            name: name_of(&row.token_hash),
            this_one: row.token_hash == session.token_hash,
            signed_in_at: row.signed_in_at.unwrap_or(row.created_at),
            seen_at: row.seen_at,
            device: row.device,
        })
        .collect())
}

fn name_of(token_hash: &[u8; 32]) -> String {
    hex::encode(&token_hash[..16])
}

/// Ends one session of the member; the one that asks is left by signing out.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the member has no such session open.
pub async fn end_session(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    name: &str,
) -> Result<(), UseCaseError> {
    let login = session.login.ok_or(UseCaseError::NotAllowed)?;
    let (owned, actor, name) = (ctx.clone(), actor.clone(), name.to_owned());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, name) = (owned.clone(), actor.clone(), name.clone());
            Box::pin(async move {
                let rows = store::sessions::of_login(tx, login, ctx.now()).await?;
                let row = rows.iter().find(|row| name_of(&row.token_hash) == name);
                let hash = row.ok_or(UseCaseError::NotFound)?.token_hash;
                store::errands::remove_of_session(tx, &hash).await?;
                store::sessions::end(tx, &hash, ctx.now()).await?;
                let subject = login.to_string();
                audit::record(tx, &ctx, &actor, event("session-ended", &subject)).await?;
                Ok(())
            })
        })
        .await
}

/// Signs out everywhere else, and forgets every remembered device: how many sessions were ended.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn end_other_sessions(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
) -> Result<u64, UseCaseError> {
    let login = session.login.ok_or(UseCaseError::NotAllowed)?;
    let (owned, actor, hash) = (ctx.clone(), actor.clone(), session.token_hash);
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let ended = store::sessions::end_others(tx, login, &hash, ctx.now()).await?;
                store::devices::forget_all(tx, Holder::Member(login).key()).await?;
                let subject = login.to_string();
                audit::record(tx, &ctx, &actor, event("other-sessions-ended", &subject)).await?;
                Ok(ended)
            })
        })
        .await
}

/// Somebody signed in gives the password again. Good for ten minutes.
///
/// # Errors
/// Refusals `password-wrong` about the field `password`; `too-many-tries` with `minutes`.
pub async fn confirm_password(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    password: &Secret,
) -> Result<(), UseCaseError> {
    let login = login_of(ctx, session).await?;
    check_password(ctx, actor, &login, password, "password").await?;
    confirmed(ctx, actor, session, login.id).await
}

/// Somebody signed in shows a passkey again. Good for ten minutes.
///
/// # Errors
/// Refusals of [`factors::prove`].
pub async fn confirm_passkey(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    ceremony: kernel::ErrandId,
    answer: &str,
) -> Result<(), UseCaseError> {
    let login = login_of(ctx, session).await?;
    let given = Given::Passkey {
        ceremony,
        answer: answer.to_owned(),
    };
    factors::prove(ctx, actor, session, &Owner::of_login(&login), &given).await?;
    confirmed(ctx, actor, session, login.id).await
}

async fn confirmed(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    login: LoginId,
) -> Result<(), UseCaseError> {
    let (owned, actor, hash) = (ctx.clone(), actor.clone(), session.token_hash);
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                store::sessions::prove(tx, &hash, ctx.now()).await?;
                let subject = login.to_string();
                audit::record(tx, &ctx, &actor, event("proved-again", &subject)).await?;
                Ok(())
            })
        })
        .await
}

async fn login_of(ctx: &Ctx, session: &Session) -> Result<LoginRow, UseCaseError> {
    let id = session.login.ok_or(UseCaseError::NotAllowed)?;
    let login = store::logins::by_id(&mut ctx.store.read().await?, id).await?;
    login.ok_or(UseCaseError::NotFound)
}

/// Wrong passwords count as at the sign-in page.
async fn check_password(
    ctx: &Ctx,
    actor: &Actor,
    login: &LoginRow,
    password: &Secret,
    field: &'static str,
) -> Result<(), UseCaseError> {
    let folded = &login.folded_user_id;
    let counted = throttle::check_and_count(ctx, Purpose::SignIn, actor.address(), folded).await?;
    match ctx
        .hashers
        .verify(password, Some(&login.password_hash))
        .await?
    {
        Verdict::Right { .. } => throttle::forgive(ctx, counted).await,
        Verdict::Wrong => Err(Refusal::of(field, "password-wrong").into()),
    }
}

/// Changes the password of somebody who signed in and proved it in the last ten minutes. Every
/// other session ends, no device is remembered any more, and mail tells of it.
///
/// # Errors
/// Refusals `prove-again` if the last proof is too old; about the field `new_password`:
/// `password-short` with `min`, `password-long` with `max`, `password-common`, `password-context`.
pub async fn change_password(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    new: &Secret,
) -> Result<(), UseCaseError> {
    let login = login_of(ctx, session).await?;
    if session.asks_again(ctx.now()) {
        return Err(Refusal::new("prove-again").into());
    }
    set_password(ctx, actor, &login, new, Some(session.token_hash)).await
}

/// Sets a password: checked, hashed, every session but `keep` ended, told.
pub(super) async fn set_password(
    ctx: &Ctx,
    actor: &Actor,
    login: &LoginRow,
    new: &Secret,
    keep: Option<[u8; 32]>,
) -> Result<(), UseCaseError> {
    let whom = login.person.to_string();
    throttle::check_and_count(ctx, Purpose::ChooseUserId, "", &whom).await?;
    let mut tx = ctx.store.read().await?;
    let person = store::accounts::person_by_id(&mut tx, login.person).await?;
    drop(tx);
    let person = person.ok_or(UseCaseError::NotFound)?;
    let new = passwords::normalised(new);
    let about = known_of(&person, &login.email, &login.user_id);
    passwords::check_new(ctx, &new, &about).map_err(|refusal| Refusal {
        field: Some("new_password"),
        ..refusal
    })?;
    let hash = ctx.hashers.hash(&*ctx.chance, &new).await?;
    let (owned, actor, owner) = (ctx.clone(), actor.clone(), Owner::of_login(login));
    let id = login.id;
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            let (owner, hash) = (owner.clone(), hash.clone());
            Box::pin(async move {
                let now = ctx.now();
                store::logins::set_password(tx, id, &hash, now).await?;
                // No session has a hash of zeroes.
                let keep = keep.unwrap_or_default();
                store::sessions::end_others(tx, id, &keep, now).await?;
                store::devices::forget_all(tx, owner.holder.key()).await?;
                let subject = id.to_string();
                audit::record(tx, &ctx, &actor, event("password-changed", &subject)).await?;
                told::password_changed(tx, &ctx, &owner).await
            })
        })
        .await
}
