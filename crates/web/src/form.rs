//! Forms: what was typed, what is wrong with it, and how both come back to the page.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use axum::response::Response;
use http::header::CONTENT_TYPE;
use jiff::civil::Date;
use kernel::ErrandId;
use payments::looks_like_card_number;
use serde::{Deserialize, Serialize};
use usecases::sessions::{self, Session};
use usecases::{Refusal, UseCaseError, errands};

use crate::csrf;
use crate::error::Problem;
use crate::session;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// No form of ours has more fields.
const MOST_FIELDS: usize = 60;
/// No field of ours is longer, in characters.
const LONGEST_FIELD: usize = 300;
/// Words of the plan file in a language, the field `en` or `es`.
const LONGEST_WORDS: usize = 2_000;
/// What a browser answers about a passkey: a few kilobytes.
const LONGEST_CREDENTIAL: usize = 8 * 1024;
/// No form of ours is larger, in bytes.
pub const LARGEST_FORM: usize = 32 * 1024;
/// The kind of errand that keeps a form with mistakes.
const KIND: &str = "form";

/// The fields of a form that one of our own pages sent: the token was checked.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    fields: BTreeMap<String, String>,
}

impl Sent {
    /// A field as typed, without spaces around it; empty if it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |value| value.trim())
    }

    /// A field exactly as typed, for passwords.
    #[must_use]
    pub fn exactly(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// True if a box was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        self.get(name) == "yes"
    }

    /// The state of the form with the fields that may be kept. Passwords and account numbers are
    /// never among them.
    #[must_use]
    pub fn keep(&self, names: &[&str]) -> FormState {
        let values = names
            .iter()
            .map(|name| ((*name).to_owned(), self.get(name).to_owned()))
            .collect();
        FormState {
            values,
            mistakes: Vec::new(),
        }
    }
}

impl FromRequest<AppState> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        let session = request
            .extensions()
            .get::<Visit>()
            .and_then(|visit| visit.session.clone());
        let is_form = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if !is_form {
            return Err(Problem::forged());
        }
        let bytes = axum::body::Bytes::from_request(request, app)
            .await
            .map_err(|rejection| Problem::of_status(rejection.status()))?;
        if bytes.len() > LARGEST_FORM {
            return Err(Problem::too_large());
        }
        let mut fields = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(&bytes) {
            if fields.len() >= MOST_FIELDS {
                return Err(Problem::too_large());
            }
            let longest = match &*name {
                "credential" => LONGEST_CREDENTIAL,
                "en" | "es" => LONGEST_WORDS,
                _ => LONGEST_FIELD,
            };
            let value = value
                .chars()
                .filter(|c| !c.is_control())
                .take(longest)
                .collect();
            fields.entry(name.into_owned()).or_insert(value);
        }
        let sent = fields.get(csrf::FIELD).map_or("", String::as_str);
        let held = session.is_some_and(|session| csrf::holds(&session.csrf_token, sent));
        if held {
            Ok(Sent { fields })
        } else {
            Err(Problem::forged())
        }
    }
}

/// A form with what was typed and what is wrong with it, kept from a POST for the page after it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormState {
    values: BTreeMap<String, String>,
    mistakes: Vec<Mistake>,
}

/// What is wrong with a field: the key of a sentence and what fills it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    field: String,
    code: String,
    facts: Vec<(String, String)>,
}

impl FormState {
    /// A form filled with `values`.
    #[must_use]
    pub fn filled(values: &[(&str, &str)]) -> Self {
        let values = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        FormState {
            values,
            mistakes: Vec::new(),
        }
    }

    /// Adds a mistake: the sentence `refusal-<code>` beside the field.
    pub fn mistake(&mut self, field: &str, code: &str) {
        self.mistake_with(field, code, &[]);
    }

    /// Adds a mistake whose sentence has marks.
    pub fn mistake_with(&mut self, field: &str, code: &str, facts: &[(&str, String)]) {
        self.mistakes.push(Mistake {
            field: field.to_owned(),
            code: code.to_owned(),
            facts: facts
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        });
    }

    /// Adds what a use case refused. A refusal about no field stands beside `otherwise`.
    pub fn refused(&mut self, refusal: &Refusal, otherwise: &str) {
        let field = refusal.field.unwrap_or(otherwise);
        self.mistake_with(field, refusal.code, &refusal.facts);
    }

    /// Takes the value of `parsed`, or notes the mistake beside the field.
    pub fn check<T>(&mut self, field: &str, parsed: Result<T, &'static str>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(code) => {
                self.mistake(field, code);
                None
            }
        }
    }

    /// Refuses what is empty with `empty`, and a card number typed where a name or an address
    /// belongs, which is then not kept.
    pub fn free_text(&mut self, field: &str, typed: &str, empty: &str) -> Option<String> {
        if typed.is_empty() {
            self.mistake(field, empty);
            return None;
        }
        if looks_like_card_number(typed) {
            self.values.remove(field);
            self.mistake(field, "card-number-here");
            return None;
        }
        Some(typed.to_owned())
    }

    /// Takes over what another part of the same form was filled with, and what is wrong there.
    pub fn join(&mut self, other: FormState) {
        self.values.extend(other.values);
        self.mistakes.extend(other.mistakes);
    }

    /// True if nothing is wrong.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// As a template needs it.
    #[must_use]
    pub fn view(&self, words: &Words<'_>) -> FormView {
        let mistakes: Vec<MistakeView> = self
            .mistakes
            .iter()
            .map(|mistake| MistakeView {
                field: mistake.field.clone(),
                text: mistake_text(mistake, words),
            })
            .collect();
        let mut by_field = BTreeMap::new();
        for mistake in &mistakes {
            by_field
                .entry(mistake.field.clone())
                .or_insert_with(|| mistake.text.clone());
        }
        FormView {
            values: self.values.clone(),
            mistakes,
            by_field,
        }
    }
}

fn mistake_text(mistake: &Mistake, words: &Words<'_>) -> String {
    // A declined card says why in the words of that reason.
    if mistake.code == "card-declined" {
        let reason = mistake
            .facts
            .first()
            .map_or("refused", |(_, reason)| reason.as_str());
        return words.say(&format!("decline-{reason}"), &[]);
    }
    let facts: Vec<(&str, &str)> = mistake
        .facts
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    words.say(&format!("refusal-{}", mistake.code), &facts)
}

/// A form as a template needs it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormView {
    /// What was typed, by field.
    pub values: BTreeMap<String, String>,
    /// What is wrong, in the order of the form.
    pub mistakes: Vec<MistakeView>,
    /// What is wrong, by field.
    pub by_field: BTreeMap<String, String>,
}

/// What is wrong with a field, in words.
#[derive(Debug, Clone, Serialize)]
pub struct MistakeView {
    /// The field; its input has this id.
    pub field: String,
    /// The sentence.
    pub text: String,
}

/// The form that a POST with mistakes left for this page.
///
/// # Errors
/// If the database does not answer.
pub async fn left_by_post(app: &AppState, visit: &Visit) -> Result<Option<FormState>, Problem> {
    let (Some(session), Some(id)) = (&visit.session, visit.asked("form")) else {
        return Ok(None);
    };
    let Some(id) = ErrandId::parse(&id) else {
        return Ok(None);
    };
    Ok(errands::load::<FormState>(&app.ctx, session, KIND, id)
        .await?
        .map(|errand| errand.body))
}

/// Keeps the form and sends the browser back to its page, at the list of mistakes.
///
/// # Errors
/// If the database does not answer.
pub async fn back_with_mistakes(
    app: &AppState,
    session: &Session,
    page: &str,
    form: &FormState,
) -> Result<Response, Problem> {
    let id = errands::create(&app.ctx, session, KIND, form).await?;
    let joint = if page.contains('?') { '&' } else { '?' };
    Ok(see_other(&format!("{page}{joint}form={id}#error-summary")))
}

/// True for a field that may be kept over a sign-in: never passwords, codes and numbers of accounts
/// and cards, nor what belongs to one page only.
fn may_be_kept(name: &str) -> bool {
    let parts = [
        "password",
        "account",
        "routing",
        "card",
        "code",
        "secret",
        "credential",
        "ceremony",
        "csrf",
        "session",
    ];
    !parts.iter().any(|part| name.contains(part))
}

/// Keeps a form that came after the member's session had run out of idle time, in the session of a
/// visitor, and asks to sign in. Its page shows it again afterwards, to be looked at and sent anew:
/// nothing is done with it here.
///
/// # Errors
/// [`Problem::session_ended`] if the form does not carry the token of a session that ran out.
pub async fn keep_for_later(
    app: &AppState,
    mut visit: Visit,
    request: Request,
) -> Result<Response, Problem> {
    let cookie = session::token(app, request.headers());
    let cookie = cookie.ok_or_else(Problem::session_ended)?;
    let token = sessions::lapsed(&app.ctx, &cookie).await?;
    let token = token.ok_or_else(Problem::session_ended)?;
    let bytes = axum::body::to_bytes(request.into_body(), LARGEST_FORM).await;
    let bytes = bytes.map_err(|_| Problem::too_large())?;
    let sent = url::form_urlencoded::parse(&bytes).find(|(name, _)| name == csrf::FIELD);
    if !sent.is_some_and(|(_, sent)| csrf::holds(&token, &sent)) {
        return Err(Problem::session_ended());
    }
    let mut form = FormState::default();
    for (name, value) in url::form_urlencoded::parse(&bytes).take(MOST_FIELDS) {
        let value: String = value
            .chars()
            .filter(|c| !c.is_control())
            .take(LONGEST_FIELD)
            .collect();
        if may_be_kept(&name) && !looks_like_card_number(&value) {
            form.values.entry(name.into_owned()).or_insert(value);
        }
    }
    let (session, fresh) = session::ensure(app, &mut visit).await?;
    let id = errands::create(&app.ctx, &session, KIND, &form).await?;
    let next = format!("{}?form={id}", visit.path);
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let response = see_other(&format!("/sign-in?next={next}"));
    Ok(session::with_fresh(app, response, fresh.as_deref()))
}

/// A refusal goes back to the form; anything else is a problem.
///
/// # Errors
/// Everything that is not a refusal.
pub fn refusal_of(error: UseCaseError) -> Result<Refusal, Problem> {
    match error {
        UseCaseError::Refused(refusal) => Ok(refusal),
        other => Err(Problem::from(other)),
    }
}

/// Reads a date from its month, day and year.
///
/// # Errors
/// The code of the mistake.
pub fn date_of(month: &str, day: &str, year: &str) -> Result<Date, &'static str> {
    if month.is_empty() || day.is_empty() || year.is_empty() {
        return Err("birth-date-missing");
    }
    let read = || {
        let year: i16 = (year.len() == 4).then(|| year.parse().ok())??;
        Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
    };
    read()
        .filter(|date| date.year() >= 1880)
        .ok_or("birth-date-not-a-date")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_from_their_parts() {
        assert_eq!(
            date_of("2", "29", "1944"),
            Ok(jiff::civil::date(1944, 2, 29))
        );
        for (month, day, year) in [
            ("2", "30", "1944"),
            ("13", "1", "1944"),
            ("1", "1", "44"),
            ("1", "x", "1944"),
        ] {
            assert_eq!(date_of(month, day, year), Err("birth-date-not-a-date"));
        }
        assert_eq!(date_of("", "1", "1944"), Err("birth-date-missing"));
    }

    #[test]
    fn no_secret_outlives_a_session() {
        for kept in ["amount", "choice", "phone", "name", "next"] {
            assert!(may_be_kept(kept), "{kept}");
        }
        for secret in [
            "password",
            "new_password",
            "account",
            "account_again",
            "routing",
            "code",
            "csrf",
            "credential",
            "card_number",
        ] {
            assert!(!may_be_kept(secret), "{secret}");
        }
    }

    #[test]
    fn a_card_number_in_a_name_is_refused_and_forgotten() {
        let mut form = FormState::filled(&[("name", "4242 4242 4242 4242")]);
        assert_eq!(
            form.free_text("name", "4242 4242 4242 4242", "name-missing"),
            None
        );
        assert!(!form.is_right());
        assert!(form.values.is_empty());
    }
}
