//! Card details: typed at the processor, in a frame or on its own page. No card number comes here.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use plan::Audience;
use serde::Serialize;
use usecases::UseCaseError;
use usecases::methods;
use usecases::payments::{self, Method};

use super::errand::{Flow, Step, StepView};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::public::pay::tender_name;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The processor's card fields.
#[derive(Serialize)]
pub struct CardPage {
    step: StepView,
    amount: String,
    /// Empty if the processor has no page for a frame.
    frame_url: String,
    hosted_url: String,
    /// The card that was given, such as `Visa ending in 4242`; empty before.
    entered: String,
    cards: Vec<String>,
    ask_name: bool,
    form: FormView,
}

impl Page for CardPage {
    const TEMPLATE: &'static str = "pay/card.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let page = |frame: &str, entered: &str, ask_name: bool, form: FormState| CardPage {
            step: StepView::sample(4, ask_name),
            amount: "$86.40".to_owned(),
            frame_url: frame.to_owned(),
            hosted_url: "http://127.0.0.1:4243/pay/cs_1".to_owned(),
            entered: entered.to_owned(),
            cards: words
                .plan
                .tenders
                .accepted
                .iter()
                .filter(|tender| tender.is_card())
                .map(|tender| tender_name(words, *tender))
                .collect(),
            ask_name,
            form: form.view(words),
        };
        let mut wrong = FormState::filled(&[("payer_name", "Ana")]);
        wrong.mistake_with(
            "card",
            "card-brand-refused",
            &[("brand", "American Express".to_owned())],
        );
        let mut declined = FormState::default();
        declined.mistake_with("card", "card-declined", &[("reason", "refused".to_owned())]);
        let frame = "http://127.0.0.1:4243/frame/cs_1";
        vec![
            page(frame, "", true, FormState::default()),
            page("", "", false, declined),
            page(frame, "Visa •••• 4242", true, wrong),
        ]
    }

    fn audience(&self) -> Audience {
        self.step.audience()
    }

    fn frame(&self) -> Option<&str> {
        (!self.frame_url.is_empty() && self.entered.is_empty()).then_some(self.frame_url.as_str())
    }
}

/// The page. Shows which card was given, once one was.
///
/// # Errors
/// If the processor or the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    flow: Flow,
) -> Result<Response, Problem> {
    if let Some(detour) = flow.detour(Step::Details) {
        return Ok(detour);
    }
    let Some(card) = flow.body.card.clone().filter(|_| flow.body.kind == "card") else {
        return Ok(see_other(&flow.address(Step::Method)));
    };
    let words = Words::new(visit.language, &app.ctx.plan);
    let mut form = left_by_post(&app, &visit)
        .await?
        .unwrap_or_else(|| FormState::filled(&[("payer_name", &flow.body.payer_name)]));
    let entered = match payments::card_method(&app.ctx, flow.plan_line(), &card.session).await {
        Ok(method) => method
            .map(|method| method_words(&words, &method))
            .unwrap_or_default(),
        Err(error) => {
            let refusal = refusal_of(error)?;
            if form.is_right() {
                form.refused(&refusal, "card");
            }
            String::new()
        }
    };
    let page = CardPage {
        step: StepView::new(&flow, Step::Details, flow.address(Step::Method)),
        amount: flow.cents().to_string(),
        frame_url: card.frame_url.unwrap_or_default(),
        hosted_url: card.hosted_url,
        entered,
        cards: words
            .plan
            .tenders
            .accepted
            .iter()
            .filter(|tender| tender.is_card())
            .map(|tender| tender_name(&words, *tender))
            .collect(),
        ask_name: flow.body.guest,
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Continue: the card must have been given by now.
///
/// # Errors
/// If the processor or the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    mut flow: Flow,
    sent: Sent,
) -> Result<Response, Problem> {
    if let Some(detour) = flow.detour(Step::Details) {
        return Ok(detour);
    }
    let mut form = sent.keep(&["payer_name"]);
    let Some(card) = flow.body.card.clone() else {
        return Ok(see_other(&flow.address(Step::Method)));
    };
    if flow.body.guest
        && let Some(name) =
            form.free_text("payer_name", sent.get("payer_name"), "payer-name-missing")
    {
        flow.body.payer_name = name;
    }
    match given(&app, &visit, &flow, &card.session).await {
        Ok(Some(method)) => flow.body.method = Some(method.into()),
        Ok(None) => form.mistake("card", "card-missing"),
        Err(error) => form.refused(&refusal_of(error)?, "card"),
    }
    if form.is_right() {
        flow.save(&app).await?;
        return Ok(flow.onward());
    }
    let page = format!("{}/card", flow.base);
    back_with_mistakes(&app, &flow.session, &page, &form).await
}

/// The card that was given: for this payment, or kept for the next ones too.
async fn given(
    app: &AppState,
    visit: &Visit,
    flow: &Flow,
    session: &str,
) -> Result<Option<Method>, UseCaseError> {
    let (ctx, line) = (&app.ctx, flow.plan_line());
    if !flow.body.save {
        return payments::card_method(ctx, line, session).await;
    }
    let actor = visit.actor();
    match methods::add_card_finish(ctx, &actor, session).await? {
        Some(added) => methods::pay_with(ctx, &actor, line, added.method)
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// Where the processor's own page sends the payer when done: back to ours, which looks for itself.
///
/// # Errors
/// If the half-finished payment is gone.
pub async fn back(flow: Flow) -> Result<Response, Problem> {
    Ok(flow
        .detour(Step::Details)
        .unwrap_or_else(|| see_other(&format!("{}/card", flow.base))))
}

/// A card or bank account in words: `Visa ending in 4242`.
#[must_use]
pub fn method_words(words: &Words<'_>, method: &Method) -> String {
    ending_in(words, method.tender, &method.bank_name, &method.last_four)
}

/// The same from its parts.
#[must_use]
pub fn ending_in(
    words: &Words<'_>,
    tender: kernel::Tender,
    bank_name: &str,
    last_four: &str,
) -> String {
    let name = tender_name(words, tender);
    match (bank_name, last_four) {
        (_, "") => name,
        ("", digits) => words.say("method-ending", &[("name", &name), ("digits", digits)]),
        (bank, digits) => words.say("method-ending", &[("name", bank), ("digits", digits)]),
    }
}
