//! Late accounts, the longest late first.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kernel::Cents;
use serde::Serialize;
use usecases::staff::Reason;
use usecases::staff::late::{self, Age, Late, LateLine};

use super::account;
use super::find::line_name;
use super::suspense::{AgeLine, age_name};
use crate::error::Problem;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

const HERE: &str = "/staff/late";

/// The page.
#[derive(Serialize)]
pub struct LatePage {
    ages: Vec<AgeLine>,
    /// The age that is listed; empty for all.
    only: String,
    lines: Vec<LateRow>,
    earlier: String,
    later: String,
}

#[derive(Serialize)]
struct LateRow {
    href: String,
    account: String,
    line: String,
    due_on: String,
    days: i32,
    invoices: i64,
    amount: String,
    under_way: bool,
}

/// The ages with their lists, and all of them together.
pub(super) fn age_lines(words: &Words<'_>, ages: &[Age]) -> Vec<AgeLine> {
    let line = |age: &Age| AgeLine {
        href: format!("{HERE}?from={}", age.from_days),
        name: name_of(words, age),
        count: age.count,
        amount: age.cents.to_string(),
    };
    let all = AgeLine {
        href: HERE.to_owned(),
        name: words.say("late-all", &[]),
        count: ages.iter().map(|age| age.count).sum(),
        amount: ages.iter().map(|age| age.cents).sum::<Cents>().to_string(),
    };
    ages.iter().map(line).chain([all]).collect()
}

fn name_of(words: &Words<'_>, age: &Age) -> String {
    age_name(words, age.from_days, age.to_days)
}

impl LatePage {
    fn new(words: &Words<'_>, late: &Late, from_days: Option<i32>, page: u16) -> Self {
        let only = late
            .ages
            .iter()
            .find(|age| Some(age.from_days) == from_days);
        let at = |page: u16| match only {
            Some(age) => format!("{HERE}?from={}&page={page}", age.from_days),
            None => format!("{HERE}?page={page}"),
        };
        let row = |line: &LateLine| LateRow {
            href: account::href(line.account, Reason::Queue),
            account: line.account_last_four.clone(),
            line: line_name(words, &line.plan_line),
            due_on: words.date(line.due_on),
            days: line.days,
            invoices: line.invoices,
            amount: line.cents.to_string(),
            under_way: line.under_way,
        };
        LatePage {
            ages: age_lines(words, &late.ages),
            only: only.map(|age| name_of(words, age)).unwrap_or_default(),
            lines: late.lines.iter().map(row).collect(),
            earlier: match page > 1 {
                true => at(page - 1),
                false => String::new(),
            },
            later: match late.more {
                true => at(page.saturating_add(1)),
                false => String::new(),
            },
        }
    }
}

/// Ages for samples.
pub(super) fn sample_ages() -> Vec<Age> {
    [(1, Some(30), 2), (31, Some(60), 0), (61, None, 1)]
        .map(|(from_days, to_days, count)| Age {
            from_days,
            to_days,
            count,
            cents: Cents::new(count * 8_640),
        })
        .into()
}

impl Page for LatePage {
    const TEMPLATE: &'static str = "staff/late.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let line = |under_way| LateLine {
            account: kernel::AccountId::from_parts(1, [1; 10]),
            account_last_four: "0017".to_owned(),
            plan_line: words.plan.lines[0].id.clone(),
            due_on: jiff::civil::date(2026, 11, 1),
            days: 30,
            invoices: 2,
            cents: Cents::new(8_640),
            under_way,
        };
        let late = |lines: Vec<LateLine>| Late {
            more: !lines.is_empty(),
            lines,
            ages: sample_ages(),
        };
        vec![
            LatePage::new(words, &late(vec![line(true), line(false)]), Some(1), 2),
            LatePage::new(words, &late(Vec::new()), None, 1),
        ]
    }
}

/// The page.
///
/// # Errors
/// If the role sees no members, or the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let from = visit.asked("from").and_then(|text| text.parse().ok());
    let page = visit.asked("page").and_then(|text| text.parse().ok());
    let page = page.unwrap_or(1).max(1);
    let late = late::late(&app.ctx, &visit.actor(), from, page).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = LatePage::new(&words, &late, from, page);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}
