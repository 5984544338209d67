//! Payments by batch: lockbox files and drawers, the batches of a file, the checks of a batch.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::{AccountId, Cents};
use serde::Serialize;
use url::form_urlencoded;
use usecases::staff::Reason;
use usecases::staff::batches::{
    self, Batch, BatchAsked, BatchCheck, BatchKey, BatchPayment, Batches, DrawerBatch, FileBatches,
};
use usecases::staff::dashboard::FileIntake;

use super::account;
use super::check_images::{ImageView, sample_images};
use crate::error::Problem;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

const HERE: &str = "/staff/batches";

/// The page of all.
#[derive(Serialize)]
pub struct BatchesPage {
    files: Vec<FileLine>,
    drawers: Vec<DrawerLine>,
}

#[derive(Serialize)]
struct FileLine {
    href: String,
    name: String,
    came: String,
    checks: i64,
    sum: String,
    posted: i64,
    waiting: String,
}

#[derive(Serialize)]
struct DrawerLine {
    center: String,
    associate: String,
    opened: String,
    state: String,
    checks: i64,
    sum: String,
    slip: String,
}

/// The page of a file.
#[derive(Serialize)]
pub struct BatchPage {
    file: FileLine,
    batches: Vec<BatchLine>,
    /// The batch whose checks are listed; empty for none.
    shown: String,
    checks: Vec<CheckLine>,
    earlier: String,
    later: String,
}

#[derive(Serialize)]
struct BatchLine {
    href: String,
    lockbox: String,
    day: String,
    batch: String,
    checks: i64,
    sum: String,
    suspended: i64,
    waiting: String,
}

#[derive(Serialize)]
struct CheckLine {
    number: i64,
    envelope: String,
    last_four: String,
    amount: String,
    /// The check in the queue; empty if it never was there.
    suspense: String,
    state: String,
    payments: Vec<PaymentLine>,
    images: Vec<ImageView>,
}

#[derive(Serialize)]
struct PaymentLine {
    href: String,
    confirmation: String,
    amount: String,
    status: String,
}

fn file_line(words: &Words<'_>, file: &FileIntake) -> FileLine {
    FileLine {
        href: format!("{HERE}/{}", file.file),
        name: file.name.clone(),
        came: words.instant(file.begun_at),
        checks: file.checks,
        sum: file.cents.to_string(),
        posted: file.posted,
        waiting: file.waiting_cents.to_string(),
    }
}

/// Its id if the plan file has the center no longer.
fn center_name(words: &Words<'_>, id: &str) -> String {
    let centers = words.plan.centers.as_ref();
    let found = centers.and_then(|all| all.list.iter().find(|center| center.id == id));
    found.map_or_else(
        || id.to_owned(),
        |center| center.name.in_language(words.language).to_owned(),
    )
}

fn drawer_line(words: &Words<'_>, one: &DrawerBatch) -> DrawerLine {
    DrawerLine {
        center: center_name(words, &one.center),
        associate: one.associate.clone(),
        opened: words.instant(one.opened_at),
        state: words.say(&format!("batch-state-{}", one.state), &[]),
        checks: one.checks,
        sum: one.cents.to_string(),
        slip: one.slip_number.map(|no| no.to_string()).unwrap_or_default(),
    }
}

fn href_of(key: &BatchKey) -> String {
    let asked = form_urlencoded::Serializer::new(String::new())
        .append_pair("lockbox", &key.lockbox)
        .append_pair("day", &key.deposited_on.to_string())
        .append_pair("batch", &key.batch)
        .finish();
    format!("{HERE}/{}?{asked}", key.file)
}

fn batch_line(words: &Words<'_>, one: &Batch) -> BatchLine {
    BatchLine {
        href: format!("{}#checks", href_of(&one.key)),
        lockbox: one.key.lockbox.clone(),
        day: words.date(one.key.deposited_on),
        batch: one.key.batch.clone(),
        checks: one.checks,
        sum: one.cents.to_string(),
        suspended: one.suspended,
        waiting: one.waiting.to_string(),
    }
}

fn check_line(words: &Words<'_>, file: AccountId, one: &BatchCheck) -> CheckLine {
    let payment = |payment: &BatchPayment| PaymentLine {
        href: account::href(payment.account, Reason::Queue),
        confirmation: payment.confirmation.clone(),
        amount: payment.cents.to_string(),
        status: words.say(&format!("status-{}", payment.status.code()), &[]),
    };
    let suspense = one.suspense.as_deref();
    CheckLine {
        number: one.item,
        envelope: one.envelope.clone(),
        last_four: one.last_four.clone(),
        amount: one.cents.to_string(),
        suspense: suspense.map_or_else(String::new, |_| {
            format!("/staff/suspense/{file}/{}", one.item)
        }),
        state: suspense.map_or_else(String::new, |state| {
            words.say(&format!("suspense-state-{state}"), &[])
        }),
        payments: one.payments.iter().map(payment).collect(),
        images: one
            .images
            .iter()
            .map(|image| ImageView::new(words, image, "", &one.cents.to_string()))
            .collect(),
    }
}

impl BatchesPage {
    fn new(words: &Words<'_>, all: &Batches) -> Self {
        BatchesPage {
            files: all
                .files
                .iter()
                .map(|file| file_line(words, file))
                .collect(),
            drawers: all
                .drawers
                .iter()
                .map(|one| drawer_line(words, one))
                .collect(),
        }
    }
}

impl BatchPage {
    fn new(words: &Words<'_>, of: &FileBatches, page: u16) -> Self {
        let file = of.file.file;
        let shown = of.shown.as_ref();
        let at = |page: u16| match shown {
            Some(key) => format!("{}&page={page}#checks", href_of(key)),
            None => String::new(),
        };
        BatchPage {
            file: file_line(words, &of.file),
            batches: of
                .batches
                .iter()
                .map(|one| batch_line(words, one))
                .collect(),
            shown: shown.map_or_else(String::new, |key| {
                let day = words.date(key.deposited_on);
                words.say("batch-list", &[("batch", &key.batch), ("day", &day)])
            }),
            checks: of
                .checks
                .iter()
                .map(|one| check_line(words, file, one))
                .collect(),
            earlier: match page > 1 {
                true => at(page - 1),
                false => String::new(),
            },
            later: match of.more {
                true => at(page.saturating_add(1)),
                false => String::new(),
            },
        }
    }
}

fn sample_file() -> FileIntake {
    FileIntake {
        file: AccountId::from_parts(1, [1; 10]),
        name: "\"><img src=x onerror=alert(1)>.bai".to_owned(),
        format: "bai".to_owned(),
        begun_at: jiff::Timestamp::UNIX_EPOCH,
        is_finished: true,
        checks: 3,
        cents: Cents::new(93_000),
        posted: 2,
        waiting: 1,
        waiting_cents: Cents::new(31_000),
    }
}

impl Page for BatchesPage {
    const TEMPLATE: &'static str = "staff/batches.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let drawer = |state: &str, slip_number| DrawerBatch {
            drawer: kernel::DrawerId::from_parts(1, [1; 10]),
            center: "Bristol".to_owned(),
            associate: "Ana Diaz".to_owned(),
            state: state.to_owned(),
            opened_at: jiff::Timestamp::UNIX_EPOCH,
            checks: 4,
            cents: Cents::new(40_000),
            slip_number,
        };
        let drawers = vec![
            drawer("open", None),
            drawer("counted", None),
            drawer("closed", Some(17)),
        ];
        let some = Batches {
            files: vec![sample_file()],
            drawers,
        };
        let none = Batches {
            files: Vec::new(),
            drawers: Vec::new(),
        };
        vec![Self::new(words, &some), Self::new(words, &none)]
    }
}

impl Page for BatchPage {
    const TEMPLATE: &'static str = "staff/batch.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let file = sample_file();
        let key = BatchKey {
            file: file.file,
            lockbox: "0021849".to_owned(),
            deposited_on: jiff::civil::date(2026, 12, 1),
            batch: "001".to_owned(),
        };
        let check = |suspense: Option<&str>, payments| BatchCheck {
            item: 1,
            envelope: "1".to_owned(),
            last_four: "6789".to_owned(),
            cents: Cents::new(31_000),
            suspense: suspense.map(str::to_owned),
            payments,
            images: sample_images(),
        };
        let paid = BatchPayment {
            account: file.file,
            confirmation: "12345-67890".to_owned(),
            cents: Cents::new(31_000),
            status: payments::PaymentStatus::Succeeded,
        };
        let batch = Batch {
            key: key.clone(),
            checks: 3,
            cents: Cents::new(93_000),
            suspended: 1,
            waiting: Cents::new(31_000),
        };
        let of = |shown: Option<BatchKey>| FileBatches {
            file: file.clone(),
            batches: vec![batch.clone()],
            checks: match shown {
                Some(_) => vec![
                    check(None, vec![paid.clone()]),
                    check(Some("open"), Vec::new()),
                ],
                None => Vec::new(),
            },
            more: shown.is_some(),
            shown,
        };
        vec![
            Self::new(words, &of(Some(key.clone())), 2),
            Self::new(words, &of(None), 1),
        ]
    }
}

/// The page of all.
///
/// # Errors
/// If the role does not see deposits, or the database does not answer.
pub async fn list(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let all = batches::batches(&app.ctx, &visit.actor()).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = BatchesPage::new(&words, &all);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The page of a file.
///
/// # Errors
/// As [`list`]; not found if there is no such file or batch.
pub async fn file(
    State(app): State<AppState>,
    visit: Visit,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let file = AccountId::parse(&file).ok_or_else(Problem::not_found)?;
    let page = visit.asked("page").and_then(|text| text.parse().ok());
    let page: u16 = page.unwrap_or(1).max(1);
    let day = visit.asked("day").and_then(|text| text.parse().ok());
    let asked = day.map(|deposited_on| BatchAsked {
        lockbox: visit.asked("lockbox").unwrap_or_default(),
        deposited_on,
        batch: visit.asked("batch").unwrap_or_default(),
    });
    let of = batches::file(&app.ctx, &visit.actor(), file, asked, page).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = BatchPage::new(&words, &of, page);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}
