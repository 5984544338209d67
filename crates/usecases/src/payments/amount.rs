//! What is due, and which amount of it to pay.

use cash::OpenInvoice;
use jiff::SignedDuration;
use kernel::{AccountId, Cents, MemberId};
use payments::repeat::{PreviousPayment, is_repeat_within};
use payments::{AmountChoice, AmountLimits, AmountRefusal, Balances, ConfirmationNumber};
use store::accounts::AccountRow;

use super::{Payable, RecentPayment};
use crate::{Actor, Ctx, Refusal, UseCaseError, access, account_number};

/// What can be paid on an account.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is no such account, or none for this actor.
pub async fn payable(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<Payable, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let row = access::account(&mut tx, ctx, actor, account, access::Right::Pay).await?;
    let open = store::cash::open_invoices(&mut tx, account).await?;
    Ok(payable_of(ctx, &row, &open))
}

pub(crate) fn payable_of(ctx: &Ctx, account: &AccountRow, open: &[OpenInvoice]) -> Payable {
    let balances = cash::balances(open, account.unapplied, ctx.today());
    let due = balances.total_due.at_least_zero();
    Payable {
        account: account.id,
        account_last_four: account_number::last_four(account.number),
        amount_due: due,
        past_due: balances.past_due.at_least_zero(),
        due_on: open
            .iter()
            .find(|i| due.is_positive() && i.open.is_positive() && i.due_on >= ctx.today())
            .map(|i| i.due_on),
        most: ctx.plan.payments.largest,
        least: ctx.plan.payments.smallest,
        partial_allowed: ctx.plan.payments.partial,
        plan_line: account.plan_line.clone(),
    }
}

/// The account of a member in a plan line, for another system of the plan that knows the member ID.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is none, or the actor is no such system.
pub async fn account_for(
    ctx: &Ctx,
    actor: &Actor,
    member_id: &MemberId,
    plan_line: &str,
) -> Result<AccountId, UseCaseError> {
    if !matches!(
        actor,
        Actor::Partner { .. } | Actor::Operator | Actor::Job(_)
    ) {
        return Err(UseCaseError::NotFound);
    }
    let mut tx = ctx.store.read().await?;
    let rows = store::accounts::of_subscriber(&mut tx, member_id).await?;
    let found = rows.into_iter().find(|row| row.plan_line == plan_line);
    found.map(|row| row.id).ok_or(UseCaseError::NotFound)
}

/// The amount to pay.
///
/// # Errors
/// A refusal about the field `amount` that names the limit.
pub fn choose_amount(payable: &Payable, choice: AmountChoice) -> Result<Cents, UseCaseError> {
    let balances = Balances {
        total_due: payable.amount_due,
        past_due: payable.past_due,
    };
    let limits = AmountLimits {
        least: payable.least,
        most: payable.most,
    };
    let cents = choice
        .resolve(balances, limits)
        .map_err(|refusal| match refusal {
            AmountRefusal::NothingDue => Refusal::of("amount", "amount-nothing-due"),
            AmountRefusal::NothingPastDue => Refusal::of("amount", "amount-nothing-past-due"),
            AmountRefusal::TooLittle { least } => {
                Refusal::of("amount", "amount-too-little").with("least", least)
            }
            AmountRefusal::TooMuch { most } => {
                Refusal::of("amount", "amount-too-much").with("most", most)
            }
        })?;
    if !payable.partial_allowed && cents < payable.amount_due {
        return Err(Refusal::of("amount", "amount-not-partial")
            .with("due", payable.amount_due)
            .into());
    }
    Ok(cents)
}

/// A payment of the same amount made a short while ago, which the payer should know of before
/// paying again.
///
/// # Errors
/// [`UseCaseError`] if the database does not answer.
pub async fn recent_same(
    ctx: &Ctx,
    account: AccountId,
    cents: Cents,
) -> Result<Option<RecentPayment>, UseCaseError> {
    let minutes = i64::from(ctx.plan.payments.repeat_minutes);
    let since = ctx.now() - SignedDuration::from_mins(minutes);
    let mut tx = ctx.store.read().await?;
    let payments = store::payments::since(&mut tx, account, since).await?;
    let hours = u32::try_from(minutes.div_euclid(60) + 1).unwrap_or(u32::MAX);
    let same = payments.into_iter().find(|p| {
        let previous = PreviousPayment {
            cents: p.cents,
            at: p.received_at,
            status: p.status,
        };
        is_repeat_within(&previous, cents, ctx.now(), hours)
    });
    Ok(same.map(|p| RecentPayment {
        confirmation: grouped(&p.confirmation),
        at: p.received_at,
        cents: p.cents,
    }))
}

/// A stored confirmation number, grouped for reading.
pub(crate) fn grouped(confirmation: &str) -> String {
    ConfirmationNumber::parse(confirmation)
        .map_or_else(|_| confirmation.to_owned(), |number| number.grouped())
}
