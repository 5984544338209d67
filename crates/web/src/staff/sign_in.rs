//! Staff come in: at the plan's own provider, or with user ID, password and a second factor.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};
use kernel::Secret;
use serde::Serialize;
use usecases::identity::factors::Given;
use usecases::staff::provider::{self, Returned};
use usecases::staff::sign_in;

use super::{ensure, need, with_fresh};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::session;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

const HERE: &str = "/staff/sign-in";
const SECOND: &str = "/staff/sign-in/second";

/// Sign in.
#[derive(Serialize)]
pub struct StaffSignInPage {
    provider: bool,
    form: FormView,
}

impl Page for StaffSignInPage {
    const TEMPLATE: &'static str = "staff/sign_in.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("user_id", "\"><img src=x onerror=alert(1)>")]);
        wrong.mistake("user_id", "sign-in-wrong");
        let mut refused = FormState::default();
        refused.mistake("provider", "provider-no-role");
        [
            (false, FormState::default()),
            (true, wrong),
            (true, refused),
        ]
        .iter()
        .map(|(provider, form)| StaffSignInPage {
            provider: *provider,
            form: form.view(words),
        })
        .collect()
    }
}

/// The page; who is signed in goes on.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, mut visit: Visit) -> Result<Response, Problem> {
    if visit.staff.is_some() {
        return Ok(see_other("/staff"));
    }
    let (_, fresh) = ensure(&app, &mut visit).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = StaffSignInPage {
        provider: provider::is_offered(&app.ctx),
        form: form.view(&words),
    };
    let response = show(&app, &visit, StatusCode::OK, &page);
    Ok(with_fresh(&app, response, fresh.as_deref()))
}

/// User ID and password.
///
/// # Errors
/// If the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = need(&visit)?;
    let mut form = sent.keep(&["user_id"]);
    let user_id = form.free_text("user_id", sent.get("user_id"), "user-id-missing");
    if sent.exactly("password").is_empty() {
        form.mistake("password", "password-missing");
    }
    if let Some(user_id) = user_id.filter(|_| form.is_right()) {
        let password = Secret::new(sent.exactly("password").to_owned());
        let actor = visit.actor();
        match sign_in::password(&app.ctx, &actor, &session, &user_id, password).await {
            Ok((token, _)) => {
                return Ok(session::with_staff_token(&app, see_other(SECOND), &token));
            }
            Err(error) => form.refused(&refusal_of(error)?, "user_id"),
        }
    }
    back_with_mistakes(&app, &session.session, HERE, &form).await
}

/// The second factor.
#[derive(Serialize)]
pub struct SecondPage {
    form: FormView,
}

impl Page for SecondPage {
    const TEMPLATE: &'static str = "staff/second.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake("code", "second-code-wrong");
        [FormState::default(), wrong]
            .iter()
            .map(|form| SecondPage {
                form: form.view(words),
            })
            .collect()
    }
}

/// The page; only after the password.
///
/// # Errors
/// If the database does not answer.
pub async fn second(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    if visit.half_signed_in.is_none() {
        return Ok(see_other(HERE));
    }
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = SecondPage {
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The digits, or a recovery code.
///
/// # Errors
/// If the database does not answer.
pub async fn second_post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = need(&visit)?;
    if session.half_signed_in.is_none() {
        return Ok(see_other(HERE));
    }
    let mut form = FormState::default();
    let typed = sent.get("code").to_owned();
    let digits = typed.chars().filter(|c| !c.is_whitespace()).count() == 6;
    let given = if digits {
        Given::Authenticator(typed)
    } else {
        Given::Recovery(typed)
    };
    match sign_in::second_step(&app.ctx, &visit.actor(), &session, &given).await {
        Ok((token, _)) => {
            return Ok(session::with_staff_token(&app, see_other("/staff"), &token));
        }
        Err(error) => form.refused(&refusal_of(error)?, "code"),
    }
    back_with_mistakes(&app, &session.session, SECOND, &form).await
}

/// Sends the browser to the provider.
///
/// # Errors
/// If there is none, or the database does not answer.
pub async fn provider(
    State(app): State<AppState>,
    visit: Visit,
    _sent: Sent,
) -> Result<Response, Problem> {
    let session = need(&visit)?;
    match provider::begin(&app.ctx, &visit.actor(), &session).await {
        Ok(address) => Ok(see_other(address.as_str())),
        Err(error) => back(&app, &visit, error).await,
    }
}

async fn back(
    app: &AppState,
    visit: &Visit,
    error: usecases::UseCaseError,
) -> Result<Response, Problem> {
    let mut form = FormState::default();
    form.refused(&refusal_of(error)?, "provider");
    back_with_mistakes(app, visit.need_session()?, HERE, &form).await
}

/// The browser comes back from the provider.
///
/// # Errors
/// If there is none, or the database does not answer.
pub async fn provider_return(
    State(app): State<AppState>,
    mut visit: Visit,
) -> Result<Response, Problem> {
    let (session, fresh) = ensure(&app, &mut visit).await?;
    let returned = Returned {
        state: visit.asked("state").unwrap_or_default(),
        code: Secret::new(visit.asked("code").unwrap_or_default()),
        issuer: visit.asked("iss").unwrap_or_default(),
    };
    match provider::finish(&app.ctx, &visit.actor(), &session, returned).await {
        Ok((token, _)) => Ok(session::with_staff_token(&app, see_other("/staff"), &token)),
        Err(error) => {
            let response = back(&app, &visit, error).await?;
            Ok(with_fresh(&app, response, fresh.as_deref()))
        }
    }
}

/// Signs out. The browser is told to drop what it kept.
///
/// # Errors
/// If the database does not answer.
pub async fn sign_out(
    State(app): State<AppState>,
    visit: Visit,
    _sent: Sent,
) -> Result<Response, Problem> {
    let session = need(&visit)?;
    sign_in::sign_out(&app.ctx, &visit.actor(), &session).await?;
    let mut response = see_other(HERE);
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\""),
    );
    Ok(response)
}
