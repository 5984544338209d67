//! Card or bank account?

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kernel::{MethodId, Tender};
use plan::Audience;
use serde::Serialize;
use usecases::methods::{self, MethodView};
use usecases::payments;

use super::errand::{Flow, Step, StepView};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::member::methods::{name_of, sample_views};
use crate::page::{Page, show};
use crate::public::pay::tender_name;
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// Card or bank account.
#[derive(Serialize)]
pub struct MethodPage {
    step: StepView,
    amount: String,
    cards: Vec<String>,
    bank: bool,
    /// What a member has saved and may be charged; empty for guests.
    saved: Vec<SavedChoice>,
    /// True for members, who may keep what they enter.
    offer_save: bool,
    refused: Vec<String>,
    no_fee: String,
    form: FormView,
}

/// A saved method to choose.
#[derive(Serialize)]
struct SavedChoice {
    value: String,
    name: String,
    hint: String,
}

impl SavedChoice {
    fn new(words: &Words<'_>, view: &MethodView) -> Self {
        let name = name_of(words, view);
        let detail = match view.expires {
            Some(month) => {
                let month = format!("{:02}/{}", month.month(), month.year());
                words.say("saved-expires", &[("month", &month)])
            }
            None => String::new(),
        };
        let (name, hint) = match view.label.as_str() {
            "" => (name, detail),
            label => (label.to_owned(), name),
        };
        SavedChoice {
            value: format!("{SAVED}{}", view.method),
            name,
            hint,
        }
    }
}

/// What stands before the id in the value of a saved method.
const SAVED: &str = "saved-";

impl MethodPage {
    fn new(
        words: &Words<'_>,
        step: StepView,
        amount: String,
        saved: &[MethodView],
        form: &FormState,
    ) -> Self {
        let offer_save = step.audience() == Audience::Member;
        let tenders = &words.plan.tenders;
        let cards = tenders.accepted.iter().filter(|tender| tender.is_card());
        MethodPage {
            step,
            amount,
            cards: cards.map(|tender| tender_name(words, *tender)).collect(),
            bank: tenders.accepted.contains(&Tender::BankAccount),
            saved: saved
                .iter()
                .filter(|view| view.may_be_charged() && tenders.accepted.contains(&view.tender))
                .map(|view| SavedChoice::new(words, view))
                .collect(),
            offer_save,
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
                &[],
                &FormState::default(),
            ),
            Self::new(words, StepView::sample(2, false), amount(), &[], &wrong),
            Self::new(
                words,
                StepView::sample(2, false),
                amount(),
                &sample_views(),
                &FormState::filled(&[("method", "card")]),
            ),
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
    let saved = if flow.body.guest {
        Vec::new()
    } else {
        methods::list(&app.ctx, &visit.actor()).await?
    };
    let form = left_by_post(&app, &visit).await?.unwrap_or_else(|| {
        let default = saved.iter().find(|v| v.is_default && v.may_be_charged());
        match (flow.body.kind.as_str(), default) {
            ("", Some(view)) => {
                FormState::filled(&[("method", &format!("{SAVED}{}", view.method))])
            }
            (kind, _) => FormState::filled(&[("method", kind)]),
        }
    });
    let step = StepView::new(&flow, Step::Method, flow.address(Step::Amount));
    let page = MethodPage::new(&words, step, flow.cents().to_string(), &saved, &form);
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
    let chosen = sent.get("method");
    flow.body.save = !flow.body.guest && sent.ticked("save");
    flow.body.method = None;
    let kind = match chosen.strip_prefix(SAVED).and_then(MethodId::parse) {
        Some(method) if !flow.body.guest => {
            let line = flow.plan_line();
            match methods::pay_with(&app.ctx, &visit.actor(), line, method).await {
                Ok(method) => flow.body.method = Some(method.into()),
                Err(error) => form.refused(&refusal_of(error)?, "method"),
            }
            "saved"
        }
        _ => chosen,
    };
    match kind {
        "bank" | "saved" => {}
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
    flow.save(&app).await?;
    Ok(flow.onward())
}

async fn open_card_fields(
    app: &AppState,
    visit: &Visit,
    flow: &Flow,
) -> Result<payments::CardFields, usecases::UseCaseError> {
    let back = format!("{}{}/card/return", app.ctx.settings.public_url, flow.base);
    if flow.body.save {
        return methods::add_card_start(&app.ctx, &visit.actor(), visit.language, &back).await;
    }
    payments::card_fields(&app.ctx, flow.plan_line(), visit.language, &back).await
}
