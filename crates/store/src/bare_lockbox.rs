//! The bare limit of taking a lockbox file in: the same rows into the same tables by the plainest
//! statements over whole sets. Not used otherwise. It reads no file, checks no digit, asks for no
//! duplicate and seals nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents, MemberId};

use crate::sql::Store;
use crate::{StoreError, Tx, args};

/// What an account is asked for.
#[derive(Debug, Clone)]
pub struct Due {
    /// The subscriber's member ID.
    pub member_id: MemberId,
    /// The number of its invoice.
    pub invoice_number: String,
    /// What is open on it.
    pub cents: Cents,
}

/// The open invoices of a month of the accounts numbered after `after` up to `last`.
///
/// # Errors
/// [`StoreError`].
pub async fn due(
    store: &Store,
    month: BillingMonth,
    (after, last): (i64, i64),
) -> Result<Vec<Due>, StoreError> {
    let mut tx = store.read().await?;
    tx.all(
        "SELECT p.member_id, i.invoice_number, i.charges_cents - i.applied_cents \
         FROM accounts a JOIN invoices i ON i.account_id = a.id AND i.billing_month = $1 \
         JOIN persons p ON p.id = a.subscriber_id \
         WHERE a.account_number > $2 AND a.account_number <= $3 \
         AND i.charges_cents > i.applied_cents ORDER BY a.account_number",
        args![month, after, last],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(Due {
            member_id: row.read()?,
            invoice_number: row.read()?,
            cents: row.read()?,
        })
    })
    .collect()
}

/// Nobody is mailed in a benchmark: what a receipt costs is measured elsewhere.
///
/// # Errors
/// [`StoreError`].
pub async fn silence(store: &Store) -> Result<(), StoreError> {
    store
        .write(|tx| {
            Box::pin(async move {
                let said = tx.execute("UPDATE persons SET email = ''", args![]).await;
                said.map(drop)
            })
        })
        .await
}

/// A file for [`take_in`].
///
/// # Errors
/// [`StoreError`].
pub async fn begin(
    store: &Store,
    file: AccountId,
    deposited_on: Date,
    now: Timestamp,
) -> Result<(), StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO remittance_files (id, journal_seq, journal_hash, digest, \
                     contents_digest, file_name, format, origin, reference, checks, cents, posted, \
                     posted_cents, suspended, suspended_cents, done_envelopes, begun_on, begun_at) \
                     VALUES ($1, 0, $2, $3, $3, 'bare', 'bare', '', '', 0, 0, 0, 0, 0, 0, 0, $4, $5)",
                    args![file, [0_u8; 32], file.to_string(), deposited_on, now],
                )
                .await
                .map(drop)
            })
        })
        .await
}

/// One stretch of accounts of a file that pays the invoices of a month.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// The file.
    pub file: AccountId,
    /// The month.
    pub month: BillingMonth,
    /// The day of deposit.
    pub deposited_on: Date,
    /// Now.
    pub now: Timestamp,
    /// The accounts numbered after the first up to the second.
    pub accounts: (i64, i64),
}

/// Posts a check for every account of a stretch in one durable transaction. How many.
///
/// # Errors
/// [`StoreError`].
pub async fn take_in(store: &Store, stretch: Stretch) -> Result<u64, StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let taken = items(tx, &stretch).await?;
                payments(tx, &stretch).await?;
                journal(tx, &stretch).await?;
                applied(tx, &stretch).await?;
                noted(tx, &stretch).await?;
                Ok(taken)
            })
        })
        .await
}

async fn items(tx: &mut Tx, s: &Stretch) -> Result<u64, StoreError> {
    let (after, last) = s.accounts;
    // As long as what seals routing, account and check number.
    let sealed = "k1.AAAAAAAAAAAAAAAA.".to_owned() + &"A".repeat(64);
    tx.execute(
        "INSERT INTO remittance_items (file_id, item_no, lockbox, deposited_on, batch, envelope, \
         ordinal, fingerprint, sealed, last_four, cents, payer_name, dated_on, image, outcome, \
         exceptions) SELECT $1, a.account_number, '0022222', $2, '001', \
         CAST(a.account_number AS TEXT) || SUBSTR($3, 1, 7), 1, SUBSTR($3, 1, 7) || \
         '000000000000000000000000000000000000000000000' \
         || SUBSTR(CAST(1000000000000 + a.account_number AS TEXT), 2), $4, '4321', \
         i.charges_cents - i.applied_cents, 'PAT PAYER', $2, '', 'posted', '' \
         FROM accounts a JOIN invoices i ON i.account_id = a.id AND i.billing_month = $5 \
         WHERE a.account_number > $6 AND a.account_number <= $7 AND i.charges_cents > i.applied_cents",
        args![
            s.file,
            s.deposited_on,
            s.month.to_string(),
            sealed,
            s.month,
            after,
            last,
        ],
    )
    .await
}

async fn payments(tx: &mut Tx, s: &Stretch) -> Result<(), StoreError> {
    let (after, last) = s.accounts;
    tx.execute(
        "INSERT INTO payments (account_id, id, idempotency_key, request_digest, confirmation, \
         cents, refunded_cents, channel, tender, last_four, bank_name, payer_name, payer_email, \
         language, status, reason, authorisation, evidence, received_at, effective_on, concluded_at) \
         SELECT a.id, {random id}, 'lockbox:0022222/' || $1 || '/001/' \
         || CAST(a.account_number AS TEXT) || '/1', a.journal_hash, \
         SUBSTR(CAST(10000000000 + a.account_number AS TEXT), 2), i.charges_cents - i.applied_cents, \
         0, 'mail', 'check', '4321', '', 'PAT PAYER', '', 'en', 'succeeded', '', '', '', $2, $3, $2 \
         FROM accounts a JOIN invoices i ON i.account_id = a.id AND i.billing_month = $4 \
         WHERE a.account_number > $5 AND a.account_number <= $6 AND i.charges_cents > i.applied_cents",
        args![
            s.month.to_string(),
            s.now,
            s.deposited_on,
            s.month,
            after,
            last
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO remittance_payments (account_id, payment_id, file_id, item_no) \
         SELECT a.id, y.id, $1, a.account_number FROM accounts a JOIN payments y \
         ON y.account_id = a.id AND y.idempotency_key = 'lockbox:0022222/' || $2 || '/001/' \
         || CAST(a.account_number AS TEXT) || '/1' \
         WHERE a.account_number > $3 AND a.account_number <= $4",
        args![s.file, s.month.to_string(), after, last],
    )
    .await?;
    tx.execute(
        "INSERT INTO payer_accounts (account_id, fingerprint, first_seen_on) \
         SELECT a.id, '0000000000000000000000000000000000000000000000000000' \
         || SUBSTR(CAST(1000000000000 + a.account_number AS TEXT), 2), $1 FROM accounts a \
         WHERE a.account_number > $2 AND a.account_number <= $3 \
         ON CONFLICT (account_id, fingerprint) DO NOTHING",
        args![s.deposited_on, after, last],
    )
    .await
    .map(drop)
}

async fn journal(tx: &mut Tx, s: &Stretch) -> Result<(), StoreError> {
    let (after, last) = s.accounts;
    tx.execute(
        "INSERT INTO journal_transactions \
         (account_id, seq, id, posting, effective_on, posted_at, source, hash) \
         SELECT a.id, a.journal_seq + k.n, {random id}, k.posting, $1, $2, \
         'payment:00000000-0000-0000-0000-' || i.invoice_number, a.journal_hash \
         FROM accounts a JOIN invoices i ON i.account_id = a.id AND i.billing_month = $3 \
         CROSS JOIN (SELECT 1 AS n, 'payment_received' AS posting \
         UNION ALL SELECT 2, 'cash_applied') AS k \
         WHERE a.account_number > $4 AND a.account_number <= $5 AND i.charges_cents > i.applied_cents",
        args![s.deposited_on, s.now, s.month, after, last],
    )
    .await?;
    tx.execute(
        "INSERT INTO journal_entries \
         (account_id, seq, entry_no, ledger_account, cents, invoice_id, effective_on) \
         SELECT a.id, a.journal_seq + k.n, k.entry_no, k.ledger_account, \
         k.sign * (i.charges_cents - i.applied_cents), \
         CASE WHEN k.ledger_account = '1100' THEN i.id END, $1 \
         FROM accounts a JOIN invoices i ON i.account_id = a.id AND i.billing_month = $2 \
         CROSS JOIN (SELECT 1 AS n, 1 AS entry_no, '1040' AS ledger_account, 1 AS sign \
         UNION ALL SELECT 1, 2, '2100', -1 UNION ALL SELECT 2, 1, '2100', 1 \
         UNION ALL SELECT 2, 2, '1100', -1) AS k \
         WHERE a.account_number > $3 AND a.account_number <= $4 AND i.charges_cents > i.applied_cents",
        args![s.deposited_on, s.month, after, last],
    )
    .await
    .map(drop)
}

async fn applied(tx: &mut Tx, s: &Stretch) -> Result<(), StoreError> {
    let (after, last) = s.accounts;
    tx.execute(
        "INSERT INTO applications (account_id, id, invoice_id, payment_id, cents, applied_on, \
         journal_seq, created_at) SELECT a.id, {random id}, i.id, y.id, y.cents, $1, \
         a.journal_seq + 2, $2 FROM accounts a \
         JOIN invoices i ON i.account_id = a.id AND i.billing_month = $3 \
         JOIN payments y ON y.account_id = a.id AND y.idempotency_key = 'lockbox:0022222/' || $4 \
         || '/001/' || CAST(a.account_number AS TEXT) || '/1' \
         WHERE a.account_number > $5 AND a.account_number <= $6",
        args![
            s.deposited_on,
            s.now,
            s.month,
            s.month.to_string(),
            after,
            last
        ],
    )
    .await?;
    tx.execute(
        "UPDATE accounts SET journal_seq = accounts.journal_seq + 2, \
         receivable_cents = accounts.receivable_cents - (i.charges_cents - i.applied_cents) FROM invoices i \
         WHERE i.account_id = accounts.id AND i.billing_month = $1 \
         AND accounts.account_number > $2 AND accounts.account_number <= $3 \
         AND i.charges_cents > i.applied_cents",
        args![s.month, after, last],
    )
    .await?;
    tx.execute(
        "UPDATE invoices SET applied_cents = charges_cents FROM accounts a \
         WHERE a.id = invoices.account_id AND invoices.billing_month = $1 \
         AND a.account_number > $2 AND a.account_number <= $3 \
         AND invoices.charges_cents > invoices.applied_cents",
        args![s.month, after, last],
    )
    .await
    .map(drop)
}

async fn noted(tx: &mut Tx, s: &Stretch) -> Result<(), StoreError> {
    let (after, last) = s.accounts;
    tx.execute(
        "INSERT INTO audit_events (id, at, actor_kind, actor, action, account_id, subject, detail) \
         SELECT {random id}, $1, 'operator', '', 'check-posted', a.id, \
         '00000000-0000-0000-0000-' || y.confirmation, \
         'cents=' || CAST(y.cents AS TEXT) || ' channel=mail' \
         FROM accounts a JOIN payments y ON y.account_id = a.id \
         AND y.idempotency_key = 'lockbox:0022222/' || $2 || '/001/' \
         || CAST(a.account_number AS TEXT) || '/1' \
         WHERE a.account_number > $3 AND a.account_number <= $4",
        args![s.now, s.month.to_string(), after, last],
    )
    .await?;
    tx.execute(
        "UPDATE remittance_files SET done_envelopes = $2 WHERE id = $1",
        args![s.file, last],
    )
    .await
    .map(drop)
}

/// How many rows the tables of a lockbox file hold: two runs are only to be compared if they made
/// as many.
///
/// # Errors
/// [`StoreError`].
pub async fn rows(store: &Store) -> Result<i64, StoreError> {
    let mut tx = store.read().await?;
    tx.one(
        "the counts of rows",
        "SELECT (SELECT COUNT(*) FROM remittance_items) + (SELECT COUNT(*) FROM payments) \
         + (SELECT COUNT(*) FROM remittance_payments) + (SELECT COUNT(*) FROM journal_transactions) \
         + (SELECT COUNT(*) FROM journal_entries) + (SELECT COUNT(*) FROM applications) \
         + (SELECT COUNT(*) FROM audit_events)",
        args![],
    )
    .await?
    .read()
}
