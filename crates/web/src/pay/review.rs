//! Is all right? The last page before money moves.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use plan::Audience;
use serde::Serialize;
use usecases::payments::{self, RecentPayment};

use super::card::method_words;
use super::errand::{Flow, Step, StepView};
use super::sending;
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// Everything once more, with a way to change each line.
#[derive(Serialize)]
pub struct ReviewPage {
    step: StepView,
    base: String,
    details: String,
    amount: String,
    account_last_four: String,
    method: String,
    payer_name: String,
    payer_email: String,
    is_bank: bool,
    authorisation: String,
    repeat: Option<RepeatView>,
    form: FormView,
}

/// A payment just like this one, made a short while ago.
#[derive(Serialize)]
pub struct RepeatView {
    confirmation: String,
    at: String,
    amount: String,
}

impl RepeatView {
    /// In words.
    #[must_use]
    pub fn new(words: &Words<'_>, recent: &RecentPayment) -> Self {
        RepeatView {
            confirmation: recent.confirmation.clone(),
            at: words.instant(recent.at),
            amount: recent.cents.to_string(),
        }
    }

    /// For samples.
    #[must_use]
    pub fn sample(words: &Words<'_>) -> Self {
        RepeatView {
            confirmation: "123 456 7897".to_owned(),
            at: words.date(jiff::civil::date(2026, 11, 23)),
            amount: "$86.40".to_owned(),
        }
    }
}

impl Page for ReviewPage {
    const TEMPLATE: &'static str = "pay/review.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let page = |guest: bool, bank: bool, repeat: bool, form: FormState| ReviewPage {
            step: StepView::sample(if guest { 5 } else { 4 }, guest),
            base: "/guest/0".to_owned(),
            details: "/guest/0/bank".to_owned(),
            amount: "$86.40".to_owned(),
            account_last_four: "0017".to_owned(),
            method: words.say("method-ending", &[("name", "Visa"), ("digits", "4242")]),
            payer_name: "Ana <b>Peña</b>".to_owned(),
            payer_email: if guest {
                "ana@example.com".to_owned()
            } else {
                String::new()
            },
            is_bank: bank,
            authorisation: words
                .plan
                .texts
                .bank_once
                .text
                .in_language(words.language)
                .to_owned(),
            repeat: repeat.then(|| RepeatView::sample(words)),
            form: form.view(words),
        };
        let mut wrong = FormState::default();
        wrong.mistake("authorise", "authorise-missing");
        wrong.mistake("repeat", "repeat-missing");
        vec![
            page(true, true, true, wrong),
            page(false, false, false, FormState::default()),
        ]
    }

    fn audience(&self) -> Audience {
        self.step.audience()
    }
}

/// The page.
///
/// # Errors
/// If the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    flow: Flow,
) -> Result<Response, Problem> {
    if let Some(detour) = flow.detour(Step::Review) {
        return Ok(detour);
    }
    let words = Words::new(visit.language, &app.ctx.plan);
    let method = flow
        .body
        .method
        .as_ref()
        .and_then(super::errand::KeptMethod::method)
        .ok_or_else(Problem::bad_request)?;
    let form = match left_by_post(&app, &visit).await? {
        Some(form) => form,
        None => flow.body.refused.clone().unwrap_or_default(),
    };
    let (cents, line) = (flow.cents(), flow.plan_line());
    let text = payments::authorisation(&app.ctx, visit.language, line, cents, &method);
    let recent = payments::recent_same(&app.ctx, flow.account()?, cents).await?;
    let page = ReviewPage {
        base: flow.base.clone(),
        details: flow.address(Step::Details),
        amount: cents.to_string(),
        account_last_four: flow
            .body
            .accounts
            .iter()
            .find(|kept| Some(&kept.account) == flow.body.account.as_ref())
            .map(|kept| kept.last_four.clone())
            .unwrap_or_default(),
        method: method_words(&words, &method),
        payer_name: flow.body.payer_name.clone(),
        payer_email: flow.body.payer_email.clone(),
        is_bank: !method.tender.is_card(),
        authorisation: text.text,
        repeat: recent.map(|recent| RepeatView::new(&words, &recent)),
        form: form.view(&words),
        step: StepView::new(&flow, Step::Review, flow.address(Step::Details)),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Pay. What was agreed to must be ticked; then the payment goes on by itself, whatever becomes of
/// this request. A second window whose form is older than the payment is told that it was sent: "we
/// did not take a payment" would be false there.
///
/// # Errors
/// If the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    mut flow: Flow,
    sent: Result<Sent, Problem>,
) -> Result<Response, Problem> {
    if let Some(detour) = flow.detour(Step::Review) {
        return Ok(detour);
    }
    let sent = sent?;
    let method = flow.body.method.as_ref();
    let method = method.and_then(super::errand::KeptMethod::method);
    let is_bank = method.is_some_and(|method| !method.tender.is_card());
    let mut form = FormState::default();
    if is_bank && !sent.ticked("authorise") {
        form.mistake("authorise", "authorise-missing");
    }
    let recent = payments::recent_same(&app.ctx, flow.account()?, flow.cents()).await?;
    if recent.is_some() && !sent.ticked("repeat") {
        form.mistake("repeat", "repeat-missing");
    }
    if !form.is_right() {
        let page = flow.address(Step::Review);
        return back_with_mistakes(&app, &flow.session, &page, &form).await;
    }
    flow.body.sent = true;
    flow.body.refused = None;
    flow.save(&app).await?;
    sending::send(&app, &visit, flow).await
}
