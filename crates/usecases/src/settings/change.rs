//! Proposing a change of the plan file. The file stays what says who the health plan is: nothing
//! changes while the program runs. A proposal is the whole file with one value changed, checked as
//! `memberpay plan check` checks it, to be reviewed by a second person where the file is kept.

use std::collections::BTreeMap;

use identity::Role;
use plan::{Proposal, Value};

use crate::audit::{self, Event};
use crate::staff::need_role;
use crate::{Actor, Ctx, UseCaseError};

/// Who proposes changes.
pub const PROPOSE: [Role; 1] = [Role::Administrator];

/// The values of the plan file that may be changed, by key.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but administrators.
pub fn changeable(ctx: &Ctx, actor: &Actor) -> Result<BTreeMap<String, Value>, UseCaseError> {
    need_role(actor, &PROPOSE)?;
    Ok(ctx.plan.written.changeable())
}

/// The plan file with `value` at `key`.
///
/// # Errors
/// As [`changeable`]; [`UseCaseError::NotFound`] if no such value stands there.
pub fn propose(
    ctx: &Ctx,
    actor: &Actor,
    key: &str,
    value: &Value,
) -> Result<Proposal, UseCaseError> {
    need_role(actor, &PROPOSE)?;
    let proposal = ctx.plan.written.propose(key, value);
    proposal.ok_or(UseCaseError::NotFound)
}

/// The text of the changed file, to be taken away. That it was is written down.
///
/// # Errors
/// As [`propose`]; [`UseCaseError::NotFound`] if the file has problems.
pub async fn file(
    ctx: &Ctx,
    actor: &Actor,
    key: &str,
    value: &Value,
) -> Result<String, UseCaseError> {
    let proposal = propose(ctx, actor, key, value)?;
    if proposal.read.is_err() {
        return Err(UseCaseError::NotFound);
    }
    let (own, actor, key) = (ctx.clone(), actor.clone(), key.to_owned());
    ctx.store
        .write::<(), UseCaseError, _>(move |tx| {
            let (ctx, actor, key) = (own.clone(), actor.clone(), key.clone());
            Box::pin(async move {
                let event = Event {
                    action: "setting-proposed",
                    account: None,
                    subject: &key,
                    detail: "",
                };
                Ok(audit::record(tx, &ctx, &actor, event).await?)
            })
        })
        .await?;
    Ok(proposal.written.text)
}
