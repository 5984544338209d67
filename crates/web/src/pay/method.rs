//! Card or bank account?

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kernel::Tender;
use plan::Audience;
use serde::Serialize;
use usecases::payments;

use super::errand::{Flow, Step, StepView};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::public::pay::tender_name;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// Card or bank account.
#[derive(Serialize)]
pub struct MethodPage {
    step: StepView,
    amount: String,
    cards: Vec<String>,
    bank: bool,
    refused: Vec<String>,
    no_fee: String,
    form: FormView,
}

impl MethodPage {
    fn new(words: &Words<'_>, step: StepView, amount: String, form: &FormState) -> Self {
        let tenders = &words.plan.tenders;
        let cards = tenders.accepted.iter().filter(|tender| tender.is_card());
        MethodPage {
            step,
            amount,
            cards: cards.map(|tender| tender_name(words, *tender)).collect(),
            bank: tenders.accepted.contains(&Tender::BankAccount),
            refused: tenders
                .refused
                .iter()
                .map(|refused| refused.said.in_language(words.language).to_owned())
                .collect(),
            no_fee: words
                .plan
                .payments
                .no_fee
                .in_language(words.language)
                .to_owned(),
            form: form.view(words),
        }
    }
}

impl Page for MethodPage {
    const TEMPLATE: &'static str = "pay/method.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake("method", "method-missing");
        let amount = || "$86.40".to_owned();
        vec![
            Self::new(
                words,
                StepView::sample(3, true),
                amount(),
                &FormState::default(),
            ),
            Self::new(words, StepView::sample(2, false), amount(), &wrong),
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
    if let Some(detour) = flow.detour(Step::Method) {
        return Ok(detour);
    }
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit)
        .await?
        .unwrap_or_else(|| FormState::filled(&[("method", &flow.body.kind)]));
    let step = StepView::new(&flow, Step::Method, flow.address(Step::Amount));
    let page = MethodPage::new(&words, step, flow.cents().to_string(), &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The answer. For a card, the processor's fields are opened here, so that the next page only shows
/// them.
///
/// # Errors
/// If the processor or the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    mut flow: Flow,
    sent: Sent,
) -> Result<Response, Problem> {
    if let Some(detour) = flow.detour(Step::Method) {
        return Ok(detour);
    }
    let mut form = sent.keep(&["method"]);
    let kind = sent.get("method");
    match kind {
        "bank" => {}
        "card" => match open_card_fields(&app, &visit, &flow).await {
            Ok(card) => flow.body.card = Some(card.into()),
            Err(error) => form.refused(&refusal_of(error)?, "method"),
        },
        _ => form.mistake("method", "method-missing"),
    }
    if !form.is_right() {
        let page = flow.address(Step::Method);
        return back_with_mistakes(&app, &flow.session, &page, &form).await;
    }
    // Changing the method means new details, even if it is the same kind again.
    kind.clone_into(&mut flow.body.kind);
    flow.body.method = None;
    flow.save(&app).await?;
    Ok(see_other(&flow.address(Step::Details)))
}

async fn open_card_fields(
    app: &AppState,
    visit: &Visit,
    flow: &Flow,
) -> Result<payments::CardFields, usecases::UseCaseError> {
    let back = format!("{}{}/card/return", app.ctx.settings.public_url, flow.base);
    payments::card_fields(&app.ctx, flow.plan_line(), visit.language, &back).await
}
