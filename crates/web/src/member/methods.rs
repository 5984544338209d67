//! The saved payment methods of whoever signed in: the list, and what is done to one of them.

pub mod bank;
pub mod card;
pub mod one;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kernel::{AccountId, MethodId, Tender};
use payments::saved_method::MethodState;
use plan::Audience;
use serde::Serialize;
use usecases::methods::{self, MethodView};

use crate::error::Problem;
use crate::form::{FormState, FormView, left_by_post};
use crate::page::{Page, show};
use crate::pay::card::ending_in;
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// Where the list is.
pub const HERE: &str = "/account/methods";

/// Where a method is wanted: on the list, or in the autopay of an account that is being set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedBy(Option<AccountId>);

impl WantedBy {
    /// As the address of the page says.
    #[must_use]
    pub fn of(visit: &Visit) -> Self {
        WantedBy(visit.asked("for").and_then(|id| AccountId::parse(&id)))
    }

    /// What the addresses of the pages in between end in; empty for the list.
    #[must_use]
    pub fn query(self) -> String {
        self.0.map_or_else(String::new, |id| format!("?for={id}"))
    }

    /// Where the page leads back to, if nothing is saved.
    #[must_use]
    pub fn back(self, otherwise: &str) -> String {
        match self.0 {
            Some(account) => format!("/account/{account}/autopay/choose"),
            None => otherwise.to_owned(),
        }
    }

    /// Where it goes on once `method` is saved.
    #[must_use]
    pub fn saved(self, method: MethodId, otherwise: &str) -> String {
        match self.0 {
            Some(account) => format!("/account/{account}/autopay/choose?method={method}"),
            None => otherwise.to_owned(),
        }
    }
}

/// The list.
#[derive(Serialize)]
pub struct MethodsPage {
    /// See [`WantedBy::query`].
    of: String,
    back: String,
    methods: Vec<MethodCard>,
    /// What was just done, in a sentence; empty for nothing.
    done: String,
    cards: bool,
    bank: bool,
    form: FormView,
}

/// A saved method as a card on the list.
#[derive(Serialize)]
pub struct MethodCard {
    base: String,
    /// What its owner calls it; empty for no name.
    label: String,
    /// `Visa ending in 4242`.
    name: String,
    /// `Expires 08/2029`, `Checking account`.
    detail: String,
    /// What stands in its way, in a sentence; empty for nothing.
    state: String,
    /// True if it may be charged.
    good: bool,
    is_default: bool,
    may_be_default: bool,
    used_by_autopay: bool,
    awaits_deposits: bool,
    awaits_validation: bool,
}

impl MethodCard {
    /// Of a saved method.
    #[must_use]
    pub fn new(words: &Words<'_>, view: &MethodView) -> Self {
        MethodCard {
            base: format!("{HERE}/{}", view.method),
            label: view.label.clone(),
            name: name_of(words, view),
            detail: detail_of(words, view),
            state: state_of(words, view),
            good: view.may_be_charged(),
            is_default: view.is_default,
            may_be_default: !view.is_default && view.state != MethodState::Disabled,
            used_by_autopay: view.used_by_autopay,
            awaits_deposits: view.state == MethodState::Validating,
            awaits_validation: view.state == MethodState::New,
        }
    }
}

/// `Visa ending in 4242`.
#[must_use]
pub fn name_of(words: &Words<'_>, view: &MethodView) -> String {
    ending_in(words, view.tender, &view.bank_name, &view.last_four)
}

fn detail_of(words: &Words<'_>, view: &MethodView) -> String {
    match view.expires {
        Some(month) => {
            let month = format!("{:02}/{}", month.month(), month.year());
            words.say("saved-expires", &[("month", &month)])
        }
        None if view.savings => words.say("bank-savings", &[]),
        None => words.say("bank-checking", &[]),
    }
}

fn state_of(words: &Words<'_>, view: &MethodView) -> String {
    match (view.state, view.deposits) {
        (MethodState::New, _) => words.say("saved-new", &[]),
        (MethodState::Validating, Some(deposits)) => match deposits.arrive_on {
            Some(day) => words.say("saved-deposits-by", &[("day", &words.date(day))]),
            None => words.say("saved-deposits-soon", &[]),
        },
        (MethodState::Validating, None) => words.say("saved-deposits-soon", &[]),
        (MethodState::Disabled, _) if view.tender == Tender::BankAccount => {
            words.say("saved-disabled-bank", &[])
        }
        (MethodState::Disabled, _) => words.say("saved-disabled-card", &[]),
        (MethodState::Good, _) if view.expired => words.say("saved-expired", &[]),
        (MethodState::Good | MethodState::Removed, _) => String::new(),
    }
}

impl MethodsPage {
    fn new(
        words: &Words<'_>,
        views: &[MethodView],
        wanted: WantedBy,
        done: String,
        form: &FormState,
    ) -> Self {
        let taken = &words.plan.tenders.accepted;
        MethodsPage {
            of: wanted.query(),
            back: wanted.back("/account"),
            methods: views
                .iter()
                .map(|view| MethodCard::new(words, view))
                .collect(),
            done,
            cards: taken.iter().any(|tender| tender.is_card()),
            bank: taken.contains(&Tender::BankAccount),
            form: form.view(words),
        }
    }
}

/// Views for samples: one of each kind and state.
#[must_use]
pub fn sample_views() -> Vec<MethodView> {
    let id = |n: u8| MethodId::from_parts(1_700_000_000_000, [n; 10]);
    let month = |text| kernel::BillingMonth::parse(text).ok();
    let card = MethodView {
        method: id(1),
        tender: Tender::Visa,
        last_four: "4242".to_owned(),
        bank_name: String::new(),
        holder: String::new(),
        savings: false,
        expires: month("2029-08"),
        expired: false,
        label: "Ana’s <b>card</b>".to_owned(),
        is_default: true,
        used_by_autopay: true,
        state: MethodState::Good,
        deposits: None,
        disabled_reason: String::new(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
    };
    let bank = MethodView {
        method: id(2),
        tender: Tender::BankAccount,
        last_four: "6789".to_owned(),
        bank_name: "First Bank".to_owned(),
        holder: "Ana Peña".to_owned(),
        expires: None,
        label: String::new(),
        is_default: false,
        used_by_autopay: false,
        ..card.clone()
    };
    let awaiting = |n, by_code| MethodView {
        method: id(n),
        state: MethodState::Validating,
        deposits: Some(sample_deposits(by_code)),
        ..bank.clone()
    };
    let disabled = |n, of: &MethodView| MethodView {
        method: id(n),
        state: MethodState::Disabled,
        is_default: false,
        used_by_autopay: false,
        ..of.clone()
    };
    vec![
        card.clone(),
        bank.clone(),
        MethodView {
            method: id(3),
            state: MethodState::New,
            savings: true,
            ..bank.clone()
        },
        awaiting(4, false),
        awaiting(5, true),
        disabled(6, &bank),
        disabled(7, &card),
        MethodView {
            method: id(8),
            expired: true,
            is_default: false,
            expires: month("2026-01"),
            ..card
        },
    ]
}

fn sample_deposits(by_code: bool) -> methods::DepositsView {
    methods::DepositsView {
        by_code,
        arrive_on: (!by_code).then_some(jiff::civil::date(2026, 12, 3)),
        tries_left: if by_code { 1 } else { 3 },
    }
}

impl Page for MethodsPage {
    const TEMPLATE: &'static str = "member/methods.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let views = sample_views();
        let mut wrong = FormState::default();
        wrong.mistake("method", "method-used-by-autopay");
        let list = WantedBy(None);
        let autopay = WantedBy(Some(AccountId::from_parts(1_700_000_000_000, [9; 10])));
        let mut samples = vec![
            Self::new(words, &[], autopay, String::new(), &FormState::default()),
            Self::new(words, &views, list, String::new(), &wrong),
        ];
        for what in [
            "card",
            "card-again",
            "bank",
            "deposits",
            "named",
            "default",
            "removed",
        ] {
            let done = done(words, what);
            let form = FormState::default();
            samples.push(Self::new(words, &views[..1], list, done, &form));
        }
        samples
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

fn done(words: &Words<'_>, what: &str) -> String {
    match what {
        "card" => words.say("saved-done-card", &[]),
        "card-again" => words.say("saved-done-card-again", &[]),
        "bank" => words.say("saved-done-bank", &[]),
        "deposits" => words.say("saved-done-deposits", &[]),
        "named" => words.say("saved-done-named", &[]),
        "default" => words.say("saved-done-default", &[]),
        "removed" => words.say("saved-done-removed", &[]),
        _ => String::new(),
    }
}

/// The list.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let views = methods::list(&app.ctx, &visit.actor()).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let words = Words::new(visit.language, &app.ctx.plan);
    let done = done(&words, &visit.asked("done").unwrap_or_default());
    let page = MethodsPage::new(&words, &views, WantedBy::of(&visit), done, &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}
