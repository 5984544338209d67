//! The page of the card's bank that asks the payer before a charge.

use std::sync::Arc;

use axum::extract::{Form, Path, State as Extract};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{Guard, origin_text, page, problem, words};
use crate::api::intents::end_confirmation;
use crate::core::Core;
use crate::objects::Intent;

#[derive(Deserialize)]
pub(crate) struct Decided {
    decision: String,
}

pub(crate) async fn show(Extract(core): Extract<Arc<Core>>, Path(id): Path<String>) -> Response {
    let intent = core.read(|state| state.intents.get(&id).cloned()).flatten();
    match intent {
        Some(intent) if intent.status == "requires_action" => {
            let t = words::of(false);
            let amount = kernel::Cents::new(intent.amount).to_string();
            let values = json!({
                "t": t,
                "title": t["confirm_title"],
                "text": t["confirm_text"].replace("{amount}", &amount),
            });
            let back = intent
                .return_url
                .as_deref()
                .and_then(|url| Url::parse(url).ok());
            let guard = Guard {
                framed_by: None,
                form_leads_to: back.map(|url| origin_text(&url)),
            };
            page(StatusCode::OK, "confirm.html", &values, &guard)
        }
        Some(intent) => back(&intent),
        None => problem(
            StatusCode::NOT_FOUND,
            false,
            "missing_title",
            "missing_text",
        ),
    }
}

pub(crate) async fn decide(
    Extract(core): Extract<Arc<Core>>,
    Path(id): Path<String>,
    Form(decided): Form<Decided>,
) -> Response {
    let approved = decided.decision == "approve";
    let Some((intent, ticket)) = core.work(|work| end_confirmation(work, &id, approved)) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    if !ticket.written().await {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match intent {
        Some(intent) => back(&intent),
        None => problem(
            StatusCode::NOT_FOUND,
            false,
            "missing_title",
            "missing_text",
        ),
    }
}

fn back(intent: &Intent) -> Response {
    let to = intent
        .return_url
        .as_deref()
        .and_then(|url| Url::parse(url).ok())
        .map(|mut url| {
            url.query_pairs_mut()
                .append_pair("payment_intent", &intent.id);
            url
        });
    match to.and_then(|to| HeaderValue::try_from(to.as_str()).ok()) {
        Some(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        None => problem(StatusCode::GONE, false, "expired_title", "expired_text"),
    }
}
