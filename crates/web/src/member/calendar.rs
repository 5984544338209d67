//! Due dates for a calendar: files, and an address that a calendar program asks by itself.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, REFERRER_POLICY};
use http::{HeaderValue, StatusCode};
use kernel::{AccountId, ErrandId, InvoiceId};
use plan::Audience;
use serde::{Deserialize, Serialize};
use usecases::{calendar, errands};

use crate::error::Problem;
use crate::form::Sent;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

const HERE: &str = "/account/documents/calendar";
/// The kind of errand that carries a new address to the page that shows it once.
const ADDRESS: &str = "calendar-address";

/// The page.
#[derive(Serialize)]
pub struct CalendarPage {
    /// Since when the address is on; empty while it is off.
    on_since: String,
    /// The new address; empty but once.
    address: String,
}

impl Page for CalendarPage {
    const TEMPLATE: &'static str = "member/calendar.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let since = words.date(jiff::civil::date(2026, 11, 23));
        let address = "https://pay.example.com/calendar/kq3w.ics".to_owned();
        [
            (String::new(), String::new()),
            (since.clone(), address),
            (since, String::new()),
        ]
        .into_iter()
        .map(|(on_since, address)| CalendarPage { on_since, address })
        .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// A new address on its way to the page that shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct NewAddress {
    token: String,
}

/// The page.
///
/// # Errors
/// Not found for a member without anything to pay here.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    if !super::documents::pays_here(&app, &visit).await? {
        return Err(Problem::not_found());
    }
    let since = calendar::on_since(&app.ctx, &visit.actor()).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let shown = visit.asked("shown").and_then(|id| ErrandId::parse(&id));
    let address = match (shown, since) {
        (Some(id), Some(_)) => new_address(&app, &visit, id).await?,
        _ => String::new(),
    };
    let page = CalendarPage {
        on_since: since.map(|at| words.day_of(at)).unwrap_or_default(),
        address,
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

async fn new_address(app: &AppState, visit: &Visit, id: ErrandId) -> Result<String, Problem> {
    let session = visit.need_session()?;
    let errand = errands::load::<NewAddress>(&app.ctx, session, ADDRESS, id).await?;
    let base = &app.ctx.settings.public_url;
    Ok(errand
        .map(|errand| format!("{base}/calendar/{}.ics", errand.body.token))
        .unwrap_or_default())
}

/// Turns the address on or off.
///
/// # Errors
/// If the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let actor = visit.actor();
    if sent.get("turn") == "off" {
        calendar::turn_off(&app.ctx, &actor).await?;
        return Ok(see_other(HERE));
    }
    let token = calendar::turn_on(&app.ctx, &actor, visit.language).await?;
    let session = visit.need_session()?;
    let id = errands::create(&app.ctx, session, ADDRESS, &NewAddress { token }).await?;
    Ok(see_other(&format!("{HERE}?shown={id}#address")))
}

/// The next due dates as a file; with `amounts=1` with what is open on issued invoices.
///
/// # Errors
/// If the database does not answer.
pub async fn coming(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let amounts = visit.asked("amounts").is_some();
    let actor = visit.actor();
    let text = calendar::coming(&app.ctx, &actor, visit.language, amounts).await?;
    Ok(ics(text, "attachment; filename=\"due-dates.ics\""))
}

/// The due date of one invoice as a file; with `amounts=1` with what is open on it.
///
/// # Errors
/// Not found if it is not this member's, or is paid.
pub async fn of_invoice(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, invoice)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let ids = AccountId::parse(&account).zip(InvoiceId::parse(&invoice));
    let (account, invoice) = ids.ok_or_else(Problem::not_found)?;
    let amounts = visit.asked("amounts").is_some();
    let (actor, language) = (visit.actor(), visit.language);
    let text = calendar::of_invoice(&app.ctx, &actor, account, invoice, language, amounts).await?;
    Ok(ics(text, "attachment; filename=\"due-date.ics\""))
}

/// What a calendar program gets that knows the address. There is no session and no cookie here.
///
/// # Errors
/// Not found for an address that is not, or no longer, one.
pub async fn feed(
    State(app): State<AppState>,
    visit: Visit,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let token = name.strip_suffix(".ics").ok_or_else(Problem::not_found)?;
    let text = calendar::feed(&app.ctx, &visit.actor(), token).await?;
    Ok(ics(text, "inline; filename=\"due-dates.ics\""))
}

fn ics(text: String, disposition: &'static str) -> Response {
    let fixed = HeaderValue::from_static;
    let headers = [
        (CONTENT_TYPE, fixed("text/calendar; charset=utf-8")),
        (CONTENT_DISPOSITION, fixed(disposition)),
        (CACHE_CONTROL, fixed("no-store")),
        (REFERRER_POLICY, fixed("no-referrer")),
    ];
    (headers, text).into_response()
}
