//! Everything about an account on one page, for staff.

use identity::Role;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, Language, MemberId, PaymentId};
use store::Tx;
use store::accounts::{AccountRow, PersonRow};
use store::journal::PostedRow;
use store::notices::DeliveredRow;
use store::payments::HistoryQuery;
use store::suspense::ItemKey;

use super::find::{Found, found_of, subscriber};
use super::names::Names;
use super::{Reason, need_sight_of_members, note_look};
use crate::access::{self, Right};
use crate::delegates::{self, DelegateView};
use crate::documents::{self, Listed};
use crate::methods::{self, MethodView};
use crate::pages::{self, AccountSummary, InvoiceRow, PaymentSummary};
use crate::payments::PaymentView;
use crate::suspense::SEES as SEES_SUSPENSE;
use crate::{Actor, Ctx, UseCaseError};

/// How many of the newest lines a list shows.
pub const NEWEST: u16 = 10;
/// How many it shows if it is asked for as a whole.
const MOST: u16 = 1_000;
/// Who sees what was done to an account, and by whom.
const SEES_AUDIT: [Role; 3] = [Role::Billing, Role::Supervisor, Role::Auditor];

/// A list of the page that can be long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// The journal of the account.
    Ledger,
    /// Its invoices.
    Invoices,
    /// Its payments.
    Payments,
    /// What was told about it.
    Notices,
    /// Documents of its subscriber.
    Documents,
    /// What was done to it.
    Audit,
}

impl Section {
    /// All of them, in the order of the page.
    pub const ALL: [Section; 6] = [
        Section::Ledger,
        Section::Invoices,
        Section::Payments,
        Section::Notices,
        Section::Documents,
        Section::Audit,
    ];

    /// The name in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Section::Ledger => "ledger",
            Section::Invoices => "invoices",
            Section::Payments => "payments",
            Section::Notices => "notices",
            Section::Documents => "documents",
            Section::Audit => "audit",
        }
    }

    /// The section with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Section::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// An account as staff see it.
#[derive(Debug, Clone)]
pub struct AccountWhole {
    /// What is due and what was paid last.
    pub summary: AccountSummary,
    /// Who owes.
    pub subscriber: Subscriber,
    /// Other accounts of the same subscriber.
    pub others: Vec<Found>,
    /// Who is covered, and since when.
    pub covered: Vec<CoveredView>,
    /// What is covered at which rate, the newest stretch first.
    pub coverages: Vec<CoverageView>,
    /// Checks in suspense that are likely for this account. Empty for those who do not see
    /// suspense.
    pub waiting: Vec<(ItemKey, Cents)>,
    /// The journal, the newest posting first.
    pub ledger: Vec<LedgerLine>,
    /// Invoices, newest first.
    pub invoices: Vec<InvoiceRow>,
    /// Payments, newest first.
    pub payments: Vec<PaymentSummary>,
    /// Cards and bank accounts that the subscriber saved.
    pub methods: Vec<MethodView>,
    /// What was told, newest first.
    pub notices: Vec<NoticeLine>,
    /// Kept documents of the subscriber, newest first.
    pub documents: Vec<Listed>,
    /// Who else has rights on the account.
    pub delegates: Vec<DelegateView>,
    /// What was done to the account, newest first. `None` for those who do not see it.
    pub audit: Option<Vec<AuditLine>>,
}

/// Who owes on an account.
#[derive(Debug, Clone)]
pub struct Subscriber {
    /// First and last name.
    pub name: String,
    /// Member ID.
    pub member_id: MemberId,
    /// Date of birth.
    pub birth_date: Date,
    /// Postal address, line by line.
    pub address: Vec<String>,
    /// E-mail on file; empty if none.
    pub email: String,
    /// Language on file.
    pub language: Language,
    /// True if large print was asked for.
    pub large_print: bool,
}

impl Subscriber {
    fn new(row: PersonRow) -> Self {
        Subscriber {
            name: row.full_name(),
            address: documents::mailing_address(&row),
            member_id: row.member_id,
            birth_date: row.birth_date,
            email: row.email,
            language: row.language,
            large_print: row.large_print,
        }
    }
}

/// Somebody who is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredView {
    /// First and last name.
    pub name: String,
    /// The first day.
    pub first_day: Date,
    /// The last day; `None` while it goes on.
    pub last_day: Option<Date>,
}

/// A policy at one monthly rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageView {
    /// The policy.
    pub policy: String,
    /// The first day.
    pub first_day: Date,
    /// The last day; `None` while it goes on.
    pub last_day: Option<Date>,
    /// The premium of a month.
    pub premium: Cents,
    /// What the government pays of it in advance.
    pub aptc: Cents,
    /// The late-enrolment penalty of a month.
    pub penalty: Cents,
    /// True if it was cancelled: it never was in force.
    pub cancelled: bool,
}

/// A journal transaction of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// Its number in the account's chain.
    pub seq: i64,
    /// The posting, by its code.
    pub posting: String,
    /// The day it counts from.
    pub effective_on: Date,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// Its entries.
    pub entries: Vec<LedgerEntry>,
    /// What was due on the account after it; negative for a credit.
    pub due_after: Cents,
}

/// An entry of a journal transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The ledger account, by its code.
    pub ledger_account: String,
    /// Debits positive, credits negative.
    pub cents: Cents,
    /// The number of the invoice it is about; empty if none.
    pub invoice_number: String,
}

/// A notice and how it was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeLine {
    /// What it tells, by the code of its kind.
    pub kind: String,
    /// When it was told.
    pub at: Timestamp,
    /// When the mail server took it.
    pub mailed_at: Option<Timestamp>,
    /// When the mail came back.
    pub bounced_at: Option<Timestamp>,
    /// True if it goes on paper.
    pub on_paper: bool,
    /// When it was printed.
    pub printed_at: Option<Timestamp>,
}

/// Something that was done to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// What kind of actor.
    pub kind: String,
    /// Their name, for staff; the name of a job; empty for others.
    pub name: String,
    /// What was done.
    pub action: String,
    /// More: ids, codes and amounts.
    pub detail: String,
}

/// Everything about an account. That it was looked at is written down first, with the reason. Of
/// each list the newest lines are shown, of `whole` all.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but staff whose role sees members;
/// [`UseCaseError::NotFound`] if there is no such account.
pub async fn account(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    reason: Reason,
    whole: Option<Section>,
) -> Result<AccountWhole, UseCaseError> {
    need_sight_of_members(actor)?;
    look(ctx, actor, account, reason).await?;
    let most = |section| {
        i64::from(match whole == Some(section) {
            true => MOST,
            false => NEWEST,
        })
    };
    let mut tx = ctx.store.read().await?;
    let row = access::account(&mut tx, ctx, actor, account, Right::View).await?;
    let person = subscriber(&mut tx, &row).await?;
    let invoices = store::invoices::of_account(&mut tx, account, most(Section::Invoices)).await?;
    let query = HistoryQuery {
        limit: most(Section::Payments),
        ..HistoryQuery::default()
    };
    let payments = store::payments::history(&mut tx, account, &query).await?;
    let notices = store::notices::of_account(&mut tx, account, most(Section::Notices)).await?;
    let posted = store::journal::newest(&mut tx, account, most(Section::Ledger)).await?;
    let mut documents =
        documents::kept(ctx, &mut tx, row.subscriber, std::slice::from_ref(&row)).await?;
    documents.sort_by_key(|one| std::cmp::Reverse(one.day));
    documents.truncate(usize::try_from(most(Section::Documents)).unwrap_or(usize::MAX));
    Ok(AccountWhole {
        summary: pages::summary(ctx, &mut tx, &row).await?,
        others: others(&mut tx, &row, &person).await?,
        covered: covered(&mut tx, account).await?,
        coverages: coverages(&mut tx, account).await?,
        waiting: waiting(&mut tx, ctx, actor, account).await?,
        ledger: ledger(posted, row.due()),
        invoices: invoices
            .into_iter()
            .map(|row| pages::invoice_row(ctx, row))
            .collect(),
        payments: payments.into_iter().map(pages::payment_summary).collect(),
        methods: methods::of_person(&mut tx, row.subscriber, ctx.today()).await?,
        notices: notices.into_iter().map(notice).collect(),
        documents,
        delegates: delegates::people(ctx, &mut tx, account).await?,
        audit: audit_of(&mut tx, actor, account, most(Section::Audit)).await?,
        subscriber: Subscriber::new(person),
    })
}

/// A payment of an account, for staff. That the member was looked at is written down.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but staff whose role sees members;
/// [`UseCaseError::NotFound`] if there is no such payment.
pub async fn payment(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    payment: PaymentId,
) -> Result<PaymentView, UseCaseError> {
    need_sight_of_members(actor)?;
    look(ctx, actor, account, Reason::PaymentEnquiry).await?;
    crate::payments::view(ctx, actor, account, payment).await
}

async fn look(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    reason: Reason,
) -> Result<(), UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                access::account(tx, &ctx, &actor, account, Right::View).await?;
                note_look(tx, &ctx, &actor, account, reason).await
            })
        })
        .await
}

async fn others(
    tx: &mut Tx,
    row: &AccountRow,
    person: &PersonRow,
) -> Result<Vec<Found>, UseCaseError> {
    let all = store::accounts::of_subscriber(tx, &person.member_id).await?;
    let others = all.iter().filter(|other| other.id != row.id);
    Ok(others
        .map(|other| found_of(other, person.full_name()))
        .collect())
}

async fn covered(tx: &mut Tx, account: AccountId) -> Result<Vec<CoveredView>, UseCaseError> {
    let mut all = Vec::new();
    for row in store::coverage::covered(tx, &[account]).await? {
        let person = store::accounts::person_by_id(tx, row.person).await?;
        let person = person.ok_or_else(|| UseCaseError::broken("nobody is covered"))?;
        all.push(CoveredView {
            name: person.full_name(),
            first_day: row.first_day,
            last_day: row.last_day,
        });
    }
    all.sort_by(|a, b| (a.first_day, &a.name).cmp(&(b.first_day, &b.name)));
    Ok(all)
}

async fn coverages(tx: &mut Tx, account: AccountId) -> Result<Vec<CoverageView>, UseCaseError> {
    let rows = store::coverage::of_accounts(tx, &[account]).await?;
    let mut all: Vec<CoverageView> = rows
        .into_iter()
        .map(|row| CoverageView {
            first_day: row.coverage.span.start,
            last_day: row.coverage.span.last_day(),
            cancelled: row.coverage.span.is_empty(),
            policy: row.coverage.policy,
            premium: row.coverage.premium,
            aptc: row.coverage.aptc,
            penalty: row.coverage.penalty,
        })
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.first_day));
    Ok(all)
}

async fn waiting(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<Vec<(ItemKey, Cents)>, UseCaseError> {
    if super::need_role(actor, &SEES_SUSPENSE).is_err() {
        return Ok(Vec::new());
    }
    let least = i64::from(ctx.plan.lockbox.likely_from);
    Ok(store::suspense_candidates::waiting_for(tx, account, least).await?)
}

/// The journal transactions, each with what was due after it. `due` is what is due now.
fn ledger(posted: Vec<PostedRow>, due: Cents) -> Vec<LedgerLine> {
    let mut lines: Vec<LedgerLine> = Vec::new();
    let mut due_after = due;
    for row in posted {
        if lines.last().is_none_or(|line| line.seq != row.seq) {
            lines.push(LedgerLine {
                seq: row.seq,
                posting: row.posting,
                effective_on: row.effective_on,
                posted_at: row.posted_at,
                entries: Vec::new(),
                due_after,
            });
        }
        // What subscribers owe is a debit; what they paid ahead is a credit. Both make up what is
        // due, so the line before had that much less.
        let code = row.ledger_account;
        if code == postings::chart::MEMBER_RECEIVABLE || code == postings::chart::UNAPPLIED_CASH {
            due_after -= row.cents;
        }
        if let Some(line) = lines.last_mut() {
            line.entries.push(LedgerEntry {
                ledger_account: code.to_string(),
                cents: row.cents,
                invoice_number: row.invoice_number,
            });
        }
    }
    lines
}

fn notice(row: DeliveredRow) -> NoticeLine {
    NoticeLine {
        kind: row.notice.kind,
        at: row.notice.created_at,
        mailed_at: row.mailed_at,
        bounced_at: row.bounced_at,
        on_paper: row.on_paper_at.is_some(),
        printed_at: row.printed_at,
    }
}

async fn audit_of(
    tx: &mut Tx,
    actor: &Actor,
    account: AccountId,
    most: i64,
) -> Result<Option<Vec<AuditLine>>, UseCaseError> {
    if super::need_role(actor, &SEES_AUDIT).is_err() {
        return Ok(None);
    }
    let mut names = Names::default();
    let mut lines = Vec::new();
    for event in store::audit::of_account(tx, account, most).await? {
        let name = match event.actor_kind.as_str() {
            "staff" => names.of(tx, &event.actor).await?,
            "job" | "partner" => event.actor,
            _ => String::new(),
        };
        lines.push(AuditLine {
            at: event.at,
            kind: event.actor_kind,
            name,
            action: event.action,
            detail: event.detail,
        });
    }
    Ok(Some(lines))
}

/// The postings and the ledger accounts that a [`LedgerLine`] names, by their codes.
#[must_use]
pub fn ledger_codes() -> (Vec<&'static str>, Vec<String>) {
    let postings = postings::POSTINGS.iter().map(|one| one.name);
    let chart = postings::chart::CHART.iter();
    (
        postings.chain(["reversal"]).collect(),
        chart.map(|line| line.account.to_string()).collect(),
    )
}

/// The kinds of notices that a [`NoticeLine`] names, by their codes.
#[must_use]
pub fn notice_codes() -> Vec<&'static str> {
    let kinds = notices::NoticeKind::ALL.iter();
    kinds.map(|kind| kind.code()).collect()
}
