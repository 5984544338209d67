//! Billing runs: partitions, checkpoints, what the run reads and what it writes.

use std::collections::BTreeMap;

use billing::{InvoicedMonth, LineKind, RunSummary};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents};

use crate::journal::{self, Head};
use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// A stretch of account numbers that one worker bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    /// Its number in the run, from 1.
    pub number: i64,
    /// The first account number.
    pub first: i64,
    /// The last account number.
    pub last: i64,
    /// The highest account number done; the one before `first` if none is.
    pub done: i64,
    /// The day on the invoices.
    pub issued_on: Date,
}

/// An account as the billing run sees it, locked.
#[derive(Debug, Clone)]
pub struct BillableAccount {
    /// The end of its chain, and its balances.
    pub head: Head,
    /// Its number.
    pub number: i64,
    /// Its plan line.
    pub plan_line: String,
    /// The earliest invoiced month that the roster changed afterwards.
    pub changed_from: Option<BillingMonth>,
    /// The latest month invoiced.
    pub invoiced_month: Option<BillingMonth>,
    /// What the latest invoice came to in all.
    pub invoiced_total: Cents,
    /// The policy of the latest invoice.
    pub invoiced_policy: String,
}

/// What an account remembers of its new invoice.
#[derive(Debug, Clone)]
pub struct BilledAccount {
    /// The end of its chain, and its balances, after the invoice.
    pub head: Head,
    /// The total of the invoice.
    pub total: Cents,
    /// Its policy.
    pub policy: String,
}

/// The latest and the earliest month for which there is a run.
///
/// # Errors
/// [`StoreError`].
pub async fn months_run(tx: &mut Tx) -> Result<Option<(BillingMonth, BillingMonth)>, StoreError> {
    let row = tx
        .first(
            "SELECT MIN(billing_month), MAX(billing_month) FROM billing_runs",
            args![],
        )
        .await?;
    let Some(mut row) = row else { return Ok(None) };
    Ok(match (row.read_optional()?, row.read_optional()?) {
        (Some(earliest), Some(latest)) => Some((earliest, latest)),
        _ => None,
    })
}

/// The highest account number, 0 if there are no accounts.
///
/// # Errors
/// [`StoreError`].
pub async fn highest_account_number(tx: &mut Tx) -> Result<i64, StoreError> {
    let mut row = tx
        .one(
            "the highest account number",
            "SELECT COALESCE(MAX(account_number), 0) FROM accounts",
            args![],
        )
        .await?;
    row.read()
}

/// The partitions of a run.
///
/// # Errors
/// [`StoreError`].
pub async fn partitions(tx: &mut Tx, month: BillingMonth) -> Result<Vec<Partition>, StoreError> {
    tx.all(
        "SELECT partition_no, first_number, last_number, done_number, issued_on \
         FROM billing_runs WHERE billing_month = $1 ORDER BY partition_no",
        args![month],
    )
    .await?
    .into_iter()
    .map(partition)
    .collect()
}

fn partition(mut row: Row) -> Result<Partition, StoreError> {
    Ok(Partition {
        number: row.read()?,
        first: row.read()?,
        last: row.read()?,
        done: row.read()?,
        issued_on: row.read()?,
    })
}

/// Adds the partitions of a run; those that another process has just added stay as they are.
///
/// # Errors
/// [`StoreError`].
pub async fn add_partitions(
    tx: &mut Tx,
    month: BillingMonth,
    partitions: &[Partition],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Int,
        Kind::Int,
        Kind::Int,
        Kind::Int,
        Kind::Int,
        Kind::Day,
    ]);
    for part in partitions {
        rows.push([
            month.into(),
            part.number.into(),
            part.first.into(),
            part.last.into(),
            part.done.into(),
            part.issued_on.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO billing_runs (billing_month, partition_no, first_number, last_number, \
         done_number, issued_on) SELECT c1, c2, c3, c4, c5, c6 FROM {rows} WHERE true \
         ON CONFLICT (billing_month, partition_no) DO NOTHING",
        &rows,
    )
    .await
    .map(drop)
}

/// Begins a run that was finished once more from the start, if it is: accounts with an invoice are
/// passed over, late ones get theirs. How many partitions were begun again.
///
/// # Errors
/// [`StoreError`].
pub async fn begin_again(tx: &mut Tx, month: BillingMonth) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE billing_runs SET done_number = first_number - 1, finished_at = NULL, \
         claimed_by = NULL, claimed_until = NULL WHERE billing_month = $1 AND NOT EXISTS \
         (SELECT 1 FROM billing_runs o WHERE o.billing_month = $1 AND o.finished_at IS NULL)",
        args![month],
    )
    .await
}

/// Claims a partition of the run that nobody works on and that is not finished; a worker's own
/// claim counts as nobody's. `None` if there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(
    tx: &mut Tx,
    month: BillingMonth,
    worker: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Partition>, StoreError> {
    tx.first(
        "UPDATE billing_runs SET claimed_by = $2, claimed_until = $4 \
         WHERE billing_month = $1 AND partition_no = (SELECT r.partition_no FROM billing_runs r \
         WHERE r.billing_month = $1 AND r.finished_at IS NULL \
         AND (r.claimed_until IS NULL OR r.claimed_until < $3 OR r.claimed_by = $2) \
         ORDER BY r.partition_no LIMIT 1 {skip locked}) \
         RETURNING partition_no, first_number, last_number, done_number, issued_on",
        args![month, worker, now, until],
    )
    .await?
    .map(partition)
    .transpose()
}

/// How many partitions of the run are not finished, whoever works on them.
///
/// # Errors
/// [`StoreError`].
pub async fn unfinished(tx: &mut Tx, month: BillingMonth) -> Result<i64, StoreError> {
    let mut row = tx
        .one(
            "the count of partitions",
            "SELECT COUNT(*) FROM billing_runs WHERE billing_month = $1 AND finished_at IS NULL",
            args![month],
        )
        .await?;
    row.read()
}

/// Where a claimed partition stands, locked until the transaction ends. `None` if the claim was
/// lost to another worker.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(
    tx: &mut Tx,
    month: BillingMonth,
    number: i64,
    worker: &str,
) -> Result<Option<Partition>, StoreError> {
    tx.first(
        "SELECT partition_no, first_number, last_number, done_number, issued_on FROM billing_runs \
         WHERE billing_month = $1 AND partition_no = $2 AND claimed_by = $3 \
         AND finished_at IS NULL {for update}",
        args![month, number, worker],
    )
    .await?
    .map(partition)
    .transpose()
}

/// Moves the checkpoint of a claimed partition; `finished` once it is done to its end.
///
/// # Errors
/// [`StoreError`].
pub async fn advance(
    tx: &mut Tx,
    month: BillingMonth,
    partition: &Partition,
    until: Timestamp,
    finished: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE billing_runs SET done_number = $3, claimed_until = $4, finished_at = $5 \
         WHERE billing_month = $1 AND partition_no = $2",
        args![month, partition.number, partition.done, until, finished],
    )
    .await
    .map(drop)
}

/// Adds to what a partition has invoiced.
///
/// # Errors
/// [`StoreError`].
pub async fn add_to_summary(
    tx: &mut Tx,
    month: BillingMonth,
    partition: i64,
    by_line: &BTreeMap<String, RunSummary>,
) -> Result<(), StoreError> {
    for (line, sums) in by_line {
        let invoices = i64::try_from(sums.invoices).unwrap_or(i64::MAX);
        tx.execute(
            "INSERT INTO billing_run_lines (billing_month, partition_no, plan_line, invoices, \
             premium_cents, aptc_cents, penalty_cents, charges_cents) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (billing_month, partition_no, plan_line) DO UPDATE SET \
             invoices = billing_run_lines.invoices + excluded.invoices, \
             premium_cents = billing_run_lines.premium_cents + excluded.premium_cents, \
             aptc_cents = billing_run_lines.aptc_cents + excluded.aptc_cents, \
             penalty_cents = billing_run_lines.penalty_cents + excluded.penalty_cents, \
             charges_cents = billing_run_lines.charges_cents + excluded.charges_cents",
            args![
                month,
                partition,
                line,
                invoices,
                sums.premium,
                sums.aptc,
                sums.penalty,
                sums.charges,
            ],
        )
        .await?;
    }
    Ok(())
}

/// What the run has invoiced, by plan line.
///
/// # Errors
/// [`StoreError`].
pub async fn summary(
    tx: &mut Tx,
    month: BillingMonth,
) -> Result<BTreeMap<String, RunSummary>, StoreError> {
    tx.all(
        "SELECT plan_line, CAST(SUM(invoices) AS BIGINT), CAST(SUM(premium_cents) AS BIGINT), \
         CAST(SUM(aptc_cents) AS BIGINT), CAST(SUM(penalty_cents) AS BIGINT), \
         CAST(SUM(charges_cents) AS BIGINT) FROM billing_run_lines WHERE billing_month = $1 \
         GROUP BY plan_line ORDER BY plan_line",
        args![month],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        let line: String = row.read()?;
        let invoices: i64 = row.read()?;
        let sums = RunSummary {
            invoices: invoices.unsigned_abs(),
            premium: row.read()?,
            aptc: row.read()?,
            penalty: row.read()?,
            charges: row.read()?,
        };
        Ok((line, sums))
    })
    .collect()
}

/// What stands in the ledger for these postings of invoices, by plan line and ledger account: the
/// sums of their entries, debits positive.
///
/// # Errors
/// [`StoreError`].
pub async fn posted(
    tx: &mut Tx,
    postings: &[(AccountId, i64, String)],
) -> Result<BTreeMap<(String, String), Cents>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Int, Kind::Text]);
    for (account, seq, line) in postings {
        rows.push([(*account).into(), (*seq).into(), line.as_str().into()]);
    }
    let found = tx
        .all_rows(
            "SELECT v.c3, e.ledger_account, CAST(SUM(e.cents) AS BIGINT) FROM {rows} \
             JOIN journal_entries e ON e.account_id = v.c1 AND e.seq = v.c2 \
             GROUP BY v.c3, e.ledger_account",
            &rows,
        )
        .await?;
    let mut sums: BTreeMap<(String, String), Cents> = BTreeMap::new();
    for mut row in found {
        *sums.entry((row.read()?, row.read()?)).or_default() += row.read()?;
    }
    Ok(sums)
}

/// The next accounts of a partition without an invoice for the month or a later one, in order of
/// their numbers, locked until the transaction ends.
///
/// # Errors
/// [`StoreError`].
pub async fn next_accounts(
    tx: &mut Tx,
    month: BillingMonth,
    after: i64,
    last: i64,
    limit: i64,
) -> Result<Vec<BillableAccount>, StoreError> {
    tx.all(
        "SELECT id, journal_seq, journal_hash, receivable_cents, unapplied_cents, account_number, \
         plan_line, changed_from, invoiced_month, invoiced_total_cents, invoiced_policy \
         FROM accounts WHERE account_number > $1 AND account_number <= $2 \
         AND (invoiced_month IS NULL OR invoiced_month < $3) \
         ORDER BY account_number LIMIT $4 {for update}",
        args![after, last, month, limit],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(BillableAccount {
            head: journal::head(&mut row)?,
            number: row.read()?,
            plan_line: row.read()?,
            changed_from: row.read_optional()?,
            invoiced_month: row.read_optional()?,
            invoiced_total: row.read()?,
            invoiced_policy: row.read()?,
        })
    })
    .collect()
}

/// What was invoiced to these accounts for the months from the one given with each on, adjustments
/// included.
///
/// # Errors
/// [`StoreError`].
pub async fn invoiced_months(
    tx: &mut Tx,
    accounts: &[(AccountId, BillingMonth)],
) -> Result<BTreeMap<AccountId, Vec<InvoicedMonth>>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Int]);
    for (account, from) in accounts {
        rows.push([(*account).into(), (*from).into()]);
    }
    let found = tx
        .all_rows(
            "SELECT l.account_id, l.month, l.kind, CAST(SUM(l.cents) AS BIGINT) FROM {rows} \
             JOIN invoice_lines l ON l.account_id = v.c1 AND l.month >= v.c2 \
             GROUP BY l.account_id, l.month, l.kind",
            &rows,
        )
        .await?;
    let mut months: BTreeMap<AccountId, Vec<InvoicedMonth>> = BTreeMap::new();
    for mut row in found {
        let (account, month): (AccountId, BillingMonth) = (row.read()?, row.read()?);
        let (kind, cents): (String, Cents) = (row.read()?, row.read()?);
        let kind = LineKind::from_code(&kind)
            .ok_or_else(|| StoreError::inconsistent(format!("invoice line of kind {kind}")))?;
        let of_account = months.entry(account).or_default();
        let at = of_account
            .iter()
            .position(|m| m.month == month)
            .unwrap_or_else(|| {
                of_account.push(InvoicedMonth {
                    month,
                    premium: Cents::ZERO,
                    aptc: Cents::ZERO,
                    penalty: Cents::ZERO,
                });
                of_account.len() - 1
            });
        let sums = &mut of_account[at];
        match kind {
            LineKind::Premium | LineKind::RetroPremium => sums.premium += cents,
            LineKind::Aptc | LineKind::RetroAptc => sums.aptc -= cents,
            LineKind::LateEnrolmentPenalty | LineKind::RetroPenalty => sums.penalty += cents,
        }
    }
    Ok(months)
}

/// The policies for which these accounts have had an invoice.
///
/// # Errors
/// [`StoreError`].
pub async fn invoiced_policies(
    tx: &mut Tx,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, String)>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    for account in accounts {
        rows.push([(*account).into()]);
    }
    tx.all_rows(
        "SELECT DISTINCT i.account_id, i.policy FROM {rows} JOIN invoices i ON i.account_id = v.c1",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}

/// Moves the balances and chains of invoiced accounts and remembers their invoice. The accounts
/// must have been locked by [`next_accounts`] in this database transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_accounts(
    tx: &mut Tx,
    month: BillingMonth,
    accounts: &[BilledAccount],
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Int,
        Kind::Int,
        Kind::Int,
        Kind::Bytes,
        Kind::Int,
        Kind::Int,
        Kind::Text,
    ]);
    for BilledAccount {
        head,
        total,
        policy,
    } in accounts
    {
        rows.push([
            head.account.into(),
            head.receivable.into(),
            head.unapplied.into(),
            head.seq.into(),
            head.hash.into(),
            month.into(),
            (*total).into(),
            policy.as_str().into(),
        ]);
    }
    tx.execute_rows(
        "UPDATE accounts SET receivable_cents = v.c2, unapplied_cents = v.c3, journal_seq = v.c4, \
         journal_hash = v.c5, invoiced_month = v.c6, invoiced_total_cents = v.c7, \
         invoiced_policy = v.c8, changed_from = NULL FROM {rows} WHERE accounts.id = v.c1",
        &rows,
    )
    .await
    .map(drop)
}
