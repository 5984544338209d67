//! A member at the counter: what is due, and the ways to help.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::{AccountId, Channel, Tender};
use plan::{RefusedBrandCode, WayToPay};
use serde::Serialize;
use usecases::UseCaseError;
use usecases::center::{self, Served};
use usecases::payments::Payable;

use super::HERE;
use crate::error::Problem;
use crate::page::{Page, PhoneView, show};
use crate::pay::outcome::pdf_answer;
use crate::staff::account::account_of;
use crate::staff::find::line_name;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The page of an account at the counter.
pub(super) fn href(account: AccountId) -> String {
    format!("{HERE}/accounts/{account}")
}

/// What is due, and the ways to help.
#[derive(Serialize)]
pub struct ServePage {
    name: String,
    account: String,
    line: String,
    due: String,
    past_due: String,
    due_on: String,
    base: String,
    tenders: Vec<String>,
    check: bool,
    online: bool,
    phone: Option<PhoneView>,
    mail: Option<MailView>,
    no_cash: String,
    no_amex: String,
}

#[derive(Serialize)]
struct MailView {
    address: Vec<String>,
    payable_to: String,
    coupon: bool,
}

impl ServePage {
    fn new(words: &Words<'_>, served: &Served, now: jiff::Timestamp) -> Self {
        let payable = &served.payable;
        let said = |text: &plan::Text| text.in_language(words.language).to_owned();
        let line = words.plan.line(&payable.plan_line);
        let helps = |channel| {
            line.is_some_and(|line| match line.channel(Channel::Center) {
                WayToPay::Center(center) => center.helps_with.contains(&channel),
                _ => false,
            })
        };
        let way = |channel| line.map(|line| line.channel(channel));
        ServePage {
            name: served.name.clone(),
            account: payable.account_last_four.clone(),
            line: line_name(words, &payable.plan_line),
            due: payable.amount_due.to_string(),
            past_due: if payable.past_due.is_zero() {
                String::new()
            } else {
                payable.past_due.to_string()
            },
            due_on: payable
                .due_on
                .map(|day| words.date(day))
                .unwrap_or_default(),
            base: href(payable.account),
            tenders: served
                .tenders
                .iter()
                .map(|tender| words.say(&format!("tender-{tender}"), &[]))
                .collect(),
            check: served.tenders.contains(&Tender::Check),
            online: line.is_some_and(center::offers_link),
            phone: match way(Channel::Phone) {
                Some(WayToPay::Phone(way)) if helps(Channel::Phone) => {
                    Some(PhoneView::new(&way.phone, words, now))
                }
                _ => None,
            },
            mail: match way(Channel::Mail) {
                Some(WayToPay::Mail(way)) if helps(Channel::Mail) => Some(MailView {
                    address: way.address.lines.clone(),
                    payable_to: way.payable_to.clone(),
                    coupon: served.coupon.is_some(),
                }),
                _ => None,
            },
            no_cash: said(&words.plan.tenders.no_cash),
            no_amex: words
                .plan
                .tenders
                .refusal_of(RefusedBrandCode::AmericanExpress)
                .map(said)
                .unwrap_or_default(),
        }
    }
}

pub(super) fn sample_served(words: &Words<'_>, line: usize) -> Served {
    let cents = kernel::Cents::new;
    Served {
        payable: Payable {
            account: AccountId::from_parts(1, [1; 10]),
            account_last_four: "1001".to_owned(),
            amount_due: cents(31_000),
            past_due: if line == 0 { cents(0) } else { cents(15_500) },
            due_on: (line == 0).then(|| jiff::civil::date(2026, 12, 1)),
            most: cents(1_000_000),
            least: cents(100),
            partial_allowed: true,
            plan_line: words.plan.lines[line].id.clone(),
        },
        name: "\"><img src=x onerror=alert(1)>".to_owned(),
        language: words.language,
        email_masked: if line == 0 {
            "m•••@example.com".to_owned()
        } else {
            String::new()
        },
        tenders: if line == 0 {
            words.plan.tenders.accepted.clone()
        } else {
            vec![Tender::Visa]
        },
        coupon: (line == 0).then(|| kernel::InvoiceId::from_parts(1, [1; 10])),
    }
}

impl Page for ServePage {
    const TEMPLATE: &'static str = "staff/center_member.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        (0..words.plan.lines.len())
            .map(|line| {
                let served = sample_served(words, line);
                ServePage::new(words, &served, jiff::Timestamp::UNIX_EPOCH)
            })
            .collect()
    }
}

/// Whoever has no drawer opens one first.
pub(super) async fn served(
    app: &AppState,
    visit: &Visit,
    account: AccountId,
) -> Result<Result<Served, Response>, Problem> {
    match center::serve(&app.ctx, &visit.actor(), account).await {
        Ok(served) => Ok(Ok(served)),
        Err(UseCaseError::Refused(_)) => Ok(Err(see_other(HERE))),
        Err(error) => Err(error.into()),
    }
}

/// The page.
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
    let page = ServePage::new(&words, &served, app.ctx.now());
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The newest open invoice with its coupon, to mail with a check.
///
/// # Errors
/// Not found if nothing is open or no drawer is; otherwise as [`get`].
pub async fn coupon(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let account = account_of(&account)?;
    match center::coupon_pdf(&app.ctx, &visit.actor(), account).await {
        Ok(bytes) => Ok(pdf_answer(bytes, "coupon.pdf")),
        Err(UseCaseError::Refused(_)) => Ok(see_other(HERE)),
        Err(error) => Err(error.into()),
    }
}
