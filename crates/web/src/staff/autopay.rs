//! The autopay watch list, and days that were stopped.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use identity::Role;
use jiff::civil::Date;
use serde::Serialize;
use usecases::autopay::{self, WatchRow};
use usecases::staff::Reason;

use super::account;
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

const HERE: &str = "/staff/autopay";

/// The page.
#[derive(Serialize)]
pub struct WatchPage {
    rows: Vec<WatchLine>,
    only: String,
    faults: usize,
    stopped: Vec<StoppedDay>,
    may_release: bool,
    form: FormView,
}

#[derive(Serialize)]
struct StoppedDay {
    day: String,
    in_words: String,
}

#[derive(Serialize)]
struct WatchLine {
    href: String,
    account: String,
    line: String,
    month: String,
    finding: String,
    is_fault: bool,
    due_on: String,
    since: String,
    told: String,
}

impl WatchPage {
    fn new(
        words: &Words<'_>,
        rows: &[WatchRow],
        stopped: &[Date],
        (may_release, only): (bool, &str),
        form: &FormState,
    ) -> Self {
        let only = rows.iter().find(|row| row.finding == only);
        let only = only.map(|row| row.finding.as_str());
        let rows: Vec<&WatchRow> = rows
            .iter()
            .filter(|row| only.is_none_or(|only| row.finding == only))
            .collect();
        WatchPage {
            rows: rows.iter().map(|row| WatchLine::new(words, row)).collect(),
            only: only.map_or_else(String::new, |code| words.say(&format!("watch-{code}"), &[])),
            faults: rows.iter().filter(|row| row.is_fault).count(),
            stopped: stopped
                .iter()
                .map(|day| StoppedDay {
                    day: day.to_string(),
                    in_words: words.weekday_and_date(*day),
                })
                .collect(),
            may_release,
            form: form.view(words),
        }
    }
}

impl WatchLine {
    fn new(words: &Words<'_>, row: &WatchRow) -> Self {
        WatchLine {
            href: account::href(row.account, Reason::Queue),
            account: row.account_last_four.clone(),
            line: words
                .plan
                .line(&row.plan_line)
                .map(|line| line.name.in_language(words.language).to_owned())
                .unwrap_or_default(),
            month: words.month(row.month),
            finding: words.say(&format!("watch-{}", row.finding), &[]),
            is_fault: row.is_fault,
            due_on: row.due_on.map(|day| words.date(day)).unwrap_or_default(),
            since: words.date(row.since),
            told: row.told_at.map(|at| words.day_of(at)).unwrap_or_default(),
        }
    }
}

impl Page for WatchPage {
    const TEMPLATE: &'static str = "staff/autopay.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let day = jiff::civil::date(2026, 12, 1);
        let row = |finding: &str, is_fault| WatchRow {
            account: kernel::AccountId::from_parts(1, [1; 10]),
            account_last_four: "0017".to_owned(),
            plan_line: words.plan.lines[0].id.clone(),
            month: kernel::BillingMonth::of(day),
            finding: finding.to_owned(),
            is_fault,
            due_on: (!is_fault).then_some(day),
            since: day,
            told_at: (!is_fault).then_some(jiff::Timestamp::UNIX_EPOCH),
        };
        let mut wrong = FormState::default();
        wrong.mistake("reason", "release-reason-missing");
        let rows = [row("other-reason", true), row("over-cap", false)];
        let none = FormState::default();
        vec![
            WatchPage::new(words, &[], &[], (false, ""), &none),
            WatchPage::new(words, &rows, &[day], (false, "over-cap"), &none),
            WatchPage::new(words, &rows, &[day], (true, ""), &wrong),
        ]
    }
}

/// The page.
///
/// # Errors
/// If the role sees no members, or the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let actor = visit.actor();
    let rows = autopay::watch_list(&app.ctx, &actor).await?;
    let stopped = autopay::stopped_days(&app.ctx, &actor).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let may_release = visit
        .staff
        .as_ref()
        .is_some_and(|member| member.role == Role::Supervisor);
    let only = visit.asked("finding").unwrap_or_default();
    let page = WatchPage::new(&words, &rows, &stopped, (may_release, &only), &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Lets a stopped day go on.
///
/// # Errors
/// If the role may not, or the database does not answer.
pub async fn release(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let mut form = sent.keep(&["reason"]);
    let day: Option<Date> = sent.get("day").parse().ok();
    match day {
        None => form.mistake("reason", "autopay-day-not-stopped"),
        Some(day) => {
            match autopay::release(&app.ctx, &visit.actor(), day, sent.get("reason")).await {
                Ok(()) => return Ok(see_other(HERE)),
                Err(error) => form.mistake("reason", refusal_of(error)?.code),
            }
        }
    }
    back_with_mistakes(&app, visit.need_session()?, HERE, &form).await
}
