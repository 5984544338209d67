//! Open invoices and the applications of money to them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, ApplicationId, Cents, InvoiceId, PaymentId};

use crate::sql::{Kind, Rows};
use crate::{StoreError, Tx, args};
use ::cash::OpenInvoice;

/// An application of money, or the taking back of one if negative.
#[derive(Debug, Clone, Copy)]
pub struct ApplicationRow {
    /// Id.
    pub id: ApplicationId,
    /// To which invoice.
    pub invoice: InvoiceId,
    /// From which payment; `None` for unapplied cash drawn on.
    pub payment: Option<PaymentId>,
    /// How much.
    pub cents: Cents,
}

/// The invoices of an account that are not paid in full, and those with a credit left, oldest month
/// first.
pub async fn open_invoices(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<OpenInvoice>, StoreError> {
    tx.all(
        "SELECT id, billing_month, due_on, charges_cents - applied_cents, binder, policy FROM invoices \
         WHERE account_id = $1 AND charges_cents <> applied_cents ORDER BY billing_month",
        args![account],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(OpenInvoice {
            id: row.read()?,
            month: row.read()?,
            due_on: row.read()?,
            open: row.read()?,
            binder: row.read()?,
            policy: row.read()?,
        })
    })
    .collect()
}

/// What a payment is applied to now, oldest month first: applications less what was taken back.
pub async fn applied_from(
    tx: &mut Tx,
    account: AccountId,
    payment: PaymentId,
) -> Result<Vec<(InvoiceId, Cents)>, StoreError> {
    tx.all(
        "SELECT a.invoice_id, CAST(SUM(a.cents) AS BIGINT) FROM applications a \
         JOIN invoices i ON i.account_id = a.account_id AND i.id = a.invoice_id \
         WHERE a.account_id = $1 AND a.payment_id = $2 \
         GROUP BY a.invoice_id, i.billing_month HAVING SUM(a.cents) <> 0 \
         ORDER BY i.billing_month",
        args![account, payment],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}

/// Writes applications and moves what is applied to their invoices.
pub async fn apply(
    tx: &mut Tx,
    account: AccountId,
    applications: &[ApplicationRow],
    on: Date,
    journal_seq: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let posted: Vec<PostedApplication> = applications
        .iter()
        .map(|row| PostedApplication {
            account,
            row: *row,
            on,
            journal_seq,
        })
        .collect();
    apply_all(tx, &posted, now).await
}

/// An application of an account's money, with its posting.
#[derive(Debug, Clone, Copy)]
pub struct PostedApplication {
    /// The account.
    pub account: AccountId,
    /// What is applied.
    pub row: ApplicationRow,
    /// The day it counts from.
    pub on: Date,
    /// The journal transaction that posted it.
    pub journal_seq: i64,
}

/// As [`apply`], for many accounts; an invoice may come several times.
///
/// # Errors
/// [`StoreError::Inconsistent`] if an invoice is not there.
pub async fn apply_all(
    tx: &mut Tx,
    applications: &[PostedApplication],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Id,
        Kind::Id,
        Kind::Id,
        Kind::Int,
        Kind::Day,
        Kind::Int,
        Kind::Instant,
    ]);
    let mut sums: BTreeMap<(AccountId, InvoiceId), Cents> = BTreeMap::new();
    for PostedApplication {
        account,
        row,
        on,
        journal_seq,
    } in applications
    {
        rows.push([
            (*account).into(),
            row.id.into(),
            row.invoice.into(),
            row.payment.into(),
            row.cents.into(),
            (*on).into(),
            (*journal_seq).into(),
            now.into(),
        ]);
        *sums.entry((*account, row.invoice)).or_default() += row.cents;
    }
    let mut moved = Rows::new(&[Kind::Id, Kind::Id, Kind::Int]);
    for ((account, invoice), cents) in sums {
        moved.push([account.into(), invoice.into(), cents.into()]);
    }
    tx.execute_rows(
        "INSERT INTO applications (account_id, id, invoice_id, payment_id, cents, applied_on, \
         journal_seq, created_at) SELECT c1, c2, c3, c4, c5, c6, c7, c8 FROM {rows} WHERE true",
        &rows,
    )
    .await?;
    let touched = tx
        .execute_rows(
            "UPDATE invoices SET applied_cents = applied_cents + v.c3 FROM {rows} \
             WHERE invoices.account_id = v.c1 AND invoices.id = v.c2",
            &moved,
        )
        .await?;
    if touched != moved.len() as u64 {
        return Err(StoreError::inconsistent(
            "an application names an invoice that is not there",
        ));
    }
    Ok(())
}

/// What account-wide unapplied cash pays now, oldest month first: applications that name no
/// payment and give nothing up, less what was taken back.
pub async fn drawn(tx: &mut Tx, account: AccountId) -> Result<Vec<(InvoiceId, Cents)>, StoreError> {
    tx.all(
        "SELECT a.invoice_id, CAST(SUM(a.cents) AS BIGINT) FROM applications a \
         JOIN invoices i ON i.account_id = a.account_id AND i.id = a.invoice_id \
         WHERE a.account_id = $1 AND a.payment_id IS NULL AND a.write_off_id IS NULL \
         GROUP BY a.invoice_id, i.billing_month HAVING SUM(a.cents) > 0 \
         ORDER BY i.billing_month",
        args![account],
    )
    .await?
    .into_iter()
    .map(|mut row| Ok((row.read()?, row.read()?)))
    .collect()
}
