//! The append-only audit trail: everything a person or a job does to money or identity.

use kernel::AccountId;
use store::{StoreError, Tx, audit::AuditEvent};

use crate::{Actor, Ctx};

/// Writes an audit event in the running transaction. `detail` holds ids, codes and amounts; never a
/// name, a number that identifies a person, or anything typed.
pub async fn record(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    event: Event<'_>,
) -> Result<(), StoreError> {
    store::audit::insert(
        tx,
        &AuditEvent {
            id: ctx.id(),
            at: ctx.now(),
            actor_kind: actor.kind(),
            actor: &actor.name(),
            action: event.action,
            account: event.account,
            subject: event.subject,
            detail: event.detail,
        },
    )
    .await
}

/// What happened, to what.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// What was done: `payment-taken`, `signed-in`.
    pub action: &'static str,
    /// The account it was done to, if one.
    pub account: Option<AccountId>,
    /// The id of the thing it was done to.
    pub subject: &'a str,
    /// More, as `name=value` words.
    pub detail: &'a str,
}
