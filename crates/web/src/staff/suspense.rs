//! The suspense queue: the list on one side, one check on the other, and what is decided about it.

pub mod acts;
mod shown;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::AccountId;
use serde::Serialize;
use usecases::suspense::{self, ItemKey, Part, Queue, QueueAsked, Waiting};

use self::shown::{Detail, Item, sample_queue, sample_waiting};
use crate::error::Problem;
use crate::form::{FormState, FormView, left_by_post};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// Where the queue is.
pub const HERE: &str = "/staff/suspense";

const PARTS: [(Part, &str); 5] = [
    (Part::Open, "open"),
    (Part::Mine, "mine"),
    (Part::Held, "held"),
    (Part::ReturnAsked, "return"),
    (Part::All, "all"),
];

/// The page of one check.
#[must_use]
pub fn href_of(key: ItemKey) -> String {
    format!("{HERE}/{}/{}", key.file, key.item)
}

/// A link to a part of the queue.
#[derive(Serialize)]
struct PartLink {
    href: String,
    name: String,
    current: bool,
}

/// What waits since some time, and where its list is.
#[derive(Serialize)]
pub(super) struct AgeLine {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) count: i64,
    pub(super) amount: String,
}

/// An exception to filter by.
#[derive(Serialize)]
struct Choice {
    code: &'static str,
    name: String,
    chosen: bool,
}

/// The page.
#[derive(Serialize)]
pub struct SuspensePage {
    parts: Vec<PartLink>,
    part: &'static str,
    exceptions: Vec<Choice>,
    ages: Vec<AgeLine>,
    lines: Vec<Item>,
    /// What the list is narrowed to, in words; empty if it is not.
    only: Vec<String>,
    /// The same, for the form.
    days: String,
    file: String,
    more: String,
    done: String,
    detail: Option<Detail>,
    form: FormView,
}

/// Which part of the queue a page shows.
struct Shown {
    part: Part,
    exception: String,
    file: Option<AccountId>,
    days: Option<(i32, Option<i32>)>,
}

/// `3-7`, or `31-` without an end.
fn days(text: &str) -> Option<(i32, Option<i32>)> {
    let (from, to) = text.split_once('-')?;
    let to = match to {
        "" => None,
        to => Some(to.parse().ok()?),
    };
    Some((from.parse().ok()?, to))
}

/// What [`days`] reads.
fn days_of((from, to): (i32, Option<i32>)) -> String {
    let to = to.map_or_else(String::new, |to| to.to_string());
    format!("{from}-{to}")
}

impl Shown {
    fn of(visit: &Visit) -> Shown {
        let named = visit.asked("part").unwrap_or_default();
        let part = PARTS.iter().find(|(_, code)| *code == named);
        let exception = visit.asked("exception").unwrap_or_default();
        let known = suspense::exception_codes().contains(&exception.as_str());
        Shown {
            part: part.map_or(Part::Open, |(part, _)| *part),
            exception: if known { exception } else { String::new() },
            file: visit.asked("file").and_then(|file| AccountId::parse(&file)),
            days: visit.asked("days").and_then(|text| days(&text)),
        }
    }

    /// The page of the same part after a check.
    fn after(&self, key: ItemKey) -> String {
        let (part, exception) = (self.code(), &self.exception);
        let mut href = format!("{HERE}?part={part}&exception={exception}");
        if let Some(file) = self.file {
            href += &format!("&file={file}");
        }
        if let Some(days) = self.days {
            href += &format!("&days={}", days_of(days));
        }
        href + &format!("&after={}.{}", key.file, key.item)
    }

    fn only(&self, words: &Words<'_>) -> Vec<String> {
        let days = self.days.map(|(from, to)| age_name(words, from, to));
        let file = self.file.map(|_| words.say("suspense-only-file", &[]));
        days.into_iter().chain(file).collect()
    }

    fn code(&self) -> &'static str {
        let found = PARTS.iter().find(|(part, _)| *part == self.part);
        found.map_or("open", |(_, code)| code)
    }
}

impl SuspensePage {
    fn new(
        words: &Words<'_>,
        shown: &Shown,
        queue: &Queue,
        waiting: Option<&Waiting>,
        (form, done): (&FormState, &str),
    ) -> Self {
        let current = waiting.map(|waiting| waiting.line.key);
        let lines = queue.lines.iter();
        SuspensePage {
            parts: PARTS
                .iter()
                .map(|(part, code)| PartLink {
                    href: format!("{HERE}?part={code}"),
                    name: words.say(&format!("suspense-part-{code}"), &[]),
                    current: *part == shown.part,
                })
                .collect(),
            part: shown.code(),
            exceptions: suspense::exception_codes()
                .into_iter()
                .map(|code| Choice {
                    code,
                    name: words.say(&format!("exception-{code}"), &[]),
                    chosen: code == shown.exception,
                })
                .collect(),
            ages: queue
                .ages
                .iter()
                .map(|age| AgeLine::new(words, age))
                .collect(),
            lines: lines.map(|line| Item::new(words, line, current)).collect(),
            only: shown.only(words),
            days: shown.days.map(days_of).unwrap_or_default(),
            file: shown.file.map(|file| file.to_string()).unwrap_or_default(),
            more: queue.more.map_or_else(String::new, |key| shown.after(key)),
            done: match done {
                "" => String::new(),
                done => words.say(&format!("suspense-done-{done}"), &[]),
            },
            detail: waiting.map(|waiting| Detail::new(words, waiting)),
            form: form.view(words),
        }
    }
}

/// What waits of a file.
#[must_use]
pub fn href_of_file(file: AccountId) -> String {
    format!("{HERE}?part=all&file={file}")
}

/// `3 to 7 days`, or `31 days and more`.
pub(super) fn age_name(words: &Words<'_>, from: i32, to: Option<i32>) -> String {
    let from = from.to_string();
    match to {
        Some(to) => words.say("suspense-age", &[("from", &from), ("to", &to.to_string())]),
        None => words.say("suspense-age-over", &[("from", &from)]),
    }
}

impl AgeLine {
    pub(super) fn new(words: &Words<'_>, age: &suspense::Age) -> Self {
        let days = (age.from_days, age.to_days);
        AgeLine {
            href: format!("{HERE}?part=all&days={}", days_of(days)),
            name: age_name(words, age.from_days, age.to_days),
            count: age.count,
            amount: age.cents.to_string(),
        }
    }
}

impl Page for SuspensePage {
    const TEMPLATE: &'static str = "staff/suspense.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let none = FormState::default();
        let mut wrong = FormState::filled(&[("payee_name", "\"><img src=x onerror=alert(1)>")]);
        for (field, code) in [
            ("to", "suspense-no-account"),
            ("amount_1", "amount-not-a-number"),
            ("because", "hold-reason-missing"),
            ("payee_address", "payee-address-missing"),
            ("member_id", "suspense-member-unknown"),
        ] {
            wrong.mistake(field, code);
        }
        let (empty, queue) = (sample_queue(false), sample_queue(true));
        let shown = |part| Shown {
            part,
            exception: "check-only".to_owned(),
            file: None,
            days: Some((3, Some(7))),
        };
        let mut pages = vec![
            SuspensePage::new(words, &shown(Part::Open), &empty, None, (&none, "applied")),
            SuspensePage::new(words, &shown(Part::Held), &queue, None, (&none, "")),
        ];
        for (number, waiting) in sample_waiting(words.plan).into_iter().enumerate() {
            let about = (if number == 0 { &wrong } else { &none }, "held");
            let part = shown(Part::Open);
            pages.push(SuspensePage::new(
                words,
                &part,
                &queue,
                Some(&waiting),
                about,
            ));
        }
        pages
    }
}

/// What was done on the page before, if the address says so.
fn done(visit: &Visit) -> String {
    let done = visit.asked("done").unwrap_or_default();
    let known = acts::DONE.contains(&done.as_str());
    if known { done } else { String::new() }
}

async fn page_of(
    app: &AppState,
    visit: &Visit,
    waiting: Option<&Waiting>,
) -> Result<Response, Problem> {
    let shown = Shown::of(visit);
    let asked = QueueAsked {
        part: shown.part,
        exception: shown.exception.clone(),
        file: shown.file,
        days: shown.days,
        after: visit.asked("after").and_then(|after| {
            let (file, item) = after.split_once('.')?;
            key_of(file, item)
        }),
    };
    let queue = suspense::queue(&app.ctx, &visit.actor(), &asked).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(app, visit).await?.unwrap_or_default();
    let about = (&form, &*done(visit));
    let page = SuspensePage::new(&words, &shown, &queue, waiting, about);
    Ok(show(app, visit, StatusCode::OK, &page))
}

fn key_of(file: &str, item: &str) -> Option<ItemKey> {
    Some(ItemKey {
        file: AccountId::parse(file)?,
        item: item.parse().ok().filter(|item| *item > 0)?,
    })
}

/// The check that the address names.
///
/// # Errors
/// [`Problem::not_found`] if it names none.
fn named((file, item): &(String, String)) -> Result<ItemKey, Problem> {
    key_of(file, item).ok_or_else(Problem::not_found)
}

/// The queue.
///
/// # Errors
/// If the role may not, or the database does not answer.
pub async fn list(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    page_of(&app, &visit, None).await
}

/// One check, beside the queue.
///
/// # Errors
/// If the role may not, there is none, or the database does not answer.
pub async fn one(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
) -> Result<Response, Problem> {
    let waiting = suspense::look(&app.ctx, &visit.actor(), named(&place)?).await?;
    page_of(&app, &visit, Some(&waiting)).await
}
