//! The bare limit of the autopay run: the same rows into the same tables by the plainest statements
//! over whole sets. Not used otherwise. It asks nothing: no cap, no tolerance, no skipped month, no
//! expired card, and it sends nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, MandateId, MethodId, PersonId};

use crate::sql::{Kind, Rows, Store};
use crate::{StoreError, Tx, args};

/// An account that gets a bank account and a mandate.
#[derive(Debug, Clone)]
pub struct Planted {
    /// The account.
    pub account: AccountId,
    /// Its subscriber.
    pub person: PersonId,
    /// The id of the bank account.
    pub method: MethodId,
    /// The processor's name for it.
    pub reference: String,
    /// The id of the mandate.
    pub mandate: MandateId,
    /// The sealed evidence of the mandate.
    pub evidence: String,
}

/// The accounts numbered after `after` up to `last` whose premium is paid here, with their
/// subscribers.
///
/// # Errors
/// [`StoreError`].
pub async fn accounts(
    store: &Store,
    (after, last): (i64, i64),
) -> Result<Vec<(AccountId, PersonId)>, StoreError> {
    let mut tx = store.read().await?;
    tx.all(
        "SELECT id, subscriber_id FROM accounts WHERE account_number > $1 AND account_number <= $2 \
         AND plan_line <> 'employer' ORDER BY account_number",
        args![after, last],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}

/// Gives accounts a validated bank account and a mandate from `month` on, in one durable
/// transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn plant(
    store: &Store,
    month: BillingMonth,
    planted: Vec<Planted>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Id,
        Kind::Id,
        Kind::Text,
        Kind::Id,
        Kind::Text,
        Kind::Int,
        Kind::Instant,
    ]);
    for one in planted {
        rows.push([
            one.account.into(),
            one.person.into(),
            one.method.into(),
            one.reference.into(),
            one.mandate.into(),
            one.evidence.into(),
            month.into(),
            now.into(),
        ]);
    }
    let rows = std::sync::Arc::new(rows);
    store
        .write(move |tx| {
            let rows = std::sync::Arc::clone(&rows);
            Box::pin(async move { plant_rows(tx, &rows).await })
        })
        .await
}

async fn plant_rows(tx: &mut Tx, rows: &Rows) -> Result<(), StoreError> {
    tx.execute_rows(
        "INSERT INTO payment_methods (person_id, id, gateway, tender, reference, payer_reference, \
         fingerprint, last_four, bank_name, holder, savings, network_reference, sealed_account, \
         label, is_default, state, validation, deposits, deposit_tries, deposit_answer, validated_at, \
         validated_by, disabled_reason, created_at) SELECT c2, c3, 'stripe', 'bank-account', c4, \
         'cus_' || c4, '', '6789', 'Bench Bank', 'Bench', FALSE, '', '', '', FALSE, 'good', '', '', \
         0, '', c8, 'processor', '', c8 FROM {rows} WHERE true",
        rows,
    )
    .await?;
    tx.execute_rows(
        "INSERT INTO mandates (account_id, id, person_id, method_id, draft_day, over_cap, \
         start_month, state, end_reason, consent_id, consent_version, language, evidence, \
         given_at, updated_at) SELECT c1, c5, c2, c3, 0, '', c7, 'active', '', c5, 'bench', 'en', \
         c6, c8, c8 FROM {rows} WHERE true",
        rows,
    )
    .await
    .map(drop)
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
                     returns, updated_at) SELECT a.id, $1, m.id, m.method_id, 'scheduled', i.due_on, \
                     i.due_on, i.due_on, a.receivable_cents - a.unapplied_cents, '', '', 0, 0, $2 \
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
         SELECT a.id, {random id}, 'autopay:' || CAST(CAST($1 AS BIGINT) AS TEXT), a.journal_hash, \
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
         reason, enquiries, owner, payer, network_reference, fingerprint, by_plan, paid_by) \
         SELECT a.id, {random id}, y.id, p.gateway, 'prepared', p.reference, '', '', 0, '', \
         p.payer_reference, p.network_reference, p.fingerprint, TRUE, m.person_id \
         FROM accounts a JOIN autopay_drafts d ON d.account_id = a.id AND d.billing_month = $1 \
         JOIN mandates m ON m.account_id = a.id AND m.id = d.mandate_id \
         JOIN payment_methods p ON p.person_id = m.person_id AND p.id = d.method_id \
         JOIN payments y ON y.account_id = a.id \
         AND y.idempotency_key = 'autopay:' || CAST(CAST($1 AS BIGINT) AS TEXT) \
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
         AND y.idempotency_key = 'autopay:' || CAST(CAST($1 AS BIGINT) AS TEXT) \
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
         ON y.account_id = a.id AND y.idempotency_key = 'autopay:' || CAST(CAST($1 AS BIGINT) AS TEXT) \
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

/// How many drafts, payments and attempts there are: what a second run must not add to.
///
/// # Errors
/// [`StoreError`].
pub async fn drafted(store: &Store) -> Result<[i64; 3], StoreError> {
    let [drafts, payments, attempts, _] = rows(store).await?;
    Ok([drafts, payments, attempts])
}

/// How many accounts with a mandate owe something on the invoice of a month, and how much.
///
/// # Errors
/// [`StoreError`].
pub async fn owing(store: &Store, month: BillingMonth) -> Result<[i64; 2], StoreError> {
    let mut tx = store.read().await?;
    let mut row = tx
        .one(
            "what is owed",
            "SELECT COUNT(*), \
             COALESCE(CAST(SUM(a.receivable_cents - a.unapplied_cents) AS BIGINT), 0) \
             FROM accounts a JOIN mandates m ON m.account_id = a.id AND m.state = 'active' \
             JOIN invoices i ON i.account_id = a.id AND i.billing_month = $1 \
             WHERE a.receivable_cents > a.unapplied_cents",
            args![month],
        )
        .await?;
    Ok([row.read()?, row.read()?])
}

/// Takes the last draft of every mandate to have been of what its account is asked for now, so that
/// no notice is needed.
///
/// # Errors
/// [`StoreError`].
pub async fn align(store: &Store) -> Result<(), StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                tx.execute(
                    "UPDATE mandates SET previous_cents = a.receivable_cents - a.unapplied_cents \
                     FROM accounts a WHERE a.id = mandates.account_id",
                    args![],
                )
                .await
                .map(drop)
            })
        })
        .await
}

/// What neither run does: the drafts of a month are paid, so that the next month's invoice begins
/// at nothing. Balances only; the journal is not touched, so these books are not to be verified.
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
