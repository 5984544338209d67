//! The API: who asks, whether it was asked before, what it is about.

mod disputes;
pub(crate) mod intents;
mod lists;
mod methods;
mod params;
mod refunds;
mod sessions;
mod validations;

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State as Extract;
use axum::http::{HeaderMap, Method as Verb, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) use self::params::{ApiError, Params};
use crate::core::{Core, Work};
use crate::instruments::Behaviour;
use crate::objects::Answer;
use crate::settings::Faults;
use crate::state::Change;

/// The version of the API that answers and events follow.
pub(crate) const API_VERSION: &str = "2024-06-20";

/// The longest idempotency key.
const LONGEST_KEY: usize = 255;

/// What an endpoint gives: an object, or an error that is the answer all the same.
pub(crate) type Answered = Result<Value, ApiError>;

/// What happens to an answer that is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Sent,
    Withheld,
    Dropped,
    Error,
    /// Nothing was done and nothing is kept.
    Refused,
}

#[derive(Clone, Copy)]
struct Request<'a> {
    verb: &'a Verb,
    path: &'a str,
    params: &'a Params,
    key: Option<&'a str>,
}

struct Ready {
    status: u16,
    body: String,
    fate: Fate,
    replayed: bool,
}

pub(crate) async fn handle(
    Extract(core): Extract<Arc<Core>>,
    verb: Verb,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(error) = authenticate(&headers, &core.settings.secret_key) {
        return respond(error.status, error.to_json().to_string(), None);
    }
    let text = if verb == Verb::GET {
        uri.query().unwrap_or("").as_bytes()
    } else {
        &body[..]
    };
    let params = match Params::read(text) {
        Ok(params) => params,
        Err(error) => return respond(error.status, error.to_json().to_string(), None),
    };
    let key = match idempotency_key(&verb, &headers) {
        Ok(key) => key,
        Err(error) => return respond(error.status, error.to_json().to_string(), None),
    };
    let request = Request {
        verb: &verb,
        path: uri.path(),
        params: &params,
        key: key.as_deref(),
    };
    let done = core.work(|work| answer(work, &request, &core));
    let Some((ready, ticket)) = done else {
        return dropped();
    };
    if !ticket.written().await {
        return dropped();
    }
    match ready.fate {
        Fate::Dropped => return dropped(),
        Fate::Withheld => tokio::time::sleep(core.settings.withhold_for).await,
        Fate::Sent | Fate::Error | Fate::Refused => {}
    }
    respond(ready.status, ready.body, Some(ready.replayed))
}

fn answer(work: &mut Work<'_>, request: &Request<'_>, core: &Core) -> Ready {
    let Request {
        path, params, key, ..
    } = *request;
    let fingerprint = key.map(|_| fingerprint(path, params));
    if let (Some(key), Some(fingerprint)) = (key, &fingerprint)
        && let Some(before) = work.state.answers.get(key)
    {
        if before.fingerprint != *fingerprint {
            let error = ApiError::key_used_otherwise();
            return Ready {
                status: error.status,
                body: error.to_json().to_string(),
                fate: Fate::Sent,
                replayed: false,
            };
        }
        let Answer { status, body, .. } = before.clone();
        return Ready {
            status,
            body,
            fate: Fate::Sent,
            replayed: true,
        };
    }
    let fate = fate_of(work, request, core.wiring().faults);
    if fate == Fate::Refused {
        return Ready {
            status: 500,
            body: trouble(),
            fate,
            replayed: false,
        };
    }
    let (mut status, mut body) = match dispatch(work, request, core) {
        Ok(object) => (200, object.to_string()),
        Err(error) => (error.status, error.to_json().to_string()),
    };
    if fate == Fate::Error {
        (status, body) = (500, trouble());
    }
    if let (Some(key), Some(fingerprint)) = (key, fingerprint) {
        let kept = Answer {
            fingerprint,
            status,
            body: body.clone(),
        };
        work.put(Change::Answer(key.to_owned(), kept));
    }
    Ready {
        status,
        body,
        fate,
        replayed: false,
    }
}

/// Only requests that move money go wrong: by the instrument, or by chance.
fn fate_of(work: &mut Work<'_>, request: &Request<'_>, faults: Faults) -> Fate {
    let Request {
        verb, path, params, ..
    } = *request;
    if verb != Verb::POST || !matches!(path, "/v1/payment_intents" | "/v1/refunds") {
        return Fate::Sent;
    }
    let behaviour = params
        .get("payment_method")
        .and_then(|id| work.state.methods.get(id))
        .map(crate::objects::Method::behaviour);
    match behaviour {
        Some(Behaviour::Withhold) => return Fate::Withheld,
        Some(Behaviour::ErrorAfter) => return Fate::Error,
        Some(Behaviour::DropAfter) => return Fate::Dropped,
        Some(Behaviour::ErrorBefore) => return Fate::Refused,
        _ => {}
    }
    let Faults {
        refuse,
        withhold,
        drop,
        error,
        ..
    } = faults;
    if u32::from(refuse) + u32::from(withhold) + u32::from(drop) + u32::from(error) == 0 {
        return Fate::Sent;
    }
    let mut chance = work.state.draw.per_mille();
    for (share, fate) in [
        (refuse, Fate::Refused),
        (withhold, Fate::Withheld),
        (drop, Fate::Dropped),
        (error, Fate::Error),
    ] {
        if chance < share {
            return fate;
        }
        chance -= share;
    }
    Fate::Sent
}

fn dispatch(work: &mut Work<'_>, request: &Request<'_>, core: &Core) -> Answered {
    let Request {
        verb, path, params, ..
    } = *request;
    let segments: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    match (verb.as_str(), segments.as_slice()) {
        ("POST", ["customers"]) => methods::create_payer(work, params),
        ("GET", ["customers", id]) => methods::retrieve_payer(work, params, id),
        ("POST", ["checkout", "sessions"]) => sessions::create(work, params),
        ("GET", ["checkout", "sessions", id]) => sessions::retrieve(work, params, id),
        ("GET", ["setup_intents", id]) => sessions::retrieve_setup(work, params, id),
        ("POST", ["setup_intents"]) => validations::create(work, params),
        ("POST", ["setup_intents", id, "verify_microdeposits"]) => {
            validations::verify(work, params, id)
        }
        ("POST", ["payment_methods"]) => {
            methods::create(work, params, core.settings.secret_key.as_bytes())
        }
        ("GET", ["payment_methods", id]) => methods::retrieve(work, params, id),
        ("POST", ["payment_methods", id, "attach"]) => methods::attach(work, params, id),
        ("POST", ["payment_methods", id, "detach"]) => methods::detach(work, params, id),
        ("POST", ["payment_intents"]) => {
            intents::create(work, params, core.settings.settlement_delay)
        }
        ("GET", ["payment_intents"]) => lists::list(work, params),
        ("GET", ["payment_intents", "search"]) => lists::search(work, params),
        ("GET", ["payment_intents", id]) => intents::retrieve(work, params, id),
        ("POST", ["payment_intents", id, "cancel"]) => intents::cancel(work, params, id),
        ("GET", ["charges", id]) => lists::retrieve_money(work, params, id),
        ("POST", ["refunds"]) => refunds::create(work, params, core.settings.settlement_delay),
        ("GET", ["refunds", id]) => refunds::retrieve(work, params, id),
        ("GET", ["disputes"]) => disputes::list(work, params),
        ("GET", ["disputes", id]) => disputes::retrieve(work, params, id),
        ("POST", ["disputes", id]) => disputes::answer(work, params, id),
        ("POST", ["disputes", id, "close"]) => disputes::close(work, params, id),
        ("GET", ["events"]) => disputes::list_events(work, params),
        ("GET", ["events", id]) => disputes::retrieve_event(work, params, id),
        _ => Err(ApiError::new(
            404,
            "",
            &format!(
                "Unrecognized request URL ({verb}: {path}). The sandbox has a part of the API only."
            ),
        )),
    }
}

fn authenticate(headers: &HeaderMap, secret_key: &str) -> Result<(), ApiError> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    // Comparing digests keeps the time taken from telling how much of the key was right.
    match given {
        Some(key) if Sha256::digest(key) == Sha256::digest(secret_key) => Ok(()),
        Some(_) => Err(ApiError::new(401, "", "Invalid API Key provided.")),
        None => Err(ApiError::new(
            401,
            "",
            "You did not provide an API key. Give it as Authorization: Bearer sk_test_…",
        )),
    }
}

fn idempotency_key(verb: &Verb, headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(key) = headers
        .get("Idempotency-Key")
        .filter(|_| verb == Verb::POST)
    else {
        return Ok(None);
    };
    match key.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= LONGEST_KEY => Ok(Some(key.to_owned())),
        _ => Err(ApiError::new(
            400,
            "",
            "The Idempotency-Key must be 1 to 255 characters of ASCII.",
        )),
    }
}

/// The same for the same request with its parameters in another order. Bank account numbers are
/// among what goes in, which is why only a digest is kept.
fn fingerprint(path: &str, params: &Params) -> String {
    let mut digest = Sha256::new();
    digest.update(path);
    for (key, value) in params.sorted() {
        digest.update([0]);
        digest.update(key);
        digest.update([1]);
        digest.update(value);
    }
    hex::encode(&digest.finalize()[..16])
}

fn trouble() -> String {
    json!({ "error": { "type": "api_error", "message": "Something went wrong in the sandbox, as it was told to." } })
        .to_string()
}

fn respond(status: u16, body: String, replayed: Option<bool>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (
        status,
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        body,
    )
        .into_response();
    let headers = response.headers_mut();
    headers.insert(
        "Stripe-Version",
        header::HeaderValue::from_static(API_VERSION),
    );
    if replayed == Some(true) {
        headers.insert(
            "Idempotent-Replayed",
            header::HeaderValue::from_static("true"),
        );
    }
    response
}

/// An answer that breaks off before anything of it is sent.
fn dropped() -> Response {
    let broken = futures_util::stream::once(async {
        Err::<Bytes, _>(std::io::Error::other(
            "the connection is dropped on purpose",
        ))
    });
    Response::new(Body::from_stream(broken))
}
