//! The one page about autopay: what is drafted next or why nothing is, what was chosen, what was
//! drafted before, and everything that can be done.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::{AccountId, BillingMonth, Cents, ConsentId, MandateId, MethodId, PaymentId, Tender};
use plan::Audience;
use serde::Serialize;
use usecases::autopay::{
    self, AutopayView, DraftDay, DraftState, DraftView, MandateState, MandateView, MethodShown,
    NextDraft,
};

use super::next::{self, NextView};
use super::words as said;
use crate::error::Problem;
use crate::form::{FormView, left_by_post};
use crate::page::{Page, PhoneView, show};
use crate::pay::outcome::pdf_answer;
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The page.
#[derive(Serialize)]
pub struct AutopayPage {
    account: String,
    line: String,
    offered: bool,
    may_change: bool,
    on: bool,
    /// What was just done, in a sentence; empty for nothing.
    done: String,
    next: NextView,
    chosen: Option<Chosen>,
    may_skip: Option<MonthView>,
    skipped: Vec<MonthView>,
    past: Vec<PastDraft>,
    due: String,
    phone: Option<PhoneView>,
    /// What was refused, if something was.
    form: FormView,
}

/// What was chosen, in words.
#[derive(Serialize)]
struct Chosen {
    method: String,
    day: String,
    cap: String,
    told: String,
    start: String,
    given_on: String,
}

/// A month, for a form and in words.
#[derive(Serialize)]
struct MonthView {
    value: String,
    name: String,
}

/// A draft of the past, in words.
#[derive(Serialize)]
struct PastDraft {
    month: String,
    day: String,
    amount: String,
    status: String,
    status_code: &'static str,
    note: String,
    href: String,
}

impl AutopayPage {
    fn new(words: &Words<'_>, view: &AutopayView, done: String, now: Timestamp) -> Self {
        let account = view.account.to_string();
        let today = words.plan.time_zone.to_datetime(now).date();
        let line = words.plan.line(&view.plan_line);
        let active = view.mandate.as_ref().filter(|mandate| mandate.is_active());
        let month = |month: &BillingMonth| MonthView {
            value: month.to_string(),
            name: words.month(*month),
        };
        AutopayPage {
            line: line
                .map(|line| line.name.in_language(words.language).to_owned())
                .unwrap_or_default(),
            offered: view.offered,
            may_change: view.may_change,
            on: active.is_some(),
            done,
            next: NextView::new(words, view, today),
            chosen: active.map(|mandate| chosen(words, mandate)),
            may_skip: view.may_skip.as_ref().map(month),
            skipped: view.skipped.iter().map(month).collect(),
            past: view
                .past
                .iter()
                .map(|draft| past(words, &account, draft))
                .collect(),
            due: if view.due.is_positive() {
                view.due.to_string()
            } else {
                String::new()
            },
            phone: line.map(|line| PhoneView::new(&line.representatives, words, now)),
            form: FormView::default(),
            account,
        }
    }
}

fn chosen(words: &Words<'_>, mandate: &MandateView) -> Chosen {
    Chosen {
        method: match &mandate.method {
            Some(method) => said::method(words, method),
            None => words.say("autopay-method-gone", &[]),
        },
        day: said::day(words, mandate.day),
        cap: said::cap(words, mandate.cap),
        told: said::told(words, mandate.agreed),
        start: words.month(mandate.start),
        given_on: words.day_of(mandate.given_at),
    }
}

fn past(words: &Words<'_>, account: &str, draft: &DraftView) -> PastDraft {
    let mut note = match draft.reason.as_str() {
        "" => String::new(),
        reason => said::why(words, reason, draft.month).0,
    };
    if let Some(again) = draft.next_try_on {
        let again = words.say("autopay-again-on", &[("day", &words.date(again))]);
        note = format!("{note} {again}").trim().to_owned();
    }
    PastDraft {
        month: words.month(draft.month),
        day: draft
            .debit_on
            .map(|day| words.date(day))
            .unwrap_or_default(),
        amount: if draft.cents.is_zero() {
            String::new()
        } else {
            draft.cents.to_string()
        },
        status: said::status(words, draft.state),
        status_code: look(draft.state),
        note,
        href: draft
            .payment
            .map(|payment| format!("/account/{account}/payments/{payment}"))
            .unwrap_or_default(),
    }
}

/// The colour of a status, by the class of payments that it is like.
fn look(state: DraftState) -> &'static str {
    match state {
        DraftState::Paid => "succeeded",
        DraftState::Scheduled | DraftState::Sent => "pending",
        DraftState::Retry | DraftState::Failed => "declined",
        DraftState::None | DraftState::Cancelled => "none",
    }
}

/// A view for samples.
#[must_use]
pub fn sample(words: &Words<'_>, next: NextDraft, on: bool) -> AutopayView {
    let month = BillingMonth::of(date(2026, 12, 1));
    let mandate = MandateView {
        mandate: MandateId::from_parts(1, [1; 10]),
        state: if on {
            MandateState::Active
        } else {
            MandateState::Stopped {
                on: date(2026, 11, 2),
            }
        },
        method: Some(MethodShown {
            tender: Tender::Visa,
            last_four: "4242".to_owned(),
            bank_name: String::new(),
            expires: Some(BillingMonth::of(date(2027, 12, 1))),
        }),
        method_id: MethodId::from_parts(1, [1; 10]),
        day: DraftDay::DueDate,
        cap: None,
        agreed: None,
        start: month,
        consent: ConsentId::from_parts(1, [1; 10]),
        consent_version: "card-recurring-en-1".to_owned(),
        given_at: Timestamp::from_second(1_793_600_000).unwrap_or(Timestamp::UNIX_EPOCH),
    };
    AutopayView {
        account: AccountId::from_parts(1, [1; 10]),
        plan_line: words.plan.lines[0].id.clone(),
        offered: true,
        may_change: true,
        mandate: Some(mandate),
        next,
        past: DraftState::ALL.into_iter().map(sample_draft).collect(),
        may_skip: on.then_some(month),
        skipped: if on { vec![month.next()] } else { Vec::new() },
        due: Cents::new(8640),
        first_start: month,
    }
}

fn sample_draft(state: DraftState) -> DraftView {
    let failed = matches!(state, DraftState::Retry | DraftState::Failed);
    DraftView {
        month: BillingMonth::of(date(2026, 11, 1)),
        state,
        debit_on: (state != DraftState::None).then(|| date(2026, 11, 2)),
        cents: Cents::new(if state == DraftState::None { 0 } else { 8640 }),
        reason: match state {
            DraftState::None => "skipped".to_owned(),
            _ if failed => "insufficient-funds".to_owned(),
            _ => String::new(),
        },
        payment: failed.then(|| PaymentId::from_parts(1, [1; 10])),
        next_try_on: (state == DraftState::Retry).then(|| date(2026, 11, 5)),
    }
}

impl Page for AutopayPage {
    const TEMPLATE: &'static str = "autopay/overview.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let now = Timestamp::from_second(1_795_600_000).unwrap_or(Timestamp::UNIX_EPOCH);
        let page = |view: &AutopayView| Self::new(words, view, String::new(), now);
        let mut pages: Vec<Self> = next::samples()
            .into_iter()
            .map(|next| {
                let on = next != NextDraft::Off;
                page(&sample(words, next, on))
            })
            .collect();
        let never = AutopayView {
            mandate: None,
            past: Vec::new(),
            due: Cents::ZERO,
            ..sample(words, NextDraft::Off, false)
        };
        pages.push(page(&never));
        pages.push(page(&AutopayView {
            offered: false,
            ..never.clone()
        }));
        pages.push(page(&AutopayView {
            may_change: false,
            ..sample(words, next::samples().remove(0), true)
        }));
        for what in DONE {
            let view = sample(words, next::samples().remove(0), true);
            let last = Some(date(2026, 12, 1));
            pages.push(Self::new(words, &view, done(words, what, last), now));
        }
        pages
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// What can just have been done.
const DONE: [&str; 5] = ["on", "changed", "skipped", "unskipped", "off"];

fn done(words: &Words<'_>, what: &str, last: Option<Date>) -> String {
    match (what, last) {
        ("on", _) => words.say("autopay-done-on", &[]),
        ("changed", _) => words.say("autopay-done-changed", &[]),
        ("skipped", _) => words.say("autopay-done-skipped", &[]),
        ("unskipped", _) => words.say("autopay-done-unskipped", &[]),
        ("off", None) => words.say("autopay-done-off", &[]),
        ("off", Some(day)) => {
            let day = words.weekday_and_date(day);
            words.say("autopay-done-off-late", &[("day", &day)])
        }
        _ => String::new(),
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
    let account = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let view = autopay::view(&app.ctx, &visit.actor(), account).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let last = visit.asked("last").and_then(|day| day.parse().ok());
    let done = done(&words, &visit.asked("done").unwrap_or_default(), last);
    let mut page = AutopayPage::new(&words, &view, done, app.ctx.now());
    if let Some(form) = left_by_post(&app, &visit).await? {
        page.form = form.view(&words);
    }
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The member's copy of the authorisation.
///
/// # Errors
/// Not found without a mandate, or if the account is not this member's.
pub async fn authorisation(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let account = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let actor = visit.actor();
    let view = autopay::view(&app.ctx, &actor, account).await?;
    let mandate = view.mandate.ok_or_else(Problem::not_found)?;
    let bytes = usecases::consents::copy(&app.ctx, &actor, mandate.consent).await?;
    Ok(pdf_answer(bytes, "autopay.pdf"))
}
