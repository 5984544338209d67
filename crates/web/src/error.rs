//! The only table from what went wrong to a status and a page.

use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use usecases::UseCaseError;

use crate::page::{self, Page};
use crate::state::AppState;
use crate::visit::{Visit, is_machine};
use crate::words::Words;

/// Something that ends a request with an error page. The page says the same each time, with a
/// reference that the log has too, and whether money moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident: $status:ident, $code:literal;)+) => {
        impl Problem {
            $($(#[$doc])*
            #[must_use]
            pub fn $name() -> Self {
                Problem { status: StatusCode::$status, code: $code }
            })+
        }

        /// Every kind of error page.
        pub const CODES: &[&str] = &[$($code),+];
    };
}

problems! {
    /// A request that cannot be read.
    bad_request: BAD_REQUEST, "bad-request";
    /// Not for this actor.
    not_allowed: FORBIDDEN, "not-allowed";
    /// A form without the token of this session, or sent by another site.
    forged: FORBIDDEN, "forged";
    /// The session ended, so the page it belonged to is gone.
    session_ended: FORBIDDEN, "session-ended";
    /// No such page, or none that this actor may know of.
    not_found: NOT_FOUND, "not-found";
    /// The page exists, the method does not.
    wrong_method: METHOD_NOT_ALLOWED, "wrong-method";
    /// Somebody changed the same thing.
    conflict: CONFLICT, "conflict";
    /// The half-finished payment is gone.
    errand_gone: GONE, "errand-gone";
    /// More was sent than any form of ours holds.
    too_large: PAYLOAD_TOO_LARGE, "too-large";
    /// Too many tries.
    too_many: TOO_MANY_REQUESTS, "too-many";
    /// A mistake of ours.
    broken: INTERNAL_SERVER_ERROR, "broken";
    /// A mistake of ours after somebody pressed Pay.
    broken_while_paying: INTERNAL_SERVER_ERROR, "broken-while-paying";
    /// Something we need does not answer; nothing was taken.
    unavailable: SERVICE_UNAVAILABLE, "unavailable";
}

impl Problem {
    /// The problem of a bare status, as the router and the limits give it.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::FORBIDDEN => Problem::not_allowed(),
            StatusCode::NOT_FOUND => Problem::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Problem::wrong_method(),
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
            StatusCode::TOO_MANY_REQUESTS => Problem::too_many(),
            StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => Problem::unavailable(),
            status if status.is_client_error() => Problem::bad_request(),
            _ => Problem::broken(),
        }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The same after somebody pressed Pay, when a mistake of ours leaves the outcome open.
    #[must_use]
    pub fn while_paying(self) -> Self {
        if self.code == "broken" {
            Problem::broken_while_paying()
        } else {
            self
        }
    }
}

impl From<UseCaseError> for Problem {
    fn from(error: UseCaseError) -> Self {
        let problem = match &error {
            UseCaseError::NotFound => Problem::not_found(),
            UseCaseError::NotAllowed => Problem::not_allowed(),
            UseCaseError::Refused(refusal) if refusal.code.contains("too-many") => {
                Problem::too_many()
            }
            // A page that expects a refusal shows it beside the field; here none was expected.
            UseCaseError::Refused(_) => Problem::bad_request(),
            UseCaseError::Conflict(_) => Problem::conflict(),
            UseCaseError::Unavailable(_) => Problem::unavailable(),
            UseCaseError::Broken(_) => Problem::broken(),
        };
        if problem.status.is_server_error() {
            tracing::error!(cause = %chain(&error), "a use case failed");
        }
        problem
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Marks an answer whose body is a page already, whatever its status.
#[derive(Clone, Copy)]
pub struct HasPage;

/// Turns an error without a page into one. Machines get the bare status.
#[must_use]
pub fn with_page(app: &AppState, visit: &Visit, path: &str, response: Response) -> Response {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || is_machine(path) || response.extensions().get::<HasPage>().is_some() {
        return response;
    }
    let problem = response
        .extensions()
        .get::<Problem>()
        .cloned()
        .unwrap_or_else(|| Problem::of_status(status));
    if problem.status.is_server_error() {
        tracing::error!(reference = %visit.reference, code = problem.code, "an error page was shown");
    }
    let words = Words::new(visit.language, &app.ctx.plan);
    let mut answer = page::show(
        app,
        visit,
        problem.status,
        &ErrorPage::new(&words, &problem, visit),
    );
    for name in [ALLOW, RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    if problem.status == StatusCode::SERVICE_UNAVAILABLE {
        answer
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("30"));
    }
    answer
}

/// An error page.
#[derive(Serialize)]
pub struct ErrorPage {
    title: String,
    text: String,
    money: String,
    next: String,
    reference: String,
}

impl ErrorPage {
    fn new(words: &Words<'_>, problem: &Problem, visit: &Visit) -> Self {
        let said = |part: &str| words.say(&format!("error-{}-{part}", problem.code), &[]);
        ErrorPage {
            title: said("title"),
            text: said("text"),
            money: said("money"),
            next: said("next"),
            reference: visit.reference.clone(),
        }
    }
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "error.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        CODES
            .iter()
            .map(|code| {
                let said = |part: &str| words.say(&format!("error-{code}-{part}"), &[]);
                ErrorPage {
                    title: said("title"),
                    text: said("text"),
                    money: said("money"),
                    next: said("next"),
                    reference: "7Q4K29XB".to_owned(),
                }
            })
            .collect()
    }
}
