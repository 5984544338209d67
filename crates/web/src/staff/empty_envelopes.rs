//! Envelopes in the mail with a coupon and no check.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use usecases::lockbox::{self, EmptyEnvelope, EmptyRow};
use usecases::staff::Reason;

use super::account;
use crate::error::Problem;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The page.
#[derive(Serialize)]
pub struct EmptyEnvelopesPage {
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    day: String,
    place: String,
    file: String,
    said: String,
    /// The account of its coupon; empty if it is not certain.
    account: String,
}

impl EmptyEnvelopesPage {
    fn new(words: &Words<'_>, envelopes: &[EmptyEnvelope]) -> Self {
        let row = |one: &EmptyEnvelope| {
            let places = [&one.row.lockbox, &one.row.batch, &one.row.envelope];
            let href = |id| account::href(id, Reason::Queue);
            Row {
                day: words.date(one.row.deposited_on),
                place: places.map(String::as_str).join(" / "),
                file: one.file_name.clone(),
                said: one.row.said.clone(),
                account: one.row.account.map(href).unwrap_or_default(),
            }
        };
        EmptyEnvelopesPage {
            rows: envelopes.iter().map(row).collect(),
        }
    }
}

impl Page for EmptyEnvelopesPage {
    const TEMPLATE: &'static str = "staff/empty_envelopes.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let one = |account| EmptyEnvelope {
            file_name: "\"><img src=x onerror=alert(1)>.csv".to_owned(),
            row: EmptyRow {
                number: 7,
                lockbox: "0022222".to_owned(),
                deposited_on: jiff::civil::date(2026, 12, 1),
                batch: "001".to_owned(),
                envelope: "7".to_owned(),
                said: "<b>paid</b>".to_owned(),
                account,
            },
        };
        let known = kernel::AccountId::from_parts(1, [1; 10]);
        vec![
            Self::new(words, &[one(Some(known)), one(None)]),
            Self::new(words, &[]),
        ]
    }
}

/// The page.
///
/// # Errors
/// If the role does not see suspense, or the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let envelopes = lockbox::empty_envelopes(&app.ctx, &visit.actor()).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = EmptyEnvelopesPage::new(&words, &envelopes);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}
