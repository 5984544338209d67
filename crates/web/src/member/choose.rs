//! The pages of the menu that are about one account: straight there with one account, else which?

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use plan::Audience;
use serde::Serialize;
use usecases::pages;

use crate::error::Problem;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// Which account?
#[derive(Serialize)]
pub struct ChoosePage {
    title: String,
    accounts: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    href: String,
    line: String,
    number: String,
}

impl Page for ChoosePage {
    const TEMPLATE: &'static str = "member/choose.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let title = words.say("menu-pay", &[]);
        let accounts = words.plan.lines.iter().take(2).map(|line| Choice {
            href: "/account/0/pay".to_owned(),
            line: line.name.in_language(words.language).to_owned(),
            number: "100000001".to_owned(),
        });
        vec![
            ChoosePage {
                title: title.clone(),
                accounts: accounts.collect(),
            },
            ChoosePage {
                title,
                accounts: Vec::new(),
            },
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// Paying.
///
/// # Errors
/// If the database does not answer.
pub async fn pay(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let title = Words::new(visit.language, &app.ctx.plan).say("menu-pay", &[]);
    choose(&app, &visit, title, "pay").await
}

/// Who else has rights.
///
/// # Errors
/// If the database does not answer.
pub async fn delegates(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let title = Words::new(visit.language, &app.ctx.plan).say("delegates-title", &[]);
    choose(&app, &visit, title, "delegates").await
}

/// Autopay.
///
/// # Errors
/// If the database does not answer.
pub async fn autopay(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let title = Words::new(visit.language, &app.ctx.plan).say("menu-autopay", &[]);
    choose(&app, &visit, title, "autopay").await
}

async fn choose(
    app: &AppState,
    visit: &Visit,
    title: String,
    section: &str,
) -> Result<Response, Problem> {
    let mut accounts = pages::own_accounts(&app.ctx, &visit.actor()).await?;
    let some = !accounts.is_empty();
    let pays_here = |id: &str| app.ctx.plan.line(id).is_some_and(|l| l.pays_premium_here);
    accounts.retain(|own| pays_here(&own.plan_line));
    if some && accounts.is_empty() {
        // Somebody else pays; the account page says who.
        return Ok(see_other("/account"));
    }
    if let [only] = accounts.as_slice() {
        return Ok(see_other(&format!("/account/{}/{section}", only.account)));
    }
    let (language, plan) = (visit.language, &app.ctx.plan);
    let page = ChoosePage {
        title,
        accounts: accounts
            .iter()
            .map(|own| Choice {
                href: format!("/account/{}/{section}", own.account),
                line: plan
                    .line(&own.plan_line)
                    .map(|line| line.name.in_language(language).to_owned())
                    .unwrap_or_default(),
                number: own.account_number.clone(),
            })
            .collect(),
    };
    Ok(show(app, visit, StatusCode::OK, &page))
}
