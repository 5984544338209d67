//! Who else has rights on a member's account: seen, given, taken back.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use identity::{DelegationKind, DelegationState, Right};
use kernel::{AccountId, DelegationId, Email};
use plan::Audience;
use serde::Serialize;
use usecases::delegates::{self, DelegateView, Delegates, Invitation};

use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::guest::identify::read_email;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// Everybody with rights on an account.
#[derive(Serialize)]
pub struct DelegatesPage {
    account: String,
    number: String,
    line: String,
    others: Vec<OtherAccount>,
    people: Vec<Person>,
    past: Vec<Person>,
    invited: bool,
    ended: bool,
    form: FormView,
}

#[derive(Serialize)]
struct OtherAccount {
    href: String,
    line: String,
}

/// Somebody with rights, in words.
#[derive(Serialize)]
struct Person {
    id: String,
    name: String,
    email: String,
    right: String,
    state: String,
    since: String,
    until: String,
    used: String,
    may_end: bool,
}

impl Person {
    fn new(words: &Words<'_>, view: &DelegateView) -> Self {
        let state = match (view.state, view.kind) {
            (DelegationState::Invited, _) => {
                let day = words.day_of(view.invited_until);
                words.say("delegates-invited", &[("day", &day)])
            }
            (DelegationState::Over, _) => words.say("delegates-over", &[]),
            (DelegationState::Later, _) => words.say("delegates-later", &[]),
            (DelegationState::InForce, DelegationKind::Representative) => {
                words.say("delegates-representative", &[])
            }
            (DelegationState::InForce, DelegationKind::Delegate) => {
                words.say("delegates-in-force", &[])
            }
        };
        let over = view.state == DelegationState::Over;
        Person {
            id: view.id.to_string(),
            name: view.name.clone(),
            email: view.email.clone(),
            right: words.say(&format!("right-{}", view.right.code()), &[]),
            state,
            since: words.day_of(view.since),
            until: match (view.ended_at, view.last_day) {
                (Some(at), _) => words.day_of(at),
                (None, Some(day)) => words.date(day),
                (None, None) => String::new(),
            },
            used: view.used_at.map(|at| words.instant(at)).unwrap_or_default(),
            may_end: !over && view.kind == DelegationKind::Delegate,
        }
    }
}

impl DelegatesPage {
    fn new(words: &Words<'_>, view: &Delegates, form: FormView) -> Self {
        let name_of = |line: &str| {
            words
                .plan
                .line(line)
                .map(|line| line.name.in_language(words.language).to_owned())
                .unwrap_or_default()
        };
        let (past, people): (Vec<&DelegateView>, Vec<&DelegateView>) = view
            .people
            .iter()
            .partition(|person| person.state == DelegationState::Over);
        let in_words = |people: Vec<&DelegateView>| {
            people.into_iter().map(|p| Person::new(words, p)).collect()
        };
        DelegatesPage {
            account: view.account.to_string(),
            number: view.account_number.clone(),
            line: name_of(&view.plan_line),
            others: view
                .others
                .iter()
                .map(|(account, line)| OtherAccount {
                    href: format!("/account/{account}/delegates"),
                    line: name_of(line),
                })
                .collect(),
            people: in_words(people),
            past: in_words(past),
            invited: false,
            ended: false,
            form,
        }
    }
}

fn sample_view(words: &Words<'_>, people: Vec<DelegateView>) -> Delegates {
    let account = AccountId::from_parts(1, [1; 10]);
    Delegates {
        account,
        account_number: "100000001".to_owned(),
        plan_line: words.plan.lines[0].id.clone(),
        others: vec![(account, words.plan.lines[0].id.clone())],
        people,
    }
}

fn sample_person(kind: DelegationKind, right: Right, state: DelegationState) -> DelegateView {
    let at = jiff::Timestamp::from_second(1_795_600_000).unwrap_or_default();
    DelegateView {
        id: DelegationId::from_parts(1, [2; 10]),
        kind,
        right,
        name: "\"><img src=x onerror=alert(1)>".to_owned(),
        email: "son@example.com".to_owned(),
        state,
        since: at,
        invited_until: at,
        last_day: (state == DelegationState::InForce).then(|| jiff::civil::date(2027, 3, 31)),
        used_at: (state == DelegationState::InForce).then_some(at),
        ended_at: (state == DelegationState::Over).then_some(at),
    }
}

impl Page for DelegatesPage {
    const TEMPLATE: &'static str = "member/delegates.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        use DelegationKind::{Delegate, Representative};
        use DelegationState::{InForce, Invited, Later, Over};
        let none = || FormState::default().view(words);
        let people = vec![
            sample_person(Delegate, Right::Pay, InForce),
            sample_person(Delegate, Right::View, Invited),
            sample_person(Representative, Right::Manage, InForce),
            sample_person(Representative, Right::Manage, Later),
            sample_person(Delegate, Right::View, Over),
        ];
        let mut refused = FormState::default();
        refused.mistake("people", "delegate-on-file");
        vec![
            DelegatesPage::new(words, &sample_view(words, Vec::new()), none()),
            DelegatesPage {
                invited: true,
                ended: true,
                ..DelegatesPage::new(words, &sample_view(words, people), none())
            },
            DelegatesPage::new(words, &sample_view(words, Vec::new()), refused.view(words)),
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// Everybody with rights on an account.
///
/// # Errors
/// If it is not the member's, or the database does not answer.
pub async fn list(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let account = read_account(&account)?;
    let view = delegates::of_account(&app.ctx, &visit.actor(), account).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = DelegatesPage {
        invited: visit.asked("invited").is_some(),
        ended: visit.asked("ended").is_some(),
        ..DelegatesPage::new(&words, &view, form.view(&words))
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

fn read_account(text: &str) -> Result<AccountId, Problem> {
    AccountId::parse(text).ok_or_else(Problem::not_found)
}

/// Give somebody rights.
#[derive(Serialize)]
pub struct InvitePage {
    account: String,
    form: FormView,
}

impl Page for InvitePage {
    const TEMPLATE: &'static str = "member/delegate_new.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[
            ("name", "\"><img src=x onerror=alert(1)>"),
            ("email", "son@example"),
            ("right", "pay"),
            ("last_day", "2026-01-01"),
        ]);
        wrong.mistake("name", "delegate-name");
        wrong.mistake("email", "delegate-there");
        wrong.mistake("right", "delegate-right");
        wrong.mistake("last_day", "delegate-last-day");
        [FormState::default(), wrong]
            .iter()
            .map(|form| InvitePage {
                account: "0".to_owned(),
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// Give somebody rights.
///
/// # Errors
/// If it is not the member's account, or the database does not answer.
pub async fn new(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let account = read_account(&account)?;
    delegates::of_account(&app.ctx, &visit.actor(), account).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = InvitePage {
        account: account.to_string(),
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Invites.
///
/// # Errors
/// If it is not the member's account, or the database does not answer.
pub async fn new_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let account = read_account(&account)?;
    let session = visit.need_session()?;
    let mut form = sent.keep(&["name", "email", "right", "last_day"]);
    let invitation = read_invitation(&mut form, &visit, &sent);
    if let Some(invitation) = invitation {
        match delegates::invite(&app.ctx, &visit.actor(), account, &invitation).await {
            Ok(_) => {
                return Ok(see_other(&format!(
                    "/account/{account}/delegates?invited=yes"
                )));
            }
            Err(error) => form.refused(&refusal_of(error)?, "email"),
        }
    }
    let page = format!("/account/{account}/delegates/new");
    back_with_mistakes(&app, session, &page, &form).await
}

fn read_invitation(form: &mut FormState, visit: &Visit, sent: &Sent) -> Option<Invitation> {
    let name = form.free_text("name", sent.get("name"), "delegate-name");
    let email: Option<Email> = read_email(sent, "email", form);
    let right = Right::from_code(sent.get("right")).ok_or("delegate-right");
    let right = form.check("right", right);
    let last_day = match sent.get("last_day") {
        "" => Some(None),
        typed => form.check(
            "last_day",
            typed.parse().map(Some).map_err(|_| "delegate-last-day"),
        ),
    };
    Some(Invitation {
        name: name?,
        email: email?,
        right: right?,
        last_day: last_day?,
        language: visit.language,
    })
}

/// Takes rights back.
///
/// # Errors
/// If it is not the member's account, or the database does not answer.
pub async fn end(
    State(app): State<AppState>,
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    _sent: Sent,
) -> Result<Response, Problem> {
    let name = |name: &str| names.get(name).map_or("", String::as_str);
    let account = read_account(name("account"))?;
    let id = DelegationId::parse(name("delegation")).ok_or_else(Problem::not_found)?;
    let page = format!("/account/{account}/delegates");
    match delegates::take_back(&app.ctx, &visit.actor(), account, id).await {
        Ok(()) => Ok(see_other(&format!("{page}?ended=yes"))),
        Err(error) => {
            let mut form = FormState::default();
            form.refused(&refusal_of(error)?, "people");
            back_with_mistakes(&app, visit.need_session()?, &page, &form).await
        }
    }
}

/// Gives rights back that one was given.
///
/// # Errors
/// If one has none, or the database does not answer.
pub async fn give_back(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    _sent: Sent,
) -> Result<Response, Problem> {
    delegates::give_back(&app.ctx, &visit.actor(), read_account(&account)?).await?;
    Ok(see_other("/account"))
}
