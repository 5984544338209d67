//! Who is visiting: language, session, address, and the reference that pages and logs share.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use identity::Role;
use kernel::{AccountId, ErrandId, Language, StaffId};
use sha2::{Digest as _, Sha256};
use usecases::Actor;
use usecases::delegates::{self, Helping};
use usecases::sessions::{self, Session};
use usecases::staff::{self, StaffMember};

use crate::error::{self, Problem};
use crate::state::AppState;
use crate::{form, language, session};

/// One request, as every handler sees it.
#[derive(Clone)]
pub struct Visit {
    /// The language of the page.
    pub language: Language,
    /// The session, on routes that have one.
    pub session: Option<Session>,
    /// Who of the staff signed in, on routes of staff. Never together with a member.
    pub staff: Option<StaffMember>,
    /// Who of the staff gave the right password and still owes the second factor.
    pub half_signed_in: Option<StaffId>,
    /// In whose account the visitor is, if it is somebody else's.
    pub helping: Option<Helping>,
    /// The network address. Never logged.
    pub address: String,
    /// The browser's own name, at most 200 characters.
    pub device: String,
    /// The cookie by which the device is known again; empty without one.
    pub device_cookie: String,
    /// The path of the address.
    pub path: String,
    /// The query of the address, without the question mark.
    pub query: String,
    /// What an error page shows and the log repeats.
    pub reference: String,
}

impl Visit {
    /// Who is asking.
    #[must_use]
    pub fn actor(&self) -> Actor {
        if let Some(member) = &self.staff {
            return Actor::Staff {
                staff: member.staff,
                role: member.role,
                address: self.address.clone(),
            };
        }
        let session = self.session.as_ref();
        match session.and_then(|session| session.login.zip(session.person)) {
            Some((login, person)) => Actor::Member {
                login,
                person,
                address: self.address.clone(),
            },
            None => Actor::Guest {
                address: self.address.clone(),
            },
        }
    }

    /// True if a member is signed in.
    #[must_use]
    pub fn signed_in(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| session.login.is_some())
    }

    /// A value of the query, decoded; the first if it is there more than once.
    #[must_use]
    pub fn asked(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The session.
    ///
    /// # Errors
    /// [`Problem::session_ended`] without one.
    pub fn need_session(&self) -> Result<&Session, Problem> {
        self.session.as_ref().ok_or_else(Problem::session_ended)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Visit>().cloned().ok_or_else(|| {
            tracing::error!("a route is outside the visit layer");
            Problem::broken()
        })
    }
}

/// Middleware around everything: makes the [`Visit`], turns bare errors into pages, remembers the
/// language that was asked for, and logs the request without anything personal.
pub async fn attach(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let visit = of_request(&app, &request);
    request.extensions_mut().insert(visit.clone());
    let mut response = next.run(request).await;
    let route = response
        .extensions_mut()
        .remove::<RoutePattern>()
        .map_or("-", |route| route.0);
    response = error::with_page(&app, &visit, &path, response);
    if let Some(cookie) = language::cookie_if_asked(&app, &visit) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    if let Ok(value) = HeaderValue::from_str(&visit.reference) {
        response.headers_mut().insert("x-request-id", value);
    }
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::info!(
        %method, route, status = response.status().as_u16(), micros,
        reference = %visit.reference, "request"
    );
    response
}

/// The route that answered, as it is written in the table; addresses themselves are not logged.
#[derive(Clone, Copy)]
pub struct RoutePattern(pub &'static str);

/// Middleware of routes that have a session: finds it by the cookie.
pub async fn load_session(
    State(app): State<AppState>,
    mut visit: Visit,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(token) = session::token(&app, request.headers()) {
        // Pages that ask by themselves are not a person who does something.
        let found = if asks_by_itself(&visit.path) {
            sessions::peek(&app.ctx, &token).await
        } else {
            sessions::find(&app.ctx, &token).await
        };
        match found {
            Ok(found) => visit.session = found,
            Err(error) => return Problem::from(error).into_response(),
        }
    }
    request.extensions_mut().insert(visit);
    next.run(request).await
}

/// True for addresses that pages of ours ask without anybody doing something.
fn asks_by_itself(path: &str) -> bool {
    path == "/session/left" || path.ends_with("/status")
}

/// Middleware of routes for members only: sends everybody else to the sign-in page. A form that
/// comes too late is kept, where its page has one (`has_page`), and is there again after signing
/// in. Notes in whose account the page is, if it is somebody else's, so that every such page says
/// so.
pub async fn need_member(
    State((app, has_page)): State<(AppState, bool)>,
    mut visit: Visit,
    mut request: Request,
    next: Next,
) -> Response {
    if visit.signed_in() {
        if let Some(account) = account_of(&visit.path) {
            match delegates::helping(&app.ctx, &visit.actor(), account).await {
                Ok(helping) => visit.helping = helping,
                Err(error) => return Problem::from(error).into_response(),
            }
            request.extensions_mut().insert(visit);
        }
        return next.run(request).await;
    }
    if request.method() == http::Method::GET {
        let next: String = url::form_urlencoded::byte_serialize(visit.path.as_bytes()).collect();
        return Redirect::to(&format!("/sign-in?next={next}")).into_response();
    }
    if has_page {
        return form::keep_for_later(&app, visit, request)
            .await
            .unwrap_or_else(Problem::into_response);
    }
    Problem::session_ended().into_response()
}

/// Middleware of routes of staff: finds their session by their own cookie, and no other.
pub async fn load_staff_session(
    State(app): State<AppState>,
    mut visit: Visit,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(token) = session::staff_token(&app, request.headers()) {
        match staff::sessions::find(&app.ctx, &token).await {
            Ok(Some(found)) => {
                visit.session = Some(found.session);
                visit.staff = found.staff;
                visit.half_signed_in = found.half_signed_in;
            }
            Ok(None) => {}
            Err(error) => return Problem::from(error).into_response(),
        }
    }
    request.extensions_mut().insert(visit);
    next.run(request).await
}

/// Middleware of routes for staff with certain roles: sends those who are not signed in to their
/// sign-in page and refuses the others.
pub async fn need_staff(
    State(roles): State<&'static [Role]>,
    visit: Visit,
    request: Request,
    next: Next,
) -> Response {
    match &visit.staff {
        Some(member) if roles.contains(&member.role) => next.run(request).await,
        Some(_) => Problem::not_allowed().into_response(),
        None if request.method() == http::Method::GET => {
            let next: String =
                url::form_urlencoded::byte_serialize(visit.path.as_bytes()).collect();
            Redirect::to(&format!("/staff/sign-in?next={next}")).into_response()
        }
        None => Problem::session_ended().into_response(),
    }
}

/// The account that a page of a member is about.
fn account_of(path: &str) -> Option<AccountId> {
    path.strip_prefix("/account/")?
        .split('/')
        .next()
        .and_then(AccountId::parse)
}

fn of_request(app: &AppState, request: &Request) -> Visit {
    let uri = request.uri();
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|peer| peer.0.ip());
    let query = uri.query().unwrap_or("").to_owned();
    Visit {
        language: language::of_request(app, &query, request.headers()),
        session: None,
        staff: None,
        half_signed_in: None,
        helping: None,
        address: client_address(app, peer, request.headers()),
        device: device(request.headers()),
        device_cookie: session::device_cookie(app, request.headers()),
        path: uri.path().to_owned(),
        query,
        reference: reference(app),
    }
}

/// The browser's own name. Processors want one as evidence of an authorisation, so there always is
/// one.
fn device(headers: &HeaderMap) -> String {
    let name: String = header_text(headers, header::USER_AGENT.as_str())
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    if name.trim().is_empty() {
        "not said".to_owned()
    } else {
        name
    }
}

/// The address of the client: the peer, or, if the peer is a proxy that the operator named, the
/// last address in `X-Forwarded-For` that is not such a proxy.
fn client_address(app: &AppState, peer: Option<IpAddr>, headers: &HeaderMap) -> String {
    let trusted = &app.settings.trusted_proxies;
    let Some(peer) = peer else {
        return String::new();
    };
    if !trusted.contains(&peer) {
        return peer.to_string();
    }
    header_text(headers, "x-forwarded-for")
        .rsplit(',')
        .filter_map(|part| part.trim().parse::<IpAddr>().ok())
        .find(|address| !trusted.contains(address))
        .unwrap_or(peer)
        .to_string()
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
}

/// Eight letters and digits that are easy to read out. They only have to differ from each other.
fn reference(app: &AppState) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut digest = Sha256::new();
    digest.update(app.ctx.now().as_microsecond().to_be_bytes());
    digest.update(COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    let digest = digest.finalize();
    digest
        .iter()
        .take(8)
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect()
}

/// True for addresses that machines call and that answer without a page.
#[must_use]
pub fn is_machine(path: &str) -> bool {
    [
        "/webhooks/",
        "/api/",
        "/health",
        "/ready",
        "/assets/",
        "/calendar/",
    ]
    .iter()
    .any(|start| path.starts_with(start))
}

/// Where to go after signing in: an address of ours that a member page asked for, with the form
/// that was kept for it if there is one; else the dashboard.
#[must_use]
pub fn next_after_sign_in(asked: Option<&str>) -> String {
    let ours = |whole: &&str| {
        let (path, query) = whole.split_once('?').unwrap_or((whole, "form="));
        let kept = query.strip_prefix("form=");
        let kept = kept.is_some_and(|id| id.is_empty() || ErrandId::parse(id).is_some());
        let of_page = path.starts_with("/account") || path.starts_with("/delegate/");
        of_page && !path.contains(['\\', '\r', '\n', '#']) && kept
    };
    asked.filter(ours).unwrap_or("/account").to_owned()
}

/// 303, so that Back and reload never send a form again.
#[must_use]
pub fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(_) => Problem::bad_request().into_response(),
    }
}
