//! Who is on the staff: for administrators.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use identity::Role;
use kernel::StaffId;
use serde::Serialize;
use usecases::staff::people::{self, Change, NewStaff, StaffView};

use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::guest::identify::read_email;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

const HERE: &str = "/staff/people";

#[derive(Serialize)]
struct StaffLine {
    href: String,
    name: String,
    email: String,
    role: String,
    user_id: String,
    state: String,
    signed_in: String,
}

impl StaffLine {
    fn new(words: &Words<'_>, view: &StaffView) -> Self {
        let state = if view.disabled_at.is_some() {
            words.say("people-disabled", &[])
        } else if view.to_set_up {
            words.say("people-to-set-up", &[])
        } else if view.of_provider {
            words.say("people-of-provider", &[])
        } else {
            words.say("people-active", &[])
        };
        StaffLine {
            href: format!("{HERE}/{}", view.staff),
            name: view.name.clone(),
            email: view.email.clone(),
            role: words.say(&format!("role-{}", view.role.code()), &[]),
            user_id: view.user_id.clone(),
            state,
            signed_in: view
                .signed_in_at
                .map(|at| words.instant(at))
                .unwrap_or_default(),
        }
    }
}

/// Everybody.
#[derive(Serialize)]
pub struct PeoplePage {
    people: Vec<StaffLine>,
}

fn sample_people() -> Vec<StaffView> {
    let one = StaffView {
        staff: StaffId::from_parts(1, [1; 10]),
        name: "\"><img src=x onerror=alert(1)>".to_owned(),
        email: "ana@example.com".to_owned(),
        role: Role::Billing,
        user_id: "ana.billing".to_owned(),
        of_provider: false,
        to_set_up: true,
        signed_in_at: None,
        disabled_at: None,
    };
    let at = Some(jiff::Timestamp::UNIX_EPOCH);
    vec![
        StaffView {
            of_provider: true,
            to_set_up: false,
            user_id: String::new(),
            signed_in_at: at,
            ..one.clone()
        },
        StaffView {
            to_set_up: false,
            disabled_at: at,
            ..one.clone()
        },
        StaffView {
            to_set_up: false,
            ..one.clone()
        },
        one,
    ]
}

impl Page for PeoplePage {
    const TEMPLATE: &'static str = "staff/people.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let people = sample_people();
        [&people[..0], &people[..]]
            .into_iter()
            .map(|people| PeoplePage {
                people: people.iter().map(|p| StaffLine::new(words, p)).collect(),
            })
            .collect()
    }
}

/// Everybody.
///
/// # Errors
/// If the role may not, or the database does not answer.
pub async fn list(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let people = people::all(&app.ctx, &visit.actor()).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = PeoplePage {
        people: people.iter().map(|p| StaffLine::new(&words, p)).collect(),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

#[derive(Serialize)]
struct RoleChoice {
    code: &'static str,
    name: String,
    may: String,
}

fn roles(words: &Words<'_>) -> Vec<RoleChoice> {
    Role::ALL
        .into_iter()
        .map(|role| RoleChoice {
            code: role.code(),
            name: words.say(&format!("role-{}", role.code()), &[]),
            may: words.say(&format!("role-{}-may", role.code()), &[]),
        })
        .collect()
}

/// Add somebody; then the link to hand over.
#[derive(Serialize)]
pub struct NewPersonPage {
    roles: Vec<RoleChoice>,
    link: String,
    form: FormView,
}

impl Page for NewPersonPage {
    const TEMPLATE: &'static str = "staff/person_new.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("name", "\"><img src=x onerror=alert(1)>")]);
        wrong.mistake("user_id", "user-id-taken");
        wrong.mistake("role", "staff-role");
        let page = |form: &FormState, link: &str| NewPersonPage {
            roles: roles(words),
            link: link.to_owned(),
            form: form.view(words),
        };
        vec![
            page(&FormState::default(), ""),
            page(&wrong, ""),
            page(
                &FormState::default(),
                "https://pay.example.com/staff/set-up/x",
            ),
        ]
    }
}

/// Add somebody.
///
/// # Errors
/// If the database does not answer.
pub async fn new(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = NewPersonPage {
        roles: roles(&words),
        link: String::new(),
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Adds somebody. The answer shows the link, once, which is why it is a page and no redirect.
///
/// # Errors
/// If the role may not, or the database does not answer.
pub async fn new_post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let mut form = sent.keep(&["name", "email", "user_id", "role"]);
    let name = form.free_text("name", sent.get("name"), "delegate-name");
    let email = read_email(&sent, "email", &mut form);
    let user_id = form.free_text("user_id", sent.get("user_id"), "user-id-missing");
    let role = form.check(
        "role",
        Role::from_code(sent.get("role")).ok_or("staff-role"),
    );
    if let (Some(name), Some(email), Some(user_id), Some(role)) = (name, email, user_id, role) {
        let new = NewStaff {
            name,
            email,
            user_id,
            role,
            language: visit.language,
        };
        match people::add(&app.ctx, &visit.actor(), &new).await {
            Ok(link) => return Ok(show_link(&app, &visit, link.address)),
            Err(error) => form.refused(&refusal_of(error)?, "user_id"),
        }
    }
    back_with_mistakes(&app, visit.need_session()?, "/staff/people/new", &form).await
}

fn show_link(app: &AppState, visit: &Visit, link: String) -> Response {
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = NewPersonPage {
        roles: roles(&words),
        link,
        form: FormState::default().view(&words),
    };
    show(app, visit, StatusCode::OK, &page)
}

/// One person: role, disabled or not, a new link.
#[derive(Serialize)]
pub struct PersonPage {
    person: StaffLine,
    local: bool,
    disabled: bool,
    roles: Vec<RoleChoice>,
    form: FormView,
}

impl PersonPage {
    fn new(words: &Words<'_>, view: &StaffView, form: &FormState) -> Self {
        PersonPage {
            person: StaffLine::new(words, view),
            local: !view.of_provider,
            disabled: view.disabled_at.is_some(),
            roles: roles(words),
            form: form.view(words),
        }
    }
}

impl Page for PersonPage {
    const TEMPLATE: &'static str = "staff/person.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut oneself = FormState::default();
        oneself.mistake("role", "staff-oneself");
        sample_people()
            .iter()
            .map(|view| PersonPage::new(words, view, &oneself))
            .collect()
    }
}

/// One person.
///
/// # Errors
/// If the role may not, there is none, or the database does not answer.
pub async fn one(
    State(app): State<AppState>,
    visit: Visit,
    Path(staff): Path<String>,
) -> Result<Response, Problem> {
    let staff = StaffId::parse(&staff).ok_or_else(Problem::not_found)?;
    let people = people::all(&app.ctx, &visit.actor()).await?;
    let view = people.iter().find(|view| view.staff == staff);
    let view = view.ok_or_else(Problem::not_found)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let role = FormState::filled(&[("role", view.role.code())]);
    let form = left_by_post(&app, &visit).await?.unwrap_or(role);
    Ok(show(
        &app,
        &visit,
        StatusCode::OK,
        &PersonPage::new(&words, view, &form),
    ))
}

/// Changes one person.
///
/// # Errors
/// If the role may not, there is none, or the database does not answer.
pub async fn change(
    State(app): State<AppState>,
    visit: Visit,
    Path(staff): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let staff = StaffId::parse(&staff).ok_or_else(Problem::not_found)?;
    let (actor, page) = (visit.actor(), format!("{HERE}/{staff}"));
    let mut form = sent.keep(&["role"]);
    let change = match sent.get("do") {
        "disable" => Some(Change::Disable),
        "enable" => Some(Change::Enable),
        "again" => {
            match people::set_up_again(&app.ctx, &actor, staff).await {
                Ok(link) => return Ok(show_link(&app, &visit, link.address)),
                Err(error) => form.refused(&refusal_of(error)?, "role"),
            }
            return back_with_mistakes(&app, visit.need_session()?, &page, &form).await;
        }
        _ => form
            .check(
                "role",
                Role::from_code(sent.get("role")).ok_or("staff-role"),
            )
            .map(Change::Role),
    };
    if let Some(change) = change {
        match people::change(&app.ctx, &actor, staff, change).await {
            Ok(()) => return Ok(see_other(HERE)),
            Err(error) => form.refused(&refusal_of(error)?, "role"),
        }
    }
    back_with_mistakes(&app, visit.need_session()?, &page, &form).await
}
