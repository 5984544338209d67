//! Sending attempts that were prepared to the processor.

use futures_util::StreamExt as _;
use jiff::SignedDuration;
use payments::AttemptState;
use store::StoreError;
use store::attempts::AttemptRow;

use super::charge_again;
use crate::{Ctx, UseCaseError};

/// How many attempts one process claims at once: few enough to be sent well before the reconciler
/// would ask about them.
const ROUND: i64 = 64;
/// How many are at the processor at once.
const AT_ONCE: usize = 16;
/// When the reconciler asks about an attempt whose process died: later than the longest time-out of
/// a call, for all calls of a round.
const ASK_AFTER: SignedDuration = SignedDuration::from_mins(3);

/// Claims attempts that are prepared, marks them as sent **in a commit of its own**, and only then
/// sends them; how many. Several processes may do this at once: each attempt is claimed by one. One
/// that was claimed and never sent is found so by the reconciler, which sends it with the same key.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer. A processor that does not answer
/// is no error: the attempt is asked about later.
pub async fn dispatch_due(ctx: &Ctx) -> Result<u64, UseCaseError> {
    let now = ctx.now();
    let claimed: Result<Vec<AttemptRow>, StoreError> = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let mut claimed = store::attempts::prepared(tx, ROUND).await?;
                store::attempts::dispatch(tx, &claimed, now, now + ASK_AFTER).await?;
                for attempt in &mut claimed {
                    attempt.state = AttemptState::Dispatched;
                    attempt.dispatched_at = Some(now);
                    attempt.next_enquiry_at = Some(now + ASK_AFTER);
                }
                Ok(claimed)
            })
        })
        .await;
    let claimed = claimed?;
    let count = claimed.len() as u64;
    futures_util::stream::iter(claimed)
        .for_each_concurrent(AT_ONCE, |attempt| async move {
            // Whatever goes wrong from here on, the attempt is on disk as sent, and is asked about.
            if let Err(error) = charge_again(ctx, &attempt).await {
                tracing::warn!(attempt = %attempt.id, %error, "left to the reconciler");
            }
        })
        .await;
    Ok(count)
}
