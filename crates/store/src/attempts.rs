//! Attempts to carry payments out, and the webhooks that tell of them.

use jiff::Timestamp;
use kernel::{AccountId, AttemptId, Cents, PaymentId, PersonId};
use payments::AttemptState;

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// An attempt as it is stored.
#[derive(Debug, Clone)]
pub struct AttemptRow {
    /// The account of its payment.
    pub account: AccountId,
    /// Id; also the idempotency key at the processor.
    pub id: AttemptId,
    /// Its payment.
    pub payment: PaymentId,
    /// Which processor.
    pub gateway: String,
    /// Where it stands.
    pub state: AttemptState,
    /// The processor's name for the card or bank account.
    pub instrument: String,
    /// The processor's name for the charge; empty until known.
    pub reference: String,
    /// Why it was declined or returned; empty otherwise.
    pub reason: String,
    /// When it was, or was about to be, sent.
    pub dispatched_at: Option<Timestamp>,
    /// When its outcome was known.
    pub concluded_at: Option<Timestamp>,
    /// How often the processor was asked about it.
    pub enquiries: u32,
    /// When to ask next.
    pub next_enquiry_at: Option<Timestamp>,
    /// Who must look at it, if asking did not help.
    pub owner: String,
    /// The processor's name for whose card or account it is; empty for one that is not kept.
    pub payer: String,
    /// What ties it to the charge the payer was present at; empty if not known.
    pub network_reference: String,
    /// The same for the same card or account; empty if the processor does not say.
    pub fingerprint: String,
    /// True if the plan set it off on an agreement made earlier, false if the payer did.
    pub by_plan: bool,
    /// The person who was signed in and paid; `None` for guests and jobs.
    pub paid_by: Option<PersonId>,
}

fn attempt(mut row: Row) -> Result<AttemptRow, StoreError> {
    Ok(AttemptRow {
        account: row.read()?,
        id: row.read()?,
        payment: row.read()?,
        gateway: row.read()?,
        state: {
            let code: String = row.read()?;
            AttemptState::from_code(&code)
                .ok_or_else(|| StoreError::inconsistent(format!("attempt state \"{code}\"")))?
        },
        instrument: row.read()?,
        reference: row.read()?,
        reason: row.read()?,
        dispatched_at: row.read_optional()?,
        concluded_at: row.read_optional()?,
        enquiries: row.read()?,
        next_enquiry_at: row.read_optional()?,
        owner: row.read()?,
        payer: row.read()?,
        network_reference: row.read()?,
        fingerprint: row.read()?,
        by_plan: row.read()?,
        paid_by: row.read_optional()?,
    })
}

/// Writes a new attempt.
pub async fn insert(tx: &mut Tx, row: &AttemptRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO attempts (account_id, id, payment_id, gateway, state, instrument, reference, \
         reason, dispatched_at, concluded_at, enquiries, next_enquiry_at, owner, payer, \
         network_reference, fingerprint, by_plan, paid_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        args![
            row.account,
            row.id,
            row.payment,
            &row.gateway,
            row.state.code(),
            &row.instrument,
            &row.reference,
            &row.reason,
            row.dispatched_at,
            row.concluded_at,
            row.enquiries,
            row.next_enquiry_at,
            &row.owner,
            &row.payer,
            &row.network_reference,
            &row.fingerprint,
            row.by_plan,
            row.paid_by,
        ],
    )
    .await
    .map(drop)
}

/// Writes new attempts.
pub async fn insert_all(tx: &mut Tx, attempts: &[AttemptRow]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Id,
        Kind::Id,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Instant,
        Kind::Instant,
        Kind::Int,
        Kind::Instant,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Bool,
        Kind::Id,
    ]);
    for row in attempts {
        rows.push([
            row.account.into(),
            row.id.into(),
            row.payment.into(),
            (&row.gateway).into(),
            row.state.code().into(),
            (&row.instrument).into(),
            (&row.reference).into(),
            (&row.reason).into(),
            row.dispatched_at.into(),
            row.concluded_at.into(),
            row.enquiries.into(),
            row.next_enquiry_at.into(),
            (&row.owner).into(),
            (&row.payer).into(),
            (&row.network_reference).into(),
            (&row.fingerprint).into(),
            row.by_plan.into(),
            row.paid_by.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO attempts (account_id, id, payment_id, gateway, state, instrument, reference, \
         reason, dispatched_at, concluded_at, enquiries, next_enquiry_at, owner, payer, \
         network_reference, fingerprint, by_plan, paid_by) SELECT c1, c2, c3, c4, c5, c6, c7, c8, \
         c9, c10, c11, c12, c13, c14, c15, c16, c17, c18 FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// Attempts that are written down and not sent, oldest first, locked until the transaction ends;
/// those that another process has locked are passed over.
pub async fn prepared(tx: &mut Tx, most: i64) -> Result<Vec<AttemptRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, payment_id, gateway, state, instrument, reference, reason, \
         dispatched_at, concluded_at, enquiries, next_enquiry_at, owner, payer, \
         network_reference, fingerprint, by_plan, paid_by FROM attempts \
         WHERE state = 'prepared' ORDER BY id LIMIT $1 {skip locked}",
        args![most],
    )
    .await?
    .into_iter()
    .map(attempt)
    .collect()
}

/// Marks attempts that [`prepared`] locked as about to be sent.
pub async fn dispatch(
    tx: &mut Tx,
    attempts: &[AttemptRow],
    now: Timestamp,
    ask_at: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Id, Kind::Instant, Kind::Instant]);
    for row in attempts {
        rows.push([row.account.into(), row.id.into(), now.into(), ask_at.into()]);
    }
    tx.execute_rows(
        "UPDATE attempts SET state = 'dispatched', dispatched_at = v.c3, next_enquiry_at = v.c4 \
         FROM {rows} WHERE attempts.account_id = v.c1 AND attempts.id = v.c2 \
         AND attempts.state = 'prepared'",
        &rows,
    )
    .await
    .map(drop)
}

/// How often a card or bank account was charged this amount since an instant, the latest included.
pub async fn tries_since(
    tx: &mut Tx,
    fingerprint: &str,
    cents: Cents,
    since: Timestamp,
) -> Result<u32, StoreError> {
    let mut row = tx
        .one(
            "a count of attempts",
            "SELECT COUNT(*) FROM attempts a JOIN payments p ON p.account_id = a.account_id \
             AND p.id = a.payment_id WHERE a.fingerprint = $1 AND a.fingerprint <> '' \
             AND p.cents = $2 AND a.dispatched_at >= $3",
            args![fingerprint, cents, since],
        )
        .await?;
    row.read()
}

/// Saves everything of an attempt that changes.
pub async fn save(tx: &mut Tx, row: &AttemptRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE attempts SET state = $3, reference = $4, reason = $5, concluded_at = $6, \
         enquiries = $7, next_enquiry_at = $8, owner = $9 WHERE account_id = $1 AND id = $2",
        args![
            row.account,
            row.id,
            row.state.code(),
            &row.reference,
            &row.reason,
            row.concluded_at,
            row.enquiries,
            row.next_enquiry_at,
            &row.owner,
        ],
    )
    .await
    .map(drop)
}

/// An attempt of an account.
pub async fn by_id(
    tx: &mut Tx,
    account: AccountId,
    id: AttemptId,
) -> Result<Option<AttemptRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, payment_id, gateway, state, instrument, reference, reason, \
         dispatched_at, concluded_at, enquiries, next_enquiry_at, owner, payer, \
         network_reference, fingerprint, by_plan, paid_by FROM attempts WHERE account_id = $1 AND id = $2",
        args![account, id],
    )
    .await?
    .map(attempt)
    .transpose()
}

/// An attempt whose account is not known, as webhooks name it.
pub async fn find(tx: &mut Tx, id: AttemptId) -> Result<Option<AttemptRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, payment_id, gateway, state, instrument, reference, reason, \
         dispatched_at, concluded_at, enquiries, next_enquiry_at, owner, payer, \
         network_reference, fingerprint, by_plan, paid_by FROM attempts WHERE id = $1",
        args![id],
    )
    .await?
    .map(attempt)
    .transpose()
}

/// The attempt that led to this charge at the processor.
pub async fn by_reference(tx: &mut Tx, reference: &str) -> Result<Option<AttemptRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, payment_id, gateway, state, instrument, reference, reason, \
         dispatched_at, concluded_at, enquiries, next_enquiry_at, owner, payer, \
         network_reference, fingerprint, by_plan, paid_by FROM attempts WHERE reference = $1 AND reference <> ''",
        args![reference],
    )
    .await?
    .map(attempt)
    .transpose()
}

/// The attempts of a payment, oldest first.
pub async fn of_payment(
    tx: &mut Tx,
    account: AccountId,
    payment: PaymentId,
) -> Result<Vec<AttemptRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, payment_id, gateway, state, instrument, reference, reason, \
         dispatched_at, concluded_at, enquiries, next_enquiry_at, owner, payer, \
         network_reference, fingerprint, by_plan, paid_by FROM attempts \
         WHERE account_id = $1 AND payment_id = $2 ORDER BY id",
        args![account, payment],
    )
    .await?
    .into_iter()
    .map(attempt)
    .collect()
}

/// The attempts that it is time to ask about.
pub async fn due(tx: &mut Tx, now: Timestamp, most: i64) -> Result<Vec<AttemptRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, payment_id, gateway, state, instrument, reference, reason, \
         dispatched_at, concluded_at, enquiries, next_enquiry_at, owner, payer, \
         network_reference, fingerprint, by_plan, paid_by FROM attempts \
         WHERE next_enquiry_at IS NOT NULL AND next_enquiry_at <= $1 \
         ORDER BY next_enquiry_at LIMIT $2",
        args![now, most],
    )
    .await?
    .into_iter()
    .map(attempt)
    .collect()
}

/// Takes an attempt for asking about until `until`: false if another process was first. `seen` is
/// the time for asking that the caller read.
pub async fn claim(tx: &mut Tx, row: &AttemptRow, until: Timestamp) -> Result<bool, StoreError> {
    let claimed = tx
        .execute(
            "UPDATE attempts SET next_enquiry_at = $3, enquiries = enquiries + 1 \
             WHERE account_id = $1 AND id = $2 AND next_enquiry_at = $4 AND enquiries = $5",
            args![
                row.account,
                row.id,
                until,
                row.next_enquiry_at,
                row.enquiries
            ],
        )
        .await?;
    Ok(claimed == 1)
}

/// A webhook that waits to be handled.
#[derive(Debug, Clone)]
pub struct WebhookRow {
    /// Which processor.
    pub gateway: String,
    /// The processor's name for the event.
    pub event_id: String,
    /// The charge it is about, as the processor names it; empty if none.
    pub charge: String,
    /// When.
    pub received_at: Timestamp,
    /// How often handling it was tried.
    pub tries: u32,
}

/// Keeps a webhook. False if it was received before.
pub async fn keep_webhook(tx: &mut Tx, row: &WebhookRow) -> Result<bool, StoreError> {
    let kept = tx
        .execute(
            "INSERT INTO webhook_events (gateway, event_id, charge, received_at, tries, handled_at) \
             VALUES ($1, $2, $3, $4, 0, NULL) ON CONFLICT (gateway, event_id) DO NOTHING",
            args![&row.gateway, &row.event_id, &row.charge, row.received_at],
        )
        .await?;
    Ok(kept == 1)
}

/// Webhooks not handled yet, oldest first, with fewer than `tries` tries.
pub async fn open_webhooks(
    tx: &mut Tx,
    tries: i64,
    most: i64,
) -> Result<Vec<WebhookRow>, StoreError> {
    tx.all(
        "SELECT gateway, event_id, charge, received_at, tries FROM webhook_events \
         WHERE handled_at IS NULL AND tries < $1 ORDER BY received_at LIMIT $2",
        args![tries, most],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(WebhookRow {
            gateway: row.read()?,
            event_id: row.read()?,
            charge: row.read()?,
            received_at: row.read()?,
            tries: row.read()?,
        })
    })
    .collect()
}

/// Marks a webhook as handled, or counts a try.
pub async fn settle_webhook(
    tx: &mut Tx,
    row: &WebhookRow,
    handled_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE webhook_events SET tries = tries + 1, handled_at = $3 \
         WHERE gateway = $1 AND event_id = $2 AND handled_at IS NULL",
        args![&row.gateway, &row.event_id, handled_at],
    )
    .await
    .map(drop)
}
