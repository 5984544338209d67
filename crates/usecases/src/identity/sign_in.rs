//! Signing in and out.

use identity::factor::{First, Next, next};
use identity::{FactorKind, HolderKind};
use jiff::SignedDuration;
use kernel::{ErrandId, LoginId, Secret};
use serde::{Deserialize, Serialize};
use store::logins::LoginRow;
use store::sessions::SessionRow;

use super::factors::{self, Given};
use super::{Holder, Owner, devices, event, passkeys, told};
use crate::passwords::Verdict;
use crate::sessions::{self, Session};
use crate::throttle::{self, Purpose};
use crate::{Actor, Ctx, Refusal, UseCaseError, audit, errands};

/// Nothing longer is looked at: no password and no user ID is that long.
const MOST_TYPED_BYTES: usize = 1024;

/// What half-signed-in visits are kept under.
const HALF_OPEN: &str = "half-signed-in";
/// How long the second step may take.
const SECOND_STEP: SignedDuration = SignedDuration::from_mins(15);

/// Somebody who is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The value of the session's cookie.
    pub token: String,
    /// The session.
    pub session: Session,
    /// The value of the device's cookie, to be kept for a year.
    pub device: String,
}

/// How far a password opens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one of them is handed on at once"
)]
pub enum SignedIn {
    /// All the way.
    Open(Opened),
    /// Half: a second factor is asked under this errand. Until then the visit is a stranger's.
    HalfOpen(ErrandId),
}

impl SignedIn {
    /// The open session, if it is.
    #[must_use]
    pub fn opened(self) -> Option<Opened> {
        match self {
            SignedIn::Open(opened) => Some(opened),
            SignedIn::HalfOpen(_) => None,
        }
    }
}

/// A sign-in between password and second factor: sealed in an errand of the visitor's session,
/// which stays a visitor's.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Half {
    login: String,
    /// Seconds since 1970.
    since: i64,
    /// When the password was set that was given.
    password_set: i64,
}

/// What is asked for in the second step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HalfOpen {
    /// Any of these, in the order in which they are offered.
    pub kinds: Vec<FactorKind>,
    /// Who: for [`factors::mail_code`].
    pub owner: Owner,
}

/// Signs in: a new session takes the place of the visitor's, with its half-finished forms and those
/// of the member's own sessions that ran out of idle time. Where a second factor is set up, and the
/// device with the cookie `device` is not remembered, it opens half.
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
    device: &str,
) -> Result<SignedIn, UseCaseError> {
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
            let signed_in = after_password(ctx, actor, session, &login, device).await?;
            throttle::forgive(ctx, counted).await?;
            Ok(signed_in)
        }
        (login, _) => {
            let id = login.map(|login| login.id);
            note(ctx, actor, "sign-in-failed", id).await?;
            Err(Refusal::new("sign-in-wrong").into())
        }
    }
}

async fn after_password(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    login: &LoginRow,
    device: &str,
) -> Result<SignedIn, UseCaseError> {
    let holder = Holder::Member(login.id);
    let kinds = factors::list(ctx, holder).await?.kinds();
    let remembered = devices::is_remembered(ctx, holder, device).await?;
    match next(HolderKind::Member, First::Password, &kinds, remembered) {
        Next::Enough | Next::SetUp => {
            let opened = open(ctx, actor, session, login, device, false).await?;
            Ok(SignedIn::Open(opened))
        }
        Next::OneOf(_) => {
            let half = Half {
                login: login.id.to_string(),
                since: ctx.now().as_second(),
                password_set: login.password_changed_at.as_second(),
            };
            let errand = errands::create(ctx, session, HALF_OPEN, &half).await?;
            note(ctx, actor, "password-right", Some(login.id)).await?;
            Ok(SignedIn::HalfOpen(errand))
        }
    }
}

/// A sign-in that waits for its second factor, in this session; `None` if it took too long, was
/// finished, or the password was changed meanwhile.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn half_open(
    ctx: &Ctx,
    session: &Session,
    errand: ErrandId,
) -> Result<Option<HalfOpen>, UseCaseError> {
    Ok(load_half(ctx, session, errand).await?.map(|(half, _)| half))
}

async fn load_half(
    ctx: &Ctx,
    session: &Session,
    errand: ErrandId,
) -> Result<Option<(HalfOpen, LoginRow)>, UseCaseError> {
    let Some(found) = errands::load::<Half>(ctx, session, HALF_OPEN, errand).await? else {
        return Ok(None);
    };
    let (half, now) = (found.body, ctx.now().as_second());
    let too_late = now - half.since >= SECOND_STEP.as_secs();
    let Some(id) = LoginId::parse(&half.login).filter(|_| found.outcome.is_empty() && !too_late)
    else {
        return Ok(None);
    };
    let login = store::logins::by_id(&mut ctx.store.read().await?, id).await?;
    let same = |login: &LoginRow| login.password_changed_at.as_second() == half.password_set;
    let Some(login) = login.filter(same) else {
        return Ok(None);
    };
    let owner = Owner::of_login(&login);
    let set_up = factors::list(ctx, owner.holder).await?.kinds();
    let kinds = match next(HolderKind::Member, First::Password, &set_up, false) {
        Next::OneOf(kinds) => kinds,
        Next::Enough | Next::SetUp => Vec::new(),
    };
    Ok(Some((HalfOpen { kinds, owner }, login)))
}

/// Mails a code for the second step.
///
/// # Errors
/// [`UseCaseError::NotFound`] if no sign-in waits here, or mail is not one of its factors; refusal
/// `too-many-tries`.
pub async fn mail_second_code(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    errand: ErrandId,
) -> Result<(), UseCaseError> {
    let half = half_open(ctx, session, errand).await?;
    let half = half.filter(|half| half.kinds.contains(&FactorKind::Email));
    let half = half.ok_or(UseCaseError::NotFound)?;
    factors::mail_code(ctx, actor, session, &half.owner).await
}

/// The second step: with a right factor the sign-in is open all the way. `remember` is the wish to
/// give none on this device for 30 days.
///
/// # Errors
/// [`UseCaseError::NotFound`] if no sign-in waits here; refusals of [`factors::prove`].
pub async fn second_step(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    errand: ErrandId,
    given: &Given,
    (device, remember): (&str, bool),
) -> Result<Opened, UseCaseError> {
    let waiting = load_half(ctx, session, errand).await?;
    let (half, login) = waiting.ok_or(UseCaseError::NotFound)?;
    if let Err(error) = factors::prove(ctx, actor, session, &half.owner, given).await {
        if matches!(error, UseCaseError::Refused(_)) {
            note(ctx, actor, "second-factor-failed", Some(login.id)).await?;
        }
        return Err(error);
    }
    if !errands::conclude(ctx, session, errand, "in").await? {
        return Err(UseCaseError::NotFound);
    }
    open(ctx, actor, session, &login, device, remember).await
}

/// Signs in with a passkey alone. It checked the person, so it is both factors.
///
/// # Errors
/// Refusals `passkey-over`, `passkey-wrong`; `too-many-tries`.
pub async fn sign_in_with_passkey(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    (ceremony, answer): (ErrandId, &str),
    device: &str,
) -> Result<Opened, UseCaseError> {
    // Nobody says who they are before the passkey does, so tries are counted by address alone.
    let (address, subject) = (actor.address(), format!("passkey {}", actor.address()));
    let counted = throttle::check_and_count(ctx, Purpose::SignIn, address, &subject).await?;
    let holder = match passkeys::finish_asking(ctx, session, ceremony, answer).await {
        Ok(holder) => holder,
        Err(error) => {
            note(ctx, actor, "sign-in-failed", None).await?;
            return Err(error);
        }
    };
    // A passkey of staff opens nothing of members.
    let Holder::Member(id) = holder else {
        return Err(Refusal::new("passkey-wrong").into());
    };
    let login = store::logins::by_id(&mut ctx.store.read().await?, id).await?;
    let login = login.ok_or_else(|| UseCaseError::broken("a passkey of no sign-in"))?;
    throttle::take_back(ctx, counted).await?;
    open(ctx, actor, session, &login, device, false).await
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
    login: &LoginRow,
    device: &str,
    remember: bool,
) -> Result<Opened, UseCaseError> {
    let (token, mut row) = sessions::fresh(ctx, session.language, &session.device);
    row.login = Some(login.id);
    row.person = Some(login.person);
    row.signed_in_at = Some(row.created_at);
    row.proved_at = Some(row.created_at);
    let opened = Opened {
        token,
        session: sessions::of_row(ctx, row.clone()),
        device: devices::draw_cookie(ctx),
    };
    let actor = Actor::Member {
        login: login.id,
        person: login.person,
        address: actor.address().to_owned(),
    };
    let (owned, old, owner) = (ctx.clone(), session.token_hash, Owner::of_login(login));
    let cookies = (device.to_owned(), opened.device.clone());
    let id = login.id;
    ctx.store
        .write(move |tx| {
            let (ctx, actor, row) = (owned.clone(), actor.clone(), row.clone());
            let (owner, cookies) = (owner.clone(), cookies.clone());
            Box::pin(async move {
                let now = ctx.now();
                let idle = SignedDuration::from_mins(i64::from(ctx.plan.security.idle_minutes));
                let day_ago = now - SignedDuration::from_hours(24);
                let idled = store::sessions::idled_out(tx, id, day_ago, now - idle).await?;
                sessions::replace(tx, &ctx, &old, &row, &idled).await?;
                let cookies = (cookies.0.as_str(), cookies.1.as_str());
                let (holder, device) = (owner.holder, row.device.as_str());
                let is_new =
                    devices::sign_in_on(tx, &ctx, holder, cookies, device, remember).await?;
                if is_new {
                    told::new_sign_in(tx, &ctx, &owner, device).await?;
                }
                audit::record(tx, &ctx, &actor, event("signed-in", &id.to_string())).await?;
                Ok::<_, UseCaseError>(())
            })
        })
        .await?;
    Ok(opened)
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
