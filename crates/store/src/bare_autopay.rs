//! The bare limit of the autopay run: the same rows into the same tables by the plainest statements
//! over whole sets. Not used otherwise. It asks nothing: no cap, no tolerance, no skipped month, no
//! expired card, and it sends nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::BillingMonth;

use crate::sql::Store;
use crate::{StoreError, Tx, args};

/// Gives every account whose premium is paid here a validated bank account and a mandate from
/// `month` on. Each draft so far is taken to have been of what the account is asked for now, so
/// that no notice is needed. How many mandates there are.
///
/// # Errors
/// [`StoreError`].
pub async fn plant(store: &Store, month: BillingMonth, now: Timestamp) -> Result<u64, StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO payment_methods (person_id, id, gateway, tender, reference, \
                     payer_reference, fingerprint, last_four, bank_name, holder, savings, \
                     expires_month, network_reference, sealed_account, label, is_default, state, \
                     validation, deposits, deposits_on, deposit_tries, validated_at, validated_by, \
                     disabled_reason, created_at) \
                     SELECT a.subscriber_id, {random id}, 'bench', 'bank-account', \
                     'pm_' || CAST(a.account_number AS TEXT), \
                     'cus_' || CAST(a.account_number AS TEXT), \
                     'fp_' || CAST(a.account_number AS TEXT), '6789', 'Bench Bank', 'Bench', FALSE, \
                     NULL, '', '', '', TRUE, 'good', '', '', NULL, 0, $1, 'bench', '', $1 \
                     FROM accounts a WHERE a.plan_line <> 'employer'",
                    args![now],
                )
                .await?;
                tx.execute(
                    "INSERT INTO mandates (account_id, id, person_id, method_id, draft_day, \
                     over_cap, start_month, previous_cents, state, end_reason, consent_id, \
                     consent_version, language, evidence, given_at, updated_at) \
                     SELECT a.id, {random id}, a.subscriber_id, p.id, 0, '', $1, \
                     a.receivable_cents - a.unapplied_cents, 'active', '', {random id}, 'bench', \
                     'en', '', $2, $2 FROM accounts a \
                     JOIN payment_methods p ON p.person_id = a.subscriber_id \
                     WHERE a.plan_line <> 'employer'",
                    args![month, now],
                )
                .await
            })
        })
        .await
}

/// Plans the drafts of a month for the accounts numbered after `after` up to `last`, in one durable
/// transaction. How many there are.
///
/// # Errors
/// [`StoreError`].
pub async fn plan(
    store: &Store,
    month: BillingMonth,
    (after, last): (i64, i64),
    now: Timestamp,
) -> Result<u64, StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO autopay_drafts (account_id, billing_month, mandate_id, method_id, \
                     state, draft_on, debit_on, due_on, cents, reason, told_reason, tries, \
                     updated_at) SELECT a.id, $1, m.id, m.method_id, 'scheduled', i.due_on, \
                     i.due_on, i.due_on, a.receivable_cents - a.unapplied_cents, '', '', 0, $2 \
                     FROM accounts a JOIN mandates m ON m.account_id = a.id AND m.state = 'active' \
                     JOIN invoices i ON i.account_id = a.id AND i.billing_month = $1 \
                     WHERE a.account_number > $3 AND a.account_number <= $4 \
                     AND a.receivable_cents > a.unapplied_cents",
                    args![month, now, after, last],
                )
                .await
            })
        })
        .await
}

/// Makes payments of the drafts of a month, with an attempt for each that is ready to be sent, for
/// the accounts numbered after `after` up to `last`, in one durable transaction. How many there
/// are.
///
/// # Errors
/// [`StoreError`].
pub async fn send(
    store: &Store,
    month: BillingMonth,
    (after, last): (i64, i64),
    today: Date,
    now: Timestamp,
) -> Result<u64, StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                payments(tx, month, (after, last), today, now).await?;
                attempts(tx, month, (after, last)).await?;
                audit(tx, month, (after, last), now).await?;
                sent(tx, month, (after, last), now).await
            })
        })
        .await
}

async fn payments(
    tx: &mut Tx,
    month: BillingMonth,
    (after, last): (i64, i64),
    today: Date,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO payments (account_id, id, idempotency_key, request_digest, confirmation, \
         cents, refunded_cents, channel, tender, last_four, bank_name, payer_name, payer_email, \
         language, status, reason, authorisation, evidence, received_at, effective_on) \
         SELECT a.id, {random id}, 'autopay-' || CAST(CAST($1 AS BIGINT) AS TEXT), a.journal_hash, \
         CAST(1000000000000 + CAST($1 AS BIGINT) * 1000000 + a.account_number AS TEXT), d.cents, 0, 'online', \
         p.tender, p.last_four, p.bank_name, h.first_name || ' ' || h.last_name, h.email, \
         h.language, 'sent', '', m.consent_version, m.evidence, $2, $3 \
         FROM accounts a JOIN autopay_drafts d ON d.account_id = a.id AND d.billing_month = $1 \
         JOIN mandates m ON m.account_id = a.id AND m.id = d.mandate_id \
         JOIN payment_methods p ON p.person_id = m.person_id AND p.id = d.method_id \
         JOIN persons h ON h.id = m.person_id \
         WHERE a.account_number > $4 AND a.account_number <= $5 AND d.state = 'scheduled'",
        args![month, now, today, after, last],
    )
    .await
    .map(drop)
}

async fn attempts(
    tx: &mut Tx,
    month: BillingMonth,
    (after, last): (i64, i64),
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO attempts (account_id, id, payment_id, gateway, state, instrument, reference, \
         reason, enquiries, owner, payer, network_reference, fingerprint, by_plan) \
         SELECT a.id, {random id}, y.id, p.gateway, 'prepared', p.reference, '', '', 0, '', \
         p.payer_reference, p.network_reference, p.fingerprint, TRUE \
         FROM accounts a JOIN autopay_drafts d ON d.account_id = a.id AND d.billing_month = $1 \
         JOIN mandates m ON m.account_id = a.id AND m.id = d.mandate_id \
         JOIN payment_methods p ON p.person_id = m.person_id AND p.id = d.method_id \
         JOIN payments y ON y.account_id = a.id \
         AND y.idempotency_key = 'autopay-' || CAST(CAST($1 AS BIGINT) AS TEXT) \
         WHERE a.account_number > $2 AND a.account_number <= $3 AND d.state = 'scheduled'",
        args![month, after, last],
    )
    .await
    .map(drop)
}

async fn audit(
    tx: &mut Tx,
    month: BillingMonth,
    (after, last): (i64, i64),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO audit_events (id, at, actor_kind, actor, action, account_id, subject, detail) \
         SELECT {random id}, $2, 'job', 'autopay', 'payment-sent', a.id, \
         '00000000-0000-0000-0000-' || y.confirmation, \
         'cents=' || CAST(y.cents AS TEXT) || ' channel=online' \
         FROM accounts a JOIN payments y ON y.account_id = a.id \
         AND y.idempotency_key = 'autopay-' || CAST(CAST($1 AS BIGINT) AS TEXT) \
         WHERE a.account_number > $3 AND a.account_number <= $4",
        args![month, now, after, last],
    )
    .await
    .map(drop)
}

async fn sent(
    tx: &mut Tx,
    month: BillingMonth,
    (after, last): (i64, i64),
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE autopay_drafts SET state = 'sent', payment_id = y.id, tries = 1, \
         first_debit_on = debit_on, updated_at = $2 FROM accounts a JOIN payments y \
         ON y.account_id = a.id AND y.idempotency_key = 'autopay-' || CAST(CAST($1 AS BIGINT) AS TEXT) \
         WHERE a.id = autopay_drafts.account_id AND autopay_drafts.billing_month = $1 \
         AND autopay_drafts.state = 'scheduled' AND a.account_number > $3 AND a.account_number <= $4",
        args![month, now, after, last],
    )
    .await
}

/// How many drafts, payments, attempts and audit events there are: two runs are only to be compared
/// if they made about as many rows.
///
/// # Errors
/// [`StoreError`].
pub async fn rows(store: &Store) -> Result<[i64; 4], StoreError> {
    let mut tx = store.read().await?;
    let mut row = tx
        .one(
            "the counts of rows",
            "SELECT (SELECT COUNT(*) FROM autopay_drafts), (SELECT COUNT(*) FROM payments), \
             (SELECT COUNT(*) FROM attempts), (SELECT COUNT(*) FROM audit_events)",
            args![],
        )
        .await?;
    Ok([row.read()?, row.read()?, row.read()?, row.read()?])
}

/// How many drafts of a month became payments, and what they come to.
///
/// # Errors
/// [`StoreError`].
pub async fn sums(store: &Store, month: BillingMonth) -> Result<[i64; 2], StoreError> {
    let mut tx = store.read().await?;
    let mut row = tx
        .one(
            "the sums of a run",
            "SELECT COUNT(*), COALESCE(CAST(SUM(y.cents) AS BIGINT), 0) FROM autopay_drafts d \
             JOIN payments y ON y.account_id = d.account_id AND y.id = d.payment_id \
             WHERE d.billing_month = $1",
            args![month],
        )
        .await?;
    Ok([row.read()?, row.read()?])
}

/// What the bare run does not post: the drafts of a month are paid, so that the next month's invoice
/// begins at nothing. Balances only; the journal is not touched, so these books are not to be
/// verified.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(store: &Store, month: BillingMonth) -> Result<(), StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                tx.execute(
                    "UPDATE invoices SET applied_cents = charges_cents WHERE billing_month <= $1",
                    args![month],
                )
                .await?;
                tx.execute(
                    "UPDATE accounts SET receivable_cents = 0, unapplied_cents = 0",
                    args![],
                )
                .await?;
                tx.execute(
                    "UPDATE attempts SET state = 'succeeded' WHERE state = 'prepared'",
                    args![],
                )
                .await?;
                tx.execute(
                    "UPDATE autopay_drafts SET state = 'paid' WHERE state = 'sent'",
                    args![],
                )
                .await
                .map(drop)
            })
        })
        .await
}
