//! Being asked again: before something about the sign-in itself is changed, password or passkey
//! must have been given in the last ten minutes.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use identity::FactorKind;
use kernel::Secret;
use plan::Audience;
use serde::Serialize;
use usecases::identity::{Holder, factors, passkeys, security};

use super::second::answered;
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, next_after_sign_in, see_other};
use crate::words::Words;

/// Is it still you?
#[derive(Serialize)]
pub struct ConfirmPage {
    next: String,
    /// What a browser is handed for a passkey; empty for members who have none.
    options: String,
    ceremony: String,
    form: FormView,
}

impl Page for ConfirmPage {
    const TEMPLATE: &'static str = "member/confirm.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake("password", "password-wrong");
        [("", FormState::default()), ("{}", wrong)]
            .iter()
            .map(|(options, form)| ConfirmPage {
                next: "/account/security".to_owned(),
                options: (*options).to_owned(),
                ceremony: "0".to_owned(),
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// Where to give the password first, if the last time is too long ago; `next` is where to go on.
pub(super) fn first(app: &AppState, visit: &Visit, next: &str) -> Option<Response> {
    let session = visit.session.as_ref()?;
    session
        .asks_again(app.ctx.now())
        .then(|| see_other(&here(next)))
}

fn here(next: &str) -> String {
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("/account/security/confirm?next={next}")
}

/// The page.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let login = session.login.ok_or_else(Problem::session_ended)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let kinds = factors::list(&app.ctx, Holder::Member(login))
        .await?
        .kinds();
    let (mut options, mut ceremony) = (String::new(), String::new());
    if kinds.contains(&FactorKind::Passkey) && passkeys::offered(&app.ctx) {
        let begun = passkeys::begin_asking(&app.ctx, session).await?;
        (options, ceremony) = (begun.options, begun.errand.to_string());
    }
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = ConfirmPage {
        next: next_after_sign_in(visit.asked("next").as_deref()),
        options,
        ceremony,
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Password or passkey.
///
/// # Errors
/// If the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let (ctx, actor) = (&app.ctx, visit.actor());
    let next = next_after_sign_in(Some(sent.get("next")));
    let mut form = FormState::default();
    let typed = sent.exactly("password");
    let tried = if let Some((ceremony, answer)) = answered(&sent) {
        Some(security::confirm_passkey(ctx, &actor, session, ceremony, &answer).await)
    } else if typed.is_empty() {
        form.mistake("password", "password-missing");
        None
    } else {
        let password = Secret::new(typed.to_owned());
        Some(security::confirm_password(ctx, &actor, session, &password).await)
    };
    match tried {
        Some(Ok(())) => return Ok(see_other(&next)),
        Some(Err(error)) => form.refused(&refusal_of(error)?, "password"),
        None => {}
    }
    back_with_mistakes(&app, session, &here(&next), &form).await
}
