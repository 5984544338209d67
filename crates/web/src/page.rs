//! A page: its template, what goes into it, and the frame around it.

use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use kernel::Language;
use plan::{Audience, Phone, Plan};
use serde::Serialize;

use usecases::delegates::Helping;
use usecases::staff::StaffMember;

use crate::assets::Assets;
use crate::error::HasPage;
use crate::headers::{FrameFrom, origin_of};
use crate::language;
use crate::member::menu::{MenuLink, menu};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// What a template shows.
pub trait Page: Serialize + Sized {
    /// The template.
    const TEMPLATE: &'static str;

    /// At least one of each way the page can look. A test renders them all in every language.
    fn samples(words: &Words<'_>) -> Vec<Self>;

    /// Whose notices it shows.
    fn audience(&self) -> Audience {
        Audience::Public
    }

    /// The plan line it is about.
    fn line(&self) -> Option<&str> {
        None
    }

    /// The address of a frame in it.
    fn frame(&self) -> Option<&str> {
        None
    }

    /// How many seconds until the page asks again by itself; 0 for never.
    fn refresh(&self) -> u8 {
        0
    }
}

/// Everything around a page.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    language: &'static str,
    languages: Vec<LanguageLink>,
    organisation: String,
    website: String,
    logo: String,
    style: String,
    script: String,
    brand: String,
    icon: String,
    csrf: String,
    signed_in: bool,
    /// In whose account this is, and what one may do there; empty in one's own.
    helping: String,
    /// Who of the staff this is, with the role; empty for everybody else.
    staff: String,
    menu: Vec<MenuLink>,
    path: String,
    notices: Vec<NoticeView>,
    help_title: String,
    help_text: String,
    help: PhoneView,
    idle_seconds: i64,
    refresh: u8,
    demo_note: String,
}

#[derive(Debug, Clone, Serialize)]
struct LanguageLink {
    tag: &'static str,
    name: &'static str,
    href: String,
    current: bool,
}

#[derive(Debug, Clone, Serialize)]
struct NoticeView {
    id: String,
    severity: &'static str,
    title: String,
    text: String,
}

/// A phone number with all that belongs beside it.
#[derive(Debug, Clone, Serialize)]
pub struct PhoneView {
    number: String,
    link: String,
    tty: String,
    tty_link: String,
    purpose: String,
    hours: String,
    state: String,
    open: bool,
}

impl PhoneView {
    /// A phone as it stands at `now`.
    #[must_use]
    pub fn new(phone: &Phone, words: &Words<'_>, now: Timestamp) -> Self {
        let state = phone.state_at(now, words.plan);
        let tty = phone.tty_number();
        PhoneView {
            number: phone.number(),
            link: phone.link(),
            tty_link: if tty.len() == 3 {
                format!("tel:{tty}")
            } else {
                format!("tel:+1-{tty}")
            },
            tty,
            purpose: phone.purpose.in_language(words.language).to_owned(),
            hours: phone.hours.described(words.language),
            state: words.open_state(state, now),
            open: !matches!(state, plan::OpenState::Closed { .. }),
        }
    }
}

/// What a frame shows of the request and its session.
struct Around<'a> {
    words: Words<'a>,
    assets: &'a Assets,
    now: Timestamp,
    languages: Vec<LanguageLink>,
    path: String,
    csrf: String,
    signed_in: bool,
    helping: String,
    staff: String,
    idle_seconds: i64,
    demo_note: String,
}

/// "You are paying for Maria P."
fn helping_in_words(words: &Words<'_>, helping: &Helping) -> String {
    let key = format!("helping-{}", helping.right.code());
    words.say(&key, &[("name", &helping.name)])
}

fn staff_in_words(words: &Words<'_>, member: &StaffMember) -> String {
    let role = words.say(&format!("role-{}", member.role.code()), &[]);
    format!("{}, {role}", member.name)
}

impl Frame {
    /// The frame of a page.
    #[must_use]
    pub fn new<P: Page>(app: &AppState, visit: &Visit, page: &P) -> Self {
        let plan: &Plan = &app.ctx.plan;
        let now = app.ctx.now();
        let session = visit.session.as_ref();
        let around = Around {
            words: Words::new(visit.language, plan),
            assets: &app.assets,
            now,
            languages: plan
                .languages
                .iter()
                .map(|l| language_link(visit, *l))
                .collect(),
            path: visit.path.clone(),
            csrf: session
                .map(|session| session.csrf_token.clone())
                .unwrap_or_default(),
            signed_in: visit.signed_in(),
            helping: visit
                .helping
                .as_ref()
                .map(|helping| helping_in_words(&Words::new(visit.language, plan), helping))
                .unwrap_or_default(),
            staff: visit
                .staff
                .as_ref()
                .map(|member| staff_in_words(&Words::new(visit.language, plan), member))
                .unwrap_or_default(),
            idle_seconds: session.filter(|_| visit.signed_in()).map_or(0, |session| {
                session.idle_until.duration_since(now).as_secs().max(1)
            }),
            demo_note: app.settings.demo_note.clone(),
        };
        Self::around(around, page)
    }

    /// The frame of a sample: signed in on members' pages.
    #[must_use]
    pub fn sample<P: Page>(plan: &Plan, assets: &Assets, words: &Words<'_>, page: &P) -> Self {
        let link = |language: &Language| LanguageLink {
            tag: language.tag(),
            name: language::own_name(*language),
            href: format!("/?lang={}", language.tag()),
            current: *language == words.language,
        };
        let member = page.audience() == Audience::Member;
        let around = Around {
            words: *words,
            assets,
            now: Timestamp::from_second(1_796_000_000).unwrap_or(Timestamp::UNIX_EPOCH),
            languages: plan.languages.iter().map(link).collect(),
            path: if member { "/account" } else { "/" }.to_owned(),
            csrf: "sample".to_owned(),
            signed_in: member,
            helping: String::new(),
            staff: if P::TEMPLATE.starts_with("staff/") {
                "Ana Peña".to_owned()
            } else {
                String::new()
            },
            idle_seconds: if member { 900 } else { 0 },
            demo_note: String::new(),
        };
        Self::around(around, page)
    }

    fn around<P: Page>(around: Around<'_>, page: &P) -> Self {
        let Around {
            words, assets, now, ..
        } = around;
        let plan = words.plan;
        let said = |text: &plan::Text| text.in_language(words.language).to_owned();
        let today = plan.time_zone.to_datetime(now).date();
        let notices = plan.notices_for(page.audience(), page.line(), today);
        Frame {
            language: words.language.tag(),
            languages: around.languages,
            organisation: plan.organisation.name.clone(),
            website: plan.organisation.website.clone(),
            logo: plan.brand.logo_text.clone(),
            style: assets.style(),
            script: assets.script(),
            brand: assets.brand(),
            icon: assets.icon(),
            csrf: around.csrf,
            signed_in: around.signed_in,
            helping: around.helping,
            staff: around.staff,
            menu: if around.signed_in {
                menu(&words, &around.path)
            } else {
                Vec::new()
            },
            path: around.path,
            notices: notices
                .into_iter()
                .take(2)
                .map(|notice| NoticeView {
                    id: notice.id.clone(),
                    severity: notice.severity.code(),
                    title: said(&notice.title),
                    text: said(&notice.text),
                })
                .collect(),
            help_title: said(&plan.help.title),
            help_text: said(&plan.help.text),
            help: PhoneView::new(&plan.help.phone, &words, now),
            idle_seconds: around.idle_seconds,
            refresh: page.refresh(),
            demo_note: around.demo_note,
        }
    }
}

fn language_link(visit: &Visit, language: Language) -> LanguageLink {
    LanguageLink {
        tag: language.tag(),
        name: language::own_name(language),
        href: language::same_page(visit, language),
        current: language == visit.language,
    }
}

/// Renders a page.
#[must_use]
pub fn show<P: Page>(app: &AppState, visit: &Visit, status: StatusCode, page: &P) -> Response {
    let frame = Frame::new(app, visit, page);
    match app.engine.render(visit.language, P::TEMPLATE, &frame, page) {
        Ok(html) => {
            let kind = [(
                CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            )];
            let mut response = (status, kind, html).into_response();
            response.extensions_mut().insert(HasPage);
            if let Some(origin) = page.frame().and_then(origin_of) {
                response.extensions_mut().insert(FrameFrom(origin));
            }
            response
        }
        Err(error) => {
            tracing::error!(
                template = P::TEMPLATE, reference = %visit.reference, error = %format!("{error:#}"),
                "a template failed"
            );
            let last_resort = format!(
                "Something went wrong on our side. Reference {}.\nAlgo falló de nuestra parte. \
                 Referencia {}.\n",
                visit.reference, visit.reference
            );
            let mut response = (StatusCode::INTERNAL_SERVER_ERROR, last_resort).into_response();
            response.extensions_mut().insert(HasPage);
            response
        }
    }
}

/// Renders a page that holds nothing about anybody: a browser may keep it for a minute, which is
/// how long "open now" may be old.
#[must_use]
pub fn show_public<P: Page>(app: &AppState, visit: &Visit, page: &P) -> Response {
    let mut response = show(app, visit, StatusCode::OK, page);
    let headers = response.headers_mut();
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=60"),
    );
    headers.insert(VARY, HeaderValue::from_static("Cookie"));
    response
}
