//! Skipping one month, and taking that back.

use axum::extract::{Path, State};
use axum::response::Response;
use kernel::{AccountId, BillingMonth};
use usecases::{UseCaseError, autopay};

use crate::error::Problem;
use crate::form::{FormState, Sent, back_with_mistakes, refusal_of};
use crate::state::AppState;
use crate::visit::{Visit, see_other};

/// Takes a month out.
///
/// # Errors
/// Not found if the account is not this member's.
pub async fn skip(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (account, month) = read(&account, &sent)?;
    let outcome = autopay::skip(&app.ctx, &visit.actor(), account, month).await;
    answer(&app, &visit, account, outcome, "skipped").await
}

/// Puts a month back in.
///
/// # Errors
/// As [`skip`].
pub async fn unskip(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (account, month) = read(&account, &sent)?;
    let outcome = autopay::unskip(&app.ctx, &visit.actor(), account, month).await;
    answer(&app, &visit, account, outcome, "unskipped").await
}

/// Back to the page about autopay, with what was done or why it was not.
async fn answer(
    app: &AppState,
    visit: &Visit,
    account: AccountId,
    outcome: Result<(), UseCaseError>,
    done: &str,
) -> Result<Response, Problem> {
    let page = format!("/account/{account}/autopay");
    match outcome {
        Ok(()) => Ok(see_other(&format!("{page}?done={done}"))),
        Err(error) => {
            let mut form = FormState::default();
            form.refused(&refusal_of(error)?, "months");
            back_with_mistakes(app, visit.need_session()?, &page, &form).await
        }
    }
}

fn read(account: &str, sent: &Sent) -> Result<(AccountId, BillingMonth), Problem> {
    let account = AccountId::parse(account).ok_or_else(Problem::not_found)?;
    let month = BillingMonth::parse(sent.get("month")).map_err(|_| Problem::bad_request())?;
    Ok((account, month))
}
