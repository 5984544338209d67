//! What became of a draft's payment, in the transaction that writes it down.

use ::autopay::{
    AfterReturn, CardDecline, CardRetryRule, CardTries, DraftState, LastWord, MandateState,
    NoDraft, ReturnCode, ReturnedDraft, Step, after_bank_return, after_decline, after_return,
    pay_by, return_code,
};
use ::payments::AttemptState;
use gateways::card::{Decline, DeclineReason, RetryAdvice};
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use store::Tx;
use store::attempts::AttemptRow;
use store::autopay_drafts::DraftRow;
use store::mandates::MandateRow;
use store::payments::PaymentRow;

use super::{choose, decide, tell};
use crate::{Actor, Ctx, UseCaseError, notices};

/// What the keys of drafts begin with.
const KEY: &str = "autopay:";
/// How often a draft may be tried that never reached the processor.
const MOST_TRIES: u32 = 10;

/// True if a payment is a try of a draft.
pub(crate) fn is_draft(payment: &PaymentRow) -> bool {
    payment.idempotency_key.starts_with(KEY)
}

/// A step of a draft's payment.
pub(crate) struct PaymentStep<'a> {
    pub payment: &'a PaymentRow,
    /// The attempt as it stands now.
    pub attempt: &'a AttemptRow,
    /// Where it stood before.
    pub before: AttemptState,
    /// The refusal as the processor gave it, if it is one.
    pub decline: Option<&'a Decline>,
}

/// Moves the draft to where its payment stands. What failed is tried again or given up, as the
/// rules say, and the member is told.
pub(crate) async fn after_step(
    tx: &mut Tx,
    ctx: &Ctx,
    step: &PaymentStep<'_>,
) -> Result<(), UseCaseError> {
    let payment = step.payment;
    let draft = store::autopay_drafts::of_payment(tx, payment.account, payment.id).await?;
    let Some(draft) = draft else {
        return Ok(());
    };
    let after = step.attempt.state;
    match (step.before.counts_as_received(), after.counts_as_received()) {
        (false, true) => received(tx, ctx, step, draft).await,
        (true, false) if after == AttemptState::Returned => failed(tx, ctx, step, draft).await,
        (false, false) if !after.is_live() => failed(tx, ctx, step, draft).await,
        _ => Ok(()),
    }
}

async fn received(
    tx: &mut Tx,
    ctx: &Ctx,
    step: &PaymentStep<'_>,
    draft: DraftRow,
) -> Result<(), UseCaseError> {
    let (account, mandate) = (draft.account, draft.mandate);
    let moved_on = draft.debit_on.unwrap_or_else(|| ctx.today());
    let paid = DraftRow {
        state: DraftState::Paid,
        reason: String::new(),
        first_debit_on: draft.first_debit_on.or(Some(moved_on)),
        ..draft
    };
    store::autopay_drafts::save(tx, &[paid], ctx.now()).await?;
    store::mandates::transferred(tx, account, mandate, step.payment.cents).await?;
    Ok(())
}

/// What follows from a failure, with the return code if the bank gave one.
struct Consequence {
    step: Step,
    code: Option<ReturnCode>,
}

async fn failed(
    tx: &mut Tx,
    ctx: &Ctx,
    step: &PaymentStep<'_>,
    draft: DraftRow,
) -> Result<(), UseCaseError> {
    let found = store::mandates::by_id(tx, draft.account, draft.mandate).await?;
    let mandate = found.ok_or_else(|| UseCaseError::broken("a draft without a mandate"))?;
    let consequence = consequence(tx, ctx, step, &draft).await?;
    let in_force = mandate.state == MandateState::Active;
    let again_on = consequence.step.again_on.filter(|_| in_force);
    let reason = match step.attempt.reason.as_str() {
        "" => "try-later",
        reason => reason,
    };
    let today = ctx.today();
    let row = DraftRow {
        state: if again_on.is_some() {
            DraftState::Retry
        } else {
            DraftState::Failed
        },
        reason: reason.to_owned(),
        next_try_on: again_on,
        returns: draft.returns + u32::from(consequence.code.is_some()),
        ..draft
    };
    store::autopay_drafts::save(tx, std::slice::from_ref(&row), ctx.now()).await?;
    let safe = ctx.plan.autopay.safe_days;
    let told = tell::Failed {
        cents: step.payment.cents,
        tender: step.payment.tender,
        last_four: step.payment.last_four.clone(),
        reason: reason.to_owned(),
        next_try_on: again_on,
        pay_by: row
            .due_on
            .map_or(today, |due_on| pay_by(due_on, today, safe)),
    };
    notices::tell(tx, ctx, tell::failed(&mandate, told)).await?;
    let codes = codes_of(step.decline).join(",");
    let next = again_on.map_or_else(String::new, |day| day.to_string());
    let detail = format!("month={} codes={codes} next={next}", row.month);
    let actor = Actor::Job("autopay");
    choose::note(tx, ctx, &actor, "autopay-draft-failed", &mandate, &detail).await?;
    if consequence.step.disables_method {
        disable(tx, ctx, step, &mandate, &row, reason).await?;
    }
    if consequence.step.ends_mandate && in_force {
        end(tx, ctx, &mandate, consequence.code, today).await?;
    }
    Ok(())
}

/// What the processor says is over. Its codes are more than the networks' and come even where it
/// does not pass theirs on.
fn last_word(decline: &Decline) -> Option<LastWord> {
    match decline.reason {
        DeclineReason::Revoked => Some(LastWord::Permission),
        DeclineReason::LostOrStolen
        | DeclineReason::Suspected
        | DeclineReason::AccountClosed
        | DeclineReason::NoAccount
        | DeclineReason::AccountFrozen => Some(LastWord::Card),
        DeclineReason::Refused if decline.retry == RetryAdvice::Never => Some(LastWord::Card),
        _ => None,
    }
}

fn codes_of(decline: Option<&Decline>) -> Vec<&str> {
    let Some(decline) = decline else {
        return Vec::new();
    };
    let network = decline.network_code.as_deref();
    std::iter::once(decline.code.as_str())
        .chain(network)
        .collect()
}

async fn consequence(
    tx: &mut Tx,
    ctx: &Ctx,
    step: &PaymentStep<'_>,
    draft: &DraftRow,
) -> Result<Consequence, UseCaseError> {
    let today = ctx.today();
    let codes = codes_of(step.decline);
    let none = |again_on| Consequence {
        step: Step {
            again_on,
            ..Step::default()
        },
        code: None,
    };
    if step.attempt.state == AttemptState::NotSent {
        // Nothing was asked of anybody: the next day is as good.
        let tomorrow = today.checked_add(1.day()).ok();
        return Ok(none(tomorrow.filter(|_| draft.tries < MOST_TRIES)));
    }
    if !step.payment.tender.is_card() {
        let Some(code) = return_code(&codes) else {
            return Ok(none(None));
        };
        return Ok(Consequence {
            step: after_bank_return(returned(ctx, draft, code, today)),
            code: Some(code),
        });
    }
    let tries = tries(tx, ctx, step, draft).await?;
    let decline = CardDecline {
        codes: &codes,
        last_word: step.decline.and_then(last_word),
        later_may_help: step
            .decline
            .is_some_and(|decline| decline.retry == RetryAdvice::Later),
        tries,
        first_on: draft.debit_on.unwrap_or(today),
        today,
    };
    let rules = &ctx.plan.autopay;
    let rule = rules.card_rule(step.payment.tender, today).map(rule_of);
    Ok(Consequence {
        step: after_decline(&decline, rule.as_ref(), &rules.card_wait_days),
        code: None,
    })
}

fn returned(ctx: &Ctx, draft: &DraftRow, code: ReturnCode, today: Date) -> AfterReturn {
    let first = draft.first_debit_on.or(draft.debit_on).unwrap_or(today);
    let facts = ReturnedDraft {
        code,
        first_settled_on: first,
        returned_on: today,
        reinitiations: u8::try_from(draft.returns).unwrap_or(u8::MAX),
        wait_business_days: ctx.plan.autopay.bank_wait_days,
    };
    after_return(&facts, &decide::calendar(today))
}

fn rule_of(rule: &plan::CardRule) -> CardRetryRule {
    CardRetryRule {
        final_codes: rule.final_codes.iter().cloned().collect(),
        revoking_codes: rule.revoking_codes.iter().cloned().collect(),
        most_in_a_day: rule.most_in_a_day,
        most_in_30_days: rule.most_in_30_days,
    }
}

/// How often the card was charged this amount, by whomever; at least as often as the draft was
/// tried, should the processor not tell one card from another.
async fn tries(
    tx: &mut Tx,
    ctx: &Ctx,
    step: &PaymentStep<'_>,
    draft: &DraftRow,
) -> Result<CardTries, UseCaseError> {
    let (now, cents) = (ctx.now(), step.payment.cents);
    let since = |hours| now - SignedDuration::from_hours(hours);
    let card = step.attempt.fingerprint.as_str();
    let in_a_day = store::attempts::tries_since(tx, card, cents, since(24)).await?;
    let in_30_days = store::attempts::tries_since(tx, card, cents, since(30 * 24)).await?;
    Ok(CardTries {
        in_a_day: in_a_day.max(1),
        in_30_days: in_30_days.max(draft.tries),
    })
}

async fn disable(
    tx: &mut Tx,
    ctx: &Ctx,
    step: &PaymentStep<'_>,
    mandate: &MandateRow,
    draft: &DraftRow,
    reason: &str,
) -> Result<(), UseCaseError> {
    if store::methods::disable(tx, mandate.person, draft.method, reason).await? {
        let payment = step.payment;
        let notice = tell::method_disabled(mandate, payment.tender, &payment.last_four, reason);
        notices::tell(tx, ctx, notice).await?;
        let detail = format!("method={} reason={reason}", draft.method);
        let actor = Actor::Job("autopay");
        choose::note(tx, ctx, &actor, "method-disabled", mandate, &detail).await?;
    }
    Ok(())
}

async fn end(
    tx: &mut Tx,
    ctx: &Ctx,
    mandate: &MandateRow,
    code: Option<ReturnCode>,
    today: Date,
) -> Result<(), UseCaseError> {
    let (state, reason) = match code {
        Some(code) => (
            MandateState::EndedByReturn { code },
            NoDraft::EndedByReturn { code },
        ),
        None => (
            MandateState::EndedByCard { on: today },
            NoDraft::EndedByCard { on: today },
        ),
    };
    let account = mandate.account;
    if !store::mandates::end(tx, account, mandate.id, state, ctx.now()).await? {
        return Ok(());
    }
    let waiting: Vec<_> = store::autopay_drafts::of_account(tx, account, 12)
        .await?
        .into_iter()
        .filter(|draft| decide::waits(draft.state))
        .map(|draft| (account, draft.month))
        .collect();
    store::autopay_drafts::cancel(tx, &waiting, state.code(), ctx.now()).await?;
    notices::tell(
        tx,
        ctx,
        tell::ended(mandate.person, account, reason, None, None),
    )
    .await?;
    let detail = code.map_or_else(String::new, |code| format!("code={code}"));
    let actor = Actor::Job("autopay");
    choose::note(tx, ctx, &actor, "autopay-ended", mandate, &detail).await
}
