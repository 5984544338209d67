//! The second step of a sign-in: a passkey, an authenticator app, a code by e-mail or a recovery
//! code, whatever is set up. The same page stands in the way of a new password.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use identity::FactorKind;
use kernel::ErrandId;
use serde::Serialize;
use usecases::UseCaseError;
use usecases::identity::factors::Given;
use usecases::identity::{self as usecase, passkeys};
use usecases::sessions::Session;

use super::sign_in::{come_in, with_next};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, next_after_sign_in, see_other};
use crate::words::Words;

/// One more step.
#[derive(Serialize)]
pub struct SecondPage {
    /// The kind that is asked for.
    kind: &'static str,
    /// The other kinds that would do.
    others: Vec<OtherWay>,
    /// True once a code was mailed.
    mailed: bool,
    /// What a browser is handed for a passkey, and the ceremony it belongs to.
    options: String,
    ceremony: String,
    next: String,
    /// True on the way to a new password.
    resetting: bool,
    minutes: u8,
    form: FormView,
}

#[derive(Serialize)]
struct OtherWay {
    href: String,
    name: String,
}

impl Page for SecondPage {
    const TEMPLATE: &'static str = "member/second.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut pages = Vec::new();
        for kind in FactorKind::ALL {
            let mut wrong = FormState::default();
            wrong.mistake(field_of(kind), "second-code-wrong");
            for (mailed, form) in [(false, FormState::default()), (true, wrong)] {
                let way = Way {
                    kinds: FactorKind::ALL.to_vec(),
                    kind,
                    base: "/sign-in/0/second".to_owned(),
                    resetting: mailed,
                };
                let asked = ("{}".to_owned(), "0".to_owned());
                pages.push(SecondPage::new(
                    words, &way, asked, mailed, "/account", &form,
                ));
            }
        }
        pages
    }
}

/// Where the page stands and what would do there.
pub(super) struct Way {
    pub(super) kinds: Vec<FactorKind>,
    pub(super) kind: FactorKind,
    pub(super) base: String,
    pub(super) resetting: bool,
}

impl Way {
    /// The kind that was asked for, if it would do; else the first.
    ///
    /// # Errors
    /// If none would do.
    pub(super) fn chosen(
        visit: &Visit,
        kinds: Vec<FactorKind>,
        base: String,
        resetting: bool,
    ) -> Result<Way, Problem> {
        let asked = visit.asked("with");
        let asked = asked.as_deref().and_then(FactorKind::from_code);
        let first = kinds.first().copied().ok_or_else(Problem::session_ended)?;
        let kind = asked.filter(|kind| kinds.contains(kind)).unwrap_or(first);
        Ok(Way {
            kinds,
            kind,
            base,
            resetting,
        })
    }

    fn href(&self, kind: FactorKind, next: &str) -> String {
        let page = with_next(&self.base, next);
        let joint = if page.contains('?') { '&' } else { '?' };
        format!("{page}{joint}with={}", kind.code())
    }
}

impl SecondPage {
    fn new(
        words: &Words<'_>,
        way: &Way,
        (options, ceremony): (String, String),
        mailed: bool,
        next: &str,
        form: &FormState,
    ) -> Self {
        let others = way.kinds.iter().filter(|kind| **kind != way.kind);
        SecondPage {
            kind: way.kind.code(),
            others: others
                .map(|kind| OtherWay {
                    href: way.href(*kind, next),
                    name: name_of(words, *kind),
                })
                .collect(),
            mailed,
            options,
            ceremony,
            next: next.to_owned(),
            resetting: way.resetting,
            minutes: words.plan.security.code_minutes,
            form: form.view(words),
        }
    }
}

/// What a kind of factor is called.
pub(super) fn name_of(words: &Words<'_>, kind: FactorKind) -> String {
    match kind {
        FactorKind::Passkey => words.say("factor-passkey", &[]),
        FactorKind::Authenticator => words.say("factor-authenticator", &[]),
        FactorKind::Email => words.say("factor-email", &[]),
        FactorKind::Recovery => words.say("factor-recovery", &[]),
    }
}

/// Shows the page.
///
/// # Errors
/// If the database does not answer.
pub(super) async fn ask(app: &AppState, visit: &Visit, way: &Way) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let asked = if way.kind == FactorKind::Passkey {
        let begun = passkeys::begin_asking(&app.ctx, session).await?;
        (begun.options, begun.errand.to_string())
    } else {
        (String::new(), String::new())
    };
    let mailed = visit.asked("sent").is_some();
    let next = next_after_sign_in(visit.asked("next").as_deref());
    let form = left_by_post(app, visit).await?.unwrap_or_default();
    let page = SecondPage::new(&words, way, asked, mailed, &next, &form);
    Ok(show(app, visit, StatusCode::OK, &page))
}

/// What the form brought.
pub(super) enum Brought {
    /// "Send me a code."
    SendCode,
    /// A factor.
    Factor(FactorKind, Given),
    /// Nothing that can be used.
    Nothing(FactorKind),
}

/// Reads the form of the page.
pub(super) fn brought(sent: &Sent, form: &mut FormState) -> Brought {
    let kind = FactorKind::from_code(sent.get("with")).unwrap_or(FactorKind::Recovery);
    if kind == FactorKind::Email && sent.ticked("send") {
        return Brought::SendCode;
    }
    let code = sent.get("code").to_owned();
    let given = match kind {
        FactorKind::Passkey => match answered(sent) {
            Some((ceremony, answer)) => Given::Passkey { ceremony, answer },
            None => {
                form.mistake("passkey", "passkey-wrong");
                return Brought::Nothing(kind);
            }
        },
        _ if code.is_empty() => {
            form.mistake("code", "second-code-missing");
            return Brought::Nothing(kind);
        }
        FactorKind::Authenticator => Given::Authenticator(code),
        FactorKind::Email => Given::Email(code),
        FactorKind::Recovery => Given::Recovery(code),
    };
    Brought::Factor(kind, given)
}

/// The ceremony and the browser's answer to it.
pub(super) fn answered(sent: &Sent) -> Option<(ErrandId, String)> {
    let ceremony = ErrandId::parse(sent.get("ceremony"))?;
    let answer = sent.exactly("credential");
    (!answer.is_empty()).then(|| (ceremony, answer.to_owned()))
}

/// The field that a refusal of a factor stands beside.
pub(super) const fn field_of(kind: FactorKind) -> &'static str {
    match kind {
        FactorKind::Passkey => "passkey",
        _ => "code",
    }
}

/// The page after the password.
///
/// # Errors
/// If the sign-in took too long.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (errand, half) = waiting(&app, visit.need_session()?, &id).await?;
    let base = format!("/sign-in/{errand}/second");
    let way = Way::chosen(&visit, half.kinds, base, false)?;
    ask(&app, &visit, &way).await
}

async fn waiting(
    app: &AppState,
    session: &Session,
    id: &str,
) -> Result<(ErrandId, usecase::HalfOpen), Problem> {
    let errand = ErrandId::parse(id).ok_or_else(Problem::not_found)?;
    let half = usecase::half_open(&app.ctx, session, errand).await?;
    Ok((errand, half.ok_or_else(Problem::session_ended)?))
}

/// What was given.
///
/// # Errors
/// If the sign-in took too long.
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let session = visit.need_session()?;
    let (errand, half) = waiting(&app, session, &id).await?;
    let (ctx, actor) = (&app.ctx, visit.actor());
    let next = next_after_sign_in(Some(sent.get("next")));
    let way = Way {
        kinds: half.kinds,
        kind: FactorKind::Email,
        base: format!("/sign-in/{errand}/second"),
        resetting: false,
    };
    let mut form = FormState::default();
    let (kind, outcome) = match brought(&sent, &mut form) {
        Brought::Nothing(kind) => (kind, None),
        Brought::SendCode => {
            let tried = usecase::mail_second_code(ctx, &actor, session, errand).await;
            (FactorKind::Email, Some(tried.map(|()| None)))
        }
        Brought::Factor(kind, given) => {
            let device = (visit.device_cookie.as_str(), sent.ticked("remember"));
            let tried = usecase::second_step(ctx, &actor, session, errand, &given, device).await;
            (kind, Some(tried.map(Some)))
        }
    };
    let page = way.href(kind, &next);
    let page = if kind == FactorKind::Email && !sent.ticked("send") {
        format!("{page}&sent=1")
    } else {
        page
    };
    match outcome {
        Some(Ok(Some(opened))) => return Ok(come_in(&app, &visit, &next, &opened)),
        Some(Ok(None)) => return Ok(see_other(&format!("{page}&sent=1"))),
        Some(Err(UseCaseError::NotFound)) => return Err(Problem::session_ended()),
        Some(Err(error)) => form.refused(&refusal_of(error)?, field_of(kind)),
        None => {}
    }
    back_with_mistakes(&app, session, &page, &form).await
}
