//! Saving a card, in the processor's own fields.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::ErrandId;
use plan::Audience;
use serde::Serialize;
use usecases::{errands, methods};

use super::{HERE, WantedBy};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::pay::errand::KeptCard;
use crate::public::pay::tender_name;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The kind of errand that keeps the processor's session.
const KIND: &str = "save-card";

/// The processor's card fields.
#[derive(Serialize)]
pub struct SaveCardPage {
    back: String,
    /// Empty if the processor has no page for a frame.
    frame_url: String,
    hosted_url: String,
    cards: Vec<String>,
    form: FormView,
}

impl SaveCardPage {
    fn new(words: &Words<'_>, card: KeptCard, back: String, form: &FormState) -> Self {
        let taken = words.plan.tenders.accepted.iter();
        SaveCardPage {
            back,
            frame_url: card.frame_url.unwrap_or_default(),
            hosted_url: card.hosted_url,
            cards: taken
                .filter(|tender| tender.is_card())
                .map(|tender| tender_name(words, *tender))
                .collect(),
            form: form.view(words),
        }
    }
}

impl Page for SaveCardPage {
    const TEMPLATE: &'static str = "member/method_card.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let card = |frame: bool| KeptCard {
            session: "cs_1".to_owned(),
            frame_url: frame.then(|| "http://127.0.0.1:4243/frame/cs_1".to_owned()),
            hosted_url: "http://127.0.0.1:4243/pay/cs_1".to_owned(),
        };
        let mut wrong = FormState::default();
        wrong.mistake("card", "card-missing");
        vec![
            Self::new(words, card(true), HERE.to_owned(), &FormState::default()),
            Self::new(words, card(false), HERE.to_owned(), &wrong),
        ]
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }

    fn frame(&self) -> Option<&str> {
        (!self.frame_url.is_empty()).then_some(self.frame_url.as_str())
    }
}

/// Begins: opens the processor's fields.
///
/// # Errors
/// If the processor or the database does not answer.
pub async fn begin(
    State(app): State<AppState>,
    visit: Visit,
    _sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    // The errand is made first: its address is where the processor's page comes back to.
    let id = errands::create(&app.ctx, session, KIND, &None::<KeptCard>).await?;
    let query = WantedBy::of(&visit).query();
    let page = format!("{HERE}/card/{id}");
    let back = format!("{}{page}/return{query}", app.ctx.settings.public_url);
    let fields = methods::add_card_start(&app.ctx, &visit.actor(), visit.language, &back).await?;
    errands::save(&app.ctx, session, id, &Some(KeptCard::from(fields))).await?;
    Ok(see_other(&format!("{page}{query}")))
}

async fn kept(app: &AppState, visit: &Visit, id: &str) -> Result<(ErrandId, KeptCard), Problem> {
    let id = ErrandId::parse(id).ok_or_else(Problem::not_found)?;
    let session = visit.need_session()?;
    let errand = errands::load::<Option<KeptCard>>(&app.ctx, session, KIND, id).await?;
    let card = errand.and_then(|errand| errand.body);
    Ok((id, card.ok_or_else(Problem::errand_gone)?))
}

/// The page.
///
/// # Errors
/// If what was begun is gone, or the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (_, card) = kept(&app, &visit, &id).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = SaveCardPage::new(&words, card, WantedBy::of(&visit).back(HERE), &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Continue: the card must have been given by now.
///
/// # Errors
/// If the processor or the database does not answer.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    _sent: Sent,
) -> Result<Response, Problem> {
    finish(&app, &visit, &id).await
}

/// Where the processor's own page sends the browser when done: the card is there, so it is saved.
///
/// # Errors
/// As [`post`].
pub async fn back(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (id, _) = kept(&app, &visit, &id).await?;
    let query = WantedBy::of(&visit).query();
    Ok(see_other(&format!("{HERE}/card/{id}{query}")))
}

async fn finish(app: &AppState, visit: &Visit, id: &str) -> Result<Response, Problem> {
    let (id, card) = kept(app, visit, id).await?;
    let wanted = WantedBy::of(visit);
    let mut form = FormState::default();
    match methods::add_card_finish(&app.ctx, &visit.actor(), &card.session).await {
        Ok(Some(added)) => {
            let done = if added.before { "card-again" } else { "card" };
            let list = format!("{HERE}?done={done}");
            return Ok(see_other(&wanted.saved(added.method, &list)));
        }
        Ok(None) => form.mistake("card", "card-missing"),
        Err(error) => form.refused(&refusal_of(error)?, "card"),
    }
    let page = format!("{HERE}/card/{id}{}", wanted.query());
    back_with_mistakes(app, visit.need_session()?, &page, &form).await
}
