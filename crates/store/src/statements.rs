//! Invoices as their member reads them.

use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents, InvoiceId};

use crate::sql::Row;
use crate::{StoreError, Tx, args};

/// An invoice.
#[derive(Debug, Clone)]
pub struct InvoiceRow {
    /// Id.
    pub id: InvoiceId,
    /// The number printed on it.
    pub number: String,
    /// The month it is for.
    pub month: BillingMonth,
    /// When it was issued.
    pub issued_on: Date,
    /// When it is due.
    pub due_on: Date,
    /// New on this invoice.
    pub charges: Cents,
    /// What was owed before it.
    pub previous_balance: Cents,
    /// What was paid since the invoice before.
    pub payments: Cents,
    /// What it asked for.
    pub total_due: Cents,
    /// What has been applied to it since.
    pub applied: Cents,
}

/// A line of an invoice.
#[derive(Debug, Clone)]
pub struct LineRow {
    /// What kind of line.
    pub kind: String,
    /// Which month it is about.
    pub month: BillingMonth,
    /// For how many days of it.
    pub days: u32,
    /// How many days the month has.
    pub of_days: u32,
    /// On an adjustment: what was invoiced for the month before.
    pub was: Cents,
    /// How much; a tax credit is negative.
    pub cents: Cents,
}

fn invoice(mut row: Row) -> Result<InvoiceRow, StoreError> {
    Ok(InvoiceRow {
        id: row.read()?,
        number: row.read()?,
        month: row.read()?,
        issued_on: row.read()?,
        due_on: row.read()?,
        charges: row.read()?,
        previous_balance: row.read()?,
        payments: row.read()?,
        total_due: row.read()?,
        applied: row.read()?,
    })
}

/// The invoices of an account, newest first.
pub async fn invoices(
    tx: &mut Tx,
    account: AccountId,
    most: i64,
) -> Result<Vec<InvoiceRow>, StoreError> {
    tx.all(
        "SELECT id, invoice_number, billing_month, issued_on, due_on, charges_cents, \
         previous_balance_cents, payments_cents, total_due_cents, applied_cents FROM invoices \
         WHERE account_id = $1 ORDER BY billing_month DESC LIMIT $2",
        args![account, most],
    )
    .await?
    .into_iter()
    .map(invoice)
    .collect()
}

/// One invoice of an account.
pub async fn one_invoice(
    tx: &mut Tx,
    account: AccountId,
    id: InvoiceId,
) -> Result<Option<InvoiceRow>, StoreError> {
    tx.first(
        "SELECT id, invoice_number, billing_month, issued_on, due_on, charges_cents, \
         previous_balance_cents, payments_cents, total_due_cents, applied_cents FROM invoices \
         WHERE account_id = $1 AND id = $2",
        args![account, id],
    )
    .await?
    .map(invoice)
    .transpose()
}

/// The lines of an invoice, in order.
pub async fn lines(
    tx: &mut Tx,
    account: AccountId,
    id: InvoiceId,
) -> Result<Vec<LineRow>, StoreError> {
    tx.all(
        "SELECT kind, month, days, of_days, was_cents, cents FROM invoice_lines \
         WHERE account_id = $1 AND invoice_id = $2 ORDER BY line_no",
        args![account, id],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(LineRow {
            kind: row.read()?,
            month: row.read()?,
            days: row.read()?,
            of_days: row.read()?,
            was: row.read()?,
            cents: row.read()?,
        })
    })
    .collect()
}
