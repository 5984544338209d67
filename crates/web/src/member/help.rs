//! Help for a member: the phone line, the hours and the ways to pay of their own plan.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use kernel::Channel;
use plan::{Audience, Line};
use serde::Serialize;
use usecases::contact;

use crate::error::Problem;
use crate::page::{Page, PhoneView, show};
use crate::public::pay::ChannelView;
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// Help.
#[derive(Serialize)]
pub struct MemberHelpPage {
    lines: Vec<OwnLine>,
    title: String,
    text: String,
    phone: PhoneView,
}

/// A plan line of the member.
#[derive(Serialize)]
struct OwnLine {
    id: String,
    name: String,
    questions: String,
    phone: PhoneView,
    channels: Vec<ChannelView>,
    /// Who pays instead, in the words of the plan; empty where the premium is paid here.
    paid_elsewhere: String,
}

impl MemberHelpPage {
    fn new<'a>(
        words: &Words<'_>,
        lines: impl Iterator<Item = &'a Line>,
        now: Timestamp,
    ) -> MemberHelpPage {
        let said = |text: &plan::Text| text.in_language(words.language).to_owned();
        let help = &words.plan.help;
        MemberHelpPage {
            lines: lines
                .map(|line| OwnLine {
                    id: line.id.clone(),
                    name: said(&line.name),
                    questions: line.questions.as_ref().map(said).unwrap_or_default(),
                    phone: PhoneView::new(&line.representatives, words, now),
                    channels: Channel::ALL
                        .into_iter()
                        .map(|channel| ChannelView::new(words, line, channel, now))
                        .collect(),
                    paid_elsewhere: super::home::paid_elsewhere(words, line),
                })
                .collect(),
            title: said(&help.title),
            text: said(&help.text),
            phone: PhoneView::new(&help.phone, words, now),
        }
    }
}

impl Page for MemberHelpPage {
    const TEMPLATE: &'static str = "member/help.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let now = Timestamp::UNIX_EPOCH;
        let mut pages: Vec<Self> = words
            .plan
            .lines
            .iter()
            .map(|line| Self::new(words, std::iter::once(line), now))
            .collect();
        pages.push(Self::new(words, words.plan.lines.iter().take(2), now));
        pages.push(Self::new(words, std::iter::empty(), now));
        pages
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The page.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let view = contact::view(&app.ctx, &visit.actor()).await?;
    let plan = &app.ctx.plan;
    let words = Words::new(visit.language, plan);
    let mut own: Vec<&Line> = Vec::new();
    for line in view
        .kept_by
        .iter()
        .filter_map(|kept| plan.line(&kept.plan_line))
    {
        if !own.iter().any(|seen| seen.id == line.id) {
            own.push(line);
        }
    }
    let page = MemberHelpPage::new(&words, own.into_iter(), app.ctx.now());
    Ok(show(&app, &visit, StatusCode::OK, &page))
}
