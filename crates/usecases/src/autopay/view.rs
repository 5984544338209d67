//! What the page about autopay shows.

use ::autopay::{Draft, DraftDay, DraftState, MandateState, NoDraft, pay_by};
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth};
use plan::{due_date, issue_date};
use store::Tx;
use store::accounts::AccountRow;
use store::autopay_drafts::DraftRow;
use store::autopay_facts::Candidate;
use store::mandates::MandateRow;

use super::{AutopayView, DraftView, MandateView, MethodShown, NextDraft, choose, decide, stop};
use crate::{Actor, Ctx, UseCaseError, access};

/// How many past drafts are shown.
const PAST: i64 = 24;

/// Everything the page about autopay shows. The next draft is worked out as of now.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is no such account, or none for this actor.
pub async fn view(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<AutopayView, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    // Who helps with an account, and guests, never see a mandate; staff who may look do.
    let right = match actor {
        Actor::Staff { .. } => access::Right::View,
        _ => access::Right::Manage,
    };
    let row = access::account(&mut tx, ctx, actor, account, right).await?;
    let manages = access::account(&mut tx, ctx, actor, account, access::Right::Manage).await;
    let may_change = manages.is_ok() && actor.person().is_some();
    let today = ctx.today();
    let current = decide::month_of(&ctx.plan, &row.plan_line, today);
    let first_start = current.unwrap_or_else(|| BillingMonth::of(today));
    let mandate = store::mandates::latest(&mut tx, account).await?;
    let in_force = mandate.as_ref().filter(|m| m.state == MandateState::Active);
    let past = store::autopay_drafts::of_account(&mut tx, account, PAST).await?;
    let next = match (in_force, current) {
        (Some(mandate), Some(month)) => next(&mut tx, ctx, &row, mandate, month, &past).await?,
        _ => NextDraft::Off,
    };
    let (may_skip, skipped) = match in_force {
        None => (None, Vec::new()),
        Some(mandate) => {
            let skipped = store::mandates::skipped(&mut tx, account, first_start).await?;
            let month = stop::month_to_skip(&mut tx, ctx, &row, mandate).await?;
            let open = month.filter(|month| !skipped.contains(month));
            (open.filter(|_| may_change), skipped)
        }
    };
    let mandate = match &mandate {
        Some(mandate) => Some(shown(&mut tx, mandate).await?),
        None => None,
    };
    Ok(AutopayView {
        account,
        offered: choose::is_offered(ctx, &row.plan_line),
        may_change,
        mandate,
        next,
        past: past.iter().filter_map(draft_view).collect(),
        may_skip,
        skipped,
        due: row.due().at_least_zero(),
        first_start,
        plan_line: row.plan_line,
    })
}

async fn shown(tx: &mut Tx, row: &MandateRow) -> Result<MandateView, UseCaseError> {
    let method = store::autopay_facts::method_of(tx, row.person, row.method).await?;
    Ok(MandateView {
        mandate: row.id,
        state: row.state,
        method: method.map(|method| MethodShown {
            tender: method.tender,
            last_four: method.last_four,
            bank_name: method.bank_name,
            expires: method.expires,
        }),
        method_id: row.method,
        day: row.day,
        cap: row.cap,
        agreed: row.agreed,
        start: row.start,
        consent: row.consent,
        consent_version: row.consent_version.clone(),
        given_at: row.given_at,
    })
}

/// A draft that was made, failed or was called off; one that still waits is the next one.
fn draft_view(row: &DraftRow) -> Option<DraftView> {
    let over = row.state.was_drafted() || row.state == DraftState::Cancelled;
    over.then(|| DraftView {
        month: row.month,
        state: row.state,
        debit_on: row.debit_on,
        cents: row.cents,
        reason: row.reason.clone(),
        payment: row.payment,
        next_try_on: row.next_try_on,
    })
}

async fn next(
    tx: &mut Tx,
    ctx: &Ctx,
    account: &AccountRow,
    mandate: &MandateRow,
    month: BillingMonth,
    past: &[DraftRow],
) -> Result<NextDraft, UseCaseError> {
    let today = ctx.today();
    let safe = ctx.plan.autopay.safe_days;
    // A second try comes before anything new.
    if let Some(again) = past.iter().find(|draft| draft.state == DraftState::Retry)
        && let Some(on) = again.next_try_on
    {
        return Ok(NextDraft::Again {
            month: again.month,
            on,
            cents: again.cents,
            reason: again.reason.clone(),
            pay_by: again.due_on.map(|due_on| pay_by(due_on, today, safe)),
        });
    }
    let found = store::autopay_facts::of_account(tx, account.number, month).await?;
    let Some(candidate) = found else {
        return Ok(NextDraft::Off);
    };
    let calendar = decide::calendar(today);
    let reason = match decide::expected(&ctx.plan, &candidate, today, &calendar) {
        Draft::Scheduled(scheduled) => {
            return Ok(NextDraft::Scheduled {
                month,
                on: scheduled.on,
                debit_on: scheduled.debit_on,
                cents: scheduled.cents,
                due_on: candidate.invoice.map_or(scheduled.on, |i| i.due_on),
                stop_by: scheduled.stop_by(&calendar),
                told_on: notice_of(&candidate),
            });
        }
        Draft::NotScheduled(reason) => reason,
    };
    let due_on = candidate.invoice.map(|invoice| invoice.due_on);
    Ok(match reason {
        NoDraft::AlreadyDrafted | NoDraft::NothingDue => {
            awaiting(ctx, account, mandate, month.next())
        }
        reason => NextDraft::None {
            month,
            reason: reason.code().to_owned(),
            due_on,
            pay_by: due_on
                .filter(|_| decide::open(&candidate).is_positive())
                .map(|due_on| pay_by(due_on, today, safe)),
        },
    })
}

fn notice_of(candidate: &Candidate) -> Option<Date> {
    let draft = candidate.draft.as_ref()?;
    draft.notice.map(|notice| notice.sent_on)
}

/// The month after one that is done: its invoice is not made yet.
fn awaiting(
    ctx: &Ctx,
    account: &AccountRow,
    mandate: &MandateRow,
    month: BillingMonth,
) -> NextDraft {
    let Some(invoicing) = decide::invoicing(&ctx.plan, &account.plan_line) else {
        return NextDraft::Off;
    };
    let month = month.max(mandate.start);
    let (invoice_on, due) = (issue_date(invoicing, month), due_date(invoicing, month));
    NextDraft::Awaiting {
        month,
        invoice_on,
        expected_on: expected_on(mandate.day, due, invoice_on),
    }
}

/// The day on which a draft is to be expected, before the invoice is there.
fn expected_on(day: DraftDay, due_on: Date, invoice_on: Date) -> Date {
    ::autopay::chosen_day(day, due_on).max(invoice_on)
}
