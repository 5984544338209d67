//! The payment history, with a filter, pages, and a file for a spreadsheet.

use ::payments::PaymentStatus;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use kernel::AccountId;
use plan::Audience;
use serde::Serialize;
use usecases::pages::{self, HISTORY_PAGE, HistoryFilter, PaymentSummary};

use super::home::{PaymentLine, sample_payment};
use crate::error::Problem;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The payment history.
#[derive(Serialize)]
pub struct HistoryPage {
    account: String,
    payments: Vec<PaymentLine>,
    total: i64,
    years: Vec<i16>,
    year: i16,
    statuses: Vec<StatusChoice>,
    status: String,
    page: u32,
    pages: u32,
    earlier: String,
    later: String,
    csv: String,
}

#[derive(Serialize)]
struct StatusChoice {
    code: &'static str,
    name: String,
}

/// The words that the filter offers: those that a member meets.
const OFFERED: [PaymentStatus; 6] = [
    PaymentStatus::Succeeded,
    PaymentStatus::Pending,
    PaymentStatus::Confirming,
    PaymentStatus::Declined,
    PaymentStatus::Returned,
    PaymentStatus::Refunded,
];

impl HistoryPage {
    fn new(
        words: &Words<'_>,
        account: String,
        filter: &HistoryFilter,
        history: &pages::History,
    ) -> Self {
        let total = history.total.max(0);
        let pages = u32::try_from((total + i64::from(HISTORY_PAGE) - 1) / i64::from(HISTORY_PAGE))
            .unwrap_or(1)
            .max(1);
        let at = |page: u32| format!("/account/{account}/payments?{}", query(filter, Some(page)));
        let rows = &history.rows;
        HistoryPage {
            payments: rows
                .iter()
                .map(|row| PaymentLine::new(words, &account, row))
                .collect(),
            total,
            years: history.years.clone(),
            year: filter.year.unwrap_or(0),
            statuses: OFFERED
                .into_iter()
                .map(|status| StatusChoice {
                    code: status.code(),
                    name: words.say(&format!("status-{}", status.code()), &[]),
                })
                .collect(),
            status: filter
                .status
                .map(PaymentStatus::code)
                .unwrap_or_default()
                .to_owned(),
            page: filter.page,
            pages,
            later: if filter.page > 1 {
                at(filter.page - 1)
            } else {
                String::new()
            },
            earlier: if filter.page < pages {
                at(filter.page + 1)
            } else {
                String::new()
            },
            csv: format!("/account/{account}/payments.csv?{}", query(filter, None)),
            account,
        }
    }
}

fn query(filter: &HistoryFilter, page: Option<u32>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(year) = filter.year {
        query.append_pair("year", &year.to_string());
    }
    if let Some(status) = filter.status {
        query.append_pair("status", status.code());
    }
    if let Some(page) = page {
        query.append_pair("page", &page.to_string());
    }
    query.finish()
}

impl Page for HistoryPage {
    const TEMPLATE: &'static str = "member/history.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let full = pages::History {
            rows: PaymentStatus::ALL.into_iter().map(sample_payment).collect(),
            total: 60,
            years: vec![2026, 2025],
        };
        let none = pages::History {
            rows: Vec::new(),
            total: 0,
            years: Vec::new(),
        };
        let filter = |page: u32, year: Option<i16>| HistoryFilter {
            year,
            status: Some(PaymentStatus::Returned),
            page,
        };
        vec![
            Self::new(words, "0".to_owned(), &filter(2, Some(2026)), &full),
            Self::new(words, "0".to_owned(), &filter(1, None), &none),
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The page.
///
/// # Errors
/// Not found if the account is not this member's.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let id = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let filter = asked(&visit);
    let history = pages::payment_history(&app.ctx, &visit.actor(), id, &filter).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = HistoryPage::new(&words, id.to_string(), &filter, &history);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The same as a file, all pages of it.
///
/// # Errors
/// Not found if the account is not this member's.
pub async fn csv(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let id = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let filter = HistoryFilter {
        page: 0,
        ..asked(&visit)
    };
    let history = pages::payment_history(&app.ctx, &visit.actor(), id, &filter).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let body = csv_of(&words, &id.to_string(), &history.rows).ok_or_else(Problem::broken)?;
    Ok(as_file("payments.csv", body))
}

/// A CSV file to keep.
pub(crate) fn as_file(name: &'static str, body: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    response
}

fn asked(visit: &Visit) -> HistoryFilter {
    HistoryFilter {
        year: visit
            .asked("year")
            .and_then(|year| year.parse().ok())
            .filter(|year| *year > 0),
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

/// A file that a spreadsheet opens with the right letters (byte order mark) and takes for words and
/// numbers, never for formulas.
fn csv_of(words: &Words<'_>, account: &str, rows: &[PaymentSummary]) -> Option<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    let heads = [
        "date",
        "effective",
        "amount",
        "status",
        "method",
        "channel",
        "confirmation",
    ]
    .map(|name| words.say(&format!("history-{name}"), &[]));
    writer
        .write_record(heads.iter().map(|head| cell(head)))
        .ok()?;
    for row in rows {
        let line = PaymentLine::new(words, account, row);
        let day = words
            .plan
            .time_zone
            .to_datetime(row.received_at)
            .date()
            .to_string();
        let (effective, amount) = (row.effective_on.to_string(), row.cents.plain());
        let fields = [
            &day,
            &effective,
            &amount,
            &line.status,
            &line.method,
            &line.channel,
            &line.confirmation,
        ];
        writer
            .write_record(fields.iter().map(|field| cell(field)))
            .ok()?;
    }
    writer.into_inner().ok()
}

/// A cell that no spreadsheet reads as a formula (OWASP "CSV Injection"): what begins like one gets
/// an apostrophe in front. Plain negative numbers stay numbers.
pub(crate) fn cell(text: &str) -> String {
    let number = text.strip_prefix('-').is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    if !number && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("+1", "'+1"),
            ("-1+2", "'-1+2"),
            ("-12.50", "-12.50"),
            ("86.40", "86.40"),
            ("", ""),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
