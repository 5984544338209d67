//! Pressing Pay and waiting for what comes of it.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use plan::Audience;
use serde::Serialize;
use serde_json::{Value, json};
use usecases::payments::{self, PayCommand};
use usecases::{UseCaseError, errands};

use super::errand::{Flow, KeptMethod, PayErrand};
use crate::error::Problem;
use crate::form::{FormState, Sent};
use crate::page::{Page, show};
use crate::session;
use crate::state::AppState;
use crate::visit::{Visit, see_other};

/// The payment is on its way.
#[derive(Serialize)]
pub struct SendingPage {
    base: String,
    guest: bool,
    amount: String,
}

impl Page for SendingPage {
    const TEMPLATE: &'static str = "pay/sending.html";

    fn samples(_: &crate::words::Words<'_>) -> Vec<Self> {
        vec![SendingPage {
            base: "/guest/0".to_owned(),
            guest: true,
            amount: "$86.40".to_owned(),
        }]
    }

    fn audience(&self) -> Audience {
        if self.guest {
            Audience::Guest
        } else {
            Audience::Member
        }
    }

    fn refresh(&self) -> u8 {
        2
    }
}

/// Takes the payment in a task of its own, waits for it a while, and sends the browser on to the
/// waiting page, which knows what came of it. The errand's id is the key: however often this runs
/// for an errand, there is one payment.
///
/// # Errors
/// If what is kept of the payment cannot be used.
pub async fn send(app: &AppState, visit: &Visit, flow: Flow) -> Result<Response, Problem> {
    let method = flow
        .body
        .method
        .as_ref()
        .and_then(KeptMethod::method)
        .ok_or_else(Problem::bad_request)?;
    let language = visit.language;
    let line = flow.plan_line();
    let text = payments::authorisation(&app.ctx, language, line, flow.cents(), &method);
    let command = PayCommand {
        account: flow.account()?,
        idempotency_key: flow.id.to_string(),
        cents: flow.cents(),
        channel: flow.channel(),
        method,
        payer_name: flow.body.payer_name.clone(),
        payer_email: flow.body.payer_email.clone(),
        language,
        authorisation_version: text.version,
        user_agent: visit.device.clone(),
    };
    let waiting = format!("{}/sending", flow.base);
    let (task_app, actor) = (app.clone(), visit.actor());
    let work = tokio::spawn(async move {
        let taken = payments::take(&task_app.ctx, &actor, command).await;
        keep_outcome(&task_app, flow, taken).await
    });
    match tokio::time::timeout(app.settings.patience, work).await {
        Ok(Ok(Err(problem))) => Err(problem.while_paying()),
        Ok(Err(_)) => Err(Problem::broken_while_paying()),
        Ok(Ok(Ok(()))) | Err(_) => Ok(see_other(&waiting)),
    }
}

async fn keep_outcome(
    app: &AppState,
    mut flow: Flow,
    taken: Result<kernel::PaymentId, UseCaseError>,
) -> Result<(), Problem> {
    match taken {
        Ok(payment) => {
            errands::conclude(&app.ctx, &flow.session, flow.id, &payment.to_string()).await?;
            Ok(())
        }
        // Nothing was taken: the review page says why, and Pay can be pressed again.
        Err(UseCaseError::Refused(refusal)) => {
            let mut form = FormState::default();
            form.refused(&refusal, "pay");
            flow.body.refused = Some(form);
            flow.body.sent = false;
            flow.save(app).await
        }
        Err(error) => {
            let not_sent = matches!(error, UseCaseError::Unavailable(_));
            let problem = Problem::from(error);
            if not_sent {
                flow.body.sent = false;
                flow.save(app).await?;
            }
            Err(problem)
        }
    }
}

/// The waiting page; once the outcome is there, the way to it. On the way a cookie changes that
/// pages cannot read, which makes browsers drop the old form pages they keep for Back. It is not
/// the session's: a second window, or a phone that lost this answer, must still find the receipt.
///
/// # Errors
/// If the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    flow: Flow,
) -> Result<Response, Problem> {
    if is_done(&app, &visit, &flow).await? {
        let outcome = see_other(&format!("{}/receipt", flow.base));
        return Ok(session::with_mark(&app, outcome, &flow.id.to_string()));
    }
    if !flow.body.sent {
        return Ok(flow.onward());
    }
    let page = SendingPage {
        base: flow.base.clone(),
        guest: flow.body.guest,
        amount: flow.cents().to_string(),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// "Check again" on the waiting page: sends the same payment with the same key, which does nothing
/// if it is under way, and carries it out if the program stopped before it was.
///
/// # Errors
/// If the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    flow: Flow,
    _sent: Sent,
) -> Result<Response, Problem> {
    if flow.payment.is_some() || !flow.body.sent {
        return Ok(see_other(&format!("{}/sending", flow.base)));
    }
    send(&app, &visit, flow).await
}

/// For the script on the waiting page: is the outcome there?
///
/// # Errors
/// If the database does not answer.
pub async fn status(
    State(app): State<AppState>,
    visit: Visit,
    flow: Flow,
) -> Result<Json<Value>, Problem> {
    let done = is_done(&app, &visit, &flow).await? || !flow.body.sent;
    Ok(Json(json!({ "done": done })))
}

/// Starts a new payment with what is known, after one that took nothing.
///
/// # Errors
/// If the database does not answer.
pub async fn again(
    State(app): State<AppState>,
    flow: Flow,
    _sent: Sent,
) -> Result<Response, Problem> {
    let errand = PayErrand {
        card: None,
        method: None,
        kind: String::new(),
        sent: false,
        refused: None,
        ..flow.body.clone()
    };
    let id = errands::create(&app.ctx, &flow.session, super::errand::KIND, &errand).await?;
    let base = flow.base.replace(&flow.id.to_string(), &id.to_string());
    Ok(see_other(&format!("{base}/method")))
}

async fn is_done(app: &AppState, visit: &Visit, flow: &Flow) -> Result<bool, Problem> {
    let Some(payment) = flow.payment else {
        return Ok(false);
    };
    let view = payments::view(&app.ctx, &visit.actor(), flow.account()?, payment).await?;
    Ok(view.status != ::payments::PaymentStatus::Sent)
}
