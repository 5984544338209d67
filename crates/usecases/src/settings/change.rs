//! Proposing a change of the plan file. The file stays what says who the health plan is: nothing
//! changes while the program runs. A proposal is the whole file with one value changed, checked as
//! `memberpay plan check` checks it, to be reviewed by a second person where the file is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use identity::Role;
use plan::{Difference, Plan, PlanProblem, Value, Written};

use crate::audit::{self, Event};
use crate::staff::need_role;
use crate::{Actor, Ctx, UseCaseError};

/// Who proposes changes.
pub const PROPOSE: [Role; 1] = [Role::Administrator];

/// The tables of the plan file in which one value can be changed on its own. What payers agree to
/// is not among them: its version changes with its words.
const TABLES: [&str; 8] = [
    "lines[",
    "notices[",
    "tenders.",
    "payments.",
    "paperless.",
    "autopay.",
    "lockbox.",
    "security.",
];

/// A plan file with one value changed.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// What stands there now.
    pub was: Value,
    /// The whole file with the change.
    pub written: Written,
    /// The lines that differ.
    pub differences: Vec<Difference>,
    /// The plan that the file says, or everything that is wrong with it.
    pub read: Result<Box<Plan>, Vec<PlanProblem>>,
}

/// True if the value of a key may be changed by itself. Ids may not: rows of the database name
/// them.
fn is_changeable(key: &str) -> bool {
    TABLES.iter().any(|table| key.starts_with(table)) && !key.ends_with(".id")
}

/// The values of the plan file that may be changed, by key.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but administrators.
pub fn changeable(ctx: &Ctx, actor: &Actor) -> Result<BTreeMap<String, Value>, UseCaseError> {
    need_role(actor, &PROPOSE)?;
    let mut values = ctx.plan.written.values();
    values.retain(|key, _| is_changeable(key));
    Ok(values)
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
    let was = changeable(ctx, actor)?.remove(key);
    let was = was.ok_or(UseCaseError::NotFound)?;
    let now = &ctx.plan.written;
    let written = now.with(key, value).ok_or(UseCaseError::NotFound)?;
    let read = Plan::read(&written.file, &written.text);
    Ok(Proposal {
        was,
        differences: now.differences(&written),
        read: read.map(Box::new),
        written,
    })
}

/// The same world with the plan of a proposal, for previews.
#[must_use]
pub fn with_plan(ctx: &Ctx, plan: Plan) -> Ctx {
    Ctx {
        plan: Arc::new(plan),
        ..ctx.clone()
    }
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
