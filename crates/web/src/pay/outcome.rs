//! What came of a payment: the receipt, or why there is none. And "already sent".

use ::payments::PaymentStatus;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use kernel::{AccountId, Cents, Channel, PaymentId, Tender};
use plan::Audience;
use serde::Serialize;
use usecases::payments::{self, PaymentView};

use super::card::ending_in;
use super::errand::Flow;
use crate::error::Problem;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The receipt, or why there is none.
#[derive(Serialize)]
pub struct OutcomePage {
    /// `good`, `wait` or `bad`: how the panel looks.
    look: &'static str,
    title: String,
    text: String,
    money: String,
    status: String,
    confirmation: String,
    amount: String,
    method: String,
    received: String,
    effective: String,
    payer_name: String,
    payer_email: String,
    guest: bool,
    has_receipt: bool,
    may_try_again: bool,
    /// The base of the payment's pages, for "try another way"; empty from the history.
    base: String,
    pdf: String,
}

impl OutcomePage {
    fn new(words: &Words<'_>, view: &PaymentView, base: String, pdf: String) -> Self {
        let code = view.status.code();
        let said = |part: &str| words.say(&format!("outcome-{code}-{part}"), &[]);
        let text = match view.status {
            PaymentStatus::Declined => {
                let reason = if view.reason.is_empty() {
                    "refused"
                } else {
                    &view.reason
                };
                words.say(&format!("decline-{reason}"), &[])
            }
            _ => said("text"),
        };
        OutcomePage {
            look: look(view.status),
            title: said("title"),
            text,
            money: said("money"),
            status: words.say(&format!("status-{code}"), &[]),
            confirmation: view.confirmation.clone(),
            amount: view.cents.to_string(),
            method: ending_in(words, view.tender, &view.bank_name, &view.last_four),
            received: words.instant(view.received_at),
            effective: words.weekday_and_date(view.effective_on),
            payer_name: view.payer_name.clone(),
            payer_email: view.payer_email_masked.clone(),
            guest: view.channel == Channel::Guest,
            has_receipt: view.status.has_receipt(),
            may_try_again: !base.is_empty()
                && matches!(
                    view.status,
                    PaymentStatus::Declined | PaymentStatus::NotSent | PaymentStatus::Voided
                ),
            base,
            pdf,
        }
    }
}

fn look(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Succeeded | PaymentStatus::Pending => "good",
        PaymentStatus::Declined
        | PaymentStatus::NotSent
        | PaymentStatus::Returned
        | PaymentStatus::ChargedBack => "bad",
        PaymentStatus::Sent
        | PaymentStatus::ActionRequired
        | PaymentStatus::Confirming
        | PaymentStatus::PartlyRefunded
        | PaymentStatus::Refunded
        | PaymentStatus::Voided
        | PaymentStatus::Disputed => "wait",
    }
}

impl Page for OutcomePage {
    const TEMPLATE: &'static str = "pay/outcome.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let view = |status: PaymentStatus, channel: Channel, reason: &str| PaymentView {
            payment: PaymentId::from_parts(1, [0; 10]),
            account: AccountId::from_parts(1, [0; 10]),
            confirmation: "123 456 7897".to_owned(),
            cents: Cents::new(8640),
            status,
            channel,
            tender: if reason.is_empty() {
                Tender::BankAccount
            } else {
                Tender::Visa
            },
            last_four: "6789".to_owned(),
            bank_name: if reason.is_empty() {
                "First <Bank>".to_owned()
            } else {
                String::new()
            },
            payer_name: "\"><img src=x onerror=alert(1)>".to_owned(),
            payer_email_masked: "a•••@example.com".to_owned(),
            received_at: jiff::Timestamp::from_second(1_795_600_000).unwrap_or_default(),
            effective_on: jiff::civil::date(2026, 11, 23),
            reason: reason.to_owned(),
        };
        let page = |view: &PaymentView, base: &str| {
            Self::new(words, view, base.to_owned(), format!("{base}/receipt.pdf"))
        };
        let mut pages: Vec<Self> = PaymentStatus::ALL
            .into_iter()
            .map(|status| page(&view(status, Channel::Guest, ""), "/guest/0"))
            .collect();
        pages.push(page(
            &view(
                PaymentStatus::Declined,
                Channel::Online,
                "insufficient-funds",
            ),
            "/x",
        ));
        pages.push(page(&view(PaymentStatus::Succeeded, Channel::Mail, ""), ""));
        pages
    }

    fn audience(&self) -> Audience {
        if self.guest {
            Audience::Guest
        } else {
            Audience::Member
        }
    }
}

/// What came of the payment of an errand.
///
/// # Errors
/// If the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    flow: Flow,
) -> Result<Response, Problem> {
    let Some(payment) = flow.payment else {
        return Ok(see_other(&format!("{}/sending", flow.base)));
    };
    let view = payments::view(&app.ctx, &visit.actor(), flow.account()?, payment).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let pdf = format!("{}/receipt.pdf", flow.base);
    let page = OutcomePage::new(&words, &view, flow.base.clone(), pdf);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The receipt of an errand's payment as PDF.
///
/// # Errors
/// Not found while there is no receipt.
pub async fn get_pdf(
    State(app): State<AppState>,
    visit: Visit,
    flow: Flow,
) -> Result<Response, Problem> {
    let payment = flow.payment.ok_or_else(Problem::not_found)?;
    let account = flow.account()?;
    let bytes = payments::receipt_pdf(&app.ctx, &visit.actor(), account, payment).await?;
    Ok(pdf_answer(bytes, "receipt.pdf"))
}

/// A member's payment, from the history.
///
/// # Errors
/// Not found if it is not this member's.
pub async fn of_member(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, payment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (account, payment) = ids(&account, &payment)?;
    let view = payments::view(&app.ctx, &visit.actor(), account, payment).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let pdf = format!("/account/{account}/payments/{payment}/receipt.pdf");
    Ok(show(
        &app,
        &visit,
        StatusCode::OK,
        &OutcomePage::new(&words, &view, String::new(), pdf),
    ))
}

/// The receipt of a member's payment as PDF.
///
/// # Errors
/// Not found if it is not this member's.
pub async fn of_member_pdf(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, payment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (account, payment) = ids(&account, &payment)?;
    let bytes = payments::receipt_pdf(&app.ctx, &visit.actor(), account, payment).await?;
    Ok(pdf_answer(bytes, "receipt.pdf"))
}

fn ids(account: &str, payment: &str) -> Result<(AccountId, PaymentId), Problem> {
    AccountId::parse(account)
        .zip(PaymentId::parse(payment))
        .ok_or_else(Problem::not_found)
}

/// A PDF to look at. Its name says nothing about anybody.
#[must_use]
pub fn pdf_answer(bytes: Vec<u8>, name: &'static str) -> Response {
    let disposition = HeaderValue::from_str(&format!("inline; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("inline"));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, bytes).into_response()
}

/// "This payment was already sent."
#[derive(Serialize)]
pub struct SentPage {
    base: String,
    guest: bool,
}

impl Page for SentPage {
    const TEMPLATE: &'static str = "pay/sent.html";

    fn samples(_: &Words<'_>) -> Vec<Self> {
        vec![
            SentPage {
                base: "/guest/0".to_owned(),
                guest: true,
            },
            SentPage {
                base: "/account/0/pay/0".to_owned(),
                guest: false,
            },
        ]
    }

    fn audience(&self) -> Audience {
        if self.guest {
            Audience::Guest
        } else {
            Audience::Member
        }
    }
}

/// Where Back leads after a payment.
///
/// # Errors
/// If the half-finished payment is gone.
pub async fn sent(
    State(app): State<AppState>,
    visit: Visit,
    flow: Flow,
) -> Result<Response, Problem> {
    if flow.payment.is_none() {
        return Ok(flow.onward());
    }
    let page = SentPage {
        base: flow.base.clone(),
        guest: flow.body.guest,
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}
