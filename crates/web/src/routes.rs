//! Every address of the program, once, with who may come.

mod staff_routes;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use identity::Role;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::state::AppState;
use crate::visit::{self, RoutePattern};
use crate::{
    assets, autopay, csrf, guest, headers, limits, machine, member, pay, public, styleguide,
};

/// Who may come to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Anybody. The page holds nothing about anybody and reads no database.
    Public,
    /// Anybody, with a session for forms that are under way.
    Visitor,
    /// Members who signed in; others are sent to the sign-in page.
    Member,
    /// Anybody, with the session of staff: where staff come in.
    StaffDoor,
    /// Staff with one of these roles; others are sent to the sign-in page of staff.
    Staff(&'static [Role]),
    /// Other programs.
    Machine,
    /// Anybody, in the demonstration and while developing only.
    Development,
}

/// One address.
pub struct Route {
    /// The address, with names in braces for what varies.
    pub path: &'static str,
    /// Who may come.
    pub audience: Audience,
    /// The methods it answers.
    pub methods: &'static [&'static str],
    handler: MethodRouter<AppState>,
}

const GET: &[&str] = &["GET"];
const POST: &[&str] = &["POST"];
const BOTH: &[&str] = &["GET", "POST"];

fn route(
    audience: Audience,
    methods: &'static [&'static str],
    path: &'static str,
    handler: MethodRouter<AppState>,
) -> Route {
    Route {
        path,
        audience,
        methods,
        handler,
    }
}

/// Every address, grouped by who may come.
#[must_use]
pub fn all() -> Vec<Route> {
    let mut routes = everybody();
    routes.extend(guests());
    routes.extend(coming_in());
    routes.extend(members());
    routes.extend(members_themselves());
    routes.extend(members_security());
    routes.extend(methods_of_members());
    routes.extend(paperless());
    routes.extend(members_on_autopay());
    routes.extend(members_paying());
    routes.extend(members_papers());
    routes.extend(staff_routes::delegates());
    routes.extend(staff_routes::staff_door());
    routes.extend(staff_routes::staff_pages());
    routes.extend(staff_routes::accounts());
    routes.extend(staff_routes::suspense());
    routes.extend(staff_routes::settings());
    routes.extend(staff_routes::counter());
    routes.extend(staff_routes::help_links());
    routes.extend(machines());
    routes
}

fn everybody() -> Vec<Route> {
    let to = |path, handler| route(Audience::Public, GET, path, handler);
    vec![
        to("/", get(public::plans::get)),
        to("/pay/{line}", get(public::pay::get)),
        to("/help", get(public::help::get)),
        to("/language", get(public::help::language)),
        to("/guest", get(guest::start::get)),
        to(
            "/.well-known/change-password",
            get(member::sign_in::change_password),
        ),
        to("/assets/{name}", get(assets::get)),
        to("/bank", get(pay::bank::look_up)),
        route(
            Audience::Development,
            GET,
            "/styleguide",
            get(styleguide::get),
        ),
    ]
}

fn guests() -> Vec<Route> {
    let one = |path, handler| route(Audience::Visitor, GET, path, handler);
    let form = |path, handler| route(Audience::Visitor, BOTH, path, handler);
    let act = |path, handler| route(Audience::Visitor, POST, path, handler);
    vec![
        form(
            "/guest/identify",
            get(guest::identify::get).post(guest::identify::post),
        ),
        one("/guest/{errand}/identify", get(guest::identify::again)),
        form(
            "/guest/{errand}/account",
            get(guest::accounts::get).post(guest::accounts::post),
        ),
        form(
            "/guest/{errand}/amount",
            get(pay::amount::get).post(pay::amount::post),
        ),
        form(
            "/guest/{errand}/method",
            get(pay::method::get).post(pay::method::post),
        ),
        form(
            "/guest/{errand}/card",
            get(pay::card::get).post(pay::card::post),
        ),
        one("/guest/{errand}/card/return", get(pay::card::back)),
        form(
            "/guest/{errand}/bank",
            get(pay::bank::get).post(pay::bank::post),
        ),
        form(
            "/guest/{errand}/review",
            get(pay::review::get).post(pay::review::post),
        ),
        form(
            "/guest/{errand}/sending",
            get(pay::sending::get).post(pay::sending::post),
        ),
        one("/guest/{errand}/status", get(pay::sending::status)),
        one("/guest/{errand}/receipt", get(pay::outcome::get)),
        one("/guest/{errand}/receipt.pdf", get(pay::outcome::get_pdf)),
        one("/guest/{errand}/sent", get(pay::outcome::sent)),
        act("/guest/{errand}/again", post(pay::sending::again)),
    ]
}

fn coming_in() -> Vec<Route> {
    let one = |path, handler| route(Audience::Visitor, GET, path, handler);
    let form = |path, handler| route(Audience::Visitor, BOTH, path, handler);
    let act = |path, handler| route(Audience::Visitor, POST, path, handler);
    use member::{forgot, passkey, register, second, sign_in};
    vec![
        form("/sign-in", get(sign_in::get).post(sign_in::post)),
        act("/sign-out", post(sign_in::sign_out)),
        one("/signed-out", get(sign_in::signed_out)),
        act("/session/extend", post(sign_in::extend)),
        one("/session/left", get(sign_in::left)),
        form("/sign-in/passkey", get(passkey::get).post(passkey::post)),
        form(
            "/sign-in/{errand}/second",
            get(second::get).post(second::post),
        ),
        form("/forgot", get(forgot::get).post(forgot::post)),
        form(
            "/forgot/{errand}",
            get(forgot::found).post(forgot::found_post),
        ),
        form(
            "/forgot/{errand}/code",
            get(forgot::code).post(forgot::code_post),
        ),
        form(
            "/forgot/{errand}/second",
            get(forgot::second).post(forgot::second_post),
        ),
        form("/register", get(register::find).post(register::find_post)),
        form(
            "/register/{errand}/email",
            get(register::email).post(register::email_post),
        ),
        form(
            "/register/{errand}/code",
            get(register::code).post(register::code_post),
        ),
        form(
            "/register/{errand}/password",
            get(register::password).post(register::password_post),
        ),
    ]
}

fn members() -> Vec<Route> {
    let one = |path, handler| route(Audience::Member, GET, path, handler);
    use member::{history, home, invoices};
    vec![
        one("/account", get(home::get)),
        one("/account/{account}/invoices", get(invoices::list)),
        one("/account/{account}/invoices/{invoice}", get(invoices::one)),
        one(
            "/account/{account}/invoices/{invoice}/invoice.pdf",
            get(invoices::pdf),
        ),
        one("/account/{account}/payments", get(history::get)),
        one("/account/{account}/payments.csv", get(history::csv)),
        one(
            "/account/{account}/payments/{payment}",
            get(pay::outcome::of_member),
        ),
        one(
            "/account/{account}/payments/{payment}/receipt.pdf",
            get(pay::outcome::of_member_pdf),
        ),
    ]
}

fn members_themselves() -> Vec<Route> {
    let one = |path, handler| route(Audience::Member, GET, path, handler);
    let form = |path, handler| route(Audience::Member, BOTH, path, handler);
    use member::{choose, contact, help};
    vec![
        one("/account/pay", get(choose::pay)),
        one("/account/autopay", get(choose::autopay)),
        one("/account/help", get(help::get)),
        one("/account/contact", get(contact::get)),
        form(
            "/account/contact/phone",
            get(contact::phone).post(contact::phone_post),
        ),
        form(
            "/account/contact/reading",
            get(contact::reading).post(contact::reading_post),
        ),
        form(
            "/account/contact/email",
            get(contact::email).post(contact::email_post),
        ),
        form(
            "/account/contact/email/{errand}",
            get(contact::code).post(contact::code_post),
        ),
    ]
}

fn members_security() -> Vec<Route> {
    let one = |path, handler| route(Audience::Member, GET, path, handler);
    let form = |path, handler| route(Audience::Member, BOTH, path, handler);
    let act = |path, handler| route(Audience::Member, POST, path, handler);
    use member::{confirm, factors, security};
    vec![
        one("/account/security", get(security::get)),
        form(
            "/account/security/confirm",
            get(confirm::get).post(confirm::post),
        ),
        form(
            "/account/security/password",
            get(security::password).post(security::password_post),
        ),
        form(
            "/account/security/passkey",
            get(factors::passkey).post(factors::passkey_post),
        ),
        act(
            "/account/security/authenticator",
            post(factors::begin_authenticator),
        ),
        form(
            "/account/security/authenticator/{errand}",
            get(factors::authenticator).post(factors::authenticator_post),
        ),
        one(
            "/account/security/authenticator/{errand}/code.svg",
            get(factors::authenticator_picture),
        ),
        form(
            "/account/security/email",
            get(factors::email).post(factors::email_post),
        ),
        form(
            "/account/security/recovery",
            get(factors::recovery).post(factors::make_recovery),
        ),
        form(
            "/account/security/recovery/{errand}",
            get(factors::recovery_codes).post(factors::recovery_kept),
        ),
        form(
            "/account/security/factors/{factor}/remove",
            get(factors::remove).post(factors::remove_post),
        ),
        act(
            "/account/security/devices/forget",
            post(security::forget_device),
        ),
        act(
            "/account/security/sessions/end",
            post(security::end_session),
        ),
        act(
            "/account/security/sessions/end-others",
            post(security::end_others),
        ),
    ]
}

fn methods_of_members() -> Vec<Route> {
    let one = |path, handler| route(Audience::Member, GET, path, handler);
    let form = |path, handler| route(Audience::Member, BOTH, path, handler);
    let act = |path, handler| route(Audience::Member, POST, path, handler);
    use member::methods::{self, bank, card, one as single};
    vec![
        one("/account/methods", get(methods::get)),
        act("/account/methods/card", post(card::begin)),
        form(
            "/account/methods/card/{errand}",
            get(card::get).post(card::post),
        ),
        one("/account/methods/card/{errand}/return", get(card::back)),
        form("/account/methods/bank", get(bank::get).post(bank::post)),
        form(
            "/account/methods/{method}/deposits",
            get(bank::deposits).post(bank::deposits_post),
        ),
        form(
            "/account/methods/{method}/name",
            get(single::name).post(single::name_post),
        ),
        act("/account/methods/{method}/default", post(single::default)),
        act("/account/methods/{method}/validate", post(single::validate)),
        form(
            "/account/methods/{method}/remove",
            get(single::remove).post(single::remove_post),
        ),
    ]
}

fn paperless() -> Vec<Route> {
    let one = |path, handler| route(Audience::Member, GET, path, handler);
    let form = |path, handler| route(Audience::Member, BOTH, path, handler);
    let act = |path, handler| route(Audience::Member, POST, path, handler);
    use member::{paperless, unsubscribe};
    vec![
        form(
            "/account/paperless",
            get(paperless::get).post(paperless::post),
        ),
        act("/account/paperless/agree", post(paperless::start)),
        form(
            "/account/paperless/agree/{errand}",
            get(paperless::agree).post(paperless::agree_post),
        ),
        one(
            "/account/paperless/agree/{errand}/sample.pdf",
            get(paperless::sample),
        ),
        act("/account/paperless/withdraw", post(paperless::withdraw)),
        act("/account/paperless/reminders", post(paperless::reminders)),
        act("/account/paperless/send-proof", post(paperless::send_proof)),
        form(
            "/account/paperless/proof",
            get(paperless::proof).post(paperless::proof_post),
        ),
        route(
            Audience::Visitor,
            BOTH,
            "/unsubscribe/{token}",
            get(unsubscribe::get).post(unsubscribe::post),
        ),
    ]
}

fn members_on_autopay() -> Vec<Route> {
    let one = |path, handler| route(Audience::Member, GET, path, handler);
    let form = |path, handler| route(Audience::Member, BOTH, path, handler);
    let act = |path, handler| route(Audience::Member, POST, path, handler);
    use autopay::{choose, overview, review, skip, stop};
    vec![
        one("/account/{account}/autopay", get(overview::get)),
        one(
            "/account/{account}/autopay/authorisation.pdf",
            get(overview::authorisation),
        ),
        form(
            "/account/{account}/autopay/choose",
            get(choose::get).post(choose::post),
        ),
        form(
            "/account/{account}/autopay/{errand}/review",
            get(review::get).post(review::post),
        ),
        act("/account/{account}/autopay/skip", post(skip::skip)),
        act("/account/{account}/autopay/unskip", post(skip::unskip)),
        form(
            "/account/{account}/autopay/stop",
            get(stop::get).post(stop::post),
        ),
    ]
}

fn members_paying() -> Vec<Route> {
    let one = |path, handler| route(Audience::Member, GET, path, handler);
    let form = |path, handler| route(Audience::Member, BOTH, path, handler);
    let act = |path, handler| route(Audience::Member, POST, path, handler);
    vec![
        form(
            "/account/{account}/pay",
            get(pay::amount::start).post(pay::amount::start_post),
        ),
        form(
            "/account/{account}/pay/{errand}/amount",
            get(pay::amount::get).post(pay::amount::post),
        ),
        form(
            "/account/{account}/pay/{errand}/method",
            get(pay::method::get).post(pay::method::post),
        ),
        form(
            "/account/{account}/pay/{errand}/card",
            get(pay::card::get).post(pay::card::post),
        ),
        one(
            "/account/{account}/pay/{errand}/card/return",
            get(pay::card::back),
        ),
        form(
            "/account/{account}/pay/{errand}/bank",
            get(pay::bank::get).post(pay::bank::post),
        ),
        form(
            "/account/{account}/pay/{errand}/review",
            get(pay::review::get).post(pay::review::post),
        ),
        form(
            "/account/{account}/pay/{errand}/sending",
            get(pay::sending::get).post(pay::sending::post),
        ),
        one(
            "/account/{account}/pay/{errand}/status",
            get(pay::sending::status),
        ),
        one(
            "/account/{account}/pay/{errand}/receipt",
            get(pay::outcome::get),
        ),
        one(
            "/account/{account}/pay/{errand}/receipt.pdf",
            get(pay::outcome::get_pdf),
        ),
        one(
            "/account/{account}/pay/{errand}/sent",
            get(pay::outcome::sent),
        ),
        act(
            "/account/{account}/pay/{errand}/again",
            post(pay::sending::again),
        ),
    ]
}

fn members_papers() -> Vec<Route> {
    let one = |path, handler| route(Audience::Member, GET, path, handler);
    let form = |path, handler| route(Audience::Member, BOTH, path, handler);
    use member::{calendar, documents, id_card};
    vec![
        one("/account/documents", get(documents::get)),
        one(
            "/account/documents/kept/{document}/document.pdf",
            get(documents::kept),
        ),
        one(
            "/account/documents/{year}/payments.pdf",
            get(documents::year),
        ),
        form(
            "/account/documents/calendar",
            get(calendar::get).post(calendar::post),
        ),
        one("/account/documents/due-dates.ics", get(calendar::coming)),
        one(
            "/account/{account}/invoices/{invoice}/due-date.ics",
            get(calendar::of_invoice),
        ),
        one("/account/id-card", get(id_card::get)),
        one("/account/{account}/id-card.pdf", get(id_card::pdf)),
        one(
            "/account/{account}/id-card/{person}/card.pdf",
            get(id_card::pdf_of_one),
        ),
        form(
            "/account/{account}/id-card/{person}",
            get(id_card::order).post(id_card::order_post),
        ),
    ]
}

fn machines() -> Vec<Route> {
    vec![
        // The token in the address is all that a calendar program has: no session, no cookie.
        route(
            Audience::Machine,
            GET,
            "/calendar/{token}",
            get(member::calendar::feed),
        ),
        route(
            Audience::Machine,
            POST,
            "/webhooks/card",
            post(machine::webhooks::card),
        ),
        route(
            Audience::Machine,
            POST,
            "/api/v1/payments",
            post(machine::payments::post),
        ),
        route(
            Audience::Machine,
            GET,
            "/api/v1/payments/{account}/{payment}",
            get(machine::payments::get),
        ),
        route(
            Audience::Machine,
            GET,
            "/health",
            get(machine::health::alive),
        ),
        route(
            Audience::Machine,
            GET,
            "/ready",
            get(machine::health::ready),
        ),
    ]
}

/// The whole site. Serve it with the address of each client:
/// `router(app).into_make_service_with_connect_info::<SocketAddr>()`.
pub fn router(app: AppState) -> Router {
    let mut router = Router::new();
    for route in all() {
        if route.audience == Audience::Development && !app.settings.styleguide {
            continue;
        }
        router = router.route(route.path, guarded(&app, route));
    }
    router
        .layer(RequestBodyLimitLayer::new(limits::LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(
            http::StatusCode::SERVICE_UNAVAILABLE,
            limits::LONGEST_REQUEST,
        ))
        .layer(from_fn_with_state(app.clone(), csrf::same_origin))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(app.clone(), visit::attach))
        .layer(from_fn_with_state(app.clone(), headers::set))
        .with_state(app)
}

/// The handler behind what its audience must pass.
fn guarded(app: &AppState, route: Route) -> MethodRouter<AppState> {
    let has_page = route.methods.contains(&"GET");
    let Route {
        path,
        audience,
        handler,
        ..
    } = route;
    let named = from_fn_with_state(path, name_route);
    let session = from_fn_with_state(app.clone(), visit::load_session);
    let staff_session = from_fn_with_state(app.clone(), visit::load_staff_session);
    match audience {
        // Compressed only where no page holds a secret next to something a stranger chose.
        Audience::Public | Audience::Development => {
            handler.layer(CompressionLayer::new()).layer(named)
        }
        Audience::Machine => handler.layer(named),
        Audience::Visitor => handler.layer(session).layer(named),
        Audience::Member => handler
            .layer(from_fn_with_state(
                (app.clone(), has_page),
                visit::need_member,
            ))
            .layer(session)
            .layer(named),
        Audience::StaffDoor => handler.layer(staff_session).layer(named),
        Audience::Staff(roles) => handler
            .layer(from_fn_with_state(roles, visit::need_staff))
            .layer(staff_session)
            .layer(named),
    }
}

async fn name_route(State(path): State<&'static str>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.extensions_mut().insert(RoutePattern(path));
    response
}
