//! A day is held beside its forecast before its first draft; outside the band a person decides.

use ::autopay::{Band, RunTotals, check_forecast};
use jiff::civil::Date;
use kernel::Cents;
use store::autopay_facts::Sending;
use store::{StoreError, Tx};

use crate::audit::{self, Event};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// Holds the day beside its forecast, once; what was found or released before stands.
pub(super) async fn check(ctx: &Ctx, actor: &Actor, day: Date) -> Result<Sending, UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move { check_in(tx, &ctx, &actor, day).await })
        })
        .await
}

async fn check_in(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    day: Date,
) -> Result<Sending, UseCaseError> {
    let before = store::autopay_facts::sending(tx, day).await?;
    // A day that was begun goes on: what is left of it is not the whole any more.
    if let Some(before) = before
        && (before.released_at.is_some() || before.stopped.is_empty())
    {
        return Ok(before);
    }
    let (drafts, cents) = store::autopay_facts::due_totals(tx, day).await?;
    let (forecast_drafts, forecast_cents) = store::autopay_facts::forecast_for(tx, day)
        .await?
        .unwrap_or((0, Cents::ZERO));
    let totals = |drafts: i64, cents| RunTotals {
        drafts: drafts.unsigned_abs(),
        cents,
    };
    let found = check_forecast(
        totals(drafts, cents),
        totals(forecast_drafts, forecast_cents),
        band(ctx),
    );
    let sending = Sending {
        day,
        drafts,
        cents,
        forecast_drafts,
        forecast_cents,
        stopped: found
            .err()
            .map_or_else(String::new, |outside| outside.to_string()),
        released_at: None,
        released_reason: String::new(),
        finished_at: None,
    };
    store::autopay_facts::keep_sending(tx, &sending, ctx.now()).await?;
    if !sending.stopped.is_empty() {
        tracing::error!(%day, why = %sending.stopped, "the drafts of the day are stopped");
        let detail = format!(
            "drafts={drafts} cents={} forecast_drafts={forecast_drafts} forecast_cents={}",
            cents.get(),
            forecast_cents.get()
        );
        let event = Event {
            action: "autopay-day-stopped",
            account: None,
            subject: &day.to_string(),
            detail: &detail,
        };
        audit::record(tx, ctx, actor, event).await?;
    }
    Ok(sending)
}

fn band(ctx: &Ctx) -> Band {
    let rules = &ctx.plan.autopay;
    Band {
        drafts_bp: u32::from(rules.forecast_drafts_percent) * 100,
        cents_bp: u32::from(rules.forecast_amount_percent) * 100,
        spare_drafts: u64::from(rules.spare_drafts),
        spare_cents: rules.spare_amount,
    }
}

/// Notes that everything that was due has been made a payment.
pub(super) async fn finish(ctx: &Ctx, day: Date) -> Result<(), UseCaseError> {
    let now = ctx.now();
    let done: Result<(), StoreError> = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                if let Some(mut sending) = store::autopay_facts::sending(tx, day).await? {
                    sending.finished_at = Some(now);
                    store::autopay_facts::keep_sending(tx, &sending, now).await?;
                }
                Ok(())
            })
        })
        .await;
    Ok(done?)
}

/// Lets a day go on that was stopped because it was off its forecast.
///
/// # Errors
/// `autopay-day-not-stopped`; `release-reason-missing`; [`UseCaseError::NotAllowed`] for anybody
/// but the operator and supervisors.
pub async fn release(
    ctx: &Ctx,
    actor: &Actor,
    day: Date,
    reason: &str,
) -> Result<(), UseCaseError> {
    if !matches!(actor, Actor::Operator) {
        crate::staff::need_role(actor, &[identity::Role::Supervisor])?;
    }
    let reason: String = reason.trim().chars().take(500).collect();
    if reason.is_empty() {
        return Err(Refusal::of("reason", "release-reason-missing").into());
    }
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, reason) = (owned.clone(), actor.clone(), reason.clone());
            Box::pin(async move {
                let sending = store::autopay_facts::sending(tx, day).await?;
                let stopped = sending.filter(|s| !s.stopped.is_empty() && s.released_at.is_none());
                let Some(mut sending) = stopped else {
                    return Err(Refusal::of("day", "autopay-day-not-stopped").into());
                };
                sending.released_at = Some(ctx.now());
                sending.released_reason = reason;
                store::autopay_facts::keep_sending(tx, &sending, ctx.now()).await?;
                let event = Event {
                    action: "autopay-day-released",
                    account: None,
                    subject: &day.to_string(),
                    detail: &format!("drafts={} cents={}", sending.drafts, sending.cents.get()),
                };
                audit::record(tx, &ctx, &actor, event).await?;
                Ok::<(), UseCaseError>(())
            })
        })
        .await
}

/// The days whose drafts are stopped and wait for a person, latest first.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for members, guests and staff who see no members.
pub async fn stopped_days(ctx: &Ctx, actor: &Actor) -> Result<Vec<Date>, UseCaseError> {
    super::watch::may_look(actor)?;
    let mut tx = ctx.store.read().await?;
    Ok(store::autopay_facts::stopped(&mut tx).await?)
}
