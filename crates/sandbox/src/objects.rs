//! What the sandbox knows, and how it looks as JSON. The field names are Stripe's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::instruments::{self, Behaviour};

pub(crate) type Metadata = BTreeMap<String, String>;

/// Stripe's `customer`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Payer {
    pub id: String,
    pub created: i64,
    pub metadata: Metadata,
}

/// Stripe's `payment_method`. No number of a card or account is in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Method {
    pub id: String,
    pub created: i64,
    pub payer: Option<String>,
    pub holder: Option<String>,
    pub fingerprint: String,
    pub last4: String,
    pub kind: MethodKind,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum MethodKind {
    Card {
        test: String,
        exp_month: i8,
        exp_year: i16,
    },
    Bank {
        test: String,
        bank_name: String,
        routing: String,
        account_type: String,
    },
}

/// Stripe's `checkout.session` in setup mode.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub id: String,
    pub created: i64,
    pub success_url: String,
    pub cancel_url: Option<String>,
    pub spanish: bool,
    pub reference: Option<String>,
    pub metadata: Metadata,
    pub payer: Option<String>,
    pub setup: String,
    pub complete: bool,
}

/// Stripe's `setup_intent`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Setup {
    pub id: String,
    pub created: i64,
    pub payer: Option<String>,
    pub method: Option<String>,
    /// Of a bank account that is being validated.
    #[serde(default)]
    pub bank: Option<BankSetup>,
}

/// How the validation of a bank account stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BankSetup {
    pub status: String,
    /// What its holder is asked: `amounts` or `descriptor_code`; empty for nothing.
    pub asks: String,
    pub arrives: i64,
    pub tries: u32,
    pub error: String,
}

/// Stripe's `payment_intent`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub status: String,
    pub bank: bool,
    pub payer: Option<String>,
    pub method: Option<String>,
    pub description: Option<String>,
    pub metadata: Metadata,
    pub charge: Option<String>,
    pub failure: Option<Failure>,
    pub return_url: Option<String>,
    pub canceled_at: Option<i64>,
    /// What happens next by itself, and when (milliseconds since 1970).
    pub next: Option<(i64, Step)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Step {
    Settle,
    Return,
    Dispute,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub code: String,
    pub decline_code: Option<String>,
    pub network_code: Option<String>,
    pub message: String,
}

/// Stripe's `charge`: the movement of money behind a payment intent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Money {
    pub id: String,
    pub created: i64,
    pub intent: String,
    pub amount: i64,
    pub refunded: i64,
    pub status: String,
    pub disputed: bool,
    pub failure: Option<Failure>,
}

/// Stripe's `refund`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub status: String,
    pub intent: String,
    pub money: String,
    pub reason: Option<String>,
    pub metadata: Metadata,
    pub settles_at: Option<i64>,
}

/// Stripe's `dispute`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dispute {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub status: String,
    pub reason: String,
    pub intent: String,
    pub money: String,
}

/// Stripe's `event`; the body is kept as it was sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub id: String,
    pub kind: String,
    pub body: String,
    /// True if it is to be posted to the merchant.
    pub deliver: bool,
}

/// The first answer to a key, for ever.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub fingerprint: String,
    pub status: u16,
    pub body: String,
}

impl Payer {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id, "object": "customer", "created": self.created, "livemode": false,
            "metadata": self.metadata,
        })
    }
}

impl Method {
    pub(crate) fn behaviour(&self) -> Behaviour {
        match &self.kind {
            MethodKind::Card { test, .. } => instruments::card_by_id(test).map(|c| c.behaviour),
            MethodKind::Bank { test, .. } => instruments::account_by_id(test).map(|a| a.behaviour),
        }
        .unwrap_or(Behaviour::Succeed)
    }

    pub(crate) fn is_bank(&self) -> bool {
        matches!(self.kind, MethodKind::Bank { .. })
    }

    fn details(&self) -> (&'static str, Value) {
        match &self.kind {
            MethodKind::Card {
                test,
                exp_month,
                exp_year,
            } => {
                let card = instruments::card_by_id(test);
                let details = json!({
                    "brand": card.map_or("unknown", |c| c.brand), "last4": self.last4,
                    "exp_month": exp_month, "exp_year": exp_year, "country": "US",
                    "funding": card.map_or("unknown", |c| c.funding),
                    "fingerprint": self.fingerprint,
                });
                ("card", details)
            }
            MethodKind::Bank {
                bank_name,
                routing,
                account_type,
                ..
            } => {
                let details = json!({
                    "bank_name": bank_name, "last4": self.last4, "routing_number": routing,
                    "account_type": account_type, "account_holder_type": "individual",
                    "fingerprint": self.fingerprint,
                });
                ("us_bank_account", details)
            }
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let (kind, details) = self.details();
        let mut object = json!({
            "id": self.id, "object": "payment_method", "created": self.created,
            "livemode": false, "type": kind, "customer": self.payer,
            "billing_details": { "name": self.holder }, "metadata": {},
        });
        object[kind] = details;
        object
    }
}

impl Setup {
    pub(crate) fn to_json(&self) -> Value {
        let status = match &self.bank {
            Some(bank) => bank.status.as_str(),
            None if self.method.is_some() => "succeeded",
            None => "requires_payment_method",
        };
        let kind = if self.bank.is_some() {
            "us_bank_account"
        } else {
            "card"
        };
        let deposits = self
            .bank
            .as_ref()
            .filter(|bank| bank.status == "requires_action");
        let action = deposits.map(|bank| {
            json!({
                "type": "verify_with_microdeposits",
                "verify_with_microdeposits": {
                    "arrival_date": bank.arrives, "microdeposit_type": bank.asks,
                },
            })
        });
        let error = self.bank.as_ref().filter(|bank| !bank.error.is_empty());
        let error = error.map(
            |bank| json!({ "type": "invalid_request_error", "code": bank.error, "message": "" }),
        );
        json!({
            "id": self.id, "object": "setup_intent", "created": self.created, "livemode": false,
            "status": status, "payment_method": self.method, "customer": self.payer,
            "payment_method_types": [kind], "usage": "off_session", "next_action": action,
            "last_setup_error": error, "latest_attempt": null,
        })
    }

    /// The try behind it. The name of the card network's own record is an addition of the sandbox.
    pub(crate) fn attempt_json(&self) -> Value {
        if self.method.is_none() || self.bank.is_some() {
            return Value::Null;
        }
        json!({
            "id": self.id.replace("seti_", "setatt_"), "object": "setup_attempt",
            "status": "succeeded",
            "payment_method_details": {
                "type": "card",
                "card": { "network_transaction_id": self.id.replace("seti_", "net") },
            },
        })
    }
}

/// A session that is not completed within a day cannot be completed any more.
const SESSION_SECONDS: i64 = 24 * 60 * 60;

impl Session {
    pub(crate) fn is_expired(&self, now: i64) -> bool {
        !self.complete && now > self.created + SESSION_SECONDS
    }

    pub(crate) fn to_json(&self, origin: &url::Url, now: i64) -> Value {
        let status = match (self.complete, self.is_expired(now)) {
            (true, _) => "complete",
            (false, true) => "expired",
            (false, false) => "open",
        };
        let page =
            |kind: &str| (status == "open").then(|| format!("{origin}pay/{kind}/{}", self.id));
        json!({
            "id": self.id, "object": "checkout.session", "created": self.created,
            "livemode": false, "mode": "setup", "status": status, "ui_mode": "hosted",
            "expires_at": self.created + SESSION_SECONDS, "url": page("hosted"),
            "frame_url": page("fields"), "success_url": self.success_url,
            "cancel_url": self.cancel_url, "client_reference_id": self.reference,
            "locale": if self.spanish { "es" } else { "en" }, "metadata": self.metadata,
            "customer": self.payer, "setup_intent": self.setup,
            "payment_method_types": ["card"], "payment_status": "no_payment_required",
        })
    }
}

impl Failure {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "type": "card_error", "code": self.code, "decline_code": self.decline_code,
            "network_decline_code": self.network_code, "message": self.message,
        })
    }
}

impl Intent {
    pub(crate) fn to_json(&self, origin: &url::Url) -> Value {
        let kind = if self.bank { "us_bank_account" } else { "card" };
        let received = if self.status == "succeeded" {
            self.amount
        } else {
            0
        };
        let action = (self.status == "requires_action").then(|| {
            json!({
                "type": "redirect_to_url",
                "redirect_to_url": {
                    "url": format!("{origin}pay/confirm/{}", self.id),
                    "return_url": self.return_url,
                },
            })
        });
        json!({
            "id": self.id, "object": "payment_intent", "created": self.created,
            "livemode": false, "amount": self.amount, "amount_received": received,
            "currency": "usd", "status": self.status, "customer": self.payer,
            "payment_method": self.method, "payment_method_types": [kind],
            "description": self.description, "metadata": self.metadata,
            "latest_charge": self.charge, "canceled_at": self.canceled_at,
            "last_payment_error": self.failure.as_ref().map(Failure::to_json),
            "next_action": action, "capture_method": "automatic",
        })
    }
}

impl Money {
    pub(crate) fn to_json(&self, intent: &Intent, method: Option<&Method>) -> Value {
        let details = method.map(Method::details).map(|(kind, details)| {
            let mut object = json!({ "type": kind });
            object[kind] = details;
            object
        });
        json!({
            "id": self.id, "object": "charge", "created": self.created, "livemode": false,
            "amount": self.amount, "amount_refunded": self.refunded, "currency": "usd",
            "captured": self.status == "succeeded", "paid": self.status != "failed",
            "refunded": self.refunded == self.amount, "disputed": self.disputed,
            "status": self.status, "payment_intent": self.intent, "customer": intent.payer,
            "payment_method": intent.method, "payment_method_details": details,
            "description": intent.description, "metadata": intent.metadata,
            "failure_code": self.failure.as_ref().map(|f| &f.code),
            "failure_message": self.failure.as_ref().map(|f| &f.message),
        })
    }
}

impl Refund {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id, "object": "refund", "created": self.created, "amount": self.amount,
            "currency": "usd", "status": self.status, "payment_intent": self.intent,
            "charge": self.money, "reason": self.reason, "metadata": self.metadata,
        })
    }
}

impl Dispute {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id, "object": "dispute", "created": self.created, "livemode": false,
            "amount": self.amount, "currency": "usd", "status": self.status,
            "reason": self.reason, "payment_intent": self.intent, "charge": self.money,
        })
    }
}
