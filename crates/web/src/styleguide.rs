//! Every component on one page, for the demonstration and while developing.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

use crate::form::{FormState, FormView};
use crate::page::{Page, PhoneView, show};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// Every component.
#[derive(Serialize)]
pub struct StyleguidePage {
    form: FormView,
    phone: PhoneView,
}

impl StyleguidePage {
    fn new(words: &Words<'_>, now: jiff::Timestamp) -> Self {
        let mut form = FormState::filled(&[("zip", "0603")]);
        form.mistake("zip", "zip");
        StyleguidePage {
            form: form.view(words),
            phone: PhoneView::new(&words.plan.help.phone, words, now),
        }
    }
}

impl Page for StyleguidePage {
    const TEMPLATE: &'static str = "styleguide.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        vec![Self::new(words, jiff::Timestamp::UNIX_EPOCH)]
    }
}

/// The page.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Response {
    let words = Words::new(visit.language, &app.ctx.plan);
    show(
        &app,
        &visit,
        StatusCode::OK,
        &StyleguidePage::new(&words, app.ctx.now()),
    )
}
