//! Mandates that end with the coverage they pay for.

use ::autopay::{MandateState, NoDraft};
use jiff::civil::Date;
use store::Tx;
use store::mandates::Uncovered;

use super::{choose, decide, tell};
use crate::{Actor, Ctx, UseCaseError, notices};

/// How many mandates are ended in one commit.
const ROUND: i64 = 500;

/// Ends the mandates of accounts whose coverage was over before `day`, calls off what they would
/// still draft, and tells the members the same day. Runs each night and after every roster file.
/// How many ended.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn end_with_coverage(ctx: &Ctx, day: Date) -> Result<u64, UseCaseError> {
    let mut ended = 0;
    loop {
        let owned = ctx.clone();
        let round = ctx
            .store
            .write(move |tx| {
                let ctx = owned.clone();
                Box::pin(async move { end_round(tx, &ctx, day).await })
            })
            .await?;
        ended += round;
        if round == 0 {
            return Ok(ended);
        }
    }
}

async fn end_round(tx: &mut Tx, ctx: &Ctx, day: Date) -> Result<u64, UseCaseError> {
    let found = store::mandates::uncovered(tx, day, ROUND).await?;
    let mut ended = 0;
    let mut told = Vec::new();
    for uncovered in &found {
        if end_one(tx, ctx, uncovered).await? {
            ended += 1;
            let reason = NoDraft::EndedWithCoverage {
                last_day: uncovered.last_day,
            };
            told.push(tell::ended(
                uncovered.person,
                uncovered.account,
                reason,
                Some(uncovered.last_day),
                uncovered.elsewhere.map(|account| {
                    format!("{}/account/{account}/autopay", ctx.settings.public_url)
                }),
            ));
        }
    }
    notices::tell_all(tx, ctx, told).await?;
    Ok(ended)
}

async fn end_one(tx: &mut Tx, ctx: &Ctx, uncovered: &Uncovered) -> Result<bool, UseCaseError> {
    let account = uncovered.account;
    store::accounts::lock(tx, account).await?;
    let Some(mandate) = store::mandates::by_id(tx, account, uncovered.mandate).await? else {
        return Ok(false);
    };
    let state = MandateState::EndedWithCoverage {
        last_day: uncovered.last_day,
    };
    if !store::mandates::end(tx, account, mandate.id, state, ctx.now()).await? {
        return Ok(false);
    }
    let waiting: Vec<_> = store::autopay_drafts::of_account(tx, account, 12)
        .await?
        .into_iter()
        .filter(|draft| decide::waits(draft.state))
        .map(|draft| (account, draft.month))
        .collect();
    store::autopay_drafts::cancel(tx, &waiting, state.code(), ctx.now()).await?;
    let detail = format!("last_day={}", uncovered.last_day);
    choose::note(
        tx,
        ctx,
        &Actor::Job("autopay"),
        "autopay-ended",
        &mandate,
        &detail,
    )
    .await?;
    Ok(true)
}
