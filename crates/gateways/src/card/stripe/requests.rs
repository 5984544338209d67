//! The bodies of the larger requests.

use kernel::Language;
use url::Url;

use super::super::types::{
    BankAccountKind, BankDetails, ChargeRequest, DepositAnswer, Initiator, MandateAcceptance, Rail,
    SetupRequest, ValidationRequest,
};
use super::form::Form;

pub(super) fn setup_form(request: &SetupRequest) -> Form {
    let brands: Vec<&str> = request
        .accepted
        .iter()
        .filter(|t| t.is_card())
        .map(|t| t.code())
        .collect();
    let mut form = Form::default();
    form.put("mode", "setup");
    form.put("payment_method_types[]", "card");
    form.put("success_url", &with_session_mark(&request.return_url));
    form.put("cancel_url", request.cancel_url.as_str());
    form.put("client_reference_id", &request.our_reference);
    form.put("metadata[accepted_brands]", &brands.join(","));
    form.put(
        "locale",
        match request.language {
            Language::English => "en",
            Language::Spanish => "es",
        },
    );
    if let Some(payer) = &request.payer {
        form.put("customer", payer.as_str());
    }
    form
}

/// An address type encodes the braces of `{CHECKOUT_SESSION_ID}`; the processor wants them plain.
fn with_session_mark(url: &Url) -> String {
    url.as_str()
        .replace("%7BCHECKOUT_SESSION_ID%7D", "{CHECKOUT_SESSION_ID}")
}

pub(super) fn bank_form(details: &BankDetails) -> Form {
    let mut form = Form::default();
    form.put("type", "us_bank_account");
    form.put("billing_details[name]", &details.holder_name);
    form.put("us_bank_account[account_holder_type]", "individual");
    form.put(
        "us_bank_account[account_type]",
        match details.kind {
            BankAccountKind::Checking => "checking",
            BankAccountKind::Savings => "savings",
        },
    );
    form.put("us_bank_account[routing_number]", details.routing.as_str());
    form.put("us_bank_account[account_number]", details.account.expose());
    form
}

pub(super) fn charge_form(request: &ChargeRequest) -> Form {
    let mut form = Form::default();
    form.put("amount", &request.amount.get().to_string());
    form.put("currency", "usd");
    form.put("confirm", "true");
    form.put("payment_method", request.instrument.as_str());
    form.put(
        "payment_method_types[]",
        match request.rail {
            Rail::Card => "card",
            Rail::Bank => "us_bank_account",
        },
    );
    form.put("metadata[attempt_id]", &request.attempt.to_string());
    form.put("description", &request.description);
    form.put("expand[]", "latest_charge");
    if let Some(payer) = &request.payer {
        form.put("customer", payer.as_str());
    }
    match (request.initiator, request.rail) {
        (Initiator::Plan, rail) => {
            form.put("off_session", "true");
            if let (Rail::Card, Some(reference)) = (rail, &request.network_reference) {
                form.put(
                    "payment_method_options[card][mit_exemption][network_transaction_id]",
                    reference,
                );
            }
        }
        (Initiator::PayerByPhone, Rail::Card) => {
            form.put("payment_method_options[card][moto]", "true");
        }
        (Initiator::PayerByPhone, Rail::Bank) | (Initiator::PayerOnline, _) => {}
    }
    match &request.return_url {
        Some(url) => form.put("return_url", url.as_str()),
        // The processor refuses the two together.
        None if request.initiator != Initiator::Plan => {
            form.put("error_on_requires_action", "true");
        }
        None => {}
    }
    if let Some(acceptance) = &request.mandate {
        put_acceptance(&mut form, acceptance);
    }
    form
}

pub(super) fn validation_form(request: &ValidationRequest) -> Form {
    let mut form = Form::default();
    form.put("confirm", "true");
    form.put("payment_method", request.instrument.as_str());
    form.put("payment_method_types[]", "us_bank_account");
    form.put(
        "payment_method_options[us_bank_account][verification_method]",
        "automatic",
    );
    form.put("usage", "off_session");
    if let Some(payer) = &request.payer {
        form.put("customer", payer.as_str());
    }
    put_acceptance(&mut form, &request.acceptance);
    form
}

pub(super) fn deposits_form(answer: &DepositAnswer) -> Form {
    let mut form = Form::default();
    match answer {
        DepositAnswer::Amounts(first, second) => {
            form.put("amounts[]", &first.get().to_string());
            form.put("amounts[]", &second.get().to_string());
        }
        DepositAnswer::Code(code) => form.put("descriptor_code", code),
    }
    form
}

fn put_acceptance(form: &mut Form, acceptance: &MandateAcceptance) {
    match acceptance {
        MandateAcceptance::Online { at, ip, user_agent } => {
            form.put("mandate_data[customer_acceptance][type]", "online");
            form.put(
                "mandate_data[customer_acceptance][accepted_at]",
                &at.as_second().to_string(),
            );
            form.put("mandate_data[customer_acceptance][online][ip_address]", ip);
            form.put(
                "mandate_data[customer_acceptance][online][user_agent]",
                user_agent,
            );
        }
        MandateAcceptance::Offline { at } => {
            form.put("mandate_data[customer_acceptance][type]", "offline");
            form.put(
                "mandate_data[customer_acceptance][accepted_at]",
                &at.as_second().to_string(),
            );
        }
    }
}
