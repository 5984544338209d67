//! Sign-in and security: the password, second factors, remembered devices and open sessions of a
//! member.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use identity::{FactorKind, browser_name, recovery};
use kernel::Secret;
use plan::Audience;
use serde::Serialize;
use usecases::identity::devices::{self, DeviceView};
use usecases::identity::factors::{self, Factors};
use usecases::identity::security::{self, SessionView};
use usecases::identity::{self as usecase, Holder, passkeys};

use super::confirm;
use super::second::name_of;
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// Where it is.
pub(super) const HERE: &str = "/account/security";

/// The page.
#[derive(Serialize)]
pub struct SecurityPage {
    /// What was just done, in a sentence; empty for nothing.
    done: String,
    user_id: String,
    factors: Vec<FactorLine>,
    /// True where a passkey can be added.
    add_passkey: bool,
    add_authenticator: bool,
    add_email: bool,
    recovery: String,
    /// True if so few recovery codes are left that new ones should be made.
    few: bool,
    devices: Vec<DeviceLine>,
    sessions: Vec<SessionLine>,
    others: bool,
}

#[derive(Serialize)]
struct FactorLine {
    name: String,
    browser: String,
    since: String,
    used: String,
    remove: String,
}

#[derive(Serialize)]
struct DeviceLine {
    id: String,
    browser: String,
    seen: String,
    until: String,
    this_one: bool,
}

#[derive(Serialize)]
struct SessionLine {
    name: String,
    browser: String,
    since: String,
    seen: String,
    this_one: bool,
}

/// All that the page shows.
struct Shown {
    user_id: String,
    passkeys: bool,
    factors: Factors,
    devices: Vec<DeviceView>,
    sessions: Vec<SessionView>,
}

/// What a browser is called by its owner.
pub(super) fn browser(words: &Words<'_>, device: &str) -> String {
    let name = browser_name(device);
    match (name.browser, name.system) {
        ("", "") => words.say("security-browser-unknown", &[]),
        (one, "") | ("", one) => one.to_owned(),
        (browser, system) => {
            let facts = [("browser", browser), ("system", system)];
            words.say("security-browser", &facts)
        }
    }
}

impl SecurityPage {
    fn new(words: &Words<'_>, shown: &Shown, done: String) -> Self {
        let kinds = shown.factors.kinds();
        let lacks = |kind: FactorKind| !kinds.contains(&kind);
        let left = shown.factors.recovery_left;
        SecurityPage {
            done,
            user_id: shown.user_id.clone(),
            factors: shown
                .factors
                .list
                .iter()
                .map(|f| factor(words, f))
                .collect(),
            add_passkey: shown.passkeys,
            add_authenticator: lacks(FactorKind::Authenticator),
            add_email: lacks(FactorKind::Email),
            recovery: match shown.factors.recovery_made_at {
                Some(made) => {
                    let (left, made) = (left.to_string(), words.day_of(made));
                    let facts = [("count", left.as_str()), ("date", made.as_str())];
                    words.say("security-recovery-left", &facts)
                }
                None => words.say("security-recovery-none", &[]),
            },
            few: shown.factors.any() && left <= recovery::FEW,
            devices: shown.devices.iter().map(|d| device(words, d)).collect(),
            others: shown.sessions.len() > 1,
            sessions: shown.sessions.iter().map(|s| session(words, s)).collect(),
        }
    }
}

fn factor(words: &Words<'_>, factor: &factors::FactorView) -> FactorLine {
    FactorLine {
        name: name_of(words, factor.kind),
        browser: browser(words, &factor.device),
        since: words.day_of(factor.created_at),
        used: factor.used_at.map_or(String::new(), |at| words.instant(at)),
        remove: format!("{HERE}/factors/{}/remove", factor.id),
    }
}

fn device(words: &Words<'_>, device: &DeviceView) -> DeviceLine {
    DeviceLine {
        id: device.id.to_string(),
        browser: browser(words, &device.device),
        seen: words.instant(device.seen_at),
        until: words.day_of(device.remembered_until),
        this_one: device.this_one,
    }
}

fn session(words: &Words<'_>, session: &SessionView) -> SessionLine {
    SessionLine {
        name: session.name.clone(),
        browser: browser(words, &session.device),
        since: words.instant(session.signed_in_at),
        seen: words.instant(session.seen_at),
        this_one: session.this_one,
    }
}

/// What was just done.
fn done(words: &Words<'_>, what: &str) -> String {
    match what {
        "password" => words.say("security-done-password", &[]),
        "added" => words.say("security-done-added", &[]),
        "removed" => words.say("security-done-removed", &[]),
        "forgotten" => words.say("security-done-forgotten", &[]),
        "ended" => words.say("security-done-ended", &[]),
        _ => String::new(),
    }
}

impl Page for SecurityPage {
    const TEMPLATE: &'static str = "member/security.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let at = jiff::Timestamp::from_second(1_796_000_000).unwrap_or_default();
        let agent = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0 \"><img src=x>";
        let one = |this_one: bool| SessionView {
            name: "0".repeat(32),
            device: agent.to_owned(),
            signed_in_at: at,
            seen_at: at,
            this_one,
        };
        let factor = |kind: FactorKind| factors::FactorView {
            id: kernel::FactorId::from_parts(0, [0; 10]),
            kind,
            device: agent.to_owned(),
            created_at: at,
            used_at: (kind == FactorKind::Email).then_some(at),
        };
        let remembered = |this_one| DeviceView {
            id: kernel::FactorId::from_parts(0, [0; 10]).uuid(),
            device: String::new(),
            first_seen_at: at,
            seen_at: at,
            remembered_until: at,
            this_one,
        };
        let none = Shown {
            user_id: "maria.pena".to_owned(),
            passkeys: false,
            factors: Factors::default(),
            devices: Vec::new(),
            sessions: vec![one(true)],
        };
        let all = Shown {
            user_id: "\"><img src=x>".to_owned(),
            passkeys: true,
            factors: Factors {
                list: FactorKind::ALL[..3].iter().map(|k| factor(*k)).collect(),
                recovery_left: 2,
                recovery_made_at: Some(at),
            },
            devices: vec![remembered(true), remembered(false)],
            sessions: vec![one(true), one(false)],
        };
        let mut pages = vec![
            SecurityPage::new(words, &none, String::new()),
            SecurityPage::new(words, &all, String::new()),
        ];
        for what in ["password", "added", "removed", "forgotten", "ended"] {
            pages.push(SecurityPage::new(words, &none, done(words, what)));
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
    let (ctx, session) = (&app.ctx, visit.need_session()?);
    let login = session.login.ok_or_else(Problem::session_ended)?;
    let holder = Holder::Member(login);
    let shown = Shown {
        user_id: usecase::owner(ctx, login).await?.user_id,
        passkeys: passkeys::offered(ctx),
        factors: factors::list(ctx, holder).await?,
        devices: devices::remembered(ctx, holder, &visit.device_cookie).await?,
        sessions: security::open_sessions(ctx, session).await?,
    };
    let words = Words::new(visit.language, &ctx.plan);
    let done = done(&words, &visit.asked("done").unwrap_or_default());
    let page = SecurityPage::new(&words, &shown, done);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Ends one session.
///
/// # Errors
/// If there is no such session.
pub async fn end_session(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let (actor, session) = (visit.actor(), visit.need_session()?);
    match security::end_session(&app.ctx, &actor, session, sent.get("session")).await {
        // It may have ended by itself meanwhile, which is what was wanted.
        Ok(()) | Err(usecases::UseCaseError::NotFound) => {
            Ok(see_other("/account/security?done=ended"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Signs out everywhere else.
///
/// # Errors
/// If the database does not answer.
pub async fn end_others(
    State(app): State<AppState>,
    visit: Visit,
    _sent: Sent,
) -> Result<Response, Problem> {
    security::end_other_sessions(&app.ctx, &visit.actor(), visit.need_session()?).await?;
    Ok(see_other("/account/security?done=ended"))
}

/// Asks a remembered device for a second factor again.
///
/// # Errors
/// If there is no such device.
pub async fn forget_device(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let login = visit.need_session()?.login;
    let holder = Holder::Member(login.ok_or_else(Problem::session_ended)?);
    let id = kernel::FactorId::parse(sent.get("device")).ok_or_else(Problem::not_found)?;
    devices::forget(&app.ctx, &visit.actor(), holder, id.uuid()).await?;
    Ok(see_other("/account/security?done=forgotten"))
}

/// A new password.
#[derive(Serialize)]
pub struct PasswordPage {
    user_id: String,
    min: u8,
    form: FormView,
}

impl Page for PasswordPage {
    const TEMPLATE: &'static str = "member/security_password.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut wrong = FormState::default();
        wrong.mistake("new_password", "password-common");
        [FormState::default(), wrong]
            .iter()
            .map(|form| PasswordPage {
                user_id: "maria.pena".to_owned(),
                min: 15,
                form: form.view(words),
            })
            .collect()
    }

    fn audience(&self) -> Audience {
        Audience::Member
    }
}

const PASSWORD: &str = "/account/security/password";

/// The page.
///
/// # Errors
/// If the database does not answer.
pub async fn password(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    if let Some(first) = confirm::first(&app, &visit, PASSWORD) {
        return Ok(first);
    }
    let login = visit.need_session()?.login;
    let owner = usecase::owner(&app.ctx, login.ok_or_else(Problem::session_ended)?).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let page = PasswordPage {
        user_id: owner.user_id,
        min: app.ctx.plan.security.password_min_length,
        form: form.view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Sets it.
///
/// # Errors
/// If the database does not answer.
pub async fn password_post(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    if let Some(first) = confirm::first(&app, &visit, PASSWORD) {
        return Ok(first);
    }
    let session = visit.need_session()?;
    let mut form = FormState::default();
    let typed = sent.exactly("new_password");
    if typed.is_empty() {
        form.mistake("new_password", "new-password-missing");
    } else {
        let new = Secret::new(typed.to_owned());
        match security::change_password(&app.ctx, &visit.actor(), session, &new).await {
            Ok(()) => return Ok(see_other("/account/security?done=password")),
            Err(error) => form.refused(&refusal_of(error)?, "new_password"),
        }
    }
    back_with_mistakes(&app, session, PASSWORD, &form).await
}
