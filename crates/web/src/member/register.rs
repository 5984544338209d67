//! Registering: find me, e-mail and code, user ID and password. Nothing is asked twice.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::{Email, ErrandId, PersonId, Secret, Zip};
use serde::{Deserialize, Serialize};
use usecases::sessions::Session;
use usecases::{errands, identity};

use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::guest::identify::{MonthName, months, read_birth_date, read_email, read_member_id};
use crate::page::{Page, show};
use crate::session;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

const KIND: &str = "register";

/// A registration under way.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Registration {
    person: String,
    email: String,
    /// True once the code sent to the address was given back.
    proven: bool,
}

/// Who are you?
#[derive(Serialize)]
pub struct FindPage {
    months: Vec<MonthName>,
    form: FormView,
}

impl Page for FindPage {
    const TEMPLATE: &'static str = "member/register_find.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("member_id", "1"), ("birth_month", "3")]);
        wrong.mistake("member_id", "register-not-found");
        [FormState::default(), wrong]
            .iter()
            .map(|form| FindPage {
                months: months(words),
                form: form.view(words),
            })
            .collect()
    }
}

/// The first page.
///
/// # Errors
/// If the database does not answer.
pub async fn find(State(app): State<AppState>, mut visit: Visit) -> Result<Response, Problem> {
    if visit.signed_in() {
        return Ok(see_other("/account"));
    }
    let (_, fresh) = session::ensure(&app, &mut visit).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = FindPage {
        months: months(&words),
        form: form.view(&words),
    };
    let response = show(&app, &visit, StatusCode::OK, &page);
    Ok(session::with_fresh(&app, response, fresh.as_deref()))
}

/// The answers to the first page.
///
/// # Errors
/// If the database does not answer.
pub async fn find_post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let mut form = sent.keep(&["member_id", "birth_month", "birth_day", "birth_year", "zip"]);
    let member_id = read_member_id(&sent, &mut form);
    let birth_date = read_birth_date(&sent, &mut form);
    let zip = form.check("zip", Zip::parse(sent.get("zip")).map_err(|_| "zip"));
    if let (Some(member_id), Some(birth_date), Some(zip)) = (member_id, birth_date, zip) {
        let actor = visit.actor();
        match identity::find_member(&app.ctx, &actor, &member_id, birth_date, &zip).await {
            Ok(found) => {
                let errand = Registration {
                    person: found.person.to_string(),
                    ..Registration::default()
                };
                let id = errands::create(&app.ctx, session, KIND, &errand).await?;
                return Ok(see_other(&format!("/register/{id}/email")));
            }
            Err(error) => form.refused(&refusal_of(error)?, "member_id"),
        }
    }
    back_with_mistakes(&app, session, "/register", &form).await
}

/// Your e-mail address.
#[derive(Serialize)]
pub struct EmailPage {
    form: FormView,
}

impl Page for EmailPage {
    const TEMPLATE: &'static str = "member/register_email.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("email", "maria@")]);
        wrong.mistake("email", "email");
        [FormState::default(), wrong]
            .iter()
            .map(|form| EmailPage {
                form: form.view(words),
            })
            .collect()
    }
}

/// The second page.
///
/// # Errors
/// If the registration is gone.
pub async fn email(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let under_way = UnderWay::load(&app, &visit, &id).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit)
        .await?
        .unwrap_or_else(|| FormState::filled(&[("email", &under_way.body.email)]));
    Ok(show(
        &app,
        &visit,
        StatusCode::OK,
        &EmailPage {
            form: form.view(&words),
        },
    ))
}

/// Sends the code. "Send another code" comes here too.
///
/// # Errors
/// If the database does not answer.
pub async fn email_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let mut under_way = UnderWay::load(&app, &visit, &id).await?;
    let mut form = sent.keep(&["email"]);
    if let Some(email) = read_email(&sent, "email", &mut form) {
        let person = under_way.person()?;
        let language = visit.language;
        match identity::send_code(&app.ctx, &visit.actor(), person, &email, language).await {
            Ok(()) => {
                under_way.body.email = email.to_string();
                under_way.body.proven = false;
                under_way.save(&app).await?;
                return Ok(see_other(&format!("/register/{id}/code")));
            }
            Err(error) => form.refused(&refusal_of(error)?, "email"),
        }
    }
    back_with_mistakes(
        &app,
        &under_way.session,
        &format!("/register/{id}/email"),
        &form,
    )
    .await
}

/// The code from the e-mail.
#[derive(Serialize)]
pub struct CodePage {
    email: String,
    base: String,
    minutes: u8,
    form: FormView,
}

impl Page for CodePage {
    const TEMPLATE: &'static str = "member/register_code.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake_with("code", "code-wrong", &[("left", "4".to_owned())]);
        [FormState::default(), wrong]
            .iter()
            .map(|form| CodePage {
                email: "maria@example.com".to_owned(),
                base: "/register/0".to_owned(),
                minutes: 10,
                form: form.view(words),
            })
            .collect()
    }
}

/// The third page.
///
/// # Errors
/// If the registration is gone.
pub async fn code(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let under_way = UnderWay::load(&app, &visit, &id).await?;
    if under_way.body.email.is_empty() {
        return Ok(see_other(&format!("/register/{id}/email")));
    }
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = CodePage {
        email: under_way.body.email,
        base: format!("/register/{id}"),
        minutes: app.ctx.plan.security.code_minutes,
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The code that was typed.
///
/// # Errors
/// If the database does not answer.
pub async fn code_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let mut under_way = UnderWay::load(&app, &visit, &id).await?;
    let mut form = FormState::default();
    let code = sent.get("code");
    if code.is_empty() {
        form.mistake("code", "code-missing");
    } else {
        let (person, email) = (under_way.person()?, under_way.email()?);
        match identity::check_code(&app.ctx, &visit.actor(), person, &email, code).await {
            Ok(()) => {
                under_way.body.proven = true;
                under_way.save(&app).await?;
                return Ok(see_other(&format!("/register/{id}/password")));
            }
            Err(error) => form.refused(&refusal_of(error)?, "code"),
        }
    }
    back_with_mistakes(
        &app,
        &under_way.session,
        &format!("/register/{id}/code"),
        &form,
    )
    .await
}

/// User ID and password.
#[derive(Serialize)]
pub struct PasswordPage {
    min: u8,
    form: FormView,
}

impl Page for PasswordPage {
    const TEMPLATE: &'static str = "member/register_password.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::filled(&[("user_id", "maria")]);
        wrong.mistake("user_id", "user-id-taken");
        wrong.mistake_with("password", "password-short", &[("min", "15".to_owned())]);
        [FormState::default(), wrong]
            .iter()
            .map(|form| PasswordPage {
                min: 15,
                form: form.view(words),
            })
            .collect()
    }
}

/// The last page.
///
/// # Errors
/// If the registration is gone.
pub async fn password(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let under_way = UnderWay::load(&app, &visit, &id).await?;
    if !under_way.body.proven {
        return Ok(see_other(&format!("/register/{id}/code")));
    }
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let min = app.ctx.plan.security.password_min_length;
    Ok(show(
        &app,
        &visit,
        StatusCode::OK,
        &PasswordPage {
            min,
            form: form.view(&words),
        },
    ))
}

/// Makes the sign-in and signs in with it.
///
/// # Errors
/// If the database does not answer.
pub async fn password_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let under_way = UnderWay::load(&app, &visit, &id).await?;
    if !under_way.body.proven {
        return Ok(see_other(&format!("/register/{id}/code")));
    }
    let mut form = sent.keep(&["user_id"]);
    let user_id = form.free_text("user_id", sent.get("user_id"), "user-id-missing");
    let password = sent.exactly("password");
    if password.is_empty() {
        form.mistake("password", "new-password-missing");
    }
    if let Some(user_id) = user_id.filter(|_| form.is_right()) {
        let (person, email) = (under_way.person()?, under_way.email()?);
        let secret = Secret::new(password.to_owned());
        let (actor, language) = (visit.actor(), visit.language);
        let made = identity::create_login(
            &app.ctx, &actor, person, &email, &user_id, &secret, language,
        );
        match made.await {
            Ok(_) => {
                let session = &under_way.session;
                let device = &visit.device_cookie;
                let signed_in =
                    identity::sign_in(&app.ctx, &actor, session, &user_id, secret, device);
                let opened = signed_in.await?.opened().ok_or_else(Problem::broken)?;
                let response = see_other("/account?welcome=1");
                return Ok(session::with_sign_in(&app, response, &opened));
            }
            Err(error) => form.refused(&refusal_of(error)?, "user_id"),
        }
    }
    back_with_mistakes(
        &app,
        &under_way.session,
        &format!("/register/{id}/password"),
        &form,
    )
    .await
}

struct UnderWay {
    session: Session,
    id: ErrandId,
    body: Registration,
}

impl UnderWay {
    async fn load(app: &AppState, visit: &Visit, id: &str) -> Result<Self, Problem> {
        let session = visit.session.clone().ok_or_else(Problem::session_ended)?;
        let id = ErrandId::parse(id).ok_or_else(Problem::not_found)?;
        let errand = errands::load::<Registration>(&app.ctx, &session, KIND, id).await?;
        let body = errand.ok_or_else(Problem::session_ended)?.body;
        Ok(UnderWay { session, id, body })
    }

    async fn save(&self, app: &AppState) -> Result<(), Problem> {
        Ok(errands::save(&app.ctx, &self.session, self.id, &self.body).await?)
    }

    fn person(&self) -> Result<PersonId, Problem> {
        PersonId::parse(&self.body.person).ok_or_else(Problem::broken)
    }

    fn email(&self) -> Result<Email, Problem> {
        Email::parse(&self.body.email).map_err(|_| Problem::bad_request())
    }
}
