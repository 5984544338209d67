//! The hosted card fields: in a frame of the merchant's page, or as a page that leads back. Plain
//! forms, so that both work without script.
//!
//! A card number lives here for the length of one request. What is kept is which test card it was,
//! its brand and its last four digits.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, Path, Query, State as Extract};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use super::typed::{Checked, FieldError, Typed, check};
use super::words;
use super::{Guard, origin_text, page, problem};
use crate::core::{Core, Work};
use crate::instruments::{self, brand_name};
use crate::objects::{Method, MethodKind, Session};
use crate::state::Change;

#[derive(Deserialize)]
pub(crate) struct Asked {
    lang: Option<String>,
    again: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Frame,
    Page,
}

pub(crate) async fn frame(
    Extract(core): Extract<Arc<Core>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    show(&core, &id, &asked, Place::Frame)
}

pub(crate) async fn hosted(
    Extract(core): Extract<Arc<Core>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    show(&core, &id, &asked, Place::Page)
}

pub(crate) async fn frame_post(
    Extract(core): Extract<Arc<Core>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    Form(typed): Form<Typed>,
) -> Response {
    take(&core, &id, &asked, &typed, Place::Frame).await
}

pub(crate) async fn hosted_post(
    Extract(core): Extract<Arc<Core>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    Form(typed): Form<Typed>,
) -> Response {
    take(&core, &id, &asked, &typed, Place::Page).await
}

/// The session and the card it has led to, if any.
fn find(core: &Core, id: &str) -> Option<(Session, Option<Method>)> {
    core.read(|state| {
        let session = state.sessions.get(id)?.clone();
        let setup = state.setups.get(&session.setup);
        let method = setup.and_then(|setup| setup.method.as_ref());
        let method = method.and_then(|id| state.methods.get(id)).cloned();
        Some((session, method))
    })?
}

fn speaks_spanish(asked: &Asked, session: &Session) -> bool {
    asked
        .lang
        .as_deref()
        .map_or(session.spanish, |lang| lang.starts_with("es"))
}

fn show(core: &Core, id: &str, asked: &Asked, place: Place) -> Response {
    let Some((session, method)) = find(core, id) else {
        return problem(
            StatusCode::NOT_FOUND,
            false,
            "missing_title",
            "missing_text",
        );
    };
    let spanish = speaks_spanish(asked, &session);
    match method {
        Some(method) if asked.again.is_none() => {
            if place == Place::Page {
                return back(&session);
            }
            ready(core, &session, &method, spanish)
        }
        _ if session.is_expired(crate::clock::now_millis() / 1000) => {
            problem(StatusCode::GONE, spanish, "expired_title", "expired_text")
        }
        _ => form(core, &session, place, spanish, &Filled::default()),
    }
}

#[derive(Default)]
struct Filled<'a> {
    errors: Vec<FieldError>,
    expiry: &'a str,
    zip: &'a str,
}

/// The form. The card number and the security code are never put back into it.
fn form(
    core: &Core,
    session: &Session,
    place: Place,
    spanish: bool,
    filled: &Filled<'_>,
) -> Response {
    let t = words::of(spanish);
    let kind = if place == Place::Frame {
        "fields"
    } else {
        "hosted"
    };
    let status = if filled.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let cancel_url = session
        .cancel_url
        .as_deref()
        .filter(|_| place == Place::Page);
    let wrong: BTreeMap<&str, &str> = ["number", "expiry", "cvc", "zip"]
        .into_iter()
        .map(|field| {
            let error = filled.errors.iter().find(|error| error.field == field);
            (field, error.map_or("", |error| error.text.as_str()))
        })
        .collect();
    let values = json!({
        "t": t,
        "title": t["title"],
        "errors": filled.errors,
        "wrong": wrong,
        "expiry": filled.expiry,
        "zip": filled.zip,
        "cancel_url": cancel_url.unwrap_or(""),
        "action": format!("/pay/{kind}/{}?lang={}", session.id, t["lang"]),
    });
    page(status, "fields.html", &values, &guard(core, session, place))
}

fn guard(core: &Core, session: &Session, place: Place) -> Guard {
    let parent = origin_text(&core.wiring().parent_origin);
    match place {
        Place::Frame => Guard {
            framed_by: Some(parent),
            form_leads_to: None,
        },
        Place::Page => Guard {
            framed_by: None,
            // Browsers hold a form to this even through the redirect that follows it.
            form_leads_to: Url::parse(&session.success_url)
                .ok()
                .map(|url| origin_text(&url)),
        },
    }
}

fn ready(core: &Core, session: &Session, method: &Method, spanish: bool) -> Response {
    let t = words::of(spanish);
    let brand = match &method.kind {
        MethodKind::Card { test, .. } => {
            instruments::card_by_id(test).map_or("card", |card| brand_name(card.brand))
        }
        MethodKind::Bank { .. } => "card",
    };
    let values = json!({
        "t": t,
        "title": t["ready_title"],
        "session": session.id,
        "ready": t["ready"].replace("{brand}", brand).replace("{last4}", &method.last4),
        "again": format!("/pay/fields/{}?again=1&lang={}", session.id, t["lang"]),
        "parent": origin_text(&core.wiring().parent_origin),
    });
    page(
        StatusCode::OK,
        "ready.html",
        &values,
        &guard(core, session, Place::Frame),
    )
}

/// Back to the merchant.
fn back(session: &Session) -> Response {
    let to = session
        .success_url
        .replace("{CHECKOUT_SESSION_ID}", &session.id);
    match HeaderValue::try_from(to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(_) => problem(
            StatusCode::NOT_FOUND,
            session.spanish,
            "missing_title",
            "missing_text",
        ),
    }
}

async fn take(core: &Core, id: &str, asked: &Asked, typed: &Typed, place: Place) -> Response {
    let Some((session, _)) = find(core, id) else {
        return problem(
            StatusCode::NOT_FOUND,
            false,
            "missing_title",
            "missing_text",
        );
    };
    let spanish = speaks_spanish(asked, &session);
    let now = crate::clock::now_millis();
    if session.is_expired(now / 1000) {
        return problem(StatusCode::GONE, spanish, "expired_title", "expired_text");
    }
    let accepted: Vec<&str> = session
        .metadata
        .get("accepted_brands")
        .map(|list| {
            list.split(',')
                .map(str::trim)
                .filter(|b| !b.is_empty())
                .collect()
        })
        .unwrap_or_default();
    let card = match check(typed, &accepted, words::of(spanish), now) {
        Ok(card) => card,
        Err(errors) => {
            let filled = Filled {
                errors,
                expiry: &typed.expiry,
                zip: &typed.zip,
            };
            return form(core, &session, place, spanish, &filled);
        }
    };
    let Some((method, ticket)) = core.work(|work| keep(work, &session, &card)) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    if !ticket.written().await {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match place {
        Place::Frame => ready(core, &session, &method, spanish),
        Place::Page => back(&session),
    }
}

/// Gives a card to a session as its holder would have typed it; false if the session or the card
/// is not one. For a demonstration that begins with cards saved.
pub(crate) async fn enter(core: &Core, id: &str, typed: &Typed) -> bool {
    let Some((session, _)) = find(core, id) else {
        return false;
    };
    let now = crate::clock::now_millis();
    let Ok(card) = check(typed, &[], words::of(session.spanish), now) else {
        return false;
    };
    match core.work(|work| keep(work, &session, &card)) {
        Some((_, ticket)) => ticket.written().await,
        None => false,
    }
}

fn keep(work: &mut Work<'_>, session: &Session, checked: &Checked) -> Method {
    let card = checked.card;
    let method = Method {
        id: work.name("pm_"),
        created: work.now(),
        payer: session.payer.clone(),
        holder: None,
        fingerprint: hex::encode(&Sha256::digest(card.id)[..8]),
        last4: card.number[card.number.len() - 4..].to_owned(),
        kind: MethodKind::Card {
            test: card.id.to_owned(),
            exp_month: checked.exp_month,
            exp_year: checked.exp_year,
        },
    };
    if let Some(mut setup) = work.state.setups.get(&session.setup).cloned() {
        setup.method = Some(method.id.clone());
        work.put(Change::Setup(setup));
    }
    let complete = Session {
        complete: true,
        ..session.clone()
    };
    let object = complete.to_json(work.origin, work.now());
    work.put(Change::Method(method.clone()));
    work.put(Change::Session(complete));
    work.emit("checkout.session.completed", &object);
    method
}
