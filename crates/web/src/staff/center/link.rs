//! A link with which somebody at the counter pays on a device of their own.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::Email;
use plan::Audience;
use serde::Serialize;
use usecases::center::{self, HelpLink};
use usecases::{UseCaseError, errands};

use super::HERE;
use super::member::href;
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post};
use crate::guest::identify::read_email;
use crate::page::{Page, show};
use crate::pay::errand::{KIND, KeptAccount, PayErrand};
use crate::session;
use crate::staff::account::account_of;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The link to hand over.
#[derive(Serialize)]
pub struct LinkPage {
    address: String,
    picture: String,
    until: String,
    back: String,
}

impl LinkPage {
    fn new(words: &Words<'_>, link: HelpLink, back: String) -> Self {
        LinkPage {
            until: words.instant(link.good_until),
            address: link.address,
            picture: titled(&link.picture, &words.say("link-picture", &[])),
            back,
        }
    }
}

/// A picture with words for who does not see it.
fn titled(picture: &str, title: &str) -> String {
    let title = format!("><title id=\"link-picture\">{title}</title>");
    picture.replacen('>', &title, 1).replacen(
        "<svg ",
        "<svg role=\"img\" aria-labelledby=\"link-picture\" ",
        1,
    )
}

impl Page for LinkPage {
    const TEMPLATE: &'static str = "staff/center_link.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">\
                       <path d=\"M4 4h1v1h-1z\"/></svg>";
        let link = HelpLink {
            address: "https://pay.example.com/help-to-pay/x".to_owned(),
            picture: picture.to_owned(),
            good_until: jiff::Timestamp::UNIX_EPOCH,
        };
        vec![LinkPage::new(words, link, HERE.to_owned())]
    }
}

/// Makes a link. The answer shows it, once, which is why it is a page and no redirect.
///
/// # Errors
/// If the role serves nobody, there is no such account, or the database does not answer.
pub async fn make(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    _sent: Sent,
) -> Result<Response, Problem> {
    let account = account_of(&account)?;
    match center::make_link(&app.ctx, &visit.actor(), account).await {
        Ok(link) => {
            let words = Words::new(visit.language, &app.ctx.plan);
            let page = LinkPage::new(&words, link, href(account));
            Ok(show(&app, &visit, StatusCode::OK, &page))
        }
        // No drawer, or a line that is not paid online: the page of the member says so.
        Err(UseCaseError::Refused(_)) => Ok(see_other(&href(account))),
        Err(error) => Err(error.into()),
    }
}

/// What whoever holds the link sees first. Nothing of the member: a link may be photographed.
#[derive(Serialize)]
pub struct HelpedPage {
    form: FormView,
}

impl Page for HelpedPage {
    const TEMPLATE: &'static str = "guest/helped.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("payer_email", "nowhere")]);
        wrong.mistake("payer_email", "email");
        [FormState::default(), wrong]
            .iter()
            .map(|form| HelpedPage {
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Guest
    }
}

/// The page of a link. Opening it uses nothing up: cameras look at links before people do.
///
/// # Errors
/// Not found if the link was used or is too old.
pub async fn get(
    State(app): State<AppState>,
    mut visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    center::opened(&app.ctx, &guest(&visit), &token).await?;
    let (_, fresh) = session::ensure(&app, &mut visit).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = HelpedPage {
        form: form.view(&words),
    };
    let response = show(&app, &visit, StatusCode::OK, &page);
    Ok(session::with_fresh(&app, response, fresh.as_deref()))
}

/// Whoever holds the link pays as a guest, also on a device on which a member is signed in.
fn guest(visit: &Visit) -> usecases::Actor {
    usecases::Actor::Guest {
        address: visit.address.clone(),
    }
}

/// Uses the link up and goes on to the amount.
///
/// # Errors
/// Not found if the link was used or is too old.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    Path(token): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let mut form = sent.keep(&["payer_email"]);
    let email: Option<Email> = read_email(&sent, "payer_email", &mut form);
    let Some(email) = email else {
        let page = format!("/help-to-pay/{token}");
        return back_with_mistakes(&app, session, &page, &form).await;
    };
    let payable = center::begin(&app.ctx, &guest(&visit), &token).await?;
    let errand = PayErrand {
        guest: true,
        account: Some(payable.account.to_string()),
        accounts: vec![KeptAccount {
            account: payable.account.to_string(),
            last_four: payable.account_last_four,
            plan_line: payable.plan_line,
        }],
        payer_email: email.to_string(),
        ..PayErrand::default()
    };
    let id = errands::create(&app.ctx, session, KIND, &errand).await?;
    Ok(see_other(&format!("/guest/{id}/amount")))
}
