//! Finding a member: by ID first, then by name with date of birth.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kernel::AccountId;
use serde::Serialize;
use usecases::staff::Reason;
use usecases::staff::find::{self, Found, Sought};

use super::account;
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::guest::identify::{MonthName, months, read_birth_date, read_member_id};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

const HERE: &str = "/staff/find";

/// Whom to find, and why.
#[derive(Serialize)]
pub struct FindPage {
    months: Vec<MonthName>,
    reasons: Vec<ReasonChoice>,
    form: FormView,
}

/// A reason to look at a member.
#[derive(Serialize)]
pub struct ReasonChoice {
    code: &'static str,
    name: String,
}

/// The reasons, in words.
pub(super) fn reasons(words: &Words<'_>) -> Vec<ReasonChoice> {
    Reason::ALL
        .into_iter()
        .map(|reason| ReasonChoice {
            code: reason.code(),
            name: words.say(&format!("look-{}", reason.code()), &[]),
        })
        .collect()
}

impl FindPage {
    fn new(words: &Words<'_>, form: &FormState) -> Self {
        FindPage {
            months: months(words),
            reasons: reasons(words),
            form: form.view(words),
        }
    }
}

impl Page for FindPage {
    const TEMPLATE: &'static str = "staff/find.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut nobody = FormState::filled(&[
            ("last_name", "\"><img src=x onerror=alert(1)>"),
            ("reason", "queue"),
        ]);
        nobody.mistake("last_name", "counter-not-found");
        nobody.mistake("reason", "look-reason-missing");
        let none = FormState::default();
        vec![FindPage::new(words, &none), FindPage::new(words, &nobody)]
    }
}

/// The page.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = FindPage::new(&words, &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Several accounts that may be meant.
#[derive(Serialize)]
pub struct FoundPage {
    back: &'static str,
    found: Vec<FoundView>,
}

/// An account that was found, and where it is shown.
#[derive(Serialize)]
pub(super) struct FoundView {
    href: String,
    name: String,
    last_four: String,
    line: String,
}

impl FoundView {
    pub(super) fn new(words: &Words<'_>, found: &Found, href: String) -> Self {
        FoundView {
            href,
            name: found.name.clone(),
            last_four: found.account_last_four.clone(),
            line: line_name(words, &found.plan_line),
        }
    }
}

/// What a plan line is called.
pub(super) fn line_name(words: &Words<'_>, id: &str) -> String {
    let line = words.plan.line(id);
    line.map(|line| line.name.in_language(words.language).to_owned())
        .unwrap_or_default()
}

impl FoundPage {
    /// The accounts, each with the page that `href` names.
    pub(super) fn new(
        words: &Words<'_>,
        found: &[Found],
        back: &'static str,
        href: impl Fn(AccountId) -> String,
    ) -> Self {
        let view = |found: &Found| FoundView::new(words, found, href(found.account));
        FoundPage {
            back,
            found: found.iter().map(view).collect(),
        }
    }
}

/// An account for samples.
pub(super) fn sample_found(words: &Words<'_>, n: u8) -> Found {
    Found {
        account: AccountId::from_parts(1, [n; 10]),
        account_last_four: format!("100{n}"),
        name: "\"><img src=x onerror=alert(1)>".to_owned(),
        plan_line: words.plan.lines[0].id.clone(),
    }
}

impl Page for FoundPage {
    const TEMPLATE: &'static str = "staff/found.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let found = [sample_found(words, 1), sample_found(words, 2)];
        let href = |account| account::href(account, Reason::Queue);
        vec![FoundPage::new(words, &found, HERE, href)]
    }
}

/// Whom a form asks for.
pub(super) fn sought(sent: &Sent, form: &mut FormState) -> Option<Sought> {
    match sent.get("by") {
        "name" => {
            let name = form.free_text("last_name", sent.get("last_name"), "last-name-missing");
            let born = read_birth_date(sent, form);
            Some(Sought::Name(name?, born?))
        }
        _ => read_member_id(sent, form).map(Sought::Id),
    }
}

/// Finds the member. One account is opened at once; of several the answer is a list, because no
/// name may stand in an address.
///
/// # Errors
/// If the role sees no members, or the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let mut form = sent.keep(&[
        "reason",
        "last_name",
        "birth_month",
        "birth_day",
        "birth_year",
    ]);
    let reason = Reason::from_code(sent.get("reason"));
    if reason.is_none() {
        form.mistake("reason", "look-reason-missing");
    }
    if let Some((sought, reason)) = sought(&sent, &mut form).zip(reason) {
        match find::find(&app.ctx, &visit.actor(), sought, reason).await {
            Ok(found) => {
                if let [only] = &found[..] {
                    return Ok(see_other(&account::href(only.account, reason)));
                }
                let words = Words::new(visit.language, &app.ctx.plan);
                let href = |account| account::href(account, reason);
                let page = FoundPage::new(&words, &found, HERE, href);
                return Ok(show(&app, &visit, StatusCode::OK, &page));
            }
            Err(error) => form.refused(&refusal_of(error)?, "member_id"),
        }
    }
    back_with_mistakes(&app, visit.need_session()?, HERE, &form).await
}
