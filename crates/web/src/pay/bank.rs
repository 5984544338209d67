//! Bank details: the only account numbers that pass through, on their way to the processor.

use ::payments::saved_method::MethodState;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kernel::{BankAccountNumber, BankAccountNumberError, RoutingNumber, RoutingNumberError};
use plan::Audience;
use serde::Serialize;
use serde_json::{Value, json};
use usecases::methods;
use usecases::payments::{self, BankEntry, Method};
use usecases::{Refusal, UseCaseError};

use super::errand::{Flow, Step, StepView};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// Bank details.
#[derive(Serialize)]
pub struct BankPage {
    step: StepView,
    amount: String,
    form: FormView,
}

impl Page for BankPage {
    const TEMPLATE: &'static str = "pay/bank.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let page = |form: FormState| BankPage {
            step: StepView::sample(4, true),
            amount: "$86.40".to_owned(),
            form: form.view(words),
        };
        let mut wrong = FormState::filled(&[("kind", "savings"), ("payer_name", "Ana Peña")]);
        wrong.mistake_with("routing", "routing-length", &[("found", "8".to_owned())]);
        wrong.mistake("account", "account-missing");
        wrong.mistake("account_again", "account-differs");
        vec![page(FormState::default()), page(wrong)]
    }

    fn audience(&self) -> Audience {
        self.step.audience()
    }
}

/// The page. Numbers are never filled in again.
///
/// # Errors
/// If the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    flow: Flow,
) -> Result<Response, Problem> {
    if let Some(detour) = flow.detour(Step::Details) {
        return Ok(detour);
    }
    if flow.body.kind != "bank" {
        return Ok(see_other(&flow.address(Step::Method)));
    }
    let form = left_by_post(&app, &visit)
        .await?
        .unwrap_or_else(|| FormState::filled(&[("payer_name", &flow.body.payer_name)]));
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = BankPage {
        step: StepView::new(&flow, Step::Details, flow.address(Step::Method)),
        amount: flow.cents().to_string(),
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The details: checked, handed to the processor, and forgotten.
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
    let (entry, mut form) = read(&sent);
    if let Some(entry) = entry {
        match given(&app, &visit, &flow, &entry).await {
            Ok(method) => {
                flow.body.method = Some(method.into());
                flow.body.payer_name = entry.holder;
                flow.save(&app).await?;
                return Ok(flow.onward());
            }
            Err(error) => {
                let mut refusal = refusal_of(error)?;
                refusal.field = Some("account");
                form.refused(&refusal, "account");
            }
        }
    }
    let page = format!("{}/bank", flow.base);
    back_with_mistakes(&app, &flow.session, &page, &form).await
}

/// The account that was given: for this payment, or kept for the next ones too.
async fn given(
    app: &AppState,
    visit: &Visit,
    flow: &Flow,
    entry: &BankEntry,
) -> Result<Method, UseCaseError> {
    let (ctx, line, actor) = (&app.ctx, flow.plan_line(), visit.actor());
    if !flow.body.save {
        return payments::bank_method(ctx, &actor, line, entry, &visit.device).await;
    }
    let saved = methods::add_bank(ctx, &actor, entry, &visit.device).await?;
    if saved.state == MethodState::Validating {
        return Err(Refusal::of("account", "bank-saved-needs-deposits").into());
    }
    methods::pay_with(ctx, &actor, line, saved.method).await
}

/// The bank with a routing number, for the line under the field.
pub async fn look_up(State(app): State<AppState>, visit: Visit) -> Json<Value> {
    let typed = visit.asked("routing").unwrap_or_default();
    let number = RoutingNumber::parse(&typed).ok();
    let name = number
        .as_ref()
        .and_then(|number| payments::bank_name(&app.ctx, number));
    Json(json!({ "name": name }))
}

/// The bank details of a form, and what is wrong with them. Numbers are not kept for showing them
/// again.
pub fn read(sent: &Sent) -> (Option<BankEntry>, FormState) {
    let mut form = sent.keep(&["kind", "payer_name"]);
    let holder = form.free_text("payer_name", sent.get("payer_name"), "holder-missing");
    let savings = match sent.get("kind") {
        "checking" => Some(false),
        "savings" => Some(true),
        _ => form.check("kind", Err("kind-missing")),
    };
    let routing = match RoutingNumber::parse(sent.get("routing")) {
        Ok(number) => Some(number),
        Err(RoutingNumberError::WrongLength { found }) => {
            form.mistake_with("routing", "routing-length", &[("found", found.to_string())]);
            None
        }
        Err(RoutingNumberError::Empty) => form.check("routing", Err("routing-missing")),
        Err(RoutingNumberError::NotDigits) => form.check("routing", Err("routing-not-digits")),
        Err(RoutingNumberError::CheckDigit) => form.check("routing", Err("routing-check-digit")),
    };
    let number = form.check(
        "account",
        BankAccountNumber::parse(sent.get("account")).map_err(|error| match error {
            BankAccountNumberError::Empty => "account-missing",
            BankAccountNumberError::NotDigits => "account-not-digits",
            BankAccountNumberError::WrongLength { .. } => "account-length",
        }),
    );
    if let Some(number) = &number {
        let again = BankAccountNumber::parse(sent.get("account_again")).ok();
        if routing
            .as_ref()
            .is_some_and(|routing| routing.as_str() == number.expose())
        {
            form.mistake("account", "account-is-routing");
        } else if again.as_ref() != Some(number) {
            form.mistake("account_again", "account-differs");
        }
    }
    match (routing, number, savings, holder) {
        (Some(routing), Some(number), Some(savings), Some(holder)) if form.is_right() => (
            Some(BankEntry {
                routing,
                number,
                savings,
                holder,
            }),
            form,
        ),
        _ => (None, form),
    }
}
