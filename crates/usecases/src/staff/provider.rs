//! Staff who sign in at the plan's own provider (OpenID Connect): authorisation code with PKCE,
//! bound to the browser that began it.

use gateways::chance::Draw as _;
use gateways::oidc::{Asked, OidcError, SignInProvider, Vouched};
use identity::role::role_of;
use jiff::SignedDuration;
use kernel::Secret;
use sha2::{Digest as _, Sha256};
use store::Tx;
use store::staff::{ProviderSignInRow, StaffRow};
use url::Url;

use super::sessions::StaffSession;
use super::sign_in::open;
use crate::throttle::{self, Purpose};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// How long somebody may take at the provider.
const MINUTES: i64 = 10;
/// Bytes of state, nonce and verifier: 43 characters each, as RFC 7636 section 4.1 asks of the
/// last.
const TOKEN_BYTES: usize = 32;
/// Nothing longer comes back from a provider.
const LONGEST_CODE: usize = 4096;
const LONGEST_NAME: usize = 120;

/// True if staff sign in at a provider here.
#[must_use]
pub fn is_offered(ctx: &Ctx) -> bool {
    ctx.sign_in_provider.is_some()
}

fn provider(ctx: &Ctx) -> Result<&dyn SignInProvider, UseCaseError> {
    ctx.sign_in_provider
        .as_deref()
        .ok_or(UseCaseError::NotFound)
}

/// Begins a sign-in at the provider: where to send the browser.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is no provider; refusals `provider-unavailable`,
/// `too-many-tries`.
pub async fn begin(ctx: &Ctx, actor: &Actor, session: &StaffSession) -> Result<Url, UseCaseError> {
    let provider = provider(ctx)?;
    // One browser, not one user ID: nobody is named yet.
    let browser = hex::encode(session.session.token_hash);
    throttle::check_and_count(ctx, Purpose::SignIn, actor.address(), &browser).await?;
    let asked = Asked {
        state: ctx.chance.token(TOKEN_BYTES),
        nonce: ctx.chance.token(TOKEN_BYTES),
        verifier: ctx.chance.token(TOKEN_BYTES),
    };
    let address = provider
        .address(&asked)
        .await
        .map_err(|error| refused(&error))?;
    let state_hash = hash(&asked.state);
    let plain = serde_json::to_vec(&asked).map_err(|e| UseCaseError::Broken(Box::new(e)))?;
    let row = ProviderSignInRow {
        state_hash,
        session_hash: session.session.token_hash,
        secrets: ctx.vault.seal(&context(&state_hash), &plain),
        created_at: ctx.now(),
        expires_at: ctx.now() + SignedDuration::from_mins(MINUTES),
    };
    ctx.store
        .write::<(), store::StoreError, _>(move |tx| {
            let row = row.clone();
            Box::pin(async move { store::staff::insert_sign_in(tx, &row).await })
        })
        .await?;
    Ok(address)
}

/// What the browser brought back from the provider.
#[derive(Debug, Clone)]
pub struct Returned {
    /// What the provider was given to bring back.
    pub state: String,
    /// The code to exchange; empty if the provider refused.
    pub code: Secret,
    /// The provider's name for itself (RFC 9207); empty if it does not say.
    pub issuer: String,
}

/// Finishes a sign-in: a session of staff takes the place of the one at the door. Somebody who
/// comes for the first time is added; the role is what the provider says today.
///
/// # Errors
/// Refusals: `provider-state` if this browser began no such sign-in, took too long or finished it
/// before; `provider-refused` if the provider did not let them in or the code is not good;
/// `provider-not-trusted` if its answer is not to be trusted; `provider-no-role` if it names no
/// role for them; `staff-disabled`; `provider-unavailable`.
pub async fn finish(
    ctx: &Ctx,
    actor: &Actor,
    session: &StaffSession,
    returned: Returned,
) -> Result<(String, StaffSession), UseCaseError> {
    let provider = provider(ctx)?;
    let asked = asked(ctx, session, &returned.state).await?;
    // An answer that another provider was asked for (RFC 9207).
    if !returned.issuer.is_empty() && returned.issuer != provider.issuer() {
        return failed(ctx, actor, Refusal::new("provider-not-trusted").into()).await;
    }
    let code = returned.code;
    if code.expose().is_empty() || code.expose().len() > LONGEST_CODE {
        return failed(ctx, actor, Refusal::new("provider-refused").into()).await;
    }
    let vouched = match provider.vouched(code, &asked, ctx.now()).await {
        Ok(vouched) => vouched,
        Err(error) => return failed(ctx, actor, refused(&error)).await,
    };
    let Some(role) = role_of(&vouched.said, &ctx.settings.staff_roles) else {
        return failed(ctx, actor, Refusal::new("provider-no-role").into()).await;
    };
    let issuer = provider.issuer().to_owned();
    let (owned, language) = (ctx.clone(), session.session.language);
    let row = ctx
        .store
        .write(move |tx| {
            let (ctx, issuer, vouched) = (owned.clone(), issuer.clone(), vouched.clone());
            Box::pin(async move {
                known_or_new(tx, &ctx, &issuer, &vouched, role.code(), language).await
            })
        })
        .await?;
    if row.disabled_at.is_some() {
        return failed(ctx, actor, Refusal::new("staff-disabled").into()).await;
    }
    open(ctx, actor, session, &row).await
}

async fn failed<T>(ctx: &Ctx, actor: &Actor, error: UseCaseError) -> Result<T, UseCaseError> {
    let code = match &error {
        UseCaseError::Refused(refusal) => refusal.code,
        _ => "broken",
    };
    super::note(
        ctx,
        actor,
        "staff-sign-in-failed",
        "",
        &format!("why={code}"),
    )
    .await?;
    Err(error)
}

/// What was asked under this state, once, and by this browser only.
async fn asked(ctx: &Ctx, session: &StaffSession, state: &str) -> Result<Asked, UseCaseError> {
    let (now, state, session) = (ctx.now(), hash(state), session.session.token_hash);
    let secrets = ctx
        .store
        .write::<Option<String>, store::StoreError, _>(move |tx| {
            Box::pin(async move { store::staff::take_sign_in(tx, &state, &session, now).await })
        })
        .await?;
    let secrets = secrets.ok_or_else(|| Refusal::new("provider-state"))?;
    let plain = ctx
        .vault
        .open(&context(&state), &secrets)
        .map_err(|e| UseCaseError::Broken(Box::new(e)))?;
    serde_json::from_slice(&plain).map_err(|e| UseCaseError::Broken(Box::new(e)))
}

async fn known_or_new(
    tx: &mut Tx,
    ctx: &Ctx,
    issuer: &str,
    vouched: &Vouched,
    role: &str,
    language: kernel::Language,
) -> Result<StaffRow, UseCaseError> {
    let now = ctx.now();
    let short = |text: &str| {
        text.chars()
            .filter(|c| !c.is_control())
            .take(LONGEST_NAME)
            .collect()
    };
    let named: String = if vouched.name.trim().is_empty() {
        short(&vouched.subject)
    } else {
        short(&vouched.name)
    };
    let email: String = short(&vouched.email);
    if let Some(row) = store::staff::by_subject(tx, issuer, &vouched.subject).await? {
        if row.disabled_at.is_some() {
            return Ok(row);
        }
        store::staff::signed_in(tx, row.id, &named, &email, now).await?;
        if row.role != role {
            store::staff::set_role(tx, row.id, role).await?;
            let detail = format!("from={} to={role} by=provider", row.role);
            super::note_in(tx, ctx, row.id, "staff-role-changed", &detail).await?;
        }
        return Ok(StaffRow {
            name: named,
            email,
            role: role.to_owned(),
            signed_in_at: Some(now),
            ..row
        });
    }
    let row = StaffRow {
        id: ctx.id(),
        name: named,
        email,
        role: role.to_owned(),
        language,
        user_id: String::new(),
        folded_user_id: None,
        password_hash: String::new(),
        password_changed_at: None,
        set_up_hash: None,
        set_up_until: None,
        issuer: Some(issuer.to_owned()),
        subject: Some(vouched.subject.clone()),
        created_at: now,
        created_by: "provider".to_owned(),
        signed_in_at: Some(now),
        disabled_at: None,
    };
    store::staff::insert(tx, &row).await?;
    super::note_in(
        tx,
        ctx,
        row.id,
        "staff-added",
        &format!("role={role} by=provider"),
    )
    .await?;
    Ok(row)
}

/// What a person is told. What is wrong in detail is for the log of the operator.
fn refused(error: &OidcError) -> UseCaseError {
    tracing::warn!(%error, "a sign-in of staff at the provider failed");
    Refusal::new(match error {
        OidcError::Unavailable(_) => "provider-unavailable",
        OidcError::CodeRefused(_) => "provider-refused",
        OidcError::NotTrusted(_) => "provider-not-trusted",
    })
    .into()
}

fn context(state_hash: &[u8; 32]) -> String {
    format!("provider-sign-in:{}", hex::encode(state_hash))
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}
