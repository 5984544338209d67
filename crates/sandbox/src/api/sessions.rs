//! Sessions of the hosted card fields.

use serde_json::json;
use url::Url;

use super::methods::known_payer;
use super::{Answered, ApiError, Params};
use crate::core::Work;
use crate::objects::{Session, Setup};
use crate::state::Change;

const EXPANDABLE: &[&str] = &[
    "setup_intent",
    "setup_intent.payment_method",
    "setup_intent.latest_attempt",
];

pub(super) fn create(work: &mut Work<'_>, params: &Params) -> Answered {
    params.only(&[
        "mode",
        "currency",
        "payment_method_types[]",
        "success_url",
        "cancel_url",
        "client_reference_id",
        "metadata[*]",
        "locale",
        "customer",
        "expand[]",
    ])?;
    if params.need("mode")? != "setup" {
        return Err(ApiError::of(
            "mode",
            "",
            "The sandbox has sessions of mode setup only.",
        ));
    }
    if params
        .all("payment_method_types[]")
        .any(|kind| kind != "card")
    {
        return Err(ApiError::of(
            "payment_method_types",
            "",
            "The sandbox has hosted fields for card only.",
        ));
    }
    let success_url =
        address(params, "success_url")?.ok_or_else(|| ApiError::missing("success_url"))?;
    let cancel_url = address(params, "cancel_url")?;
    let payer = known_payer(work, params)?;
    let spanish = match params.get("locale") {
        None | Some("auto" | "en" | "en-US") => false,
        Some("es" | "es-419" | "es-US") => true,
        Some(_) => return Err(ApiError::of("locale", "", "The sandbox speaks en and es.")),
    };
    let setup = Setup {
        id: work.name("seti_"),
        created: work.now(),
        payer: payer.clone(),
        method: None,
        bank: None,
    };
    let session = Session {
        id: work.name("cs_test_"),
        created: work.now(),
        success_url,
        cancel_url,
        spanish,
        reference: params.owned("client_reference_id"),
        metadata: params.metadata()?,
        payer,
        setup: setup.id.clone(),
        complete: false,
    };
    let object = session.to_json(work.origin, work.now());
    work.put(Change::Setup(setup));
    work.put(Change::Session(session));
    Ok(object)
}

fn address(params: &Params, key: &str) -> Result<Option<String>, ApiError> {
    match params.get(key) {
        None => Ok(None),
        Some(text) => match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Some(text.to_owned())),
            _ => Err(ApiError::of(key, "url_invalid", "Not a valid URL")),
        },
    }
}

pub(super) fn retrieve(work: &Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["expand[]"])?;
    let with_method = params.expands(EXPANDABLE, "setup_intent.payment_method")?;
    let with_attempt = params.expands(EXPANDABLE, "setup_intent.latest_attempt")?;
    let with_setup = with_method || with_attempt || params.expands(EXPANDABLE, "setup_intent")?;
    let session = work
        .state
        .sessions
        .get(id)
        .ok_or_else(|| ApiError::no_such("checkout.session", id, "id"))?;
    let mut object = session.to_json(work.origin, work.now());
    if with_setup && let Some(setup) = work.state.setups.get(&session.setup) {
        object["setup_intent"] = setup_json(work, setup, with_method);
        if with_attempt {
            object["setup_intent"]["latest_attempt"] = setup.attempt_json();
        }
    }
    Ok(object)
}

pub(super) fn retrieve_setup(work: &Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["expand[]"])?;
    let with_method = params.expands(&["payment_method"], "payment_method")?;
    let setup = work
        .state
        .setups
        .get(id)
        .ok_or_else(|| ApiError::no_such("setup_intent", id, "id"))?;
    Ok(setup_json(work, setup, with_method))
}

pub(super) fn setup_json(work: &Work<'_>, setup: &Setup, with_method: bool) -> serde_json::Value {
    let mut object = setup.to_json();
    if with_method {
        let method = setup
            .method
            .as_ref()
            .and_then(|id| work.state.methods.get(id));
        object["payment_method"] = json!(method.map(crate::objects::Method::to_json));
    }
    object
}
