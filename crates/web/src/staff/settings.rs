//! The settings of the plan, each with its key in the plan file, and the invoice of a plan line as
//! it would read.

pub mod change;
pub mod notices;
mod of_all;
mod of_line;
mod rows;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::Language;
use serde::Serialize;
use usecases::settings;

use self::rows::{File, Section};
use super::find::line_name;
use crate::error::Problem;
use crate::language::own_name;
use crate::page::{Page, show};
use crate::pay::outcome::pdf_answer;
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// The first page: the plan lines, the notices, and what holds for all plan lines.
#[derive(Serialize)]
pub struct SettingsPage {
    file: String,
    lines: Vec<LineLink>,
    sections: Vec<Section>,
}

#[derive(Serialize)]
struct LineLink {
    href: String,
    name: String,
}

/// The name of the plan file without its folder.
fn file_name(words: &Words<'_>) -> String {
    let file = &words.plan.written.file;
    let name = file.rsplit(['/', '\\']).next();
    name.unwrap_or(file).to_owned()
}

/// The plan file for somebody who looks at it.
fn file_for(words: &Words<'_>, app: &AppState, visit: &Visit) -> File {
    let values = settings::change::changeable(&app.ctx, &visit.actor());
    let keys = values.map(|values| values.into_keys().collect());
    // Who may not propose changes sees the settings without the links.
    File::new(words, keys.unwrap_or_default())
}

impl SettingsPage {
    fn new(words: &Words<'_>, file: &File) -> Self {
        let link = |line: &plan::Line| LineLink {
            href: format!("/staff/settings/lines/{}", line.id),
            name: line_name(words, &line.id),
        };
        SettingsPage {
            file: file_name(words),
            lines: words.plan.lines.iter().map(link).collect(),
            sections: of_all::sections(words, file),
        }
    }
}

impl Page for SettingsPage {
    const TEMPLATE: &'static str = "staff/settings.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        vec![SettingsPage::new(words, &sample_file(words))]
    }
}

/// The settings of a plan line.
#[derive(Serialize)]
pub struct LinePage {
    file: String,
    name: String,
    sections: Vec<Section>,
    /// Its invoice in each language; none if it sends none.
    invoices: Vec<PdfLink>,
}

/// A sample as PDF.
#[derive(Serialize)]
pub(super) struct PdfLink {
    href: String,
    tag: &'static str,
    language: &'static str,
}

/// The samples at an address, one in each language.
fn pdf_links(words: &Words<'_>, address: &str) -> Vec<PdfLink> {
    let languages = words.plan.languages.iter();
    languages
        .map(|language| PdfLink {
            href: format!("{address}?in={}", language.tag()),
            tag: language.tag(),
            language: own_name(*language),
        })
        .collect()
}

impl LinePage {
    fn new(words: &Words<'_>, file: &File, number: usize, line: &plan::Line) -> Self {
        let address = format!("/staff/settings/lines/{}/invoice.pdf", line.id);
        LinePage {
            file: file_name(words),
            name: line_name(words, &line.id),
            sections: of_line::sections(words, file, number, line),
            invoices: match line.invoicing {
                Some(_) => pdf_links(words, &address),
                None => Vec::new(),
            },
        }
    }
}

impl Page for LinePage {
    const TEMPLATE: &'static str = "staff/settings_line.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let (lines, file) = (words.plan.lines.iter().enumerate(), sample_file(words));
        lines
            .map(|(number, line)| LinePage::new(words, &file, number, line))
            .collect()
    }
}

/// The plan file for somebody who may change what can be changed.
fn sample_file(words: &Words<'_>) -> File {
    File::new(words, words.plan.written.values().into_keys().collect())
}

/// The language that a sample is asked for in.
fn asked_language(visit: &Visit) -> Language {
    let asked = visit.asked("in");
    let asked = asked.and_then(|tag| Language::from_tag(&tag));
    asked.unwrap_or(visit.language)
}

/// The first page.
///
/// # Errors
/// If the database does not answer.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = SettingsPage::new(&words, &file_for(&words, &app, &visit));
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// A plan line.
///
/// # Errors
/// Not found if there is none with this id.
pub async fn line(
    State(app): State<AppState>,
    visit: Visit,
    Path(line): Path<String>,
) -> Result<Response, Problem> {
    let words = Words::new(visit.language, &app.ctx.plan);
    let mut lines = app.ctx.plan.lines.iter().enumerate();
    let found = lines.find(|(_, one)| one.id == line);
    let (number, line) = found.ok_or_else(Problem::not_found)?;
    let page = LinePage::new(&words, &file_for(&words, &app, &visit), number, line);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The invoice of a plan line as it would read.
///
/// # Errors
/// Not found if the plan line sends none.
pub async fn invoice(
    State(app): State<AppState>,
    visit: Visit,
    Path(line): Path<String>,
) -> Result<Response, Problem> {
    let language = asked_language(&visit);
    let bytes = settings::invoice_pdf(&app.ctx, &visit.actor(), &line, language).await?;
    Ok(pdf_answer(bytes, "sample-invoice.pdf"))
}
