//! How much to pay.

use ::payments::AmountChoice;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::{AccountId, Cents, MoneyError};
use plan::Audience;
use serde::Serialize;
use usecases::errands;
use usecases::payments::{self, Payable};

use super::errand::{Flow, KIND, KeptAccount, OwedView, PayErrand, Step, StepView, payable};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// How much to pay.
#[derive(Serialize)]
pub struct AmountPage {
    step: StepView,
    owed: OwedView,
    partial: bool,
    most: String,
    account_last_four: String,
    several: bool,
    form: FormView,
}

impl Page for AmountPage {
    const TEMPLATE: &'static str = "pay/amount.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let owed = |due: &str, past: &str| OwedView {
            amount_due: due.to_owned(),
            nothing_due: due == "$0.00",
            past_due: past.to_owned(),
            due_on: if due == "$0.00" {
                String::new()
            } else {
                words.weekday_and_date(jiff::civil::date(2026, 12, 1))
            },
        };
        let page = |owed: OwedView, form: FormState| AmountPage {
            step: StepView::sample(2, true),
            owed,
            partial: true,
            most: "$10,000.00".to_owned(),
            account_last_four: "0017".to_owned(),
            several: true,
            form: form.view(words),
        };
        let mut wrong = FormState::filled(&[("choice", "other"), ("amount", "12.345")]);
        wrong.mistake("amount", "amount-fraction");
        vec![
            page(owed("$86.40", ""), FormState::default()),
            page(owed("$486.40", "$400.00"), wrong),
            page(owed("$0.00", ""), FormState::default()),
        ]
    }

    fn audience(&self) -> Audience {
        self.step.audience()
    }
}

/// The page, in a payment under way.
///
/// # Errors
/// If the account is not this actor's, or the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    flow: Flow,
) -> Result<Response, Problem> {
    if let Some(detour) = flow.detour(Step::Amount) {
        return Ok(detour);
    }
    let payable = payable(&app, &visit, &flow).await?;
    let form = match left_by_post(&app, &visit).await? {
        Some(form) => form,
        None => {
            let typed = if flow.body.choice == "other" {
                flow.cents().plain()
            } else {
                String::new()
            };
            FormState::filled(&[("choice", &flow.body.choice), ("amount", &typed)])
        }
    };
    let back = if flow.body.guest {
        format!("{}/identify", flow.base)
    } else {
        "/account".to_owned()
    };
    let step = StepView::new(&flow, Step::Amount, back);
    Ok(page(
        &app,
        &visit,
        step,
        &payable,
        &form,
        flow.body.accounts.len() > 1,
    ))
}

/// The answer, in a payment under way.
///
/// # Errors
/// If the account is not this actor's, or the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    mut flow: Flow,
    sent: Sent,
) -> Result<Response, Problem> {
    if let Some(detour) = flow.detour(Step::Amount) {
        return Ok(detour);
    }
    let payable = payable(&app, &visit, &flow).await?;
    match chosen(&sent, &payable)? {
        Ok(cents) => {
            sent.get("choice").clone_into(&mut flow.body.choice);
            flow.body.cents = Some(cents.get());
            flow.save(&app).await?;
            Ok(flow.onward())
        }
        Err(form) => {
            back_with_mistakes(&app, &flow.session, &flow.address(Step::Amount), &form).await
        }
    }
}

/// The first page of a member's payment: nothing is kept until an amount is chosen.
///
/// # Errors
/// Not found if the account is not this member's.
pub async fn start(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let account = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let payable = payments::payable(&app.ctx, &visit.actor(), account).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let step = StepView::first_of_member();
    Ok(page(&app, &visit, step, &payable, &form, false))
}

/// Starts a member's payment with its amount.
///
/// # Errors
/// Not found if the account is not this member's.
pub async fn start_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let session = visit.need_session()?;
    let payable = payments::payable(&app.ctx, &visit.actor(), id).await?;
    let cents = match chosen(&sent, &payable)? {
        Ok(cents) => cents,
        Err(form) => {
            return back_with_mistakes(&app, session, &format!("/account/{account}/pay"), &form)
                .await;
        }
    };
    let home = usecases::pages::account_home(&app.ctx, &visit.actor()).await?;
    let errand = PayErrand {
        accounts: vec![KeptAccount {
            account: id.to_string(),
            last_four: payable.account_last_four.clone(),
            plan_line: payable.plan_line.clone(),
        }],
        account: Some(id.to_string()),
        choice: sent.get("choice").to_owned(),
        cents: Some(cents.get()),
        payer_name: home.member_name,
        ..PayErrand::default()
    };
    let errand = errands::create(&app.ctx, session, KIND, &errand).await?;
    Ok(see_other(&format!("/account/{id}/pay/{errand}/method")))
}

fn page(
    app: &AppState,
    visit: &Visit,
    step: StepView,
    payable: &Payable,
    form: &FormState,
    several: bool,
) -> Response {
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = AmountPage {
        step,
        owed: OwedView::new(payable, &words),
        partial: payable.partial_allowed,
        most: payable.most.to_string(),
        account_last_four: payable.account_last_four.clone(),
        several,
        form: form.view(&words),
    };
    show(app, visit, StatusCode::OK, &page)
}

/// The amount that was chosen, or the form with its mistakes.
///
/// # Errors
/// If the database does not answer.
pub fn chosen(sent: &Sent, payable: &Payable) -> Result<Result<Cents, FormState>, Problem> {
    let mut form = sent.keep(&["choice", "amount"]);
    let choice = match sent.get("choice") {
        "total" => AmountChoice::TotalDue,
        "past-due" => AmountChoice::PastDue,
        "other" => match Cents::parse(sent.get("amount")) {
            Ok(cents) => AmountChoice::Other(cents),
            Err(error) => {
                form.mistake("amount", money_mistake(&error));
                return Ok(Err(form));
            }
        },
        _ => {
            form.mistake("choice", "choice-missing");
            return Ok(Err(form));
        }
    };
    match payments::choose_amount(payable, choice) {
        Ok(cents) => Ok(Ok(cents)),
        Err(error) => {
            let mut refusal = refusal_of(error)?;
            if sent.get("choice") != "other" {
                refusal.field = Some("choice");
            }
            form.refused(&refusal, "amount");
            Ok(Err(form))
        }
    }
}

/// What is wrong with an amount, as the string catalogues know it.
#[must_use]
pub fn money_mistake(error: &MoneyError) -> &'static str {
    match error {
        MoneyError::Empty => "amount-empty",
        MoneyError::NotANumber { .. } => "amount-not-a-number",
        MoneyError::FractionOfACent { .. } => "amount-fraction",
        MoneyError::TooLarge => "amount-far-too-large",
    }
}
