//! Forms that only our own pages may send: a token per session in every form, and the browser's own
//! word on where a request comes from.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, header};

use crate::error::Problem;
use crate::state::AppState;
use crate::visit::is_machine;

/// The name of the field with the token.
pub const FIELD: &str = "csrf";

/// Middleware: refuses a request that changes something and that the browser says another site
/// made. Programs that are no browsers send neither header and are held to the token.
pub async fn same_origin(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let machine = is_machine(request.uri().path());
    if !safe && !machine && !is_ours(&app, request.headers()) {
        return Problem::forged().into_response();
    }
    next.run(request).await
}

fn is_ours(app: &AppState, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else {
        return true;
    };
    if origin == app.ctx.settings.public_url {
        return true;
    }
    // Reached by another name, such as an address on the local network: the host must be the same.
    let host = origin.split_once("://").map(|(_, host)| host);
    !app.https() && host.is_some() && host == text(header::HOST.as_str())
}

/// True if the token sent with a form is the session's. Takes the same time wherever they differ.
#[must_use]
pub fn holds(session_token: &str, sent: &str) -> bool {
    let (a, b) = (session_token.as_bytes(), sent.as_bytes());
    let difference = a
        .iter()
        .zip(b)
        .fold(0_u8, |so_far, (x, y)| so_far | (x ^ y));
    !a.is_empty() && a.len() == b.len() && difference == 0
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn only_the_whole_token_holds() {
        assert!(holds("abc", "abc"));
        for sent in ["", "ab", "abd", "abcd"] {
            assert!(!holds("abc", sent), "{sent}");
        }
        assert!(!holds("", ""));
    }
}
