//! Payment intents: charging, finding, stopping.

use std::time::Duration;

use serde_json::{Value, json};

use super::methods::known_payer;
use super::{Answered, ApiError, Params};
use crate::core::Work;
use crate::instruments::Behaviour;
use crate::objects::{Failure, Intent, Method, Money, Step};
use crate::settle::open_dispute;
use crate::state::Change;

const SMALLEST: i64 = 50;
const LARGEST: i64 = 99_999_999;
const EXPANDABLE: &[&str] = &["latest_charge"];

const NETWORK_REFERENCE: &str =
    "payment_method_options[card][mit_exemption][network_transaction_id]";

const CREATE: &[&str] = &[
    "amount",
    "currency",
    "confirm",
    "payment_method",
    "payment_method_types[]",
    "customer",
    "description",
    "metadata[*]",
    "off_session",
    "error_on_requires_action",
    "return_url",
    "payment_method_options[card][moto]",
    NETWORK_REFERENCE,
    "mandate_data[customer_acceptance][type]",
    "mandate_data[customer_acceptance][accepted_at]",
    "mandate_data[customer_acceptance][online][ip_address]",
    "mandate_data[customer_acceptance][online][user_agent]",
    "expand[]",
];

pub(super) fn create(work: &mut Work<'_>, params: &Params, delay: Duration) -> Answered {
    params.only(CREATE)?;
    let with_money = params.expands(EXPANDABLE, "latest_charge")?;
    let amount = read_amount(params)?;
    let method = read_method(work, params)?;
    let interactive = interactive(params)?;
    if params.get(NETWORK_REFERENCE).is_some() && !params.flag("off_session")? {
        return Err(ApiError::of(
            NETWORK_REFERENCE,
            "",
            "Only a charge that the merchant sets off refers to an earlier one. Give off_session.",
        ));
    }
    let payer = known_payer(work, params)?;
    if method.payer.is_some() && method.payer != payer {
        return Err(ApiError::of(
            "payment_method",
            "",
            "The payment method belongs to a customer. Give that customer with the payment method.",
        ));
    }
    let behaviour = method.behaviour();
    let bank = method.is_bank();
    let intent = Intent {
        id: work.name("pi_"),
        created: work.now(),
        amount,
        status: String::new(),
        bank,
        payer,
        method: Some(method.id),
        description: params.owned("description"),
        metadata: params.metadata()?,
        charge: None,
        failure: None,
        return_url: params.owned("return_url"),
        canceled_at: None,
        next: None,
    };
    let id = intent.id.clone();
    if bank {
        start_debit(work, intent, behaviour, delay);
    } else if behaviour == Behaviour::Confirm && interactive {
        work.put_intent(Intent {
            status: "requires_action".to_owned(),
            ..intent
        });
        work.emit_intent("payment_intent.requires_action", &id);
    } else {
        let failure = match behaviour {
            Behaviour::Confirm => Some(card_failure("authentication_required", "")),
            Behaviour::Fail(code, finer) => Some(card_failure(code, finer)),
            _ => None,
        };
        charge_card(work, intent, failure, behaviour == Behaviour::Dispute);
    }
    let object = intent_json(work, &id, with_money);
    match work
        .state
        .intents
        .get(&id)
        .and_then(|intent| intent.failure.clone())
    {
        Some(failure) => Err(ApiError::declined(failure, object)),
        None => Ok(object),
    }
}

fn read_amount(params: &Params) -> Result<i64, ApiError> {
    let amount = params
        .number("amount")?
        .ok_or_else(|| ApiError::missing("amount"))?;
    if amount < SMALLEST {
        return Err(ApiError::of(
            "amount",
            "amount_too_small",
            "Amount must be at least $0.50 usd",
        ));
    }
    if amount > LARGEST {
        return Err(ApiError::of(
            "amount",
            "amount_too_large",
            "Amount must be no more than $999,999.99",
        ));
    }
    if params.need("currency")? != "usd" {
        return Err(ApiError::of("currency", "", "The sandbox knows usd only."));
    }
    if !params.flag("confirm")? {
        return Err(ApiError::of(
            "confirm",
            "",
            "The sandbox creates and confirms in one request.",
        ));
    }
    Ok(amount)
}

fn read_method(work: &Work<'_>, params: &Params) -> Result<Method, ApiError> {
    let id = params.need("payment_method")?;
    let method = work.state.methods.get(id).cloned();
    let method = method.ok_or_else(|| ApiError::no_such("PaymentMethod", id, "payment_method"))?;
    let kind = if method.is_bank() {
        "us_bank_account"
    } else {
        "card"
    };
    if !params
        .all("payment_method_types[]")
        .any(|given| given == kind)
    {
        let message =
            format!("The payment method is of type {kind}, which is not among the types given.");
        return Err(ApiError::of("payment_method", "", &message));
    }
    // An account that was verified for a payer keeps the mandate it was verified under.
    let acceptance = "mandate_data[customer_acceptance][type]";
    if method.is_bank() && (method.payer.is_none() || params.get(acceptance).is_some()) {
        check_acceptance(params)?;
    }
    Ok(method)
}

pub(super) fn check_acceptance(params: &Params) -> Result<(), ApiError> {
    let acceptance = "mandate_data[customer_acceptance][type]";
    match params.need(acceptance)? {
        "offline" => {}
        "online" => {
            params.need("mandate_data[customer_acceptance][online][ip_address]")?;
            params.need("mandate_data[customer_acceptance][online][user_agent]")?;
        }
        _ => return Err(ApiError::of(acceptance, "", "must be online or offline")),
    }
    Ok(())
}

/// True if the payer can be asked for something.
fn interactive(params: &Params) -> Result<bool, ApiError> {
    let off_session = params.flag("off_session")?;
    let moto = params.flag("payment_method_options[card][moto]")?;
    let as_error = params.flag("error_on_requires_action")?;
    if off_session && as_error {
        return Err(ApiError::of(
            "off_session",
            "",
            "off_session and error_on_requires_action cannot be given together.",
        ));
    }
    Ok(!off_session && !moto && !as_error && params.get("return_url").is_some())
}

fn card_failure(code: &str, finer: &str) -> Failure {
    let message = match (code, finer) {
        ("expired_card", _) => "Your card has expired.",
        ("incorrect_cvc", _) => "Your card's security code is incorrect.",
        ("processing_error", _) => {
            "An error occurred while processing your card. Try again in a little bit."
        }
        ("authentication_required", _) => {
            "Your card was declined. This transaction requires authentication."
        }
        (_, "insufficient_funds") => "Your card has insufficient funds.",
        _ => "Your card was declined.",
    };
    Failure {
        code: code.to_owned(),
        decline_code: Some(finer.to_owned()).filter(|finer| !finer.is_empty()),
        network_code: None,
        message: message.to_owned(),
    }
}

fn new_money(
    work: &mut Work<'_>,
    intent: &Intent,
    status: &str,
    failure: Option<Failure>,
) -> Money {
    Money {
        id: work.name(if intent.bank { "py_" } else { "ch_" }),
        created: work.now(),
        intent: intent.id.clone(),
        amount: intent.amount,
        refunded: 0,
        status: status.to_owned(),
        disputed: false,
        failure,
    }
}

fn start_debit(work: &mut Work<'_>, mut intent: Intent, behaviour: Behaviour, delay: Duration) {
    let delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX / 4);
    let at = work.millis.saturating_add(delay);
    intent.next = match behaviour {
        Behaviour::StayPending => None,
        Behaviour::Fail(..) => Some((at, Step::Return)),
        _ => Some((at, Step::Settle)),
    };
    let money = new_money(work, &intent, "pending", None);
    "processing".clone_into(&mut intent.status);
    intent.charge = Some(money.id.clone());
    let (id, money_id) = (intent.id.clone(), money.id.clone());
    work.put_intent(intent);
    work.put(Change::Money(money));
    work.emit_money("charge.pending", &money_id);
    work.emit_intent("payment_intent.processing", &id);
}

/// Charges or declines a card at once.
pub(crate) fn charge_card(
    work: &mut Work<'_>,
    mut intent: Intent,
    failure: Option<Failure>,
    dispute: bool,
) {
    let failed = failure.is_some();
    let status = if failed { "failed" } else { "succeeded" };
    let money = new_money(work, &intent, status, failure.clone());
    if failed {
        "requires_payment_method"
    } else {
        "succeeded"
    }
    .clone_into(&mut intent.status);
    intent.charge = Some(money.id.clone());
    intent.failure = failure;
    let (id, money_id) = (intent.id.clone(), money.id.clone());
    work.put_intent(intent);
    work.put(Change::Money(money));
    if failed {
        work.emit_money("charge.failed", &money_id);
        work.emit_intent("payment_intent.payment_failed", &id);
        return;
    }
    work.emit_money("charge.succeeded", &money_id);
    work.emit_intent("payment_intent.succeeded", &id);
    if dispute {
        open_dispute(work, &id);
    }
}

/// Ends the wait for a payer on the page of the card's bank.
pub(crate) fn end_confirmation(work: &mut Work<'_>, id: &str, approved: bool) -> Option<Intent> {
    let intent = work.state.intents.get(id)?.clone();
    if intent.status == "requires_action" {
        let failure =
            (!approved).then(|| card_failure("payment_intent_authentication_failure", ""));
        charge_card(work, intent, failure, false);
    }
    work.state.intents.get(id).cloned()
}

pub(super) fn intent_json(work: &Work<'_>, id: &str, with_money: bool) -> Value {
    let Some(intent) = work.state.intents.get(id) else {
        return Value::Null;
    };
    let mut object = intent.to_json(work.origin);
    if with_money
        && let Some(money) = intent
            .charge
            .as_ref()
            .and_then(|id| work.state.money.get(id))
    {
        object["latest_charge"] = json!(work.money_json(money));
    }
    object
}

pub(super) fn find<'a>(work: &'a Work<'_>, id: &str) -> Result<&'a Intent, ApiError> {
    work.state
        .intents
        .get(id)
        .ok_or_else(|| ApiError::no_such("payment_intent", id, "id"))
}

pub(super) fn retrieve(work: &Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["expand[]"])?;
    let with_money = params.expands(EXPANDABLE, "latest_charge")?;
    find(work, id)?;
    Ok(intent_json(work, id, with_money))
}

pub(super) fn cancel(work: &mut Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["cancellation_reason", "expand[]"])?;
    let with_money = params.expands(EXPANDABLE, "latest_charge")?;
    let mut intent = find(work, id)?.clone();
    let status = intent.status.as_str();
    if !matches!(
        status,
        "processing" | "requires_action" | "requires_payment_method"
    ) {
        let message =
            format!("You cannot cancel this PaymentIntent because it has a status of {status}.");
        return Err(ApiError::new(
            400,
            "payment_intent_unexpected_state",
            &message,
        ));
    }
    "canceled".clone_into(&mut intent.status);
    intent.canceled_at = Some(work.now());
    intent.next = None;
    let money = intent
        .charge
        .as_ref()
        .and_then(|id| work.state.money.get(id))
        .cloned();
    work.put_intent(intent);
    if let Some(mut money) = money {
        "failed".clone_into(&mut money.status);
        work.put(Change::Money(money));
    }
    work.emit_intent("payment_intent.canceled", id);
    Ok(intent_json(work, id, with_money))
}
