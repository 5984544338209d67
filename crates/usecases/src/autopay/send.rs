//! Sending drafts: those that are due become payments, after the day was held beside its forecast.
//!
//! In one commit for thousands of drafts the payment, its attempt, the state of the draft and the
//! audit event are written; the accounts are locked, and everything the draft depends on is looked
//! at once more. Nothing is sent to the processor here: [`crate::payments::dispatch_due`] claims
//! what is prepared. So a run that is killed anywhere is simply run again.

use ::autopay::{Draft, DraftState, NoDraft, may_try_again, pay_by, second_try};
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents, PersonId};
use std::collections::{HashMap, HashSet};
use store::Tx;
use store::autopay_drafts::DraftRow;
use store::autopay_facts::{Candidate, Contact, Which};

use super::stop::STOPPED_LATE;
use super::{decide, forecast, tell};
use crate::notices::{self, Notice};
use crate::payments::{self, PlannedPayment};
use crate::progress::Progress;
use crate::{Actor, Ctx, UseCaseError};

/// How many drafts become payments in one commit.
const ROUND: i64 = 4_000;
/// How often in a row nothing could be claimed before the rest is left to the next run: the
/// accounts are in the hands of somebody else.
const PATIENCE: u32 = 50;

/// What sending a day came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendReport {
    /// The day.
    pub day: Date,
    /// How many drafts became payments.
    pub sent: u64,
    /// How much that was.
    pub cents: Cents,
    /// How many were not sent after all, each with its reason kept.
    pub not_sent: u64,
    /// Why the day was stopped before the first draft; `None` if it was not.
    pub stopped: Option<String>,
    /// How many attempts were sent to the processor by this call.
    pub dispatched: u64,
}

/// Turns the drafts that are due by `day` into payments and sends them to the processor.
///
/// # Errors
/// As [`prepare_drafts`].
pub async fn send_drafts(
    ctx: &Ctx,
    actor: &Actor,
    day: Date,
    progress: &dyn Progress,
) -> Result<SendReport, UseCaseError> {
    let mut report = prepare_drafts(ctx, actor, day, progress).await?;
    progress.note("sending to the processor");
    loop {
        let dispatched = payments::dispatch_due(ctx).await?;
        report.dispatched += dispatched;
        if dispatched == 0 {
            return Ok(report);
        }
    }
}

/// Turns the drafts that are due by `day` into payments, ready to be sent. The day is held beside
/// its forecast first; outside the band nothing is made, and a person must [`super::release`] it.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for anybody but the operator and jobs.
pub async fn prepare_drafts(
    ctx: &Ctx,
    actor: &Actor,
    day: Date,
    progress: &dyn Progress,
) -> Result<SendReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let mut report = SendReport {
        day,
        sent: 0,
        cents: Cents::ZERO,
        not_sent: 0,
        stopped: None,
        dispatched: 0,
    };
    progress.note("holding the day beside its forecast");
    let checked = forecast::check(ctx, actor, day).await?;
    if !checked.stopped.is_empty() && checked.released_at.is_none() {
        report.stopped = Some(checked.stopped);
        return Ok(report);
    }
    progress.total(checked.drafts.unsigned_abs());
    progress.note("preparing drafts");
    for which in [Which::First, Which::Again] {
        prepare_all(ctx, day, which, &mut report, progress).await?;
    }
    forecast::finish(ctx, day).await?;
    Ok(report)
}

async fn prepare_all(
    ctx: &Ctx,
    day: Date,
    which: Which,
    report: &mut SendReport,
    progress: &dyn Progress,
) -> Result<(), UseCaseError> {
    let workers = if ctx.store.is_postgres() { 2 } else { 1 };
    let each = futures_util::future::try_join_all(
        (0..workers).map(|_| prepare_rounds(ctx, day, which, progress)),
    )
    .await?;
    for round in each {
        report.sent += round.sent;
        report.cents += round.cents;
        report.not_sent += round.not_sent;
    }
    Ok(())
}

async fn prepare_rounds(
    ctx: &Ctx,
    day: Date,
    which: Which,
    progress: &dyn Progress,
) -> Result<Round, UseCaseError> {
    let (mut total, mut empty) = (Round::default(), 0);
    loop {
        // Set aside beforehand: a number series is one row, which a long transaction must not hold.
        let mut tx = ctx.store.read().await?;
        let most = store::autopay_facts::count_due(&mut tx, which, day, ROUND).await?;
        drop(tx);
        if most == 0 {
            return Ok(total);
        }
        let first = ctx.store.next_numbers("confirmation", most).await?;
        let owned = ctx.clone();
        let round = ctx
            .store
            .write(move |tx| {
                let ctx = owned.clone();
                Box::pin(async move { prepare_round(tx, &ctx, day, which, most, first).await })
            })
            .await?;
        progress.done(round.sent + round.not_sent);
        if round.claimed == 0 {
            empty += 1;
            if empty >= PATIENCE {
                tracing::warn!(
                    waiting = most,
                    "drafts are in use elsewhere; the next run takes them up"
                );
                return Ok(total);
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        } else {
            empty = 0;
        }
        total.add(&round);
    }
}

/// What one commit came to.
#[derive(Debug, Default, Clone, Copy)]
struct Round {
    claimed: u64,
    sent: u64,
    cents: Cents,
    not_sent: u64,
}

impl Round {
    fn add(&mut self, other: &Round) {
        self.claimed += other.claimed;
        self.sent += other.sent;
        self.cents += other.cents;
        self.not_sent += other.not_sent;
    }
}

async fn prepare_round(
    tx: &mut Tx,
    ctx: &Ctx,
    day: Date,
    which: Which,
    most: i64,
    first_number: i64,
) -> Result<Round, UseCaseError> {
    let due = store::autopay_facts::due(tx, which, day, most).await?;
    let candidates = store::autopay_facts::of_drafts(tx, &due).await?;
    let mut batch = Batch::new(ctx, day, which);
    for candidate in &candidates {
        batch.decide(candidate);
    }
    let found: HashSet<(AccountId, BillingMonth)> = candidates
        .iter()
        .map(|candidate| (candidate.mandate.account, candidate.month))
        .collect();
    let orphans: Vec<_> = due
        .iter()
        .copied()
        .filter(|key| !found.contains(key))
        .collect();
    // A mandate that is not in force any more drafts nothing.
    store::autopay_drafts::cancel(tx, &orphans, "stopped", ctx.now()).await?;
    let round = Round {
        claimed: due.len() as u64,
        sent: batch.pays.len() as u64,
        cents: batch.pays.iter().map(|pay| pay.cents).sum(),
        not_sent: (due.len() - batch.pays.len()) as u64,
    };
    batch.write(tx, first_number).await?;
    Ok(round)
}

/// A draft that becomes a payment.
struct Pay<'c> {
    candidate: &'c Candidate,
    row: DraftRow,
    cents: Cents,
}

/// What one commit writes.
struct Batch<'c> {
    ctx: &'c Ctx,
    day: Date,
    which: Which,
    calendar: ::autopay::Calendar,
    pays: Vec<Pay<'c>>,
    rows: Vec<DraftRow>,
    told: Vec<Notice>,
}

impl<'c> Batch<'c> {
    fn new(ctx: &'c Ctx, day: Date, which: Which) -> Self {
        Batch {
            ctx,
            day,
            which,
            calendar: decide::calendar(day),
            pays: Vec::new(),
            rows: Vec::new(),
            told: Vec::new(),
        }
    }

    fn decide(&mut self, candidate: &'c Candidate) {
        let Some(row) = candidate.draft.clone() else {
            return;
        };
        match self.which {
            Which::First => self.decide_first(candidate, row),
            Which::Again => self.decide_again(candidate, row),
        }
    }

    fn decide_first(&mut self, candidate: &'c Candidate, row: DraftRow) {
        match decide::expected(&self.ctx.plan, candidate, self.day, &self.calendar) {
            Draft::Scheduled(scheduled) if scheduled.on <= self.day => {
                let row = DraftRow {
                    debit_on: Some(scheduled.debit_on),
                    ..row
                };
                self.pay(candidate, row, scheduled.cents);
            }
            Draft::Scheduled(scheduled) => self.rows.push(DraftRow {
                draft_on: Some(scheduled.on),
                debit_on: Some(scheduled.debit_on),
                cents: scheduled.cents,
                ..row
            }),
            Draft::NotScheduled(NoDraft::NothingDue) => {
                self.call_off(row, NoDraft::NothingDue.code());
            }
            Draft::NotScheduled(reason) => self.hold_back(candidate, row, reason),
        }
    }

    /// A second try takes no more than failed, and nothing if the member paid meanwhile.
    fn decide_again(&mut self, candidate: &'c Candidate, row: DraftRow) {
        let Some(cents) = second_try(row.cents, decide::open(candidate)) else {
            return self.call_off(row, NoDraft::NothingDue.code());
        };
        let mandate = decide::mandate(candidate);
        match may_try_again(&mandate, candidate.month, cents, self.day) {
            Ok(()) => self.pay(candidate, row, cents),
            Err(reason) => self.hold_back(candidate, row, reason),
        }
    }

    fn pay(&mut self, candidate: &'c Candidate, row: DraftRow, cents: Cents) {
        let row = DraftRow {
            state: DraftState::Sent,
            method: candidate.mandate.method,
            cents,
            tries: row.tries + 1,
            next_try_on: None,
            reason: String::new(),
            ..row
        };
        self.pays.push(Pay {
            candidate,
            row,
            cents,
        });
    }

    fn call_off(&mut self, row: DraftRow, reason: &str) {
        self.rows.push(DraftRow {
            state: DraftState::Cancelled,
            reason: reason.to_owned(),
            next_try_on: None,
            ..row
        });
    }

    /// Something changed since it was planned: it is not sent, and the member is told why.
    fn hold_back(&mut self, candidate: &Candidate, mut row: DraftRow, reason: NoDraft) {
        let again = self.which == Which::Again;
        row.state = if again {
            DraftState::Failed
        } else {
            DraftState::None
        };
        reason.code().clone_into(&mut row.reason);
        row.next_try_on = None;
        // Who was promised a second try is told that there is none.
        if (again || reason.surprises()) && row.told_reason != row.reason {
            let safe = self.ctx.plan.autopay.safe_days;
            let by = row.due_on.map(|due_on| pay_by(due_on, self.day, safe));
            self.told.push(tell::not_drafting(
                &candidate.mandate,
                row.month,
                &row.reason,
                row.due_on,
                by,
            ));
            row.told_reason.clone_from(&row.reason);
        }
        self.rows.push(row);
    }

    async fn write(mut self, tx: &mut Tx, first_number: i64) -> Result<(), UseCaseError> {
        let contacts = self.contacts(tx).await?;
        let mut planned = Vec::with_capacity(self.pays.len());
        for (at, pay) in self.pays.iter().enumerate() {
            let number = first_number + i64::try_from(at).unwrap_or(i64::MAX);
            planned.push(self.planned(pay, &contacts, number)?);
        }
        let made = payments::prepare_planned(tx, self.ctx, &planned).await?;
        for (pay, payment) in self.pays.iter_mut().zip(made) {
            pay.row.payment = Some(payment);
        }
        self.rows.extend(self.pays.into_iter().map(|pay| pay.row));
        store::autopay_drafts::save(tx, &self.rows, self.ctx.now()).await?;
        notices::tell_all(tx, self.ctx, self.told).await
    }

    async fn contacts(&self, tx: &mut Tx) -> Result<HashMap<PersonId, Contact>, UseCaseError> {
        let mut people: Vec<PersonId> = self
            .pays
            .iter()
            .map(|pay| pay.candidate.mandate.person)
            .collect();
        people.sort_unstable();
        people.dedup();
        let found = store::autopay_facts::contacts(tx, &people).await?;
        Ok(found.into_iter().map(|c| (c.person, c)).collect())
    }

    fn planned(
        &self,
        pay: &Pay<'_>,
        contacts: &HashMap<PersonId, Contact>,
        number: i64,
    ) -> Result<PlannedPayment, UseCaseError> {
        let mandate = &pay.candidate.mandate;
        let method = pay.candidate.method.as_ref();
        let method = method.ok_or_else(|| UseCaseError::broken("a draft from no method"))?;
        let contact = contacts.get(&mandate.person);
        let given = given_from(self.ctx, mandate)?;
        let holder = Some(method.holder.clone()).filter(|holder| !holder.is_empty());
        let name = holder.or_else(|| contact.map(|contact| contact.name.clone()));
        Ok(PlannedPayment {
            account: mandate.account,
            idempotency_key: key_of(pay.row.month, pay.row.tries),
            number,
            cents: pay.cents,
            tender: method.tender,
            instrument: method.reference.clone(),
            payer_reference: method.payer_reference.clone(),
            network_reference: method.network_reference.clone(),
            fingerprint: method.fingerprint.clone(),
            last_four: method.last_four.clone(),
            bank_name: method.bank_name.clone(),
            payer: mandate.person,
            payer_name: name.unwrap_or_default(),
            payer_email: contact.map(|c| c.email.clone()).unwrap_or_default(),
            language: contact.map_or(mandate.language, |contact| contact.language),
            authorisation: mandate.consent_version.clone(),
            address: given.address,
            user_agent: given.user_agent,
            agreed_at: mandate.given_at,
            again: pay.row.returns > 0,
        })
    }
}

fn given_from(
    ctx: &Ctx,
    mandate: &store::mandates::MandateRow,
) -> Result<super::choose::GivenFrom, UseCaseError> {
    let context = super::choose::evidence_context(mandate.id);
    let plain = ctx
        .vault
        .open(&context, &mandate.evidence)
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    serde_json::from_slice(&plain).map_err(|error| UseCaseError::Broken(Box::new(error)))
}

/// The key that makes a try happen once, for ever: the second lock besides the key of the draft.
pub(super) fn key_of(month: BillingMonth, tries: u32) -> String {
    if tries <= 1 {
        format!("autopay:{month}")
    } else {
        format!("autopay:{month}:{tries}")
    }
}

/// True if a draft goes out although its mandate was stopped.
pub(super) fn still_goes_out(candidate: &Candidate) -> bool {
    let draft = candidate.draft.as_ref();
    draft.is_some_and(|d| d.reason == STOPPED_LATE && d.state == DraftState::Scheduled)
}
