//! Help: whom to call, and in which language.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;

use super::pay::AboutAccounts;
use crate::page::{Page, PhoneView, show_public};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// Whom to call.
#[derive(Serialize)]
pub struct HelpPage {
    title: String,
    text: String,
    phone: PhoneView,
    lines: Vec<LineHelp>,
    addresses: Vec<AddressView>,
    about: AboutAccounts,
}

#[derive(Serialize)]
struct LineHelp {
    name: String,
    href: String,
    phone: PhoneView,
}

#[derive(Serialize)]
struct AddressView {
    purpose: String,
    lines: Vec<String>,
}

impl HelpPage {
    fn new(words: &Words<'_>, now: Timestamp) -> Self {
        let plan = words.plan;
        let said = |text: &plan::Text| text.in_language(words.language).to_owned();
        HelpPage {
            title: said(&plan.help.title),
            text: said(&plan.help.text),
            phone: PhoneView::new(&plan.help.phone, words, now),
            lines: plan
                .lines
                .iter()
                .map(|line| LineHelp {
                    name: said(&line.name),
                    href: format!("/pay/{}", line.id),
                    phone: PhoneView::new(&line.representatives, words, now),
                })
                .collect(),
            addresses: plan
                .addresses
                .iter()
                .map(|address| AddressView {
                    purpose: said(&address.purpose),
                    lines: address.lines.clone(),
                })
                .collect(),
            about: AboutAccounts::new(words),
        }
    }
}

impl Page for HelpPage {
    const TEMPLATE: &'static str = "public/help.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        vec![Self::new(words, Timestamp::UNIX_EPOCH)]
    }
}

/// The help page.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Response {
    let words = Words::new(visit.language, &app.ctx.plan);
    show_public(&app, &visit, &HelpPage::new(&words, app.ctx.now()))
}

/// Which languages there are, and how to speak with somebody in another.
#[derive(Serialize)]
pub struct LanguagePage {
    phone: PhoneView,
}

impl Page for LanguagePage {
    const TEMPLATE: &'static str = "public/language.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        vec![LanguagePage {
            phone: PhoneView::new(&words.plan.help.phone, words, Timestamp::UNIX_EPOCH),
        }]
    }
}

/// The language page.
pub async fn language(State(app): State<AppState>, visit: Visit) -> Response {
    let words = Words::new(visit.language, &app.ctx.plan);
    let phone = PhoneView::new(&app.ctx.plan.help.phone, &words, app.ctx.now());
    show_public(&app, &visit, &LanguagePage { phone })
}
