//! The exact words of the authorisation, and agreeing to them.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::AccountId;
use plan::Audience;
use serde::Serialize;
use usecases::autopay::{self, AutopayView, Choice};
use usecases::errands;
use usecases::methods;
use usecases::payments::Authorisation;

use super::words as said;
use super::{choose, next, overview};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, PhoneView, show};
use crate::pay::card::ending_in;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The words, and what they are about.
#[derive(Serialize)]
pub struct ReviewPage {
    account: String,
    /// Where the choice can be changed.
    choose: String,
    changing: bool,
    method: String,
    day: String,
    cap: String,
    told: String,
    start: String,
    authorisation: String,
    version: String,
    phone: Option<PhoneView>,
    form: FormView,
}

/// What the page is made of.
struct Reviewed<'a> {
    view: &'a AutopayView,
    choice: &'a Choice,
    method: String,
    words_shown: Authorisation,
    choose: String,
}

impl ReviewPage {
    fn new(
        words: &Words<'_>,
        reviewed: Reviewed<'_>,
        form: &FormState,
        now: jiff::Timestamp,
    ) -> Self {
        let Reviewed { view, choice, .. } = &reviewed;
        let line = words.plan.line(&view.plan_line);
        ReviewPage {
            account: view.account.to_string(),
            changing: view
                .mandate
                .as_ref()
                .is_some_and(autopay::MandateView::is_active),
            day: said::day(words, choice.day),
            cap: said::cap(words, choice.cap),
            told: said::told(words, choice.agreed),
            start: words.month(choice.start),
            phone: line.map(|line| PhoneView::new(&line.representatives, words, now)),
            form: form.view(words),
            method: reviewed.method,
            authorisation: reviewed.words_shown.text,
            version: reviewed.words_shown.version,
            choose: reviewed.choose,
        }
    }
}

impl Page for ReviewPage {
    const TEMPLATE: &'static str = "autopay/review.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake("authorise", "authorise-missing");
        [(FormState::default(), false), (wrong, true)]
            .iter()
            .map(|(form, on)| {
                let view = overview::sample(words, next::samples().remove(0), *on);
                let choice = Choice {
                    method: kernel::MethodId::from_parts(1, [1; 10]),
                    day: autopay::DraftDay::DueDate,
                    cap: None,
                    agreed: None,
                    start: view.first_start,
                };
                let reviewed = Reviewed {
                    view: &view,
                    choice: &choice,
                    method: "Visa 4242".to_owned(),
                    words_shown: Authorisation {
                        version: "card-recurring-en-1".to_owned(),
                        text: "I authorize the plan to charge my card. <b>".to_owned(),
                    },
                    choose: "/account/0/autopay/choose".to_owned(),
                };
                Self::new(words, reviewed, form, jiff::Timestamp::UNIX_EPOCH)
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The page.
///
/// # Errors
/// If the choice is gone or the account is not this member's.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, errand)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let account = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let (ctx, actor) = (&app.ctx, visit.actor());
    let choose = format!("/account/{account}/autopay/choose?from={errand}");
    let (_, choice) = choose::kept(&app, visit.need_session()?, account, &errand).await?;
    let view = autopay::view(ctx, &actor, account).await?;
    let words_shown = match autopay::proposal(ctx, &actor, account, &choice, visit.language).await {
        Ok(words_shown) => words_shown,
        // What was chosen cannot be had any more: back to choosing.
        Err(error) => return refusal_of(error).map(|_| see_other(&choose)),
    };
    let words = Words::new(visit.language, &ctx.plan);
    let saved = methods::list(ctx, &actor).await?;
    let method = saved.iter().find(|method| method.method == choice.method);
    let reviewed = Reviewed {
        view: &view,
        choice: &choice,
        method: method
            .map(|m| ending_in(&words, m.tender, &m.bank_name, &m.last_four))
            .unwrap_or_default(),
        words_shown,
        choose,
    };
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = ReviewPage::new(&words, reviewed, &form, ctx.now());
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Agreeing. The version in the form says which words were shown; other words are shown anew.
///
/// # Errors
/// If the choice is gone or the account is not this member's.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, errand)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let account = AccountId::parse(&account).ok_or_else(Problem::not_found)?;
    let session = visit.need_session()?;
    let (id, choice) = choose::kept(&app, session, account, &errand).await?;
    let mut form = FormState::default();
    if sent.ticked("authorise") {
        match agree(&app, &visit, account, choice, sent.get("version")).await {
            Ok(done) => {
                errands::conclude(&app.ctx, session, id, done).await?;
                return Ok(see_other(&format!(
                    "/account/{account}/autopay?done={done}"
                )));
            }
            Err(error) => form.refused(&refusal_of(error)?, "authorise"),
        }
    } else {
        form.mistake("authorise", "authorise-missing");
    }
    let page = format!("/account/{account}/autopay/{errand}/review");
    back_with_mistakes(&app, session, &page, &form).await
}

/// Sets autopay up, or changes it if there is a mandate in force; says which.
async fn agree(
    app: &AppState,
    visit: &Visit,
    account: AccountId,
    choice: Choice,
    version: &str,
) -> Result<&'static str, usecases::UseCaseError> {
    let (ctx, actor) = (&app.ctx, visit.actor());
    let view = autopay::view(ctx, &actor, account).await?;
    let shown = autopay::Shown {
        language: visit.language,
        version,
        user_agent: &visit.device,
    };
    if view
        .mandate
        .as_ref()
        .is_some_and(autopay::MandateView::is_active)
    {
        autopay::change(ctx, &actor, account, choice, shown).await?;
        Ok("changed")
    } else {
        autopay::set_up(ctx, &actor, account, choice, shown).await?;
        Ok("on")
    }
}
