//! Setting a local account up with its one-time link.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::{ErrandId, Secret};
use serde::Serialize;
use usecases::staff::set_up;

use super::{ensure, need, with_fresh};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::member::factors::in_fours;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// A password.
#[derive(Serialize)]
pub struct SetUpPage {
    name: String,
    user_id: String,
    least: String,
    form: FormView,
}

impl SetUpPage {
    fn new(words: &Words<'_>, view: &set_up::SetUp, form: FormView) -> Self {
        SetUpPage {
            name: view.name.clone(),
            user_id: view.user_id.clone(),
            least: words.plan.security.password_min_length.to_string(),
            form,
        }
    }
}

impl Page for SetUpPage {
    const TEMPLATE: &'static str = "staff/set_up.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let view = set_up::SetUp {
            name: "\"><img src=x onerror=alert(1)>".to_owned(),
            user_id: "ana.billing".to_owned(),
        };
        let mut wrong = FormState::default();
        wrong.mistake("password", "password-common");
        [FormState::default(), wrong]
            .iter()
            .map(|form| SetUpPage::new(words, &view, form.view(words)))
            .collect()
    }
}

/// The page.
///
/// # Errors
/// If the link is good no more, or the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    mut visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let view = set_up::begin(&app.ctx, &token).await?;
    let (_, fresh) = ensure(&app, &mut visit).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = SetUpPage::new(&words, &view, form.view(&words));
    let response = show(&app, &visit, StatusCode::OK, &page);
    Ok(with_fresh(&app, response, fresh.as_deref()))
}

/// Chooses the password.
///
/// # Errors
/// If the link is good no more, or the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    Path(token): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = need(&visit)?;
    let mut form = FormState::default();
    let password = Secret::new(sent.exactly("password").to_owned());
    if password.expose().is_empty() {
        form.mistake("password", "password-missing");
    } else if sent.exactly("password") != sent.exactly("again") {
        form.mistake("again", "staff-password-again");
    } else {
        match set_up::choose_password(&app.ctx, &session, &token, &password).await {
            Ok(errand) => return Ok(see_other(&format!("/staff/set-up/{token}/{errand}"))),
            Err(error) => form.refused(&refusal_of(error)?, "password"),
        }
    }
    back_with_mistakes(
        &app,
        &session.session,
        &format!("/staff/set-up/{token}"),
        &form,
    )
    .await
}

/// The authenticator app; then the recovery codes.
#[derive(Serialize)]
pub struct StaffAppPage {
    secret: String,
    address: String,
    codes: Vec<String>,
    form: FormView,
}

impl Page for StaffAppPage {
    const TEMPLATE: &'static str = "staff/authenticator.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake("code", "second-code-wrong");
        let page = |form: FormState, codes: &[&str]| StaffAppPage {
            secret: "JBSW Y3DP EHPK 3PXP".to_owned(),
            address: "otpauth://totp/Plan:ana.billing".to_owned(),
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            form: form.view(words),
        };
        vec![
            page(FormState::default(), &[]),
            page(wrong, &[]),
            page(FormState::default(), &["abcd-efgh", "ijkl-mnop"]),
        ]
    }
}

fn errand_of(text: &str) -> Result<ErrandId, Problem> {
    ErrandId::parse(text).ok_or_else(Problem::not_found)
}

/// The page.
///
/// # Errors
/// If the link is good no more, or the database does not answer.
pub async fn authenticator(
    State(app): State<AppState>,
    visit: Visit,
    Path((token, errand)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (session, errand) = (need(&visit)?, errand_of(&errand)?);
    let offer = set_up::offer(&app.ctx, &session, &token, errand).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = StaffAppPage {
        secret: in_fours(&offer.secret),
        address: offer.address,
        codes: Vec::new(),
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The first digits. The answer shows the recovery codes, once, which is why it is a page and no
/// redirect: nothing may keep them.
///
/// # Errors
/// If the link is good no more, or the database does not answer.
pub async fn authenticator_post(
    State(app): State<AppState>,
    visit: Visit,
    Path((token, errand)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (session, errand) = (need(&visit)?, errand_of(&errand)?);
    let (actor, typed) = (visit.actor(), sent.get("code"));
    match set_up::finish(&app.ctx, &actor, &session, &token, errand, typed).await {
        Ok(codes) => {
            let words = Words::new(visit.language, &app.ctx.plan);
            let page = StaffAppPage {
                secret: String::new(),
                address: String::new(),
                codes,
                form: FormState::default().view(&words),
            };
            Ok(show(&app, &visit, StatusCode::OK, &page))
        }
        Err(error) => {
            let mut form = FormState::default();
            form.refused(&refusal_of(error)?, "code");
            let page = format!("/staff/set-up/{token}/{errand}");
            back_with_mistakes(&app, &session.session, &page, &form).await
        }
    }
}
