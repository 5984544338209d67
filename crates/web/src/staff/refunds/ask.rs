//! Asking for a payment to be given back, or for premium to be given up.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::{AccountId, Cents, ErrandId, InvoiceId, PaymentId};
use serde::Serialize;
use usecases::refunds::{self as giving_back, RefundAsked, RefundReason, Refundable};
use usecases::staff::Reason;
use usecases::write_offs::{self as giving_up, Open, WriteOffAsked, WriteOffReason};
use usecases::{Refusal, UseCaseError};

use super::HERE;
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::pay::amount::money_mistake;
use crate::pay::card::ending_in;
use crate::staff::account;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The page, of a refund or of a write-off.
#[derive(Serialize)]
pub struct AskPage {
    title: String,
    facts: Vec<Fact>,
    /// What happens when it is asked for; empty if nothing can be asked for.
    notes: Vec<String>,
    /// The most that can be asked for; empty if nothing can.
    most: String,
    reasons: Vec<Choice>,
    button: String,
    /// What makes a repeat of the form harmless.
    key: String,
    back: String,
    form: FormView,
}

#[derive(Serialize)]
struct Fact {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct Choice {
    code: &'static str,
    name: String,
}

fn fact(words: &Words<'_>, name: &str, value: String) -> Fact {
    Fact {
        name: words.say(name, &[]),
        value,
    }
}

impl AskPage {
    fn refund(words: &Words<'_>, (account, key): (AccountId, String), of: &Refundable) -> Self {
        let limit = of.second_person_above.to_string();
        let with = ending_in(words, of.tender, "", &of.last_four);
        let back_to = match of.by_check {
            true => words.say("refund-goes-by-check", &[]),
            false => words.say("refund-goes-back", &[("method", &with)]),
        };
        AskPage {
            title: words.say("refund-title", &[]),
            facts: vec![
                fact(words, "refund-payment", of.confirmation.clone()),
                fact(words, "refund-payer", of.payer_name.clone()),
                fact(words, "refund-paid", of.cents.to_string()),
                fact(words, "refund-left", of.left.to_string()),
            ],
            notes: vec![
                back_to,
                words.say("refund-opens", &[]),
                words.say("refund-second", &[("limit", &limit)]),
            ],
            most: of.left.to_string(),
            reasons: RefundReason::ALL
                .into_iter()
                .map(|reason| Choice {
                    code: reason.code(),
                    name: words.say(&format!("refund-reason-{}", reason.code()), &[]),
                })
                .collect(),
            button: words.say("refund-button", &[]),
            key,
            back: account::href(account, Reason::PaymentEnquiry),
            form: FormState::default().view(words),
        }
    }

    fn write_off(words: &Words<'_>, (account, key): (AccountId, String), open: &Open) -> Self {
        let limit = open.second_person_above.to_string();
        AskPage {
            title: words.say("write-off-title", &[]),
            facts: vec![
                fact(words, "write-off-month", words.month(open.month)),
                fact(words, "write-off-open", open.cents.to_string()),
            ],
            notes: vec![
                words.say("write-off-text", &[]),
                words.say("refund-second", &[("limit", &limit)]),
            ],
            most: open.cents.to_string(),
            reasons: WriteOffReason::ALL
                .into_iter()
                .map(|reason| Choice {
                    code: reason.code(),
                    name: words.say(&format!("write-off-reason-{}", reason.code()), &[]),
                })
                .collect(),
            button: words.say("write-off-button", &[]),
            key,
            back: account::href(account, Reason::PaymentEnquiry),
            form: FormState::default().view(words),
        }
    }

    /// Why nothing can be asked for now.
    fn refused(words: &Words<'_>, title: String, account: AccountId, refusal: Refusal) -> Self {
        let mut form = FormState::default();
        form.refused(&with_day(words, refusal), "amount");
        AskPage {
            title,
            facts: Vec::new(),
            notes: Vec::new(),
            most: String::new(),
            reasons: Vec::new(),
            button: String::new(),
            key: String::new(),
            back: account::href(account, Reason::PaymentEnquiry),
            form: form.view(words),
        }
    }
}

impl Page for AskPage {
    const TEMPLATE: &'static str = "staff/give_back.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let account = AccountId::from_parts(1, [1; 10]);
        let of = |by_check| Refundable {
            confirmation: "12345-67890".to_owned(),
            payer_name: "\"><img src=x onerror=alert(1)>".to_owned(),
            tender: kernel::Tender::Visa,
            last_four: "4242".to_owned(),
            cents: Cents::new(31_000),
            left: Cents::new(15_500),
            by_check,
            second_person_above: Cents::new(10_000),
        };
        let open = Open {
            month: kernel::BillingMonth::of(jiff::civil::date(2026, 12, 1)),
            cents: Cents::new(155),
            second_person_above: Cents::new(1_000),
        };
        let key = || (account, "key".to_owned());
        let mut wrong = FormState::filled(&[("amount", "x"), ("reason", "paid-twice")]);
        wrong.mistake("amount", "amount-not-a-number");
        wrong.mistake("reason", "reason-missing");
        let mistaken = AskPage {
            form: wrong.view(words),
            ..AskPage::refund(words, key(), &of(true))
        };
        let refusal = Refusal::new("refund-too-early").with("day", "2026-12-06");
        let title = words.say("refund-title", &[]);
        vec![
            AskPage::refund(words, key(), &of(false)),
            mistaken,
            AskPage::write_off(words, key(), &open),
            AskPage::refused(words, title, account, refusal),
        ]
    }
}

/// With its day as the page writes days.
fn with_day(words: &Words<'_>, mut refusal: Refusal) -> Refusal {
    if let Some(day) = giving_back::later_day(&refusal) {
        refusal.facts = vec![("day", words.date(day))];
    }
    refusal
}

fn fresh_key(app: &AppState) -> String {
    app.ctx.id::<ErrandId>().to_string()
}

async fn shown(app: &AppState, visit: &Visit, mut page: AskPage) -> Result<Response, Problem> {
    if let Some(form) = left_by_post(app, visit).await? {
        let words = Words::new(visit.language, &app.ctx.plan);
        page.form = form.view(&words);
    }
    Ok(show(app, visit, StatusCode::OK, &page))
}

/// The amount that was typed, and the reason that was chosen; what is wrong with them is in `form`.
fn typed<T>(sent: &Sent, reason: Option<T>, form: &mut FormState) -> Option<(Cents, T)> {
    let cents = Cents::parse(sent.get("amount")).map_err(|error| money_mistake(&error));
    let cents = form.check("amount", cents);
    if reason.is_none() {
        form.mistake("reason", "reason-missing");
    }
    cents.zip(reason)
}

fn about_payment((account, payment): &(String, String)) -> Result<(AccountId, PaymentId), Problem> {
    let ids = AccountId::parse(account).zip(PaymentId::parse(payment));
    ids.ok_or_else(Problem::not_found)
}

fn about_invoice((account, invoice): &(String, String)) -> Result<(AccountId, InvoiceId), Problem> {
    let ids = AccountId::parse(account).zip(InvoiceId::parse(invoice));
    ids.ok_or_else(Problem::not_found)
}

/// What can be given back of a payment.
///
/// # Errors
/// If the role may not, there is no such payment, or the database does not answer.
pub async fn refund(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (account, payment) = about_payment(&place)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let of = giving_back::refundable(&app.ctx, &visit.actor(), account, payment).await;
    let page = match of {
        Ok(of) => AskPage::refund(&words, (account, fresh_key(&app)), &of),
        Err(UseCaseError::Refused(refusal)) => {
            let title = words.say("refund-title", &[]);
            AskPage::refused(&words, title, account, refusal)
        }
        Err(error) => return Err(error.into()),
    };
    shown(&app, &visit, page).await
}

/// Asks for it.
///
/// # Errors
/// As [`refund`].
pub async fn refund_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (account, payment) = about_payment(&place)?;
    let mut form = sent.keep(&["amount", "reason"]);
    let reason = RefundReason::from_code(sent.get("reason"));
    if let Some((cents, reason)) = typed(&sent, reason, &mut form) {
        let asked = RefundAsked {
            account,
            payment,
            key: sent.get("key").to_owned(),
            cents,
            reason,
        };
        match giving_back::ask(&app.ctx, &visit.actor(), asked).await {
            Ok(_) => return Ok(see_other(HERE)),
            Err(error) => {
                let words = Words::new(visit.language, &app.ctx.plan);
                form.refused(&with_day(&words, refusal_of(error)?), "amount");
            }
        }
    }
    let here = format!("/staff/accounts/{account}/payments/{payment}/refund");
    back_with_mistakes(&app, visit.need_session()?, &here, &form).await
}

/// What can be given up of an invoice.
///
/// # Errors
/// If the role may not, there is no such account, or the database does not answer.
pub async fn write_off(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (account, invoice) = about_invoice(&place)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = match giving_up::open(&app.ctx, &visit.actor(), account, invoice).await {
        Ok(open) => AskPage::write_off(&words, (account, fresh_key(&app)), &open),
        Err(UseCaseError::Refused(refusal)) => {
            let title = words.say("write-off-title", &[]);
            AskPage::refused(&words, title, account, refusal)
        }
        Err(error) => return Err(error.into()),
    };
    shown(&app, &visit, page).await
}

/// Asks for it.
///
/// # Errors
/// As [`write_off`].
pub async fn write_off_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(place): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (account, invoice) = about_invoice(&place)?;
    let mut form = sent.keep(&["amount", "reason"]);
    let reason = WriteOffReason::from_code(sent.get("reason"));
    if let Some((cents, reason)) = typed(&sent, reason, &mut form) {
        let asked = WriteOffAsked {
            account,
            invoice,
            key: sent.get("key").to_owned(),
            cents,
            reason,
        };
        match giving_up::ask(&app.ctx, &visit.actor(), asked).await {
            Ok(_) => return Ok(see_other(HERE)),
            Err(error) => form.refused(&refusal_of(error)?, "amount"),
        }
    }
    let here = format!("/staff/accounts/{account}/invoices/{invoice}/write-off");
    back_with_mistakes(&app, visit.need_session()?, &here, &form).await
}
