//! An account on one page: who owes, what is due, ledger, invoices, payments, mandate, notices,
//! documents and what was done to it.

mod papers;
pub mod phone;
mod sample;
mod shown;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use identity::Role;
use kernel::AccountId;
use serde::Serialize;
use usecases::autopay;
use usecases::staff::Reason;
use usecases::staff::account::{self, Section};

use super::find::{ReasonChoice, reasons};
use crate::error::Problem;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

pub use papers::{document, invoice, receipt};
pub use shown::AccountPage;

/// Where an account is shown to somebody who looks for this reason.
#[must_use]
pub fn href(account: AccountId, reason: Reason) -> String {
    format!("/staff/accounts/{account}?reason={}", reason.code())
}

/// The account that an address names.
pub(super) fn account_of(text: &str) -> Result<AccountId, Problem> {
    AccountId::parse(text).ok_or_else(Problem::not_found)
}

/// Asks why somebody looks at a member, before anything of them is shown.
#[derive(Serialize)]
pub struct WhyPage {
    reasons: Vec<ReasonChoice>,
}

impl Page for WhyPage {
    const TEMPLATE: &'static str = "staff/account_why.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        vec![WhyPage {
            reasons: reasons(words),
        }]
    }
}

/// Who looks, as far as the page depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    /// Why.
    pub reason: Reason,
    /// True if they may take payments.
    pub serves: bool,
    /// True if they may give back and give up.
    pub decides: bool,
    /// The list that is asked for as a whole.
    pub whole: Option<Section>,
}

/// The page. Without a reason it asks for one: each look at a member is written down with it.
///
/// # Errors
/// If the role sees no members, there is no such account, or the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let id = account_of(&account)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let reason = visit.asked("reason");
    let Some(reason) = reason.and_then(|code| Reason::from_code(&code)) else {
        let page = WhyPage {
            reasons: reasons(&words),
        };
        return Ok(show(&app, &visit, StatusCode::OK, &page));
    };
    let staff = visit.staff.as_ref();
    let looks = Looks {
        reason,
        serves: staff.is_some_and(|member| member.role.serves_members()),
        decides: staff
            .is_some_and(|member| matches!(member.role, Role::Billing | Role::Supervisor)),
        whole: visit
            .asked("all")
            .and_then(|code| Section::from_code(&code)),
    };
    let actor = visit.actor();
    let whole = account::account(&app.ctx, &actor, id, reason, looks.whole).await?;
    let mandate = autopay::view(&app.ctx, &actor, id).await?;
    let page = AccountPage::new(&words, &whole, &mandate, looks, app.ctx.now());
    Ok(show(&app, &visit, StatusCode::OK, &page))
}
