//! Whose premium is it? Six questions, one answer for every mismatch.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kernel::{Email, MemberId, MemberIdError, Zip};
use plan::Audience;
use serde::Serialize;
use usecases::guest::{self, GuestIdentity};
use usecases::{UseCaseError, errands};

use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, date_of, left_by_post};
use crate::page::{Page, show};
use crate::pay::errand::{Flow, KIND, KeptAccount, PayErrand};
use crate::session;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// Six questions.
#[derive(Serialize)]
pub struct IdentifyPage {
    months: Vec<MonthName>,
    form: FormView,
}

/// A month in a list.
#[derive(Serialize)]
pub struct MonthName {
    number: i8,
    name: &'static str,
}

/// The months in words, because 3/4 is March in one country and April in another.
#[must_use]
pub fn months(words: &Words<'_>) -> Vec<MonthName> {
    (1..=12)
        .map(|number| MonthName {
            number,
            name: words.month_name(number),
        })
        .collect()
}

impl IdentifyPage {
    fn new(words: &Words<'_>, form: &FormState) -> Self {
        IdentifyPage {
            months: months(words),
            form: form.view(words),
        }
    }
}

impl Page for IdentifyPage {
    const TEMPLATE: &'static str = "guest/identify.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[
            ("first_name", "\"><img src=x onerror=alert(1)>"),
            ("member_id", "1234567890"),
            ("birth_month", "2"),
        ]);
        wrong.mistake_with(
            "member_id",
            "member-id-length",
            &[("found", "10".to_owned())],
        );
        wrong.mistake("birth_month", "birth-date-missing");
        wrong.mistake("zip", "zip");
        wrong.mistake("payer_email", "email");
        let mut nobody = FormState::default();
        nobody.mistake("member_id", "guest-not-found");
        vec![
            Self::new(words, &FormState::default()),
            Self::new(words, &wrong),
            Self::new(words, &nobody),
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Guest
    }
}

const FIELDS: [&str; 8] = [
    "first_name",
    "last_name",
    "member_id",
    "birth_month",
    "birth_day",
    "birth_year",
    "zip",
    "payer_email",
];

/// The questions.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, mut visit: Visit) -> Result<Response, Problem> {
    let (_, fresh) = session::ensure(&app, &mut visit).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let words = Words::new(visit.language, &app.ctx.plan);
    let response = show(
        &app,
        &visit,
        StatusCode::OK,
        &IdentifyPage::new(&words, &form),
    );
    Ok(session::with_fresh(&app, response, fresh.as_deref()))
}

/// The questions again, with what was answered: Back from the amount.
///
/// # Errors
/// If the half-finished payment is gone.
pub async fn again(
    State(app): State<AppState>,
    visit: Visit,
    flow: Flow,
) -> Result<Response, Problem> {
    if let Some(detour) = flow.detour(crate::pay::errand::Step::Account) {
        return Ok(detour);
    }
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = IdentifyPage::new(&words, &flow.body.identity);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The answers.
///
/// # Errors
/// If the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let (identity, mut form) = read(&sent);
    let Some(identity) = identity else {
        return back_with_mistakes(&app, session, "/guest/identify", &form).await;
    };
    let found = match guest::identify(&app.ctx, &visit.actor(), &identity).await {
        Ok(found) => found,
        Err(UseCaseError::Refused(refusal)) => {
            form.refused(&refusal, "member_id");
            return back_with_mistakes(&app, session, "/guest/identify", &form).await;
        }
        Err(error) => return Err(error.into()),
    };
    let accounts: Vec<KeptAccount> = found
        .into_iter()
        .map(|account| KeptAccount {
            account: account.account.to_string(),
            last_four: account.account_last_four,
            plan_line: account.plan_line,
        })
        .collect();
    let only = if accounts.len() == 1 {
        accounts.first()
    } else {
        None
    };
    let errand = PayErrand {
        guest: true,
        account: only.map(|kept| kept.account.clone()),
        accounts,
        identity: form,
        payer_email: identity.payer_email.to_string(),
        ..PayErrand::default()
    };
    let step = if errand.account.is_some() {
        "amount"
    } else {
        "account"
    };
    let id = errands::create(&app.ctx, session, KIND, &errand).await?;
    Ok(see_other(&format!("/guest/{id}/{step}")))
}

fn read(sent: &Sent) -> (Option<GuestIdentity>, FormState) {
    let mut form = sent.keep(&FIELDS);
    let first_name = form.free_text("first_name", sent.get("first_name"), "first-name-missing");
    let last_name = form.free_text("last_name", sent.get("last_name"), "last-name-missing");
    let member_id = read_member_id(sent, &mut form);
    let birth_date = read_birth_date(sent, &mut form);
    let zip = form.check("zip", Zip::parse(sent.get("zip")).map_err(|_| "zip"));
    let payer_email = read_email(sent, "payer_email", &mut form);
    match (
        member_id,
        zip,
        birth_date,
        first_name,
        last_name,
        payer_email,
    ) {
        (
            Some(member_id),
            Some(zip),
            Some(birth_date),
            Some(first_name),
            Some(last_name),
            Some(payer_email),
        ) => {
            let identity = GuestIdentity {
                member_id,
                zip,
                birth_date,
                first_name,
                last_name,
                payer_email,
            };
            (Some(identity), form)
        }
        _ => (None, form),
    }
}

/// Reads the field `member_id`, counting the digits for a mistake.
pub fn read_member_id(sent: &Sent, form: &mut FormState) -> Option<MemberId> {
    match MemberId::parse(sent.get("member_id")) {
        Ok(id) => Some(id),
        Err(MemberIdError::WrongLength { found }) => {
            form.mistake_with(
                "member_id",
                "member-id-length",
                &[("found", found.to_string())],
            );
            None
        }
        Err(MemberIdError::Empty) => form.check("member_id", Err("member-id-missing")),
        Err(MemberIdError::NotDigits) => form.check("member_id", Err("member-id-not-digits")),
    }
}

/// Reads the three fields of a date of birth.
pub fn read_birth_date(sent: &Sent, form: &mut FormState) -> Option<jiff::civil::Date> {
    let date = date_of(
        sent.get("birth_month"),
        sent.get("birth_day"),
        sent.get("birth_year"),
    );
    form.check("birth_month", date)
}

/// Reads an e-mail address, in which a card number is refused and forgotten.
pub fn read_email(sent: &Sent, field: &'static str, form: &mut FormState) -> Option<Email> {
    let typed = form.free_text(field, sent.get(field), "email")?;
    form.check(field, Email::parse(&typed).map_err(|_| "email"))
}
