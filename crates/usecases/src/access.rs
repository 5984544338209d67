//! May this actor see and pay this account?

use kernel::AccountId;
use store::Tx;
use store::accounts::{self, AccountRow};

use crate::{Actor, UseCaseError};

/// The account, if the actor may see it. To a member who may not, it does not exist.
///
/// A guest has no rights of their own: the account they may pay is the one that
/// [`crate::guest::identify`] found, which the caller keeps in the guest's own draft.
pub(crate) async fn account(
    tx: &mut Tx,
    actor: &Actor,
    id: AccountId,
) -> Result<AccountRow, UseCaseError> {
    let row = accounts::by_id(tx, id)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    match actor {
        Actor::Member { person, .. } if row.subscriber != *person => Err(UseCaseError::NotFound),
        _ => Ok(row),
    }
}
