//! Events that the processor posts to us: signed, aged, mapped. Pure.
//!
//! The signature is Stripe's: `Stripe-Signature: t=SECONDS,v1=HEX[,v1=HEX]`, where HEX is the
//! HMAC-SHA256 of `SECONDS.BODY` under the endpoint's secret.

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use kernel::{AttemptId, Secret};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::stripe::objects as json;
use super::{ChargeRef, Dispute, RefundRef, SessionRef};

/// How old, or how far ahead, a signature may be, in seconds.
const TOLERANCE_SECONDS: i64 = 300;

/// Something that happened at the processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayEvent {
    /// The processor's name for the event. Two posts of one event carry the same.
    pub id: String,
    /// When it happened there, to the second.
    pub occurred: Timestamp,
    /// What happened.
    pub kind: GatewayEventKind,
    /// Which charge it is about.
    pub charge: Option<ChargeRef>,
    /// Which attempt of ours it is about, if the event says so.
    pub attempt: Option<AttemptId>,
    /// True for real money, false for test mode and the sandbox.
    pub live: bool,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatewayEventKind {
    /// A charge has succeeded; a bank debit has settled.
    ChargeSucceeded,
    /// A bank debit is on its way.
    ChargePending,
    /// A charge was declined, or a bank debit returned.
    ChargeDeclined,
    /// A charge was stopped before money moved.
    ChargeVoided,
    /// A charge waits for the payer.
    ChargeActionRequired,
    /// A refund was made or changed its state.
    RefundChanged(RefundRef),
    /// A dispute was opened or changed its state.
    DisputeChanged(Dispute),
    /// A session of the hosted fields is complete.
    SetupCompleted(SessionRef),
    /// Something that memberpay does not act on; the processor's word for it.
    Other(String),
}

/// Why a webhook was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// No signature of the form `t=…,v1=…`.
    #[error("the Stripe-Signature header is missing or cannot be read")]
    NoSignature,
    /// Signed with none of our secrets, or changed on the way.
    #[error(
        "the webhook was not signed with a known secret; check the webhook secrets in the settings"
    )]
    WrongSignature,
    /// Signed too long ago, or in the future.
    #[error(
        "the webhook was signed more than five minutes ago or ahead; check this machine's clock"
    )]
    TooOld,
    /// Signed, but not an event.
    #[error("the webhook was signed but is not an event that can be read")]
    NotAnEvent,
}

/// Signs a body as the processor does. For the sandbox's tests, and for trying an endpoint by hand.
#[must_use]
pub fn sign_webhook(secret: &Secret, raw: &[u8], at: Timestamp) -> String {
    let seconds = at.as_second();
    format!(
        "t={seconds},v1={}",
        hex::encode(signature(secret, seconds, raw))
    )
}

fn signature(secret: &Secret, seconds: i64, raw: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(raw);
    mac.finalize().into_bytes().into()
}

pub(super) fn read_webhook(
    secrets: &[Secret],
    header: &str,
    raw: &[u8],
    now: Timestamp,
) -> Result<GatewayEvent, WebhookError> {
    verify(secrets, header, raw, now)?;
    let event: Event = serde_json::from_slice(raw).map_err(|_| WebhookError::NotAnEvent)?;
    event.read().ok_or(WebhookError::NotAnEvent)
}

fn verify(
    secrets: &[Secret],
    header: &str,
    raw: &[u8],
    now: Timestamp,
) -> Result<(), WebhookError> {
    let mut seconds = None;
    let mut given: Vec<Vec<u8>> = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => seconds = value.parse::<i64>().ok(),
            Some(("v1", value)) => given.extend(hex::decode(value).ok()),
            _ => {}
        }
    }
    let seconds = seconds.ok_or(WebhookError::NoSignature)?;
    if given.is_empty() {
        return Err(WebhookError::NoSignature);
    }
    // Every secret is tried against every signature, so that the time taken tells nothing.
    let mut holds = subtle::Choice::from(0);
    for secret in secrets {
        let expected = signature(secret, seconds, raw);
        for given in &given {
            holds |= expected.as_slice().ct_eq(given);
        }
    }
    if !bool::from(holds) {
        return Err(WebhookError::WrongSignature);
    }
    if now.as_second().saturating_sub(seconds).saturating_abs() > TOLERANCE_SECONDS {
        return Err(WebhookError::TooOld);
    }
    Ok(())
}

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    livemode: bool,
    data: EventBody,
}

#[derive(Deserialize)]
struct EventBody {
    object: Value,
}

impl Event {
    fn read(self) -> Option<GatewayEvent> {
        let mut charge = None;
        let mut attempt = None;
        let kind = match self.kind.as_str() {
            "payment_intent.succeeded" => GatewayEventKind::ChargeSucceeded,
            "payment_intent.processing" => GatewayEventKind::ChargePending,
            "payment_intent.payment_failed" => GatewayEventKind::ChargeDeclined,
            "payment_intent.canceled" => GatewayEventKind::ChargeVoided,
            "payment_intent.requires_action" => GatewayEventKind::ChargeActionRequired,
            "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
                let refund: json::Refund = self.object()?;
                charge = refund.payment_intent.clone().map(ChargeRef::new);
                GatewayEventKind::RefundChanged(RefundRef::new(refund.id))
            }
            kind if kind.starts_with("charge.dispute.") => {
                let dispute = self.object::<json::DisputeObject>()?.to_dispute();
                charge.clone_from(&dispute.charge);
                GatewayEventKind::DisputeChanged(dispute)
            }
            "checkout.session.completed" => {
                let session: json::Named = self.object()?;
                GatewayEventKind::SetupCompleted(SessionRef::new(session.id))
            }
            kind => {
                if kind.starts_with("charge.") {
                    let money: json::ChargeObject = self.object()?;
                    attempt = json::attempt_in(&money.metadata);
                    charge = money.payment_intent.map(ChargeRef::new);
                }
                GatewayEventKind::Other(kind.to_owned())
            }
        };
        if self.kind.starts_with("payment_intent.") {
            let intent: json::Intent = self.object()?;
            attempt = intent.attempt();
            charge = Some(ChargeRef::new(intent.id));
        }
        Some(GatewayEvent {
            occurred: Timestamp::from_second(self.created).ok()?,
            id: self.id,
            kind,
            charge,
            attempt,
            live: self.livemode,
        })
    }

    fn object<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(&self.data.object).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"id":"evt_1","object":"event","type":"payment_intent.succeeded","created":1790000000,"livemode":false,"data":{"object":{"id":"pi_1","amount":8640,"status":"succeeded","metadata":{"attempt_id":"01890a5d-ac96-774b-bcce-b302099a8057"}}}}"#;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn the_signature_is_the_one_that_stripe_documents() {
        // Computed with: printf '1492774577.{}' | openssl dgst -sha256 -hmac whsec_test
        let header = sign_webhook(&secret("whsec_test"), b"{}", at(1_492_774_577));
        assert_eq!(header, SIGNED_BY_OPENSSL);
    }

    const SIGNED_BY_OPENSSL: &str =
        "t=1492774577,v1=0d0602f6611bd2252dd4b74b58a4528355a7380639a15e6cc21e3059d56d5b8b";

    #[test]
    fn a_signed_event_is_read() {
        let now = at(1_790_000_000);
        let header = sign_webhook(&secret("whsec_a"), BODY.as_bytes(), now);
        let event = read_webhook(&[secret("whsec_a")], &header, BODY.as_bytes(), now).unwrap();
        assert_eq!(event.id, "evt_1");
        assert_eq!(event.kind, GatewayEventKind::ChargeSucceeded);
        assert_eq!(event.charge, Some(ChargeRef::new("pi_1")));
        assert_eq!(
            event.attempt,
            AttemptId::parse("01890a5d-ac96-774b-bcce-b302099a8057")
        );
        assert!(!event.live);
    }

    #[test]
    fn while_a_secret_is_replaced_both_are_believed() {
        let now = at(1_790_000_000);
        let both = [secret("whsec_new"), secret("whsec_old")];
        for signer in ["whsec_new", "whsec_old"] {
            let header = sign_webhook(&secret(signer), BODY.as_bytes(), now);
            assert!(
                read_webhook(&both, &header, BODY.as_bytes(), now).is_ok(),
                "{signer}"
            );
        }
    }

    #[test]
    fn a_forged_changed_old_or_unreadable_webhook_is_not_believed() {
        let now = at(1_790_000_000);
        let known = [secret("whsec_a")];
        let good = sign_webhook(&known[0], BODY.as_bytes(), now);
        let forged = sign_webhook(&secret("whsec_b"), BODY.as_bytes(), now);
        let old = sign_webhook(&known[0], BODY.as_bytes(), at(1_790_000_000 - 301));
        let ahead = sign_webhook(&known[0], BODY.as_bytes(), at(1_790_000_000 + 301));
        let redated = good.replace("t=1790000000", "t=1790000001");
        let changed = BODY.replace("8640", "1");
        let other = sign_webhook(&known[0], b"[]", now);
        for (header, body, error) in [
            ("", BODY, WebhookError::NoSignature),
            ("t=1790000000", BODY, WebhookError::NoSignature),
            ("t=x,v1=00", BODY, WebhookError::NoSignature),
            ("t=1790000000,v1=00", BODY, WebhookError::WrongSignature),
            ("t=1790000000,v0=00", BODY, WebhookError::NoSignature),
            (forged.as_str(), BODY, WebhookError::WrongSignature),
            (redated.as_str(), BODY, WebhookError::WrongSignature),
            (
                good.as_str(),
                changed.as_str(),
                WebhookError::WrongSignature,
            ),
            (old.as_str(), BODY, WebhookError::TooOld),
            (ahead.as_str(), BODY, WebhookError::TooOld),
            (other.as_str(), "[]", WebhookError::NotAnEvent),
        ] {
            let read = read_webhook(&known, header, body.as_bytes(), now);
            assert_eq!(read, Err(error), "{header} {body}");
        }
        assert!(read_webhook(&[], &good, BODY.as_bytes(), now).is_err());
    }

    #[test]
    fn an_event_of_an_unknown_kind_is_kept_by_name() {
        let body =
            r#"{"id":"evt_2","type":"radar.something_new","created":1,"data":{"object":{"x":1}}}"#;
        let now = at(1);
        let header = sign_webhook(&secret("s"), body.as_bytes(), now);
        let event = read_webhook(&[secret("s")], &header, body.as_bytes(), now).unwrap();
        assert_eq!(
            event.kind,
            GatewayEventKind::Other("radar.something_new".to_owned())
        );
    }
}
