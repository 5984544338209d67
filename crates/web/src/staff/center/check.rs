//! A check at the counter, and the receipt for it.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use kernel::{AccountId, Cents, Email, PaymentId, Secret};
use serde::Serialize;
use usecases::Refusal;
use usecases::center::{self, Check, CheckKind, Served, TakeCheck};
use usecases::payments::{self, PaymentView};

use super::HERE;
use super::member::{href, sample_served, served};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::pay::amount::money_mistake;
use crate::pay::outcome::pdf_answer;
use crate::staff::account::account_of;
use crate::staff::find::line_name;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// What the associate types from the check.
#[derive(Serialize)]
pub struct CheckPage {
    name: String,
    account: String,
    line: String,
    due: String,
    /// Where the receipt goes if nothing is typed.
    on_file: String,
    payable_to: String,
    back: String,
    key: String,
    kinds: Vec<KindView>,
    form: FormView,
}

#[derive(Serialize)]
struct KindView {
    code: &'static str,
    name: String,
}

impl CheckPage {
    fn new(words: &Words<'_>, served: &Served, key: String, form: &FormState) -> Self {
        CheckPage {
            name: served.name.clone(),
            account: served.payable.account_last_four.clone(),
            line: line_name(words, &served.payable.plan_line),
            due: served.payable.amount_due.to_string(),
            on_file: served.email_masked.clone(),
            payable_to: words.plan.organisation.name.clone(),
            back: href(served.payable.account),
            key,
            kinds: CheckKind::ALL
                .into_iter()
                .map(|kind| KindView {
                    code: kind.code(),
                    name: words.say(&format!("check-kind-{}", kind.code()), &[]),
                })
                .collect(),
            form: form.view(words),
        }
    }
}

impl Page for CheckPage {
    const TEMPLATE: &'static str = "staff/center_check.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[
            ("amount", "310"),
            ("kind", "money-order"),
            ("payer_name", "\"><img src=x onerror=alert(1)>"),
        ]);
        wrong.mistake("micr", "micr-routing");
        wrong.mistake("dated", "check-date");
        wrong.mistake("kind", "check-kind");
        wrong.mistake("payee", "check-payee");
        [(0, FormState::default()), (1, wrong)]
            .into_iter()
            .map(|(line, form)| {
                let served = sample_served(words, line);
                CheckPage::new(words, &served, "counter-x".to_owned(), &form)
            })
            .collect()
    }
}

/// The form.
///
/// # Errors
/// If the role serves nobody, there is no such account, or the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let served = match served(&app, &visit, account_of(&account)?).await? {
        Ok(served) => served,
        Err(detour) => return Ok(detour),
    };
    let words = Words::new(visit.language, &app.ctx.plan);
    let left = left_by_post(&app, &visit).await?;
    let form = left.unwrap_or_else(|| {
        FormState::filled(&[
            ("payer_name", &served.name),
            ("kind", CheckKind::Check.code()),
        ])
    });
    let page = CheckPage::new(&words, &served, center::fresh_key(&app.ctx), &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// What of the form is kept if something is wrong. Never the bottom line.
const KEPT: [&str; 5] = ["amount", "kind", "dated", "payer_name", "payer_email"];

/// Takes the check.
///
/// # Errors
/// If the role serves nobody, there is no such account, or the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let account = account_of(&account)?;
    let (command, mut form) = read(&sent, account, &visit);
    if let Some(mut command) = command {
        // A form without its key is none of ours; then only the check itself is known again.
        if !command.idempotency_key.starts_with("counter-") {
            command.idempotency_key = center::fresh_key(&app.ctx);
        }
        match center::take_check(&app.ctx, &visit.actor(), command).await {
            Ok(payment) => {
                return Ok(see_other(&format!("{}/payments/{payment}", href(account))));
            }
            Err(error) => {
                let refusal = in_words(refusal_of(error)?, &app, &visit);
                form.refused(&refusal, field_of(refusal.code));
            }
        }
    }
    let page = format!("{}/check", href(account));
    back_with_mistakes(&app, visit.need_session()?, &page, &form).await
}

/// With its day as a reader of the page expects it.
fn in_words(mut refusal: Refusal, app: &AppState, visit: &Visit) -> Refusal {
    let words = Words::new(visit.language, &app.ctx.plan);
    for (_, fact) in refusal.facts.iter_mut().filter(|(name, _)| *name == "day") {
        if let Ok(day) = fact.parse() {
            *fact = words.date(day);
        }
    }
    refusal
}

/// Beside which question a refusal stands that names no field.
fn field_of(code: &str) -> &'static str {
    match code {
        "check-payee" => "payee",
        "check-unsigned" => "signed",
        "check-foreign" => "domestic",
        "check-words-differ" => "words",
        _ => "micr",
    }
}

fn read(sent: &Sent, account: AccountId, visit: &Visit) -> (Option<TakeCheck>, FormState) {
    let mut form = sent.keep(&KEPT);
    let kind = form.check(
        "kind",
        CheckKind::from_code(sent.get("kind")).ok_or("check-kind"),
    );
    let cents = Cents::parse(sent.get("amount")).map_err(|error| money_mistake(&error));
    let cents = form.check("amount", cents);
    let dated = form.check("dated", read_day(sent.get("dated")).ok_or("check-date"));
    let payer_name = form.free_text("payer_name", sent.get("payer_name"), "payer-name-missing");
    let typed = sent.get("payer_email");
    let payer_email = if typed.is_empty() {
        Some(None)
    } else {
        let email = Email::parse(typed).map_err(|_| "email");
        form.check("payer_email", email).map(Some)
    };
    let (Some(kind), Some(cents), Some(dated), Some(payer_name), Some(payer_email)) =
        (kind, cents, dated, payer_name, payer_email)
    else {
        return (None, form);
    };
    let check = Check {
        kind,
        dated,
        cents,
        to_the_plan: sent.ticked("payee"),
        signed: sent.ticked("signed"),
        domestic: sent.ticked("domestic"),
        words_agree: sent.ticked("words"),
    };
    let command = TakeCheck {
        account,
        idempotency_key: sent.get("key").to_owned(),
        micr: Secret::new(sent.get("micr").to_owned()),
        check,
        payer_name,
        payer_email,
        language: visit.language,
    };
    (Some(command), form)
}

/// `12/1/2026`, as dates stand on checks.
fn read_day(text: &str) -> Option<Date> {
    let mut parts = text.split('/').map(str::trim);
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = parts.next().is_none() && year.len() == 4;
    let day = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    day.ok().filter(|_| whole)
}

/// The receipt for a check, and what is written on its back.
#[derive(Serialize)]
pub struct ReceivedPage {
    amount: String,
    confirmation: String,
    check: String,
    received: String,
    payer: String,
    email: String,
    endorsement: Vec<String>,
    pdf: String,
    next: &'static str,
}

impl ReceivedPage {
    fn new(words: &Words<'_>, view: &PaymentView) -> Self {
        ReceivedPage {
            amount: view.cents.to_string(),
            confirmation: view.confirmation.clone(),
            check: words.say("received-ending", &[("digits", &view.last_four)]),
            received: words.instant(view.received_at),
            payer: view.payer_name.clone(),
            email: view.payer_email_masked.clone(),
            endorsement: vec![
                words.say("received-deposit-only", &[]),
                words.plan.organisation.name.clone(),
                view.confirmation.clone(),
            ],
            pdf: format!(
                "{}/payments/{}/receipt.pdf",
                href(view.account),
                view.payment
            ),
            next: HERE,
        }
    }
}

impl Page for ReceivedPage {
    const TEMPLATE: &'static str = "staff/center_received.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let view = PaymentView {
            payment: PaymentId::from_parts(1, [1; 10]),
            account: AccountId::from_parts(1, [1; 10]),
            confirmation: "123 456 7897".to_owned(),
            cents: Cents::new(31_000),
            status: ::payments::PaymentStatus::Succeeded,
            channel: kernel::Channel::Center,
            tender: kernel::Tender::Check,
            last_four: "6789".to_owned(),
            bank_name: String::new(),
            payer_name: "\"><img src=x onerror=alert(1)>".to_owned(),
            payer_email_masked: String::new(),
            received_at: jiff::Timestamp::UNIX_EPOCH,
            effective_on: jiff::civil::date(2026, 12, 1),
            reason: String::new(),
        };
        let mailed = PaymentView {
            payer_email_masked: "m•••@example.com".to_owned(),
            ..view.clone()
        };
        [view, mailed]
            .iter()
            .map(|view| ReceivedPage::new(words, view))
            .collect()
    }
}

fn ids(account: &str, payment: &str) -> Result<(AccountId, PaymentId), Problem> {
    let payment = PaymentId::parse(payment).ok_or_else(Problem::not_found)?;
    Ok((account_of(account)?, payment))
}

/// The receipt.
///
/// # Errors
/// Not found if there is no such payment.
pub async fn received(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, payment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (account, payment) = ids(&account, &payment)?;
    if let Err(detour) = served(&app, &visit, account).await? {
        return Ok(detour);
    }
    let view = payments::view(&app.ctx, &visit.actor(), account, payment).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = ReceivedPage::new(&words, &view);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The receipt as PDF.
///
/// # Errors
/// Not found if there is no such payment, or none with a receipt.
pub async fn receipt(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, payment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (account, payment) = ids(&account, &payment)?;
    let bytes = payments::receipt_pdf(&app.ctx, &visit.actor(), account, payment).await?;
    Ok(pdf_answer(bytes, "receipt.pdf"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_it_stands_on_checks() {
        for (text, day) in [
            ("12/1/2026", Some(jiff::civil::date(2026, 12, 1))),
            (" 2 / 29 / 2028 ", Some(jiff::civil::date(2028, 2, 29))),
            ("2/29/2027", None),
            ("12/1/26", None),
            ("12/1", None),
            ("12/1/2026/1", None),
            ("", None),
        ] {
            assert_eq!(read_day(text), day, "{text}");
        }
    }
}
