//! Accounts with an invoice open past its due date.
//!
//! What is late is looked up by its due date first, and only then summed by account: a planner that
//! groups while it reads goes through every invoice there ever was.

use jiff::civil::Date;
use kernel::{AccountId, Cents};

use crate::{StoreError, Tx, args};

/// An account that is late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateRow {
    /// The account.
    pub account: AccountId,
    /// Its number.
    pub number: i64,
    /// The plan line, by its id in the plan file.
    pub plan_line: String,
    /// When the oldest of its open invoices was due.
    pub due_on: Date,
    /// How many invoices are open past their due date.
    pub invoices: i64,
    /// What is open on them.
    pub cents: Cents,
    /// True if a payment of the account is on its way.
    pub under_way: bool,
}

/// Late accounts by the day their oldest open invoice was due: how many, and what is open. Late is
/// what was due before `today`.
///
/// # Errors
/// [`StoreError`].
pub async fn by_day(tx: &mut Tx, today: Date) -> Result<Vec<(Date, i64, Cents)>, StoreError> {
    tx.all(
        "WITH open_late AS MATERIALIZED (SELECT account_id, due_on, \
         charges_cents - applied_cents AS cents FROM invoices \
         WHERE applied_cents < charges_cents AND due_on < $1) \
         SELECT oldest, COUNT(*), CAST(SUM(cents) AS BIGINT) FROM (\
         SELECT MIN(due_on) AS oldest, SUM(cents) AS cents \
         FROM open_late GROUP BY account_id) l GROUP BY oldest ORDER BY oldest",
        args![today],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?, row.read()?)))
    .collect()
}

/// Which late accounts to list.
#[derive(Debug, Clone, Copy)]
pub struct LateQuery {
    /// Late is what was due before this day.
    pub today: Date,
    /// Only those whose oldest open invoice was due from this day on.
    pub from: Option<Date>,
    /// Only those whose oldest open invoice was due up to this day.
    pub until: Option<Date>,
    /// How many to pass over.
    pub offset: i64,
    /// How many at most.
    pub limit: i64,
}

/// Late accounts, the longest late first.
///
/// # Errors
/// [`StoreError`].
pub async fn page(tx: &mut Tx, query: &LateQuery) -> Result<Vec<LateRow>, StoreError> {
    tx.all(
        "WITH open_late AS MATERIALIZED (SELECT account_id, due_on, \
         charges_cents - applied_cents AS cents FROM invoices \
         WHERE applied_cents < charges_cents AND due_on < $1) \
         SELECT a.id, a.account_number, a.plan_line, l.oldest, l.invoices, l.cents, \
         EXISTS (SELECT 1 FROM payments p WHERE p.account_id = a.id \
         AND p.status IN ('sent', 'confirming', 'action-required', 'pending')) FROM (\
         SELECT account_id, MIN(due_on) AS oldest, COUNT(*) AS invoices, \
         CAST(SUM(cents) AS BIGINT) AS cents FROM open_late GROUP BY account_id \
         HAVING MIN(due_on) >= COALESCE($2, MIN(due_on)) \
         AND MIN(due_on) <= COALESCE($3, MIN(due_on)) \
         ORDER BY oldest, account_id LIMIT $4 OFFSET $5) l \
         JOIN accounts a ON a.id = l.account_id ORDER BY l.oldest, a.id",
        args![
            query.today,
            query.from,
            query.until,
            query.limit,
            query.offset,
        ],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(LateRow {
            account: row.read()?,
            number: row.read()?,
            plan_line: row.read()?,
            due_on: row.read()?,
            invoices: row.read()?,
            cents: row.read()?,
            under_way: row.read()?,
        })
    })
    .collect()
}
