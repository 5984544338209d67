//! The dashboard: every figure is a link to the list it counts.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kernel::{Cents, Channel};
use serde::Serialize;
use usecases::staff::dashboard::{
    self, DASHBOARD_DAYS, Dashboard, DayMoney, FileIntake, WatchCount,
};
use usecases::suspense::Age;

use super::suspense::{AgeLine, href_of_file};
use super::{late, received};
use crate::chart::{Chart, Day};
use crate::error::Problem;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The page.
#[derive(Serialize)]
pub struct DashboardPage {
    spans: Vec<Span>,
    says: String,
    chart: Chart,
    channels: Vec<Series>,
    days: Vec<DayLine>,
    totals: Vec<String>,
    total: String,
    late: Vec<AgeLine>,
    ages: Option<Vec<AgeLine>>,
    watch: Vec<WatchFigure>,
    files: Option<Vec<FileLine>>,
}

#[derive(Serialize)]
struct Span {
    days: u8,
    name: String,
    chosen: bool,
}

/// A channel of the chart and the table.
#[derive(Serialize)]
struct Series {
    number: usize,
    name: String,
}

#[derive(Serialize)]
struct DayLine {
    day: String,
    cells: Vec<Cell>,
    href: String,
    total: String,
}

/// An amount of a day and channel; nothing came in if it has no address.
#[derive(Serialize)]
struct Cell {
    href: String,
    channel: String,
    amount: String,
}

#[derive(Serialize)]
struct WatchFigure {
    href: String,
    name: String,
    is_fault: bool,
    lines: i64,
}

#[derive(Serialize)]
struct FileLine {
    name: String,
    format: String,
    came: String,
    is_finished: bool,
    checks: i64,
    amount: String,
    posted: i64,
    href: String,
    waiting: i64,
    waiting_amount: String,
}

fn list_of(day: &DayMoney, channel: Option<Channel>) -> String {
    received::address("", &dashboard::list_of(day.day, channel))
}

fn sum_of(day: &DayMoney) -> Cents {
    day.by_channel.values().map(|(_, cents)| *cents).sum()
}

/// The channels that had a payment, with their places among all.
fn present(days: &[DayMoney]) -> Vec<(usize, Channel)> {
    let all = Channel::ALL.into_iter().enumerate();
    all.filter(|(_, channel)| days.iter().any(|day| day.by_channel.contains_key(channel)))
        .collect()
}

fn chart(days: &[DayMoney], channels: &[(usize, Channel)]) -> Chart {
    let days: Vec<Day> = days
        .iter()
        .map(|day| {
            let parts = channels.iter().filter_map(|(number, channel)| {
                let (_, cents) = day.by_channel.get(channel)?;
                Some((*number, *cents))
            });
            (day.day.strftime("%m/%d").to_string(), parts.collect())
        })
        .collect();
    Chart::new(&days)
}

/// The point of the chart in a sentence.
fn says(words: &Words<'_>, days: &[DayMoney]) -> String {
    let cents: Cents = days.iter().map(sum_of).sum();
    let all = days.iter().flat_map(|day| day.by_channel.values());
    let count: i64 = all.map(|(count, _)| count).sum();
    match days.iter().max_by_key(|day| sum_of(day)) {
        Some(most) if count > 0 => {
            let (cents, count) = (cents.to_string(), count.to_string());
            let (span, day) = (days.len().to_string(), words.date(most.day));
            let values = [
                ("amount", &*cents),
                ("count", &count),
                ("days", &span),
                ("day", &day),
                ("most", &sum_of(most).to_string()),
            ];
            words.say("dashboard-chart-says", &values)
        }
        _ => words.say("dashboard-chart-none", &[]),
    }
}

fn day_line(words: &Words<'_>, day: &DayMoney, channels: &[(usize, Channel)]) -> DayLine {
    let cell = |(_, channel): &(usize, Channel)| {
        let found = day.by_channel.get(channel);
        Cell {
            href: found.map_or_else(String::new, |_| list_of(day, Some(*channel))),
            channel: words.channel(*channel),
            amount: found.map_or_else(String::new, |(_, cents)| cents.to_string()),
        }
    };
    DayLine {
        day: words.weekday_and_date(day.day),
        cells: channels.iter().map(cell).collect(),
        href: match day.by_channel.is_empty() {
            true => String::new(),
            false => list_of(day, None),
        },
        total: sum_of(day).to_string(),
    }
}

/// The ages, and all of them together.
fn age_lines(words: &Words<'_>, ages: &[Age]) -> Vec<AgeLine> {
    let all = AgeLine {
        href: "/staff/suspense?part=all".to_owned(),
        name: words.say("dashboard-suspense-all", &[]),
        count: ages.iter().map(|age| age.count).sum(),
        amount: ages.iter().map(|age| age.cents).sum::<Cents>().to_string(),
    };
    let lines = ages.iter().map(|age| AgeLine::new(words, age));
    lines.chain([all]).collect()
}

fn watch_figure(words: &Words<'_>, count: &WatchCount) -> WatchFigure {
    WatchFigure {
        href: format!("/staff/autopay?finding={}", count.finding),
        name: words.say(&format!("watch-{}", count.finding), &[]),
        is_fault: count.is_fault,
        lines: count.lines,
    }
}

fn file_line(words: &Words<'_>, file: &FileIntake) -> FileLine {
    FileLine {
        name: file.name.clone(),
        format: file.format.to_uppercase(),
        came: words.instant(file.begun_at),
        is_finished: file.is_finished,
        checks: file.checks,
        amount: file.cents.to_string(),
        posted: file.posted,
        href: href_of_file(file.file),
        waiting: file.waiting,
        waiting_amount: file.waiting_cents.to_string(),
    }
}

impl DashboardPage {
    fn new(words: &Words<'_>, span: u8, board: &Dashboard) -> Self {
        let channels = present(&board.days);
        let total_of = |(_, channel): &(usize, Channel)| {
            let all = board.days.iter().filter_map(|d| d.by_channel.get(channel));
            all.map(|(_, cents)| *cents).sum::<Cents>().to_string()
        };
        DashboardPage {
            spans: DASHBOARD_DAYS
                .into_iter()
                .map(|days| Span {
                    days,
                    name: words.say("dashboard-last", &[("count", &days.to_string())]),
                    chosen: days == span,
                })
                .collect(),
            says: says(words, &board.days),
            chart: chart(&board.days, &channels),
            channels: channels
                .iter()
                .map(|(number, channel)| Series {
                    number: *number,
                    name: words.channel(*channel),
                })
                .collect(),
            days: board
                .days
                .iter()
                .rev()
                .map(|day| day_line(words, day, &channels))
                .collect(),
            totals: channels.iter().map(total_of).collect(),
            total: board.days.iter().map(sum_of).sum::<Cents>().to_string(),
            late: late::age_lines(words, &board.late),
            ages: board.ages.as_ref().map(|ages| age_lines(words, ages)),
            watch: board.watch.iter().map(|c| watch_figure(words, c)).collect(),
            files: board
                .files
                .as_ref()
                .map(|files| files.iter().map(|file| file_line(words, file)).collect()),
        }
    }
}

impl Page for DashboardPage {
    const TEMPLATE: &'static str = "staff/dashboard.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let day = |number: i8, sums: &[(Channel, i64)]| DayMoney {
            day: jiff::civil::date(2026, 12, number),
            by_channel: BTreeMap::from_iter(
                sums.iter().map(|(c, cents)| (*c, (2, Cents::new(*cents)))),
            ),
        };
        let age = |from_days, to_days| Age {
            from_days,
            to_days,
            count: 3,
            cents: Cents::new(25_920),
        };
        let finding = |finding: &str, is_fault| WatchCount {
            finding: finding.to_owned(),
            is_fault,
            lines: 12,
        };
        let file = |is_finished| FileIntake {
            file: kernel::AccountId::from_parts(1, [1; 10]),
            name: "\"><img src=x onerror=alert(1)>.csv".to_owned(),
            format: "csv".to_owned(),
            begun_at: jiff::Timestamp::UNIX_EPOCH,
            is_finished,
            checks: 100,
            cents: Cents::new(864_000),
            posted: 97,
            waiting: 3,
            waiting_cents: Cents::new(25_920),
        };
        let full = Dashboard {
            days: vec![
                day(1, &[(Channel::Online, 86_400), (Channel::Mail, 250_000)]),
                day(2, &[]),
                day(3, &Channel::ALL.map(|channel| (channel, 40_000))),
            ],
            watch: vec![finding("other-reason", true), finding("over-cap", false)],
            late: late::sample_ages(),
            ages: Some(vec![age(0, Some(2)), age(31, None)]),
            files: Some(vec![file(false), file(true)]),
        };
        let none = Dashboard {
            days: vec![day(1, &[])],
            watch: Vec::new(),
            late: late::sample_ages(),
            ages: None,
            files: Some(Vec::new()),
        };
        vec![Self::new(words, 14, &full), Self::new(words, 7, &none)]
    }
}

/// The page, over the days asked for.
///
/// # Errors
/// If the role sees no members, or the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let asked = visit.asked("days").and_then(|days| days.parse().ok());
    let span = asked.filter(|days| DASHBOARD_DAYS.contains(days));
    let span = span.unwrap_or(DASHBOARD_DAYS[1]);
    let board = dashboard::dashboard(&app.ctx, &visit.actor(), span).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = DashboardPage::new(&words, span, &board);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}
