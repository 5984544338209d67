//! Where the link in a reminder leads: one click stops reminders of its kind (RFC 8058). Reading
//! the page stops nothing, because mail programs open links by themselves.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use plan::Audience;
use serde::Serialize;
use usecases::notices::NoticeKind;
use usecases::notices::unsubscribe::{self, Reminders};

use crate::error::Problem;
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The page.
#[derive(Serialize)]
pub struct UnsubscribePage {
    what: String,
    stopped: bool,
}

impl UnsubscribePage {
    fn new(words: &Words<'_>, kind: NoticeKind, stopped: bool) -> Self {
        let what = match kind {
            NoticeKind::DraftComing => words.say("paperless-draft-coming", &[]),
            _ => words.say("paperless-due-soon", &[]),
        };
        UnsubscribePage { what, stopped }
    }
}

impl Page for UnsubscribePage {
    const TEMPLATE: &'static str = "member/unsubscribe.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        vec![
            Self::new(words, NoticeKind::DueSoon, false),
            Self::new(words, NoticeKind::DraftComing, true),
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Guest
    }
}

/// Says what the link is about.
///
/// # Errors
/// Not found if the link is none of ours.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let reminders = unsubscribe::about(&app.ctx, &token).await?;
    Ok(answer(&app, &visit, &reminders))
}

/// Stops the reminders. The link is the permission: a mail program sends no cookie and no token of
/// a form, and must not be sent elsewhere (RFC 8058, section 3.1).
///
/// # Errors
/// Not found if the link is none of ours.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let reminders = unsubscribe::stop(&app.ctx, &visit.actor(), &token).await?;
    Ok(answer(&app, &visit, &reminders))
}

fn answer(app: &AppState, visit: &Visit, reminders: &Reminders) -> Response {
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = UnsubscribePage::new(&words, reminders.kind, reminders.stopped);
    show(app, visit, StatusCode::OK, &page)
}
