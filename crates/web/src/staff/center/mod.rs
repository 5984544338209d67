//! The counter of a walk-in center: the drawer, who is served, and how they pay.

pub mod check;
pub mod drawer;
pub mod link;
pub mod member;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use identity::Role;
use plan::Centers;
use serde::Serialize;
use usecases::center::{self, Counted, DrawerView};

use super::find::{FoundPage, sought};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::guest::identify::{MonthName, months};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The first page of the counter.
pub const HERE: &str = "/staff/center";

/// Pick a center and open a drawer; with an open drawer, find a member.
#[derive(Serialize)]
pub struct CounterPage {
    places: Vec<PlaceView>,
    drawer: Option<drawer::DrawerSummary>,
    /// Drawers of others that wait for a supervisor.
    waiting: Vec<WaitingView>,
    months: Vec<MonthName>,
    form: FormView,
}

/// A center to pick.
#[derive(Serialize)]
pub struct PlaceView {
    id: String,
    name: String,
    address: String,
}

#[derive(Serialize)]
struct WaitingView {
    href: String,
    center: String,
    associate: String,
}

/// What a center is called.
pub(super) fn name_of(words: &Words<'_>, id: &str) -> String {
    let centers = words.plan.centers.as_ref();
    let place = centers.and_then(|centers| centers.counter(id));
    place.map_or_else(
        || id.to_owned(),
        |place| place.name.in_language(words.language).to_owned(),
    )
}

impl CounterPage {
    fn new(
        words: &Words<'_>,
        mine: Option<&DrawerView>,
        waiting: &[Counted],
        form: &FormState,
    ) -> Self {
        let places = words.plan.centers.iter().flat_map(Centers::counters);
        CounterPage {
            places: places
                .map(|place| PlaceView {
                    id: place.id.to_owned(),
                    name: place.name.in_language(words.language).to_owned(),
                    address: place.address.join(", "),
                })
                .collect(),
            drawer: mine.map(|view| drawer::DrawerSummary::new(words, view)),
            waiting: waiting
                .iter()
                .map(|one| WaitingView {
                    href: format!("{HERE}/drawers/{}", one.drawer),
                    center: name_of(words, &one.center),
                    associate: one.associate.clone(),
                })
                .collect(),
            months: months(words),
            form: form.view(words),
        }
    }
}

impl Page for CounterPage {
    const TEMPLATE: &'static str = "staff/center.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let none = FormState::default();
        let mut closed = FormState::default();
        closed.mistake("center", "center-missing");
        let mut nobody = FormState::filled(&[("last_name", "\"><img src=x onerror=alert(1)>")]);
        nobody.mistake("last_name", "counter-not-found");
        let view = drawer::sample("open", 0);
        let waiting = [Counted {
            drawer: view.drawer.id,
            center: view.drawer.center.clone(),
            associate: "Ana Peña".to_owned(),
        }];
        let counted = drawer::sample("counted", 100);
        vec![
            CounterPage::new(words, None, &[], &none),
            CounterPage::new(words, None, &waiting, &closed),
            CounterPage::new(words, Some(&view), &[], &nobody),
            CounterPage::new(words, Some(&counted), &[], &none),
        ]
    }
}

/// The page.
///
/// # Errors
/// If the role serves nobody, or the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let actor = visit.actor();
    let mine = center::current(&app.ctx, &actor).await?;
    let supervisor = visit.staff.as_ref().map(|member| member.role) == Some(Role::Supervisor);
    let mut waiting = match supervisor {
        true => center::counted(&app.ctx, &actor).await?,
        false => Vec::new(),
    };
    waiting.retain(|one| {
        mine.as_ref()
            .is_none_or(|mine| mine.drawer.id != one.drawer)
    });
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = CounterPage::new(&words, mine.as_ref(), &waiting, &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Opens a drawer.
///
/// # Errors
/// If the role serves nobody, there is no such center, or the database does not answer.
pub async fn open(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let mut form = sent.keep(&["center"]);
    if sent.get("center").is_empty() {
        form.mistake("center", "center-missing");
        return back_with_mistakes(&app, visit.need_session()?, HERE, &form).await;
    }
    match center::open_drawer(&app.ctx, &visit.actor(), sent.get("center")).await {
        Ok(_) => Ok(see_other(HERE)),
        Err(error) => {
            form.refused(&refusal_of(error)?, "center");
            back_with_mistakes(&app, visit.need_session()?, HERE, &form).await
        }
    }
}

/// Finds the member: by ID, or by last name and date of birth. One account is opened at once; of
/// several the answer is a list, because no name may stand in an address.
///
/// # Errors
/// If the role serves nobody, or the database does not answer.
pub async fn find(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let mut form = sent.keep(&["last_name", "birth_month", "birth_day", "birth_year"]);
    if let Some(sought) = sought(&sent, &mut form) {
        match center::find(&app.ctx, &visit.actor(), sought).await {
            Ok(found) => {
                if let [only] = &found[..] {
                    return Ok(see_other(&member::href(only.account)));
                }
                let words = Words::new(visit.language, &app.ctx.plan);
                let page = FoundPage::new(&words, &found, HERE, member::href);
                return Ok(show(&app, &visit, StatusCode::OK, &page));
            }
            Err(error) => form.refused(&refusal_of(error)?, "member_id"),
        }
    }
    back_with_mistakes(&app, visit.need_session()?, HERE, &form).await
}
