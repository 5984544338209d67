//! Money in suspense that goes back to its payer: asked for by one person, released by another.

use identity::Role;
use jiff::civil::Date;
use kernel::Cents;
use serde::{Deserialize, Serialize};
use store::Tx;
use store::journal::Batch;
use store::suspense::{ItemKey, ReturnRow, SuspenseRow};

use super::decide::decided;
use super::{DECIDES, note, open, waiting};
use crate::payments::balanced;
use crate::staff::need_role;
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// To whom and where a check goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// To whose order.
    pub name: String,
    /// The lines of the postal address.
    pub address: Vec<String>,
}

/// Why money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnReason {
    /// Nobody could find out whose it is.
    OwnerUnknown,
    /// It was not meant for the plan.
    NotForPlan,
    /// The same was paid already.
    PaidTwice,
    /// The coverage it was meant for is over.
    CoverageOver,
    /// It came with a condition that the plan does not take.
    Condition,
}

impl ReturnReason {
    /// All of them.
    pub const ALL: [ReturnReason; 5] = [
        ReturnReason::OwnerUnknown,
        ReturnReason::NotForPlan,
        ReturnReason::PaidTwice,
        ReturnReason::CoverageOver,
        ReturnReason::Condition,
    ];

    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            ReturnReason::OwnerUnknown => "owner-unknown",
            ReturnReason::NotForPlan => "not-for-plan",
            ReturnReason::PaidTwice => "paid-twice",
            ReturnReason::CoverageOver => "coverage-over",
            ReturnReason::Condition => "condition",
        }
    }

    /// The reason with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

pub(super) fn seal_context(key: ItemKey) -> String {
    format!("suspense-return:{key}")
}

/// Opens to whom and where a check goes.
pub(super) fn payee(ctx: &Ctx, key: ItemKey, sealed: &str) -> Result<Payee, UseCaseError> {
    let opened = ctx.vault.open(&seal_context(key), sealed);
    let opened = opened.map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    serde_json::from_slice(&opened).map_err(|error| UseCaseError::Broken(Box::new(error)))
}

/// Asks for what is open to go back to its payer by check. Nothing moves until a supervisor who is
/// somebody else releases it.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing or a supervisor; refusals `payee-name-missing`,
/// `payee-address-missing`, `suspense-empty`, `suspense-decided`, `suspense-changed`,
/// `suspense-return-asked`.
pub async fn ask_return(
    ctx: &Ctx,
    actor: &Actor,
    (key, version): (ItemKey, i64),
    payee: &Payee,
    reason: ReturnReason,
) -> Result<(), UseCaseError> {
    need_role(actor, &DECIDES)?;
    if payee.name.trim().is_empty() {
        return Err(Refusal::of("payee_name", "payee-name-missing").into());
    }
    if payee.address.len() < 2 {
        return Err(Refusal::of("payee_address", "payee-address-missing").into());
    }
    let plain = serde_json::to_vec(payee).map_err(|e| UseCaseError::Broken(Box::new(e)))?;
    let sealed = ctx.vault.seal(&seal_context(key), &plain);
    decided!(ctx, actor, [sealed], |tx, ctx, actor| {
        let mut row = open(tx, key, version).await?;
        if row.open == Cents::ZERO {
            return Err(Refusal::new("suspense-empty").into());
        }
        let asked = ReturnRow {
            id: ctx.id(),
            cents: row.open,
            reason: reason.code().to_owned(),
            sealed,
            asked_by: actor.name(),
        };
        store::suspense::ask_return(tx, key, &asked, ctx.now()).await?;
        "return-asked".clone_into(&mut row.state);
        row.owner = actor.name();
        store::suspense::save(tx, &row).await?;
        let detail = format!("cents={} reason={}", row.open.get(), reason.code());
        note(tx, ctx, actor, ("suspense-return-asked", key), &detail).await
    })
}

/// Releases a return: the money leaves suspense for the refunds that are owed by check.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless a supervisor; refusals `second-person` if the same person
/// asked for it, `suspense-no-return`, `suspense-decided`, `suspense-changed`.
pub async fn release_return(
    ctx: &Ctx,
    actor: &Actor,
    key: ItemKey,
    version: i64,
) -> Result<(), UseCaseError> {
    need_role(actor, &[Role::Supervisor])?;
    decided!(ctx, actor, |tx, ctx, actor| {
        let (mut row, asked) = asked(tx, key, version).await?;
        if asked.asked_by == actor.name() {
            return Err(Refusal::new("second-person").into());
        }
        let (id, today) = ((key, asked.id), ctx.today());
        store::suspense::decide_return(tx, id, &actor.name(), true, ctx.now()).await?;
        post(tx, ctx, key, asked.cents, today).await?;
        row.open -= asked.cents;
        "returned".clone_into(&mut row.state);
        row.closed_at = Some(ctx.now());
        store::suspense::save(tx, &row).await?;
        let detail = format!("cents={} reason={}", asked.cents.get(), asked.reason);
        note(tx, ctx, actor, ("suspense-returned", key), &detail).await
    })
}

/// Refuses a return: the money waits in the queue again. Who asked may take it back so, too.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing or a supervisor; `suspense-no-return`,
/// `suspense-decided`, `suspense-changed`.
pub async fn refuse_return(
    ctx: &Ctx,
    actor: &Actor,
    key: ItemKey,
    version: i64,
) -> Result<(), UseCaseError> {
    let role = need_role(actor, &DECIDES)?;
    decided!(ctx, actor, |tx, ctx, actor| {
        let (mut row, asked) = asked(tx, key, version).await?;
        if role != Role::Supervisor && asked.asked_by != actor.name() {
            return Err(UseCaseError::NotAllowed);
        }
        let id = (key, asked.id);
        store::suspense::decide_return(tx, id, &actor.name(), false, ctx.now()).await?;
        "open".clone_into(&mut row.state);
        super::QUEUE.clone_into(&mut row.owner);
        store::suspense::save(tx, &row).await?;
        note(tx, ctx, actor, ("suspense-return-refused", key), "").await
    })
}

async fn asked(
    tx: &mut Tx,
    key: ItemKey,
    version: i64,
) -> Result<(SuspenseRow, ReturnRow), UseCaseError> {
    let row = waiting(tx, key, version).await?;
    let asked = store::suspense::asked_return(tx, key).await?;
    let asked = asked.ok_or_else(|| Refusal::new("suspense-no-return"))?;
    Ok((row, asked))
}

async fn post(
    tx: &mut Tx,
    ctx: &Ctx,
    key: ItemKey,
    cents: Cents,
    today: Date,
) -> Result<(), UseCaseError> {
    let mut file = store::lockbox::hold(tx, key.file).await?;
    let mut batch = Batch::new(ctx.now());
    let posting = balanced(postings::suspense_returned(cents, today))?;
    let source = format!("remittance:{key}");
    batch.post(&mut file.head, &posting, &source, ctx.id());
    batch.write(tx).await?;
    Ok(store::lockbox::advance(tx, &file).await?)
}
