//! Proposing a change of the plan file: a form, what it would come to, and the changed file.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use jiff::civil::Date;
use kernel::{ErrandId, Language};
use plan::{Plan, Proposal, Value};
use serde::{Deserialize, Serialize};
use usecases::settings::change;
use usecases::{Ctx, errands, settings};

use super::rows::change_href;
use super::{PdfLink, asked_language, file_name, pdf_links};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post};
use crate::language::own_name;
use crate::page::{Page, show};
use crate::pay::outcome::pdf_answer;
use crate::public::pay::PayPage;
use crate::state::{AppState, WebSettings};
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The kind of errand that keeps a proposal.
const KIND: &str = "setting";

/// A proposal as it is kept: the key, and what was typed in each field.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    key: String,
    fields: Vec<(String, String)>,
}

/// A field of a value: `value`, or the tag of a language.
fn fields(value: &Value) -> Vec<(&'static str, String)> {
    match value {
        Value::Text(texts) => texts
            .iter()
            .map(|(language, text)| (language.tag(), text.clone()))
            .collect(),
        Value::Words(words) => vec![("value", words.clone())],
        Value::Number(number) => vec![("value", number.to_string())],
        Value::Flag(flag) => vec![("value", if *flag { "yes" } else { "no" }.to_owned())],
        Value::Day(day) => vec![("value", day.to_string())],
    }
}

/// A value of the kind of `like` from what was typed, or the field and what is wrong there.
fn typed(like: &Value, typed: impl Fn(&str) -> String) -> Result<Value, (String, &'static str)> {
    let one = typed("value");
    let wrong = |code| ("value".to_owned(), code);
    Ok(match like {
        Value::Text(texts) => {
            let mut new = Vec::new();
            for (language, _) in texts {
                let words = typed(language.tag());
                if words.is_empty() {
                    return Err((language.tag().to_owned(), "setting-empty"));
                }
                new.push((*language, words));
            }
            Value::Text(new)
        }
        Value::Words(_) if one.is_empty() => return Err(wrong("setting-empty")),
        Value::Words(_) => Value::Words(one),
        Value::Number(_) => Value::Number(one.parse().map_err(|_| wrong("setting-number"))?),
        Value::Flag(_) => match one.as_str() {
            "yes" => Value::Flag(true),
            "no" => Value::Flag(false),
            _ => return Err(wrong("setting-flag")),
        },
        Value::Day(_) => {
            let day: Result<Date, _> = one.parse();
            Value::Day(day.map_err(|_| wrong("setting-day"))?)
        }
    })
}

/// The form.
#[derive(Serialize)]
pub struct ChangePage {
    key: String,
    file: String,
    /// Words in each language: the fields. None for a value that is one for all.
    languages: Vec<LanguageField>,
    flag: bool,
    numeric: bool,
    form: FormView,
}

#[derive(Serialize)]
struct LanguageField {
    tag: &'static str,
    name: &'static str,
}

impl ChangePage {
    fn new(words: &Words<'_>, key: &str, value: &Value, form: Option<FormState>) -> Self {
        let values = fields(value);
        let filled: Vec<(&str, &str)> = values.iter().map(|(name, v)| (*name, &**v)).collect();
        let form = form.unwrap_or_else(|| FormState::filled(&filled));
        let languages = match value {
            Value::Text(texts) => texts.iter().map(|(language, _)| *language).collect(),
            _ => Vec::new(),
        };
        let field = |language: Language| LanguageField {
            tag: language.tag(),
            name: own_name(language),
        };
        ChangePage {
            key: key.to_owned(),
            file: file_name(words),
            languages: languages.into_iter().map(field).collect(),
            flag: matches!(value, Value::Flag(_)),
            numeric: matches!(value, Value::Number(_)),
            form: form.view(words),
        }
    }
}

impl Page for ChangePage {
    const TEMPLATE: &'static str = "staff/settings_change.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let text = Language::ALL.map(|one| (one, "\"><img src=x onerror=alert(1)>".to_owned()));
        let mut wrong = FormState::default();
        wrong.mistake("value", "setting-number");
        let page = |value, form| ChangePage::new(words, "lines[0].name", &value, form);
        vec![
            page(Value::Text(text.into()), None),
            page(Value::Flag(true), None),
            page(Value::Number(3), Some(wrong)),
            page(Value::Words("x".to_owned()), None),
        ]
    }
}

/// What a proposal would come to.
#[derive(Serialize)]
pub struct ChangedPage {
    key: String,
    file: String,
    again: String,
    was: Vec<Said>,
    will_be: Vec<Said>,
    problems: Vec<String>,
    differences: Vec<String>,
    take: String,
    pages: Vec<PdfLink>,
    invoices: Vec<PdfLink>,
}

#[derive(Serialize)]
struct Said {
    tag: &'static str,
    language: &'static str,
    text: String,
}

fn said(words: &Words<'_>, value: &Value) -> Vec<Said> {
    let neutral = |text: String| {
        vec![Said {
            tag: "",
            language: "",
            text,
        }]
    };
    match value {
        Value::Text(texts) => texts
            .iter()
            .map(|(language, text)| Said {
                tag: language.tag(),
                language: own_name(*language),
                text: text.clone(),
            })
            .collect(),
        Value::Flag(true) => neutral(words.say("setting-yes", &[])),
        Value::Flag(false) => neutral(words.say("setting-no", &[])),
        other => neutral(fields(other).remove(0).1),
    }
}

impl ChangedPage {
    fn new(words: &Words<'_>, here: &str, key: &str, value: &Value, proposal: &Proposal) -> Self {
        let file = file_name(words);
        let problems = proposal.read.as_ref().err();
        let problem = |problem: &plan::PlanProblem| {
            let named = plan::PlanProblem {
                file: file.clone(),
                ..problem.clone()
            };
            named.to_string()
        };
        let line = |one: &plan::Difference| {
            let sign = if one.is_new { '+' } else { '-' };
            format!("{sign} {:>4}  {}", one.number, one.text)
        };
        let plan = proposal.read.as_ref().ok();
        let previewed = plan.and_then(|plan| line_of(plan, key));
        let invoiced = previewed.is_some_and(|line| line.invoicing.is_some());
        ChangedPage {
            key: key.to_owned(),
            again: change_href(key),
            was: said(words, &proposal.was),
            will_be: said(words, value),
            problems: problems.into_iter().flatten().map(problem).collect(),
            differences: proposal.differences.iter().map(line).collect(),
            take: format!("{here}/plan.toml"),
            pages: match previewed {
                Some(_) => pdf_links(words, &format!("{here}/page")),
                None => Vec::new(),
            },
            invoices: match invoiced {
                true => pdf_links(words, &format!("{here}/invoice.pdf")),
                false => Vec::new(),
            },
            file,
        }
    }
}

/// The plan line whose pages show a key: its own, that of a banner, else the first.
fn line_of<'p>(plan: &'p Plan, key: &str) -> Option<&'p plan::Line> {
    let number = |table: &str| -> Option<usize> {
        let rest = key.strip_prefix(table)?;
        rest.split_once(']')?.0.parse().ok()
    };
    if let Some(number) = number("lines[") {
        return plan.lines.get(number);
    }
    let banner = number("notices[").and_then(|number| plan.notices.get(number));
    let named = banner.and_then(|banner| plan.line(banner.lines.first()?));
    named.or(plan.lines.first())
}

impl Page for ChangedPage {
    const TEMPLATE: &'static str = "staff/settings_changed.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let text = Language::ALL.map(|one| (one, "\"><img src=x onerror=alert(1)>".to_owned()));
        let (value, written) = (Value::Text(text.into()), words.plan.written.clone());
        let problem = plan::PlanProblem {
            file: "x.toml".to_owned(),
            line: 3,
            column: 5,
            key: "lines[0].name".to_owned(),
            found: "\"x\"".to_owned(),
            expected: "something else".to_owned(),
        };
        let difference = |is_new| plan::Difference {
            is_new,
            number: 3,
            text: "name = \"x\"".to_owned(),
        };
        let proposal = |read| Proposal {
            was: Value::Flag(true),
            written: written.clone(),
            differences: vec![difference(false), difference(true)],
            read,
        };
        let page = |read| {
            let key = "lines[0].name";
            ChangedPage::new(
                words,
                "/staff/settings/change/x",
                key,
                &value,
                &proposal(read),
            )
        };
        vec![
            page(Ok(Box::new(words.plan.clone()))),
            page(Err(vec![problem])),
        ]
    }
}

fn asked_value(app: &AppState, visit: &Visit, key: &str) -> Result<Value, Problem> {
    let mut values = change::changeable(&app.ctx, &visit.actor())?;
    values.remove(key).ok_or_else(Problem::not_found)
}

/// The form.
///
/// # Errors
/// Not found if no such value stands in the plan file; if the role proposes no changes.
pub async fn get(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let key = visit.asked("key").unwrap_or_default();
    let value = asked_value(&app, &visit, &key)?;
    let form = left_by_post(&app, &visit).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = ChangePage::new(&words, &key, &value, form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Keeps the proposal for the page that shows what it comes to.
///
/// # Errors
/// As [`get`], and if the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let key = sent.get("key").to_owned();
    let was = asked_value(&app, &visit, &key)?;
    let names: Vec<&str> = fields(&was).iter().map(|(name, _)| *name).collect();
    let mut form = sent.keep(&names);
    let session = visit.need_session()?;
    let new = typed(&was, |name| sent.get(name).to_owned());
    match new {
        Ok(new) if new != was => {
            let fields = names.iter().map(|name| {
                let name = (*name).to_owned();
                let text = sent.get(&name).to_owned();
                (name, text)
            });
            let kept = Kept {
                fields: fields.collect(),
                key,
            };
            let id = errands::create(&app.ctx, session, KIND, &kept).await?;
            return Ok(see_other(&format!("/staff/settings/change/{id}")));
        }
        Ok(_) => form.mistake(
            names.first().copied().unwrap_or("value"),
            "setting-unchanged",
        ),
        Err((field, code)) => form.mistake(&field, code),
    }
    back_with_mistakes(&app, session, &change_href(&key), &form).await
}

/// A proposal that was kept: its key and its new value.
async fn kept(app: &AppState, visit: &Visit, errand: &str) -> Result<(String, Value), Problem> {
    let id = ErrandId::parse(errand).ok_or_else(Problem::not_found)?;
    let session = visit.need_session()?;
    let errand = errands::load::<Kept>(&app.ctx, session, KIND, id).await?;
    let Kept { key, fields } = errand.ok_or_else(Problem::not_found)?.body;
    let was = asked_value(app, visit, &key)?;
    let of = |name: &str| -> String {
        let field = fields.iter().find(|(field, _)| field == name);
        field.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let value = typed(&was, of).map_err(|_| Problem::not_found())?;
    Ok((key, value))
}

/// What a proposal comes to: what differs, what is wrong, previews, and the file to take away.
///
/// # Errors
/// Not found if it was not made in this session, or too long ago.
pub async fn result(
    State(app): State<AppState>,
    visit: Visit,
    Path(errand): Path<String>,
) -> Result<Response, Problem> {
    let (key, value) = kept(&app, &visit, &errand).await?;
    let proposal = change::propose(&app.ctx, &visit.actor(), &key, &value)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let here = format!("/staff/settings/change/{errand}");
    let page = ChangedPage::new(&words, &here, &key, &value, &proposal);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The changed file.
///
/// # Errors
/// As [`result`]; not found if the file has problems.
pub async fn file(
    State(app): State<AppState>,
    visit: Visit,
    Path(errand): Path<String>,
) -> Result<Response, Problem> {
    let (key, value) = kept(&app, &visit, &errand).await?;
    let text = change::file(&app.ctx, &visit.actor(), &key, &value).await?;
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("application/toml; charset=utf-8"),
        ),
        (
            CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"plan.toml\""),
        ),
    ];
    Ok((headers, text).into_response())
}

/// The plan of a proposal without problems, and its key.
async fn proposed_plan(
    app: &AppState,
    visit: &Visit,
    errand: &str,
) -> Result<(String, Plan), Problem> {
    let (key, value) = kept(app, visit, errand).await?;
    let proposal = change::propose(&app.ctx, &visit.actor(), &key, &value)?;
    let plan = proposal.read.map_err(|_| Problem::not_found())?;
    Ok((key, *plan))
}

/// The same world with the plan of a proposal, for previews.
fn with_plan(ctx: &Ctx, plan: Plan) -> Ctx {
    Ctx {
        plan: Arc::new(plan),
        ..ctx.clone()
    }
}

/// The page of the plan line as it would read.
///
/// # Errors
/// As [`file`].
pub async fn page(
    State(app): State<AppState>,
    mut visit: Visit,
    Path(errand): Path<String>,
) -> Result<Response, Problem> {
    let (key, plan) = proposed_plan(&app, &visit, &errand).await?;
    visit.language = asked_language(&visit);
    // The band above the page is in English, like that of the demonstration.
    let note = Words::new(Language::English, &plan).say("setting-preview-note", &[]);
    let line = line_of(&plan, &key).ok_or_else(Problem::not_found)?;
    let shown = PayPage::new(&Words::new(visit.language, &plan), line, app.ctx.now());
    let changed = AppState {
        ctx: with_plan(&app.ctx, plan),
        settings: Arc::new(WebSettings {
            demo_note: note,
            ..(*app.settings).clone()
        }),
        ..app.clone()
    };
    Ok(show(&changed, &visit, StatusCode::OK, &shown))
}

/// The invoice of the plan line as it would read.
///
/// # Errors
/// As [`file`]; not found if the plan line sends none.
pub async fn invoice(
    State(app): State<AppState>,
    visit: Visit,
    Path(errand): Path<String>,
) -> Result<Response, Problem> {
    let (key, plan) = proposed_plan(&app, &visit, &errand).await?;
    let line = line_of(&plan, &key).map(|line| line.id.clone());
    let line = line.ok_or_else(Problem::not_found)?;
    let ctx = with_plan(&app.ctx, plan);
    let language = asked_language(&visit);
    let bytes = settings::invoice_pdf(&ctx, &visit.actor(), &line, language).await?;
    Ok(pdf_answer(bytes, "sample-invoice.pdf"))
}
