//! A forgotten user ID or password: member ID, code from the mail, user ID and new password. No
//! page tells whether a member exists or is registered.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use identity::FactorKind;
use kernel::{ErrandId, Secret};
use serde::Serialize;
use usecases::UseCaseError;
use usecases::identity::forgot::{self, Delivery, Stage};

use super::second::{self, Brought, Way};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::guest::identify::read_member_id;
use crate::page::{Page, PhoneView, show};
use crate::session;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// What is your member ID?
#[derive(Serialize)]
pub struct ForgotPage {
    phone: PhoneView,
    form: FormView,
}

impl Page for ForgotPage {
    const TEMPLATE: &'static str = "member/forgot.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("member_id", "123")]);
        wrong.mistake_with(
            "member_id",
            "member-id-length",
            &[("found", "3".to_owned())],
        );
        [FormState::default(), wrong]
            .iter()
            .map(|form| ForgotPage::new(words, jiff::Timestamp::UNIX_EPOCH, form))
            .collect()
    }
}

impl ForgotPage {
    fn new(words: &Words<'_>, now: jiff::Timestamp, form: &FormState) -> Self {
        ForgotPage {
            phone: PhoneView::new(&words.plan.help.phone, words, now),
            form: form.view(words),
        }
    }
}

/// The first page.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, mut visit: Visit) -> Result<Response, Problem> {
    let (_, fresh) = session::ensure(&app, &mut visit).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = ForgotPage::new(&words, app.ctx.now(), &form);
    let response = show(&app, &visit, StatusCode::OK, &page);
    Ok(session::with_fresh(&app, response, fresh.as_deref()))
}

/// The member ID.
///
/// # Errors
/// If the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let mut form = sent.keep(&["member_id"]);
    if let Some(member_id) = read_member_id(&sent, &mut form) {
        match forgot::begin(&app.ctx, &visit.actor(), session, &member_id).await {
            Ok((errand, delivery)) => {
                deliver(&app, delivery);
                return Ok(see_other(&format!("/forgot/{errand}/code")));
            }
            Err(error) => form.refused(&refusal_of(error)?, "member_id"),
        }
    }
    back_with_mistakes(&app, session, "/forgot", &form).await
}

/// Mails the code, and nobody waits for it: how long it takes would tell whether there was one.
fn deliver(app: &AppState, delivery: Delivery) {
    let ctx = app.ctx.clone();
    tokio::spawn(async move {
        if let Err(error) = forgot::deliver(&ctx, delivery).await {
            tracing::error!(%error, "a code for a new password was not mailed");
        }
    });
}

/// The code from the e-mail.
#[derive(Serialize)]
pub struct ForgotCodePage {
    minutes: u8,
    again: bool,
    phone: PhoneView,
    form: FormView,
}

impl Page for ForgotCodePage {
    const TEMPLATE: &'static str = "member/forgot_code.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake_with("code", "code-wrong", &[("left", "4".to_owned())]);
        [(false, FormState::default()), (true, wrong)]
            .iter()
            .map(|(again, form)| ForgotCodePage {
                minutes: 10,
                again: *again,
                phone: PhoneView::new(&words.plan.help.phone, words, jiff::Timestamp::UNIX_EPOCH),
                form: form.view(words),
            })
            .collect()
    }
}

/// The second page: the same for every member ID.
///
/// # Errors
/// If the visit is over.
pub async fn code(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (errand, stage) = stage(&app, &visit, &id).await?;
    if stage != Stage::Code {
        return Ok(see_other(&format!("/forgot/{errand}")));
    }
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = ForgotCodePage {
        minutes: app.ctx.plan.security.code_minutes,
        again: visit.asked("again").is_some(),
        phone: PhoneView::new(&words.plan.help.phone, &words, app.ctx.now()),
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

async fn stage(app: &AppState, visit: &Visit, id: &str) -> Result<(ErrandId, Stage), Problem> {
    let errand = ErrandId::parse(id).ok_or_else(Problem::not_found)?;
    let stage = forgot::stage(&app.ctx, visit.need_session()?, errand).await;
    Ok((errand, stage.map_err(over)?))
}

/// A visit that is over, and one that never was, are told the same.
fn over(error: UseCaseError) -> Problem {
    match error {
        UseCaseError::NotFound => Problem::session_ended(),
        other => other.into(),
    }
}

/// The code that was typed, or the wish for another one.
///
/// # Errors
/// If the visit is over.
pub async fn code_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let (errand, _) = stage(&app, &visit, &id).await?;
    let (ctx, actor) = (&app.ctx, visit.actor());
    let here = format!("/forgot/{errand}/code");
    let mut form = FormState::default();
    let refused = if sent.ticked("again") {
        match forgot::again(ctx, &actor, session, errand).await {
            Ok(delivery) => {
                deliver(&app, delivery);
                return Ok(see_other(&format!("{here}?again=1")));
            }
            Err(error) => Some(error),
        }
    } else if sent.get("code").is_empty() {
        form.mistake("code", "code-missing");
        None
    } else {
        match forgot::give_code(ctx, &actor, session, errand, sent.get("code")).await {
            Ok(()) => return Ok(see_other(&format!("/forgot/{errand}"))),
            Err(error) => Some(error),
        }
    };
    if let Some(error) = refused {
        form.refused(&refusal_of(error)?, "code");
    }
    back_with_mistakes(&app, session, &here, &form).await
}

/// Your user ID, and a new password for those who want one.
#[derive(Serialize)]
pub struct FoundPage {
    user_id: String,
    /// True if a second factor must be given before a new password.
    owes: bool,
    base: String,
    min: u8,
    form: FormView,
}

impl Page for FoundPage {
    const TEMPLATE: &'static str = "member/forgot_found.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake_with(
            "new_password",
            "password-short",
            &[("min", "15".to_owned())],
        );
        [
            (false, FormState::default()),
            (true, FormState::default()),
            (false, wrong),
        ]
        .iter()
        .map(|(owes, form)| FoundPage {
            user_id: "maria.pena".to_owned(),
            owes: *owes,
            base: "/forgot/0".to_owned(),
            min: 15,
            form: form.view(words),
        })
        .collect()
    }
}

/// The third page.
///
/// # Errors
/// If the visit is over.
pub async fn found(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (errand, stage) = stage(&app, &visit, &id).await?;
    let Stage::Proved { user_id, asks, .. } = stage else {
        return Ok(see_other(&format!("/forgot/{errand}/code")));
    };
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = FoundPage {
        user_id,
        owes: !asks.is_empty(),
        base: format!("/forgot/{errand}"),
        min: app.ctx.plan.security.password_min_length,
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The new password.
///
/// # Errors
/// If the visit is over.
pub async fn found_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let errand = ErrandId::parse(&id).ok_or_else(Problem::not_found)?;
    let mut form = FormState::default();
    let typed = sent.exactly("new_password");
    if typed.is_empty() {
        form.mistake("new_password", "new-password-missing");
    } else {
        let new = Secret::new(typed.to_owned());
        match forgot::new_password(&app.ctx, &visit.actor(), session, errand, &new).await {
            Ok(()) => return Ok(see_other("/sign-in?changed=1")),
            Err(UseCaseError::NotFound | UseCaseError::NotAllowed) => {
                return Ok(see_other(&format!("/forgot/{errand}")));
            }
            Err(error) => form.refused(&refusal_of(error)?, "new_password"),
        }
    }
    back_with_mistakes(&app, session, &format!("/forgot/{errand}"), &form).await
}

/// The second factor on the way to a new password.
///
/// # Errors
/// If the visit is over.
pub async fn second(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (errand, stage) = stage(&app, &visit, &id).await?;
    let asks = match stage {
        Stage::Proved { asks, .. } if !asks.is_empty() => asks,
        _ => return Ok(see_other(&format!("/forgot/{errand}"))),
    };
    let way = Way::chosen(&visit, asks, format!("/forgot/{errand}/second"), true)?;
    second::ask(&app, &visit, &way).await
}

/// What was given.
///
/// # Errors
/// If the visit is over.
pub async fn second_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let errand = ErrandId::parse(&id).ok_or_else(Problem::not_found)?;
    let mut form = FormState::default();
    let kind = match second::brought(&sent, &mut form) {
        Brought::SendCode => FactorKind::Email,
        Brought::Nothing(kind) => kind,
        Brought::Factor(kind, given) => {
            let (ctx, actor) = (&app.ctx, visit.actor());
            match forgot::give_second(ctx, &actor, session, errand, &given).await {
                Ok(()) => return Ok(see_other(&format!("/forgot/{errand}"))),
                Err(UseCaseError::NotFound) => return Err(Problem::session_ended()),
                Err(error) => form.refused(&refusal_of(error)?, second::field_of(kind)),
            }
            kind
        }
    };
    let page = format!("/forgot/{errand}/second?with={}", kind.code());
    back_with_mistakes(&app, session, &page, &form).await
}
