//! The notices that go out, and each as it would read.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use kernel::Language;
use serde::Serialize;
use usecases::mail::Letter;
use usecases::settings::{self, NoticePreview, NoticeSetting};

use super::{PdfLink, asked_language, pdf_links};
use crate::error::Problem;
use crate::headers::Framed;
use crate::language::own_name;
use crate::page::{Page, show};
use crate::pay::outcome::pdf_answer;
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The list.
#[derive(Serialize)]
pub struct NoticesPage {
    rows: Vec<NoticeRow>,
}

/// A notice and how it goes out.
#[derive(Serialize)]
struct NoticeRow {
    href: String,
    name: String,
    when: String,
    whom: String,
    way: String,
    stopped: String,
    paper_instead: String,
}

fn row(words: &Words<'_>, setting: &NoticeSetting) -> NoticeRow {
    let (code, rule) = (setting.code, setting.rule);
    let holds =
        |holds: settings::Holds| words.say(&format!("notice-rule-holds-{}", holds.code()), &[]);
    NoticeRow {
        href: format!("/staff/settings/notices/{code}"),
        name: words.say(&format!("notice-{code}"), &[]),
        when: words.say(&format!("notice-when-{code}"), &[]),
        whom: words.say(&format!("notice-rule-whom-{}", rule.whom.code()), &[]),
        way: words.say(&format!("notice-rule-way-{}", rule.way.code()), &[]),
        stopped: holds(rule.stopped),
        paper_instead: holds(rule.paper_instead),
    }
}

impl NoticesPage {
    fn new(words: &Words<'_>, settings: &[NoticeSetting]) -> Self {
        let rows = settings.iter().map(|setting| row(words, setting));
        NoticesPage {
            rows: rows.collect(),
        }
    }
}

/// Staff of whom samples are made.
fn sample_actor() -> usecases::Actor {
    usecases::Actor::Staff {
        staff: kernel::StaffId::from_parts(1, [1; 10]),
        role: identity::Role::Auditor,
        address: String::new(),
    }
}

impl Page for NoticesPage {
    const TEMPLATE: &'static str = "staff/settings_notices.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let settings = settings::notices_sent(&sample_actor()).unwrap_or_default();
        vec![NoticesPage::new(words, &settings)]
    }
}

/// A notice as it would read.
#[derive(Serialize)]
pub struct NoticePage {
    code: &'static str,
    row: NoticeRow,
    mail: Vec<Message>,
    letters: Vec<PdfLink>,
    /// Where the frames are from.
    #[serde(skip)]
    frame: String,
}

#[derive(Serialize)]
struct Message {
    tag: &'static str,
    language: &'static str,
    subject: String,
    text: String,
    href: String,
}

impl NoticePage {
    fn new(words: &Words<'_>, preview: &NoticePreview) -> Self {
        let row = row(words, &preview.setting);
        let href = row.href.clone();
        let message = |(language, letter): &(Language, Letter)| Message {
            tag: language.tag(),
            language: own_name(*language),
            subject: letter.subject.clone(),
            text: letter.text.trim_end().to_owned(),
            href: format!("{href}/mail.html?in={}", language.tag()),
        };
        NoticePage {
            code: preview.setting.code,
            mail: preview.mail.iter().map(message).collect(),
            letters: match preview.setting.rule.on_paper() {
                true => pdf_links(words, &format!("{href}/letter.pdf")),
                false => Vec::new(),
            },
            frame: href,
            row,
        }
    }
}

impl Page for NoticePage {
    const TEMPLATE: &'static str = "staff/settings_notice.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let letter = Letter {
            subject: "\"><img src=x onerror=alert(1)>".to_owned(),
            text: "Hello.\n\nAmount: $1.00\nDate: today\n".to_owned(),
            html: String::new(),
        };
        let settings = settings::notices_sent(&sample_actor()).unwrap_or_default();
        let preview = |setting: NoticeSetting| NoticePreview {
            setting,
            mail: match setting.rule.by_email() {
                true => Language::ALL.map(|one| (one, letter.clone())).to_vec(),
                false => Vec::new(),
            },
        };
        // Both ways, by e-mail alone, on paper alone.
        let shown = ["draft-coming", "sign-in-code", "email-bounced"];
        let shown = |setting: &NoticeSetting| shown.contains(&setting.code);
        settings
            .into_iter()
            .filter(shown)
            .map(|setting| NoticePage::new(words, &preview(setting)))
            .collect()
    }

    fn frame(&self) -> Option<&str> {
        Some(&self.frame)
    }
}

/// The list.
///
/// # Errors
/// If the role does not see the settings.
pub async fn list(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let settings = settings::notices_sent(&visit.actor())?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = NoticesPage::new(&words, &settings);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// A notice.
///
/// # Errors
/// Not found if there is none with this code; if the role does not see the settings.
pub async fn one(
    State(app): State<AppState>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let preview = settings::notice(&app.ctx, &visit.actor(), &code)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = NoticePage::new(&words, &preview);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The HTML of the e-mail, for a frame.
///
/// # Errors
/// As [`one`]; not found if it never comes by e-mail, or not in this language.
pub async fn mail(
    State(app): State<AppState>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let language = asked_language(&visit);
    let preview = settings::notice(&app.ctx, &visit.actor(), &code)?;
    let mut mail = preview.mail.into_iter();
    let letter = mail.find(|(one, _)| *one == language);
    let (_, letter) = letter.ok_or_else(Problem::not_found)?;
    let kind = [(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    )];
    let mut response = (kind, letter.html).into_response();
    response.extensions_mut().insert(Framed);
    Ok(response)
}

/// The letter.
///
/// # Errors
/// As [`one`]; not found if it never comes on paper.
pub async fn letter(
    State(app): State<AppState>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let language = asked_language(&visit);
    let bytes = settings::letter_pdf(&app.ctx, &visit.actor(), &code, language).await?;
    Ok(pdf_answer(bytes, "sample-letter.pdf"))
}
