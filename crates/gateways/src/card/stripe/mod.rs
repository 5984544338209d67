//! The client for Stripe's HTTP API, and for the sandbox processor, which speaks the same.
//!
//! The structs are small and tolerant on purpose: a client that decodes every field strictly turns
//! a charge that *happened* into an error as soon as a field changes. Here an answer of success
//! that cannot be understood is [`Outcome::Unknown`].
//!
//! What is used of the API, and what has never been tried, is in
//! `docs/integrate/card-processor.md`.

mod call;
mod form;
pub(super) mod objects;
mod requests;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::{Secret, Tender};
use url::Url;

use self::call::Caller;
use self::form::Form;
use self::objects as json;
use self::requests::{bank_form, charge_form, deposits_form, setup_form, validation_form};
use super::types::{
    BankDetails, BankValidation, Caps, Charge, ChargeRef, ChargeRequest, ChargeState, ClientSetup,
    DepositAnswer, DepositVerdict, GatewayId, IdempotencyKey, Instrument, InstrumentRef, LookUp,
    PayerRef, Refund, RefundRef, RefundRequest, RefundState, SessionRef, SetupRequest,
    ValidationRef, ValidationRequest, ValidationState,
};
use super::webhook::{GatewayEvent, WebhookError, read_webhook};
use super::{Gateway, NetError, NextAction, Outcome};

/// The version of the API that this client was written against, sent with every request.
pub const API_VERSION: &str = "2024-06-20";

/// Where Stripe is.
pub const STRIPE_ORIGIN: &str = "https://api.stripe.com/";

/// How to reach the processor.
#[derive(Debug, Clone)]
pub struct StripeSettings {
    /// The origin: [`STRIPE_ORIGIN`] or that of the sandbox processor.
    pub origin: Url,
    /// The secret key, `sk_…`.
    pub secret_key: Secret,
    /// The secrets that webhooks may be signed with, `whsec_…`: several while one is replaced.
    pub webhook_secrets: Vec<Secret>,
    /// How long to wait for a connection.
    pub connect_within: Duration,
    /// How long to wait for an answer. After that a charge is [`Outcome::Unknown`].
    pub answer_within: Duration,
}

impl StripeSettings {
    /// Settings with waiting times that suit a person who waits: 5 s to connect, 30 s to answer.
    #[must_use]
    pub fn new(origin: Url, secret_key: Secret, webhook_secrets: Vec<Secret>) -> Self {
        StripeSettings {
            origin,
            secret_key,
            webhook_secrets,
            connect_within: Duration::from_secs(5),
            answer_within: Duration::from_secs(30),
        }
    }
}

/// Why the client cannot be made from its settings.
#[derive(Debug, thiserror::Error)]
pub enum StripeSettingsError {
    /// The key is not a secret key.
    #[error("the processor's secret key must begin with sk_test_, sk_live_ or rk_")]
    Key,
    /// The origin is not http or https, or has no host.
    #[error(
        "the processor's origin must be an http or https address such as {STRIPE_ORIGIN}; found {0}"
    )]
    Origin(Url),
    /// A key must not travel in clear over a network.
    #[error("the processor's origin {0} must be https, unless it is on this machine")]
    InClear(Url),
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    Client(#[from] reqwest::Error),
}

/// A processor that speaks Stripe's API.
#[derive(Debug)]
pub struct StripeGateway {
    caller: Caller,
    webhook_secrets: Vec<Secret>,
}

impl StripeGateway {
    /// Makes the client. Sends nothing.
    ///
    /// # Errors
    /// [`StripeSettingsError`].
    pub fn new(settings: StripeSettings) -> Result<Self, StripeSettingsError> {
        Ok(StripeGateway {
            caller: Caller::new(&settings)?,
            webhook_secrets: settings.webhook_secrets,
        })
    }
}

#[async_trait]
impl Gateway for StripeGateway {
    fn id(&self) -> GatewayId {
        GatewayId("stripe")
    }

    fn caps(&self) -> Caps {
        Caps {
            tenders: vec![
                Tender::Visa,
                Tender::Mastercard,
                Tender::Discover,
                Tender::BankAccount,
            ],
            void: true,
            partial_refund: true,
            look_up_by_attempt: true,
            disputes: true,
        }
    }

    async fn client_setup(&self, request: &SetupRequest) -> Outcome<ClientSetup> {
        let form = setup_form(request);
        let session: Outcome<json::Session> =
            self.caller.post("v1/checkout/sessions", &form, None).await;
        session.then(|session| match session.url.as_deref().map(Url::parse) {
            Some(Ok(hosted_url)) => Outcome::Ok(ClientSetup {
                session_ref: SessionRef::new(session.id),
                frame_url: session
                    .frame_url
                    .as_deref()
                    .and_then(|url| Url::parse(url).ok()),
                hosted_url,
            }),
            _ => not_understood("a session without the address of its page"),
        })
    }

    async fn setup_result(&self, session: &SessionRef) -> Outcome<Option<Instrument>> {
        let path = ["v1", "checkout", "sessions", session.as_str()];
        let query = [
            ("expand[]", "setup_intent.payment_method"),
            ("expand[]", "setup_intent.latest_attempt"),
        ];
        let session: Outcome<json::Session> = self.caller.get(&path, &query).await;
        session.then(|session| {
            if session.status.as_deref() != Some("complete") {
                return Outcome::Ok(None);
            }
            let network_reference = match &session.setup_intent {
                Some(json::MaybeExpanded::Object(setup)) => setup.network_reference(),
                _ => None,
            };
            let method = session
                .setup_intent
                .and_then(json::SetupIntent::into_payment_method);
            match method.map(json::PaymentMethod::into_instrument) {
                Some(Some(instrument)) => Outcome::Ok(Some(Instrument {
                    network_reference,
                    ..instrument
                })),
                Some(None) => not_understood("a payment method that is neither card nor bank"),
                None => not_understood("a complete session without a payment method"),
            }
        })
    }

    async fn remember_payer(&self, our_reference: &str, key: &IdempotencyKey) -> Outcome<PayerRef> {
        let mut form = Form::default();
        form.put("metadata[payer_reference]", our_reference);
        let made: Outcome<json::Named> = self.caller.post("v1/customers", &form, Some(key)).await;
        made.map(|made| PayerRef::new(made.id))
    }

    async fn store_bank_account(
        &self,
        details: &BankDetails,
        key: &IdempotencyKey,
    ) -> Outcome<Instrument> {
        let form = bank_form(details);
        let made: Outcome<json::PaymentMethod> = self
            .caller
            .post("v1/payment_methods", &form, Some(key))
            .await;
        made.then(|method| match method.into_instrument() {
            Some(instrument) => Outcome::Ok(instrument),
            None => not_understood("a bank account that is not one"),
        })
    }

    async fn begin_bank_validation(
        &self,
        request: &ValidationRequest,
        key: &IdempotencyKey,
    ) -> Outcome<BankValidation> {
        let form = validation_form(request);
        let begun: Outcome<json::SetupIntent> =
            self.caller.post("v1/setup_intents", &form, Some(key)).await;
        begun.then(|setup| match setup.to_validation() {
            Some(state) => Outcome::Ok(BankValidation {
                reference: ValidationRef::new(setup.id),
                state,
            }),
            None => not_understood("a validation in a state that this client does not know"),
        })
    }

    async fn confirm_bank_validation(
        &self,
        validation: &ValidationRef,
        answer: &DepositAnswer,
        key: &IdempotencyKey,
    ) -> Outcome<DepositVerdict> {
        let path = format!("v1/setup_intents/{validation}/verify_microdeposits");
        let form = deposits_form(answer);
        let told: Outcome<json::SetupIntent> = self.caller.post(&path, &form, Some(key)).await;
        let code = match &told {
            Outcome::Invalid(error) => error.code.clone(),
            _ => return told.then(|setup| verdict_of(&setup)),
        };
        match code.as_str() {
            "payment_method_microdeposit_verification_amounts_mismatch"
            | "payment_method_microdeposit_verification_amounts_invalid"
            | "payment_method_microdeposit_verification_descriptor_code_mismatch" => {
                Outcome::Ok(DepositVerdict::Wrong)
            }
            "payment_method_microdeposit_verification_attempts_exceeded"
            | "payment_method_microdeposit_verification_timeout"
            | "payment_method_microdeposit_failed" => {
                Outcome::Ok(DepositVerdict::Refused { reason: code })
            }
            // An earlier answer arrived although ours to it did not: how does it stand?
            "setup_intent_unexpected_state" => {
                let path = ["v1", "setup_intents", validation.as_str()];
                let setup: Outcome<json::SetupIntent> = self.caller.get(&path, &[]).await;
                setup.then(|setup| verdict_of(&setup))
            }
            _ => told.then(|setup| verdict_of(&setup)),
        }
    }

    async fn forget(&self, instrument: &InstrumentRef) -> Outcome<()> {
        let path = format!("v1/payment_methods/{instrument}/detach");
        let gone: Outcome<json::Named> = self.caller.post(&path, &Form::default(), None).await;
        gone.map(|_| ())
    }

    async fn charge(&self, request: &ChargeRequest, key: &IdempotencyKey) -> Outcome<Charge> {
        let form = charge_form(request);
        let intent: Outcome<json::Intent> = self
            .caller
            .post("v1/payment_intents", &form, Some(key))
            .await;
        intent.then(|intent| {
            if intent.amount != request.amount.get() || intent.attempt() != Some(request.attempt) {
                return not_understood("a charge of another amount or of another attempt");
            }
            outcome_of_charge(&intent)
        })
    }

    async fn void(&self, charge: &ChargeRef, key: &IdempotencyKey) -> Outcome<Charge> {
        let path = format!("v1/payment_intents/{charge}/cancel");
        let mut form = Form::default();
        form.put("expand[]", "latest_charge");
        let intent: Outcome<json::Intent> = self.caller.post(&path, &form, Some(key)).await;
        intent.then(|intent| match intent.to_charge() {
            Some(charge) => Outcome::Ok(charge),
            None => not_understood("a charge in a state that this client does not know"),
        })
    }

    async fn refund(&self, request: &RefundRequest, key: &IdempotencyKey) -> Outcome<Refund> {
        let mut form = Form::default();
        form.put("payment_intent", request.charge.as_str());
        form.put("amount", &request.amount.get().to_string());
        form.put("metadata[refund_reference]", &request.our_reference);
        let refund: Outcome<json::Refund> = self.caller.post("v1/refunds", &form, Some(key)).await;
        refund.then(|refund| outcome_of_refund(&refund))
    }

    async fn look_up(&self, by: &LookUp) -> Outcome<Option<Charge>> {
        let found = match by {
            LookUp::ByReference(charge) => {
                let path = ["v1", "payment_intents", charge.as_str()];
                let query = [("expand[]", "latest_charge")];
                self.caller
                    .get::<json::Intent>(&path, &query)
                    .await
                    .map(Some)
            }
            LookUp::ByAttempt(attempt) => {
                let query = format!("metadata['attempt_id']:'{attempt}'");
                let query = [
                    ("query", query.as_str()),
                    ("expand[]", "data.latest_charge"),
                ];
                let list: Outcome<json::List<json::Intent>> = self
                    .caller
                    .get(&["v1", "payment_intents", "search"], &query)
                    .await;
                list.then(only_one)
            }
        };
        match found {
            // The processor's way to say that it has no such charge.
            Outcome::Invalid(error) if error.status == 404 => Outcome::Ok(None),
            found => found.then(|intent| match intent {
                None => Outcome::Ok(None),
                Some(intent) => match intent.to_charge() {
                    Some(charge) => Outcome::Ok(Some(charge)),
                    None => not_understood("a charge in a state that this client does not know"),
                },
            }),
        }
    }

    async fn look_up_refund(&self, refund: &RefundRef) -> Outcome<Refund> {
        let path = ["v1", "refunds", refund.as_str()];
        let refund: Outcome<json::Refund> = self.caller.get(&path, &[]).await;
        refund.then(|refund| match refund.to_refund() {
            Some(refund) => Outcome::Ok(refund),
            None => not_understood("a refund in a state that this client does not know"),
        })
    }

    fn webhook(
        &self,
        signature: &str,
        raw: &[u8],
        now: Timestamp,
    ) -> Result<GatewayEvent, WebhookError> {
        read_webhook(&self.webhook_secrets, signature, raw, now)
    }
}

fn outcome_of_charge(intent: &json::Intent) -> Outcome<Charge> {
    let Some(charge) = intent.to_charge() else {
        return not_understood("a charge in a state that this client does not know");
    };
    match charge.state.clone() {
        ChargeState::Succeeded => Outcome::Ok(charge),
        ChargeState::Pending => Outcome::Pending(charge),
        ChargeState::Declined(decline) => Outcome::Declined(decline),
        ChargeState::ActionRequired => {
            Outcome::ActionRequired(intent.next_action.as_ref().map_or_else(
                || NextAction::Other("requires_action".to_owned()),
                json::NextStep::to_action,
            ))
        }
        ChargeState::Voided => not_understood("a new charge that is voided already"),
    }
}

fn verdict_of(setup: &json::SetupIntent) -> Outcome<DepositVerdict> {
    match setup.to_validation() {
        Some(ValidationState::Validated) => Outcome::Ok(DepositVerdict::Validated),
        Some(ValidationState::Refused { reason }) => {
            Outcome::Ok(DepositVerdict::Refused { reason })
        }
        Some(ValidationState::AwaitingDeposits { .. }) => Outcome::Ok(DepositVerdict::Wrong),
        None => not_understood("a validation in a state that this client does not know"),
    }
}

fn outcome_of_refund(refund: &json::Refund) -> Outcome<Refund> {
    match refund.to_refund() {
        Some(refund) if refund.state == RefundState::Pending => Outcome::Pending(refund),
        Some(refund) => Outcome::Ok(refund),
        None => not_understood("a refund in a state that this client does not know"),
    }
}

/// One attempt has at most one charge; two would be the very thing that must never happen.
fn only_one(list: json::List<json::Intent>) -> Outcome<Option<json::Intent>> {
    let mut found = list.data.into_iter();
    match (found.next(), found.next()) {
        (first, None) => Outcome::Ok(first),
        (Some(first), Some(second)) => Outcome::Unknown(NetError::NotUnderstood(format!(
            "two charges of one attempt: {} and {}; a person must look at them",
            first.id, second.id
        ))),
        (None, Some(_)) => unreachable!("a second after no first"),
    }
}

fn not_understood<T>(what: &str) -> Outcome<T> {
    Outcome::Unknown(NetError::NotUnderstood(what.to_owned()))
}
