//! A forgotten user ID or password: from the member ID to a code by mail, to the user ID and a new
//! password.
//!
//! Whether there is such a member, and whether they are registered, is not to be learned here: a
//! visit that starts with any eleven digits does the same work and goes the same way. The one
//! difference, the mail, is made by [`deliver`], which the page does not wait for.

use gateways::chance::Draw as _;
use identity::OneTimeCode;
use identity::factor::{First, Next, next};
use identity::{FactorKind, HolderKind};
use jiff::SignedDuration;
use kernel::{ErrandId, LoginId, MemberId, PersonId, Secret};
use serde::{Deserialize, Serialize};
use store::codes::CodeRow;
use store::logins::LoginRow;
use uuid::Uuid;

use super::factors::{self, Given};
use super::told::{self, CodeFor};
use super::{Owner, code_hash, codes, event, security};
use crate::sessions::Session;
use crate::throttle::{self, Purpose};
use crate::{Actor, Ctx, Refusal, UseCaseError, audit, errands};

const KIND: &str = "forgotten";
/// For how long a code that was typed right lets a password be set.
const PROOF_HOLDS: SignedDuration = SignedDuration::from_mins(15);

/// A visit of somebody who forgot.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Forgotten {
    member_id: String,
    /// The sign-in, once the code was given; empty before.
    login: String,
    /// When the code was given, in seconds since 1970.
    proved_at: i64,
    /// True once a second factor was given, where one is asked.
    second: bool,
}

/// A code on its way to whoever it is for, if to anybody.
#[derive(Debug, Clone)]
pub struct Delivery {
    member_id: MemberId,
    code: OneTimeCode,
}

/// Begins: counts the try, draws a code and keeps it, for any member ID. Hand the delivery to
/// [`deliver`] without waiting for it.
///
/// # Errors
/// Refusal `too-many-tries` with `minutes`, whether or not the member exists.
pub async fn begin(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    member_id: &MemberId,
) -> Result<(ErrandId, Delivery), UseCaseError> {
    let (address, whom) = (actor.address(), member_id.as_str());
    throttle::check_and_count(ctx, Purpose::Forgotten, address, whom).await?;
    let forgotten = Forgotten {
        member_id: whom.to_owned(),
        ..Forgotten::default()
    };
    let errand = errands::create(ctx, session, KIND, &forgotten).await?;
    let code = new_code(ctx, actor, errand).await?;
    let member_id = member_id.clone();
    Ok((errand, Delivery { member_id, code }))
}

/// Draws another code in the place of the last one.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the visit is over; refusal `too-many-tries` with `minutes`.
pub async fn again(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    errand: ErrandId,
) -> Result<Delivery, UseCaseError> {
    let forgotten = load(ctx, session, errand).await?;
    let member_id = MemberId::parse(&forgotten.member_id);
    let member_id = member_id.map_err(|e| UseCaseError::Broken(Box::new(e)))?;
    let (address, whom) = (actor.address(), member_id.as_str());
    throttle::check_and_count(ctx, Purpose::Forgotten, address, whom).await?;
    let code = new_code(ctx, actor, errand).await?;
    Ok(Delivery { member_id, code })
}

async fn new_code(ctx: &Ctx, actor: &Actor, errand: ErrandId) -> Result<OneTimeCode, UseCaseError> {
    let mut random = [0; 8];
    ctx.chance.fill(&mut random);
    let code = OneTimeCode::from_random(random);
    let (now, minutes) = (ctx.now(), ctx.plan.security.code_minutes);
    let id = ctx.chance.id::<kernel::AuditId>(now).uuid();
    let subject = errand.to_string();
    let row = CodeRow {
        id,
        purpose: KIND.to_owned(),
        code_hash: code_hash(id, &subject, &code),
        subject,
        created_at: now,
        expires_at: now + SignedDuration::from_mins(i64::from(minutes)),
    };
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write::<(), UseCaseError, _>(move |tx| {
            let (ctx, actor, row) = (owned.clone(), actor.clone(), row.clone());
            Box::pin(async move {
                store::codes::replace(tx, &row).await?;
                audit::record(tx, &ctx, &actor, event("forgotten", &row.subject)).await?;
                Ok(())
            })
        })
        .await?;
    Ok(code)
}

/// Mails the code to the address on file, if there is a sign-in with this member ID. Done behind
/// the page, so that the time it takes tells nothing.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn deliver(ctx: &Ctx, delivery: Delivery) -> Result<(), UseCaseError> {
    let Some(login) = login_of(ctx, &delivery.member_id).await? else {
        return Ok(());
    };
    let may_mail = throttle::check_and_count(ctx, Purpose::MailTo, "", &login.email).await;
    if may_mail.is_err() {
        return Ok(());
    }
    let (owned, owner, code) = (ctx.clone(), Owner::of_login(&login), delivery.code);
    let minutes = ctx.plan.security.code_minutes;
    ctx.store
        .write(move |tx| {
            let (ctx, owner, code) = (owned.clone(), owner.clone(), code.clone());
            Box::pin(async move {
                let what_for = CodeFor::NewPassword;
                told::code(tx, &ctx, &owner, what_for, code.expose(), minutes).await
            })
        })
        .await
}

async fn login_of(ctx: &Ctx, member_id: &MemberId) -> Result<Option<LoginRow>, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let person = store::accounts::person_by_member_id(&mut tx, member_id).await?;
    let id = person.map_or(PersonId::from_uuid(Uuid::nil()), |person| person.id);
    Ok(store::logins::of_person(&mut tx, id).await?)
}

async fn load(ctx: &Ctx, session: &Session, errand: ErrandId) -> Result<Forgotten, UseCaseError> {
    let found = errands::load::<Forgotten>(ctx, session, KIND, errand).await?;
    let found = found.filter(|found| found.outcome.is_empty());
    Ok(found.ok_or(UseCaseError::NotFound)?.body)
}

/// How far a visit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The code has not been given.
    Code,
    /// The code was given: the user ID may be shown.
    Proved {
        /// The user ID.
        user_id: String,
        /// What must be given before a password may be set, in the order in which it is offered;
        /// empty if nothing more.
        asks: Vec<FactorKind>,
        /// Whose sign-in it is.
        owner: Owner,
    },
}

/// How far the visit is.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is none under way in this session.
pub async fn stage(ctx: &Ctx, session: &Session, errand: ErrandId) -> Result<Stage, UseCaseError> {
    let forgotten = load(ctx, session, errand).await?;
    let Some(login) = proved(ctx, &forgotten).await? else {
        return Ok(Stage::Code);
    };
    let owner = Owner::of_login(&login);
    let set_up = factors::list(ctx, owner.holder).await?.kinds();
    let asks = match next(HolderKind::Member, First::MailedCode, &set_up, false) {
        Next::OneOf(kinds) if !forgotten.second => kinds,
        _ => Vec::new(),
    };
    Ok(Stage::Proved {
        user_id: login.user_id,
        asks,
        owner,
    })
}

async fn proved(ctx: &Ctx, forgotten: &Forgotten) -> Result<Option<LoginRow>, UseCaseError> {
    let old = ctx.now().as_second() - forgotten.proved_at >= PROOF_HOLDS.as_secs();
    match LoginId::parse(&forgotten.login).filter(|_| !old) {
        Some(id) => Ok(store::logins::by_id(&mut ctx.store.read().await?, id).await?),
        None => Ok(None),
    }
}

/// The code from the mail.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the visit is over; refusals about the field `code`: `code-wrong`
/// with `left`, `code-expired`.
pub async fn give_code(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    errand: ErrandId,
    typed: &str,
) -> Result<(), UseCaseError> {
    let forgotten = load(ctx, session, errand).await?;
    let subject = errand.to_string();
    codes::check(ctx, actor, KIND, &subject, &subject, typed).await?;
    let member_id = MemberId::parse(&forgotten.member_id);
    let member_id = member_id.map_err(|e| UseCaseError::Broken(Box::new(e)))?;
    // A code that nobody was mailed was guessed.
    let login = login_of(ctx, &member_id).await?;
    let login = login.ok_or_else(|| UseCaseError::from(Refusal::of("code", "code-expired")))?;
    let forgotten = Forgotten {
        login: login.id.to_string(),
        proved_at: ctx.now().as_second(),
        second: false,
        ..forgotten
    };
    errands::save(ctx, session, errand, &forgotten).await
}

/// A second factor, where one is set up: a new password does not go around it.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the code was not given; refusals of [`factors::prove`].
pub async fn give_second(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    errand: ErrandId,
    given: &Given,
) -> Result<(), UseCaseError> {
    let forgotten = load(ctx, session, errand).await?;
    let login = proved(ctx, &forgotten)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    if matches!(given, Given::Email(_)) {
        return Err(UseCaseError::NotFound);
    }
    factors::prove(ctx, actor, session, &Owner::of_login(&login), given).await?;
    let forgotten = Forgotten {
        second: true,
        ..forgotten
    };
    errands::save(ctx, session, errand, &forgotten).await
}

/// Sets the new password and ends the visit. Every session and remembered device of the sign-in
/// ends with it.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the code was not given; [`UseCaseError::NotAllowed`] if a second
/// factor is still owed; refusals of a new password about the field `new_password`.
pub async fn new_password(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    errand: ErrandId,
    new: &Secret,
) -> Result<(), UseCaseError> {
    let Stage::Proved { asks, owner, .. } = stage(ctx, session, errand).await? else {
        return Err(UseCaseError::NotFound);
    };
    if !asks.is_empty() {
        return Err(UseCaseError::NotAllowed);
    }
    let id = LoginId::from_uuid(owner.holder.uuid());
    let login = store::logins::by_id(&mut ctx.store.read().await?, id).await?;
    let login = login.ok_or(UseCaseError::NotFound)?;
    let actor = Actor::Member {
        login: login.id,
        person: login.person,
        address: actor.address().to_owned(),
    };
    security::set_password(ctx, &actor, &login, new, None).await?;
    errands::conclude(ctx, session, errand, "changed")
        .await
        .map(drop)
}
