//! The draft of each account and month.

use autopay::{AmountNotice, DraftState};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents, MandateId, MethodId, PaymentId};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// A draft as it is stored: one for each account and month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// The account.
    pub account: AccountId,
    /// The month it pays.
    pub month: BillingMonth,
    /// Under which mandate.
    pub mandate: MandateId,
    /// From which card or bank account.
    pub method: MethodId,
    /// Where it stands.
    pub state: DraftState,
    /// The day it is submitted.
    pub draft_on: Option<Date>,
    /// The day the money moves.
    pub debit_on: Option<Date>,
    /// When its invoice is due.
    pub due_on: Option<Date>,
    /// How much.
    pub cents: Cents,
    /// Why there is none, why it is late, or why it failed; empty otherwise.
    pub reason: String,
    /// The reason that the member was last told of; empty for none.
    pub told_reason: String,
    /// The last notice of amount and day.
    pub notice: Option<AmountNotice>,
    /// The payment of the latest try.
    pub payment: Option<PaymentId>,
    /// How often it was tried.
    pub tries: u32,
    /// How often the bank sent it back.
    pub returns: u32,
    /// When it is tried again.
    pub next_try_on: Option<Date>,
    /// When the money of the first try moved.
    pub first_debit_on: Option<Date>,
}

/// A draft that may be absent, as a joined table gives it.
pub(crate) fn draft(row: &mut Row) -> Result<Option<DraftRow>, StoreError> {
    let (account, month) = (row.read_optional()?, row.read_optional()?);
    let (mandate, method) = (row.read_optional()?, row.read_optional()?);
    let state: Option<String> = row.read_optional()?;
    let (draft_on, debit_on, due_on) = (
        row.read_optional()?,
        row.read_optional()?,
        row.read_optional()?,
    );
    let cents = row.read_optional()?;
    let (reason, told_reason) = (row.read_optional()?, row.read_optional()?);
    let (sent_on, named, moves_on) = (
        row.read_optional()?,
        row.read_optional()?,
        row.read_optional()?,
    );
    let payment = row.read_optional()?;
    let tries: Option<u32> = row.read_optional()?;
    let returns: Option<u32> = row.read_optional()?;
    let (next_try_on, first_debit_on) = (row.read_optional()?, row.read_optional()?);
    let (Some(account), Some(month), Some(mandate), Some(method), Some(state)) =
        (account, month, mandate, method, state)
    else {
        return Ok(None);
    };
    let notice = match (sent_on, named, moves_on) {
        (Some(sent_on), Some(cents), Some(debit_on)) => Some(AmountNotice {
            sent_on,
            cents,
            debit_on,
        }),
        _ => None,
    };
    Ok(Some(DraftRow {
        account,
        month,
        mandate,
        method,
        state: DraftState::from_code(&state)
            .ok_or_else(|| StoreError::inconsistent(format!("draft state {state}")))?,
        draft_on,
        debit_on,
        due_on,
        cents: cents.unwrap_or_default(),
        reason: reason.unwrap_or_default(),
        told_reason: told_reason.unwrap_or_default(),
        notice,
        payment,
        tries: tries.unwrap_or_default(),
        returns: returns.unwrap_or_default(),
        next_try_on,
        first_debit_on,
    }))
}

fn rows_of(drafts: &[(DraftRow, Timestamp)], now: Timestamp) -> Rows {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Int,
        Kind::Id,
        Kind::Id,
        Kind::Text,
        Kind::Day,
        Kind::Day,
        Kind::Day,
        Kind::Int,
        Kind::Text,
        Kind::Text,
        Kind::Day,
        Kind::Int,
        Kind::Day,
        Kind::Id,
        Kind::Int,
        Kind::Int,
        Kind::Day,
        Kind::Day,
        Kind::Instant,
        Kind::Instant,
    ]);
    for (draft, seen) in drafts {
        rows.push([
            draft.account.into(),
            draft.month.into(),
            draft.mandate.into(),
            draft.method.into(),
            draft.state.code().into(),
            draft.draft_on.into(),
            draft.debit_on.into(),
            draft.due_on.into(),
            draft.cents.into(),
            (&draft.reason).into(),
            (&draft.told_reason).into(),
            draft.notice.map(|notice| notice.sent_on).into(),
            draft.notice.map(|notice| notice.cents).into(),
            draft.notice.map(|notice| notice.debit_on).into(),
            draft.payment.into(),
            draft.tries.into(),
            draft.returns.into(),
            draft.next_try_on.into(),
            draft.first_debit_on.into(),
            now.into(),
            (*seen).into(),
        ]);
    }
    rows
}

/// Writes what was planned, each with the time of change of the mandate it was planned from: one
/// that changed meanwhile is left alone, and so is a month that was drafted meanwhile. How many
/// were written.
///
/// The join is a cross join so that SQLite looks up the mandates of the rows: of its own accord it
/// goes through all mandates in force for every few hundred rows.
///
/// # Errors
/// [`StoreError`].
pub async fn plan(
    tx: &mut Tx,
    drafts: &[(DraftRow, Timestamp)],
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute_rows(
        "INSERT INTO autopay_drafts (account_id, billing_month, mandate_id, method_id, state, \
         draft_on, debit_on, due_on, cents, reason, told_reason, notice_sent_on, notice_cents, \
         notice_debit_on, payment_id, tries, returns, next_try_on, first_debit_on, updated_at) \
         SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, \
         c19, c20 FROM {rows} CROSS JOIN mandates m WHERE m.account_id = v.c1 \
         AND m.id = v.c3 AND m.state = 'active' AND m.updated_at = v.c21 \
         ON CONFLICT (account_id, billing_month) DO UPDATE SET mandate_id = excluded.mandate_id, \
         method_id = excluded.method_id, state = excluded.state, draft_on = excluded.draft_on, \
         debit_on = excluded.debit_on, due_on = excluded.due_on, cents = excluded.cents, \
         reason = excluded.reason, told_reason = excluded.told_reason, \
         notice_sent_on = excluded.notice_sent_on, notice_cents = excluded.notice_cents, \
         notice_debit_on = excluded.notice_debit_on, updated_at = excluded.updated_at \
         WHERE autopay_drafts.state IN ('scheduled', 'none', 'cancelled')",
        &rows_of(drafts, now),
    )
    .await
}

/// Saves drafts whose accounts are locked in this transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn save(tx: &mut Tx, drafts: &[DraftRow], now: Timestamp) -> Result<(), StoreError> {
    let drafts: Vec<_> = drafts.iter().map(|draft| (draft.clone(), now)).collect();
    tx.execute_rows(
        "INSERT INTO autopay_drafts (account_id, billing_month, mandate_id, method_id, state, \
         draft_on, debit_on, due_on, cents, reason, told_reason, notice_sent_on, notice_cents, \
         notice_debit_on, payment_id, tries, returns, next_try_on, first_debit_on, updated_at) \
         SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, \
         c19, c21 FROM {rows} WHERE true \
         ON CONFLICT (account_id, billing_month) DO UPDATE SET mandate_id = excluded.mandate_id, \
         method_id = excluded.method_id, state = excluded.state, draft_on = excluded.draft_on, \
         debit_on = excluded.debit_on, due_on = excluded.due_on, cents = excluded.cents, \
         reason = excluded.reason, told_reason = excluded.told_reason, \
         notice_sent_on = excluded.notice_sent_on, notice_cents = excluded.notice_cents, \
         notice_debit_on = excluded.notice_debit_on, payment_id = excluded.payment_id, \
         tries = excluded.tries, returns = excluded.returns, next_try_on = excluded.next_try_on, \
         first_debit_on = excluded.first_debit_on, updated_at = excluded.updated_at",
        &rows_of(&drafts, now),
    )
    .await
    .map(drop)
}

/// The draft of an account for a month.
///
/// # Errors
/// [`StoreError`].
pub async fn of_month(
    tx: &mut Tx,
    account: AccountId,
    month: BillingMonth,
) -> Result<Option<DraftRow>, StoreError> {
    let row = tx
        .first(
            "SELECT account_id, billing_month, mandate_id, method_id, state, draft_on, debit_on, \
             due_on, cents, reason, told_reason, notice_sent_on, notice_cents, notice_debit_on, \
             payment_id, tries, returns, next_try_on, first_debit_on FROM autopay_drafts \
             WHERE account_id = $1 AND billing_month = $2",
            args![account, month],
        )
        .await?;
    row.map_or(Ok(None), |mut row| draft(&mut row))
}

/// The drafts of an account, latest month first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account(
    tx: &mut Tx,
    account: AccountId,
    most: i64,
) -> Result<Vec<DraftRow>, StoreError> {
    let rows = tx
        .all(
            "SELECT account_id, billing_month, mandate_id, method_id, state, draft_on, debit_on, \
             due_on, cents, reason, told_reason, notice_sent_on, notice_cents, notice_debit_on, \
             payment_id, tries, returns, next_try_on, first_debit_on FROM autopay_drafts \
             WHERE account_id = $1 ORDER BY billing_month DESC LIMIT $2",
            args![account, most],
        )
        .await?;
    let found: Result<Vec<_>, _> = rows.into_iter().map(|mut row| draft(&mut row)).collect();
    Ok(found?.into_iter().flatten().collect())
}

/// The draft that a payment is a try of.
///
/// # Errors
/// [`StoreError`].
pub async fn of_payment(
    tx: &mut Tx,
    account: AccountId,
    payment: PaymentId,
) -> Result<Option<DraftRow>, StoreError> {
    let row = tx
        .first(
            "SELECT account_id, billing_month, mandate_id, method_id, state, draft_on, debit_on, \
             due_on, cents, reason, told_reason, notice_sent_on, notice_cents, notice_debit_on, \
             payment_id, tries, returns, next_try_on, first_debit_on FROM autopay_drafts \
             WHERE account_id = $1 AND payment_id = $2",
            args![account, payment],
        )
        .await?;
    row.map_or(Ok(None), |mut row| draft(&mut row))
}

/// Calls off drafts that were not sent: those scheduled and those to be tried again. The accounts
/// must be locked.
///
/// # Errors
/// [`StoreError`].
pub async fn cancel(
    tx: &mut Tx,
    drafts: &[(AccountId, BillingMonth)],
    reason: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut rows = Rows::new(&[Kind::Id, Kind::Int, Kind::Text, Kind::Instant]);
    for (account, month) in drafts {
        rows.push([
            (*account).into(),
            (*month).into(),
            reason.into(),
            now.into(),
        ]);
    }
    tx.execute_rows(
        "UPDATE autopay_drafts SET state = 'cancelled', reason = v.c3, next_try_on = NULL, \
         updated_at = v.c4 FROM {rows} WHERE autopay_drafts.account_id = v.c1 \
         AND autopay_drafts.billing_month = v.c2 \
         AND autopay_drafts.state IN ('scheduled', 'retry')",
        &rows,
    )
    .await
}
