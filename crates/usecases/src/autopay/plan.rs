//! Planning drafts: for every mandate the draft of the month or the reason why there is none.

use ::autopay::{AmountNotice, Calendar, Draft, DraftState, NoDraft, Scheduled, pay_by};
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Cents;
use plan::{AutopayRules, due_date};
use store::accounts::AccountRow;
use store::autopay_drafts::DraftRow;
use store::autopay_facts::Candidate;
use store::{BoxFuture, Tx};

use super::run::{Counts, Run};
use super::{RunOptions, decide, ended, tell};
use crate::audit::{self, Event};
use crate::notices::{self, Notice};
use crate::progress::Progress;
use crate::{Actor, Ctx, UseCaseError};

/// The reason kept on a draft that is late because the member had to be told first.
pub(super) const HELD: &str = "held-for-notice";
/// How many days before the due date a missing invoice is told of: until then it may still be made.
const NO_INVOICE_DAYS: i64 = 5;

/// What planning a night came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanReport {
    /// The day it was planned for.
    pub day: Date,
    /// How many mandates in force were looked at.
    pub mandates: u64,
    /// How many drafts were made or changed.
    pub written: u64,
    /// How many notices were sent.
    pub told: u64,
    /// How many mandates ended with their coverage.
    pub ended: u64,
}

/// Plans the drafts of the month for every mandate in force, as of `day`, and writes what changed.
/// Members are told of amounts that differ, of drafts that will not be made, and of mandates that
/// ended with their coverage. Safe to run again, by several processes at once, and after being
/// killed.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for anybody but the operator and jobs.
pub async fn plan_drafts(
    ctx: &Ctx,
    actor: &Actor,
    day: Date,
    options: RunOptions,
    progress: &dyn Progress,
) -> Result<PlanReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    progress.note("ending mandates without coverage");
    let ended = ended::end_with_coverage(ctx, day).await?;
    progress.note("planning drafts");
    let run = Run {
        ctx: ctx.clone(),
        purpose: "plan",
        day,
        options,
        chunk: plan_chunk,
    };
    let counts = super::run::all(run, progress).await?;
    finish(ctx, actor, day, counts).await?;
    Ok(PlanReport {
        day,
        mandates: counts.mandates,
        written: counts.written,
        told: counts.found,
        ended,
    })
}

/// Keeps what the next days are expected to bring.
async fn finish(ctx: &Ctx, actor: &Actor, day: Date, counts: Counts) -> Result<(), UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let forecast = store::autopay_facts::forecast(tx).await?;
                store::autopay_facts::keep_forecast(tx, day, &forecast).await?;
                let month_ago = day.checked_sub(1.months()).unwrap_or(day);
                store::autopay_runs::forget(tx, month_ago).await?;
                let detail = format!("mandates={} written={}", counts.mandates, counts.written);
                let event = Event {
                    action: "autopay-planned",
                    account: None,
                    subject: &day.to_string(),
                    detail: &detail,
                };
                audit::record(tx, &ctx, &actor, event).await?;
                Ok::<(), UseCaseError>(())
            })
        })
        .await
}

fn plan_chunk<'t>(
    tx: &'t mut Tx,
    ctx: &'t Ctx,
    day: Date,
    (after, last): (i64, i64),
) -> BoxFuture<'t, Result<Counts, UseCaseError>> {
    Box::pin(async move {
        let calendar = decide::calendar(day);
        let mut counts = Counts::default();
        for month in decide::months_of(&ctx.plan, day) {
            let candidates = store::autopay_facts::of_range(tx, month, after, last).await?;
            let mut planned = Written::default();
            for candidate in &candidates {
                if decide::month_of(&ctx.plan, &candidate.plan_line, day) == Some(month) {
                    counts.mandates += 1;
                    planned.add(ctx, candidate, day, &calendar);
                }
            }
            counts.written += planned.rows.len() as u64;
            counts.found += planned.told.len() as u64;
            planned.write(tx, ctx).await?;
        }
        Ok(counts)
    })
}

/// Plans the draft of one account at once, after its member chose something. The account must be
/// locked.
pub(super) async fn plan_account(
    tx: &mut Tx,
    ctx: &Ctx,
    account: &AccountRow,
    day: Date,
) -> Result<(), UseCaseError> {
    let Some(month) = decide::month_of(&ctx.plan, &account.plan_line, day) else {
        return Ok(());
    };
    let found = store::autopay_facts::of_account(tx, account.number, month).await?;
    let Some(candidate) = found else {
        return Ok(());
    };
    let mut planned = Written::default();
    planned.add(ctx, &candidate, day, &decide::calendar(day));
    planned.write(tx, ctx).await
}

/// What a chunk writes.
#[derive(Default)]
struct Written {
    rows: Vec<(DraftRow, jiff::Timestamp)>,
    told: Vec<Notice>,
}

impl Written {
    fn add(&mut self, ctx: &Ctx, candidate: &Candidate, day: Date, calendar: &Calendar) {
        let before = candidate.draft.as_ref();
        if before.is_some_and(|draft| draft.state.was_drafted()) {
            return;
        }
        let planner = Planner {
            ctx,
            candidate,
            day,
            calendar,
        };
        let row = planner.plan(&mut self.told);
        if before != Some(&row) {
            self.rows.push((row, candidate.mandate.updated_at));
        }
    }

    async fn write(self, tx: &mut Tx, ctx: &Ctx) -> Result<(), UseCaseError> {
        store::autopay_drafts::plan(tx, &self.rows, ctx.now()).await?;
        notices::tell_all(tx, ctx, self.told).await
    }
}

/// Plans one draft.
struct Planner<'a> {
    ctx: &'a Ctx,
    candidate: &'a Candidate,
    day: Date,
    calendar: &'a Calendar,
}

impl Planner<'_> {
    fn rules(&self) -> &AutopayRules {
        &self.ctx.plan.autopay
    }

    /// The row as it should be, and into `told` what the member must be told now.
    fn plan(&self, told: &mut Vec<Notice>) -> DraftRow {
        let mut row = self.blank();
        match decide::expected(&self.ctx.plan, self.candidate, self.day, self.calendar) {
            Draft::NotScheduled(NoDraft::HeldForNotice { cents, earliest }) => {
                let named = Scheduled {
                    on: earliest,
                    debit_on: earliest,
                    cents,
                    notice_by: None,
                };
                self.name(&mut row, &named, true, told);
                HELD.clone_into(&mut row.reason);
                self.tell_of_none(&mut row, HELD, told);
                self.again(row)
            }
            Draft::Scheduled(scheduled) if scheduled.notice_by.is_some() => {
                self.name(&mut row, &scheduled, true, told);
                self.again(row)
            }
            Draft::Scheduled(scheduled) if self.wants_reminder(&row, &scheduled) => {
                self.name(&mut row, &scheduled, false, told);
                self.again(row)
            }
            Draft::Scheduled(scheduled) => scheduled_row(row, &scheduled),
            Draft::NotScheduled(reason) => self.none(row, reason, told),
        }
    }

    /// The draft once the notice that `row` holds was sent.
    fn again(&self, row: DraftRow) -> DraftRow {
        let candidate = Candidate {
            draft: Some(row.clone()),
            ..self.candidate.clone()
        };
        match decide::expected(&self.ctx.plan, &candidate, self.day, self.calendar) {
            Draft::Scheduled(scheduled) => scheduled_row(row, &scheduled),
            Draft::NotScheduled(reason) => DraftRow {
                state: DraftState::None,
                reason: reason.code().to_owned(),
                ..row
            },
        }
    }

    /// A row that keeps what the member was told under this mandate and nothing else.
    fn blank(&self) -> DraftRow {
        let candidate = self.candidate;
        let before = candidate.draft.as_ref();
        let kept = before.filter(|draft| draft.mandate == candidate.mandate.id);
        DraftRow {
            account: candidate.mandate.account,
            month: candidate.month,
            mandate: candidate.mandate.id,
            method: candidate.mandate.method,
            state: DraftState::None,
            draft_on: None,
            debit_on: None,
            due_on: candidate.invoice.map(|invoice| invoice.due_on),
            cents: Cents::ZERO,
            reason: kept
                .filter(|draft| draft.reason == HELD)
                .map_or_else(String::new, |draft| draft.reason.clone()),
            told_reason: kept.map_or_else(String::new, |draft| draft.told_reason.clone()),
            notice: kept.and_then(|draft| draft.notice),
            payment: before.and_then(|draft| draft.payment),
            tries: before.map_or(0, |draft| draft.tries),
            returns: before.map_or(0, |draft| draft.returns),
            next_try_on: None,
            first_debit_on: before.and_then(|draft| draft.first_debit_on),
        }
    }

    /// Tells amount and date, and remembers it.
    fn name(
        &self,
        row: &mut DraftRow,
        scheduled: &Scheduled,
        differs: bool,
        told: &mut Vec<Notice>,
    ) {
        let coming = tell::Coming {
            cents: scheduled.cents,
            debit_on: scheduled.debit_on,
            stop_by: scheduled.stop_by(self.calendar),
            differs,
        };
        let method = self.candidate.method.as_ref();
        told.push(tell::coming(&self.candidate.mandate, method, &coming));
        row.notice = Some(AmountNotice {
            sent_on: self.day,
            cents: scheduled.cents,
            debit_on: scheduled.debit_on,
        });
    }

    /// True if the plan reminds of ordinary drafts and this one comes near and was not told of.
    fn wants_reminder(&self, row: &DraftRow, scheduled: &Scheduled) -> bool {
        let days = i64::from(self.rules().reminder_days);
        let from = scheduled.debit_on.checked_sub(days.days());
        days > 0
            && row.notice.is_none()
            && scheduled.debit_on > self.day
            && from.is_ok_and(|from| self.day >= from)
    }

    fn none(&self, mut row: DraftRow, reason: NoDraft, told: &mut Vec<Notice>) -> DraftRow {
        reason.code().clone_into(&mut row.reason);
        if reason.surprises() && self.is_time_to_tell(reason) {
            self.tell_of_none(&mut row, reason.code(), told);
        } else if !reason.surprises() {
            // Should it surprise again later, that is news again.
            row.told_reason.clear();
        }
        row
    }

    /// Tells once for each reason and month that nothing is drafted.
    fn tell_of_none(&self, row: &mut DraftRow, code: &str, told: &mut Vec<Notice>) {
        if row.told_reason == code {
            return;
        }
        let due_on = row.due_on.or_else(|| self.due_on());
        let safe = self.rules().safe_days;
        let by = due_on.map(|due_on| pay_by(due_on, self.day, safe));
        let notice = tell::not_drafting(&self.candidate.mandate, row.month, code, row.due_on, by);
        told.push(notice);
        code.clone_into(&mut row.told_reason);
    }

    /// When the invoice of the month is or would be due.
    fn due_on(&self) -> Option<Date> {
        let invoicing = decide::invoicing(&self.ctx.plan, &self.candidate.plan_line)?;
        Some(due_date(invoicing, self.candidate.month))
    }

    /// An invoice that is a few days late is no news yet.
    fn is_time_to_tell(&self, reason: NoDraft) -> bool {
        if reason != NoDraft::NoInvoice {
            return true;
        }
        let from = self
            .due_on()
            .and_then(|due_on| due_on.checked_sub(NO_INVOICE_DAYS.days()).ok());
        from.is_some_and(|from| self.day >= from)
    }
}

fn scheduled_row(row: DraftRow, scheduled: &Scheduled) -> DraftRow {
    let late = row.reason == HELD;
    DraftRow {
        state: DraftState::Scheduled,
        draft_on: Some(scheduled.on),
        debit_on: Some(scheduled.debit_on),
        cents: scheduled.cents,
        reason: if late { HELD.to_owned() } else { String::new() },
        told_reason: if late { row.told_reason } else { String::new() },
        ..row
    }
}
