//! The page between wanting to stop autopay and stopping it: what still goes out, and what then.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use jiff::civil::{Date, date};
use kernel::AccountId;
use plan::Audience;
use serde::Serialize;
use usecases::autopay::{self, AutopayView, DraftState, NextDraft};

use super::{next, overview};
use crate::error::Problem;
use crate::form::Sent;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The page.
#[derive(Serialize)]
pub struct StopPage {
    account: String,
    /// What becomes of the next draft, in a sentence.
    next: String,
    /// True if that still goes out.
    goes_out: bool,
    /// Drafts that are on their way already, in sentences.
    on_the_way: Vec<String>,
}

impl StopPage {
    fn new(words: &Words<'_>, view: &AutopayView, today: Date) -> Self {
        let (next, goes_out) = of_next(words, &view.next, today);
        let on_the_way = view
            .past
            .iter()
            .filter(|draft| draft.state == DraftState::Sent);
        StopPage {
            account: view.account.to_string(),
            next,
            goes_out,
            on_the_way: on_the_way
                .map(|draft| {
                    let (amount, month) = (draft.cents.to_string(), words.month(draft.month));
                    let values = [("amount", amount.as_str()), ("month", &month)];
                    words.say("autopay-stop-on-the-way", &values)
                })
                .collect(),
        }
    }
}

/// What becomes of the next draft, and whether it goes out all the same.
fn of_next(words: &Words<'_>, next: &NextDraft, today: Date) -> (String, bool) {
    match next {
        NextDraft::Scheduled {
            debit_on,
            cents,
            stop_by,
            ..
        } => {
            let (amount, day) = (cents.to_string(), words.weekday_and_date(*debit_on));
            let last = words.weekday_and_date(*stop_by);
            let values = [("amount", amount.as_str()), ("day", &day), ("last", &last)];
            if today <= *stop_by {
                (words.say("autopay-stop-in-time", &values), false)
            } else {
                (words.say("autopay-stop-late", &values), true)
            }
        }
        NextDraft::Again { cents, .. } => {
            let amount = cents.to_string();
            (
                words.say("autopay-stop-again", &[("amount", &amount)]),
                false,
            )
        }
        NextDraft::Awaiting { .. } | NextDraft::None { .. } | NextDraft::Off => {
            (words.say("autopay-stop-nothing", &[]), false)
        }
    }
}

impl Page for StopPage {
    const TEMPLATE: &'static str = "autopay/stop.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let today = date(2026, 11, 23);
        next::samples()
            .into_iter()
            .take(5)
            .map(|next| Self::new(words, &overview::sample(words, next, true), today))
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The page.
///
/// # Errors
/// Not found if the account is not this member's.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let account = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let view = autopay::view(&app.ctx, &visit.actor(), account).await?;
    if !view
        .mandate
        .as_ref()
        .is_some_and(autopay::MandateView::is_active)
    {
        return Ok(see_other(&format!("/account/{account}/autopay")));
    }
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = StopPage::new(&words, &view, app.ctx.today());
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Stops.
///
/// # Errors
/// Not found if the account is not this member's.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    _sent: Sent,
) -> Result<Response, Problem> {
    let account = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let stopped = autopay::stop(&app.ctx, &visit.actor(), account).await?;
    let last = stopped.last_draft.map(|day| format!("&last={day}"));
    Ok(see_other(&format!(
        "/account/{account}/autopay?done=off{}",
        last.unwrap_or_default()
    )))
}
