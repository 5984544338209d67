//! Stopping autopay, and leaving a month out.

use ::autopay::{Calendar, DraftState, MandateState, Scheduled};
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth};
use store::Tx;
use store::accounts::AccountRow;
use store::autopay_drafts::DraftRow;
use store::mandates::MandateRow;

use super::choose::{Chooser, chooser, note};
use super::{decide, plan, tell};
use crate::{Actor, Ctx, Refusal, UseCaseError, consents, notices};

/// The reason on a draft that goes out although its mandate was stopped: the stop came too late
/// for it (12 CFR 1005.10(c)).
pub(super) const STOPPED_LATE: &str = "stopped-late";
/// What stopping autopay came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// The day on which a last draft still moves money, because the stop came later than three
    /// business days before it; `None` if nothing is drafted any more.
    pub last_draft: Option<Date>,
}

/// The mandate in force, its account locked, or the refusal `autopay-off`.
async fn in_force(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<(Chooser, MandateRow), UseCaseError> {
    let chooser = chooser(tx, ctx, actor, account).await?;
    store::accounts::lock(tx, account).await?;
    let mandate = store::mandates::active(tx, account).await?;
    let mandate = mandate.ok_or_else(|| Refusal::new("autopay-off"))?;
    Ok((chooser, mandate))
}

/// The last day on which a draft that waits can be stopped.
pub(super) fn stop_by(draft: &DraftRow, calendar: &Calendar) -> Option<Date> {
    let debit_on = draft.debit_on?;
    let scheduled = Scheduled {
        on: draft.draft_on.unwrap_or(debit_on),
        debit_on,
        cents: draft.cents,
        notice_by: None,
    };
    Some(scheduled.stop_by(calendar))
}

/// The month that the next draft is for, in a plan line: this one or, once it was drafted or is
/// past its stopping, the one after it.
pub(super) async fn month_to_skip(
    tx: &mut Tx,
    ctx: &Ctx,
    account: &AccountRow,
    mandate: &MandateRow,
) -> Result<Option<BillingMonth>, UseCaseError> {
    let today = ctx.today();
    let Some(current) = decide::month_of(&ctx.plan, &account.plan_line, today) else {
        return Ok(None);
    };
    let draft = store::autopay_drafts::of_month(tx, account.id, current).await?;
    let calendar = decide::calendar(today);
    let gone = draft.is_some_and(|draft| {
        let late = draft.state == DraftState::Scheduled
            && stop_by(&draft, &calendar).is_some_and(|last| today > last);
        draft.state.was_drafted() || draft.state == DraftState::Cancelled || late
    });
    let month = if gone { current.next() } else { current };
    Ok(Some(month.max(mandate.start)))
}

/// Takes one month out: nothing is drafted for it.
///
/// # Errors
/// `autopay-off`; `skip-too-late` if the month was drafted or its draft is less than three business
/// days away.
pub async fn skip(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    month: BillingMonth,
) -> Result<(), UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move { skip_in(tx, &ctx, &actor, account, month).await })
        })
        .await
}

async fn skip_in(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    month: BillingMonth,
) -> Result<(), UseCaseError> {
    let (chooser, mandate) = in_force(tx, ctx, actor, account).await?;
    let first = month_to_skip(tx, ctx, &chooser.account, &mandate).await?;
    if first != Some(month) {
        return Err(Refusal::of("month", "skip-too-late").into());
    }
    if store::mandates::skip(tx, account, month, ctx.now()).await? {
        notices::tell(tx, ctx, tell::skipped(&mandate, month)).await?;
        let detail = format!("month={month}");
        note(tx, ctx, actor, "autopay-skipped", &mandate, &detail).await?;
        plan::plan_account(tx, ctx, &chooser.account, ctx.today()).await?;
    }
    Ok(())
}

/// Puts a month back in that was taken out.
///
/// # Errors
/// `autopay-off`.
pub async fn unskip(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    month: BillingMonth,
) -> Result<(), UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let (chooser, mandate) = in_force(tx, &ctx, &actor, account).await?;
                if store::mandates::unskip(tx, account, month, ctx.now()).await? {
                    let detail = format!("month={month}");
                    note(tx, &ctx, &actor, "autopay-unskipped", &mandate, &detail).await?;
                    plan::plan_account(tx, &ctx, &chooser.account, ctx.today()).await?;
                }
                Ok::<(), UseCaseError>(())
            })
        })
        .await
}

/// Stops autopay. Up to three business days before a draft that draft is stopped as well; later it
/// still goes out, which is said, and nothing after it.
///
/// # Errors
/// `autopay-off` if there is no mandate in force.
pub async fn stop(ctx: &Ctx, actor: &Actor, account: AccountId) -> Result<Stopped, UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move { stop_in(tx, &ctx, &actor, account).await })
        })
        .await
}

async fn stop_in(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<Stopped, UseCaseError> {
    let (_, mandate) = in_force(tx, ctx, actor, account).await?;
    let today = ctx.today();
    let calendar = decide::calendar(today);
    let mut called_off = Vec::new();
    let mut last_draft = None;
    for mut draft in store::autopay_drafts::of_account(tx, account, 12).await? {
        if !decide::waits(draft.state) {
            continue;
        }
        let late = draft.state == DraftState::Scheduled
            && stop_by(&draft, &calendar).is_some_and(|last| today > last);
        if late {
            last_draft = last_draft.max(draft.debit_on);
            STOPPED_LATE.clone_into(&mut draft.reason);
            store::autopay_drafts::save(tx, &[draft], ctx.now()).await?;
        } else {
            called_off.push((account, draft.month));
        }
    }
    store::autopay_drafts::cancel(tx, &called_off, "stopped", ctx.now()).await?;
    let state = MandateState::Stopped { on: today };
    store::mandates::end(tx, account, mandate.id, state, ctx.now()).await?;
    if actor.person() == Some(mandate.person) {
        consents::withdraw(tx, ctx, actor, mandate.consent).await?;
    }
    notices::tell(tx, ctx, tell::stopped(&mandate, last_draft)).await?;
    let detail = last_draft.map_or_else(String::new, |day| format!("last_draft={day}"));
    note(tx, ctx, actor, "autopay-stopped", &mandate, &detail).await?;
    Ok(Stopped { last_draft })
}
