//! The half-finished payment: kept on our side, bound to the session, sealed at rest.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::response::Response;
use http::request::Parts;
use kernel::{AccountId, Cents, Channel, ErrandId, PaymentId, Tender};
use serde::{Deserialize, Serialize};
use usecases::errands::{self, Errand};
use usecases::payments::{self, CardFields, Method, Payable};
use usecases::sessions::Session;

use crate::error::Problem;
use crate::form::FormState;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The kind of the errand.
pub const KIND: &str = "pay";

/// A half-finished payment. Holds no card or bank account number, only the processor's word for it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PayErrand {
    /// True for a guest; false for a signed-in member.
    pub guest: bool,
    /// What a guest said to be found, to go back to with.
    pub identity: FormState,
    /// The accounts to choose from.
    pub accounts: Vec<KeptAccount>,
    /// The chosen account, as text.
    pub account: Option<String>,
    /// `total`, `past-due` or `other`.
    pub choice: String,
    /// How much, in cents.
    pub cents: Option<i64>,
    /// `card`, `bank` or `saved`.
    pub kind: String,
    /// True if a member wants the new card or bank account kept for next time.
    #[serde(default)]
    pub save: bool,
    /// The processor's card fields that were opened.
    pub card: Option<KeptCard>,
    /// What the payment is made with.
    pub method: Option<KeptMethod>,
    /// Who pays.
    pub payer_name: String,
    /// Where the receipt goes; empty for members, whose address is known.
    pub payer_email: String,
    /// True once Pay was pressed.
    pub sent: bool,
    /// Why nothing came of pressing Pay.
    pub refused: Option<FormState>,
}

/// An account to choose.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptAccount {
    /// Its id, as text.
    pub account: String,
    /// The last four digits of its number.
    pub last_four: String,
    /// Its plan line; never shown to guests.
    pub plan_line: String,
}

/// The processor's card fields.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptCard {
    /// The processor's name for the session.
    pub session: String,
    /// What is shown in a frame.
    pub frame_url: Option<String>,
    /// The processor's full page.
    pub hosted_url: String,
}

impl From<CardFields> for KeptCard {
    fn from(fields: CardFields) -> Self {
        KeptCard {
            session: fields.session,
            frame_url: fields.frame_url,
            hosted_url: fields.hosted_url,
        }
    }
}

/// A card or bank account as the processor knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptMethod {
    reference: String,
    tender: String,
    last_four: String,
    bank_name: String,
    expires: String,
    #[serde(default)]
    fingerprint: String,
    #[serde(default)]
    payer_reference: String,
    #[serde(default)]
    network_reference: String,
}

impl From<Method> for KeptMethod {
    fn from(method: Method) -> Self {
        KeptMethod {
            reference: method.reference,
            tender: method.tender.code().to_owned(),
            last_four: method.last_four,
            bank_name: method.bank_name,
            expires: method.expires,
            fingerprint: method.fingerprint,
            payer_reference: method.payer_reference,
            network_reference: method.network_reference,
        }
    }
}

impl KeptMethod {
    /// As the use cases want it; `None` if the tender is one that no longer exists.
    #[must_use]
    pub fn method(&self) -> Option<Method> {
        Some(Method {
            reference: self.reference.clone(),
            tender: Tender::from_code(&self.tender)?,
            last_four: self.last_four.clone(),
            bank_name: self.bank_name.clone(),
            expires: self.expires.clone(),
            fingerprint: self.fingerprint.clone(),
            payer_reference: self.payer_reference.clone(),
            network_reference: self.network_reference.clone(),
        })
    }
}

/// The steps, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Which account.
    Account,
    /// How much.
    Amount,
    /// With what.
    Method,
    /// The details of it.
    Details,
    /// Is all right?
    Review,
}

impl PayErrand {
    /// The first step that is not done.
    #[must_use]
    pub fn first_open_step(&self) -> Step {
        if self.account.is_none() {
            Step::Account
        } else if self.cents.is_none() {
            Step::Amount
        } else if self.kind.is_empty() {
            Step::Method
        } else if self.method.is_none() {
            Step::Details
        } else {
            Step::Review
        }
    }
}

/// A request within a half-finished payment: the errand is there, belongs to this session, and to
/// this side of the house.
pub struct Flow {
    /// The session.
    pub session: Session,
    /// The errand.
    pub id: ErrandId,
    /// What it holds.
    pub body: PayErrand,
    /// The payment it led to, if it did its work.
    pub payment: Option<PaymentId>,
    /// Where its pages are: `/guest/<errand>` or `/account/<account>/pay/<errand>`.
    pub base: String,
}

impl FromRequestParts<AppState> for Flow {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let Path(names): Path<HashMap<String, String>> = Path::from_request_parts(parts, app)
            .await
            .map_err(|_| Problem::bad_request())?;
        let visit = parts
            .extensions
            .get::<Visit>()
            .cloned()
            .ok_or_else(Problem::broken)?;
        let session = visit.session.clone().ok_or_else(Problem::errand_gone)?;
        let id = names
            .get("errand")
            .and_then(|id| ErrandId::parse(id))
            .ok_or_else(Problem::not_found)?;
        let Errand { body, outcome, .. } = errands::load::<PayErrand>(&app.ctx, &session, KIND, id)
            .await?
            .ok_or_else(Problem::errand_gone)?;
        let base = match names.get("account") {
            None if body.guest => format!("/guest/{id}"),
            Some(account) if !body.guest && body.account.as_ref() == Some(account) => {
                format!("/account/{account}/pay/{id}")
            }
            _ => return Err(Problem::not_found()),
        };
        Ok(Flow {
            session,
            id,
            body,
            payment: PaymentId::parse(&outcome),
            base,
        })
    }
}

impl Flow {
    /// The chosen account.
    ///
    /// # Errors
    /// If none is chosen.
    pub fn account(&self) -> Result<AccountId, Problem> {
        self.body
            .account
            .as_deref()
            .and_then(AccountId::parse)
            .ok_or_else(Problem::bad_request)
    }

    /// The plan line of the chosen account.
    #[must_use]
    pub fn plan_line(&self) -> &str {
        self.body
            .accounts
            .iter()
            .find(|kept| Some(&kept.account) == self.body.account.as_ref())
            .map_or("", |kept| kept.plan_line.as_str())
    }

    /// The amount.
    #[must_use]
    pub fn cents(&self) -> Cents {
        Cents::new(self.body.cents.unwrap_or(0))
    }

    /// The channel this payment comes in by.
    #[must_use]
    pub fn channel(&self) -> Channel {
        if self.body.guest {
            Channel::Guest
        } else {
            Channel::Online
        }
    }

    /// Keeps what changed.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn save(&self, app: &AppState) -> Result<(), Problem> {
        Ok(errands::save(&app.ctx, &self.session, self.id, &self.body).await?)
    }

    /// Where to go instead, if `step` cannot be shown: a payment that was sent is not changed any
    /// more, and no step is skipped.
    #[must_use]
    pub fn detour(&self, step: Step) -> Option<Response> {
        if self.payment.is_some() {
            return Some(see_other(&format!("{}/sent", self.base)));
        }
        if self.body.sent {
            return Some(see_other(&format!("{}/sending", self.base)));
        }
        let open = self.body.first_open_step();
        (step > open).then(|| see_other(&self.address(open)))
    }

    /// Where a step is.
    #[must_use]
    pub fn address(&self, step: Step) -> String {
        let name = match step {
            Step::Account => "account",
            Step::Amount => "amount",
            Step::Method => "method",
            Step::Details if self.body.kind == "saved" => "method",
            Step::Details if self.body.kind == "bank" => "bank",
            Step::Details => "card",
            Step::Review => "review",
        };
        format!("{}/{name}", self.base)
    }

    /// The next step, or back to the review if everything is there: Change leads back to the
    /// review.
    #[must_use]
    pub fn onward(&self) -> Response {
        see_other(&self.address(self.body.first_open_step()))
    }

    /// Which step of how many a page is.
    #[must_use]
    pub fn progress(&self, step: Step) -> Progress {
        let guest = u8::from(self.body.guest);
        let number = match step {
            Step::Account => 1,
            Step::Amount => 1 + guest,
            Step::Method => 2 + guest,
            Step::Details => 3 + guest,
            Step::Review => 4 + guest,
        };
        Progress {
            number,
            of: 4 + guest,
        }
    }
}

/// "Step 2 of 5".
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Progress {
    /// Which.
    pub number: u8,
    /// Of how many.
    pub of: u8,
}

/// What the pages of the steps share.
#[derive(Debug, Clone, Serialize)]
pub struct StepView {
    progress: Progress,
    guest: bool,
    back: String,
    cancel: String,
}

impl StepView {
    /// For a page of `flow`.
    #[must_use]
    pub fn new(flow: &Flow, step: Step, back: String) -> Self {
        let cancel = if flow.body.guest {
            "/guest"
        } else {
            "/account"
        };
        StepView {
            progress: flow.progress(step),
            guest: flow.body.guest,
            back,
            cancel: cancel.to_owned(),
        }
    }

    /// For the first page of a member's payment, before anything is kept.
    #[must_use]
    pub fn first_of_member() -> Self {
        StepView {
            progress: Progress { number: 1, of: 4 },
            guest: false,
            back: "/account".to_owned(),
            cancel: "/account".to_owned(),
        }
    }

    /// Whose notices its page shows.
    #[must_use]
    pub fn audience(&self) -> plan::Audience {
        if self.guest {
            plan::Audience::Guest
        } else {
            plan::Audience::Member
        }
    }

    /// For samples.
    #[must_use]
    pub fn sample(number: u8, guest: bool) -> Self {
        let of = 4 + u8::from(guest);
        StepView {
            progress: Progress { number, of },
            guest,
            back: "/guest".to_owned(),
            cancel: "/guest".to_owned(),
        }
    }
}

/// What is owed, in words.
#[derive(Debug, Clone, Serialize)]
pub struct OwedView {
    /// All that is due.
    pub amount_due: String,
    /// True if nothing is due.
    pub nothing_due: bool,
    /// What is past due; empty if nothing is.
    pub past_due: String,
    /// When; empty if nothing is due.
    pub due_on: String,
}

impl OwedView {
    /// From what can be paid.
    #[must_use]
    pub fn new(payable: &Payable, words: &Words<'_>) -> Self {
        OwedView {
            amount_due: payable.amount_due.to_string(),
            nothing_due: !payable.amount_due.is_positive(),
            past_due: if payable.past_due.is_positive() {
                payable.past_due.to_string()
            } else {
                String::new()
            },
            due_on: payable
                .due_on
                .map(|day| words.weekday_and_date(day))
                .unwrap_or_default(),
        }
    }
}

/// What can be paid on the flow's account.
///
/// # Errors
/// If the account is not this actor's, or the database does not answer.
pub async fn payable(app: &AppState, visit: &Visit, flow: &Flow) -> Result<Payable, Problem> {
    Ok(payments::payable(&app.ctx, &visit.actor(), flow.account()?).await?)
}
