//! The first page of staff: who I am, what I may do.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use identity::Role;
use serde::Serialize;
use usecases::staff::{StaffMember, sign_in};

use super::need;
use crate::error::Problem;
use crate::form::Sent;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The page.
#[derive(Serialize)]
pub struct StaffHomePage {
    name: String,
    role: String,
    may: String,
    autopay: bool,
    suspense: bool,
    center: bool,
    people: bool,
    settings: bool,
    others: usize,
}

impl StaffHomePage {
    fn new(words: &Words<'_>, member: &StaffMember, others: usize) -> Self {
        let code = member.role.code();
        StaffHomePage {
            name: member.name.clone(),
            role: words.say(&format!("role-{code}"), &[]),
            may: words.say(&format!("role-{code}-may"), &[]),
            autopay: member.role.sees_members(),
            suspense: matches!(
                member.role,
                Role::Billing | Role::Supervisor | Role::Auditor
            ),
            center: member.role.serves_members() && words.plan.centers.is_some(),
            people: member.role.keeps_staff(),
            settings: usecases::settings::SEE.contains(&member.role),
            others,
        }
    }
}

impl Page for StaffHomePage {
    const TEMPLATE: &'static str = "staff/home.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        Role::ALL
            .into_iter()
            .zip([0, 1, 2, 0, 1])
            .map(|(role, others)| {
                let member = StaffMember {
                    staff: kernel::StaffId::from_parts(1, [1; 10]),
                    name: "\"><img src=x onerror=alert(1)>".to_owned(),
                    role,
                };
                StaffHomePage::new(words, &member, others)
            })
            .collect()
    }
}

/// The page.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let session = need(&visit)?;
    let member = session.staff.clone().ok_or_else(Problem::session_ended)?;
    let others = sign_in::others_open(&app.ctx, member.staff, &session).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = StaffHomePage::new(&words, &member, others);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Signs out everywhere else.
///
/// # Errors
/// If the database does not answer.
pub async fn end_others(
    State(app): State<AppState>,
    visit: Visit,
    _sent: Sent,
) -> Result<Response, Problem> {
    sign_in::end_others(&app.ctx, &visit.actor(), &need(&visit)?).await?;
    Ok(see_other("/staff"))
}
