//! The journal: written once, never changed, one chain of hashes for each account.
//!
//! [`append`] writes one journal transaction, [`Batch`] thousands. Both move the running balances
//! on the account row in the same database transaction, so that the balances are always the sums of
//! the entries.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, JournalId};
use ledger::{JournalTransaction, LedgerAccount};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// The end of an account's chain and its running balances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The account.
    pub account: AccountId,
    /// The number of its last journal transaction; 0 before the first.
    pub seq: i64,
    /// The hash of its last journal transaction.
    pub hash: [u8; 32],
    /// What it owes.
    pub receivable: Cents,
    /// What it has paid that no invoice has used yet. Never negative.
    pub unapplied: Cents,
}

/// An entry of an account with the journal transaction it belongs to, as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedRow {
    /// The number of the journal transaction in the account's chain.
    pub seq: i64,
    /// The posting.
    pub posting: String,
    /// The day it counts from.
    pub effective_on: Date,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// The ledger account.
    pub ledger_account: LedgerAccount,
    /// Debits positive, credits negative.
    pub cents: Cents,
    /// The number of the invoice it is about; empty if none.
    pub invoice_number: String,
}

/// The entries of the last `most` journal transactions of an account, the newest transaction first.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(
    tx: &mut Tx,
    account: AccountId,
    most: i64,
) -> Result<Vec<PostedRow>, StoreError> {
    tx.all(
        "SELECT t.seq, t.posting, t.effective_on, t.posted_at, e.ledger_account, e.cents, \
         i.invoice_number FROM accounts a JOIN journal_transactions t ON t.account_id = a.id \
         JOIN journal_entries e ON e.account_id = t.account_id AND e.seq = t.seq \
         LEFT JOIN invoices i ON i.account_id = e.account_id AND i.id = e.invoice_id \
         WHERE a.id = $1 AND t.account_id = $1 AND t.seq > a.journal_seq - $2 \
         ORDER BY t.seq DESC, e.entry_no",
        args![account, most],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(PostedRow {
            seq: row.read()?,
            posting: row.read()?,
            effective_on: row.read()?,
            posted_at: row.read()?,
            ledger_account: ledger_account(&mut row)?,
            cents: row.read()?,
            invoice_number: row.read_optional()?.unwrap_or_default(),
        })
    })
    .collect()
}

pub(crate) fn ledger_account(row: &mut Row) -> Result<LedgerAccount, StoreError> {
    let code: String = row.read()?;
    LedgerAccount::parse(&code)
        .ok_or_else(|| StoreError::inconsistent(format!("ledger account {code}")))
}

/// Writes a journal transaction at the end of an account's chain and moves the running balances
/// with it. The account stays locked until the database transaction ends. Returns its number in the
/// chain.
///
/// # Errors
/// [`StoreError::Missing`] if there is no such account; [`StoreError::Statement`] if the posting
/// would leave less than nothing unapplied.
pub async fn append(
    tx: &mut Tx,
    account: AccountId,
    transaction: &JournalTransaction,
    now: Timestamp,
    source: &str,
    id: JournalId,
) -> Result<i64, StoreError> {
    let mut head = lock(tx, account).await?;
    let mut batch = Batch::new(now);
    let seq = batch.post(&mut head, transaction, source, id);
    batch.keep(&head);
    batch.write(tx).await?;
    Ok(seq)
}

/// Locks an account until the database transaction ends and reads the end of its chain.
///
/// # Errors
/// [`StoreError::Missing`] if there is no such account.
pub async fn lock(tx: &mut Tx, account: AccountId) -> Result<Head, StoreError> {
    let mut row = tx
        .one(
            "the account",
            "SELECT id, journal_seq, journal_hash, receivable_cents, unapplied_cents \
             FROM accounts WHERE id = $1 {for update}",
            args![account],
        )
        .await?;
    head(&mut row)
}

/// Reads the end of a chain from the columns `id, journal_seq, journal_hash, receivable_cents,
/// unapplied_cents` of an account.
pub(crate) fn head(row: &mut Row) -> Result<Head, StoreError> {
    Ok(Head {
        account: row.read()?,
        seq: row.read()?,
        hash: row.read()?,
        receivable: row.read()?,
        unapplied: row.read()?,
    })
}

/// Journal transactions of many accounts, to be written in a few statements.
#[derive(Debug)]
pub struct Batch {
    now: Timestamp,
    transactions: Rows,
    entries: Rows,
    heads: Rows,
}

impl Batch {
    /// An empty batch, posted at `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        // The databases keep microseconds; the hash must be of what they give back.
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        Batch {
            now,
            transactions: Rows::new(&[
                Kind::Id,
                Kind::Int,
                Kind::Id,
                Kind::Text,
                Kind::Day,
                Kind::Instant,
                Kind::Text,
                Kind::Bytes,
            ]),
            entries: Rows::new(&[
                Kind::Id,
                Kind::Int,
                Kind::Int,
                Kind::Text,
                Kind::Int,
                Kind::Id,
                Kind::Day,
            ]),
            heads: Rows::new(&[Kind::Id, Kind::Int, Kind::Int, Kind::Int, Kind::Bytes]),
        }
    }

    /// Adds a journal transaction to the end of a chain and moves `head` on. Its number in the
    /// chain.
    pub fn post(
        &mut self,
        head: &mut Head,
        transaction: &JournalTransaction,
        source: &str,
        id: JournalId,
    ) -> i64 {
        head.seq += 1;
        let at = self.now.as_microsecond();
        head.hash = ledger::chain_hash(&head.hash, head.seq, id, transaction, at, source);
        let effect = postings::effect_on_account(transaction);
        head.receivable += effect.receivable;
        head.unapplied += effect.unapplied;
        self.transactions.push([
            head.account.into(),
            head.seq.into(),
            id.into(),
            transaction.posting.into(),
            transaction.effective.into(),
            self.now.into(),
            source.into(),
            head.hash.into(),
        ]);
        for (number, entry) in (1_i64..).zip(&transaction.entries) {
            self.entries.push([
                head.account.into(),
                head.seq.into(),
                number.into(),
                entry.account.to_string().into(),
                entry.cents.into(),
                entry.invoice.into(),
                transaction.effective.into(),
            ]);
        }
        head.seq
    }

    /// Remembers where an account's chain ends now. Once for each account, after its last
    /// [`Batch::post`].
    pub fn keep(&mut self, head: &Head) {
        self.heads.push([
            head.account.into(),
            head.receivable.into(),
            head.unapplied.into(),
            head.seq.into(),
            head.hash.into(),
        ]);
    }

    /// How many journal transactions are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.transactions.len()
    }

    /// True if nothing was posted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }

    /// Writes everything but the accounts, for a caller that moves their balances and chains
    /// itself.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn write_entries(&self, tx: &mut Tx) -> Result<(), StoreError> {
        tx.execute_rows(
            "INSERT INTO journal_transactions \
             (account_id, seq, id, posting, effective_on, posted_at, source, hash) \
             SELECT c1, c2, c3, c4, c5, c6, c7, c8 FROM {rows} WHERE true",
            &self.transactions,
        )
        .await?;
        tx.execute_rows(
            "INSERT INTO journal_entries \
             (account_id, seq, entry_no, ledger_account, cents, invoice_id, effective_on) \
             SELECT c1, c2, c3, c4, c5, c6, c7 FROM {rows} WHERE true",
            &self.entries,
        )
        .await
        .map(drop)
    }

    /// Writes everything. The accounts must have been locked in this database transaction before
    /// their heads were read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn write(&self, tx: &mut Tx) -> Result<(), StoreError> {
        self.write_entries(tx).await?;
        tx.execute_rows(
            "UPDATE accounts SET receivable_cents = v.c2, unapplied_cents = v.c3, \
             journal_seq = v.c4, journal_hash = v.c5 FROM {rows} WHERE accounts.id = v.c1",
            &self.heads,
        )
        .await
        .map(drop)
    }
}
