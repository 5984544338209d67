//! Security headers on every answer.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue};

use crate::state::AppState;

/// On a response: the one origin that the page may show in a frame, that of the processor's card
/// fields.
#[derive(Clone)]
pub struct FrameFrom(pub String);

/// On a response: one of our own pages shows it in a frame. It is a message with styles of its own
/// and has no script, form or link that works.
#[derive(Clone, Copy)]
pub struct Framed;

/// Middleware: sets the headers, unless the handler said how its answer may be kept.
pub async fn set(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let frame = response.extensions_mut().remove::<FrameFrom>();
    let framed = response.extensions_mut().remove::<Framed>().is_some();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy(frame.as_ref().map(|f| f.0.as_str()))) {
        let policy = match framed {
            true => HeaderValue::from_static(MESSAGE_POLICY),
            false => policy,
        };
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    let fixed: [(HeaderName, &str); 6] = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, if framed { "SAMEORIGIN" } else { "DENY" }),
        // No address of ours reaches another site.
        (REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if app.https() {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A message in a frame of our own: its styles and nothing else.
const MESSAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; \
     form-action 'none'; frame-ancestors 'self'; base-uri 'none'";

/// Nothing from anywhere, but for our own style sheet, script, icon and forms, and one frame.
fn policy(frame: Option<&str>) -> String {
    let frame = frame.unwrap_or("'none'");
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'; frame-src {frame}; frame-ancestors 'none'; \
         base-uri 'none'; object-src 'none'"
    )
}

/// The origin of an address, if it is one that a frame may come from: `'self'` for a path.
#[must_use]
pub fn origin_of(address: &str) -> Option<String> {
    if address.starts_with('/') {
        return Some("'self'".to_owned());
    }
    let parsed = url::Url::parse(address).ok()?;
    let origin = parsed.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_from_one_origin_and_otherwise_from_nowhere() {
        let origin = origin_of("http://127.0.0.1:4243/frame?session=1").unwrap();
        assert_eq!(origin, "http://127.0.0.1:4243");
        assert!(policy(Some(&origin)).contains("frame-src http://127.0.0.1:4243;"));
        assert!(policy(None).contains("frame-src 'none';"));
        let own = origin_of("/staff/x.html").unwrap();
        assert!(policy(Some(&own)).contains("frame-src 'self';"));
        assert_eq!(origin_of("javascript:alert(1)"), None);
        assert_eq!(origin_of("data:text/html,x"), None);
    }
}
