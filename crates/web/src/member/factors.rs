//! Setting up second factors, and taking them away.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use identity::FactorKind;
use kernel::{ErrandId, FactorId, Secret};
use plan::Audience;
use serde::{Deserialize, Serialize};
use usecases::errands;
use usecases::identity::{self as usecase, Owner, factors, passkeys};
use usecases::sessions::Session;

use super::second::{answered, name_of};
use super::{confirm, security};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

const PASSKEY: &str = "/account/security/passkey";
const EMAIL: &str = "/account/security/email";
/// The kinds of errands.
const AUTHENTICATOR_KIND: &str = "authenticator";
const RECOVERY_KIND: &str = "recovery-codes";

async fn owner_of<'a>(app: &AppState, visit: &'a Visit) -> Result<(&'a Session, Owner), Problem> {
    let session = visit.need_session()?;
    let login = session.login.ok_or_else(Problem::session_ended)?;
    Ok((session, usecase::owner(&app.ctx, login).await?))
}

/// Where to go after a factor was set up: to recovery codes, for those who have none yet.
async fn set_up(app: &AppState, owner: &Owner) -> Result<Response, Problem> {
    let all = factors::list(&app.ctx, owner.holder).await?;
    Ok(see_other(if all.recovery_made_at.is_none() {
        "/account/security/recovery?new=1"
    } else {
        "/account/security?done=added"
    }))
}

/// An authenticator app that is being set up.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Drawn {
    secret: String,
}

/// Set up an authenticator app.
#[derive(Serialize)]
pub struct AuthenticatorPage {
    picture: String,
    /// The secret in groups of four.
    secret: String,
    address: String,
    form: FormView,
}

impl Page for AuthenticatorPage {
    const TEMPLATE: &'static str = "member/authenticator.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake("code", "second-code-wrong");
        [FormState::default(), wrong]
            .iter()
            .map(|form| AuthenticatorPage {
                picture: "/account/security/authenticator/0/code.svg".to_owned(),
                secret: "MZXW 6YTB OI".to_owned(),
                address: "otpauth://totp/Plan:maria?secret=MZXW6YTBOI&issuer=Plan".to_owned(),
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// `JBSWY3DPEHPK3PXP` as it is easier to type: `JBSW Y3DP EHPK 3PXP`.
#[must_use]
pub fn in_fours(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    groups.join(" ")
}

/// Draws a secret and goes on to its page.
///
/// # Errors
/// If the database does not answer.
pub async fn begin_authenticator(
    State(app): State<AppState>,
    visit: Visit,
    _sent: Sent,
) -> Result<Response, Problem> {
    if let Some(first) = confirm::first(&app, &visit, security::HERE) {
        return Ok(first);
    }
    let secret = factors::draw_authenticator(&app.ctx).expose().to_owned();
    let drawn = Drawn { secret };
    let session = visit.need_session()?;
    let id = errands::create(&app.ctx, session, AUTHENTICATOR_KIND, &drawn).await?;
    Ok(see_other(&format!("/account/security/authenticator/{id}")))
}

async fn drawn(
    app: &AppState,
    visit: &Visit,
    id: &str,
) -> Result<(ErrandId, Secret, Owner), Problem> {
    let id = ErrandId::parse(id).ok_or_else(Problem::not_found)?;
    let (session, owner) = owner_of(app, visit).await?;
    let found = errands::load::<Drawn>(&app.ctx, session, AUTHENTICATOR_KIND, id).await?;
    let found = found.filter(|found| found.outcome.is_empty());
    let secret = found.ok_or_else(Problem::session_ended)?.body.secret;
    Ok((id, Secret::new(secret), owner))
}

/// The page.
///
/// # Errors
/// If the set-up is over.
pub async fn authenticator(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (id, secret, owner) = drawn(&app, &visit, &id).await?;
    let offer = factors::authenticator_offer(&app.ctx, &owner, &secret)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = AuthenticatorPage {
        picture: format!("/account/security/authenticator/{id}/code.svg"),
        secret: in_fours(&offer.secret),
        address: offer.address,
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The QR code.
///
/// # Errors
/// If the set-up is over.
pub async fn authenticator_picture(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (_, secret, owner) = drawn(&app, &visit, &id).await?;
    let picture = factors::authenticator_picture(&app.ctx, &owner, &secret)?;
    let kind = HeaderValue::from_static("image/svg+xml");
    Ok(([(CONTENT_TYPE, kind)], picture).into_response())
}

/// The digits that the app shows.
///
/// # Errors
/// If the set-up is over.
pub async fn authenticator_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (id, secret, owner) = drawn(&app, &visit, &id).await?;
    let here = format!("/account/security/authenticator/{id}");
    if let Some(first) = confirm::first(&app, &visit, &here) {
        return Ok(first);
    }
    let (ctx, actor, session) = (&app.ctx, visit.actor(), visit.need_session()?);
    let mut form = FormState::default();
    let code = sent.get("code");
    if code.is_empty() {
        form.mistake("code", "second-code-missing");
    } else {
        let device = &visit.device;
        match factors::add_authenticator(ctx, &actor, &owner, &secret, code, device).await {
            Ok(()) => {
                errands::conclude(ctx, session, id, "set-up").await?;
                return set_up(&app, &owner).await;
            }
            Err(error) => form.refused(&refusal_of(error)?, "code"),
        }
    }
    back_with_mistakes(&app, session, &here, &form).await
}

/// Set up a passkey.
#[derive(Serialize)]
pub struct NewPasskeyPage {
    options: String,
    ceremony: String,
    form: FormView,
}

impl Page for NewPasskeyPage {
    const TEMPLATE: &'static str = "member/new_passkey.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake("passkey", "passkey-over");
        [FormState::default(), wrong]
            .iter()
            .map(|form| NewPasskeyPage {
                options: "{}".to_owned(),
                ceremony: "0".to_owned(),
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The page.
///
/// # Errors
/// If there are no passkeys here.
pub async fn passkey(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    if let Some(first) = confirm::first(&app, &visit, PASSKEY) {
        return Ok(first);
    }
    let (session, owner) = owner_of(&app, &visit).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let begun = passkeys::begin_making(&app.ctx, session, &owner).await?;
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = NewPasskeyPage {
        options: begun.options,
        ceremony: begun.errand.to_string(),
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The browser's answer.
///
/// # Errors
/// If the database does not answer.
pub async fn passkey_post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    if let Some(first) = confirm::first(&app, &visit, PASSKEY) {
        return Ok(first);
    }
    let (session, owner) = owner_of(&app, &visit).await?;
    let mut form = FormState::default();
    if let Some((ceremony, answer)) = answered(&sent) {
        let (ctx, actor) = (&app.ctx, visit.actor());
        let made = passkeys::finish_making(ctx, &actor, session, &owner, ceremony, &answer);
        match made.await {
            Ok(()) => return set_up(&app, &owner).await,
            Err(error) => form.refused(&refusal_of(error)?, "passkey"),
        }
    } else {
        form.mistake("passkey", "passkey-wrong");
    }
    back_with_mistakes(&app, session, PASSKEY, &form).await
}

/// Set up codes by e-mail.
#[derive(Serialize)]
pub struct EmailCodesPage {
    email: String,
    mailed: bool,
    minutes: u8,
    form: FormView,
}

impl Page for EmailCodesPage {
    const TEMPLATE: &'static str = "member/email_codes.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake("code", "code-expired");
        [(false, FormState::default()), (true, wrong)]
            .iter()
            .map(|(mailed, form)| EmailCodesPage {
                email: "maria@example.com".to_owned(),
                mailed: *mailed,
                minutes: 10,
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The page.
///
/// # Errors
/// If the database does not answer.
pub async fn email(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    if let Some(first) = confirm::first(&app, &visit, EMAIL) {
        return Ok(first);
    }
    let (_, owner) = owner_of(&app, &visit).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = EmailCodesPage {
        email: owner.email,
        mailed: visit.asked("sent").is_some(),
        minutes: app.ctx.plan.security.code_minutes,
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The wish for a code, or the code.
///
/// # Errors
/// If the database does not answer.
pub async fn email_post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    if let Some(first) = confirm::first(&app, &visit, EMAIL) {
        return Ok(first);
    }
    let (session, owner) = owner_of(&app, &visit).await?;
    let (ctx, actor) = (&app.ctx, visit.actor());
    let mut form = FormState::default();
    let sending = sent.ticked("send");
    let refused = if sending {
        match factors::mail_code(ctx, &actor, session, &owner).await {
            Ok(()) => return Ok(see_other(&format!("{EMAIL}?sent=1"))),
            Err(error) => Some(error),
        }
    } else if sent.get("code").is_empty() {
        form.mistake("code", "code-missing");
        None
    } else {
        let (code, device) = (sent.get("code"), &visit.device);
        match factors::add_email(ctx, &actor, session, &owner, code, device).await {
            Ok(()) => return set_up(&app, &owner).await,
            Err(error) => Some(error),
        }
    };
    if let Some(error) = refused {
        form.refused(&refusal_of(error)?, "code");
    }
    let page = if sending {
        EMAIL.to_owned()
    } else {
        format!("{EMAIL}?sent=1")
    };
    back_with_mistakes(&app, session, &page, &form).await
}

/// Make recovery codes.
#[derive(Serialize)]
pub struct RecoveryPage {
    /// The new codes, this once; empty before they are made.
    codes: Vec<String>,
    /// True right after the first factor was set up.
    first: bool,
    /// True if there are codes that stop working.
    replaces: bool,
    here: String,
}

impl Page for RecoveryPage {
    const TEMPLATE: &'static str = "member/recovery.html";

    fn samples(_: &Words<'_>) -> Vec<Self> {
        let codes = vec!["abcde-fghjk".to_owned(); 10];
        [
            (Vec::new(), true, false),
            (Vec::new(), false, true),
            (codes, false, false),
        ]
        .into_iter()
        .map(|(codes, first, replaces)| RecoveryPage {
            codes,
            first,
            replaces,
            here: "/account/security/recovery".to_owned(),
        })
        .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

const RECOVERY: &str = "/account/security/recovery";

/// Codes that were made and may be shown until their owner has them.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Made {
    codes: Vec<String>,
}

/// The page before they are made.
///
/// # Errors
/// If the database does not answer.
pub async fn recovery(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let (_, owner) = owner_of(&app, &visit).await?;
    let all = factors::list(&app.ctx, owner.holder).await?;
    if !all.any() {
        return Ok(see_other(security::HERE));
    }
    let page = RecoveryPage {
        codes: Vec::new(),
        first: visit.asked("new").is_some(),
        replaces: all.recovery_made_at.is_some(),
        here: RECOVERY.to_owned(),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Makes them.
///
/// # Errors
/// If the database does not answer.
pub async fn make_recovery(
    State(app): State<AppState>,
    visit: Visit,
    _sent: Sent,
) -> Result<Response, Problem> {
    if let Some(first) = confirm::first(&app, &visit, RECOVERY) {
        return Ok(first);
    }
    let (session, owner) = owner_of(&app, &visit).await?;
    let codes = factors::make_recovery(&app.ctx, &visit.actor(), &owner).await?;
    let made = Made {
        codes: codes.iter().map(identity::RecoveryCode::grouped).collect(),
    };
    let id = errands::create(&app.ctx, session, RECOVERY_KIND, &made).await?;
    Ok(see_other(&format!("{RECOVERY}/{id}")))
}

/// Shows them, until their owner says that they are kept.
///
/// # Errors
/// If they were shown before.
pub async fn recovery_codes(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let id = ErrandId::parse(&id).ok_or_else(Problem::not_found)?;
    let made = errands::load::<Made>(&app.ctx, session, RECOVERY_KIND, id).await?;
    let Some(made) = made.filter(|made| made.outcome.is_empty()) else {
        return Ok(see_other(security::HERE));
    };
    let page = RecoveryPage {
        codes: made.body.codes,
        first: false,
        replaces: false,
        here: format!("{RECOVERY}/{id}"),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// "I have them": they are not shown again.
///
/// # Errors
/// If the database does not answer.
pub async fn recovery_kept(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    _sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let id = ErrandId::parse(&id).ok_or_else(Problem::not_found)?;
    errands::conclude(&app.ctx, session, id, "kept").await?;
    Ok(see_other("/account/security?done=added"))
}

/// Take a factor away?
#[derive(Serialize)]
pub struct RemovePage {
    name: String,
    browser: String,
    /// True if none is left then.
    last: bool,
}

impl Page for RemovePage {
    const TEMPLATE: &'static str = "member/remove_factor.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        [false, true]
            .into_iter()
            .map(|last| RemovePage {
                name: name_of(words, FactorKind::Passkey),
                browser: "Firefox".to_owned(),
                last,
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

/// The question.
///
/// # Errors
/// If there is no such factor.
pub async fn remove(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = FactorId::parse(&id).ok_or_else(Problem::not_found)?;
    let here = format!("/account/security/factors/{id}/remove");
    if let Some(first) = confirm::first(&app, &visit, &here) {
        return Ok(first);
    }
    let (_, owner) = owner_of(&app, &visit).await?;
    let all = factors::list(&app.ctx, owner.holder).await?.list;
    let one = all.iter().find(|factor| factor.id == id);
    let one = one.ok_or_else(Problem::not_found)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = RemovePage {
        name: name_of(&words, one.kind),
        browser: security::browser(&words, &one.device),
        last: all.len() == 1,
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Takes it away.
///
/// # Errors
/// If there is no such factor.
pub async fn remove_post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    _sent: Sent,
) -> Result<Response, Problem> {
    let id = FactorId::parse(&id).ok_or_else(Problem::not_found)?;
    let here = format!("/account/security/factors/{id}/remove");
    if let Some(first) = confirm::first(&app, &visit, &here) {
        return Ok(first);
    }
    let (_, owner) = owner_of(&app, &visit).await?;
    factors::remove(&app.ctx, &visit.actor(), &owner, id).await?;
    Ok(see_other("/account/security?done=removed"))
}
