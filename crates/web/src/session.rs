//! The session cookie.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use usecases::identity::Opened;
use usecases::sessions::{self, Session};

use crate::error::Problem;
use crate::state::AppState;
use crate::visit::Visit;

/// The cookie's name: with the `__Host-` prefix over https, where the browser then keeps it to this
/// host, this path and secure connections. Browsers refuse the prefix over plain http.
#[must_use]
pub fn cookie_name(app: &AppState) -> &'static str {
    if app.https() {
        "__Host-session"
    } else {
        "session"
    }
}

/// The name of the cookie of staff: another than that of members, so that neither stands for the
/// other.
#[must_use]
pub fn staff_cookie_name(app: &AppState) -> &'static str {
    if app.https() { "__Host-staff" } else { "staff" }
}

/// The token of staff in the request's cookies.
#[must_use]
pub fn staff_token(app: &AppState, headers: &HeaderMap) -> Option<String> {
    cookie(headers, staff_cookie_name(app)).filter(|token| (32..=128).contains(&token.len()))
}

/// Puts the token of a session of staff into the browser, for as long as the browser runs.
#[must_use]
pub fn with_staff_token(app: &AppState, response: Response, token: &str) -> Response {
    with_cookie(app, response, staff_cookie_name(app), token)
}

/// The token in the request's cookies.
#[must_use]
pub fn token(app: &AppState, headers: &HeaderMap) -> Option<String> {
    cookie(headers, cookie_name(app)).filter(|token| (32..=128).contains(&token.len()))
}

/// A cookie's value.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Puts the session's token into the browser, for as long as the browser runs.
#[must_use]
pub fn with_token(app: &AppState, response: Response, token: &str) -> Response {
    with_cookie(app, response, cookie_name(app), token)
}

/// The name of the cookie by which a device is known again.
fn device_cookie_name(app: &AppState) -> &'static str {
    if app.https() {
        "__Host-device"
    } else {
        "device"
    }
}

/// The cookie by which the device is known again; empty without one.
#[must_use]
pub fn device_cookie(app: &AppState, headers: &HeaderMap) -> String {
    cookie(headers, device_cookie_name(app))
        .filter(|token| (32..=128).contains(&token.len()))
        .unwrap_or_default()
}

/// Puts a new sign-in into the browser: its session as long as the browser runs, and the cookie by
/// which the device is known again for a year.
#[must_use]
pub fn with_sign_in(app: &AppState, response: Response, opened: &Opened) -> Response {
    let mut response = with_token(app, response, &opened.token);
    let secure = if app.https() { "; Secure" } else { "" };
    let value = format!(
        "{}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}",
        device_cookie_name(app),
        opened.device
    );
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

fn with_cookie(app: &AppState, mut response: Response, name: &str, token: &str) -> Response {
    let secure = if app.https() { "; Secure" } else { "" };
    let value = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Puts a mark into the browser that nothing reads: browsers drop pages that they keep for Back
/// when such a cookie changes, as they do at sign-out.
#[must_use]
pub fn with_mark(app: &AppState, mut response: Response, mark: &str) -> Response {
    let (name, secure) = if app.https() {
        ("__Host-paid", "; Secure")
    } else {
        ("paid", "")
    };
    let value = format!("{name}={mark}; Path=/; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// The visit's session, or a fresh one with the token to put into the browser.
///
/// # Errors
/// If the database does not answer.
pub async fn ensure(
    app: &AppState,
    visit: &mut Visit,
) -> Result<(Session, Option<String>), Problem> {
    if let Some(session) = &visit.session {
        return Ok((session.clone(), None));
    }
    let (token, session) = sessions::start(&app.ctx, visit.language, &visit.device).await?;
    visit.session = Some(session.clone());
    Ok((session, Some(token)))
}

/// Adds the cookie of a fresh session, if there is one.
#[must_use]
pub fn with_fresh(app: &AppState, response: Response, token: Option<&str>) -> Response {
    match token {
        Some(token) => with_token(app, response, token),
        None => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; session=xyz; b=2"),
        );
        headers.append(header::COOKIE, HeaderValue::from_static("c=3"));
        assert_eq!(cookie(&headers, "session").as_deref(), Some("xyz"));
        assert_eq!(cookie(&headers, "c").as_deref(), Some("3"));
        assert_eq!(cookie(&headers, "sess"), None);
    }
}
