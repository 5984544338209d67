//! What a signed-in member's pages need, with permission checked.

use ::payments::PaymentStatus;
use billing::InvoiceStatus;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::{AccountId, BillingMonth, Cents, Channel, InvoiceId, MemberId, PaymentId, Tender};
use store::accounts::AccountRow;
use store::invoices::LineRow;
use store::payments::{HistoryQuery, PaymentRow};
use store::{StoreError, Tx};

pub use crate::invoices::pdf as invoice_pdf;
use crate::payments::{Payable, grouped, payable_of};
use crate::{Actor, Ctx, UseCaseError, access, account_number};

/// How many payments a page of the history holds.
pub const HISTORY_PAGE: u32 = 25;
/// How many invoices are listed: ten years.
const MOST_INVOICES: i64 = 120;

/// The page a member lands on.
#[derive(Debug, Clone)]
pub struct AccountHome {
    /// Whose page it is.
    pub member_name: String,
    /// Their accounts, oldest first.
    pub accounts: Vec<AccountSummary>,
}

/// An account on that page.
#[derive(Debug, Clone)]
pub struct AccountSummary {
    /// Id.
    pub account: AccountId,
    /// Its number.
    pub account_number: String,
    /// The plan line, by its id in the plan file.
    pub plan_line: String,
    /// All that is due; zero if nothing is.
    pub amount_due: Cents,
    /// What is paid ahead; zero if nothing is.
    pub credit: Cents,
    /// The part past its due date.
    pub past_due: Cents,
    /// When the oldest open invoice that is not late is due.
    pub due_on: Option<Date>,
    /// The newest invoice.
    pub latest_invoice: Option<InvoiceRow>,
    /// What the newest invoice is made of.
    pub includes: Vec<InvoiceLineView>,
    /// What is open on earlier invoices.
    pub earlier: Cents,
    /// What was paid of all that already: the newest invoice and the earlier ones, less this, are
    /// what is due.
    pub paid: Cents,
    /// The last few payments.
    pub recent_payments: Vec<PaymentSummary>,
    /// Payments sent whose outcome is not known yet.
    pub under_way: Cents,
}

/// An invoice in a list.
#[derive(Debug, Clone)]
pub struct InvoiceRow {
    /// Id.
    pub invoice: InvoiceId,
    /// The number printed on it.
    pub number: String,
    /// The month it is for.
    pub month: BillingMonth,
    /// When it was issued.
    pub issued_on: Date,
    /// When it is due.
    pub due_on: Date,
    /// New on it.
    pub charges: Cents,
    /// What it asked for in all.
    pub total_due: Cents,
    /// What is left to pay of its charges.
    pub open: Cents,
    /// Where it stands.
    pub status: InvoiceStatus,
}

/// An invoice whole.
#[derive(Debug, Clone)]
pub struct InvoiceView {
    /// The invoice.
    pub row: InvoiceRow,
    /// What was owed before it.
    pub previous_balance: Cents,
    /// What was paid since the invoice before.
    pub payments: Cents,
    /// Its lines.
    pub lines: Vec<InvoiceLineView>,
    /// The plan line, by its id in the plan file.
    pub plan_line: String,
}

/// A line of an invoice.
#[derive(Debug, Clone)]
pub struct InvoiceLineView {
    /// What kind, as the string catalogues know it.
    pub kind: String,
    /// Which month it is about.
    pub month: BillingMonth,
    /// For how many days of it.
    pub days: i64,
    /// How many days the month has.
    pub of_days: i64,
    /// On an adjustment: what was invoiced for the month before.
    pub was: Cents,
    /// How much.
    pub cents: Cents,
}

/// A payment in a list.
#[derive(Debug, Clone)]
pub struct PaymentSummary {
    /// Id.
    pub payment: PaymentId,
    /// The confirmation number, grouped.
    pub confirmation: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// The day it counts from.
    pub effective_on: Date,
    /// How much.
    pub cents: Cents,
    /// Where it stands.
    pub status: PaymentStatus,
    /// How it came in.
    pub channel: Channel,
    /// What with.
    pub tender: Tender,
    /// The last four digits.
    pub last_four: String,
}

/// Which payments to list.
#[derive(Debug, Clone, Default)]
pub struct HistoryFilter {
    /// Only of this year.
    pub year: Option<i16>,
    /// Only where they stand so.
    pub status: Option<PaymentStatus>,
    /// Which page, from 1; 0 means all of them, for a file.
    pub page: u32,
}

/// A page of the payment history.
#[derive(Debug, Clone)]
pub struct History {
    /// The payments, newest first.
    pub rows: Vec<PaymentSummary>,
    /// How many there are in all.
    pub total: i64,
    /// The years that have any, newest first.
    pub years: Vec<i16>,
}

/// The page a member lands on.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn account_home(ctx: &Ctx, actor: &Actor) -> Result<AccountHome, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let mut tx = ctx.store.read().await?;
    let person = store::accounts::person_by_id(&mut tx, person)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    let rows = store::accounts::of_subscriber(&mut tx, &person.member_id).await?;
    let mut accounts = Vec::with_capacity(rows.len());
    for row in &rows {
        accounts.push(summary(ctx, &mut tx, row).await?);
    }
    Ok(AccountHome {
        member_name: person.full_name(),
        accounts,
    })
}

/// An account of the member who is signed in, to choose among.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    /// Id.
    pub account: AccountId,
    /// Its number.
    pub account_number: String,
    /// The plan line, by its id in the plan file.
    pub plan_line: String,
}

/// The accounts of the member who is signed in, oldest first.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn own_accounts(ctx: &Ctx, actor: &Actor) -> Result<Vec<OwnAccount>, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let mut tx = ctx.store.read().await?;
    let person = store::accounts::person_by_id(&mut tx, person)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    let rows = store::accounts::of_subscriber(&mut tx, &person.member_id).await?;
    let own = rows.into_iter().map(|row| OwnAccount {
        account: row.id,
        account_number: account_number::shown(row.number),
        plan_line: row.plan_line,
    });
    Ok(own.collect())
}

pub(crate) async fn summary(
    ctx: &Ctx,
    tx: &mut Tx,
    row: &AccountRow,
) -> Result<AccountSummary, UseCaseError> {
    let open = store::cash::open_invoices(tx, row.id).await?;
    let Payable {
        amount_due,
        past_due,
        due_on,
        ..
    } = payable_of(ctx, row, &open);
    let latest = store::invoices::of_account(tx, row.id, 1).await?.pop();
    let includes = match &latest {
        Some(invoice) => store::invoices::lines(tx, row.id, invoice.id).await?,
        None => Vec::new(),
    };
    let query = HistoryQuery {
        limit: 3,
        ..HistoryQuery::default()
    };
    let recent = store::payments::history(tx, row.id, &query).await?;
    let under_way = recent
        .iter()
        .filter(|p| crate::payments::is_under_way(p.status))
        .map(|p| p.cents)
        .sum();
    let newest = latest.as_ref().map(|invoice| (invoice.id, invoice.charges));
    let earlier: Cents = open
        .iter()
        .filter(|i| newest.is_none_or(|(id, _)| id != i.id))
        .map(|i| i.open)
        .sum();
    let charges = newest.map_or(Cents::ZERO, |(_, charges)| charges);
    Ok(AccountSummary {
        earlier,
        paid: charges + earlier - row.due(),
        account: row.id,
        account_number: account_number::shown(row.number),
        plan_line: row.plan_line.clone(),
        amount_due,
        credit: (-row.due()).at_least_zero(),
        past_due,
        due_on,
        latest_invoice: latest.map(|invoice| invoice_row(ctx, invoice)),
        includes: includes.into_iter().map(line_view).collect(),
        recent_payments: recent.into_iter().map(payment_summary).collect(),
        under_way,
    })
}

/// The invoices of an account, newest first.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it is not this actor's account.
pub async fn invoices(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<Vec<InvoiceRow>, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    access::papers_of(&mut tx, ctx, actor, account).await?;
    let rows = store::invoices::of_account(&mut tx, account, MOST_INVOICES).await?;
    Ok(rows.into_iter().map(|row| invoice_row(ctx, row)).collect())
}

/// One invoice.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is none, or it is not of this actor's account.
pub async fn invoice(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    invoice: InvoiceId,
) -> Result<InvoiceView, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let owner = access::papers_of(&mut tx, ctx, actor, account).await?;
    let row = store::invoices::by_id(&mut tx, account, invoice).await?;
    let row = row.ok_or(UseCaseError::NotFound)?;
    let lines = store::invoices::lines(&mut tx, account, invoice).await?;
    Ok(InvoiceView {
        previous_balance: row.previous_balance,
        payments: row.payments,
        row: invoice_row(ctx, row),
        lines: lines.into_iter().map(line_view).collect(),
        plan_line: owner.plan_line,
    })
}

/// A page of the payments of an account.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it is not this actor's account.
pub async fn payment_history(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    filter: &HistoryFilter,
) -> Result<History, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    access::papers_of(&mut tx, ctx, actor, account).await?;
    let query = query_of(filter);
    let rows = store::payments::history(&mut tx, account, &query).await?;
    let total = store::payments::history_count(&mut tx, account, &query).await?;
    let years = match store::payments::history_days(&mut tx, account).await? {
        Some((first, last)) => (first.year()..=last.year()).rev().collect(),
        None => Vec::new(),
    };
    Ok(History {
        rows: rows.into_iter().map(payment_summary).collect(),
        total,
        years,
    })
}

fn query_of(filter: &HistoryFilter) -> HistoryQuery {
    let year = filter.year.filter(|year| (1900..=2200).contains(year));
    let (limit, offset) = match filter.page {
        0 => (i64::MAX, 0),
        page => (
            i64::from(HISTORY_PAGE),
            i64::from(page - 1) * i64::from(HISTORY_PAGE),
        ),
    };
    HistoryQuery {
        from: year.map(|year| date(year, 1, 1)),
        before: year.map(|year| date(year + 1, 1, 1)),
        status: filter.status,
        offset,
        limit,
    }
}

pub(crate) fn invoice_row(ctx: &Ctx, row: store::invoices::InvoiceRow) -> InvoiceRow {
    InvoiceRow {
        invoice: row.id,
        status: billing::status(row.charges, row.applied, row.due_on, ctx.today()),
        open: (row.charges - row.applied).at_least_zero(),
        number: row.number,
        month: row.month,
        issued_on: row.issued_on,
        due_on: row.due_on,
        charges: row.charges,
        total_due: row.total_due,
    }
}

fn line_view(line: LineRow) -> InvoiceLineView {
    InvoiceLineView {
        kind: line.kind.code().to_owned(),
        month: line.month,
        days: line.days,
        of_days: line.of_days,
        was: line.was,
        cents: line.cents,
    }
}

pub(crate) fn payment_summary(row: PaymentRow) -> PaymentSummary {
    PaymentSummary {
        payment: row.id,
        confirmation: grouped(&row.confirmation),
        received_at: row.received_at,
        effective_on: row.effective_on,
        cents: row.cents,
        status: row.status,
        channel: row.channel,
        tender: row.tender,
        last_four: row.last_four,
    }
}

/// True if the database answers and has this program's schema: what a load balancer asks.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if it does not.
pub async fn ready(ctx: &Ctx) -> Result<(), UseCaseError> {
    let mut tx = ctx.store.read().await?;
    store::accounts::any(&mut tx)
        .await
        .map(drop)
        .map_err(|error: StoreError| error.into())
}

/// True if no member was ever imported.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn is_empty(ctx: &Ctx) -> Result<bool, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    Ok(!store::accounts::any(&mut tx).await?)
}

/// The accounts of a subscriber by member ID, oldest first: for the operator and jobs.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to anybody else.
pub async fn accounts_of(
    ctx: &Ctx,
    actor: &Actor,
    member_id: &MemberId,
) -> Result<Vec<AccountId>, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let mut tx = ctx.store.read().await?;
    let rows = store::accounts::of_subscriber(&mut tx, member_id).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
