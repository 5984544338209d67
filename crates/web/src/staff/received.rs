//! What came in on a day, by the second: every payment of every channel in one list.

use ::payments::PaymentStatus;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use kernel::{Cents, Channel, Tender};
use serde::Serialize;
use usecases::staff::Reason;
use usecases::staff::received::{
    self, RECEIVED_PAGE, Received, ReceivedFilter, ReceivedRow, ReceivedTotal,
};

use super::account;
use crate::error::Problem;
use crate::member::history::{as_file, cell};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The page.
#[derive(Serialize)]
pub struct ReceivedPage {
    day: String,
    day_in_words: String,
    channels: Vec<Choice>,
    tenders: Vec<Choice>,
    statuses: Vec<Choice>,
    csv: String,
    totals: Vec<TotalLine>,
    rows: Vec<Line>,
    count: i64,
    amount: String,
    page: u32,
    pages: u32,
    later: String,
    earlier: String,
}

#[derive(Serialize)]
struct Choice {
    code: &'static str,
    name: String,
    chosen: bool,
}

#[derive(Serialize)]
struct TotalLine {
    href: String,
    channel: String,
    tender: String,
    count: i64,
    amount: String,
}

#[derive(Serialize)]
struct Line {
    href: String,
    time: String,
    effective: String,
    amount: String,
    channel: String,
    tender: String,
    status: String,
    status_code: &'static str,
    confirmation: String,
}

impl Line {
    fn new(words: &Words<'_>, row: &ReceivedRow) -> Self {
        let local = words.plan.time_zone.to_datetime(row.received_at);
        let code = row.status.code();
        Line {
            href: account::href(row.account, Reason::PaymentEnquiry),
            time: local.strftime("%H:%M:%S").to_string(),
            effective: words.date(row.effective_on),
            amount: row.cents.to_string(),
            channel: words.channel(row.channel),
            tender: tender_name(words, row.tender),
            status: words.say(&format!("status-{code}"), &[]),
            status_code: code,
            confirmation: row.confirmation.clone(),
        }
    }
}

fn tender_name(words: &Words<'_>, tender: Tender) -> String {
    words.say(&format!("tender-{}", tender.code()), &[])
}

/// Where the list is, or with `.csv` its file.
pub(super) fn address(kind: &str, filter: &ReceivedFilter) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("day", &filter.day.to_string());
    if let Some(channel) = filter.channel {
        query.append_pair("channel", channel.code());
    }
    if let Some(tender) = filter.tender {
        query.append_pair("tender", tender.code());
    }
    if let Some(status) = filter.status {
        query.append_pair("status", status.code());
    }
    if filter.page > 1 {
        query.append_pair("page", &filter.page.to_string());
    }
    format!("/staff/received{kind}?{}", query.finish())
}

fn channels(words: &Words<'_>, filter: &ReceivedFilter) -> Vec<Choice> {
    let all = Channel::ALL.into_iter();
    all.map(|channel| Choice {
        code: channel.code(),
        name: words.channel(channel),
        chosen: filter.channel == Some(channel),
    })
    .collect()
}

fn tenders(words: &Words<'_>, filter: &ReceivedFilter) -> Vec<Choice> {
    let all = Tender::ALL.into_iter();
    all.map(|tender| Choice {
        code: tender.code(),
        name: tender_name(words, tender),
        chosen: filter.tender == Some(tender),
    })
    .collect()
}

fn statuses(words: &Words<'_>, filter: &ReceivedFilter) -> Vec<Choice> {
    let all = PaymentStatus::ALL.into_iter();
    all.map(|status| Choice {
        code: status.code(),
        name: words.say(&format!("status-{}", status.code()), &[]),
        chosen: filter.status == Some(status),
    })
    .collect()
}

impl ReceivedPage {
    fn new(words: &Words<'_>, filter: &ReceivedFilter, received: &Received) -> Self {
        let size = i64::from(RECEIVED_PAGE);
        let pages = u32::try_from((received.count + size - 1) / size).unwrap_or(1);
        let pages = pages.max(1);
        let link = |there: bool, page: u32| match there {
            true => address(
                "",
                &ReceivedFilter {
                    page,
                    ..filter.clone()
                },
            ),
            false => String::new(),
        };
        let total = |total: &ReceivedTotal| TotalLine {
            href: address(
                "",
                &ReceivedFilter {
                    channel: Some(total.channel),
                    tender: Some(total.tender),
                    page: 1,
                    ..filter.clone()
                },
            ),
            channel: words.channel(total.channel),
            tender: tender_name(words, total.tender),
            count: total.count,
            amount: total.cents.to_string(),
        };
        ReceivedPage {
            day: filter.day.to_string(),
            day_in_words: words.weekday_and_date(filter.day),
            channels: channels(words, filter),
            tenders: tenders(words, filter),
            csv: address(
                ".csv",
                &ReceivedFilter {
                    page: 1,
                    ..filter.clone()
                },
            ),
            statuses: statuses(words, filter),
            totals: received.totals.iter().map(total).collect(),
            rows: received.rows.iter().map(|r| Line::new(words, r)).collect(),
            count: received.count,
            amount: received.cents.to_string(),
            page: filter.page,
            pages,
            later: link(filter.page > 1, filter.page.saturating_sub(1)),
            earlier: link(filter.page < pages, filter.page + 1),
        }
    }
}

impl Page for ReceivedPage {
    const TEMPLATE: &'static str = "staff/received.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let row = |status| ReceivedRow {
            account: kernel::AccountId::from_parts(1, [1; 10]),
            payment: kernel::PaymentId::from_parts(1, [1; 10]),
            confirmation: "7Q4K 2M9X 3R".to_owned(),
            received_at: jiff::Timestamp::UNIX_EPOCH,
            cents: Cents::new(8640),
            channel: Channel::Guest,
            tender: Tender::Visa,
            status,
            effective_on: jiff::civil::date(2026, 12, 1),
        };
        let full = Received {
            rows: PaymentStatus::ALL.into_iter().map(row).collect(),
            totals: vec![ReceivedTotal {
                channel: Channel::Guest,
                tender: Tender::Visa,
                count: 140,
                cents: Cents::new(1_209_600),
            }],
            count: 140,
            cents: Cents::new(1_209_600),
        };
        let none = Received {
            rows: Vec::new(),
            totals: Vec::new(),
            count: 0,
            cents: Cents::new(0),
        };
        let filter = |page, status| ReceivedFilter {
            day: jiff::civil::date(2026, 12, 1),
            channel: None,
            tender: None,
            status,
            page,
        };
        vec![
            Self::new(words, &filter(2, Some(PaymentStatus::Succeeded)), &full),
            Self::new(words, &filter(1, None), &none),
        ]
    }
}

/// The page: today, or the day asked for.
///
/// # Errors
/// If the role sees no members, or the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let filter = asked(&visit, app.ctx.today());
    let received = received::received(&app.ctx, &visit.actor(), &filter).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = ReceivedPage::new(&words, &filter, &received);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The same as a file, all pages of it.
///
/// # Errors
/// If the role sees no members, or the database does not answer.
pub async fn csv(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let filter = ReceivedFilter {
        page: 0,
        ..asked(&visit, app.ctx.today())
    };
    let received = received::received(&app.ctx, &visit.actor(), &filter).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let body = csv_of(&words, filter.day, &received.rows).ok_or_else(Problem::broken)?;
    Ok(as_file("received.csv", body))
}

fn csv_of(words: &Words<'_>, day: Date, rows: &[ReceivedRow]) -> Option<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    let heads = [
        words.say("came-in-day", &[]),
        words.say("came-in-time", &[]),
        words.say("history-effective", &[]),
        words.say("history-amount", &[]),
        words.say("history-channel", &[]),
        words.say("history-method", &[]),
        words.say("history-status", &[]),
        words.say("history-confirmation", &[]),
    ];
    writer
        .write_record(heads.iter().map(|head| cell(head)))
        .ok()?;
    for row in rows {
        let line = Line::new(words, row);
        let (day, effective) = (day.to_string(), row.effective_on.to_string());
        let amount = row.cents.plain();
        let cells = [
            &day,
            &line.time,
            &effective,
            &amount,
            &line.channel,
            &line.tender,
            &line.status,
            &line.confirmation,
        ];
        writer.write_record(cells.map(|text| cell(text))).ok()?;
    }
    writer.into_inner().ok()
}

fn asked(visit: &Visit, today: Date) -> ReceivedFilter {
    let day = visit.asked("day").and_then(|day| day.parse().ok());
    ReceivedFilter {
        day: day
            .filter(|day: &Date| (1900..=2200).contains(&day.year()))
            .unwrap_or(today),
        channel: visit
            .asked("channel")
            .and_then(|code| Channel::from_code(&code)),
        tender: visit
            .asked("tender")
            .and_then(|code| Tender::from_code(&code)),
        status: visit
            .asked("status")
            .and_then(|code| PaymentStatus::from_code(&code)),
        page: visit
            .asked("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1)
            .clamp(1, 100_000),
    }
}
