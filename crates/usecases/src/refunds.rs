//! Giving a payment back, in whole or in part, the way it came: asked for by one person and, above
//! the plan's limit, released by another. What cannot go back the way it came is owed by check.
//!
//! The money leaves the account when the refund is released, before it is sent, so that no invoice
//! draws on it meanwhile. What the processor does not carry out waits for a person, who pays it by
//! check or puts it back.

mod ask;
mod send;
mod settle;

use identity::Role;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, PaymentId, RefundId, Tender};
use payments::{AttemptState, PaymentStatus, RefundStatus, refundable_from};
use store::Tx;
use store::payments::PaymentRow;
use store::refunds::RefundRow;

pub use ask::{RefundAsked, ask, refuse, release};
pub use send::send_due;
pub use settle::{Instead, settle};

use crate::access::{self, Right};
use crate::audit::{self, Event};
use crate::payments::grouped;
use crate::staff::names::Names;
use crate::staff::{Reason, need_role, note_look};
use crate::suspense::{DECIDES, SEES, decided};
use crate::{Actor, Ctx, Refusal, UseCaseError, account_number};

/// How many refunds the list shows of those that are open, and of those that are over.
const LISTED: i64 = 200;

/// Why a payment is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundReason {
    /// The same was paid twice.
    PaidTwice,
    /// More was paid than the payer meant to.
    WrongAmount,
    /// It was paid on the wrong account.
    WrongAccount,
    /// The coverage is over or never began.
    CoverageOver,
    /// Somebody else pays the premium now, or the payer asks for it.
    PayerAsks,
}

impl RefundReason {
    /// All of them.
    pub const ALL: [RefundReason; 5] = [
        RefundReason::PaidTwice,
        RefundReason::WrongAmount,
        RefundReason::WrongAccount,
        RefundReason::CoverageOver,
        RefundReason::PayerAsks,
    ];

    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            RefundReason::PaidTwice => "paid-twice",
            RefundReason::WrongAmount => "wrong-amount",
            RefundReason::WrongAccount => "wrong-account",
            RefundReason::CoverageOver => "coverage-over",
            RefundReason::PayerAsks => "payer-asks",
        }
    }

    /// The reason with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// What can be given back of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refundable {
    /// The payment's confirmation number, grouped.
    pub confirmation: String,
    /// Who paid.
    pub payer_name: String,
    /// What it was made with.
    pub tender: Tender,
    /// The last four digits of the card or account.
    pub last_four: String,
    /// How much it was.
    pub cents: Cents,
    /// What is left of it.
    pub left: Cents,
    /// True if it is paid back by check, because it cannot go back the way it came.
    pub by_check: bool,
    /// Above this amount a second person releases it.
    pub second_person_above: Cents,
}

/// A refund in the list.
#[derive(Debug, Clone)]
pub struct RefundLine {
    /// The account.
    pub account: AccountId,
    /// The last four digits of its number.
    pub account_last_four: String,
    /// Id.
    pub refund: RefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// Its confirmation number, grouped.
    pub confirmation: String,
    /// Who paid.
    pub payer_name: String,
    /// How much is given back.
    pub cents: Cents,
    /// True if by check.
    pub by_check: bool,
    /// Why, by its code.
    pub reason: String,
    /// Where it stands.
    pub status: RefundStatus,
    /// Who asked, by name.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Who decided, by name; empty until then.
    pub decided_by: String,
    /// True if a person has to say what became of it.
    pub needs_person: bool,
    /// True if this actor may release it.
    pub may_release: bool,
}

/// The refunds that are open and the latest that are over.
#[derive(Debug, Clone, Default)]
pub struct Refunds {
    /// Oldest first.
    pub open: Vec<RefundLine>,
    /// Latest first.
    pub over: Vec<RefundLine>,
}

/// What can be given back of a payment. That the member was seen is written down.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing or a supervisor; [`UseCaseError::NotFound`] if there
/// is no such payment; refusals `refund-not-possible`, `refund-under-way`, `refund-too-early`.
pub async fn refundable(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    payment: PaymentId,
) -> Result<Refundable, UseCaseError> {
    need_role(actor, &DECIDES)?;
    decided!(ctx, actor, |tx, ctx, actor| {
        access::account(tx, ctx, actor, account, Right::View).await?;
        note_look(tx, ctx, actor, account, Reason::PaymentEnquiry).await?;
        let payment = store::payments::by_id(tx, account, payment).await?;
        let payment = payment.ok_or(UseCaseError::NotFound)?;
        let left = left_of(tx, ctx, &payment).await?;
        Ok(Refundable {
            confirmation: grouped(&payment.confirmation),
            payer_name: payment.payer_name.clone(),
            tender: payment.tender,
            last_four: payment.last_four.clone(),
            cents: payment.cents,
            left,
            by_check: charge_of(tx, &payment).await?.is_none(),
            second_person_above: ctx.plan.refunds.second_person_above,
        })
    })
}

/// What is left of a payment that may be given back now.
async fn left_of(tx: &mut Tx, ctx: &Ctx, payment: &PaymentRow) -> Result<Cents, UseCaseError> {
    if store::refunds::live(tx, payment.account, payment.id)
        .await?
        .is_some()
    {
        return Err(Refusal::new("refund-under-way").into());
    }
    is_here(ctx, payment)?;
    Ok(payment.cents - payment.refunded)
}

/// # Errors
/// Refusals `refund-not-possible` and `refund-too-early` if the money of a payment is not here, or
/// may yet be taken back by its payer's bank.
fn is_here(ctx: &Ctx, payment: &PaymentRow) -> Result<(), UseCaseError> {
    let taken = matches!(
        payment.status,
        PaymentStatus::Succeeded | PaymentStatus::PartlyRefunded
    );
    if !taken || payment.refunded >= payment.cents {
        return Err(Refusal::new("refund-not-possible").into());
    }
    let rules = &ctx.plan.refunds;
    let (bank, check) = (rules.bank_wait_days, rules.check_wait_days);
    let from = refundable_from(payment.tender, payment.effective_on, bank, check);
    match ctx.today() < from {
        true => Err(Refusal::new("refund-too-early").with("day", from).into()),
        false => Ok(()),
    }
}

/// The processor's name for the charge that took a payment; `None` if no processor did.
async fn charge_of(tx: &mut Tx, payment: &PaymentRow) -> Result<Option<String>, UseCaseError> {
    let attempts = store::attempts::of_payment(tx, payment.account, payment.id).await?;
    Ok(attempts
        .into_iter()
        .rev()
        .find(|one| one.state == AttemptState::Succeeded && !one.reference.is_empty())
        .map(|one| one.reference))
}

/// The refunds that are open, and the latest that are over.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing, a supervisor or an auditor.
pub async fn refunds(ctx: &Ctx, actor: &Actor) -> Result<Refunds, UseCaseError> {
    let role = need_role(actor, &SEES)?;
    let mut tx = ctx.store.read().await?;
    let open = store::refunds::open(&mut tx, LISTED).await?;
    let over = store::refunds::over(&mut tx, LISTED).await?;
    let mut names = Names::default();
    let mut all = Refunds::default();
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
    row: RefundRow,
    may_release: bool,
) -> Result<RefundLine, UseCaseError> {
    let broken = || UseCaseError::broken("a refund without its payment");
    let payment = store::payments::by_id(tx, row.account, row.payment).await?;
    let payment = payment.ok_or_else(broken)?;
    let account = store::accounts::by_id(tx, row.account).await?;
    let account = account.ok_or_else(broken)?;
    let decided_by = match row.decided_by.is_empty() {
        true => String::new(),
        false => names.of(tx, &row.decided_by).await?,
    };
    Ok(RefundLine {
        account: row.account,
        account_last_four: account_number::last_four(account.number),
        refund: row.id,
        payment: row.payment,
        confirmation: grouped(&payment.confirmation),
        payer_name: payment.payer_name,
        cents: row.cents,
        by_check: row.by_check,
        reason: row.reason,
        status: row.status,
        asked_by: names.of(tx, &row.asked_by).await?,
        asked_at: row.asked_at,
        decided_by,
        needs_person: !row.owner.is_empty(),
        may_release: may_release && row.status == RefundStatus::Asked,
    })
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    row: &RefundRow,
) -> Result<(), UseCaseError> {
    let detail = format!(
        "cents={} reason={} status={}",
        row.cents.get(),
        row.reason,
        row.status.code()
    );
    let event = Event {
        action,
        account: Some(row.account),
        subject: &row.payment.to_string(),
        detail: &detail,
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

/// The day of a refusal, if it says that a payment may be given back later.
#[must_use]
pub fn later_day(refusal: &Refusal) -> Option<Date> {
    let fact = refusal.facts.iter().find(|(name, _)| *name == "day");
    fact.and_then(|(_, day)| day.parse().ok())
}
