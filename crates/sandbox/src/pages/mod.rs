//! What people see: the hosted card fields, the page of the card's bank, and pages to look at.

pub(crate) mod confirm;
pub(crate) mod fields;
pub(crate) mod mail;
mod typed;
mod words;

use std::sync::{Arc, LazyLock};

use axum::Json;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Value, json};
use url::Url;

use crate::core::Core;
use crate::instruments::{TEST_BANK_ROUTING, brand_name, test_bank_accounts, test_cards};
use crate::settle;

/// Enters a test card into the fields of a session, as its holder would.
pub(crate) async fn enter_card(core: &Core, session: &str, number: &str, expiry: &str) -> bool {
    fields::enter(core, session, &typed::Typed::card(number, expiry)).await
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut all = Environment::new();
    all.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, text) in [
        ("page.html", include_str!("templates/page.html")),
        ("fields.html", include_str!("templates/fields.html")),
        ("ready.html", include_str!("templates/ready.html")),
        ("problem.html", include_str!("templates/problem.html")),
        ("confirm.html", include_str!("templates/confirm.html")),
        ("index.html", include_str!("templates/index.html")),
        ("mail_list.html", include_str!("templates/mail_list.html")),
        ("mail.html", include_str!("templates/mail.html")),
    ] {
        all.add_template(name, text)
            .expect("a test renders every template");
    }
    all
});

/// Who may show a page in a frame, and where its form may lead.
#[derive(Default)]
struct Guard {
    framed_by: Option<String>,
    form_leads_to: Option<String>,
}

/// A page with its headers. Nothing is loaded from elsewhere, nothing inline runs, nothing is
/// cached.
fn page(status: StatusCode, template: &str, values: &Value, guard: &Guard) -> Response {
    let rendered = TEMPLATES
        .get_template(template)
        .and_then(|t| t.render(minijinja::Value::from(Serde(values))));
    let html = match rendered {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, template, "a page of the sandbox cannot be rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self' {}; \
         frame-src 'self'; frame-ancestors {}; base-uri 'none'",
        guard.form_leads_to.as_deref().unwrap_or(""),
        guard.framed_by.as_deref().unwrap_or("'none'"),
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The origin of an address, as a policy wants it.
fn origin_text(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn problem(status: StatusCode, spanish: bool, title: &str, text: &str) -> Response {
    let t = words::of(spanish);
    page(
        status,
        "problem.html",
        &json!({ "t": t, "title": t[title], "text": t[text] }),
        &Guard::default(),
    )
}

pub(crate) async fn missing() -> Response {
    problem(
        StatusCode::NOT_FOUND,
        false,
        "missing_title",
        "missing_text",
    )
}

pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "sandbox.css" => (
            "text/css; charset=utf-8",
            include_str!("templates/sandbox.css"),
        ),
        "ready.js" => (
            "text/javascript; charset=utf-8",
            include_str!("templates/ready.js"),
        ),
        _ => return missing().await,
    };
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "max-age=3600"),
        ],
        text,
    )
        .into_response()
}

pub(crate) async fn index(Extract(core): Extract<Arc<Core>>) -> Response {
    let cards: Vec<Value> = test_cards()
        .iter()
        .map(|card| {
            json!({ "number": in_fours(card.number), "brand": brand_name(card.brand),
                    "funding": card.funding, "what": card.what })
        })
        .collect();
    let accounts: Vec<Value> = test_bank_accounts()
        .iter()
        .map(|account| json!({ "number": account.number, "what": account.what }))
        .collect();
    let values = json!({
        "t": words::of(false),
        "title": "Sandbox processor",
        "cards": cards,
        "accounts": accounts,
        "routing": TEST_BANK_ROUTING,
        "mail": core.settings.mail_dir.is_some(),
        "settles_in": format!("{:?}", core.settings.settlement_delay),
    });
    page(StatusCode::OK, "index.html", &values, &Guard::default())
}

fn in_fours(number: &str) -> String {
    let groups: Vec<&str> = (0..number.len())
        .step_by(4)
        .filter_map(|at| number.get(at..(at + 4).min(number.len())))
        .collect();
    groups.join(" ")
}

/// All charges with the merchant's attempt ids, so that a test can compare the two ledgers.
pub(crate) async fn ledger(Extract(core): Extract<Arc<Core>>) -> Response {
    let rows = core.read(|state| {
        let charges: Vec<Value> = state
            .intent_order
            .iter()
            .filter_map(|id| state.intents.get(id))
            .map(|intent| {
                let money = intent.charge.as_ref().and_then(|id| state.money.get(id));
                json!({
                    "id": intent.id, "status": intent.status, "amount": intent.amount,
                    "attempt_id": intent.metadata.get("attempt_id"), "created": intent.created,
                    "refunded": money.map_or(0, |m| m.refunded),
                    "disputed": money.is_some_and(|m| m.disputed),
                    "rail": if intent.bank { "bank" } else { "card" },
                })
            })
            .collect();
        let undelivered = state.undelivered.len();
        json!({ "charges": charges, "undelivered_webhooks": undelivered })
    });
    match rows {
        Some(rows) => Json(rows).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Settles or returns everything that is on its way.
pub(crate) async fn settle(Extract(core): Extract<Arc<Core>>) -> StatusCode {
    settle::settle(&core, i64::MAX);
    StatusCode::NO_CONTENT
}
