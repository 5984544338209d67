//! Returned checks that the program could not reverse by itself.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use usecases::lockbox::{self, WaitingReturn};

use crate::error::Problem;
use crate::page::{Page, show};
use crate::staff::check_images::{ImageView, sample_images};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The page.
#[derive(Serialize)]
pub struct ReturnedChecksPage {
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    came: String,
    file: String,
    record: i64,
    amount: String,
    code: String,
    /// In English: the words of the standard.
    reason: &'static str,
    to_do: &'static str,
    why: String,
    /// The check in suspense; empty if it is not there.
    check: String,
    images: Vec<ImageView>,
}

impl ReturnedChecksPage {
    fn new(words: &Words<'_>, waiting: &[WaitingReturn]) -> Self {
        let row = |one: &WaitingReturn| Row {
            came: words.instant(one.taken_in_at),
            file: one.file_name.clone(),
            record: one.record,
            amount: one.cents.to_string(),
            code: one.reason.clone(),
            reason: one.reason_words,
            to_do: one.what_to_do,
            why: words.say(&format!("returned-{}", one.outcome), &[]),
            check: one
                .check
                .map(|key| format!("/staff/suspense/{}/{}", key.file, key.item))
                .unwrap_or_default(),
            images: one
                .images
                .iter()
                .map(|image| ImageView::new(words, image, "", &one.cents.to_string()))
                .collect(),
        };
        ReturnedChecksPage {
            rows: waiting.iter().map(row).collect(),
        }
    }
}

impl Page for ReturnedChecksPage {
    const TEMPLATE: &'static str = "staff/returned_checks.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let key = usecases::suspense::ItemKey {
            file: kernel::AccountId::from_parts(1, [1; 10]),
            item: 1,
        };
        let one = |outcome, check: Option<usecases::suspense::ItemKey>| WaitingReturn {
            taken_in_at: jiff::Timestamp::UNIX_EPOCH,
            file_name: "\"><img src=x onerror=alert(1)>.x9".to_owned(),
            record: 12,
            cents: kernel::Cents::new(31_000),
            reason: "A".to_owned(),
            reason_words: "not enough money",
            what_to_do: "ask for another payment",
            outcome,
            images: if check.is_some() {
                sample_images()
            } else {
                Vec::new()
            },
            check,
        };
        vec![
            Self::new(words, &[one("unmatched", None), one("refunded", Some(key))]),
            Self::new(words, &[]),
        ]
    }
}

/// The page.
///
/// # Errors
/// If the role does not see suspense, or the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let waiting = lockbox::returns_waiting(&app.ctx, &visit.actor()).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = ReturnedChecksPage::new(&words, &waiting);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}
