//! The few fields that are read of the processor's objects. Whatever is not needed is not named,
//! whatever can be missing may be missing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{AttemptId, Cents, Tender};
use serde::Deserialize;
use url::Url;

use super::super::{
    Brand, Charge, ChargeRef, ChargeState, Decline, DepositQuestion, Dispute, DisputeRef,
    DisputeState, Expiry, Funding, Instrument, InstrumentRef, NextAction, Rail, RefundRef,
    RefundState, ValidationState,
};

/// An object of which only the name matters.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(in crate::card) struct Named {
    pub id: String,
}

/// A reference that is either a name or, when expanded, the object itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(in crate::card) enum MaybeExpanded<T> {
    Name(String),
    Object(Box<T>),
}

#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub data: Vec<T>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorBody {
    pub error: ErrorObject,
}

#[derive(Debug, Clone, Deserialize)]
pub(in crate::card) struct ErrorObject {
    #[serde(rename = "type", default)]
    pub kind: String,
    pub code: Option<String>,
    pub decline_code: Option<String>,
    pub network_decline_code: Option<String>,
    pub message: Option<String>,
    pub param: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Session {
    pub id: String,
    pub status: Option<String>,
    pub url: Option<String>,
    /// An addition of the sandbox: the page made for a frame.
    pub frame_url: Option<String>,
    pub setup_intent: Option<MaybeExpanded<SetupIntent>>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct SetupIntent {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    status: String,
    pub payment_method: Option<MaybeExpanded<PaymentMethod>>,
    latest_attempt: Option<MaybeExpanded<SetupAttempt>>,
    last_setup_error: Option<ErrorObject>,
    next_action: Option<SetupStep>,
}

/// The processor's record of one try to set an instrument up.
#[derive(Debug, Clone, Deserialize)]
struct SetupAttempt {
    payment_method_details: Option<MethodDetails>,
}

#[derive(Debug, Clone, Deserialize)]
pub(in crate::card) struct MethodDetails {
    card: Option<CardDetails>,
}

#[derive(Debug, Clone, Deserialize)]
struct CardDetails {
    network_transaction_id: Option<String>,
}

impl MethodDetails {
    fn network_reference(&self) -> Option<String> {
        self.card.as_ref()?.network_transaction_id.clone()
    }
}

#[derive(Debug, Clone, Deserialize)]
struct SetupStep {
    #[serde(rename = "type", default)]
    kind: String,
    verify_with_microdeposits: Option<Microdeposits>,
}

#[derive(Debug, Clone, Deserialize)]
struct Microdeposits {
    arrival_date: Option<i64>,
    microdeposit_type: Option<String>,
}

impl SetupIntent {
    pub(super) fn into_payment_method(expanded: MaybeExpanded<Self>) -> Option<PaymentMethod> {
        let MaybeExpanded::Object(setup) = expanded else {
            return None;
        };
        match setup.payment_method? {
            MaybeExpanded::Object(method) => Some(*method),
            MaybeExpanded::Name(_) => None,
        }
    }

    /// The card network's name for this moment, if the processor gives it away.
    pub(super) fn network_reference(&self) -> Option<String> {
        let Some(MaybeExpanded::Object(attempt)) = &self.latest_attempt else {
            return None;
        };
        attempt.payment_method_details.as_ref()?.network_reference()
    }

    /// How the validation of a bank account stands; `None` for a state that this client does not
    /// know.
    pub(super) fn to_validation(&self) -> Option<ValidationState> {
        match self.status.as_str() {
            "succeeded" => Some(ValidationState::Validated),
            "requires_action" => {
                let step = self.next_action.as_ref()?;
                let deposits = step.verify_with_microdeposits.as_ref();
                let asks = match deposits.and_then(|d| d.microdeposit_type.as_deref()) {
                    Some("descriptor_code") => DepositQuestion::Code,
                    _ => DepositQuestion::Amounts,
                };
                let arrive_at = deposits
                    .and_then(|d| d.arrival_date)
                    .and_then(|at| Timestamp::from_second(at).ok());
                (step.kind == "verify_with_microdeposits")
                    .then_some(ValidationState::AwaitingDeposits { asks, arrive_at })
            }
            "requires_payment_method" | "canceled" => {
                let error = self.last_setup_error.as_ref();
                let reason = error.and_then(|e| e.code.clone());
                let reason = reason.unwrap_or_else(|| self.status.clone());
                Some(ValidationState::Refused { reason })
            }
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct PaymentMethod {
    id: String,
    card: Option<Card>,
    us_bank_account: Option<BankAccount>,
}

#[derive(Debug, Clone, Deserialize)]
struct Card {
    #[serde(default)]
    brand: String,
    #[serde(default)]
    last4: String,
    exp_month: Option<i8>,
    exp_year: Option<i16>,
    funding: Option<String>,
    fingerprint: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct BankAccount {
    #[serde(default)]
    last4: String,
    account_type: Option<String>,
    bank_name: Option<String>,
    fingerprint: Option<String>,
}

impl PaymentMethod {
    pub(super) fn into_instrument(self) -> Option<Instrument> {
        let reference = InstrumentRef::new(self.id);
        if let Some(card) = self.card {
            let brand = Brand::from_stripe(&card.brand);
            let expiry = card.exp_year.zip(card.exp_month);
            return Some(Instrument {
                reference,
                rail: Rail::Card,
                tender: brand.tender(),
                brand: Some(brand),
                last_four: card.last4,
                expiry: expiry.map(|(year, month)| Expiry { year, month }),
                funding: match card.funding.as_deref() {
                    Some("credit") => Funding::Credit,
                    Some("debit") => Funding::Debit,
                    Some("prepaid") => Funding::Prepaid,
                    _ => Funding::Unknown,
                },
                fingerprint: card.fingerprint,
                bank_name: None,
                network_reference: None,
            });
        }
        let account = self.us_bank_account?;
        Some(Instrument {
            reference,
            rail: Rail::Bank,
            tender: Some(Tender::BankAccount),
            brand: None,
            last_four: account.last4,
            expiry: None,
            funding: match account.account_type.as_deref() {
                Some("checking") => Funding::Checking,
                Some("savings") => Funding::Savings,
                _ => Funding::Unknown,
            },
            fingerprint: account.fingerprint,
            bank_name: account.bank_name,
            network_reference: None,
        })
    }
}

#[derive(Debug, Deserialize)]
pub(in crate::card) struct Intent {
    pub id: String,
    pub amount: i64,
    #[serde(default)]
    status: String,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    payment_method: Option<MaybeExpanded<Named>>,
    latest_charge: Option<MaybeExpanded<ChargeObject>>,
    last_payment_error: Option<ErrorObject>,
    pub next_action: Option<NextStep>,
}

/// Stripe's own word for the movement of money behind a payment intent.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::card) struct ChargeObject {
    #[serde(default)]
    amount_refunded: i64,
    #[serde(default)]
    disputed: bool,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    pub payment_intent: Option<String>,
    payment_method_details: Option<MethodDetails>,
}

#[derive(Debug, Deserialize)]
pub(in crate::card) struct NextStep {
    #[serde(rename = "type", default)]
    kind: String,
    redirect_to_url: Option<RedirectTo>,
}

#[derive(Debug, Deserialize)]
struct RedirectTo {
    url: Option<String>,
}

impl NextStep {
    pub(super) fn to_action(&self) -> NextAction {
        let to = self
            .redirect_to_url
            .as_ref()
            .and_then(|to| to.url.as_deref());
        match (self.kind.as_str(), to.map(Url::parse)) {
            ("redirect_to_url", Some(Ok(url))) => NextAction::Redirect(url),
            ("verify_with_microdeposits", _) => NextAction::VerifyBankAccount,
            (other, _) => NextAction::Other(other.to_owned()),
        }
    }
}

/// Our attempt id out of the metadata of an object.
pub(in crate::card) fn attempt_in(metadata: &BTreeMap<String, String>) -> Option<AttemptId> {
    metadata
        .get("attempt_id")
        .and_then(|id| AttemptId::parse(id))
}

impl Intent {
    pub(in crate::card) fn attempt(&self) -> Option<AttemptId> {
        attempt_in(&self.metadata)
    }

    /// `None` for a state that this client does not know.
    pub(super) fn to_charge(&self) -> Option<Charge> {
        let state = match self.status.as_str() {
            "succeeded" => ChargeState::Succeeded,
            "processing" => ChargeState::Pending,
            "requires_action" | "requires_confirmation" => ChargeState::ActionRequired,
            // Back to the start: the attempt with this instrument has failed.
            "requires_payment_method" => ChargeState::Declined(self.decline()),
            "canceled" => ChargeState::Voided,
            _ => return None,
        };
        let money = match &self.latest_charge {
            Some(MaybeExpanded::Object(charge)) => Some(charge),
            _ => None,
        };
        Some(Charge {
            reference: ChargeRef::new(self.id.clone()),
            attempt: self.attempt(),
            state,
            amount: Cents::new(self.amount),
            refunded: Cents::new(money.map_or(0, |m| m.amount_refunded)),
            disputed: money.is_some_and(|m| m.disputed),
            created: Timestamp::from_second(self.created).unwrap_or_default(),
            instrument: self.payment_method.as_ref().map(|method| match method {
                MaybeExpanded::Name(name) => InstrumentRef::new(name.clone()),
                MaybeExpanded::Object(method) => InstrumentRef::new(method.id.clone()),
            }),
            network_reference: money
                .and_then(|m| m.payment_method_details.as_ref())
                .and_then(MethodDetails::network_reference),
        })
    }

    fn decline(&self) -> Decline {
        let error = self.last_payment_error.as_ref();
        Decline::from_codes(
            error
                .and_then(|e| e.code.as_deref())
                .unwrap_or("card_declined"),
            error.and_then(|e| e.decline_code.as_deref()),
            error.and_then(|e| e.network_decline_code.as_deref()),
        )
    }
}

#[derive(Debug, Deserialize)]
pub(in crate::card) struct Refund {
    pub id: String,
    #[serde(default)]
    amount: i64,
    status: Option<String>,
    pub payment_intent: Option<String>,
}

impl Refund {
    pub(in crate::card) fn to_refund(&self) -> Option<super::super::Refund> {
        Some(super::super::Refund {
            reference: RefundRef::new(self.id.clone()),
            charge: self.payment_intent.clone().map(ChargeRef::new),
            amount: Cents::new(self.amount),
            state: match self.status.as_deref()? {
                "succeeded" => RefundState::Succeeded,
                "pending" | "requires_action" => RefundState::Pending,
                "failed" => RefundState::Failed,
                "canceled" => RefundState::Voided,
                _ => return None,
            },
        })
    }
}

#[derive(Debug, Deserialize)]
pub(in crate::card) struct DisputeObject {
    id: String,
    #[serde(default)]
    amount: i64,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    status: String,
    payment_intent: Option<String>,
}

impl DisputeObject {
    pub(in crate::card) fn to_dispute(&self) -> Dispute {
        Dispute {
            reference: DisputeRef::new(self.id.clone()),
            charge: self.payment_intent.clone().map(ChargeRef::new),
            amount: Cents::new(self.amount),
            reason: self.reason.clone(),
            state: match self.status.as_str() {
                "won" | "warning_closed" => DisputeState::Won,
                "lost" => DisputeState::Lost,
                // A state of the future must not close a dispute that is open.
                _ => DisputeState::Open,
            },
        }
    }
}
