//! What is decided about a check in suspense: each form of the page.

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use kernel::{AccountId, Cents, MemberId};
use usecases::UseCaseError;
use usecases::suspense::{self, ApplyPart, ItemKey, Payee, ReturnReason};

use super::{HERE, href_of, named};
use crate::error::Problem;
use crate::form::{FormState, Sent, back_with_mistakes, refusal_of};
use crate::pay::amount::money_mistake;
use crate::state::AppState;
use crate::visit::{Visit, see_other};

/// What the next page says was done.
pub const DONE: [&str; 8] = [
    "applied", "held", "asked", "returned", "refused", "closed", "own", "back",
];

/// What the audit trail says of a check in suspense.
pub const STEPS: [&str; 11] = [
    "check-to-suspense",
    "suspense-applied",
    "suspense-candidate-added",
    "suspense-closed",
    "suspense-held",
    "suspense-put-back",
    "suspense-return-asked",
    "suspense-return-refused",
    "suspense-returned",
    "suspense-reversed",
    "suspense-taken-over",
];

/// How many accounts one form divides a check over.
const ROWS: usize = 9;

fn version(sent: &Sent) -> i64 {
    sent.get("version").parse().unwrap_or(-1)
}

/// On to the next check, or back to the form with what is wrong.
async fn answer(
    app: &AppState,
    visit: &Visit,
    (key, field): (ItemKey, &str),
    mut form: FormState,
    (decided, done): (Result<(), UseCaseError>, &str),
) -> Result<Response, Problem> {
    match decided {
        Ok(()) => {
            let next = suspense::next(&app.ctx, &visit.actor(), Some(key)).await?;
            let page = next.map_or_else(|| HERE.to_owned(), href_of);
            Ok(see_other(&format!("{page}?done={done}")))
        }
        Err(error) => {
            form.refused(&refusal_of(error)?, field);
            back_with_mistakes(app, visit.need_session()?, &href_of(key), &form).await
        }
    }
}

/// Applies the check: to the account that was chosen, or as it was divided.
///
/// # Errors
/// If the role may not, or the database does not answer.
pub async fn apply(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let key = named(&place)?;
    let mut form = sent.keep(&["to"]);
    let Some(parts) = parts(&sent, &mut form) else {
        return back_with_mistakes(&app, visit.need_session()?, &href_of(key), &form).await;
    };
    let (actor, rest) = (visit.actor(), sent.ticked("keep_rest"));
    let applied = suspense::apply(&app.ctx, &actor, (key, version(&sent)), parts, rest).await;
    let decided = (applied.map(drop), "applied");
    answer(&app, &visit, (key, "to"), form, decided).await
}

/// What each account gets: all that was open when the page was made to the one that was chosen, or
/// the amounts beside the accounts.
fn parts(sent: &Sent, form: &mut FormState) -> Option<Vec<ApplyPart>> {
    if sent.get("how") != "divide" {
        let account = AccountId::parse(sent.get("to"));
        let cents: Option<i64> = sent.get("open").parse().ok();
        let one = account.zip(cents).map(|(account, cents)| ApplyPart {
            account,
            cents: Cents::new(cents),
        });
        if one.is_none() {
            form.mistake("to", "suspense-no-account");
        }
        return one.map(|one| vec![one]);
    }
    let mut parts = Vec::new();
    for row in 1..=ROWS {
        let field = format!("amount_{row}");
        let typed = sent.get(&field);
        let Some(account) = AccountId::parse(sent.get(&format!("to_{row}"))) else {
            continue;
        };
        if typed.is_empty() {
            continue;
        }
        match Cents::parse(typed) {
            Ok(cents) => parts.push(ApplyPart { account, cents }),
            Err(error) => form.mistake(&field, money_mistake(&error)),
        }
    }
    form.is_right().then_some(parts)
}

/// Waits with the check.
///
/// # Errors
/// If the role may not, or the database does not answer.
pub async fn hold(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let key = named(&place)?;
    let mut form = sent.keep(&["until", "because"]);
    let until: Option<Date> = sent.get("until").parse().ok();
    let Some(until) = until else {
        form.mistake("until", "hold-day-missing");
        return back_with_mistakes(&app, visit.need_session()?, &href_of(key), &form).await;
    };
    let about = (until, sent.get("because"));
    let held = suspense::hold(&app.ctx, &visit.actor(), key, version(&sent), about).await;
    answer(&app, &visit, (key, "until"), form, (held, "held")).await
}

/// Asks for the money to go back to its payer.
///
/// # Errors
/// If the role may not, or the database does not answer.
pub async fn ask_return(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let key = named(&place)?;
    let names = [
        "payee_name",
        "address_1",
        "address_2",
        "address_3",
        "reason",
    ];
    let mut form = sent.keep(&names);
    let Some(reason) = ReturnReason::from_code(sent.get("reason")) else {
        form.mistake("reason", "return-reason-missing");
        return back_with_mistakes(&app, visit.need_session()?, &href_of(key), &form).await;
    };
    let lines = ["address_1", "address_2", "address_3"].map(|name| sent.get(name).to_owned());
    let payee = Payee {
        name: sent.get("payee_name").to_owned(),
        address: lines.into_iter().filter(|line| !line.is_empty()).collect(),
    };
    let about = (key, version(&sent));
    let asked = suspense::ask_return(&app.ctx, &visit.actor(), about, &payee, reason).await;
    answer(&app, &visit, (key, "payee_name"), form, (asked, "asked")).await
}

/// Releases a return, or refuses it.
///
/// # Errors
/// If the role may not, or the database does not answer.
pub async fn decide_return(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (key, version, actor) = (named(&place)?, version(&sent), visit.actor());
    let decided = match sent.get("decision") {
        "release" => {
            let released = suspense::release_return(&app.ctx, &actor, key, version).await;
            (released, "returned")
        }
        _ => {
            let refused = suspense::refuse_return(&app.ctx, &actor, key, version).await;
            (refused, "refused")
        }
    };
    answer(
        &app,
        &visit,
        (key, "decision"),
        FormState::default(),
        decided,
    )
    .await
}

/// Takes the check over, or puts it back; the same check is shown again.
///
/// # Errors
/// If the role may not, or the database does not answer.
pub async fn owner(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (key, version, actor) = (named(&place)?, version(&sent), visit.actor());
    let (decided, done) = match sent.get("owner") {
        "me" => (suspense::own(&app.ctx, &actor, key, version).await, "own"),
        _ => (
            suspense::put_back(&app.ctx, &actor, key, version).await,
            "back",
        ),
    };
    match decided {
        Ok(()) => Ok(see_other(&format!("{}?done={done}", href_of(key)))),
        Err(_) => {
            let none = FormState::default();
            answer(&app, &visit, (key, "owner"), none, (decided, done)).await
        }
    }
}

/// Adds the accounts of a member; the same check is shown again.
///
/// # Errors
/// If the role may not, or the database does not answer.
pub async fn add(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let key = named(&place)?;
    let mut form = sent.keep(&["member_id"]);
    match MemberId::parse(sent.get("member_id")) {
        Err(_) => form.mistake("member_id", "suspense-member-shape"),
        Ok(member_id) => {
            let added = suspense::add_candidate(&app.ctx, &visit.actor(), key, &member_id).await;
            match added {
                Ok(()) => return Ok(see_other(&format!("{}#candidates", href_of(key)))),
                Err(error) => form.refused(&refusal_of(error)?, "member_id"),
            }
        }
    }
    back_with_mistakes(&app, visit.need_session()?, &href_of(key), &form).await
}

/// Closes a check that came to nothing.
///
/// # Errors
/// If the role may not, or the database does not answer.
pub async fn close(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let key = named(&place)?;
    let closed = suspense::close_empty(&app.ctx, &visit.actor(), key, version(&sent)).await;
    let none = FormState::default();
    answer(&app, &visit, (key, "close"), none, (closed, "closed")).await
}
