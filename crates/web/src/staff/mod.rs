//! Staff: their sign-in, who they are, members and their accounts, the counter of a center, the
//! autopay watch list, money in suspense, what came in, refunds and write-offs, the dashboard, the
//! plan's settings, and who is on the staff.

pub mod account;
pub mod autopay;
pub mod batches;
pub mod center;
pub mod check_images;
pub mod dashboard;
pub mod empty_envelopes;
pub mod find;
pub mod home;
pub mod late;
pub mod people;
pub mod received;
pub mod refunds;
pub mod returned_checks;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod suspense;

use axum::response::Response;
use usecases::staff::sessions::{self, StaffSession};

use crate::error::Problem;
use crate::session;
use crate::state::AppState;
use crate::visit::Visit;

/// The session of staff of a visit, whether or not somebody signed in.
///
/// # Errors
/// [`Problem::session_ended`] without one.
pub(crate) fn need(visit: &Visit) -> Result<StaffSession, Problem> {
    Ok(StaffSession {
        session: visit.need_session()?.clone(),
        staff: visit.staff.clone(),
        half_signed_in: visit.half_signed_in,
    })
}

/// The session of the visit, or a fresh one at the door with the token to put into the browser.
pub(crate) async fn ensure(
    app: &AppState,
    visit: &mut Visit,
) -> Result<(StaffSession, Option<String>), Problem> {
    if visit.session.is_some() {
        return Ok((need(visit)?, None));
    }
    let (token, session) = sessions::start(&app.ctx, visit.language, &visit.device).await?;
    visit.session = Some(session.session.clone());
    Ok((session, Some(token)))
}

/// Adds the cookie of a fresh session, if there is one.
pub(crate) fn with_fresh(app: &AppState, response: Response, token: Option<&str>) -> Response {
    match token {
        Some(token) => session::with_staff_token(app, response, token),
        None => response,
    }
}
