//! May this actor see, pay or manage this account? Decided here and nowhere else.

use identity::{Delegation, DelegationKind};
use kernel::{AccountId, LoginId};
use store::Tx;
use store::accounts::{self, AccountRow};
use store::delegations::DelegationRow;

pub use identity::Right;

use crate::{Actor, Ctx, UseCaseError};

/// The account, if the actor may do this with it. To a member who may not see it, it does not
/// exist; somebody whom the member lets see it and who asks for more is told that it is not
/// allowed.
///
/// A guest has no rights of their own: the account they may pay is the one that
/// [`crate::guest::identify`] found, which the caller keeps in the guest's own errand. Guests,
/// staff and other systems of the plan never manage anything.
///
/// # Errors
/// [`UseCaseError::NotFound`] and [`UseCaseError::NotAllowed`], as said.
pub(crate) async fn account(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    id: AccountId,
    right: Right,
) -> Result<AccountRow, UseCaseError> {
    let row = accounts::by_id(tx, id)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    let most = match actor {
        Actor::Member { person, .. } if row.subscriber == *person => Right::Manage,
        Actor::Member { login, .. } => right_given(tx, ctx, *login, id)
            .await?
            .ok_or(UseCaseError::NotFound)?,
        Actor::Staff { role, .. } => role.right_on_accounts().ok_or(UseCaseError::NotAllowed)?,
        Actor::Guest { .. } | Actor::Partner { .. } => Right::Pay,
        Actor::Operator | Actor::Job(_) => Right::Manage,
    };
    if right <= most {
        Ok(row)
    } else {
        Err(UseCaseError::NotAllowed)
    }
}

/// The account, if the actor may see its invoices and its history. Whoever may only pay, a guest
/// and another system of the plan, sees what is due and no paper.
///
/// # Errors
/// [`UseCaseError::NotFound`] and [`UseCaseError::NotAllowed`], as of [`account`].
pub(crate) async fn papers_of(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    id: AccountId,
) -> Result<AccountRow, UseCaseError> {
    match actor {
        Actor::Guest { .. } | Actor::Partner { .. } => Err(UseCaseError::NotAllowed),
        _ => account(tx, ctx, actor, id, Right::View).await,
    }
}

/// The right on an account that was given to a sign-in and is in force today. Asked for each
/// request anew: what was taken back a moment ago is gone.
async fn right_given(
    tx: &mut Tx,
    ctx: &Ctx,
    login: LoginId,
    account: AccountId,
) -> Result<Option<Right>, UseCaseError> {
    match store::delegations::held(tx, login, account).await? {
        Some(row) => Ok(delegation_of(&row)?.right_on(ctx.today())),
        None => Ok(None),
    }
}

/// The rights of a row, as the rules know them.
pub(crate) fn delegation_of(row: &DelegationRow) -> Result<Delegation, UseCaseError> {
    let right = Right::from_code(&row.rights)
        .ok_or_else(|| UseCaseError::broken("a delegation with unknown rights"))?;
    Ok(Delegation {
        right,
        first_day: row.first_day,
        last_day: row.last_day,
        accepted: row.accepted_at.is_some(),
        ended: row.ended_at.is_some(),
    })
}

/// How the rights of a row came to be.
pub(crate) fn kind_of(row: &DelegationRow) -> Result<DelegationKind, UseCaseError> {
    DelegationKind::from_code(&row.kind)
        .ok_or_else(|| UseCaseError::broken("a delegation of an unknown kind"))
}
