//! What a guest needs in hand.

use axum::extract::State;
use axum::response::Response;
use plan::Audience;
use serde::Serialize;

use crate::page::{Page, show_public};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// What a guest needs in hand, and what a guest cannot see.
#[derive(Serialize)]
pub struct StartPage {
    needs: Vec<String>,
    limits: String,
    no_fee: String,
}

impl StartPage {
    fn new(words: &Words<'_>) -> Self {
        let said = |text: &plan::Text| text.in_language(words.language).to_owned();
        StartPage {
            needs: words.plan.guest.needs.iter().map(said).collect(),
            limits: said(&words.plan.guest.limits),
            no_fee: said(&words.plan.payments.no_fee),
        }
    }
}

impl Page for StartPage {
    const TEMPLATE: &'static str = "guest/start.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        vec![StartPage::new(words)]
    }

    fn audience(&self) -> Audience {
        Audience::Guest
    }
}

/// The page.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Response {
    let words = Words::new(visit.language, &app.ctx.plan);
    show_public(&app, &visit, &StartPage::new(&words))
}
