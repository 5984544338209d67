//! Invited people: an invitation is read, and accepted with one's own sign-in or a new one.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use identity::Right;
use kernel::{Secret, Zip};
use serde::Serialize;
use usecases::delegates::{self, Invited, NewLogin};

use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::session;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// An invitation.
#[derive(Serialize)]
pub struct InvitedPage {
    token: String,
    inviter: String,
    right: String,
    until: String,
    signed_in: bool,
    form: FormView,
}

impl InvitedPage {
    fn new(
        words: &Words<'_>,
        token: &str,
        view: &Invited,
        signed_in: bool,
        form: FormView,
    ) -> Self {
        InvitedPage {
            token: token.to_owned(),
            inviter: view.inviter.clone(),
            right: words.say(&format!("right-{}", view.right.code()), &[]),
            until: view.last_day.map(|day| words.date(day)).unwrap_or_default(),
            signed_in,
            form,
        }
    }
}

fn sample_invited(right: Right) -> Invited {
    Invited {
        inviter: "\"><img src=x onerror=alert(1)>".to_owned(),
        right,
        last_day: (right == Right::Pay).then(|| jiff::civil::date(2027, 3, 31)),
        email: "son@example.com".to_owned(),
        language: kernel::Language::English,
    }
}

impl Page for InvitedPage {
    const TEMPLATE: &'static str = "delegate/invited.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("zip", "0603")]);
        wrong.mistake_with("zip", "delegate-zip", &[("left", "4".to_owned())]);
        vec![
            InvitedPage::new(
                words,
                "x",
                &sample_invited(Right::View),
                false,
                FormState::default().view(words),
            ),
            InvitedPage::new(
                words,
                "x",
                &sample_invited(Right::Pay),
                true,
                wrong.view(words),
            ),
        ]
    }
}

/// The invitation. Opening it uses nothing up: programs that look into mail open links too.
///
/// # Errors
/// If there is no such invitation any more, or the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    mut visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let view = delegates::invited(&app.ctx, &token).await?;
    let (_, fresh) = session::ensure(&app, &mut visit).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = InvitedPage::new(&words, &token, &view, visit.signed_in(), form.view(&words));
    let response = show(&app, &visit, StatusCode::OK, &page);
    Ok(session::with_fresh(&app, response, fresh.as_deref()))
}

/// Accepts, for who is signed in.
///
/// # Errors
/// If nobody is, there is no such invitation, or the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    Path(token): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let mut form = sent.keep(&["zip"]);
    if let Some(zip) = form.check("zip", Zip::parse(sent.get("zip")).map_err(|_| "zip")) {
        match delegates::accept(&app.ctx, &visit.actor(), &token, &zip).await {
            Ok(_) => return Ok(see_other("/account")),
            Err(error) => form.refused(&refusal_of(error)?, "zip"),
        }
    }
    let page = format!("/delegate/{token}");
    back_with_mistakes(&app, visit.need_session()?, &page, &form).await
}

/// A sign-in for somebody who is no member.
#[derive(Serialize)]
pub struct RegisterPage {
    token: String,
    inviter: String,
    email: String,
    least: String,
    form: FormView,
}

impl RegisterPage {
    fn new(words: &Words<'_>, token: &str, view: &Invited, form: FormView) -> Self {
        RegisterPage {
            token: token.to_owned(),
            inviter: view.inviter.clone(),
            email: view.email.clone(),
            least: words.plan.security.password_min_length.to_string(),
            form,
        }
    }
}

impl Page for RegisterPage {
    const TEMPLATE: &'static str = "delegate/register.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("first_name", "\"><img src=x onerror=alert(1)>")]);
        wrong.mistake("last_name", "delegate-last-name");
        wrong.mistake("user_id", "user-id-taken");
        wrong.mistake("zip", "delegate-void");
        [FormState::default(), wrong]
            .iter()
            .map(|form| {
                RegisterPage::new(words, "x", &sample_invited(Right::Pay), form.view(words))
            })
            .collect()
    }
}

/// The form.
///
/// # Errors
/// If there is no such invitation any more, or the database does not answer.
pub async fn register(
    State(app): State<AppState>,
    mut visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let view = delegates::invited(&app.ctx, &token).await?;
    if visit.signed_in() {
        return Ok(see_other(&format!("/delegate/{token}")));
    }
    let (_, fresh) = session::ensure(&app, &mut visit).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = RegisterPage::new(&words, &token, &view, form.view(&words));
    let response = show(&app, &visit, StatusCode::OK, &page);
    Ok(session::with_fresh(&app, response, fresh.as_deref()))
}

/// Makes the sign-in and accepts. Then one signs in with it, as ever.
///
/// # Errors
/// If there is no such invitation any more, or the database does not answer.
pub async fn register_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(token): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let mut form = sent.keep(&["first_name", "last_name", "zip", "user_id"]);
    let first = form.free_text("first_name", sent.get("first_name"), "delegate-first-name");
    let last = form.free_text("last_name", sent.get("last_name"), "delegate-last-name");
    let zip = form.check("zip", Zip::parse(sent.get("zip")).map_err(|_| "zip"));
    let user_id = form.free_text("user_id", sent.get("user_id"), "user-id-missing");
    if sent.exactly("password").is_empty() {
        form.mistake("password", "password-missing");
    }
    if let (Some(first_name), Some(last_name), Some(zip), Some(user_id), true) =
        (first, last, zip, user_id, form.is_right())
    {
        let new = NewLogin {
            first_name,
            last_name,
            user_id,
            password: Secret::new(sent.exactly("password").to_owned()),
            language: visit.language,
        };
        match delegates::register(&app.ctx, &visit.actor(), &token, &zip, new).await {
            Ok(_) => return Ok(see_other("/sign-in")),
            Err(error) => form.refused(&refusal_of(error)?, "user_id"),
        }
    }
    let page = format!("/delegate/{token}/register");
    back_with_mistakes(&app, session, &page, &form).await
}
