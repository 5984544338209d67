//! Giving money back: never more than was charged, whoever asks at the same time.

use std::time::Duration;

use super::{Answered, ApiError, Params};
use crate::core::Work;
use crate::objects::{Money, Refund};
use crate::state::Change;

pub(super) fn create(work: &mut Work<'_>, params: &Params, delay: Duration) -> Answered {
    params.only(&[
        "payment_intent",
        "charge",
        "amount",
        "reason",
        "metadata[*]",
        "expand[]",
    ])?;
    let reason = params.owned("reason");
    if let Some(reason) = &reason
        && !matches!(
            reason.as_str(),
            "duplicate" | "fraudulent" | "requested_by_customer"
        )
    {
        return Err(ApiError::of("reason", "", "Invalid reason"));
    }
    let money_id = charged_money(work, params)?;
    let mut money = work
        .state
        .money
        .get(&money_id)
        .cloned()
        .ok_or_else(|| ApiError::no_such("charge", &money_id, "charge"))?;
    let amount = read_amount(params, &money_id, &money)?;
    let bank = work
        .state
        .intents
        .get(&money.intent)
        .is_some_and(|intent| intent.bank);
    let delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX / 4);
    let refund = Refund {
        id: work.name("re_"),
        created: work.now(),
        amount,
        status: if bank { "pending" } else { "succeeded" }.to_owned(),
        intent: money.intent.clone(),
        money: money_id.clone(),
        reason,
        metadata: params.metadata()?,
        settles_at: bank.then(|| work.millis.saturating_add(delay)),
    };
    money.refunded += amount;
    let object = refund.to_json();
    work.put(Change::Money(money));
    work.put(Change::Refund(refund));
    work.emit_money("charge.refunded", &money_id);
    work.emit("refund.created", &object);
    Ok(object)
}

/// The id of the money to give back, named by itself or by its intent.
fn charged_money(work: &Work<'_>, params: &Params) -> Result<String, ApiError> {
    match (params.get("charge"), params.get("payment_intent")) {
        (Some(id), None) => Ok(id.to_owned()),
        (None, Some(id)) => {
            let intent = work.state.intents.get(id);
            let intent =
                intent.ok_or_else(|| ApiError::no_such("payment_intent", id, "payment_intent"))?;
            intent.charge.clone().ok_or_else(|| not_charged(id))
        }
        _ => Err(ApiError::new(
            400,
            "parameter_missing",
            "Give either charge or payment_intent.",
        )),
    }
}

/// How much to give back: what was asked for, or all that is left. Never more than is left.
fn read_amount(params: &Params, money_id: &str, money: &Money) -> Result<i64, ApiError> {
    if money.status != "succeeded" {
        return Err(not_charged(money_id));
    }
    if money.disputed {
        let message = format!("Charge {money_id} has been charged back; it cannot be refunded.");
        return Err(ApiError::new(400, "charge_disputed", &message));
    }
    let left = money.amount - money.refunded;
    if left == 0 {
        let message = format!("Charge {money_id} has already been refunded.");
        return Err(ApiError::new(400, "charge_already_refunded", &message));
    }
    let amount = params.number("amount")?.unwrap_or(left);
    if amount < 1 {
        return Err(ApiError::of(
            "amount",
            "parameter_invalid_integer",
            "Invalid positive integer",
        ));
    }
    if amount > left {
        let message = format!(
            "Refund amount ({amount} cents) is greater than unrefunded amount on charge \
             ({left} cents)"
        );
        return Err(ApiError::of("amount", "amount_too_large", &message));
    }
    Ok(amount)
}

fn not_charged(id: &str) -> ApiError {
    ApiError::new(
        400,
        "charge_not_refundable",
        &format!("{id} has not succeeded, so there is nothing to refund."),
    )
}

pub(super) fn retrieve(work: &Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["expand[]"])?;
    let refund = work
        .state
        .refunds
        .get(id)
        .ok_or_else(|| ApiError::no_such("refund", id, "id"))?;
    Ok(refund.to_json())
}
