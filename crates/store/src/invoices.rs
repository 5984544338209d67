//! Invoices and their lines.

use billing::LineKind;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, ApplicationId, BillingMonth, Cents, InvoiceId, Language, MemberId};

use crate::sql::{Kind, Row, Rows};
use crate::{StoreError, Tx, args};

/// An invoice as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRow {
    /// The account.
    pub account: AccountId,
    /// Id.
    pub id: InvoiceId,
    /// The month it is for.
    pub month: BillingMonth,
    /// Its number: 13 digits.
    pub number: String,
    /// The day on it.
    pub issued_on: Date,
    /// When it is due.
    pub due_on: Date,
    /// Premium before the tax credit, adjustments included.
    pub premium: Cents,
    /// The tax credit, positive.
    pub aptc: Cents,
    /// The late-enrolment penalty.
    pub penalty: Cents,
    /// What is new on it.
    pub charges: Cents,
    /// What the last invoice came to.
    pub previous_balance: Cents,
    /// Payments since the last invoice, positive.
    pub payments: Cents,
    /// What is to be paid in all; negative for a credit.
    pub total_due: Cents,
    /// What has been applied to it.
    pub applied: Cents,
    /// The policy it is for.
    pub policy: String,
    /// True if it asks for the binder payment of its policy.
    pub binder: bool,
    /// The journal transaction that posted it.
    pub journal_seq: i64,
}

/// A line of an invoice as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineRow {
    /// The invoice.
    pub invoice: InvoiceId,
    /// What it is about.
    pub kind: LineKind,
    /// The month it is about.
    pub month: BillingMonth,
    /// The days charged.
    pub days: i64,
    /// The days of the month.
    pub of_days: i64,
    /// On an adjustment, what was invoiced before.
    pub was: Cents,
    /// What it adds to the invoice.
    pub cents: Cents,
}

/// Money that a billing run applied to an invoice.
#[derive(Debug, Clone, Copy)]
pub struct DrawnRow {
    /// The account.
    pub account: AccountId,
    /// Id.
    pub id: ApplicationId,
    /// To which invoice.
    pub invoice: InvoiceId,
    /// How much; negative for a credit that another invoice drew on.
    pub cents: Cents,
    /// The day.
    pub on: Date,
    /// The journal transaction that posted it.
    pub journal_seq: i64,
}

/// The invoice of an account for a month.
///
/// # Errors
/// [`StoreError`].
pub async fn of_month(
    tx: &mut Tx,
    account: AccountId,
    month: BillingMonth,
) -> Result<Option<InvoiceId>, StoreError> {
    tx.first(
        "SELECT id FROM invoices WHERE account_id = $1 AND billing_month = $2",
        args![account, month],
    )
    .await?
    .map(|mut row| row.read())
    .transpose()
}

/// An invoice with everything that is printed on it.
#[derive(Debug, Clone)]
pub struct PrintRow {
    /// The invoice.
    pub invoice: InvoiceRow,
    /// Its lines, in their order.
    pub lines: Vec<LineRow>,
    /// The account's number.
    pub account_number: i64,
    /// The plan line.
    pub plan_line: String,
    /// The subscriber's member ID.
    pub member_id: MemberId,
    /// The subscriber's first name.
    pub first_name: String,
    /// The subscriber's last name.
    pub last_name: String,
    /// Street and number.
    pub address_1: String,
    /// Apartment and the like.
    pub address_2: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// ZIP code.
    pub zip: String,
    /// The language on file.
    pub language: Language,
    /// True if large print was asked for.
    pub large_print: bool,
}

/// An invoice read from the columns that every statement here begins with.
fn invoice(row: &mut Row) -> Result<InvoiceRow, StoreError> {
    Ok(InvoiceRow {
        account: row.read()?,
        id: row.read()?,
        month: row.read()?,
        number: row.read()?,
        issued_on: row.read()?,
        due_on: row.read()?,
        premium: row.read()?,
        aptc: row.read()?,
        penalty: row.read()?,
        charges: row.read()?,
        previous_balance: row.read()?,
        payments: row.read()?,
        total_due: row.read()?,
        applied: row.read()?,
        policy: row.read()?,
        binder: row.read()?,
        journal_seq: row.read()?,
    })
}

fn line(mut row: Row) -> Result<LineRow, StoreError> {
    let invoice = row.read()?;
    let kind: String = row.read()?;
    Ok(LineRow {
        invoice,
        kind: LineKind::from_code(&kind)
            .ok_or_else(|| StoreError::inconsistent(format!("invoice line of kind {kind}")))?,
        month: row.read()?,
        days: row.read()?,
        of_days: row.read()?,
        was: row.read()?,
        cents: row.read()?,
    })
}

fn print_row(mut row: Row) -> Result<PrintRow, StoreError> {
    Ok(PrintRow {
        invoice: invoice(&mut row)?,
        lines: Vec::new(),
        account_number: row.read()?,
        plan_line: row.read()?,
        member_id: row.read()?,
        first_name: row.read()?,
        last_name: row.read()?,
        address_1: row.read()?,
        address_2: row.read()?,
        city: row.read()?,
        state: row.read()?,
        zip: row.read()?,
        language: row.read()?,
        large_print: row.read()?,
    })
}

/// The invoices of an account, newest month first, `most` of them.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account(
    tx: &mut Tx,
    account: AccountId,
    most: i64,
) -> Result<Vec<InvoiceRow>, StoreError> {
    tx.all(
        "SELECT account_id, id, billing_month, invoice_number, issued_on, due_on, premium_cents, \
         aptc_cents, penalty_cents, charges_cents, previous_balance_cents, payments_cents, \
         total_due_cents, applied_cents, policy, binder, journal_seq \
         FROM invoices WHERE account_id = $1 ORDER BY billing_month DESC LIMIT $2",
        args![account, most],
    )
    .await?
    .into_iter()
    .map(|mut row| invoice(&mut row))
    .collect()
}

/// An invoice of an account.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id(
    tx: &mut Tx,
    account: AccountId,
    id: InvoiceId,
) -> Result<Option<InvoiceRow>, StoreError> {
    tx.first(
        "SELECT account_id, id, billing_month, invoice_number, issued_on, due_on, premium_cents, \
         aptc_cents, penalty_cents, charges_cents, previous_balance_cents, payments_cents, \
         total_due_cents, applied_cents, policy, binder, journal_seq \
         FROM invoices WHERE account_id = $1 AND id = $2",
        args![account, id],
    )
    .await?
    .map(|mut row| invoice(&mut row))
    .transpose()
}

/// The lines of an invoice, in their order.
///
/// # Errors
/// [`StoreError`].
pub async fn lines(
    tx: &mut Tx,
    account: AccountId,
    id: InvoiceId,
) -> Result<Vec<LineRow>, StoreError> {
    tx.all(
        "SELECT invoice_id, kind, month, days, of_days, was_cents, cents FROM invoice_lines \
         WHERE account_id = $1 AND invoice_id = $2 ORDER BY line_no",
        args![account, id],
    )
    .await?
    .into_iter()
    .map(line)
    .collect()
}

/// An invoice with everything that is printed on it.
///
/// # Errors
/// [`StoreError`].
pub async fn to_print(
    tx: &mut Tx,
    account: AccountId,
    id: InvoiceId,
) -> Result<Option<PrintRow>, StoreError> {
    let found = tx
        .first(
            "SELECT i.account_id, i.id, i.billing_month, i.invoice_number, i.issued_on, i.due_on, \
             i.premium_cents, i.aptc_cents, i.penalty_cents, i.charges_cents, \
             i.previous_balance_cents, i.payments_cents, i.total_due_cents, i.applied_cents, \
             i.policy, i.binder, i.journal_seq, a.account_number, a.plan_line, p.member_id, \
             p.first_name, p.last_name, p.address_1, p.address_2, p.city, p.state, p.zip, \
             p.language, p.large_print FROM invoices i JOIN accounts a ON a.id = i.account_id \
             JOIN persons p ON p.id = a.subscriber_id WHERE i.account_id = $1 AND i.id = $2",
            args![account, id],
        )
        .await?;
    let Some(row) = found else { return Ok(None) };
    let mut print = print_row(row)?;
    print.lines = lines(tx, account, id).await?;
    Ok(Some(print))
}

/// The next invoices of a month to print, in order of account numbers after `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn next_to_print(
    tx: &mut Tx,
    month: BillingMonth,
    after: i64,
    limit: i64,
) -> Result<Vec<PrintRow>, StoreError> {
    let found = tx
        .all(
            "SELECT i.account_id, i.id, i.billing_month, i.invoice_number, i.issued_on, i.due_on, \
             i.premium_cents, i.aptc_cents, i.penalty_cents, i.charges_cents, \
             i.previous_balance_cents, i.payments_cents, i.total_due_cents, i.applied_cents, \
             i.policy, i.binder, i.journal_seq, a.account_number, a.plan_line, p.member_id, \
             p.first_name, p.last_name, p.address_1, p.address_2, p.city, p.state, p.zip, \
             p.language, p.large_print FROM accounts a \
             JOIN invoices i ON i.account_id = a.id AND i.billing_month = $1 \
             JOIN persons p ON p.id = a.subscriber_id \
             WHERE a.account_number > $2 ORDER BY a.account_number LIMIT $3",
            args![month, after, limit],
        )
        .await?;
    let mut prints: Vec<PrintRow> = found.into_iter().map(print_row).collect::<Result<_, _>>()?;
    let Some(last) = prints.last().map(|print| print.account_number) else {
        return Ok(prints);
    };
    let lines_found = tx
        .all(
            "SELECT l.invoice_id, l.kind, l.month, l.days, l.of_days, l.was_cents, l.cents \
             FROM accounts a JOIN invoices i ON i.account_id = a.id AND i.billing_month = $1 \
             JOIN invoice_lines l ON l.account_id = i.account_id AND l.invoice_id = i.id \
             WHERE a.account_number > $2 AND a.account_number <= $3 \
             ORDER BY a.account_number, l.line_no",
            args![month, after, last],
        )
        .await?;
    // Both answers are in the order of the accounts.
    let mut at = 0;
    for row in lines_found {
        let line = line(row)?;
        while prints
            .get(at)
            .is_some_and(|print| print.invoice.id != line.invoice)
        {
            at += 1;
        }
        if let Some(print) = prints.get_mut(at) {
            print.lines.push(line);
        }
    }
    Ok(prints)
}

/// How many invoices a month has.
///
/// # Errors
/// [`StoreError`].
pub async fn count_of_month(tx: &mut Tx, month: BillingMonth) -> Result<i64, StoreError> {
    let mut row = tx
        .one(
            "the count of invoices",
            "SELECT COALESCE(CAST(SUM(invoices) AS BIGINT), 0) FROM billing_run_lines \
             WHERE billing_month = $1",
            args![month],
        )
        .await?;
    row.read()
}

const INVOICE_KINDS: [Kind; 18] = [
    Kind::Id,
    Kind::Id,
    Kind::Int,
    Kind::Text,
    Kind::Day,
    Kind::Day,
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Text,
    Kind::Bool,
    Kind::Int,
    Kind::Instant,
];

/// Adds invoices.
///
/// # Errors
/// [`StoreError::Conflict`] if an account has one for the month.
pub async fn insert(
    tx: &mut Tx,
    invoices: &[InvoiceRow],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&INVOICE_KINDS);
    for invoice in invoices {
        rows.push([
            invoice.account.into(),
            invoice.id.into(),
            invoice.month.into(),
            invoice.number.as_str().into(),
            invoice.issued_on.into(),
            invoice.due_on.into(),
            invoice.premium.into(),
            invoice.aptc.into(),
            invoice.penalty.into(),
            invoice.charges.into(),
            invoice.previous_balance.into(),
            invoice.payments.into(),
            invoice.total_due.into(),
            invoice.applied.into(),
            invoice.policy.as_str().into(),
            invoice.binder.into(),
            invoice.journal_seq.into(),
            now.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO invoices (account_id, id, billing_month, invoice_number, issued_on, due_on, \
         premium_cents, aptc_cents, penalty_cents, charges_cents, previous_balance_cents, \
         payments_cents, total_due_cents, applied_cents, policy, binder, journal_seq, created_at) \
         SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18 \
         FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// Adds invoice lines, numbered from 1 in each invoice in the order given.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_lines(tx: &mut Tx, lines: &[(AccountId, LineRow)]) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Id,
        Kind::Int,
        Kind::Text,
        Kind::Int,
        Kind::Int,
        Kind::Int,
        Kind::Int,
        Kind::Int,
    ]);
    let (mut before, mut number) = (None, 0_i64);
    for (account, line) in lines {
        number = if before == Some(line.invoice) {
            number + 1
        } else {
            1
        };
        before = Some(line.invoice);
        rows.push([
            (*account).into(),
            line.invoice.into(),
            number.into(),
            line.kind.code().into(),
            line.month.into(),
            line.days.into(),
            line.of_days.into(),
            line.was.into(),
            line.cents.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO invoice_lines (account_id, invoice_id, line_no, kind, month, days, of_days, \
         was_cents, cents) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9 FROM {rows} WHERE true",
        &rows,
    )
    .await
    .map(drop)
}

/// Writes what a billing run applied from unapplied cash and credits. The invoices of the run carry
/// their own share already; `earlier` are those of the others, to be moved here.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_drawn(
    tx: &mut Tx,
    drawn: &[DrawnRow],
    earlier: &[DrawnRow],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(&[
        Kind::Id,
        Kind::Id,
        Kind::Id,
        Kind::Int,
        Kind::Day,
        Kind::Int,
        Kind::Instant,
    ]);
    for row in drawn.iter().chain(earlier) {
        rows.push([
            row.account.into(),
            row.id.into(),
            row.invoice.into(),
            row.cents.into(),
            row.on.into(),
            row.journal_seq.into(),
            now.into(),
        ]);
    }
    tx.execute_rows(
        "INSERT INTO applications (account_id, id, invoice_id, payment_id, cents, applied_on, \
         journal_seq, created_at) SELECT c1, c2, c3, NULL, c4, c5, c6, c7 FROM {rows} WHERE true",
        &rows,
    )
    .await?;
    let mut moved = Rows::new(&[Kind::Id, Kind::Id, Kind::Int]);
    for row in earlier {
        moved.push([row.account.into(), row.invoice.into(), row.cents.into()]);
    }
    tx.execute_rows(
        "UPDATE invoices SET applied_cents = applied_cents + v.c3 FROM {rows} \
         WHERE invoices.account_id = v.c1 AND invoices.id = v.c2",
        &moved,
    )
    .await
    .map(drop)
}

/// The invoices of these accounts that are not settled, credits included, by month.
///
/// # Errors
/// [`StoreError`].
pub async fn open_of_accounts(
    tx: &mut Tx,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, cash::OpenInvoice)>, StoreError> {
    let mut rows = Rows::new(&[Kind::Id]);
    for account in accounts {
        rows.push([(*account).into()]);
    }
    tx.all_rows(
        "SELECT i.account_id, i.id, i.billing_month, i.due_on, i.charges_cents - i.applied_cents, \
         i.binder, i.policy FROM {rows} JOIN invoices i ON i.account_id = v.c1 \
         WHERE i.charges_cents <> i.applied_cents",
        &rows,
    )
    .await?
    .into_iter()
    .map(|mut row| {
        let account = row.read()?;
        let open = cash::OpenInvoice {
            id: row.read()?,
            month: row.read()?,
            due_on: row.read()?,
            open: row.read()?,
            binder: row.read()?,
            policy: row.read()?,
        };
        Ok((account, open))
    })
    .collect()
}
