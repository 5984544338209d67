//! The bare limit of the billing run: the same rows into the same tables by the plainest statements
//! over whole sets. Not used otherwise. It prorates nothing, looks back at nothing and applies
//! nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::BillingMonth;

use crate::sql::Store;
use crate::{StoreError, Tx, args};

/// Invoices a month for the accounts numbered after `after` up to `last` in one durable
/// transaction. How many invoices it made.
///
/// # Errors
/// [`StoreError`].
pub async fn bill(
    store: &Store,
    month: BillingMonth,
    (after, last): (i64, i64),
    issued_on: Date,
    now: Timestamp,
) -> Result<u64, StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let made = invoices(tx, month, (after, last), issued_on, now).await?;
                lines(tx, month, (after, last)).await?;
                journal(tx, month, (after, last), now).await?;
                accounts(tx, month, (after, last)).await?;
                Ok(made)
            })
        })
        .await
}

async fn invoices(
    tx: &mut Tx,
    month: BillingMonth,
    (after, last): (i64, i64),
    issued_on: Date,
    now: Timestamp,
) -> Result<u64, StoreError> {
    // Year and month with two digits each behind nine digits of the account.
    let tail = 10_000_000_000_000 + month.number() % 10_000;
    tx.execute(
        "INSERT INTO invoices (account_id, id, billing_month, invoice_number, issued_on, due_on, \
         premium_cents, aptc_cents, penalty_cents, charges_cents, previous_balance_cents, \
         payments_cents, total_due_cents, applied_cents, policy, binder, journal_seq, created_at) \
         SELECT a.id, {random id}, $1, SUBSTR(CAST($2 + a.account_number * 10000 AS TEXT), 2), $3, $4, \
         CAST(SUM(c.premium_cents) AS BIGINT), CAST(SUM(c.aptc_cents) AS BIGINT), \
         CAST(SUM(c.penalty_cents) AS BIGINT), \
         CAST(SUM(c.premium_cents - c.aptc_cents + c.penalty_cents) AS BIGINT), \
         a.invoiced_total_cents, a.invoiced_total_cents - a.receivable_cents + a.unapplied_cents, \
         CAST(SUM(c.premium_cents - c.aptc_cents + c.penalty_cents) AS BIGINT) \
         + a.receivable_cents - a.unapplied_cents, 0, MAX(c.policy), FALSE, a.journal_seq + 1, $5 \
         FROM accounts a JOIN coverages c ON c.account_id = a.id \
         AND c.first_day <= $6 AND (c.last_day IS NULL OR c.last_day >= $4) \
         AND c.premium_cents + c.penalty_cents > 0 \
         WHERE a.account_number > $7 AND a.account_number <= $8 AND a.plan_line <> 'employer' \
         GROUP BY a.id, a.account_number, a.invoiced_total_cents, a.receivable_cents, \
         a.unapplied_cents, a.journal_seq",
        args![month, tail, issued_on, month.first_day(), now, month.last_day(), after, last],
    )
    .await
}

async fn lines(
    tx: &mut Tx,
    month: BillingMonth,
    (after, last): (i64, i64),
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO invoice_lines (account_id, invoice_id, line_no, kind, month, days, of_days, \
         was_cents, cents) SELECT account_id, invoice_id, ROW_NUMBER() OVER (PARTITION BY account_id), \
         kind, $1, 31, 31, 0, cents FROM (\
         SELECT i.account_id, i.id AS invoice_id, 'premium' AS kind, c.premium_cents AS cents \
         FROM accounts a JOIN invoices i ON i.account_id = a.id AND i.billing_month = $1 \
         JOIN coverages c ON c.account_id = a.id \
         AND c.first_day <= $2 AND (c.last_day IS NULL OR c.last_day >= $3) \
         WHERE a.account_number > $4 AND a.account_number <= $5 \
         UNION ALL SELECT i.account_id, i.id, 'aptc', -c.aptc_cents \
         FROM accounts a JOIN invoices i ON i.account_id = a.id AND i.billing_month = $1 \
         JOIN coverages c ON c.account_id = a.id AND c.aptc_cents > 0 \
         AND c.first_day <= $2 AND (c.last_day IS NULL OR c.last_day >= $3) \
         WHERE a.account_number > $4 AND a.account_number <= $5 \
         UNION ALL SELECT i.account_id, i.id, 'late-enrolment-penalty', c.penalty_cents \
         FROM accounts a JOIN invoices i ON i.account_id = a.id AND i.billing_month = $1 \
         JOIN coverages c ON c.account_id = a.id AND c.penalty_cents > 0 \
         AND c.first_day <= $2 AND (c.last_day IS NULL OR c.last_day >= $3) \
         WHERE a.account_number > $4 AND a.account_number <= $5) AS l",
        args![month, month.last_day(), month.first_day(), after, last],
    )
    .await
    .map(drop)
}

async fn journal(
    tx: &mut Tx,
    month: BillingMonth,
    (after, last): (i64, i64),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO journal_transactions \
         (account_id, seq, id, posting, effective_on, posted_at, source, hash) \
         SELECT a.id, i.journal_seq, {random id}, 'invoice_issued', i.issued_on, $2, \
         'invoice:00000000-0000-0000-0000-' || i.invoice_number, a.journal_hash \
         FROM accounts a JOIN invoices i ON i.account_id = a.id AND i.billing_month = $1 \
         WHERE a.account_number > $3 AND a.account_number <= $4",
        args![month, now, after, last],
    )
    .await?;
    tx.execute(
        "INSERT INTO journal_entries \
         (account_id, seq, entry_no, ledger_account, cents, invoice_id, effective_on) \
         SELECT account_id, journal_seq, entry_no, ledger_account, cents, id, issued_on FROM (\
         SELECT i.account_id, i.journal_seq, k.entry_no, k.ledger_account, i.id, i.issued_on, \
         CASE k.entry_no WHEN 1 THEN i.charges_cents WHEN 2 THEN i.aptc_cents \
         WHEN 3 THEN -i.premium_cents ELSE -i.penalty_cents END AS cents \
         FROM accounts a JOIN invoices i ON i.account_id = a.id AND i.billing_month = $1 \
         CROSS JOIN (SELECT 1 AS entry_no, '1100' AS ledger_account UNION ALL SELECT 2, '1200' \
         UNION ALL SELECT 3, '4100' UNION ALL SELECT 4, '2300') AS k \
         WHERE a.account_number > $2 AND a.account_number <= $3) AS e WHERE cents <> 0",
        args![month, after, last],
    )
    .await
    .map(drop)
}

async fn accounts(
    tx: &mut Tx,
    month: BillingMonth,
    (after, last): (i64, i64),
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE accounts SET receivable_cents = receivable_cents + i.charges_cents, \
         journal_seq = i.journal_seq, invoiced_month = i.billing_month, \
         invoiced_total_cents = i.total_due_cents, invoiced_policy = i.policy, changed_from = NULL \
         FROM invoices i WHERE i.account_id = accounts.id AND i.billing_month = $1 \
         AND account_number > $2 AND account_number <= $3",
        args![month, after, last],
    )
    .await
    .map(drop)
}

/// How many invoices, lines, journal transactions and entries there are: two runs are only to be
/// compared if they made about as many rows.
///
/// # Errors
/// [`StoreError`].
pub async fn rows(store: &Store) -> Result<[i64; 4], StoreError> {
    let mut tx = store.read().await?;
    let mut row = tx
        .one(
            "the counts of rows",
            "SELECT (SELECT COUNT(*) FROM invoices), (SELECT COUNT(*) FROM invoice_lines), \
             (SELECT COUNT(*) FROM journal_transactions), (SELECT COUNT(*) FROM journal_entries)",
            args![],
        )
        .await?;
    Ok([row.read()?, row.read()?, row.read()?, row.read()?])
}

/// Checksums over what the billing run of a month wrote, to compare a run with another.
///
/// # Errors
/// [`StoreError`].
pub async fn sums(store: &Store, month: BillingMonth) -> Result<[i64; 4], StoreError> {
    let mut tx = store.read().await?;
    let mut row = tx
        .one(
            "the sums of a run",
            "SELECT COUNT(*), COALESCE(CAST(SUM(charges_cents) AS BIGINT), 0), \
             COALESCE(CAST(SUM(total_due_cents) AS BIGINT), 0), \
             (SELECT COUNT(*) FROM invoice_lines l WHERE l.month = $1) \
             FROM invoices WHERE billing_month = $1",
            args![month],
        )
        .await?;
    Ok([row.read()?, row.read()?, row.read()?, row.read()?])
}
