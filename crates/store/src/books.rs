//! What the check of the books and the trial balance ask.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, InvoiceId, JournalId};
use ledger::{Entry, LedgerAccount};

use crate::journal::{self, Head, ledger_account};
use crate::{StoreError, Tx, args};

/// An account as its own row has it.
#[derive(Debug, Clone)]
pub struct AccountBooks {
    /// The end of its chain, and its running balances.
    pub head: Head,
    /// Its number.
    pub number: i64,
}

/// A journal transaction as it is stored, without its entries.
#[derive(Debug, Clone)]
pub struct TransactionRow {
    /// The account.
    pub account: AccountId,
    /// Its number in the chain.
    pub seq: i64,
    /// Its id.
    pub id: JournalId,
    /// The posting.
    pub posting: String,
    /// The day it counts from.
    pub effective_on: Date,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// What it came from.
    pub source: String,
    /// The hash.
    pub hash: [u8; 32],
}

/// An entry as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct EntryRow {
    /// The account.
    pub account: AccountId,
    /// The journal transaction it belongs to.
    pub seq: i64,
    /// What it says.
    pub entry: Entry,
    /// The day it counts from.
    pub effective_on: Date,
}

/// An invoice with what its lines and its applications come to.
#[derive(Debug, Clone)]
pub struct InvoiceBooks {
    /// The account.
    pub account: AccountId,
    /// Id.
    pub id: InvoiceId,
    /// Its number.
    pub number: String,
    /// Premium less tax credit plus penalty, by its own columns.
    pub parts: Cents,
    /// Its charges.
    pub charges: Cents,
    /// What is applied, by its own column.
    pub applied: Cents,
    /// The sum of its lines.
    pub lines: Cents,
    /// The sum of the applications to it.
    pub applications: Cents,
}

/// The accounts numbered after `after` up to `last`, in that order.
///
/// # Errors
/// [`StoreError`].
pub async fn accounts(tx: &mut Tx, after: i64, last: i64) -> Result<Vec<AccountBooks>, StoreError> {
    tx.all(
        "SELECT id, journal_seq, journal_hash, receivable_cents, unapplied_cents, account_number \
         FROM accounts WHERE account_number > $1 AND account_number <= $2 ORDER BY account_number",
        args![after, last],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(AccountBooks {
            head: journal::head(&mut row)?,
            number: row.read()?,
        })
    })
    .collect()
}

/// Their journal transactions, account by account in the order of the chain.
///
/// # Errors
/// [`StoreError`].
pub async fn transactions(
    tx: &mut Tx,
    after: i64,
    last: i64,
) -> Result<Vec<TransactionRow>, StoreError> {
    tx.all(
        "SELECT t.account_id, t.seq, t.id, t.posting, t.effective_on, t.posted_at, t.source, t.hash \
         FROM accounts a JOIN journal_transactions t ON t.account_id = a.id \
         WHERE a.account_number > $1 AND a.account_number <= $2 ORDER BY a.account_number, t.seq",
        args![after, last],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(TransactionRow {
            account: row.read()?,
            seq: row.read()?,
            id: row.read()?,
            posting: row.read()?,
            effective_on: row.read()?,
            posted_at: row.read()?,
            source: row.read()?,
            hash: row.read()?,
        })
    })
    .collect()
}

/// Their entries, in the same order.
///
/// # Errors
/// [`StoreError`].
pub async fn entries(tx: &mut Tx, after: i64, last: i64) -> Result<Vec<EntryRow>, StoreError> {
    tx.all(
        "SELECT e.account_id, e.seq, e.ledger_account, e.cents, e.invoice_id, e.effective_on \
         FROM accounts a JOIN journal_entries e ON e.account_id = a.id \
         WHERE a.account_number > $1 AND a.account_number <= $2 \
         ORDER BY a.account_number, e.seq, e.entry_no",
        args![after, last],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(EntryRow {
            account: row.read()?,
            seq: row.read()?,
            entry: Entry {
                account: ledger_account(&mut row)?,
                cents: row.read()?,
                invoice: row.read_optional()?,
            },
            effective_on: row.read()?,
        })
    })
    .collect()
}

/// Their invoices.
///
/// # Errors
/// [`StoreError`].
pub async fn invoices(tx: &mut Tx, after: i64, last: i64) -> Result<Vec<InvoiceBooks>, StoreError> {
    tx.all(
        "SELECT i.account_id, i.id, i.invoice_number, \
         i.premium_cents - i.aptc_cents + i.penalty_cents, i.charges_cents, i.applied_cents, \
         COALESCE((SELECT CAST(SUM(l.cents) AS BIGINT) FROM invoice_lines l \
         WHERE l.account_id = i.account_id AND l.invoice_id = i.id), 0), \
         COALESCE(p.cents, 0) FROM accounts a JOIN invoices i ON i.account_id = a.id \
         LEFT JOIN (SELECT x.account_id, x.invoice_id, CAST(SUM(x.cents) AS BIGINT) AS cents \
         FROM applications x JOIN accounts b ON b.id = x.account_id \
         WHERE b.account_number > $1 AND b.account_number <= $2 \
         GROUP BY x.account_id, x.invoice_id) p ON p.account_id = i.account_id \
         AND p.invoice_id = i.id WHERE a.account_number > $1 AND a.account_number <= $2 \
         ORDER BY a.account_number, i.billing_month",
        args![after, last],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(InvoiceBooks {
            account: row.read()?,
            id: row.read()?,
            number: row.read()?,
            parts: row.read()?,
            charges: row.read()?,
            applied: row.read()?,
            lines: row.read()?,
            applications: row.read()?,
        })
    })
    .collect()
}

/// Payments of theirs with more than one attempt under way: the account, the confirmation number,
/// how many.
///
/// # Errors
/// [`StoreError`].
pub async fn crowded_payments(
    tx: &mut Tx,
    after: i64,
    last: i64,
) -> Result<Vec<(AccountId, String, i64)>, StoreError> {
    tx.all(
        "SELECT p.account_id, p.confirmation, COUNT(*) FROM accounts a \
         JOIN payments p ON p.account_id = a.id \
         JOIN attempts t ON t.account_id = p.account_id AND t.payment_id = p.id \
         WHERE a.account_number > $1 AND a.account_number <= $2 AND t.state IN ('prepared', \
         'dispatched', 'action-required', 'pending', 'authorized', 'unknown') \
         GROUP BY p.account_id, p.id, p.confirmation HAVING COUNT(*) > 1",
        args![after, last],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?, row.read()?)))
    .collect()
}

/// How many journal transactions belong to no account, and how many entries to no transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn orphans(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    let mut row = tx
        .one(
            "the count of orphans",
            "SELECT (SELECT COUNT(*) FROM journal_transactions t WHERE NOT EXISTS \
             (SELECT 1 FROM accounts a WHERE a.id = t.account_id) AND NOT EXISTS \
             (SELECT 1 FROM remittance_files f WHERE f.id = t.account_id)), \
             (SELECT COUNT(*) FROM journal_entries e WHERE NOT EXISTS \
             (SELECT 1 FROM journal_transactions t WHERE t.account_id = e.account_id AND t.seq = e.seq))",
            args![],
        )
        .await?;
    Ok((row.read()?, row.read()?))
}

/// The remittance file after `after`, by id, as an account without balances and with the number 0.
///
/// # Errors
/// [`StoreError`].
pub async fn next_remittance_file(
    tx: &mut Tx,
    after: AccountId,
) -> Result<Option<AccountBooks>, StoreError> {
    tx.first(
        "SELECT id, journal_seq, journal_hash FROM remittance_files \
         WHERE id > $1 ORDER BY id LIMIT 1",
        args![after],
    )
    .await?
    .map(|mut row| {
        Ok(AccountBooks {
            head: Head {
                account: row.read()?,
                seq: row.read()?,
                hash: row.read()?,
                receivable: Cents::ZERO,
                unapplied: Cents::ZERO,
            },
            number: 0,
        })
    })
    .transpose()
}

/// The journal transactions of one chain, in its order.
///
/// # Errors
/// [`StoreError`].
pub async fn transactions_of(
    tx: &mut Tx,
    chain: AccountId,
) -> Result<Vec<TransactionRow>, StoreError> {
    tx.all(
        "SELECT account_id, seq, id, posting, effective_on, posted_at, source, hash \
         FROM journal_transactions WHERE account_id = $1 ORDER BY seq",
        args![chain],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(TransactionRow {
            account: row.read()?,
            seq: row.read()?,
            id: row.read()?,
            posting: row.read()?,
            effective_on: row.read()?,
            posted_at: row.read()?,
            source: row.read()?,
            hash: row.read()?,
        })
    })
    .collect()
}

/// The entries of one chain, in its order.
///
/// # Errors
/// [`StoreError`].
pub async fn entries_of(tx: &mut Tx, chain: AccountId) -> Result<Vec<EntryRow>, StoreError> {
    tx.all(
        "SELECT account_id, seq, ledger_account, cents, invoice_id, effective_on \
         FROM journal_entries WHERE account_id = $1 ORDER BY seq, entry_no",
        args![chain],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(EntryRow {
            account: row.read()?,
            seq: row.read()?,
            entry: Entry {
                account: ledger_account(&mut row)?,
                cents: row.read()?,
                invoice: row.read_optional()?,
            },
            effective_on: row.read()?,
        })
    })
    .collect()
}

/// What the entries of a ledger account come to, credits less debits, and what is open in suspense.
///
/// # Errors
/// [`StoreError`].
pub async fn suspense(tx: &mut Tx, account: LedgerAccount) -> Result<(Cents, Cents), StoreError> {
    let mut row = tx
        .one(
            "the sums of suspense",
            "SELECT COALESCE((SELECT CAST(-SUM(cents) AS BIGINT) FROM journal_entries \
             WHERE ledger_account = $1), 0), \
             COALESCE((SELECT CAST(SUM(open_cents) AS BIGINT) FROM suspense), 0)",
            args![account.to_string()],
        )
        .await?;
    Ok((row.read()?, row.read()?))
}

/// Debits and credits, both positive, of every ledger account up to the end of a day.
///
/// # Errors
/// [`StoreError`].
pub async fn sums_as_of(
    tx: &mut Tx,
    day: Date,
) -> Result<Vec<(LedgerAccount, Cents, Cents)>, StoreError> {
    tx.all(
        "SELECT ledger_account, \
         CAST(SUM(CASE WHEN cents > 0 THEN cents ELSE 0 END) AS BIGINT), \
         CAST(SUM(CASE WHEN cents < 0 THEN -cents ELSE 0 END) AS BIGINT) \
         FROM journal_entries WHERE effective_on <= $1 GROUP BY ledger_account ORDER BY ledger_account",
        args![day],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((ledger_account(&mut row)?, row.read()?, row.read()?)))
    .collect()
}
