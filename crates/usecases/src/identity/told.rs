//! What the owner of a sign-in is told by mail when something about it changes.

use identity::FactorKind;
use serde::Serialize;
use store::Tx;

use super::Owner;
use crate::{Ctx, UseCaseError, mail, outbox};

/// A code to sign in with, or to set a new password with.
pub(super) async fn code(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &Owner,
    code: &str,
    minutes: u8,
) -> Result<(), UseCaseError> {
    let facts = mail::CodeFacts {
        code: code.to_owned(),
        minutes,
    };
    tell(tx, ctx, owner, mail::Kind::OneTimeCode, &facts).await
}

/// A second factor was set up.
pub(super) async fn factor_added(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &Owner,
    kind: FactorKind,
) -> Result<(), UseCaseError> {
    tell(tx, ctx, owner, mail::Kind::FactorAdded, &FactorFacts::new(ctx, kind)).await
}

/// A second factor was taken away.
pub(super) async fn factor_removed(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &Owner,
    kind: FactorKind,
) -> Result<(), UseCaseError> {
    tell(tx, ctx, owner, mail::Kind::FactorRemoved, &FactorFacts::new(ctx, kind)).await
}
