//! Asking for a refund, releasing it, refusing it.

use identity::Role;
use kernel::{AccountId, Cents, PaymentId, RefundId};
use payments::{PaymentStatus, RefundStatus, needs_second_person};
use store::Tx;
use store::journal;
use store::refunds::RefundRow;

use super::{RefundReason, charge_of, is_here, left_of, note, send};
use crate::access::{self, Right};
use crate::payments::{balanced, money_of, take_out};
use crate::staff::need_role;
use crate::suspense::{DECIDES, QUEUE, decided};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// A refund that somebody asks for.
#[derive(Debug, Clone)]
pub struct RefundAsked {
    /// The account.
    pub account: AccountId,
    /// Of which payment.
    pub payment: PaymentId,
    /// What makes a repeat harmless.
    pub key: String,
    /// How much.
    pub cents: Cents,
    /// Why.
    pub reason: RefundReason,
}

/// Asks for a payment to be given back. Up to the plan's limit it is released at once; above it a
/// second person releases it. The same key again is the same refund.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing or a supervisor; [`UseCaseError::NotFound`] if there
/// is no such payment; refusals `refund-amount-missing` and `refund-too-much` about `amount`,
/// `refund-not-possible`, `refund-under-way`, `refund-too-early`, `key-used-otherwise`.
pub async fn ask(ctx: &Ctx, actor: &Actor, asked: RefundAsked) -> Result<RefundId, UseCaseError> {
    need_role(actor, &DECIDES)?;
    if !asked.cents.is_positive() {
        return Err(Refusal::of("amount", "refund-amount-missing").into());
    }
    let account = asked.account;
    let id = decided!(ctx, actor, [asked], |tx, ctx, actor| {
        journal::lock(tx, account).await?;
        access::account(tx, ctx, actor, account, Right::View).await?;
        if let Some(before) = store::refunds::by_key(tx, account, &asked.key).await? {
            let same = before.payment == asked.payment && before.cents == asked.cents;
            return match same {
                true => Ok::<_, UseCaseError>(before.id),
                false => Err(Refusal::new("key-used-otherwise").into()),
            };
        }
        let row = new_row(tx, ctx, actor, &asked).await?;
        store::refunds::insert(tx, &row).await?;
        note(tx, ctx, actor, "refund-asked", &row).await?;
        if !row.needs_second {
            let_go(tx, ctx, actor, row.clone()).await?;
        }
        Ok(row.id)
    })?;
    send::send(ctx, account, id).await?;
    Ok(id)
}

async fn new_row(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    asked: &RefundAsked,
) -> Result<RefundRow, UseCaseError> {
    let payment = store::payments::by_id(tx, asked.account, asked.payment).await?;
    let payment = payment.ok_or(UseCaseError::NotFound)?;
    let left = left_of(tx, ctx, &payment).await?;
    if asked.cents > left {
        return Err(Refusal::of("amount", "refund-too-much")
            .with("left", left)
            .into());
    }
    let charge = charge_of(tx, &payment).await?;
    let limit = ctx.plan.refunds.second_person_above;
    Ok(RefundRow {
        account: asked.account,
        id: ctx.id(),
        payment: asked.payment,
        idempotency_key: asked.key.clone(),
        cents: asked.cents,
        by_check: charge.is_none(),
        reason: asked.reason.code().to_owned(),
        status: RefundStatus::Asked,
        needs_second: needs_second_person(asked.cents, limit),
        asked_by: actor.name(),
        asked_at: ctx.now(),
        decided_by: String::new(),
        decided_at: None,
        charge: charge.unwrap_or_default(),
        reference: String::new(),
        dispatched_at: None,
        enquiries: 0,
        next_enquiry_at: None,
        owner: QUEUE.to_owned(),
        concluded_at: None,
    })
}

/// The refund with this id, locked with its account.
pub(super) async fn locked(
    tx: &mut Tx,
    account: AccountId,
    id: RefundId,
) -> Result<RefundRow, UseCaseError> {
    journal::lock(tx, account).await?;
    let row = store::refunds::by_id(tx, account, id).await?;
    row.ok_or(UseCaseError::NotFound)
}

fn still_asked(row: &RefundRow) -> Result<(), UseCaseError> {
    match row.status {
        RefundStatus::Asked => Ok(()),
        _ => Err(Refusal::new("refund-decided").into()),
    }
}

/// Releases a refund that somebody else asked for.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless a supervisor; refusals `second-person` if the same person
/// asked for it, `refund-decided`, `refund-not-possible`.
pub async fn release(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    id: RefundId,
) -> Result<(), UseCaseError> {
    need_role(actor, &[Role::Supervisor])?;
    decided!(ctx, actor, |tx, ctx, actor| {
        let row = locked(tx, account, id).await?;
        still_asked(&row)?;
        if row.needs_second && row.asked_by == actor.name() {
            return Err(Refusal::new("second-person").into());
        }
        let_go(tx, ctx, actor, row).await
    })?;
    send::send(ctx, account, id).await
}

/// Refuses a refund: nothing moves. Who asked may take it back so, too.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing or a supervisor; refusal `refund-decided`.
pub async fn refuse(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    id: RefundId,
) -> Result<(), UseCaseError> {
    let role = need_role(actor, &DECIDES)?;
    decided!(ctx, actor, |tx, ctx, actor| {
        let mut row = locked(tx, account, id).await?;
        still_asked(&row)?;
        if role != Role::Supervisor && row.asked_by != actor.name() {
            return Err(UseCaseError::NotAllowed);
        }
        row.status = RefundStatus::Refused;
        row.decided_by = actor.name();
        row.decided_at = Some(ctx.now());
        row.concluded_at = row.decided_at;
        row.owner.clear();
        store::refunds::save(tx, &row, row.enquiries).await?;
        note(tx, ctx, actor, "refund-refused", &row).await
    })
}

/// Takes the money off the account, and has it sent or owes a check for it.
async fn let_go(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    mut row: RefundRow,
) -> Result<(), UseCaseError> {
    let payment = store::payments::by_id(tx, row.account, row.payment).await?;
    let payment = payment.ok_or_else(|| UseCaseError::broken("a refund without its payment"))?;
    is_here(ctx, &payment)?;
    let refunded = payment.refunded + row.cents;
    if refunded > payment.cents {
        return Err(Refusal::new("refund-not-possible").into());
    }
    let money = postings::Money {
        cents: row.cents,
        ..money_of(&payment, ctx.today())
    };
    let leaves = match row.by_check {
        true => postings::refund_owed_by_check(money.cents, money.effective),
        false => postings::payment_refunded(&money),
    };
    let mut head = journal::lock(tx, row.account).await?;
    take_out(
        tx,
        ctx,
        &mut head,
        (&payment, row.cents),
        &[balanced(leaves)?],
    )
    .await?;
    let status = match refunded == payment.cents {
        true => PaymentStatus::Refunded,
        false => PaymentStatus::PartlyRefunded,
    };
    let about = (row.account, row.payment);
    store::refunds::set_refunded(tx, about, refunded, status).await?;
    row.decided_by = actor.name();
    row.decided_at = Some(ctx.now());
    row.owner.clear();
    if row.by_check {
        row.status = RefundStatus::OwedByCheck;
        row.concluded_at = row.decided_at;
    } else {
        row.status = RefundStatus::Released;
        row.next_enquiry_at = row.decided_at;
    }
    store::refunds::save(tx, &row, row.enquiries).await?;
    note(tx, ctx, actor, "refund-released", &row).await
}
