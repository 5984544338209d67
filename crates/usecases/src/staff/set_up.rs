//! Setting a local account up with its one-time link: a password, and an authenticator app. Neither
//! is of any use without the other.

use identity::{RecoveryCode, UserId};
use kernel::{ErrandId, Secret, StaffId};
use serde::{Deserialize, Serialize};
use store::staff::StaffRow;

use super::note;
use super::people::NewStaff;
use super::sessions::{StaffSession, hash};
use super::sign_in::owner_of;
use crate::identity::factors::{self, AuthenticatorOffer};
use crate::{Actor, Ctx, UseCaseError, errands, passwords};

/// What the half-finished set-up is kept under.
const KIND: &str = "staff-set-up";

/// Whose account is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUp {
    /// Their name.
    pub name: String,
    /// What they sign in with.
    pub user_id: String,
}

/// Between the password and the first digits. Sealed, bound to the browser.
#[derive(Serialize, Deserialize)]
struct Half {
    token: String,
    password_hash: String,
    secret: String,
}

async fn waiting(ctx: &Ctx, token: &str) -> Result<StaffRow, UseCaseError> {
    let row = store::staff::by_set_up(&mut ctx.store.read().await?, &hash(token)).await?;
    row.filter(|row| row.disabled_at.is_none())
        .filter(|row| row.set_up_until.is_some_and(|until| until > ctx.now()))
        .ok_or(UseCaseError::NotFound)
}

/// Whose account a link sets up.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the link was used or is older than a day.
pub async fn begin(ctx: &Ctx, token: &str) -> Result<SetUp, UseCaseError> {
    let row = waiting(ctx, token).await?;
    Ok(SetUp {
        name: row.name,
        user_id: row.user_id,
    })
}

/// Chooses the password, and draws the secret of the authenticator app. Nothing is stored with the
/// account yet.
///
/// # Errors
/// As [`begin`]; refusals about the field `password` as when a member registers.
pub async fn choose_password(
    ctx: &Ctx,
    session: &StaffSession,
    token: &str,
    password: &Secret,
) -> Result<ErrandId, UseCaseError> {
    let row = waiting(ctx, token).await?;
    let password = passwords::normalised(password);
    let folded = UserId::parse(&row.user_id).map_or_else(|_| row.user_id.clone(), |id| id.folded());
    let mut about: Vec<&str> = row.name.split_whitespace().collect();
    about.extend([row.email.as_str(), folded.as_str()]);
    passwords::check_new(ctx, &password, &about)?;
    let half = Half {
        token: token.to_owned(),
        password_hash: ctx.hashers.hash(&*ctx.chance, &password).await?,
        secret: factors::draw_authenticator(ctx).expose().to_owned(),
    };
    errands::create(ctx, &session.session, KIND, &half).await
}

async fn load(
    ctx: &Ctx,
    session: &StaffSession,
    token: &str,
    errand: ErrandId,
) -> Result<(StaffRow, Half), UseCaseError> {
    let row = waiting(ctx, token).await?;
    let half = errands::load::<Half>(ctx, &session.session, KIND, errand).await?;
    let half = half
        .filter(|half| half.outcome.is_empty() && half.body.token == token)
        .ok_or(UseCaseError::NotFound)?;
    Ok((row, half.body))
}

/// What the authenticator app is set up with.
///
/// # Errors
/// As [`begin`]; [`UseCaseError::NotFound`] if no password was chosen in this browser.
pub async fn offer(
    ctx: &Ctx,
    session: &StaffSession,
    token: &str,
    errand: ErrandId,
) -> Result<AuthenticatorOffer, UseCaseError> {
    let (row, half) = load(ctx, session, token, errand).await?;
    factors::authenticator_offer(ctx, &owner_of(&row), &Secret::new(half.secret))
}

/// Finishes: the app shows the right digits, so the account has its factor, then its password, and
/// the link is worth nothing any more. Gives the recovery codes, once.
///
/// # Errors
/// As [`offer`]; refusals about the field `code`: `second-code-wrong`; `too-many-tries`.
pub async fn finish(
    ctx: &Ctx,
    actor: &Actor,
    session: &StaffSession,
    token: &str,
    errand: ErrandId,
    typed: &str,
) -> Result<Vec<String>, UseCaseError> {
    let (row, half) = load(ctx, session, token, errand).await?;
    let owner = owner_of(&row);
    let secret = Secret::new(half.secret);
    let device = &session.session.device;
    factors::add_authenticator(ctx, actor, &owner, &secret, typed, device).await?;
    let codes = factors::make_recovery(ctx, actor, &owner).await?;
    let (hashed, now, password_hash) = (hash(token), ctx.now(), half.password_hash);
    let set = ctx
        .store
        .write::<bool, store::StoreError, _>(move |tx| {
            let password_hash = password_hash.clone();
            Box::pin(
                async move { store::staff::set_password(tx, &hashed, &password_hash, now).await },
            )
        })
        .await?;
    if !set {
        return Err(UseCaseError::NotFound);
    }
    errands::conclude(ctx, &session.session, errand, "done").await?;
    note(ctx, actor, "staff-set-up", &row.id.to_string(), "").await?;
    Ok(codes.iter().map(RecoveryCode::grouped).collect())
}

/// Adds a local account and sets it up at once, with a password and an authenticator app whose
/// secret (in hexadecimal) is known: for the demonstration and for tests.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but the operator; refusals of [`super::people::add`]
/// and of choosing a password.
pub async fn known(
    ctx: &Ctx,
    actor: &Actor,
    new: &NewStaff,
    password: &Secret,
    secret: &Secret,
) -> Result<StaffId, UseCaseError> {
    if !matches!(actor, Actor::Operator) {
        return Err(UseCaseError::NotAllowed);
    }
    let link = super::people::add(ctx, actor, new).await?;
    let token = link.address.rsplit('/').next().unwrap_or_default();
    let row = waiting(ctx, token).await?;
    let password_hash = ctx
        .hashers
        .hash(&*ctx.chance, &passwords::normalised(password))
        .await?;
    let step = identity::authenticator::step_at(ctx.now());
    let bytes = hex::decode(secret.expose())
        .map_err(|_| UseCaseError::broken("the secret is not hexadecimal"))?;
    let typed = factors::digits(&bytes, step);
    factors::add_authenticator(ctx, actor, &owner_of(&row), secret, &typed, "").await?;
    let (hashed, now) = (hash(token), ctx.now());
    ctx.store
        .write::<bool, store::StoreError, _>(move |tx| {
            let password_hash = password_hash.clone();
            Box::pin(
                async move { store::staff::set_password(tx, &hashed, &password_hash, now).await },
            )
        })
        .await?;
    Ok(link.staff)
}
