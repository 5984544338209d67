//! Member ID cards on the screen, as a page to print, and by mail.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use jiff::civil::date;
use kernel::{AccountId, MemberId, PersonId};
use plan::{Audience, IdCardRule, Line};
use serde::Serialize;
use usecases::id_cards::{self, AccountCards, CardReason, CardRequest, CardState, CardView};

use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, PhoneView, show};
use crate::pay::outcome::pdf_answer;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The cards.
#[derive(Serialize)]
pub struct IdCardPage {
    accounts: Vec<AccountOfCards>,
    organisation: String,
    website: String,
    asked: bool,
}

#[derive(Serialize)]
struct AccountOfCards {
    account: String,
    line: String,
    number: String,
    /// What the plan says of cards of this line.
    text: String,
    /// Whom to call where cards are had by phone.
    phone: Option<PhoneView>,
    cards: Vec<Card>,
    product: String,
    facts: Vec<(String, String)>,
    copays: Vec<String>,
    back: Vec<String>,
    phones: Vec<PhoneView>,
    payer_id: String,
}

#[derive(Serialize)]
struct Card {
    person: String,
    name: String,
    member_id: String,
    subscriber: String,
    covered_from: String,
    request: String,
    request_code: &'static str,
    may_ask: bool,
}

impl IdCardPage {
    fn new(words: &Words<'_>, accounts: &[AccountCards], asked: bool, now: Timestamp) -> Self {
        let organisation = &words.plan.organisation;
        IdCardPage {
            accounts: accounts
                .iter()
                .filter_map(|account| {
                    let line = words.plan.line(&account.plan_line)?;
                    Some(of_account(words, account, line, now))
                })
                .collect(),
            organisation: organisation.name.clone(),
            website: organisation
                .website
                .trim_start_matches("https://")
                .to_owned(),
            asked,
        }
    }
}

fn of_account(
    words: &Words<'_>,
    account: &AccountCards,
    line: &Line,
    now: Timestamp,
) -> AccountOfCards {
    let said = |text: &plan::Text| text.in_language(words.language).to_owned();
    let face = &line.id_card.face;
    let facts = [
        (words.say("id-card-group", &[]), &face.group_number),
        (words.say("id-card-rx-bin", &[]), &face.rx_bin),
        (words.say("id-card-rx-pcn", &[]), &face.rx_pcn),
        (words.say("id-card-rx-group", &[]), &face.rx_group),
    ];
    let phones = match face.phones.as_slice() {
        [] => std::slice::from_ref(&line.representatives),
        phones => phones,
    };
    AccountOfCards {
        account: account.account.to_string(),
        line: said(&line.name),
        number: account.account_number.clone(),
        text: said(&line.id_card.text),
        phone: match &line.id_card.rule {
            IdCardRule::SelfService => None,
            IdCardRule::ByPhone(phone) => Some(PhoneView::new(phone, words, now)),
        },
        cards: account
            .cards
            .iter()
            .map(|card| Card::new(words, card))
            .collect(),
        product: said(face.product.as_ref().unwrap_or(&line.name)),
        facts: facts
            .into_iter()
            .filter_map(|(label, value)| Some((label, value.clone()?)))
            .collect(),
        copays: face.copays.iter().map(said).collect(),
        back: face.back.iter().map(said).collect(),
        phones: phones
            .iter()
            .map(|phone| PhoneView::new(phone, words, now))
            .collect(),
        payer_id: face.payer_id.clone().unwrap_or_default(),
    }
}

impl Card {
    fn new(words: &Words<'_>, card: &CardView) -> Self {
        let request = card.request.as_ref();
        Card {
            person: card.person.to_string(),
            name: card.name.clone(),
            member_id: card.member_id.grouped(),
            subscriber: card.subscriber.clone().unwrap_or_default(),
            covered_from: card
                .covered_from
                .map(|day| words.date(day))
                .unwrap_or_default(),
            request: request
                .map(|request| status(words, request))
                .unwrap_or_default(),
            request_code: request.map_or("", |request| request.state.code()),
            may_ask: request.is_none_or(|request| !request.state.is_open()),
        }
    }
}

/// `Requested on November 23, 2026`.
fn status(words: &Words<'_>, request: &CardRequest) -> String {
    let requested = words.day_of(request.requested_at);
    let day = match request.state {
        CardState::Requested => requested,
        CardState::Printed => request.printed_at.map_or(requested, |at| words.day_of(at)),
        CardState::Mailed => request.mailed_on.map_or(requested, |day| words.date(day)),
    };
    let key = format!("id-card-state-{}", request.state.code());
    words.say(&key, &[("day", &day)])
}

fn sample_card(n: u8, state: Option<CardState>) -> CardView {
    let at = Timestamp::from_second(1_796_000_000).unwrap_or(Timestamp::UNIX_EPOCH);
    CardView {
        person: PersonId::from_parts(1, [n; 10]),
        name: "Maria \"><img src=x> Lopez".to_owned(),
        member_id: MemberId::parse("12345678901").expect("it has 11 digits"),
        subscriber: (n > 0).then(|| "José Lopez".to_owned()),
        covered_from: (n == 2).then(|| date(2027, 1, 1)),
        request: state.map(|state| CardRequest {
            reason: CardReason::Lost,
            state,
            requested_at: at,
            printed_at: (state != CardState::Requested).then_some(at),
            mailed_on: (state == CardState::Mailed).then(|| date(2026, 12, 2)),
        }),
    }
}

fn sample_accounts(words: &Words<'_>) -> Vec<AccountCards> {
    let states = [None, Some(CardState::Requested), Some(CardState::Printed)];
    words
        .plan
        .lines
        .iter()
        .map(|line| AccountCards {
            account: AccountId::from_parts(1, [1; 10]),
            account_number: "100000001".to_owned(),
            plan_line: line.id.clone(),
            cards: match line.id_card.rule {
                IdCardRule::SelfService => (0..)
                    .zip(states.into_iter().chain([Some(CardState::Mailed)]))
                    .map(|(n, state)| sample_card(n, state))
                    .collect(),
                IdCardRule::ByPhone(_) => Vec::new(),
            },
        })
        .collect()
}

impl Page for IdCardPage {
    const TEMPLATE: &'static str = "member/id_card.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let now = Timestamp::UNIX_EPOCH;
        let mut nobody = sample_accounts(words);
        for account in &mut nobody {
            account.cards.clear();
        }
        vec![
            Self::new(words, &sample_accounts(words), true, now),
            Self::new(words, &nobody, false, now),
            Self::new(words, &[], false, now),
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The cards.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let accounts = id_cards::view(&app.ctx, &visit.actor()).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let asked = visit.asked("asked").is_some();
    let page = IdCardPage::new(&words, &accounts, asked, app.ctx.now());
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// All cards of an account to print.
///
/// # Errors
/// Not found if the account is not this member's or has no cards here.
pub async fn pdf(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let account = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    print(&app, &visit, account, None).await
}

/// One member's card to print.
///
/// # Errors
/// Not found if the account is not this member's or the person is not covered in it.
pub async fn pdf_of_one(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, person)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (account, person) = ids(&account, &person)?;
    print(&app, &visit, account, Some(person)).await
}

async fn print(
    app: &AppState,
    visit: &Visit,
    account: AccountId,
    person: Option<PersonId>,
) -> Result<Response, Problem> {
    let (actor, language) = (visit.actor(), visit.language);
    match id_cards::pdf(&app.ctx, &actor, account, person, language).await {
        Ok(bytes) => Ok(pdf_answer(bytes, "id-cards.pdf")),
        // Cards by phone: the page of cards says whom to call.
        Err(error) => refusal_of(error).map(|_| see_other("/account/id-card")),
    }
}

fn ids(account: &str, person: &str) -> Result<(AccountId, PersonId), Problem> {
    AccountId::parse(account)
        .zip(PersonId::parse(person))
        .ok_or_else(Problem::not_found)
}

/// Asking for a card by mail.
#[derive(Serialize)]
pub struct OrderPage {
    name: String,
    reasons: Vec<ReasonChoice>,
    form: FormView,
}

#[derive(Serialize)]
struct ReasonChoice {
    code: &'static str,
    name: String,
}

impl OrderPage {
    fn new(words: &Words<'_>, name: String, form: &FormState) -> Self {
        OrderPage {
            name,
            reasons: CardReason::ALL
                .into_iter()
                .map(|reason| ReasonChoice {
                    code: reason.code(),
                    name: words.say(&format!("id-card-reason-{}", reason.code()), &[]),
                })
                .collect(),
            form: form.view(words),
        }
    }
}

impl Page for OrderPage {
    const TEMPLATE: &'static str = "member/id_card_order.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake("reason", "id-card-reason");
        let mut open = FormState::filled(&[("reason", "lost")]);
        open.mistake("reason", "id-card-open");
        let mut by_phone = FormState::default();
        by_phone.mistake("reason", "id-card-by-phone");
        [FormState::default(), wrong, open, by_phone]
            .iter()
            .map(|form| Self::new(words, "Maria Lopez".to_owned(), form))
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// Asking for a card by mail.
///
/// # Errors
/// Not found if the account is not this member's or the person is not covered in it.
pub async fn order(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, person)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (account, person) = ids(&account, &person)?;
    let accounts = id_cards::view(&app.ctx, &visit.actor()).await?;
    let card = accounts
        .iter()
        .filter(|cards| cards.account == account)
        .flat_map(|cards| &cards.cards)
        .find(|card| card.person == person)
        .ok_or_else(Problem::not_found)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = OrderPage::new(&words, card.name.clone(), &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Asks for a card by mail.
///
/// # Errors
/// As [`order`].
pub async fn order_post(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, person)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (account, person) = ids(&account, &person)?;
    let mut form = sent.keep(&["reason"]);
    let chosen = CardReason::from_code(sent.get("reason")).ok_or("id-card-reason");
    if let Some(reason) = form.check("reason", chosen) {
        match id_cards::request(&app.ctx, &visit.actor(), account, person, reason).await {
            Ok(_) => return Ok(see_other("/account/id-card?asked=1")),
            Err(error) => form.refused(&refusal_of(error)?, "reason"),
        }
    }
    let page = format!("/account/{account}/id-card/{person}");
    back_with_mistakes(&app, visit.need_session()?, &page, &form).await
}
