//! The drawer of an associate: its checks, the count, the deposit slip.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::{AccountId, Cents, DrawerId, PaymentId, StaffId};
use serde::Serialize;
use usecases::center::{self, DrawerCheckRow, DrawerRow, DrawerView};

use super::{HERE, name_of};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::pay::amount::money_mistake;
use crate::pay::outcome::pdf_answer;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// A drawer in a few words.
#[derive(Serialize)]
pub struct DrawerSummary {
    href: String,
    center: String,
    associate: String,
    opened: String,
    checks: usize,
    expected: String,
    is_open: bool,
}

impl DrawerSummary {
    pub(super) fn new(words: &Words<'_>, view: &DrawerView) -> Self {
        DrawerSummary {
            href: href(view.drawer.id),
            center: name_of(words, &view.drawer.center),
            associate: view.associate.clone(),
            opened: words.instant(view.drawer.opened_at),
            checks: view.checks.len(),
            expected: view.drawer.expected.to_string(),
            is_open: view.drawer.state == "open",
        }
    }
}

fn href(drawer: DrawerId) -> String {
    format!("{HERE}/drawers/{drawer}")
}

#[derive(Serialize)]
struct CheckLine {
    number: String,
    last_four: String,
    kind: String,
    amount: String,
    taken: String,
}

/// A drawer with its checks.
#[derive(Serialize)]
pub struct DrawerPage {
    summary: DrawerSummary,
    checks: Vec<CheckLine>,
    state: String,
    counted: String,
    difference: String,
    explanation: String,
    slip: String,
    mine: bool,
    may_count: bool,
    may_close: bool,
    form: FormView,
}

impl DrawerPage {
    fn new(
        words: &Words<'_>,
        view: &DrawerView,
        (mine, may_close): (bool, bool),
        form: &FormState,
    ) -> Self {
        let drawer = &view.drawer;
        let line = |check: &DrawerCheckRow| CheckLine {
            number: check.check_number.clone(),
            last_four: check.last_four.clone(),
            kind: words.say(&format!("check-kind-{}", check.kind), &[]),
            amount: check.cents.to_string(),
            taken: words.instant(check.taken_at),
        };
        let difference = drawer.counted.map(|counted| counted - drawer.expected);
        DrawerPage {
            summary: DrawerSummary::new(words, view),
            checks: view.checks.iter().map(line).collect(),
            state: words.say(&format!("drawer-state-{}", drawer.state), &[]),
            counted: drawer
                .counted
                .map(|cents| cents.to_string())
                .unwrap_or_default(),
            difference: difference
                .filter(|cents| !cents.is_zero())
                .map(|cents| cents.to_string())
                .unwrap_or_default(),
            explanation: drawer.explanation.clone(),
            slip: drawer
                .slip_number
                .map(|slip| slip.to_string())
                .unwrap_or_default(),
            mine,
            may_count: mine && drawer.state != "closed",
            may_close: may_close && drawer.state == "counted",
            form: form.view(words),
        }
    }
}

pub(super) fn sample(state: &str, missing: i64) -> DrawerView {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let cents = Cents::new(31_000);
    let closed = state == "closed";
    let counted = state != "open";
    let check = DrawerCheckRow {
        drawer: DrawerId::from_parts(1, [1; 10]),
        account: AccountId::from_parts(1, [1; 10]),
        payment: PaymentId::from_parts(1, [1; 10]),
        kind: "cashiers-check".to_owned(),
        micr: String::new(),
        last_four: "6789".to_owned(),
        check_number: "1001".to_owned(),
        fingerprint: String::new(),
        cents,
        taken_at: at,
    };
    DrawerView {
        drawer: DrawerRow {
            id: check.drawer,
            center: plan::Centers::UNLISTED.to_owned(),
            associate: StaffId::from_parts(1, [1; 10]),
            state: state.to_owned(),
            opened_at: at,
            expected: cents,
            counted: counted.then(|| cents - Cents::new(missing)),
            counted_at: counted.then_some(at),
            explanation: if missing == 0 {
                String::new()
            } else {
                "\"><img src=x onerror=alert(1)>".to_owned()
            },
            closed_at: closed.then_some(at),
            closed_by: closed.then(|| StaffId::from_parts(1, [2; 10])),
            slip_number: closed.then_some(17),
        },
        associate: "Ana Peña".to_owned(),
        checks: vec![check],
    }
}

impl Page for DrawerPage {
    const TEMPLATE: &'static str = "staff/center_drawer.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let none = FormState::default();
        let mut wrong = FormState::filled(&[("counted", "309")]);
        let difference = [("difference", "−$1.00".to_owned())];
        wrong.mistake_with("explanation", "drawer-unexplained", &difference);
        let mut empty = sample("open", 0);
        empty.checks.clear();
        vec![
            DrawerPage::new(words, &empty, (true, true), &none),
            DrawerPage::new(words, &sample("open", 0), (true, true), &wrong),
            DrawerPage::new(words, &sample("counted", 100), (true, true), &none),
            DrawerPage::new(words, &sample("counted", 100), (false, true), &none),
            DrawerPage::new(words, &sample("closed", 100), (false, false), &none),
        ]
    }
}

fn drawer_of(text: &str) -> Result<DrawerId, Problem> {
    DrawerId::parse(text).ok_or_else(Problem::not_found)
}

/// The page.
///
/// # Errors
/// Not found if there is no such drawer for this member of staff.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(drawer): Path<String>,
) -> Result<Response, Problem> {
    let view = center::view(&app.ctx, &visit.actor(), drawer_of(&drawer)?).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let words = Words::new(visit.language, &app.ctx.plan);
    let member = visit.staff.as_ref();
    let mine = member.is_some_and(|member| member.staff == view.drawer.associate);
    let supervisor = member.is_some_and(|member| member.role == identity::Role::Supervisor);
    let page = DrawerPage::new(&words, &view, (mine, mine || supervisor), &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Writes the count down.
///
/// # Errors
/// Not found if it is not the associate's own drawer.
pub async fn count(
    State(app): State<AppState>,
    visit: Visit,
    Path(drawer): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let drawer = drawer_of(&drawer)?;
    let mut form = sent.keep(&["counted", "explanation"]);
    let counted = Cents::parse(sent.get("counted")).map_err(|error| money_mistake(&error));
    if let Some(counted) = form.check("counted", counted) {
        let explanation = sent.get("explanation");
        match center::count(&app.ctx, &visit.actor(), drawer, counted, explanation).await {
            Ok(_) => return Ok(see_other(&href(drawer))),
            Err(error) => form.refused(&refusal_of(error)?, "counted"),
        }
    }
    back_with_mistakes(&app, visit.need_session()?, &href(drawer), &form).await
}

/// Closes a counted drawer.
///
/// # Errors
/// Not found if it is neither the actor's own nor is the actor a supervisor.
pub async fn close(
    State(app): State<AppState>,
    visit: Visit,
    Path(drawer): Path<String>,
    _sent: Sent,
) -> Result<Response, Problem> {
    let drawer = drawer_of(&drawer)?;
    let mut form = FormState::default();
    match center::close(&app.ctx, &visit.actor(), drawer).await {
        Ok(_) => return Ok(see_other(&href(drawer))),
        Err(error) => form.refused(&refusal_of(error)?, "close"),
    }
    back_with_mistakes(&app, visit.need_session()?, &href(drawer), &form).await
}

/// The deposit slip as PDF.
///
/// # Errors
/// Not found until the drawer is closed.
pub async fn slip(
    State(app): State<AppState>,
    visit: Visit,
    Path(drawer): Path<String>,
) -> Result<Response, Problem> {
    let drawer = drawer_of(&drawer)?;
    let bytes = center::slip_pdf(&app.ctx, &visit.actor(), drawer, visit.language).await?;
    Ok(pdf_answer(bytes, "deposit-slip.pdf"))
}
