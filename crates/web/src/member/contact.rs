//! What a member sees and changes of themselves.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use kernel::{Email, ErrandId, Language};
use plan::{Audience, BoughtThrough, Line};
use serde::{Deserialize, Serialize};
use usecases::contact::{self, AddressSource, ContactView, KeptBy};
use usecases::errands;

use super::confirm;
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::guest::identify::read_email;
use crate::language::own_name;
use crate::page::{Page, PhoneView, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

const HERE: &str = "/account/contact";
/// The kind of errand that keeps the new address until its code was given back.
const EMAIL: &str = "email-change";

/// The page.
#[derive(Serialize)]
pub struct ContactPage {
    name: String,
    member_id: String,
    address: Vec<String>,
    changes: Vec<AddressChange>,
    phone: String,
    email: String,
    language: &'static str,
    large_print: bool,
    /// What was just saved, in a sentence; empty for nothing.
    saved: String,
    help: PhoneView,
}

/// Where name and address are changed.
#[derive(Serialize, PartialEq)]
struct AddressChange {
    text: String,
    phone: String,
    link: String,
    tty: String,
}

impl ContactPage {
    fn new(words: &Words<'_>, view: &ContactView, saved: String, now: Timestamp) -> Self {
        let mut changes: Vec<AddressChange> = Vec::new();
        for kept in &view.kept_by {
            let change = words
                .plan
                .line(&kept.plan_line)
                .map(|line| change(words, line, kept.source));
            changes.extend(change.filter(|change| !changes.contains(change)));
        }
        ContactPage {
            name: view.name.clone(),
            member_id: view.member_id.clone(),
            address: view.address.clone(),
            changes,
            phone: grouped_phone(&view.phone),
            email: view.email.clone(),
            language: own_name(view.language),
            large_print: view.large_print,
            saved,
            help: PhoneView::new(&words.plan.help.phone, words, now),
        }
    }
}

fn change(words: &Words<'_>, line: &Line, source: AddressSource) -> AddressChange {
    let exchange = line.bought_through.iter().find_map(|place| match place {
        BoughtThrough::Exchange(name) => Some(name.in_language(words.language)),
        BoughtThrough::Direct => None,
    });
    let exchange = [("exchange", exchange.unwrap_or_default())];
    let ours = match source {
        AddressSource::Plan => words.say("contact-address-plan", &[]),
        AddressSource::Exchange => words.say("contact-address-exchange", &exchange),
        AddressSource::ExchangeOrPlan => words.say("contact-address-either", &exchange),
        AddressSource::Employer => words.say("contact-address-employer", &[]),
    };
    let phone = &line.representatives;
    let said = line.address_changes.as_ref();
    AddressChange {
        text: said.map_or(ours, |text| text.in_language(words.language).to_owned()),
        phone: phone.number(),
        link: phone.link(),
        tty: phone.tty_number(),
    }
}

/// `860-555-0100`.
fn grouped_phone(digits: &str) -> String {
    match (digits.get(..3), digits.get(3..6), digits.get(6..)) {
        (Some(area), Some(exchange), Some(rest)) if !rest.is_empty() => {
            format!("{area}-{exchange}-{rest}")
        }
        _ => digits.to_owned(),
    }
}

fn sample_view(words: &Words<'_>, source: AddressSource) -> ContactView {
    ContactView {
        name: "Maria \"><img src=x> Lopez".to_owned(),
        member_id: "1234 567 8901".to_owned(),
        address: vec![
            "1 Main Street".to_owned(),
            "Farmington, CT 06032".to_owned(),
        ],
        phone: "8605550100".to_owned(),
        email: "maria@example.com".to_owned(),
        language: Language::English,
        large_print: source == AddressSource::Plan,
        kept_by: vec![KeptBy {
            plan_line: words.plan.lines[0].id.clone(),
            source,
        }],
    }
}

impl Page for ContactPage {
    const TEMPLATE: &'static str = "member/contact.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let now = Timestamp::UNIX_EPOCH;
        let of = |source| sample_view(words, source);
        let mut pages: Vec<Self> = [
            (AddressSource::Plan, "phone"),
            (AddressSource::Exchange, "email"),
            (AddressSource::ExchangeOrPlan, "reading"),
            (AddressSource::Employer, ""),
        ]
        .into_iter()
        .map(|(source, what)| Self::new(words, &of(source), saved(words, what), now))
        .collect();
        let bare = ContactView {
            member_id: String::new(),
            address: Vec::new(),
            phone: String::new(),
            email: String::new(),
            kept_by: Vec::new(),
            ..of(AddressSource::Plan)
        };
        pages.push(Self::new(words, &bare, String::new(), now));
        pages
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

fn saved(words: &Words<'_>, what: &str) -> String {
    match what {
        "phone" => words.say("contact-saved-phone", &[]),
        "email" => words.say("contact-saved-email", &[]),
        "reading" => words.say("contact-saved-reading", &[]),
        _ => String::new(),
    }
}

/// The page.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let view = contact::view(&app.ctx, &visit.actor()).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let saved = saved(&words, &visit.asked("saved").unwrap_or_default());
    let page = ContactPage::new(&words, &view, saved, app.ctx.now());
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The telephone number.
#[derive(Serialize)]
pub struct PhonePage {
    form: FormView,
}

impl Page for PhonePage {
    const TEMPLATE: &'static str = "member/contact_phone.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("phone", "12")]);
        wrong.mistake("phone", "phone");
        [FormState::default(), wrong]
            .iter()
            .map(|form| PhonePage {
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The telephone number.
///
/// # Errors
/// If the database does not answer.
pub async fn phone(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = match left_by_post(&app, &visit).await? {
        Some(form) => form,
        None => {
            let view = contact::view(&app.ctx, &visit.actor()).await?;
            FormState::filled(&[("phone", &grouped_phone(&view.phone))])
        }
    };
    let form = form.view(&words);
    Ok(show(&app, &visit, StatusCode::OK, &PhonePage { form }))
}

/// Saves the telephone number.
///
/// # Errors
/// If the database does not answer.
pub async fn phone_post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    match contact::change_phone(&app.ctx, &visit.actor(), sent.get("phone")).await {
        Ok(()) => Ok(see_other("/account/contact?saved=phone")),
        Err(error) => {
            let mut form = sent.keep(&["phone"]);
            form.refused(&refusal_of(error)?, "phone");
            back_with_mistakes(&app, visit.need_session()?, "/account/contact/phone", &form).await
        }
    }
}

/// Language and size of print.
#[derive(Serialize)]
pub struct ReadingPage {
    languages: Vec<LanguageChoice>,
    large_print: bool,
    help: PhoneView,
    form: FormView,
}

#[derive(Serialize)]
struct LanguageChoice {
    tag: &'static str,
    name: &'static str,
}

impl ReadingPage {
    fn new(words: &Words<'_>, form: &FormState, large_print: bool, now: Timestamp) -> Self {
        let choice = |language: &Language| LanguageChoice {
            tag: language.tag(),
            name: own_name(*language),
        };
        ReadingPage {
            languages: words.plan.languages.iter().map(choice).collect(),
            large_print,
            help: PhoneView::new(&words.plan.help.phone, words, now),
            form: form.view(words),
        }
    }
}

impl Page for ReadingPage {
    const TEMPLATE: &'static str = "member/contact_reading.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let now = Timestamp::UNIX_EPOCH;
        let mut wrong = FormState::default();
        wrong.mistake("language", "language");
        vec![
            Self::new(words, &FormState::filled(&[("language", "en")]), true, now),
            Self::new(words, &wrong, false, now),
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// Language and size of print.
///
/// # Errors
/// If the database does not answer.
pub async fn reading(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let words = Words::new(visit.language, &app.ctx.plan);
    let view = contact::view(&app.ctx, &visit.actor()).await?;
    let form = left_by_post(&app, &visit)
        .await?
        .unwrap_or_else(|| FormState::filled(&[("language", view.language.tag())]));
    let page = ReadingPage::new(&words, &form, view.large_print, app.ctx.now());
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Saves language and size of print. The pages speak the language from then on.
///
/// # Errors
/// If the database does not answer.
pub async fn reading_post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let (ctx, actor) = (&app.ctx, visit.actor());
    let mut form = sent.keep(&["language"]);
    let chosen = Language::from_tag(sent.get("language")).ok_or("language");
    if let Some(language) = form.check("language", chosen) {
        match contact::change_language(ctx, &actor, language).await {
            Ok(()) => {
                contact::change_large_print(ctx, &actor, sent.ticked("large_print")).await?;
                let tag = language.tag();
                return Ok(see_other(&format!("{HERE}?saved=reading&lang={tag}")));
            }
            Err(error) => form.refused(&refusal_of(error)?, "language"),
        }
    }
    let page = "/account/contact/reading";
    back_with_mistakes(&app, visit.need_session()?, page, &form).await
}

/// The new e-mail address.
#[derive(Serialize)]
pub struct EmailPage {
    email: String,
    form: FormView,
}

impl Page for EmailPage {
    const TEMPLATE: &'static str = "member/contact_email.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("email", "maria@")]);
        wrong.mistake("email", "email");
        [FormState::default(), wrong]
            .iter()
            .map(|form| EmailPage {
                email: "maria@example.com".to_owned(),
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The new e-mail address.
///
/// # Errors
/// If the database does not answer.
pub async fn email(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    if let Some(first) = confirm::first(&app, &visit, "/account/contact/email") {
        return Ok(first);
    }
    let words = Words::new(visit.language, &app.ctx.plan);
    let view = contact::view(&app.ctx, &visit.actor()).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = EmailPage {
        email: view.email,
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// An address that waits for its code.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct NewEmail {
    email: String,
}

/// Sends the code to the new address.
///
/// # Errors
/// If the database does not answer.
pub async fn email_post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    if let Some(first) = confirm::first(&app, &visit, "/account/contact/email") {
        return Ok(first);
    }
    let session = visit.need_session()?;
    let mut form = sent.keep(&["email"]);
    if let Some(email) = read_email(&sent, "email", &mut form) {
        let (ctx, actor) = (&app.ctx, visit.actor());
        match contact::send_email_code(ctx, &actor, session, &email, visit.language).await {
            Ok(()) => {
                let body = NewEmail {
                    email: email.to_string(),
                };
                let id = errands::create(&app.ctx, session, EMAIL, &body).await?;
                return Ok(see_other(&format!("{HERE}/email/{id}")));
            }
            Err(error) => form.refused(&refusal_of(error)?, "email"),
        }
    }
    back_with_mistakes(&app, session, "/account/contact/email", &form).await
}

/// The code from the new address.
#[derive(Serialize)]
pub struct EmailCodePage {
    email: String,
    minutes: u8,
    form: FormView,
}

impl Page for EmailCodePage {
    const TEMPLATE: &'static str = "member/contact_code.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake_with("code", "code-wrong", &[("left", "4".to_owned())]);
        [FormState::default(), wrong]
            .iter()
            .map(|form| EmailCodePage {
                email: "maria@example.com".to_owned(),
                minutes: 10,
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The code from the new address.
///
/// # Errors
/// If the change is gone.
pub async fn code(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let email = new_email(&app, &visit, &id).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = EmailCodePage {
        email: email.to_string(),
        minutes: app.ctx.plan.security.code_minutes,
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Changes the address if the code is right.
///
/// # Errors
/// If the change is gone.
pub async fn code_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let page = format!("{HERE}/email/{id}");
    if let Some(first) = confirm::first(&app, &visit, &page) {
        return Ok(first);
    }
    let email = new_email(&app, &visit, &id).await?;
    let session = visit.need_session()?;
    let mut form = FormState::default();
    if sent.get("code").is_empty() {
        form.mistake("code", "code-missing");
    } else {
        let code = sent.get("code");
        match contact::change_email(&app.ctx, &visit.actor(), session, &email, code).await {
            Ok(()) => return Ok(see_other("/account/contact?saved=email")),
            Err(error) => form.refused(&refusal_of(error)?, "code"),
        }
    }
    back_with_mistakes(&app, session, &page, &form).await
}

async fn new_email(app: &AppState, visit: &Visit, id: &str) -> Result<Email, Problem> {
    let id = ErrandId::parse(id).ok_or_else(Problem::not_found)?;
    let errand = errands::load::<NewEmail>(&app.ctx, visit.need_session()?, EMAIL, id).await?;
    let body = errand.ok_or_else(Problem::session_ended)?.body;
    Email::parse(&body.email).map_err(|_| Problem::bad_request())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_are_grouped() {
        assert_eq!(grouped_phone("8605550100"), "860-555-0100");
        assert_eq!(grouped_phone(""), "");
        assert_eq!(grouped_phone("8605"), "8605");
    }
}
