//! The watch: works out once more what every mandate should have and holds it beside what there is.

use ::autopay::{Draft, DraftState, NoDraft, StoredDraft, Watch, pay_by};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth};
use std::collections::HashMap;
use store::autopay_facts::Candidate;
use store::autopay_watch::Found;
use store::{BoxFuture, Tx};

use super::run::{Counts, Run};
use super::{RunOptions, decide, tell};
use crate::notices::{self, Notice};
use crate::progress::Progress;
use crate::{Actor, Ctx, UseCaseError, account_number};

/// How many lines of the list are shown.
const MOST_LISTED: i64 = 1_000;
/// The finding for a stored reason that is not the one worked out.
const OTHER_REASON: &str = "other-reason";

/// What a night's watch came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchReport {
    /// The day.
    pub day: Date,
    /// How many mandates in force were looked at.
    pub mandates: u64,
    /// How many are without exactly one draft as it should be.
    pub listed: u64,
    /// How many of these are faults of the machinery.
    pub faults: u64,
}

/// A line of the list, for staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchRow {
    /// The account.
    pub account: AccountId,
    /// The last four digits of its number.
    pub account_last_four: String,
    /// Its plan line.
    pub plan_line: String,
    /// The month.
    pub month: BillingMonth,
    /// A fault, or the stated reason why there is no draft.
    pub finding: String,
    /// True for a fault of the machinery: somebody has to look.
    pub is_fault: bool,
    /// When the invoice is due, if there is one.
    pub due_on: Option<Date>,
    /// Since which night.
    pub since: Date,
    /// When the member was told.
    pub told_at: Option<Timestamp>,
}

/// Lists every mandate in force without exactly one draft as it should be, and why; tells members
/// who were not told yet. Safe to run again.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for anybody but the operator and jobs.
pub async fn watch(
    ctx: &Ctx,
    actor: &Actor,
    day: Date,
    options: RunOptions,
    progress: &dyn Progress,
) -> Result<WatchReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    progress.note("watching mandates");
    let run = Run {
        ctx: ctx.clone(),
        purpose: "watch",
        day,
        options,
        chunk: watch_chunk,
    };
    let counts = super::run::all(run, progress).await?;
    if counts.found > 0 {
        tracing::error!(%day, faults = counts.found, "mandates without the draft they should have");
    }
    Ok(WatchReport {
        day,
        mandates: counts.mandates,
        listed: counts.written,
        faults: counts.found,
    })
}

fn watch_chunk<'t>(
    tx: &'t mut Tx,
    ctx: &'t Ctx,
    day: Date,
    (after, last): (i64, i64),
) -> BoxFuture<'t, Result<Counts, UseCaseError>> {
    Box::pin(async move {
        let mut before: HashMap<(AccountId, BillingMonth), Found> =
            store::autopay_watch::of_range(tx, after, last)
                .await?
                .into_iter()
                .map(|found| ((found.account, found.month), found))
                .collect();
        let calendar = decide::calendar(day);
        let mut counts = Counts::default();
        let (mut findings, mut told) = (Vec::new(), Vec::new());
        for month in decide::months_of(&ctx.plan, day) {
            for candidate in store::autopay_facts::of_range(tx, month, after, last).await? {
                if decide::month_of(&ctx.plan, &candidate.plan_line, day) != Some(month) {
                    continue;
                }
                counts.mandates += 1;
                let expected = decide::expected(&ctx.plan, &candidate, day, &calendar);
                let Some((finding, is_fault)) = judge(&expected, &candidate) else {
                    continue;
                };
                let key = (candidate.mandate.account, month);
                let seen = before.remove(&key).filter(|found| found.finding == finding);
                let looker = Looker {
                    ctx,
                    day,
                    candidate: &candidate,
                };
                let found = looker.found(finding, is_fault, seen.as_ref(), &expected, &mut told);
                counts.written += 1;
                counts.found += u64::from(is_fault);
                findings.push(found);
            }
        }
        store::autopay_watch::put(tx, &findings).await?;
        let settled: Vec<_> = before.into_keys().collect();
        store::autopay_watch::settle(tx, &settled).await?;
        notices::tell_all(tx, ctx, told).await?;
        Ok(counts)
    })
}

/// What is wrong with a mandate, or why it has no draft; `None` if it has the one it should.
fn judge(expected: &Draft, candidate: &Candidate) -> Option<(&'static str, bool)> {
    let stored = candidate.draft.as_ref();
    let there: Vec<StoredDraft> = stored
        .filter(|draft| draft.state == DraftState::Scheduled || draft.state.was_drafted())
        .map(|draft| StoredDraft {
            on: draft.draft_on.unwrap_or(Date::MIN),
            cents: draft.cents,
        })
        .into_iter()
        .collect();
    let stated = |reason: NoDraft| stored.is_some_and(|draft| draft.reason == reason.code());
    match ::autopay::watch(expected, &there) {
        Watch::AsExpected => None,
        Watch::NoneForReason(reason) | Watch::TellMember(reason) if stated(reason) => {
            Some((reason.code(), false))
        }
        Watch::NoneForReason(_) | Watch::TellMember(_) if stored.is_some() => {
            Some((OTHER_REASON, true))
        }
        Watch::NoneForReason(_) | Watch::TellMember(_) | Watch::Missing => Some(("missing", true)),
        Watch::Unexpected(_) => Some(("unexpected", true)),
        Watch::Differs => Some(("differs", true)),
        Watch::Double => Some(("double", true)),
    }
}

struct Looker<'a> {
    ctx: &'a Ctx,
    day: Date,
    candidate: &'a Candidate,
}

impl Looker<'_> {
    /// The line of the list. A member who must be told and was not is told now.
    fn found(
        &self,
        finding: &str,
        is_fault: bool,
        seen: Option<&Found>,
        expected: &Draft,
        told: &mut Vec<Notice>,
    ) -> Found {
        let candidate = self.candidate;
        let due_on = candidate.invoice.map(|invoice| invoice.due_on);
        let mut told_at = seen.and_then(|found| found.told_at);
        if told_at.is_none() && self.was_told(finding) {
            told_at = Some(self.ctx.now());
        }
        let owed_word = match expected {
            // A draft that should be there and is not, or not as it should: the money may not move.
            Draft::Scheduled(_) => is_fault,
            Draft::NotScheduled(reason) => reason.surprises() && *reason != NoDraft::NoInvoice,
        };
        if owed_word && told_at.is_none() {
            let word = if is_fault { "other" } else { finding };
            let safe = self.ctx.plan.autopay.safe_days;
            let by = due_on.map(|due_on| pay_by(due_on, self.day, safe));
            told.push(tell::not_drafting(
                &candidate.mandate,
                candidate.month,
                word,
                due_on,
                by,
            ));
            told_at = Some(self.ctx.now());
        }
        Found {
            account: candidate.mandate.account,
            month: candidate.month,
            mandate: candidate.mandate.id,
            finding: finding.to_owned(),
            is_fault,
            due_on,
            since: seen.map_or(self.day, |found| found.since),
            seen_on: self.day,
            told_at,
        }
    }

    /// True if planning told the member of this already.
    fn was_told(&self, finding: &str) -> bool {
        let draft = self.candidate.draft.as_ref();
        draft.is_some_and(|draft| draft.told_reason == finding)
    }
}

/// Lets staff who may see members look, and the operator.
pub(super) fn may_look(actor: &Actor) -> Result<(), UseCaseError> {
    match actor {
        Actor::Operator | Actor::Job(_) => Ok(()),
        Actor::Staff { role, .. } if role.sees_members() => Ok(()),
        _ => Err(UseCaseError::NotAllowed),
    }
}

/// The list of the last night: faults first, then by month; at most 1,000 lines.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for members, guests and staff who see no members.
pub async fn watch_list(ctx: &Ctx, actor: &Actor) -> Result<Vec<WatchRow>, UseCaseError> {
    may_look(actor)?;
    let mut tx = ctx.store.read().await?;
    let listed = store::autopay_watch::list(&mut tx, MOST_LISTED).await?;
    Ok(listed
        .into_iter()
        .map(|listed| WatchRow {
            account: listed.found.account,
            account_last_four: account_number::last_four(listed.number),
            plan_line: listed.plan_line,
            month: listed.found.month,
            finding: listed.found.finding,
            is_fault: listed.found.is_fault,
            due_on: listed.found.due_on,
            since: listed.found.since,
            told_at: listed.found.told_at,
        })
        .collect())
}
