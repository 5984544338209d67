//! Passkeys: making one, and being shown one.
//!
//! The state of a ceremony lies in an errand of the session: sealed, where the browser cannot
//! change it, and used once.

use gateways::passkeys::{PasskeyError, Passkeys};
use identity::FactorKind;
use jiff::SignedDuration;
use kernel::ErrandId;
use serde::{Deserialize, Serialize};
use store::factors::FactorRow;

use super::factors::{self, new_row};
use super::{Holder, Owner, passkeys_of};
use crate::sessions::Session;
use crate::{Actor, Ctx, Refusal, UseCaseError, errands};

const MAKING: &str = "passkey-making";
const ASKING: &str = "passkey-asking";
/// How long a ceremony may take: the browser gives people five minutes.
const LASTS: SignedDuration = SignedDuration::from_mins(10);
/// No answer of a browser is longer, in bytes.
const LONGEST_ANSWER: usize = 8 * 1024;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Ceremony {
    /// What finishes it.
    state: String,
    /// Seconds since 1970.
    begun: i64,
}

/// A ceremony under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Its errand.
    pub errand: ErrandId,
    /// What the browser is handed, as JSON.
    pub options: String,
}

/// True if passkeys can be had here.
#[must_use]
pub fn offered(ctx: &Ctx) -> bool {
    passkeys_of(ctx).is_some()
}

fn relying_party(ctx: &Ctx) -> Result<Passkeys, UseCaseError> {
    passkeys_of(ctx).ok_or(UseCaseError::NotFound)
}

/// Begins making a passkey.
///
/// # Errors
/// [`UseCaseError::NotFound`] where there are no passkeys.
pub async fn begin_making(
    ctx: &Ctx,
    session: &Session,
    owner: &Owner,
) -> Result<Begun, UseCaseError> {
    let key = owner.holder.key();
    let rows = store::factors::of_holder(&mut ctx.store.read().await?, key).await?;
    let known: Vec<String> = rows
        .into_iter()
        .filter_map(|row| row.credential_id)
        .collect();
    let begun = relying_party(ctx)?.begin_making(key.id, &owner.user_id, &known);
    begin(ctx, session, MAKING, begun).await
}

/// Begins asking for a passkey, whoever holds it: to sign in with it alone, as a second factor, or
/// to be sure that the person is still there.
///
/// # Errors
/// [`UseCaseError::NotFound`] where there are no passkeys.
pub async fn begin_asking(ctx: &Ctx, session: &Session) -> Result<Begun, UseCaseError> {
    let begun = relying_party(ctx)?.begin_asking();
    begin(ctx, session, ASKING, begun).await
}

async fn begin(
    ctx: &Ctx,
    session: &Session,
    kind: &'static str,
    begun: Result<gateways::passkeys::Begun, PasskeyError>,
) -> Result<Begun, UseCaseError> {
    let begun = begun.map_err(|e| UseCaseError::Broken(Box::new(e)))?;
    let ceremony = Ceremony {
        state: begun.state,
        begun: ctx.now().as_second(),
    };
    Ok(Begun {
        errand: errands::create(ctx, session, kind, &ceremony).await?,
        options: begun.options,
    })
}

fn is_fresh(ctx: &Ctx, ceremony: &Ceremony) -> bool {
    ctx.now().as_second() - ceremony.begun < LASTS.as_secs()
}

/// The state of a ceremony, which is over with that.
async fn take(
    ctx: &Ctx,
    session: &Session,
    kind: &'static str,
    errand: ErrandId,
) -> Result<String, UseCaseError> {
    let over = || UseCaseError::from(Refusal::new("passkey-over"));
    let found = errands::load::<Ceremony>(ctx, session, kind, errand).await?;
    let found = found.ok_or_else(over)?;
    let first = errands::conclude(ctx, session, errand, "answered").await?;
    if first && is_fresh(ctx, &found.body) {
        Ok(found.body.state)
    } else {
        Err(over())
    }
}

/// What a passkey that does not prove it is called. The reason is for the log.
fn wrong(error: &PasskeyError) -> UseCaseError {
    tracing::info!(%error, "a passkey did not do");
    Refusal::new("passkey-wrong").into()
}

fn short(answer: &str) -> Result<&str, UseCaseError> {
    if answer.len() > LONGEST_ANSWER {
        return Err(Refusal::new("passkey-wrong").into());
    }
    Ok(answer)
}

/// Sets up the passkey that the browser made.
///
/// # Errors
/// Refusals `passkey-over` if the ceremony was finished or took too long, `passkey-wrong`.
pub async fn finish_making(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    owner: &Owner,
    errand: ErrandId,
    answer: &str,
) -> Result<(), UseCaseError> {
    let state = take(ctx, session, MAKING, errand).await?;
    let made = relying_party(ctx)?.finish_making(short(answer)?, &state);
    let made = made.map_err(|error| wrong(&error))?;
    let row = FactorRow {
        secret: made.credential,
        credential_id: Some(made.credential_id),
        ..new_row(ctx, owner.holder, FactorKind::Passkey, &session.device)
    };
    match factors::add(ctx, actor, owner, row).await {
        // Somebody's already: a browser makes each anew, so this is no accident.
        Err(UseCaseError::Conflict(_)) => Err(Refusal::new("passkey-wrong").into()),
        other => other,
    }
}

/// Whose passkey the browser showed: proved, with the person checked.
///
/// # Errors
/// Refusals `passkey-over` if the ceremony was finished or took too long, `passkey-wrong` if it
/// proves nothing or nobody here has it.
pub async fn finish_asking(
    ctx: &Ctx,
    session: &Session,
    errand: ErrandId,
    answer: &str,
) -> Result<Holder, UseCaseError> {
    let (party, answer) = (relying_party(ctx)?, short(answer)?);
    let state = take(ctx, session, ASKING, errand).await?;
    let named = party.named(answer).map_err(|error| wrong(&error))?;
    let mut tx = ctx.store.read().await?;
    let row = store::factors::by_credential(&mut tx, &named.credential_id).await?;
    drop(tx);
    let row = row.filter(|row| row.holder_id == named.holder);
    let row = row.ok_or_else(|| UseCaseError::from(Refusal::new("passkey-wrong")))?;
    let kept = party.finish_asking(answer, &state, &row.secret);
    let kept = kept.map_err(|error| wrong(&error))?;
    let (id, now) = (row.id, ctx.now());
    ctx.store
        .write::<(), store::StoreError, _>(move |tx| {
            let kept = kept.clone();
            Box::pin(async move { store::factors::used(tx, id, &kept, now).await })
        })
        .await?;
    Holder::of_stored(&row.holder_kind, row.holder_id)
        .ok_or_else(|| UseCaseError::broken("a factor of nobody"))
}
