//! What a center takes, and which checks: all of it from the plan file.

use center::{Check, CheckRefusal, CheckRules};
use kernel::{Channel, Tender};
use payments::AmountChoice;
use plan::{Centers, Counter};

use crate::payments::{self as paying, Payable};
use crate::{Ctx, Refusal, UseCaseError};

/// The plan's walk-in centers, if it has any.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it has none.
pub(super) fn centers(ctx: &Ctx) -> Result<&Centers, UseCaseError> {
    ctx.plan.centers.as_ref().ok_or(UseCaseError::NotFound)
}

/// The place with this id.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the plan file knows none.
pub(super) fn counter<'a>(ctx: &'a Ctx, id: &str) -> Result<Counter<'a>, UseCaseError> {
    centers(ctx)?.counter(id).ok_or(UseCaseError::NotFound)
}

/// What an account of a plan line may be paid with at a center: what the line takes at centers, of
/// that what this center takes. There is no cash in it, because there is none in [`Tender`].
///
/// # Errors
/// [`UseCaseError::NotFound`] if the plan file knows no such center.
pub fn tenders(ctx: &Ctx, plan_line: &str, center: &str) -> Result<Vec<Tender>, UseCaseError> {
    let own = counter(ctx, center)?.tenders;
    let mut taken = paying::accepted(ctx, plan_line, Channel::Center);
    taken.retain(|tender| own.is_none_or(|own| own.contains(tender)));
    Ok(taken)
}

/// Whether a check is taken for an account, at a center, today.
pub(super) fn may_be_taken(
    ctx: &Ctx,
    payable: &Payable,
    center: &str,
    check: &Check,
) -> Result<(), UseCaseError> {
    let line = ctx.plan.line(&payable.plan_line);
    if !line.is_some_and(|line| line.offers(Channel::Center)) {
        return Err(Refusal::new("channel-not-offered").into());
    }
    if !tenders(ctx, &payable.plan_line, center)?.contains(&Tender::Check) {
        return Err(Refusal::new("tender-not-taken").into());
    }
    let rules = CheckRules {
        stale_after_months: centers(ctx)?.checks_good_for_months,
        largest: payable.most,
    };
    center::take(check, rules, ctx.today()).map_err(refusal_of)?;
    paying::choose_amount(payable, AmountChoice::Other(check.cents)).map(drop)
}

fn refusal_of(why: CheckRefusal) -> UseCaseError {
    let dated = Refusal::of("dated", why.code());
    let amount = Refusal::of("amount", why.code());
    match why {
        CheckRefusal::PostDated(day) | CheckRefusal::Stale(day) => dated.with("day", day),
        CheckRefusal::TooMuch(most) => amount.with("most", most),
        CheckRefusal::NoAmount => amount,
        CheckRefusal::Payee
        | CheckRefusal::Unsigned
        | CheckRefusal::Foreign
        | CheckRefusal::WordsDiffer => Refusal::new(why.code()),
    }
    .into()
}
