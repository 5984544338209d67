//! Asking after attempts without an outcome, until each has one or a person owns it.

use ::payments::AttemptState;
use ::payments::enquiry::{EnquiryWay, enquiry_way};
use gateways::card::{ChargeRef, LookUp, Outcome};
use jiff::SignedDuration;
use store::attempts::AttemptRow;

use crate::payments::{What, charge_again, conclude};
use crate::{Ctx, UseCaseError};

/// How long a process keeps an attempt to itself while it asks.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How many attempts one round asks about.
const ROUND: i64 = 64;

/// Asks the processor about every attempt that is due for it; how many were asked about. Several
/// processes may do this at once: each attempt is asked about by one.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer. A processor that does not answer
/// is no error: the attempt is asked about again later.
pub async fn enquire_due(ctx: &Ctx) -> Result<usize, UseCaseError> {
    let now = ctx.now();
    let mut tx = ctx.store.read().await?;
    let due = store::attempts::due(&mut tx, now, ROUND).await?;
    drop(tx);
    let mut asked = 0;
    for mut attempt in due {
        let (row, until) = (attempt.clone(), now + LEASE);
        let claimed = ctx
            .store
            .write(move |tx| {
                let row = row.clone();
                Box::pin(async move { store::attempts::claim(tx, &row, until).await })
            })
            .await?;
        if !claimed {
            continue;
        }
        attempt.enquiries += 1;
        asked += 1;
        if let Err(error) = enquire(ctx, &attempt).await {
            tracing::warn!(attempt = %attempt.id, %error, "an enquiry failed; it is made again later");
        }
    }
    Ok(asked)
}

/// Asks about one attempt: looks it up first, and only if the processor does not know it sends the
/// same request with the same key again, as long as the processor is sure to remember the key.
pub async fn enquire(ctx: &Ctx, attempt: &AttemptRow) -> Result<(), UseCaseError> {
    let by = if attempt.reference.is_empty() {
        LookUp::ByAttempt(attempt.id)
    } else {
        LookUp::ByReference(ChargeRef::new(attempt.reference.clone()))
    };
    let what = match ctx.gateway.look_up(&by).await {
        Outcome::Ok(Some(charge)) | Outcome::Pending(Some(charge)) => What::Found(charge),
        Outcome::Ok(None) | Outcome::Pending(None) => return not_found(ctx, attempt).await,
        other => {
            tracing::info!(attempt = %attempt.id, outcome = ?other.map(drop), "no answer to an enquiry");
            What::NotFound
        }
    };
    conclude(ctx, attempt.account, attempt.id, what).await
}

async fn not_found(ctx: &Ctx, attempt: &AttemptRow) -> Result<(), UseCaseError> {
    let unanswered = matches!(
        attempt.state,
        AttemptState::Dispatched | AttemptState::Unknown
    );
    let dispatched = attempt.dispatched_at.unwrap_or_else(|| ctx.now());
    if unanswered && enquiry_way(dispatched, ctx.now()) == EnquiryWay::SameKey {
        return charge_again(ctx, attempt).await;
    }
    conclude(ctx, attempt.account, attempt.id, What::NotFound).await
}
