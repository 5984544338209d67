//! May this actor see, pay or manage this account?

use kernel::AccountId;
use store::Tx;
use store::accounts::{self, AccountRow};

use crate::{Actor, UseCaseError};

/// What somebody wants to do with an account. Each right holds those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// See balance, invoices, payments and documents.
    View,
    /// Make one payment.
    Pay,
    /// Set up autopay, choose how documents are delivered, give rights to others.
    Manage,
}

/// The account, if the actor may do this with it. To a member who may not see it, it does not
/// exist.
///
/// A guest has no rights of their own: the account they may pay is the one that
/// [`crate::guest::identify`] found, which the caller keeps in the guest's own errand. A guest
/// never manages anything.
pub(crate) async fn account(
    tx: &mut Tx,
    actor: &Actor,
    id: AccountId,
    right: Right,
) -> Result<AccountRow, UseCaseError> {
    let row = accounts::by_id(tx, id)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    match actor {
        Actor::Member { person, .. } if row.subscriber != *person => Err(UseCaseError::NotFound),
        Actor::Guest { .. } if right == Right::Manage => Err(UseCaseError::NotAllowed),
        _ => Ok(row),
    }
}
