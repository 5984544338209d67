//! Naming, preferring and removing one saved method.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::MethodId;
use plan::Audience;
use serde::Serialize;
use usecases::UseCaseError;
use usecases::methods;

use super::{HERE, MethodCard, sample_views};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// A name for a method.
#[derive(Serialize)]
pub struct NamePage {
    method: MethodCard,
    form: FormView,
}

impl Page for NamePage {
    const TEMPLATE: &'static str = "member/method_name.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("label", "Card 4242424242424242")]);
        wrong.mistake("label", "label-digits");
        let forms = [FormState::default(), wrong];
        sample_views()
            .iter()
            .zip(&forms)
            .map(|(view, form)| NamePage {
                method: MethodCard::new(words, view),
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

fn id_of(method: &str) -> Result<MethodId, Problem> {
    MethodId::parse(method).ok_or_else(Problem::not_found)
}

/// The form for a name.
///
/// # Errors
/// If the method is not theirs, or the database does not answer.
pub async fn name(
    State(app): State<AppState>,
    visit: Visit,
    Path(method): Path<String>,
) -> Result<Response, Problem> {
    let view = methods::view(&app.ctx, &visit.actor(), id_of(&method)?).await?;
    let form = left_by_post(&app, &visit)
        .await?
        .unwrap_or_else(|| FormState::filled(&[("label", &view.label)]));
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = NamePage {
        method: MethodCard::new(&words, &view),
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The name.
///
/// # Errors
/// If the method is not theirs, or the database does not answer.
pub async fn name_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(method): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = id_of(&method)?;
    let label = sent.get("label");
    match methods::rename(&app.ctx, &visit.actor(), id, label).await {
        Ok(()) => Ok(see_other(&format!("{HERE}?done=named"))),
        Err(error) => {
            let mut form = FormState::default();
            form.refused(&refusal_of(error)?, "label");
            let page = format!("{HERE}/{id}/name");
            back_with_mistakes(&app, visit.need_session()?, &page, &form).await
        }
    }
}

/// Makes it the one that is offered first.
///
/// # Errors
/// If the method is not theirs, or the database does not answer.
pub async fn default(
    State(app): State<AppState>,
    visit: Visit,
    Path(method): Path<String>,
    _sent: Sent,
) -> Result<Response, Problem> {
    let done = methods::set_default(&app.ctx, &visit.actor(), id_of(&method)?).await;
    to_the_list(&app, &visit, done, "default").await
}

/// Has a bank account validated that could not be when it was saved.
///
/// # Errors
/// If the method is not theirs, or the processor or the database does not answer.
pub async fn validate(
    State(app): State<AppState>,
    visit: Visit,
    Path(method): Path<String>,
    _sent: Sent,
) -> Result<Response, Problem> {
    let id = id_of(&method)?;
    let asked = methods::validate_again(&app.ctx, &visit.actor(), id, &visit.device).await;
    to_the_list(&app, &visit, asked.map(drop), "").await
}

async fn to_the_list(
    app: &AppState,
    visit: &Visit,
    done: Result<(), UseCaseError>,
    what: &str,
) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(see_other(&format!("{HERE}?done={what}"))),
        Err(error) => {
            let mut refusal = refusal_of(error)?;
            refusal.field = Some("method");
            let mut form = FormState::default();
            form.refused(&refusal, "method");
            back_with_mistakes(app, visit.need_session()?, HERE, &form).await
        }
    }
}

/// Really?
#[derive(Serialize)]
pub struct RemovePage {
    method: MethodCard,
}

impl Page for RemovePage {
    const TEMPLATE: &'static str = "member/method_remove.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        sample_views()
            .iter()
            .take(2)
            .map(|view| RemovePage {
                method: MethodCard::new(words, view),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// Asks once before it is removed, or says why it cannot be.
///
/// # Errors
/// If the method is not theirs, or the database does not answer.
pub async fn remove(
    State(app): State<AppState>,
    visit: Visit,
    Path(method): Path<String>,
) -> Result<Response, Problem> {
    let view = methods::view(&app.ctx, &visit.actor(), id_of(&method)?).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = RemovePage {
        method: MethodCard::new(&words, &view),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Removes it.
///
/// # Errors
/// If the method is not theirs, or the database does not answer.
pub async fn remove_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(method): Path<String>,
    _sent: Sent,
) -> Result<Response, Problem> {
    let done = methods::remove(&app.ctx, &visit.actor(), id_of(&method)?).await;
    to_the_list(&app, &visit, done, "removed").await
}
