//! Half-finished forms: what was filled in on earlier pages, and what became of it.
//!
//! An errand is sealed, because bank account numbers pass through it, and bound to its session
//! twice: the row names the session, and the seal opens for that session only.

use jiff::{SignedDuration, Timestamp};
use kernel::ErrandId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::errands::ErrandRow;
use store::{StoreError, Tx};

use crate::{Ctx, UseCaseError, sessions::Session};

/// How long a half-finished form is kept after it was last used.
pub const KEPT_MINUTES: i64 = 30;
/// Uses that follow each other within this time are noted once.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// A half-finished form, or a finished one with its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand<T> {
    /// Its id, which is in the address of its pages. Worth nothing without the session.
    pub id: ErrandId,
    /// What was filled in.
    pub body: T,
    /// What became of it, such as the id of a payment; empty while it is half finished.
    pub outcome: String,
}

/// Begins an errand of a kind of form.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn create<T: Serialize>(
    ctx: &Ctx,
    session: &Session,
    kind: &'static str,
    body: &T,
) -> Result<ErrandId, UseCaseError> {
    let (now, id) = (ctx.now(), ctx.id());
    let row = ErrandRow {
        id,
        session_hash: session.token_hash,
        kind: kind.to_owned(),
        body: sealed(ctx, id, &session.token_hash, body)?,
        created_at: now,
        expires_at: kept_until(now),
        outcome: String::new(),
    };
    ctx.store
        .write::<(), StoreError, _>(move |tx| {
            let row = row.clone();
            Box::pin(async move { store::errands::insert(tx, &row).await })
        })
        .await?;
    Ok(id)
}

/// The errand with this id; `None` if this session has none of that kind, or it has expired.
/// Reading it keeps it for another 30 minutes.
///
/// # Errors
/// [`UseCaseError::Broken`] if the stored errand does not open or is not a `T`.
pub async fn load<T: DeserializeOwned>(
    ctx: &Ctx,
    session: &Session,
    kind: &'static str,
    id: ErrandId,
) -> Result<Option<Errand<T>>, UseCaseError> {
    let now = ctx.now();
    let row =
        store::errands::find(&mut ctx.store.read().await?, &session.token_hash, id, now).await?;
    let Some(row) = row.filter(|row| row.kind == kind) else {
        return Ok(None);
    };
    let plain = opened(ctx, &row)?;
    let body = serde_json::from_slice(&plain).map_err(|e| UseCaseError::Broken(Box::new(e)))?;
    let until = kept_until(now);
    if until - row.expires_at >= NOTED_EVERY {
        ctx.store
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move { store::errands::put_off(tx, id, until).await })
            })
            .await?;
    }
    Ok(Some(Errand {
        id,
        body,
        outcome: row.outcome,
    }))
}

/// Saves what was filled in.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the session has no such errand, or it has expired;
/// [`UseCaseError::Conflict`] if it was concluded: a form that did its work is not filled in again.
pub async fn save<T: Serialize>(
    ctx: &Ctx,
    session: &Session,
    id: ErrandId,
    body: &T,
) -> Result<(), UseCaseError> {
    let (now, hash) = (ctx.now(), session.token_hash);
    let body = sealed(ctx, id, &hash, body)?;
    ctx.store
        .write(move |tx| {
            let body = body.clone();
            Box::pin(async move {
                let row = store::errands::find(tx, &hash, id, now).await?;
                let row = row.ok_or(UseCaseError::NotFound)?;
                let row = ErrandRow {
                    body,
                    expires_at: kept_until(now),
                    ..row
                };
                if store::errands::save(tx, &row, now).await? {
                    Ok(())
                } else {
                    Err(UseCaseError::Conflict("the form did its work already"))
                }
            })
        })
        .await
}

/// Writes what became of an errand, once: true for the first, false for all who come later, who
/// find that outcome with [`load`]. From then on the errand is kept as long as the session can
/// last.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the session has no such errand, or it has expired.
pub async fn conclude(
    ctx: &Ctx,
    session: &Session,
    id: ErrandId,
    outcome: &str,
) -> Result<bool, UseCaseError> {
    let (now, hash, until) = (ctx.now(), session.token_hash, session.expires_at);
    let outcome = outcome.to_owned();
    ctx.store
        .write(move |tx| {
            let outcome = outcome.clone();
            Box::pin(async move {
                let first = store::errands::conclude(tx, &hash, id, &outcome, until, now).await?;
                if !first && store::errands::find(tx, &hash, id, now).await?.is_none() {
                    return Err(UseCaseError::NotFound);
                }
                Ok(first)
            })
        })
        .await
}

/// In the running transaction: hands the errands of one session over to another, sealed anew.
pub(crate) async fn move_all(
    tx: &mut Tx,
    ctx: &Ctx,
    from: &[u8; 32],
    to: &[u8; 32],
) -> Result<(), UseCaseError> {
    for row in store::errands::of_session(tx, from, ctx.now()).await? {
        let body = opened(ctx, &row)?;
        let body = ctx.vault.seal(&context(row.id, to), &body);
        store::errands::move_to(tx, row.id, to, &body).await?;
    }
    Ok(())
}

fn sealed<T: Serialize>(
    ctx: &Ctx,
    id: ErrandId,
    session: &[u8; 32],
    body: &T,
) -> Result<String, UseCaseError> {
    let plain = serde_json::to_vec(body).map_err(|e| UseCaseError::Broken(Box::new(e)))?;
    Ok(ctx.vault.seal(&context(id, session), &plain))
}

/// What was sealed; wiped from memory when dropped.
type Plain = zeroize::Zeroizing<Vec<u8>>;

fn opened(ctx: &Ctx, row: &ErrandRow) -> Result<Plain, UseCaseError> {
    ctx.vault
        .open(&context(row.id, &row.session_hash), &row.body)
        .map_err(|e| UseCaseError::Broken(Box::new(e)))
}

fn context(id: ErrandId, session: &[u8; 32]) -> String {
    format!("errand:{id}:{}", hex::encode(session))
}

fn kept_until(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_mins(KEPT_MINUTES)
}
