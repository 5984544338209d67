//! Signing in and out, and staying signed in.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::SET_COOKIE;
use http::{HeaderName, HeaderValue, StatusCode};
use kernel::Secret;
use serde::Serialize;
use usecases::identity::{self, Opened, SignedIn, passkeys};
use usecases::sessions;

use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::language;
use crate::page::{Page, show};
use crate::session;
use crate::state::AppState;
use crate::visit::{Visit, next_after_sign_in, see_other};
use crate::words::Words;

/// Sign in.
#[derive(Serialize)]
pub struct SignInPage {
    next: String,
    /// Where to sign in with a passkey; empty where there are none.
    passkey: String,
    /// True after a new password was set.
    changed: bool,
    /// True if a form that came too late was kept.
    kept: bool,
    form: FormView,
}

impl Page for SignInPage {
    const TEMPLATE: &'static str = "member/sign_in.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("user_id", "\"><img src=x onerror=alert(1)>")]);
        wrong.mistake("user_id", "sign-in-wrong");
        [FormState::default(), wrong]
            .iter()
            .map(|form| SignInPage {
                next: "/account".to_owned(),
                passkey: "/sign-in/passkey".to_owned(),
                changed: form.is_right(),
                kept: form.is_right(),
                form: form.view(words),
            })
            .collect()
    }
}

/// The page; members who are signed in already go on.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, mut visit: Visit) -> Result<Response, Problem> {
    let next = next_after_sign_in(visit.asked("next").as_deref());
    if visit.signed_in() {
        return Ok(see_other(&next));
    }
    let (_, fresh) = session::ensure(&app, &mut visit).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let passkey = passkeys::offered(&app.ctx).then(|| with_next("/sign-in/passkey", &next));
    let page = SignInPage {
        kept: next.contains("?form="),
        next,
        passkey: passkey.unwrap_or_default(),
        changed: visit.asked("changed").is_some(),
        form: form.view(&words),
    };
    let response = show(&app, &visit, StatusCode::OK, &page);
    Ok(session::with_fresh(&app, response, fresh.as_deref()))
}

/// User ID and password. The password is never kept.
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
    let mut form = sent.keep(&["user_id"]);
    let user_id = form.free_text("user_id", sent.get("user_id"), "user-id-missing");
    if sent.exactly("password").is_empty() {
        form.mistake("password", "password-missing");
    }
    if let Some(user_id) = user_id.filter(|_| form.is_right()) {
        let password = Secret::new(sent.exactly("password").to_owned());
        let (actor, device) = (visit.actor(), &visit.device_cookie);
        let tried = identity::sign_in(&app.ctx, &actor, session, &user_id, password, device);
        match tried.await {
            Ok(SignedIn::Open(opened)) => return Ok(come_in(&app, &visit, &next, &opened)),
            Ok(SignedIn::HalfOpen(errand)) => {
                return Ok(see_other(&with_next(
                    &format!("/sign-in/{errand}/second"),
                    &next,
                )));
            }
            Err(error) => form.refused(&refusal_of(error)?, "user_id"),
        }
    }
    back_with_mistakes(&app, session, &with_next("/sign-in", &next), &form).await
}

/// The address of a page on the way in, with where to go from there.
pub(super) fn with_next(page: &str, next: &str) -> String {
    if next == "/account" {
        return page.to_owned();
    }
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{page}?next={next}")
}

/// Somebody is in: on to where they wanted to go.
pub(super) fn come_in(app: &AppState, visit: &Visit, next: &str, opened: &Opened) -> Response {
    let mut response = session::with_sign_in(app, see_other(next), opened);
    // The member's own language, unless the visitor chose one on the way here.
    if opened.session.language != visit.language
        && let Some(cookie) = language::remember(app, visit.language)
    {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Signs out and says so. The browser is told to drop what it kept.
///
/// # Errors
/// If the database does not answer.
pub async fn sign_out(
    State(app): State<AppState>,
    visit: Visit,
    _sent: Sent,
) -> Result<Response, Problem> {
    let (token, _) = identity::sign_out(&app.ctx, visit.need_session()?).await?;
    let mut response = session::with_token(&app, see_other("/signed-out"), &token);
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\""),
    );
    Ok(response)
}

/// "You are signed out."
#[derive(Serialize)]
pub struct SignedOutPage {
    /// True if the idle time ran out.
    idle: bool,
}

impl Page for SignedOutPage {
    const TEMPLATE: &'static str = "member/signed_out.html";

    fn samples(_: &Words<'_>) -> Vec<Self> {
        vec![SignedOutPage { idle: false }, SignedOutPage { idle: true }]
    }
}

/// The page after signing out.
pub async fn signed_out(State(app): State<AppState>, visit: Visit) -> Response {
    let idle = visit.asked("idle").is_some();
    show(&app, &visit, StatusCode::OK, &SignedOutPage { idle })
}

/// "Stay signed in": the idle time starts anew.
///
/// # Errors
/// If the session has ended meanwhile.
pub async fn extend(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    sessions::extend(&app.ctx, visit.need_session()?)
        .await
        .map_err(|error| match error {
            usecases::UseCaseError::NotFound => Problem::session_ended(),
            other => other.into(),
        })?;
    Ok(see_other(&next_after_sign_in(Some(sent.get("next")))))
}

/// How many seconds are left until the session ends by itself. Asking does not count as use.
pub async fn left(State(app): State<AppState>, visit: Visit) -> Response {
    let until = visit
        .session
        .filter(|session| session.login.is_some())
        .map(|session| session.idle_until - app.ctx.now());
    let seconds = until.map_or(0, |until| until.as_secs().max(0));
    axum::Json(serde_json::json!({ "seconds": seconds })).into_response()
}

/// Where password managers look for the page to change a password (W3C "A Well-Known URL for
/// Changing Passwords").
pub async fn change_password() -> Response {
    see_other("/account/security/password")
}
