//! Premium that is given up: asked for by one person and, above the plan's limit, released by
//! another. What is given up is no money: it is never drawn on and never given back.

use identity::Role;
use jiff::Timestamp;
use kernel::{AccountId, BillingMonth, Cents, InvoiceId, WriteOffId};
use payments::needs_second_person;
use store::Tx;
use store::journal::{self, Batch};
use store::write_offs::WriteOffRow;

use crate::access::{self, Right};
use crate::audit::{self, Event};
use crate::payments::balanced;
use crate::staff::names::Names;
use crate::staff::{Reason, need_role, note_look};
use crate::suspense::{DECIDES, SEES, decided};
use crate::{Actor, Ctx, Refusal, UseCaseError, account_number};

/// How many the list shows of those that are open, and of those that are decided.
const LISTED: i64 = 200;

/// Why premium is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOffReason {
    /// Too little to ask for.
    SmallBalance,
    /// Nobody will pay it.
    NotCollectable,
    /// The subscriber has died.
    Died,
    /// A mistake of the plan.
    PlanMistake,
    /// An agency or court says so.
    Ordered,
}

impl WriteOffReason {
    /// All of them.
    pub const ALL: [WriteOffReason; 5] = [
        WriteOffReason::SmallBalance,
        WriteOffReason::NotCollectable,
        WriteOffReason::Died,
        WriteOffReason::PlanMistake,
        WriteOffReason::Ordered,
    ];

    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            WriteOffReason::SmallBalance => "small-balance",
            WriteOffReason::NotCollectable => "not-collectable",
            WriteOffReason::Died => "died",
            WriteOffReason::PlanMistake => "plan-mistake",
            WriteOffReason::Ordered => "ordered",
        }
    }

    /// The reason with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// What can be given up of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Its month.
    pub month: BillingMonth,
    /// What is open on it.
    pub cents: Cents,
    /// Above this amount a second person releases it.
    pub second_person_above: Cents,
}

/// A write-off that somebody asks for.
#[derive(Debug, Clone)]
pub struct WriteOffAsked {
    /// The account.
    pub account: AccountId,
    /// Of which invoice.
    pub invoice: InvoiceId,
    /// What makes a repeat harmless.
    pub key: String,
    /// How much.
    pub cents: Cents,
    /// Why.
    pub reason: WriteOffReason,
}

/// A write-off in the list.
#[derive(Debug, Clone)]
pub struct WriteOffLine {
    /// The account.
    pub account: AccountId,
    /// The last four digits of its number.
    pub account_last_four: String,
    /// Id.
    pub write_off: WriteOffId,
    /// How much.
    pub cents: Cents,
    /// Why, by its code.
    pub reason: String,
    /// `asked`, `done` or `refused`.
    pub status: String,
    /// Who asked, by name.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Who decided, by name; empty until then.
    pub decided_by: String,
    /// True if this actor may release it.
    pub may_release: bool,
}

/// The write-offs that are open and the latest that are decided.
#[derive(Debug, Clone, Default)]
pub struct WriteOffs {
    /// Oldest first.
    pub open: Vec<WriteOffLine>,
    /// Latest first.
    pub over: Vec<WriteOffLine>,
}

/// What can be given up of an invoice. That the member was seen is written down.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing or a supervisor; [`UseCaseError::NotFound`] if there
/// is no such account; refusals `write-off-nothing-open`, `write-off-under-way`.
pub async fn open(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    invoice: InvoiceId,
) -> Result<Open, UseCaseError> {
    need_role(actor, &DECIDES)?;
    decided!(ctx, actor, |tx, ctx, actor| {
        access::account(tx, ctx, actor, account, Right::View).await?;
        note_look(tx, ctx, actor, account, Reason::PaymentEnquiry).await?;
        open_of(tx, ctx, account, invoice).await
    })
}

async fn open_of(
    tx: &mut Tx,
    ctx: &Ctx,
    account: AccountId,
    invoice: InvoiceId,
) -> Result<Open, UseCaseError> {
    if store::write_offs::live(tx, account, invoice)
        .await?
        .is_some()
    {
        return Err(Refusal::new("write-off-under-way").into());
    }
    still_open(tx, ctx, account, invoice).await
}

async fn still_open(
    tx: &mut Tx,
    ctx: &Ctx,
    account: AccountId,
    invoice: InvoiceId,
) -> Result<Open, UseCaseError> {
    let all = store::cash::open_invoices(tx, account).await?;
    let one = all.into_iter().find(|one| one.id == invoice);
    let one = one.filter(|one| one.open.is_positive());
    let one = one.ok_or_else(|| Refusal::new("write-off-nothing-open"))?;
    Ok(Open {
        month: one.month,
        cents: one.open,
        second_person_above: ctx.plan.refunds.write_off_second_person_above,
    })
}

/// Asks for what is open on an invoice, or part of it, to be given up. Up to the plan's limit it is
/// done at once; above it a second person releases it. The same key again is the same write-off.
///
/// # Errors
/// As [`open`]; refusals `write-off-amount-missing` and `write-off-too-much` about `amount`,
/// `key-used-otherwise`.
pub async fn ask(
    ctx: &Ctx,
    actor: &Actor,
    asked: WriteOffAsked,
) -> Result<WriteOffId, UseCaseError> {
    need_role(actor, &DECIDES)?;
    if !asked.cents.is_positive() {
        return Err(Refusal::of("amount", "write-off-amount-missing").into());
    }
    decided!(ctx, actor, [asked], |tx, ctx, actor| {
        let account = asked.account;
        journal::lock(tx, account).await?;
        access::account(tx, ctx, actor, account, Right::View).await?;
        if let Some(before) = store::write_offs::by_key(tx, account, &asked.key).await? {
            let same = before.invoice == asked.invoice && before.cents == asked.cents;
            return match same {
                true => Ok(before.id),
                false => Err(Refusal::new("key-used-otherwise").into()),
            };
        }
        let open = open_of(tx, ctx, account, asked.invoice).await?;
        if asked.cents > open.cents {
            let refusal = Refusal::of("amount", "write-off-too-much");
            return Err(refusal.with("open", open.cents).into());
        }
        let row = WriteOffRow {
            account,
            id: ctx.id(),
            invoice: asked.invoice,
            idempotency_key: asked.key,
            cents: asked.cents,
            reason: asked.reason.code().to_owned(),
            status: "asked".to_owned(),
            needs_second: needs_second_person(asked.cents, open.second_person_above),
            asked_by: actor.name(),
            asked_at: ctx.now(),
            decided_by: String::new(),
            decided_at: None,
        };
        store::write_offs::insert(tx, &row).await?;
        note(tx, ctx, actor, "write-off-asked", &row).await?;
        let (id, alone) = (row.id, !row.needs_second);
        if alone {
            give_up(tx, ctx, actor, row).await?;
        }
        Ok(id)
    })
}

async fn asked_before(
    tx: &mut Tx,
    account: AccountId,
    id: WriteOffId,
) -> Result<WriteOffRow, UseCaseError> {
    journal::lock(tx, account).await?;
    let row = store::write_offs::by_id(tx, account, id).await?;
    let row = row.ok_or(UseCaseError::NotFound)?;
    match row.decided_at {
        None => Ok(row),
        Some(_) => Err(Refusal::new("write-off-decided").into()),
    }
}

/// Releases a write-off that somebody else asked for.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless a supervisor; refusals `second-person` if the same person
/// asked for it, `write-off-decided`, `write-off-nothing-open` and `write-off-too-much` if the
/// invoice was paid meanwhile.
pub async fn release(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    id: WriteOffId,
) -> Result<(), UseCaseError> {
    need_role(actor, &[Role::Supervisor])?;
    decided!(ctx, actor, |tx, ctx, actor| {
        let row = asked_before(tx, account, id).await?;
        if row.needs_second && row.asked_by == actor.name() {
            return Err(Refusal::new("second-person").into());
        }
        give_up(tx, ctx, actor, row).await
    })
}

/// Refuses a write-off: nothing moves. Who asked may take it back so, too.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing or a supervisor; refusal `write-off-decided`.
pub async fn refuse(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    id: WriteOffId,
) -> Result<(), UseCaseError> {
    let role = need_role(actor, &DECIDES)?;
    decided!(ctx, actor, |tx, ctx, actor| {
        let mut row = asked_before(tx, account, id).await?;
        if role != Role::Supervisor && row.asked_by != actor.name() {
            return Err(UseCaseError::NotAllowed);
        }
        "refused".clone_into(&mut row.status);
        row.decided_by = actor.name();
        row.decided_at = Some(ctx.now());
        store::write_offs::decide(tx, &row).await?;
        note(tx, ctx, actor, "write-off-refused", &row).await
    })
}

async fn give_up(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    mut row: WriteOffRow,
) -> Result<(), UseCaseError> {
    let open = still_open(tx, ctx, row.account, row.invoice).await?;
    if row.cents > open.cents {
        let refusal = Refusal::new("write-off-too-much");
        return Err(refusal.with("open", open.cents).into());
    }
    let today = ctx.today();
    let posting = balanced(postings::premium_written_off(row.invoice, row.cents, today))?;
    let mut head = journal::lock(tx, row.account).await?;
    let mut batch = Batch::new(ctx.now());
    let source = format!("write-off:{}", row.id);
    let seq = batch.post(&mut head, &posting, &source, ctx.id());
    batch.keep(&head);
    batch.write(tx).await?;
    store::write_offs::apply(tx, &row, ctx.id(), (today, seq), ctx.now()).await?;
    "done".clone_into(&mut row.status);
    row.decided_by = actor.name();
    row.decided_at = Some(ctx.now());
    store::write_offs::decide(tx, &row).await?;
    note(tx, ctx, actor, "write-off-released", &row).await
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    row: &WriteOffRow,
) -> Result<(), UseCaseError> {
    let event = Event {
        action,
        account: Some(row.account),
        subject: &row.invoice.to_string(),
        detail: &format!("cents={} reason={}", row.cents.get(), row.reason),
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

/// The write-offs that are open, and the latest that are decided.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing, a supervisor or an auditor.
pub async fn write_offs(ctx: &Ctx, actor: &Actor) -> Result<WriteOffs, UseCaseError> {
    let role = need_role(actor, &SEES)?;
    let mut tx = ctx.store.read().await?;
    let open = store::write_offs::open(&mut tx, LISTED).await?;
    let over = store::write_offs::over(&mut tx, LISTED).await?;
    let mut names = Names::default();
    let mut all = WriteOffs::default();
    for row in open {
        let may = role == Role::Supervisor && !(row.needs_second && row.asked_by == actor.name());
        all.open.push(line(&mut tx, &mut names, row, may).await?);
    }
    for row in over {
        all.over.push(line(&mut tx, &mut names, row, false).await?);
    }
    Ok(all)
}

async fn line(
    tx: &mut Tx,
    names: &mut Names,
    row: WriteOffRow,
    may_release: bool,
) -> Result<WriteOffLine, UseCaseError> {
    let account = store::accounts::by_id(tx, row.account).await?;
    let account = account.ok_or_else(|| UseCaseError::broken("a write-off without account"))?;
    let decided_by = match row.decided_by.is_empty() {
        true => String::new(),
        false => names.of(tx, &row.decided_by).await?,
    };
    Ok(WriteOffLine {
        account: row.account,
        account_last_four: account_number::last_four(account.number),
        write_off: row.id,
        cents: row.cents,
        reason: row.reason,
        status: row.status,
        asked_by: names.of(tx, &row.asked_by).await?,
        asked_at: row.asked_at,
        decided_by,
        may_release,
    })
}
