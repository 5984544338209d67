//! The least that a database must do: bare limits to measure ourselves beside. Not used otherwise.

use kernel::{AccountId, Cents};
use uuid::Uuid;

use crate::sql::Store;
use crate::{StoreError, Tx, args};

/// Makes the tables of the bare posting, with `accounts` accounts: the same keys and indexes that a
/// payment cannot do without.
///
/// # Errors
/// [`StoreError`].
pub async fn make_posting_tables(store: &Store, accounts: i64) -> Result<(), StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let script = "
                    DROP TABLE IF EXISTS bare_entries;
                    DROP TABLE IF EXISTS bare_postings;
                    DROP TABLE IF EXISTS bare_accounts;
                    CREATE TABLE bare_accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL);
                    CREATE TABLE bare_postings (account BIGINT NOT NULL, idem TEXT NOT NULL,
                        cents BIGINT NOT NULL, PRIMARY KEY (account, idem));
                    CREATE TABLE bare_entries (account BIGINT NOT NULL, idem TEXT NOT NULL,
                        side BIGINT NOT NULL, cents BIGINT NOT NULL,
                        PRIMARY KEY (account, idem, side));";
                tx.script(script.to_owned()).await?;
                for first in (0..accounts).step_by(1000) {
                    let mut rows = crate::sql::Rows::new(&[crate::sql::Kind::Int]);
                    for id in first..(first + 1000).min(accounts) {
                        rows.push([id.into()]);
                    }
                    tx.execute_rows(
                        "INSERT INTO bare_accounts (id, balance) SELECT c1, 0 FROM {rows} WHERE true",
                        &rows,
                    )
                    .await?;
                }
                Ok(())
            })
        })
        .await
}

/// Posts a payment the barest way that is still double entry and idempotent: three inserts and one
/// update in one durable transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn post(store: &Store, account: i64, idem: Uuid, cents: Cents) -> Result<(), StoreError> {
    let idem = idem.to_string();
    store
        .write(move |tx| {
            let idem = idem.clone();
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO bare_postings (account, idem, cents) VALUES ($1, $2, $3)",
                    args![account, &idem, cents],
                )
                .await?;
                tx.execute(
                    "INSERT INTO bare_entries (account, idem, side, cents) VALUES ($1, $2, 0, $3)",
                    args![account, &idem, cents],
                )
                .await?;
                tx.execute(
                    "INSERT INTO bare_entries (account, idem, side, cents) VALUES ($1, $2, 1, $3)",
                    args![account, &idem, -cents],
                )
                .await?;
                tx.execute(
                    "UPDATE bare_accounts SET balance = balance + $2 WHERE id = $1",
                    args![account, cents],
                )
                .await
                .map(drop)
            })
        })
        .await
}

/// The last twelve invoices of an account, by number and charges, with nothing else.
///
/// # Errors
/// [`StoreError`].
pub async fn twelve_invoices(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<(String, i64)>, StoreError> {
    tx.all(
        "SELECT invoice_number, charges_cents FROM invoices WHERE account_id = $1 \
         ORDER BY billing_month DESC LIMIT 12",
        args![account],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}
