//! Payers and what they pay with.

use hmac::{Hmac, Mac};
use kernel::{BankAccountNumber, RoutingNumber};
use serde_json::Value;
use sha2::Sha256;

use super::{Answered, ApiError, Params};
use crate::core::Work;
use crate::instruments::{TEST_BANK_ROUTING, account_by_number};
use crate::objects::{Method, MethodKind, Payer};
use crate::state::Change;

pub(super) fn create_payer(work: &mut Work<'_>, params: &Params) -> Answered {
    params.only(&["metadata[*]", "description", "email", "name"])?;
    let payer = Payer {
        id: work.name("cus_"),
        created: work.now(),
        metadata: params.metadata()?,
    };
    let object = payer.to_json();
    work.put(Change::Payer(payer));
    Ok(object)
}

pub(super) fn retrieve_payer(work: &Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["expand[]"])?;
    let payer = work
        .state
        .payers
        .get(id)
        .ok_or_else(|| ApiError::no_such("customer", id, "id"))?;
    Ok(payer.to_json())
}

pub(super) fn known_payer(work: &Work<'_>, params: &Params) -> Result<Option<String>, ApiError> {
    match params.owned("customer") {
        Some(id) if !work.state.payers.contains_key(&id) => {
            Err(ApiError::no_such("customer", &id, "customer"))
        }
        payer => Ok(payer),
    }
}

/// Bank accounts only: card numbers are given on the hosted page and nowhere else.
pub(super) fn create(work: &mut Work<'_>, params: &Params, secret: &[u8]) -> Answered {
    if params.get("type") == Some("card") {
        return Err(ApiError::of(
            "type",
            "",
            "Sending card numbers directly to the API is unsafe. Use a session of the hosted fields.",
        ));
    }
    params.only(&[
        "type",
        "billing_details[name]",
        "us_bank_account[account_holder_type]",
        "us_bank_account[account_type]",
        "us_bank_account[routing_number]",
        "us_bank_account[account_number]",
        "metadata[*]",
    ])?;
    if params.need("type")? != "us_bank_account" {
        return Err(ApiError::of(
            "type",
            "",
            "Invalid type: must be us_bank_account",
        ));
    }
    let holder = params.need("billing_details[name]")?.to_owned();
    let account_type = read_account_type(params)?;
    let routing = read_routing(params)?;
    let number = read_number(params)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(routing.as_str().as_bytes());
    mac.update(number.expose().as_bytes());
    let fingerprint = hex::encode(&mac.finalize().into_bytes()[..8]);
    let is_test_bank = routing.as_str() == TEST_BANK_ROUTING;
    let method = Method {
        id: work.name("pm_"),
        created: work.now(),
        payer: None,
        holder: Some(holder),
        fingerprint,
        last4: number.last_four().to_owned(),
        kind: MethodKind::Bank {
            test: account_by_number(number.expose()).id.to_owned(),
            bank_name: if is_test_bank {
                "STRIPE TEST BANK"
            } else {
                "SANDBOX BANK"
            }
            .to_owned(),
            routing: routing.as_str().to_owned(),
            account_type,
        },
    };
    let object = method.to_json();
    work.put(Change::Method(method));
    Ok(object)
}

fn read_account_type(params: &Params) -> Result<String, ApiError> {
    let key = "us_bank_account[account_type]";
    match params.get(key).unwrap_or("checking") {
        known @ ("checking" | "savings") => Ok(known.to_owned()),
        _ => Err(ApiError::of(
            key,
            "",
            "Invalid account_type: must be checking or savings",
        )),
    }
}

fn read_routing(params: &Params) -> Result<RoutingNumber, ApiError> {
    let key = "us_bank_account[routing_number]";
    RoutingNumber::parse(params.need(key)?)
        .map_err(|_| ApiError::of(key, "routing_number_invalid", "Invalid routing number."))
}

fn read_number(params: &Params) -> Result<BankAccountNumber, ApiError> {
    let key = "us_bank_account[account_number]";
    BankAccountNumber::parse(params.need(key)?)
        .map_err(|_| ApiError::of(key, "account_number_invalid", "Invalid account number."))
}

pub(super) fn retrieve(work: &Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["expand[]"])?;
    Ok(find(work, id)?.to_json())
}

pub(super) fn attach(work: &mut Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["customer", "expand[]"])?;
    params.need("customer")?;
    let payer = known_payer(work, params)?;
    let method = find(work, id)?;
    if method.is_bank() && method.payer != payer {
        return Err(ApiError::new(
            400,
            "",
            "A bank account must be verified before it is attached. Use a setup intent.",
        ));
    }
    if method.payer.is_some() && method.payer != payer {
        return Err(ApiError::new(
            400,
            "payment_method_already_attached",
            "The payment method is attached to another customer. Detach it first.",
        ));
    }
    Ok(tie(work, method, payer))
}

pub(super) fn detach(work: &mut Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["expand[]"])?;
    let method = find(work, id)?;
    if method.payer.is_none() {
        return Err(ApiError::new(
            400,
            "",
            "The payment method is not attached to a customer, so detachment is impossible.",
        ));
    }
    Ok(tie(work, method, None))
}

pub(super) fn tie(work: &mut Work<'_>, mut method: Method, payer: Option<String>) -> Value {
    method.payer = payer;
    let object = method.to_json();
    work.put(Change::Method(method));
    object
}

pub(super) fn find(work: &Work<'_>, id: &str) -> Result<Method, ApiError> {
    let found = work.state.methods.get(id).cloned();
    found.ok_or_else(|| ApiError::no_such("payment_method", id, "id"))
}
