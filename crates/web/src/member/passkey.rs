//! Signing in with a passkey alone. It needs the script; everything else works without.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use usecases::identity::{self as usecase, passkeys};

use super::second::answered;
use super::sign_in::{come_in, with_next};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::session;
use crate::state::AppState;
use crate::visit::{Visit, next_after_sign_in, see_other};
use crate::words::Words;

const HERE: &str = "/sign-in/passkey";

/// Sign in with a passkey.
#[derive(Serialize)]
pub struct PasskeyPage {
    options: String,
    ceremony: String,
    next: String,
    form: FormView,
}

impl Page for PasskeyPage {
    const TEMPLATE: &'static str = "member/passkey.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake("passkey", "passkey-wrong");
        [FormState::default(), wrong]
            .iter()
            .map(|form| PasskeyPage {
                options: "{}".to_owned(),
                ceremony: "0".to_owned(),
                next: "/account".to_owned(),
                form: form.view(words),
            })
            .collect()
    }
}

/// The page.
///
/// # Errors
/// If there are no passkeys here.
pub async fn get(State(app): State<AppState>, mut visit: Visit) -> Result<Response, Problem> {
    let next = next_after_sign_in(visit.asked("next").as_deref());
    if visit.signed_in() {
        return Ok(see_other(&next));
    }
    let (session, fresh) = session::ensure(&app, &mut visit).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let begun = passkeys::begin_asking(&app.ctx, &session).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = PasskeyPage {
        options: begun.options,
        ceremony: begun.errand.to_string(),
        next,
        form: form.view(&words),
    };
    let response = show(&app, &visit, StatusCode::OK, &page);
    Ok(session::with_fresh(&app, response, fresh.as_deref()))
}

/// The browser's answer.
///
/// # Errors
/// If the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let next = next_after_sign_in(Some(sent.get("next")));
    let mut form = FormState::default();
    if let Some((ceremony, answer)) = answered(&sent) {
        let (actor, device) = (visit.actor(), &visit.device_cookie);
        let answer = (ceremony, answer.as_str());
        let tried = usecase::sign_in_with_passkey(&app.ctx, &actor, session, answer, device);
        match tried.await {
            Ok(opened) => return Ok(come_in(&app, &visit, &next, &opened)),
            Err(error) => form.refused(&refusal_of(error)?, "passkey"),
        }
    } else {
        form.mistake("passkey", "passkey-wrong");
    }
    back_with_mistakes(&app, session, &with_next(HERE, &next), &form).await
}
