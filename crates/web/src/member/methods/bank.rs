//! Saving a bank account, and saying what its bank deposited.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::{Cents, MethodId};
use payments::saved_method::MethodState;
use plan::Audience;
use serde::Serialize;
use usecases::methods::{self, Deposit, MethodView};

use super::{HERE, WantedBy, name_of, sample_views};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::pay::bank::read;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// Bank details to be saved.
#[derive(Serialize)]
pub struct SaveBankPage {
    back: String,
    form: FormView,
}

impl Page for SaveBankPage {
    const TEMPLATE: &'static str = "member/method_bank.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("kind", "savings"), ("payer_name", "Ana Peña")]);
        wrong.mistake("account", "method-saved-already");
        wrong.mistake_with("routing", "routing-length", &[("found", "8".to_owned())]);
        let page = |form: FormState| SaveBankPage {
            back: HERE.to_owned(),
            form: form.view(words),
        };
        vec![page(FormState::default()), page(wrong)]
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The form. Numbers are never filled in again.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = SaveBankPage {
        back: WantedBy::of(&visit).back(HERE),
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The details: checked, handed to the processor, validated, and kept sealed.
///
/// # Errors
/// If the processor or the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let (entry, mut form) = read(&sent);
    let wanted = WantedBy::of(&visit);
    if let Some(entry) = entry {
        match methods::add_bank(&app.ctx, &visit.actor(), &entry, &visit.device).await {
            Ok(view) => return Ok(see_other(&wanted.saved(view.method, &next_of(&view)))),
            Err(error) => {
                let mut refusal = refusal_of(error)?;
                refusal.field = Some("account");
                form.refused(&refusal, "account");
            }
        }
    }
    let page = format!("{HERE}/bank{}", wanted.query());
    back_with_mistakes(&app, visit.need_session()?, &page, &form).await
}

fn next_of(view: &MethodView) -> String {
    match view.state {
        MethodState::Good => format!("{HERE}?done=bank"),
        MethodState::Validating => format!("{HERE}/{}/deposits", view.method),
        _ => HERE.to_owned(),
    }
}

/// What the bank deposited.
#[derive(Serialize)]
pub struct DepositsPage {
    name: String,
    by_code: bool,
    arrive_on: String,
    tries_left: u32,
    form: FormView,
}

impl DepositsPage {
    fn new(words: &Words<'_>, view: &MethodView, form: &FormState) -> Option<Self> {
        let deposits = view.deposits?;
        Some(DepositsPage {
            name: name_of(words, view),
            by_code: deposits.by_code,
            arrive_on: deposits
                .arrive_on
                .map(|day| words.weekday_and_date(day))
                .unwrap_or_default(),
            tries_left: deposits.tries_left,
            form: form.view(words),
        })
    }
}

impl Page for DepositsPage {
    const TEMPLATE: &'static str = "member/method_deposits.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake_with("deposits", "deposits-wrong", &[("left", "2".to_owned())]);
        let forms = [FormState::default(), wrong];
        let views = sample_views();
        let awaiting = views.iter().filter(|view| view.deposits.is_some());
        awaiting
            .zip(&forms)
            .filter_map(|(view, form)| Self::new(words, view, form))
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The form for what the bank deposited.
///
/// # Errors
/// If the method is not theirs, or the database does not answer.
pub async fn deposits(
    State(app): State<AppState>,
    visit: Visit,
    Path(method): Path<String>,
) -> Result<Response, Problem> {
    let method = MethodId::parse(&method).ok_or_else(Problem::not_found)?;
    let view = methods::view(&app.ctx, &visit.actor(), method).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let words = Words::new(visit.language, &app.ctx.plan);
    match DepositsPage::new(&words, &view, &form) {
        Some(page) => Ok(show(&app, &visit, StatusCode::OK, &page)),
        None => Ok(see_other(HERE)),
    }
}

/// What the member found.
///
/// # Errors
/// If the processor or the database does not answer.
pub async fn deposits_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(method): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let method = MethodId::parse(&method).ok_or_else(Problem::not_found)?;
    let actor = visit.actor();
    let view = methods::view(&app.ctx, &actor, method).await?;
    let Some(deposits) = view.deposits else {
        return Ok(see_other(HERE));
    };
    let mut form = FormState::default();
    let answer = if deposits.by_code {
        form.check("deposits", read_code(sent.get("deposits")))
    } else {
        let first = form.check("deposits", read_amount(sent.get("deposits")));
        let second = form.check("second", read_amount(sent.get("second")));
        first
            .zip(second)
            .map(|(first, second)| Deposit::Amounts(first, second))
    };
    if let Some(answer) = answer {
        match methods::confirm_deposits(&app.ctx, &actor, method, &answer).await {
            Ok(()) => return Ok(see_other(&format!("{HERE}?done=deposits"))),
            Err(error) => form.refused(&refusal_of(error)?, "deposits"),
        }
    }
    let session = visit.need_session()?;
    let still = methods::view(&app.ctx, &actor, method).await?;
    let page = match still.state {
        MethodState::Validating => format!("{HERE}/{method}/deposits"),
        // Over: the list says so.
        _ => HERE.to_owned(),
    };
    back_with_mistakes(&app, session, &page, &form).await
}

/// `0.32`, `.32`, `$0.32` or `32`: cents, 1 to 99.
fn read_amount(typed: &str) -> Result<Cents, &'static str> {
    let digits = typed.trim().trim_start_matches('$').trim_start_matches('0');
    let digits = digits.strip_prefix('.').unwrap_or(digits);
    let plain = digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit());
    match digits.parse::<u8>() {
        Ok(cents @ 1..=99) if plain => Ok(Cents::new(i64::from(cents))),
        _ => Err("deposit-amount"),
    }
}

/// `SM` and four letters or digits.
fn read_code(typed: &str) -> Result<Deposit, &'static str> {
    let code: String = typed.split_whitespace().collect::<String>().to_uppercase();
    let right = code.len() == 6
        && code.starts_with("SM")
        && code.chars().all(|c| c.is_ascii_alphanumeric());
    if right {
        Ok(Deposit::Code(code))
    } else {
        Err("deposit-code")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_amount_of_a_deposit_is_read_as_people_write_it() {
        for typed in ["0.32", ".32", "$0.32", "32", " 0.32 "] {
            assert_eq!(read_amount(typed), Ok(Cents::new(32)), "{typed}");
        }
        for typed in [
            "", "0", "0.00", "1.32", "132", "thirty", "-32", "0.320", "+3",
        ] {
            assert_eq!(read_amount(typed), Err("deposit-amount"), "{typed}");
        }
    }

    #[test]
    fn a_code_is_read_in_any_case_and_with_spaces() {
        for typed in ["SM11AA", "sm11aa", " SM 11AA "] {
            assert_eq!(read_code(typed), Ok(Deposit::Code("SM11AA".to_owned())));
        }
        for typed in ["", "11AA", "SM11A", "XX11AA", "SM11A!"] {
            assert_eq!(read_code(typed), Err("deposit-code"), "{typed}");
        }
    }
}
