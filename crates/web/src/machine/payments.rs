//! Payments that another system of the plan takes: a contact centre, a kiosk, a benefits platform.
//!
//! The caller has entered the card at the processor and sends its token; no card number passes
//! here. `Idempotency-Key` is required: the same key is the same payment, for ever.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode, header};
use kernel::{AccountId, Cents, Channel, Language, MemberId, PaymentId, Tender};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use usecases::payments::{Method, PayCommand, PaymentView};
use usecases::{Actor, UseCaseError};

use crate::state::AppState;

/// A system that may take payments: its name and the SHA-256 of its key.
#[derive(Debug, Clone)]
pub struct Partner {
    /// The name, as the audit trail shows it.
    pub name: String,
    /// SHA-256 of its key.
    pub key_hash: [u8; 32],
}

impl Partner {
    /// A partner with this key.
    #[must_use]
    pub fn new(name: &str, key: &str) -> Self {
        Partner {
            name: name.to_owned(),
            key_hash: Sha256::digest(key).into(),
        }
    }
}

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    member_id: String,
    plan_line: String,
    amount_cents: i64,
    channel: String,
    payment_method: AskedMethod,
    #[serde(default)]
    payer_name: String,
    #[serde(default)]
    payer_email: String,
    #[serde(default)]
    language: String,
}

/// A card or bank account at the processor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedMethod {
    id: String,
    tender: String,
    last_four: String,
    #[serde(default)]
    bank_name: String,
    #[serde(default)]
    authorisation_version: String,
}

/// `POST /api/v1/payments`.
pub async fn post(State(app): State<AppState>, headers: HeaderMap, body: String) -> Response {
    let actor = match partner(&app, &headers) {
        Ok(actor) => actor,
        Err(refused) => return *refused,
    };
    let Some(key) = text(&headers, "idempotency-key").filter(|key| (1..=200).contains(&key.len()))
    else {
        return mistake(
            "idempotency-key-missing",
            "send the header Idempotency-Key, 1 to 200 characters",
        );
    };
    let asked: Asked = match serde_json::from_str(&body) {
        Ok(asked) => asked,
        Err(error) => return mistake("body-not-understood", &error.to_string()),
    };
    let taken = match command(&app, &actor, asked, key).await {
        Ok(command) => take(&app, &actor, command).await,
        Err(error) => Err(error),
    };
    match taken {
        Ok(view) => (StatusCode::CREATED, Json(shown(&view))).into_response(),
        Err(error) => failed(&error),
    }
}

/// `GET /api/v1/payments/{account}/{payment}`.
pub async fn get(
    State(app): State<AppState>,
    Path((account, payment)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let actor = match partner(&app, &headers) {
        Ok(actor) => actor,
        Err(refused) => return *refused,
    };
    let (Some(account), Some(payment)) = (AccountId::parse(&account), PaymentId::parse(&payment))
    else {
        return failed(&UseCaseError::NotFound);
    };
    match usecases::payments::view(&app.ctx, &actor, account, payment).await {
        Ok(view) => Json(shown(&view)).into_response(),
        Err(error) => failed(&error),
    }
}

async fn command(
    app: &AppState,
    actor: &Actor,
    asked: Asked,
    key: &str,
) -> Result<PayCommand, UseCaseError> {
    let member_id = MemberId::parse(&asked.member_id)
        .map_err(|_| usecases::Refusal::of("member_id", "member-id-shape"))?;
    let channel = Channel::from_code(&asked.channel)
        .ok_or_else(|| usecases::Refusal::of("channel", "channel-not-offered"))?;
    let tender = Tender::from_code(&asked.payment_method.tender)
        .ok_or_else(|| usecases::Refusal::of("payment_method", "tender-not-taken"))?;
    let account =
        usecases::payments::account_for(&app.ctx, actor, &member_id, &asked.plan_line).await?;
    Ok(PayCommand {
        account,
        idempotency_key: key.to_owned(),
        cents: Cents::new(asked.amount_cents),
        channel,
        method: Method {
            reference: asked.payment_method.id,
            tender,
            last_four: asked.payment_method.last_four,
            bank_name: asked.payment_method.bank_name,
            expires: String::new(),
            fingerprint: String::new(),
            payer_reference: String::new(),
            network_reference: String::new(),
        },
        payer_name: asked.payer_name,
        payer_email: asked.payer_email,
        language: Language::from_tag(&asked.language).unwrap_or_default(),
        authorisation_version: asked.payment_method.authorisation_version,
        user_agent: String::new(),
    })
}

async fn take(
    app: &AppState,
    actor: &Actor,
    command: PayCommand,
) -> Result<PaymentView, UseCaseError> {
    let account = command.account;
    let payment = usecases::payments::take(&app.ctx, actor, command).await?;
    usecases::payments::view(&app.ctx, actor, account, payment).await
}

/// Who asks, by the key in `Authorization: Bearer …`. All keys are compared, so that the time tells
/// nothing.
fn partner(app: &AppState, headers: &HeaderMap) -> Result<Actor, Box<Response>> {
    let sent = text(headers, header::AUTHORIZATION.as_str())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    let hash: [u8; 32] = Sha256::digest(sent).into();
    let mut found = None;
    for partner in &app.settings.partners {
        let different = partner
            .key_hash
            .iter()
            .zip(&hash)
            .fold(0, |so_far, (a, b)| so_far | (a ^ b));
        if different == 0 {
            found = Some(Actor::Partner {
                name: partner.name.clone(),
            });
        }
    }
    found.ok_or_else(|| {
        let body = json!({ "error": { "code": "key-unknown", "message": "send Authorization: Bearer KEY" } });
        Box::new((StatusCode::UNAUTHORIZED, Json(body)).into_response())
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn shown(view: &PaymentView) -> Value {
    json!({
        "payment_id": view.payment.to_string(),
        "account_id": view.account.to_string(),
        "confirmation": view.confirmation,
        "amount_cents": view.cents.get(),
        "status": view.status.code(),
        "reason": view.reason,
        "channel": view.channel.code(),
        "tender": view.tender.code(),
        "last_four": view.last_four,
        "received_at": view.received_at.to_string(),
        "effective_on": view.effective_on.to_string(),
    })
}

fn mistake(code: &str, message: &str) -> Response {
    let body = json!({ "error": { "code": code, "message": message } });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

fn failed(error: &UseCaseError) -> Response {
    let status = match error {
        UseCaseError::NotFound => StatusCode::NOT_FOUND,
        UseCaseError::NotAllowed => StatusCode::FORBIDDEN,
        UseCaseError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        UseCaseError::Conflict(_) => StatusCode::CONFLICT,
        UseCaseError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        UseCaseError::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if status.is_server_error() {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "a payment by API failed"
        );
    }
    let (code, field) = match error {
        UseCaseError::Refused(refusal) => (refusal.code, refusal.field),
        UseCaseError::NotFound => ("not-found", None),
        _ => ("try-again", None),
    };
    let body = json!({ "error": { "code": code, "field": field, "message": error.to_string() } });
    (status, Json(body)).into_response()
}
