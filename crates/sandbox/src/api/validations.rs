//! Validating bank accounts: setup intents, and the small deposits some of them need.

use super::intents::check_acceptance;
use super::methods::{find, known_payer, tie};
use super::sessions::setup_json;
use super::{Answered, ApiError, Params};
use crate::core::Work;
use crate::instruments::{DEPOSIT_AMOUNTS, DEPOSIT_CODE, Validation, account_by_id};
use crate::objects::{BankSetup, Method, MethodKind, Setup};
use crate::state::Change;

/// How often the answer may be wrong.
const MOST_TRIES: u32 = 10;
/// How long small deposits are under way, in seconds: one day.
const DEPOSITS_TAKE: i64 = 24 * 60 * 60;

pub(super) fn create(work: &mut Work<'_>, params: &Params) -> Answered {
    params.only(&[
        "confirm",
        "payment_method",
        "payment_method_types[]",
        "payment_method_options[us_bank_account][verification_method]",
        "usage",
        "customer",
        "metadata[*]",
        "mandate_data[customer_acceptance][type]",
        "mandate_data[customer_acceptance][accepted_at]",
        "mandate_data[customer_acceptance][online][ip_address]",
        "mandate_data[customer_acceptance][online][user_agent]",
    ])?;
    if !params.flag("confirm")? {
        return Err(ApiError::of(
            "confirm",
            "",
            "The sandbox creates and confirms in one request.",
        ));
    }
    let method = find(work, params.need("payment_method")?)?;
    let Some(validation) = validation_of(&method) else {
        return Err(ApiError::of(
            "payment_method",
            "",
            "The sandbox sets up bank accounts here; cards have sessions of the hosted fields.",
        ));
    };
    check_acceptance(params)?;
    let payer = known_payer(work, params)?;
    let (status, asks, error) = match validation {
        Validation::AtOnce => ("succeeded", "", ""),
        Validation::ByAmounts => ("requires_action", "amounts", ""),
        Validation::ByCode => ("requires_action", "descriptor_code", ""),
        Validation::Refused => (
            "requires_payment_method",
            "",
            "payment_method_microdeposit_failed",
        ),
    };
    let setup = Setup {
        id: work.name("seti_"),
        created: work.now(),
        payer,
        method: Some(method.id.clone()),
        bank: Some(BankSetup {
            status: status.to_owned(),
            asks: asks.to_owned(),
            arrives: work.now() + DEPOSITS_TAKE,
            tries: 0,
            error: error.to_owned(),
        }),
    };
    Ok(keep(work, setup, method))
}

fn validation_of(method: &Method) -> Option<Validation> {
    match &method.kind {
        MethodKind::Bank { test, .. } => account_by_id(test).map(|account| account.validation),
        MethodKind::Card { .. } => None,
    }
}

/// Keeps a setup; one that succeeded ties the account to its payer.
fn keep(work: &mut Work<'_>, setup: Setup, method: Method) -> serde_json::Value {
    let succeeded = setup
        .bank
        .as_ref()
        .is_some_and(|bank| bank.status == "succeeded");
    if succeeded && setup.payer.is_some() {
        tie(work, method, setup.payer.clone());
    }
    let object = setup_json(work, &setup, false);
    work.put(Change::Setup(setup));
    if succeeded {
        work.emit("setup_intent.succeeded", &object);
    }
    object
}

pub(super) fn verify(work: &mut Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["amounts[]", "descriptor_code"])?;
    let setup = work.state.setups.get(id).cloned();
    let mut setup = setup.ok_or_else(|| ApiError::no_such("setup_intent", id, "id"))?;
    let method = setup.method.clone().unwrap_or_default();
    let method = find(work, &method)?;
    let Some(bank) = setup
        .bank
        .as_mut()
        .filter(|bank| bank.status == "requires_action")
    else {
        return Err(ApiError::new(
            400,
            "setup_intent_unexpected_state",
            "This SetupIntent does not wait for microdeposits.",
        ));
    };
    let (right, wrong) = judged(params, &bank.asks)?;
    if right {
        "succeeded".clone_into(&mut bank.status);
        return Ok(keep(work, setup, method));
    }
    bank.tries += 1;
    let code = if bank.tries >= MOST_TRIES {
        "requires_payment_method".clone_into(&mut bank.status);
        let over = "payment_method_microdeposit_verification_attempts_exceeded";
        over.clone_into(&mut bank.error);
        over
    } else {
        wrong
    };
    work.put(Change::Setup(setup));
    Err(ApiError::new(
        400,
        code,
        "The deposits do not match what was sent.",
    ))
}

/// Whether the answer is right, and what a wrong one is called.
fn judged(params: &Params, asks: &str) -> Result<(bool, &'static str), ApiError> {
    if asks == "descriptor_code" {
        let code = params.need("descriptor_code")?;
        let wrong = "payment_method_microdeposit_verification_descriptor_code_mismatch";
        return Ok((code == DEPOSIT_CODE, wrong));
    }
    let mut amounts: Vec<i64> = Vec::new();
    for amount in params.all("amounts[]") {
        let number = amount
            .parse()
            .map_err(|_| ApiError::of("amounts", "parameter_invalid_integer", "Invalid integer"))?;
        amounts.push(number);
    }
    if amounts.len() != 2 {
        return Err(ApiError::missing("amounts"));
    }
    amounts.sort_unstable();
    let wrong = "payment_method_microdeposit_verification_amounts_mismatch";
    Ok((amounts == DEPOSIT_AMOUNTS, wrong))
}
