//! Coupons that members may still mail with a check.

use kernel::{AccountId, InvoiceId};

use crate::{StoreError, Tx, args};

/// The newest invoice of each account, if it asks for something and is not paid whole, in the order
/// of account numbers; `limit` at most.
///
/// # Errors
/// [`StoreError`].
pub async fn open(tx: &mut Tx, limit: i64) -> Result<Vec<(AccountId, InvoiceId)>, StoreError> {
    tx.all(
        "SELECT i.account_id, i.id FROM invoices i JOIN accounts a ON a.id = i.account_id \
         WHERE i.total_due_cents > 0 AND i.charges_cents > i.applied_cents AND NOT EXISTS \
         (SELECT 1 FROM invoices n WHERE n.account_id = i.account_id \
         AND n.billing_month > i.billing_month) ORDER BY a.account_number LIMIT $1",
        args![limit],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}
