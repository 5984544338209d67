//! How a member's documents come: paper, electronic or both, and the agreement that going without
//! paper needs.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::{ErrandId, day_in_words};
use plan::Audience;
use serde::{Deserialize, Serialize};
use usecases::errands;
use usecases::notices::paperless::{self, Consent, View};
use usecases::notices::{Choice, DocumentType, NoticeKind, unsubscribe};

use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::pay::outcome::pdf_answer;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

const HERE: &str = "/account/paperless";
/// The kind of errand that keeps the code of the sample until the agreement is made.
const AGREEMENT: &str = "paperless";

/// The page.
#[derive(Serialize)]
pub struct PaperlessPage {
    why: String,
    email: String,
    bouncing: bool,
    /// The day of the agreement; empty without one.
    agreed_on: String,
    outdated: bool,
    types: Vec<TypeRow>,
    due_soon: bool,
    draft_coming: bool,
    saved: String,
    form: FormView,
}

/// A type of document.
#[derive(Serialize)]
struct TypeRow {
    code: &'static str,
    name: String,
    chosen: &'static str,
    /// True if it comes in another way than chosen, because mail does not arrive.
    on_paper_now: bool,
}

impl PaperlessPage {
    fn new(
        words: &Words<'_>,
        view: &View,
        agreed_on: String,
        saved: String,
        form: &FormState,
    ) -> Self {
        let sent = |kind| view.reminders.iter().any(|(k, on)| *k == kind && *on);
        PaperlessPage {
            why: words
                .plan
                .paperless
                .text
                .in_language(words.language)
                .to_owned(),
            email: view.email.clone(),
            bouncing: view.bouncing,
            agreed_on,
            outdated: view.consent.as_ref().is_some_and(|agreed| agreed.outdated),
            types: view
                .types
                .iter()
                .map(|row| TypeRow {
                    code: row.document.code(),
                    name: type_name(words, row.document),
                    chosen: row.chosen.code(),
                    on_paper_now: row.now == Choice::Paper && row.chosen != Choice::Paper,
                })
                .collect(),
            due_soon: sent(NoticeKind::DueSoon),
            draft_coming: sent(NoticeKind::DraftComing),
            saved,
            form: form.view(words),
        }
    }
}

fn type_name(words: &Words<'_>, document: DocumentType) -> String {
    match document {
        DocumentType::Invoices => words.say("paperless-invoices", &[]),
        DocumentType::Notices => words.say("paperless-notices", &[]),
        DocumentType::Letters => words.say("paperless-letters", &[]),
    }
}

fn saved(words: &Words<'_>, what: &str) -> String {
    match what {
        "choice" => words.say("paperless-saved-choice", &[]),
        "agreed" => words.say("paperless-saved-agreed", &[]),
        "withdrawn" => words.say("paperless-saved-withdrawn", &[]),
        "reminders" => words.say("paperless-saved-reminders", &[]),
        "proved" => words.say("paperless-saved-proved", &[]),
        _ => String::new(),
    }
}

impl Page for PaperlessPage {
    const TEMPLATE: &'static str = "member/paperless.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let view = |chosen: Choice, bouncing: bool| View {
            email: "maria@example.com".to_owned(),
            bouncing,
            consent: None,
            types: DocumentType::ALL
                .into_iter()
                .map(|document| paperless::TypeView {
                    document,
                    chosen,
                    now: if bouncing { Choice::Paper } else { chosen },
                })
                .collect(),
            reminders: vec![
                (NoticeKind::DueSoon, true),
                (NoticeKind::DraftComing, !bouncing),
            ],
        };
        let form = FormState::default();
        let mut pages = vec![
            Self::new(
                words,
                &view(Choice::Paper, false),
                String::new(),
                String::new(),
                &form,
            ),
            Self::new(
                words,
                &view(Choice::Both, true),
                "1 June 2026".to_owned(),
                saved(words, "proved"),
                &form,
            ),
        ];
        for what in ["choice", "agreed", "withdrawn", "reminders"] {
            let mut page = Self::new(
                words,
                &view(Choice::Electronic, false),
                "1 June 2026".to_owned(),
                saved(words, what),
                &form,
            );
            page.outdated = true;
            pages.push(page);
        }
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
    let view = paperless::view(&app.ctx, &visit.actor()).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let agreed_on = view.consent.as_ref().map(|agreed| {
        let day = app.ctx.day_of(agreed.at);
        day_in_words(day, visit.language)
    });
    let saved = saved(&words, &visit.asked("saved").unwrap_or_default());
    let page = PaperlessPage::new(&words, &view, agreed_on.unwrap_or_default(), saved, &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// What waits for the agreement.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Waiting {
    /// The code in the sample.
    code: String,
    /// The codes of the types that are to come without paper.
    types: Vec<String>,
}

/// Saves the choices. Those that need an agreement which is not there lead to it.
///
/// # Errors
/// If the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let (ctx, actor) = (&app.ctx, visit.actor());
    let agreed = paperless::view(ctx, &actor).await?.consent.is_some();
    let mut waiting = Vec::new();
    for document in DocumentType::ALL {
        let Some(choice) = Choice::from_code(sent.get(document.code())) else {
            continue;
        };
        if choice == Choice::Electronic && !agreed {
            waiting.push(document.code().to_owned());
        } else {
            paperless::choose(ctx, &actor, document, choice).await?;
        }
    }
    if waiting.is_empty() {
        return Ok(see_other(&format!("{HERE}?saved=choice")));
    }
    begin(&app, &visit, waiting).await
}

/// Begins an agreement for what is chosen already.
///
/// # Errors
/// If the database does not answer.
pub async fn start(
    State(app): State<AppState>,
    visit: Visit,
    _sent: Sent,
) -> Result<Response, Problem> {
    begin(&app, &visit, Vec::new()).await
}

async fn begin(app: &AppState, visit: &Visit, types: Vec<String>) -> Result<Response, Problem> {
    let body = Waiting {
        code: paperless::sample_code(&app.ctx),
        types,
    };
    let id = errands::create(&app.ctx, visit.need_session()?, AGREEMENT, &body).await?;
    Ok(see_other(&format!("{HERE}/agree/{id}")))
}

/// The agreement.
#[derive(Serialize)]
pub struct AgreePage {
    paragraphs: Vec<String>,
    version: String,
    sample: String,
    form: FormView,
}

impl Page for AgreePage {
    const TEMPLATE: &'static str = "member/paperless_agree.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("code", "12")]);
        wrong.mistake("code", "paperless-code");
        wrong.mistake("agree", "paperless-agree");
        [FormState::default(), wrong]
            .iter()
            .map(|form| AgreePage {
                paragraphs: vec!["What it covers.".to_owned(), "What you need.".to_owned()],
                version: "paperless-en-1".to_owned(),
                sample: "/account/paperless/agree/1/sample.pdf".to_owned(),
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The agreement, in full.
///
/// # Errors
/// If it is gone.
pub async fn agree(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    waiting(&app, &visit, &id).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let disclosure = paperless::disclosure(&app.ctx, &visit.actor(), visit.language).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = AgreePage {
        paragraphs: disclosure.text.lines().map(str::to_owned).collect(),
        version: disclosure.version,
        sample: format!("{HERE}/agree/{id}/sample.pdf"),
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The sample with the code.
///
/// # Errors
/// If it is gone.
pub async fn sample(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let body = waiting(&app, &visit, &id).await?;
    let (ctx, actor) = (&app.ctx, visit.actor());
    let bytes = paperless::sample_pdf(ctx, &actor, visit.language, &body.code).await?;
    Ok(pdf_answer(bytes, "sample.pdf"))
}

/// Agrees.
///
/// # Errors
/// If it is gone.
pub async fn agree_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let body = waiting(&app, &visit, &id).await?;
    let types = body
        .types
        .iter()
        .filter_map(|code| DocumentType::from_code(code));
    let consent = Consent {
        shown_code: body.code.clone(),
        typed_code: sent.get("code").to_owned(),
        agrees: sent.ticked("agree"),
        version: sent.get("version").to_owned(),
        language: visit.language,
        types: types.collect(),
    };
    match paperless::consent(&app.ctx, &visit.actor(), consent).await {
        Ok(()) => Ok(see_other(&format!("{HERE}?saved=agreed"))),
        Err(error) => {
            let mut form = sent.keep(&["code"]);
            let refusal = refusal_of(error)?;
            form.refused(&refusal, "code");
            if refusal.field == Some("code") && !sent.ticked("agree") {
                form.mistake("agree", "paperless-agree");
            }
            let page = format!("{HERE}/agree/{id}");
            back_with_mistakes(&app, visit.need_session()?, &page, &form).await
        }
    }
}

async fn waiting(app: &AppState, visit: &Visit, id: &str) -> Result<Waiting, Problem> {
    let id = ErrandId::parse(id).ok_or_else(Problem::not_found)?;
    let errand = errands::load(&app.ctx, visit.need_session()?, AGREEMENT, id).await?;
    Ok(errand.ok_or_else(Problem::session_ended)?.body)
}

/// Takes the agreement back.
///
/// # Errors
/// If the database does not answer.
pub async fn withdraw(
    State(app): State<AppState>,
    visit: Visit,
    _sent: Sent,
) -> Result<Response, Problem> {
    paperless::withdraw(&app.ctx, &visit.actor()).await?;
    Ok(see_other(&format!("{HERE}?saved=withdrawn")))
}

/// Turns reminders on and off.
///
/// # Errors
/// If the database does not answer.
pub async fn reminders(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let (ctx, actor) = (&app.ctx, visit.actor());
    for kind in [NoticeKind::DueSoon, NoticeKind::DraftComing] {
        unsubscribe::set(ctx, &actor, kind, sent.ticked(kind.code())).await?;
    }
    Ok(see_other(&format!("{HERE}?saved=reminders")))
}

/// The code that proves the address.
#[derive(Serialize)]
pub struct ProofPage {
    email: String,
    minutes: u8,
    form: FormView,
}

impl Page for ProofPage {
    const TEMPLATE: &'static str = "member/paperless_proof.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake_with("code", "code-wrong", &[("left", "4".to_owned())]);
        [FormState::default(), wrong]
            .iter()
            .map(|form| ProofPage {
                email: "maria@example.com".to_owned(),
                minutes: 10,
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// Mails a code to the address.
///
/// # Errors
/// If the database does not answer.
pub async fn send_proof(
    State(app): State<AppState>,
    visit: Visit,
    _sent: Sent,
) -> Result<Response, Problem> {
    match paperless::send_proof(&app.ctx, &visit.actor(), visit.language).await {
        Ok(()) => Ok(see_other(&format!("{HERE}/proof"))),
        Err(error) => {
            let mut form = FormState::default();
            form.refused(&refusal_of(error)?, "proof");
            back_with_mistakes(&app, visit.need_session()?, HERE, &form).await
        }
    }
}

/// The code that proves the address.
///
/// # Errors
/// If the database does not answer.
pub async fn proof(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let words = Words::new(visit.language, &app.ctx.plan);
    let view = paperless::view(&app.ctx, &visit.actor()).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = ProofPage {
        email: view.email,
        minutes: app.ctx.plan.security.code_minutes,
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Takes the code.
///
/// # Errors
/// If the database does not answer.
pub async fn proof_post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let mut form = FormState::default();
    if sent.get("code").is_empty() {
        form.mistake("code", "code-missing");
    } else {
        match paperless::prove(&app.ctx, &visit.actor(), sent.get("code")).await {
            Ok(()) => return Ok(see_other(&format!("{HERE}?saved=proved"))),
            Err(error) => form.refused(&refusal_of(error)?, "code"),
        }
    }
    let page = format!("{HERE}/proof");
    back_with_mistakes(&app, visit.need_session()?, &page, &form).await
}
