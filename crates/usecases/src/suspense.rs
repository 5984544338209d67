//! Money in suspense: whose it may be, and what people decide about it.
//!
//! A check that does not say certainly for whom it is waits here from its day of deposit on, in a
//! queue with an owner and an age. Nothing is guessed: a person applies it, divides it, sends it
//! back to its payer with a second person's word, or waits with it. Whatever is decided counts from
//! the day of deposit, so nobody is late because the money lay here.

pub(crate) mod candidates;
mod decide;
mod queue;
mod returns;
mod view;

use identity::Role;
use store::Tx;
use store::suspense::SuspenseRow;

pub(crate) use decide::decided;
pub use decide::{Part as ApplyPart, add_candidate, apply, close_empty, hold, own, put_back};
pub(crate) use queue::by_age;
pub use queue::{Age, Line, Owner, Queue, QueueAsked, next, queue};
pub use returns::{Payee, ReturnReason, ask_return, refuse_return, release_return};
pub use store::suspense::{ItemKey, Part};
pub use view::{AskedReturn, CandidateView, CouponSeen, Step, Waiting, look};

use crate::audit::{self, Event};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// Who sees the queue.
pub(crate) const SEES: [Role; 3] = [Role::Billing, Role::Supervisor, Role::Auditor];
/// Who decides.
pub(crate) const DECIDES: [Role; 2] = [Role::Billing, Role::Supervisor];
/// The queue in which money waits for a person.
pub(crate) const QUEUE: &str = "billing";

/// The codes of all that can be unusual about a check in an envelope.
#[must_use]
pub fn exception_codes() -> Vec<&'static str> {
    let all = ::lockbox::Exception::ALL.into_iter();
    all.map(::lockbox::Exception::code).collect()
}

/// The codes of all that can speak for an account.
#[must_use]
pub fn evidence_codes() -> Vec<&'static str> {
    let all = ::lockbox::Evidence::ALL.into_iter();
    all.map(::lockbox::Evidence::code)
        .chain(["staff"])
        .collect()
}

/// Locks a check and reads it, if it is still as the person who decides saw it.
async fn waiting(tx: &mut Tx, key: ItemKey, version: i64) -> Result<SuspenseRow, UseCaseError> {
    if !store::suspense::lock(tx, key).await? {
        return Err(UseCaseError::NotFound);
    }
    let row = store::suspense::by_key(tx, key).await?;
    let row = row.ok_or(UseCaseError::NotFound)?;
    if row.closed_at.is_some() {
        return Err(Refusal::new("suspense-decided").into());
    }
    if row.version != version {
        return Err(Refusal::new("suspense-changed").into());
    }
    Ok(row)
}

/// As [`waiting`], for what nobody has asked to send back.
async fn open(tx: &mut Tx, key: ItemKey, version: i64) -> Result<SuspenseRow, UseCaseError> {
    let row = waiting(tx, key, version).await?;
    if row.state == "open" {
        Ok(row)
    } else {
        Err(Refusal::new("suspense-return-asked").into())
    }
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    (action, key): (&'static str, ItemKey),
    detail: &str,
) -> Result<(), UseCaseError> {
    let event = Event {
        action,
        account: None,
        subject: &key.to_string(),
        detail,
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}
