//! Which account, if the member has several.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kernel::AccountId;
use plan::Audience;
use serde::Serialize;
use usecases::payments;

use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post};
use crate::page::{Page, show};
use crate::pay::errand::{Flow, OwedView, Step, StepView};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The accounts to choose from: their last digits and what is due, and nothing else of the member.
#[derive(Serialize)]
pub struct AccountsPage {
    step: StepView,
    accounts: Vec<AccountChoice>,
    form: FormView,
}

#[derive(Serialize)]
struct AccountChoice {
    account: String,
    last_four: String,
    owed: OwedView,
}

impl Page for AccountsPage {
    const TEMPLATE: &'static str = "guest/accounts.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let choice = |account: &str, due: &str| AccountChoice {
            account: account.to_owned(),
            last_four: "0017".to_owned(),
            owed: OwedView {
                amount_due: due.to_owned(),
                nothing_due: due == "$0.00",
                past_due: String::new(),
                due_on: words.date(jiff::civil::date(2026, 12, 1)),
            },
        };
        let mut wrong = FormState::default();
        wrong.mistake("account", "account-choice-missing");
        vec![AccountsPage {
            step: StepView::sample(1, true),
            accounts: vec![choice("a", "$86.40"), choice("b", "$0.00")],
            form: wrong.view(words),
        }]
    }

    fn audience(&self) -> Audience {
        Audience::Guest
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
    if let Some(detour) = flow.detour(Step::Account) {
        return Ok(detour);
    }
    let words = Words::new(visit.language, &app.ctx.plan);
    let chosen = flow.body.account.clone().unwrap_or_default();
    let form = left_by_post(&app, &visit)
        .await?
        .unwrap_or_else(|| FormState::filled(&[("account", &chosen)]));
    let mut accounts = Vec::new();
    for kept in &flow.body.accounts {
        let id = AccountId::parse(&kept.account).ok_or_else(Problem::broken)?;
        let payable = payments::payable(&app.ctx, &visit.actor(), id).await?;
        accounts.push(AccountChoice {
            account: kept.account.clone(),
            last_four: kept.last_four.clone(),
            owed: OwedView::new(&payable, &words),
        });
    }
    let page = AccountsPage {
        step: StepView::new(&flow, Step::Account, format!("{}/identify", flow.base)),
        accounts,
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The choice.
///
/// # Errors
/// If the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    mut flow: Flow,
    sent: Sent,
) -> Result<Response, Problem> {
    if let Some(detour) = flow.detour(Step::Account) {
        return Ok(detour);
    }
    let chosen = sent.get("account");
    // Only an account that was found for this guest, whatever the form says.
    if flow.body.accounts.iter().any(|kept| kept.account == chosen) {
        if flow.body.account.as_deref() != Some(chosen) {
            flow.body.cents = None;
            flow.body.method = None;
        }
        flow.body.account = Some(chosen.to_owned());
        flow.save(&app).await?;
        return Ok(flow.onward());
    }
    let mut form = FormState::default();
    form.mistake("account", "account-choice-missing");
    back_with_mistakes(&app, &flow.session, &flow.address(Step::Account), &form).await
}
