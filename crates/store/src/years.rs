//! The movements of a member's money in a calendar year, from the journal.

use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents, PaymentId, Tender};

use crate::{StoreError, Tx, args};

/// A journal transaction that changed what a member paid, with the payment it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovementRow {
    /// The day it counts from.
    pub day: Date,
    /// The posting.
    pub posting: String,
    /// What it came from: `payment:ID`.
    pub source: String,
    /// What it added to unapplied cash: positive for money that came in.
    pub cents: Cents,
}

/// What a payment was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidWithRow {
    /// The payment.
    pub payment: PaymentId,
    /// What with.
    pub tender: Tender,
    /// The last four digits.
    pub last_four: String,
    /// The confirmation number.
    pub confirmation: String,
}

/// The journal transactions of an account from `from` until before `before` that brought money in
/// or took it back, in the order of the journal.
pub async fn movements(
    tx: &mut Tx,
    account: AccountId,
    from: Date,
    before: Date,
    (postings, cash): (&[&str; 7], &str),
) -> Result<Vec<MovementRow>, StoreError> {
    tx.all(
        "SELECT t.effective_on, t.posting, t.source, CAST(-SUM(e.cents) AS BIGINT) \
         FROM journal_transactions t JOIN journal_entries e \
         ON e.account_id = t.account_id AND e.seq = t.seq \
         WHERE t.account_id = $1 AND t.effective_on >= $2 AND t.effective_on < $3 \
         AND t.posting IN ($4, $5, $6, $7, $8, $9, $10) AND e.ledger_account = $11 \
         GROUP BY t.seq, t.effective_on, t.posting, t.source ORDER BY t.effective_on, t.seq",
        args![
            account,
            from,
            before,
            postings[0],
            postings[1],
            postings[2],
            postings[3],
            postings[4],
            postings[5],
            postings[6],
            cash,
        ],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(MovementRow {
            day: row.read()?,
            posting: row.read()?,
            source: row.read()?,
            cents: row.read()?,
        })
    })
    .collect()
}

/// What the payments of an account were made with.
pub async fn paid_with(tx: &mut Tx, account: AccountId) -> Result<Vec<PaidWithRow>, StoreError> {
    tx.all(
        "SELECT id, tender, last_four, confirmation FROM payments WHERE account_id = $1",
        args![account],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(PaidWithRow {
            payment: row.read()?,
            tender: row.read()?,
            last_four: row.read()?,
            confirmation: row.read()?,
        })
    })
    .collect()
}

/// Premium, APTC and penalty of an account for the months from `from` until before `before`, on
/// whichever invoice they are; APTC is negative.
pub async fn charged(
    tx: &mut Tx,
    account: AccountId,
    from: BillingMonth,
    before: BillingMonth,
) -> Result<Vec<(String, Cents)>, StoreError> {
    tx.all(
        "SELECT kind, CAST(SUM(cents) AS BIGINT) FROM invoice_lines \
         WHERE account_id = $1 AND month >= $2 AND month < $3 GROUP BY kind ORDER BY kind",
        args![account, from, before],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}

/// The days of the first and last journal transaction of an account.
pub async fn days(tx: &mut Tx, account: AccountId) -> Result<Option<(Date, Date)>, StoreError> {
    let mut row = tx
        .one(
            "the days of the journal",
            "SELECT MIN(effective_on), MAX(effective_on) FROM journal_transactions \
             WHERE account_id = $1",
            args![account],
        )
        .await?;
    Ok(match (row.read_optional()?, row.read_optional()?) {
        (Some(first), Some(last)) => Some((first, last)),
        _ => None,
    })
}
