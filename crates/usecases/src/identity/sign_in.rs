//! Signing in and out.

use jiff::SignedDuration;
use kernel::{LoginId, Secret};
use store::logins::LoginRow;
use store::sessions::SessionRow;

use super::event;
use crate::passwords::Verdict;
use crate::sessions::{self, Session};
use crate::throttle::{self, Counted, Purpose};
use crate::{Actor, Ctx, Refusal, UseCaseError, audit};

/// Nothing longer is looked at: no password and no user ID is that long.
const MOST_TYPED_BYTES: usize = 1024;

/// Signs in: a new session takes the place of the visitor's, with its half-finished forms and those
/// of the member's own sessions that ran out of idle time.
///
/// # Errors
/// Refusals `sign-in-wrong`, the same for an unknown user ID and a wrong password; `sign-in-locked`
/// with `minutes` after ten wrong ones, whether or not the user ID exists.
pub async fn sign_in(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    user_id: &str,
    password: Secret,
) -> Result<(String, Session), UseCaseError> {
    let folded: String = user_id
        .trim()
        .chars()
        .take(128)
        .collect::<String>()
        .to_lowercase();
    let counted = throttle::check_and_count(ctx, Purpose::SignIn, actor.address(), &folded).await;
    let counted = counted.map_err(locked)?;
    let login = store::logins::find(&mut ctx.store.read().await?, &folded).await?;
    let too_long = password.expose().len() > MOST_TYPED_BYTES;
    let password = if too_long {
        Secret::new(String::new())
    } else {
        password
    };
    let stored = login.as_ref().map(|login| login.password_hash.as_str());
    let verdict = match ctx.hashers.verify(&password, stored).await {
        Ok(verdict) => verdict,
        Err(error) => {
            // Nothing was learnt from it, so it does not count.
            throttle::take_back(ctx, counted).await?;
            return Err(error);
        }
    };
    match (login, verdict) {
        (Some(login), Verdict::Right { stale }) => {
            if stale {
                rehash(ctx, &login, &password).await?;
            }
            open(ctx, actor, session, login, counted).await
        }
        (login, _) => {
            let id = login.map(|login| login.id);
            note(ctx, actor, "sign-in-failed", id).await?;
            Err(Refusal::new("sign-in-wrong").into())
        }
    }
}

/// What a locked sign-in is called.
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

async fn rehash(ctx: &Ctx, login: &LoginRow, password: &Secret) -> Result<(), UseCaseError> {
    let new = ctx.hashers.hash(&*ctx.chance, password).await?;
    let (id, old) = (login.id, login.password_hash.clone());
    ctx.store
        .write(move |tx| {
            let (old, new) = (old.clone(), new.clone());
            Box::pin(async move { store::logins::rehash(tx, id, &old, &new).await })
        })
        .await
        .map_err(|error: store::StoreError| error.into())
}

async fn open(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    login: LoginRow,
    counted: Counted,
) -> Result<(String, Session), UseCaseError> {
    let (token, mut row) = sessions::fresh(ctx, session.language, &session.device);
    row.login = Some(login.id);
    row.person = Some(login.person);
    let new = sessions::of_row(ctx, row.clone());
    let actor = Actor::Member {
        login: login.id,
        person: login.person,
        address: actor.address().to_owned(),
    };
    let (owned, old, login) = (ctx.clone(), session.token_hash, login.id);
    ctx.store
        .write(move |tx| {
            let (ctx, actor, row) = (owned.clone(), actor.clone(), row.clone());
            Box::pin(async move {
                let now = ctx.now();
                let idle = SignedDuration::from_mins(i64::from(ctx.plan.security.idle_minutes));
                let day_ago = now - SignedDuration::from_hours(24);
                let idled = store::sessions::idled_out(tx, login, day_ago, now - idle).await?;
                sessions::replace(tx, &ctx, &old, &row, &idled).await?;
                let subject = login.to_string();
                audit::record(tx, &ctx, &actor, event("signed-in", &subject)).await?;
                Ok::<_, UseCaseError>(())
            })
        })
        .await?;
    throttle::forgive(ctx, counted).await?;
    Ok((token, new))
}

/// Signs out: the session is dead, its half-finished forms are forgotten, and a visitor's session
/// in the same language takes its place.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn sign_out(ctx: &Ctx, session: &Session) -> Result<(String, Session), UseCaseError> {
    let (token, row) = sessions::fresh(ctx, session.language, &session.device);
    let new = sessions::of_row(ctx, row.clone());
    let (owned, old, login) = (ctx.clone(), session.token_hash, session.login);
    let actor = match (session.login, session.person) {
        (Some(login), Some(person)) => Actor::Member {
            login,
            person,
            address: String::new(),
        },
        _ => Actor::Guest {
            address: String::new(),
        },
    };
    ctx.store
        .write(move |tx| {
            let (ctx, actor, row): (Ctx, Actor, SessionRow) =
                (owned.clone(), actor.clone(), row.clone());
            Box::pin(async move {
                store::errands::remove_of_session(tx, &old).await?;
                // Signing out twice is signing out.
                let was_open = store::sessions::end(tx, &old, ctx.now()).await?;
                store::sessions::insert(tx, &row).await?;
                let subject = login.map(|login| login.to_string()).unwrap_or_default();
                if was_open {
                    audit::record(tx, &ctx, &actor, event("signed-out", &subject)).await?;
                }
                Ok::<_, UseCaseError>(())
            })
        })
        .await?;
    Ok((token, new))
}

async fn note(
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    login: Option<LoginId>,
) -> Result<(), UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let subject = login.map(|login| login.to_string()).unwrap_or_default();
                audit::record(tx, &ctx, &actor, event(action, &subject)).await
            })
        })
        .await
        .map_err(|error: store::StoreError| error.into())
}
