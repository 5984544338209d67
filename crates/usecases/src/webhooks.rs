//! Webhooks of the processor: kept first, answered fast, handled later.
//!
//! An event is a hint of what to look up, not the truth: they come late, twice and out of order. So
//! handling one means asking the processor how the charge stands now.

use gateways::card::{ChargeRef, LookUp, Outcome, WebhookError};
use store::attempts::WebhookRow;

use crate::payments::{What, conclude};
use crate::{Ctx, UseCaseError};

/// How often handling an event is tried before it is left to the reconciler's own rhythm.
const TRIES: i64 = 20;
/// How many events one round handles.
const ROUND: i64 = 100;

/// Verifies and keeps a webhook. The same event twice is kept once.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if it was not signed by the processor, or too long ago.
pub async fn receive(ctx: &Ctx, signature: &str, body: &[u8]) -> Result<(), UseCaseError> {
    let event = ctx
        .gateway
        .webhook(signature, body, ctx.now())
        .map_err(refused)?;
    let row = WebhookRow {
        gateway: ctx.gateway.id().to_string(),
        event_id: event.id,
        // Only what handling needs is kept: which charge it is about. The rest of the body may hold
        // personal data that we have no use for.
        charge: event
            .charge
            .map(|charge| charge.as_str().to_owned())
            .unwrap_or_default(),
        received_at: ctx.now(),
        tries: 0,
    };
    ctx.store
        .write(move |tx| {
            let row = row.clone();
            Box::pin(async move { store::attempts::keep_webhook(tx, &row).await })
        })
        .await
        .map(drop)
        .map_err(|error: store::StoreError| error.into())
}

fn refused(error: WebhookError) -> UseCaseError {
    tracing::warn!(%error, "a webhook was refused");
    UseCaseError::NotAllowed
}

/// Handles the webhooks that wait; how many are done.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn handle_due(ctx: &Ctx) -> Result<usize, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let open = store::attempts::open_webhooks(&mut tx, TRIES, ROUND).await?;
    drop(tx);
    let mut done = 0;
    for row in open {
        let handled = match handle(ctx, &row).await {
            Ok(handled) => handled,
            Err(error) => {
                tracing::warn!(event = %row.event_id, %error, "a webhook is tried again later");
                false
            }
        };
        let handled_at = handled.then(|| ctx.now());
        done += usize::from(handled);
        ctx.store
            .write(move |tx| {
                let row = row.clone();
                Box::pin(async move { store::attempts::settle_webhook(tx, &row, handled_at).await })
            })
            .await
            .map_err(|error: store::StoreError| UseCaseError::from(error))?;
    }
    Ok(done)
}

/// True if there is nothing more to do about the event.
async fn handle(ctx: &Ctx, row: &WebhookRow) -> Result<bool, UseCaseError> {
    if row.charge.is_empty() {
        return Ok(true);
    }
    let charge = ChargeRef::new(row.charge.clone());
    let mut tx = ctx.store.read().await?;
    let attempt = store::attempts::by_reference(&mut tx, charge.as_str()).await?;
    drop(tx);
    let found = match ctx.gateway.look_up(&LookUp::ByReference(charge)).await {
        Outcome::Ok(Some(found)) | Outcome::Pending(Some(found)) => found,
        Outcome::Ok(None) | Outcome::Pending(None) => return Ok(true),
        _ => return Ok(false),
    };
    let attempt = match (attempt, found.attempt) {
        (Some(attempt), _) => attempt,
        (None, Some(id)) => {
            let mut tx = ctx.store.read().await?;
            // A charge that is not ours: somebody else uses the same processor account.
            let Some(attempt) = store::attempts::find(&mut tx, id).await? else {
                return Ok(true);
            };
            attempt
        }
        (None, None) => return Ok(true),
    };
    conclude(ctx, attempt.account, attempt.id, What::Found(found)).await?;
    Ok(true)
}
