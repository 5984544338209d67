//! What to choose for autopay: from what, when, how much, from when on. The same page sets it up
//! and changes it.

use ::payments::saved_method::MethodState;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use jiff::civil::date;
use kernel::{AccountId, BillingMonth, Cents, ErrandId, MethodId};
use plan::Audience;
use serde::{Deserialize, Serialize};
use usecases::autopay::{self, AutopayView, Cap, Choice, DayOfMonth, DraftDay, OverCap};
use usecases::errands;
use usecases::methods::{self, MethodView};
use usecases::sessions::Session;

use super::{next, overview};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::pay::amount::money_mistake;
use crate::pay::card::ending_in;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The kind of errand that keeps the choice until it is agreed to.
const KIND: &str = "autopay";
/// How many months can be chosen to begin with.
const MONTHS_TO_CHOOSE: i32 = 4;
const FIELDS: [&str; 7] = [
    "method",
    "day",
    "day_of_month",
    "cap",
    "most",
    "over",
    "start",
];

/// What to choose.
#[derive(Serialize)]
pub struct ChoosePage {
    account: String,
    changing: bool,
    methods: Vec<MethodChoice>,
    add: String,
    days: Vec<u8>,
    months: Vec<MonthChoice>,
    form: FormView,
}

/// A saved card or bank account to choose.
#[derive(Serialize)]
struct MethodChoice {
    id: String,
    name: String,
    /// What is to be known about it; empty for nothing.
    note: String,
}

#[derive(Serialize)]
struct MonthChoice {
    value: String,
    name: String,
}

impl ChoosePage {
    fn new(
        words: &Words<'_>,
        view: &AutopayView,
        saved: &[MethodView],
        form: &FormState,
    ) -> ChoosePage {
        let account = view.account.to_string();
        let changing = view
            .mandate
            .as_ref()
            .is_some_and(autopay::MandateView::is_active);
        let first = first_month(view);
        ChoosePage {
            changing,
            methods: saved
                .iter()
                .filter(|method| can_be_chosen(method))
                .map(|m| choice(words, m))
                .collect(),
            add: format!("/account/methods?for={account}#add"),
            days: (1..=28).collect(),
            months: (0..MONTHS_TO_CHOOSE)
                .map(|more| first.plus(more))
                .map(|month| MonthChoice {
                    value: month.to_string(),
                    name: words.month(month),
                })
                .collect(),
            form: form.view(words),
            account,
        }
    }
}

/// A mandate in force goes on with the month it is at; another begins with the first it can.
fn first_month(view: &AutopayView) -> BillingMonth {
    let active = view.mandate.as_ref().filter(|mandate| mandate.is_active());
    active.map_or(view.first_start, |mandate| {
        mandate.start.max(view.first_start)
    })
}

/// A disabled or removed method is no choice; one that waits for its validation is.
fn can_be_chosen(method: &MethodView) -> bool {
    !method.expired
        && matches!(
            method.state,
            MethodState::New | MethodState::Validating | MethodState::Good
        )
}

fn choice(words: &Words<'_>, method: &MethodView) -> MethodChoice {
    let name = ending_in(words, method.tender, &method.bank_name, &method.last_four);
    let note = match (method.state, method.expires) {
        (MethodState::New | MethodState::Validating, _) => words.say("autopay-method-waits", &[]),
        (_, Some(month)) => {
            let month = words.month(month);
            words.say("autopay-method-good-through", &[("month", &month)])
        }
        _ => String::new(),
    };
    MethodChoice {
        id: method.method.to_string(),
        name: if method.label.is_empty() {
            name
        } else {
            format!("{} ({name})", method.label)
        },
        note,
    }
}

impl Page for ChoosePage {
    const TEMPLATE: &'static str = "autopay/choose.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let view = |on| overview::sample(words, next::samples().remove(0), on);
        let saved = [
            sample_method(kernel::Tender::Visa, "", true),
            sample_method(kernel::Tender::BankAccount, "Webster Bank", false),
        ];
        let mut wrong = FormState::filled(&[("day", "other"), ("cap", "other"), ("most", "x")]);
        wrong.mistake("method", "autopay-method-missing");
        wrong.mistake("day_of_month", "autopay-day-missing");
        wrong.mistake("most", "amount-not-a-number");
        wrong.mistake("over", "autopay-over-missing");
        let first = FormState::filled(&[("day", "due"), ("cap", "none"), ("start", "2026-12")]);
        vec![
            Self::new(words, &view(false), &saved, &first),
            Self::new(words, &view(true), &saved, &wrong),
            Self::new(words, &view(false), &[], &first),
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

fn sample_method(tender: kernel::Tender, bank_name: &str, good: bool) -> MethodView {
    MethodView {
        method: MethodId::from_parts(1, [1; 10]),
        tender,
        last_four: "4242".to_owned(),
        bank_name: bank_name.to_owned(),
        holder: String::new(),
        savings: false,
        expires: good.then(|| BillingMonth::of(date(2027, 12, 1))),
        expired: false,
        label: if good { "Blue card" } else { "" }.to_owned(),
        is_default: good,
        used_by_autopay: false,
        state: if good {
            MethodState::Good
        } else {
            MethodState::Validating
        },
        deposits: None,
        disabled_reason: String::new(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// A choice as it is kept: text and numbers only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptChoice {
    account: String,
    method: String,
    /// 0 for the due date.
    day: u8,
    most_cents: Option<i64>,
    never_over: bool,
    start: String,
}

impl KeptChoice {
    fn new(account: AccountId, choice: &Choice) -> Self {
        KeptChoice {
            account: account.to_string(),
            method: choice.method.to_string(),
            day: match choice.day {
                DraftDay::DueDate => 0,
                DraftDay::OfMonth(day) => day.get(),
            },
            most_cents: choice.cap.map(|cap| cap.most.get()),
            never_over: choice.cap.is_none_or(|cap| cap.over == OverCap::Never),
            start: choice.start.to_string(),
        }
    }

    fn choice(&self) -> Option<Choice> {
        Some(Choice {
            method: MethodId::parse(&self.method)?,
            day: match self.day {
                0 => DraftDay::DueDate,
                day => DraftDay::OfMonth(DayOfMonth::new(day)?),
            },
            cap: self.most_cents.map(|most| Cap {
                most: Cents::new(most),
                over: if self.never_over {
                    OverCap::Never
                } else {
                    OverCap::AfterNotice
                },
            }),
            agreed: None,
            start: BillingMonth::parse(&self.start).ok()?,
        })
    }

    /// The form that would be filled in so.
    fn form(&self) -> FormState {
        let most = self
            .most_cents
            .map(|most| Cents::new(most).plain())
            .unwrap_or_default();
        FormState::filled(&[
            ("method", &self.method),
            ("day", if self.day == 0 { "due" } else { "other" }),
            ("day_of_month", &self.day.to_string()),
            ("cap", if most.is_empty() { "none" } else { "other" }),
            ("most", &most),
            (
                "over",
                if self.never_over {
                    "never"
                } else {
                    "after-notice"
                },
            ),
            ("start", &self.start),
        ])
    }
}

/// The choice of an errand of this session, if it is about this account.
///
/// # Errors
/// If it is gone.
pub async fn kept(
    app: &AppState,
    session: &Session,
    account: AccountId,
    id: &str,
) -> Result<(ErrandId, Choice), Problem> {
    let (id, kept) = load(app, session, account, id).await?;
    let choice = kept.choice().ok_or_else(Problem::broken)?;
    Ok((id, choice))
}

async fn load(
    app: &AppState,
    session: &Session,
    account: AccountId,
    id: &str,
) -> Result<(ErrandId, KeptChoice), Problem> {
    let id = ErrandId::parse(id).ok_or_else(Problem::not_found)?;
    let errand = errands::load::<KeptChoice>(&app.ctx, session, KIND, id).await?;
    let body = errand.ok_or_else(Problem::errand_gone)?.body;
    if body.account == account.to_string() {
        Ok((id, body))
    } else {
        Err(Problem::not_found())
    }
}

/// The page, filled with what was chosen before.
///
/// # Errors
/// Not found if the account is not this member's.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let account = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let actor = visit.actor();
    let view = autopay::view(&app.ctx, &actor, account).await?;
    if !view.offered || !view.may_change {
        return Ok(see_other(&format!("/account/{account}/autopay")));
    }
    let saved = methods::list(&app.ctx, &actor).await?;
    let form = match left_by_post(&app, &visit).await? {
        Some(form) => form,
        None => match visit.asked("from") {
            Some(id) => load(&app, visit.need_session()?, account, &id)
                .await?
                .1
                .form(),
            None => first_form(&view, &saved, visit.asked("method").as_deref()),
        },
    };
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = ChoosePage::new(&words, &view, &saved, &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// What is filled in at first: the mandate in force, else the simplest choice.
/// `added` is the method that was saved on the way here.
fn first_form(view: &AutopayView, saved: &[MethodView], added: Option<&str>) -> FormState {
    let active = view.mandate.as_ref().filter(|mandate| mandate.is_active());
    let choices = || saved.iter().filter(|method| can_be_chosen(method));
    let added = choices().find(|method| Some(method.method.to_string().as_str()) == added);
    let default = added.or_else(|| choices().find(|method| method.is_default));
    match (active, default) {
        (Some(mandate), _) => KeptChoice::new(
            view.account,
            &Choice {
                method: added.map_or(mandate.method_id, |method| method.method),
                day: mandate.day,
                cap: mandate.cap,
                agreed: None,
                start: first_month(view),
            },
        )
        .form(),
        (None, default) => FormState::filled(&[
            (
                "method",
                &default.map(|m| m.method.to_string()).unwrap_or_default(),
            ),
            ("day", "due"),
            ("cap", "none"),
            ("start", &view.first_start.to_string()),
        ]),
    }
}

/// The answers: kept, and on to the words to agree to.
///
/// # Errors
/// Not found if the account is not this member's.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let account = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let session = visit.need_session()?;
    let mut form = sent.keep(&FIELDS);
    if let Some(choice) = read(&sent, &mut form) {
        let actor = visit.actor();
        match autopay::proposal(&app.ctx, &actor, account, &choice, visit.language).await {
            Ok(_) => {
                let kept = KeptChoice::new(account, &choice);
                let id = errands::create(&app.ctx, session, KIND, &kept).await?;
                return Ok(see_other(&format!(
                    "/account/{account}/autopay/{id}/review"
                )));
            }
            Err(error) => {
                let mut refusal = refusal_of(error)?;
                if refusal.field == Some("cap") {
                    refusal.field = Some("most");
                }
                form.refused(&refusal, "method");
            }
        }
    }
    let page = format!("/account/{account}/autopay/choose");
    back_with_mistakes(&app, session, &page, &form).await
}

/// The choice, or the form with its mistakes.
fn read(sent: &Sent, form: &mut FormState) -> Option<Choice> {
    let method = MethodId::parse(sent.get("method")).ok_or("autopay-method-missing");
    let method = form.check("method", method);
    let day = match sent.get("day") {
        "due" => Some(DraftDay::DueDate),
        "other" => {
            let day = sent
                .get("day_of_month")
                .parse()
                .ok()
                .and_then(DayOfMonth::new);
            form.check(
                "day_of_month",
                day.map(DraftDay::OfMonth).ok_or("autopay-day-missing"),
            )
        }
        _ => form.check("day", Err("autopay-day-missing")),
    };
    let cap = match sent.get("cap") {
        "none" => Some(None),
        "other" => read_cap(sent, form).map(Some),
        _ => form.check("cap", Err("autopay-cap-missing")),
    };
    let start = BillingMonth::parse(sent.get("start")).map_err(|_| "autopay-start-missing");
    let start = form.check("start", start);
    Some(Choice {
        method: method?,
        day: day?,
        cap: cap?,
        agreed: None,
        start: start?,
    })
}

fn read_cap(sent: &Sent, form: &mut FormState) -> Option<Cap> {
    let most = Cents::parse(sent.get("most")).map_err(|error| money_mistake(&error));
    let most = form.check("most", most);
    let over = OverCap::from_code(sent.get("over")).ok_or("autopay-over-missing");
    let over = form.check("over", over);
    Some(Cap {
        most: most?,
        over: over?,
    })
}
