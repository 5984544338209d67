//! The language of a page: asked for in the address, else remembered, else the plan's own.

use http::{HeaderMap, HeaderValue};
use kernel::Language;

use crate::session::cookie;
use crate::state::AppState;
use crate::visit::Visit;

const COOKIE: &str = "language";

/// The language of the page that answers this request.
#[must_use]
pub fn of_request(app: &AppState, query: &str, headers: &HeaderMap) -> Language {
    asked(app, query)
        .or_else(|| cookie(headers, COOKIE).and_then(|tag| spoken(app, &tag)))
        .unwrap_or_else(|| app.ctx.plan.default_language())
}

/// The cookie that remembers the language asked for in the address, for a year.
#[must_use]
pub fn cookie_if_asked(app: &AppState, visit: &Visit) -> Option<HeaderValue> {
    asked(app, &visit.query).and_then(|language| remember(app, language))
}

/// The cookie that remembers a language.
#[must_use]
pub fn remember(app: &AppState, language: Language) -> Option<HeaderValue> {
    let secure = if app.https() { "; Secure" } else { "" };
    let tag = language.tag();
    HeaderValue::from_str(&format!(
        "{COOKIE}={tag}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}"
    ))
    .ok()
}

/// The same page in another language.
#[must_use]
pub fn same_page(visit: &Visit, language: Language) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(visit.query.as_bytes()) {
        if name != "lang" {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("lang", language.tag());
    format!("{}?{}", visit.path, query.finish())
}

/// What a language calls itself.
#[must_use]
pub fn own_name(language: Language) -> &'static str {
    match language {
        Language::English => "English",
        Language::Spanish => "Español",
    }
}

fn asked(app: &AppState, query: &str) -> Option<Language> {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "lang")
        .and_then(|(_, tag)| spoken(app, &tag))
}

fn spoken(app: &AppState, tag: &str) -> Option<Language> {
    Language::from_tag(tag).filter(|language| app.ctx.plan.speaks(*language))
}
