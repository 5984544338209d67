//! "Which plan do you have?"

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::form::{FormState, FormView};
use crate::page::{Page, show_public};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The finder.
#[derive(Serialize)]
pub struct PlansPage {
    title: String,
    summary: String,
    lines: Vec<LineLink>,
    form: FormView,
}

/// A plan line to choose.
#[derive(Debug, Clone, Serialize)]
pub struct LineLink {
    id: String,
    name: String,
    description: String,
    href: String,
}

impl LineLink {
    /// Every plan line, in the plan's order.
    #[must_use]
    pub fn all(words: &Words<'_>) -> Vec<LineLink> {
        let link = |line: &plan::Line| LineLink {
            id: line.id.clone(),
            name: line.name.in_language(words.language).to_owned(),
            description: line.description.in_language(words.language).to_owned(),
            href: format!("/pay/{}", line.id),
        };
        words.plan.lines.iter().map(link).collect()
    }

    /// Every plan line but one.
    #[must_use]
    pub fn others(words: &Words<'_>, this: &str) -> Vec<LineLink> {
        Self::all(words)
            .into_iter()
            .filter(|link| link.id != this)
            .collect()
    }
}

impl PlansPage {
    fn new(words: &Words<'_>, form: &FormState) -> Self {
        let page = &words.plan.public_page;
        PlansPage {
            title: page.title.in_language(words.language).to_owned(),
            summary: page.summary.in_language(words.language).to_owned(),
            lines: LineLink::all(words),
            form: form.view(words),
        }
    }
}

impl Page for PlansPage {
    const TEMPLATE: &'static str = "public/plans.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        vec![
            Self::new(words, &FormState::default()),
            Self::new(words, &nothing_chosen()),
        ]
    }
}

fn nothing_chosen() -> FormState {
    let mut form = FormState::default();
    form.mistake("line", "line-missing");
    form
}

/// The finder, or the way to the line that was chosen.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Response {
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = match visit.asked("line") {
        None => FormState::default(),
        Some(id) => match app.ctx.plan.line(&id) {
            Some(line) => return see_other(&format!("/pay/{}", line.id)),
            None => nothing_chosen(),
        },
    };
    show_public(&app, &visit, &PlansPage::new(&words, &form))
}
