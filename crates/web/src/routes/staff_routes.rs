//! The addresses of staff, and of people whom a member gave rights.

use axum::routing::{get, post};
use identity::Role;

use super::{Audience, BOTH, GET, POST, Route, route};
use crate::{delegate, member, staff};

pub(super) fn delegates() -> Vec<Route> {
    let form = |audience, path, handler| route(audience, BOTH, path, handler);
    use member::delegates;
    vec![
        route(
            Audience::Member,
            GET,
            "/account/delegates",
            get(member::choose::delegates),
        ),
        route(
            Audience::Member,
            GET,
            "/account/{account}/delegates",
            get(delegates::list),
        ),
        form(
            Audience::Member,
            "/account/{account}/delegates/new",
            get(delegates::new).post(delegates::new_post),
        ),
        route(
            Audience::Member,
            POST,
            "/account/{account}/delegates/{delegation}/end",
            post(delegates::end),
        ),
        route(
            Audience::Member,
            POST,
            "/account/{account}/give-back",
            post(delegates::give_back),
        ),
        form(
            Audience::Visitor,
            "/delegate/{token}",
            get(delegate::get).post(delegate::post),
        ),
        form(
            Audience::Visitor,
            "/delegate/{token}/register",
            get(delegate::register).post(delegate::register_post),
        ),
    ]
}

pub(super) fn staff_door() -> Vec<Route> {
    let one = |path, handler| route(Audience::StaffDoor, GET, path, handler);
    let form = |path, handler| route(Audience::StaffDoor, BOTH, path, handler);
    let act = |path, handler| route(Audience::StaffDoor, POST, path, handler);
    use staff::{set_up, sign_in};
    vec![
        form("/staff/sign-in", get(sign_in::get).post(sign_in::post)),
        form(
            "/staff/sign-in/second",
            get(sign_in::second).post(sign_in::second_post),
        ),
        act("/staff/sign-in/provider", post(sign_in::provider)),
        one("/staff/sign-in/return", get(sign_in::provider_return)),
        act("/staff/sign-out", post(sign_in::sign_out)),
        form("/staff/set-up/{token}", get(set_up::get).post(set_up::post)),
        form(
            "/staff/set-up/{token}/{errand}",
            get(set_up::authenticator).post(set_up::authenticator_post),
        ),
    ]
}

/// Everybody on the staff.
const EVERY_ROLE: &[Role] = &Role::ALL;
/// Who may look at members.
const SEES_MEMBERS: &[Role] = &[
    Role::Associate,
    Role::Billing,
    Role::Supervisor,
    Role::Auditor,
];
/// Who sees money in suspense.
const SEES_SUSPENSE: &[Role] = &[Role::Billing, Role::Supervisor, Role::Auditor];
/// Who decides about it.
const DECIDES: &[Role] = &[Role::Billing, Role::Supervisor];
/// Who serves members at the counter.
const SERVES: &[Role] = &[Role::Associate, Role::Billing, Role::Supervisor];
const SUPERVISOR: &[Role] = &[Role::Supervisor];
const ADMINISTRATOR: &[Role] = &[Role::Administrator];
/// Who proposes changes of them.
const PROPOSES_SETTINGS: &[Role] = &usecases::settings::change::PROPOSE;
/// Who sees the settings of the plan.
const SEES_SETTINGS: &[Role] = &usecases::settings::SEE;

pub(super) fn staff_pages() -> Vec<Route> {
    let to = |roles, methods, path, handler| route(Audience::Staff(roles), methods, path, handler);
    use staff::{autopay, dashboard, home, late, people, received};
    vec![
        to(EVERY_ROLE, GET, "/staff", get(home::get)),
        to(
            EVERY_ROLE,
            POST,
            "/staff/end-others",
            post(home::end_others),
        ),
        to(SEES_MEMBERS, GET, "/staff/autopay", get(autopay::get)),
        to(
            SUPERVISOR,
            POST,
            "/staff/autopay/release",
            post(autopay::release),
        ),
        to(SEES_MEMBERS, GET, "/staff/dashboard", get(dashboard::get)),
        to(SEES_MEMBERS, GET, "/staff/late", get(late::get)),
        to(SEES_MEMBERS, GET, "/staff/received", get(received::get)),
        to(SEES_MEMBERS, GET, "/staff/received.csv", get(received::csv)),
        to(ADMINISTRATOR, GET, "/staff/people", get(people::list)),
        to(
            ADMINISTRATOR,
            BOTH,
            "/staff/people/new",
            get(people::new).post(people::new_post),
        ),
        to(
            ADMINISTRATOR,
            BOTH,
            "/staff/people/{staff}",
            get(people::one).post(people::change),
        ),
    ]
}

/// Members and their accounts.
pub(super) fn accounts() -> Vec<Route> {
    let to = |roles, methods, path, handler| route(Audience::Staff(roles), methods, path, handler);
    use staff::{account, find, refunds};
    vec![
        to(
            SEES_MEMBERS,
            BOTH,
            "/staff/find",
            get(find::get).post(find::post),
        ),
        to(
            SEES_MEMBERS,
            GET,
            "/staff/accounts/{account}",
            get(account::get),
        ),
        to(
            SEES_MEMBERS,
            GET,
            "/staff/accounts/{account}/invoices/{invoice}/invoice.pdf",
            get(account::invoice),
        ),
        to(
            SEES_MEMBERS,
            GET,
            "/staff/accounts/{account}/payments/{payment}/receipt.pdf",
            get(account::receipt),
        ),
        to(
            DECIDES,
            BOTH,
            "/staff/accounts/{account}/payments/{payment}/refund",
            get(refunds::ask::refund).post(refunds::ask::refund_post),
        ),
        to(
            DECIDES,
            BOTH,
            "/staff/accounts/{account}/invoices/{invoice}/write-off",
            get(refunds::ask::write_off).post(refunds::ask::write_off_post),
        ),
        to(
            SERVES,
            BOTH,
            "/staff/accounts/{account}/pay",
            get(account::phone::get).post(account::phone::post),
        ),
        to(
            SERVES,
            BOTH,
            "/staff/accounts/{account}/pay/{errand}",
            get(account::phone::say).post(account::phone::pay),
        ),
        to(
            SEES_MEMBERS,
            GET,
            "/staff/accounts/{account}/payments/{payment}",
            get(account::phone::paid),
        ),
        to(
            SEES_MEMBERS,
            GET,
            "/staff/accounts/{account}/documents/{document}",
            get(account::document),
        ),
    ]
}

pub(super) fn suspense() -> Vec<Route> {
    use staff::suspense::{acts, list, one};
    use staff::{batches, check_images, empty_envelopes, refunds, returned_checks};
    let act = |path, handler| route(Audience::Staff(DECIDES), POST, path, handler);
    let see = |path, handler| route(Audience::Staff(SEES_SUSPENSE), GET, path, handler);
    vec![
        see("/staff/suspense", get(list)),
        see("/staff/returned-checks", get(returned_checks::get)),
        see("/staff/batches", get(batches::list)),
        see("/staff/batches/{file}", get(batches::file)),
        see("/staff/refunds", get(refunds::list)),
        act("/staff/refunds/decide", post(refunds::decide)),
        see("/staff/empty-envelopes", get(empty_envelopes::get)),
        see("/staff/check-images/{image}", get(check_images::get)),
        see("/staff/suspense/{file}/{item}", get(one)),
        act("/staff/suspense/{file}/{item}/apply", post(acts::apply)),
        act("/staff/suspense/{file}/{item}/hold", post(acts::hold)),
        act(
            "/staff/suspense/{file}/{item}/return",
            post(acts::ask_return),
        ),
        act(
            "/staff/suspense/{file}/{item}/decide",
            post(acts::decide_return),
        ),
        act("/staff/suspense/{file}/{item}/owner", post(acts::owner)),
        act("/staff/suspense/{file}/{item}/add", post(acts::add)),
        act("/staff/suspense/{file}/{item}/close", post(acts::close)),
    ]
}

/// The settings of the plan, with previews.
pub(super) fn settings() -> Vec<Route> {
    use staff::settings::{self, change, notices};
    let propose =
        |methods, path, handler| route(Audience::Staff(PROPOSES_SETTINGS), methods, path, handler);
    let see = |path, handler| route(Audience::Staff(SEES_SETTINGS), GET, path, handler);
    vec![
        see("/staff/settings", get(settings::get)),
        see("/staff/settings/lines/{line}", get(settings::line)),
        see(
            "/staff/settings/lines/{line}/invoice.pdf",
            get(settings::invoice),
        ),
        see("/staff/settings/notices", get(notices::list)),
        see("/staff/settings/notices/{notice}", get(notices::one)),
        see(
            "/staff/settings/notices/{notice}/mail.html",
            get(notices::mail),
        ),
        see(
            "/staff/settings/notices/{notice}/letter.pdf",
            get(notices::letter),
        ),
        propose(
            BOTH,
            "/staff/settings/change",
            get(change::get).post(change::post),
        ),
        propose(GET, "/staff/settings/change/{errand}", get(change::result)),
        propose(
            GET,
            "/staff/settings/change/{errand}/plan.toml",
            get(change::file),
        ),
        propose(
            GET,
            "/staff/settings/change/{errand}/page",
            get(change::page),
        ),
        propose(
            GET,
            "/staff/settings/change/{errand}/invoice.pdf",
            get(change::invoice),
        ),
    ]
}

/// The counter of a walk-in center.
pub(super) fn counter() -> Vec<Route> {
    let to = |roles, methods, path, handler| route(Audience::Staff(roles), methods, path, handler);
    use staff::center::{self, check, drawer, member};
    vec![
        to(SERVES, GET, "/staff/center", get(center::get)),
        to(SERVES, POST, "/staff/center/open", post(center::open)),
        to(SERVES, POST, "/staff/center/find", post(center::find)),
        to(
            SERVES,
            GET,
            "/staff/center/accounts/{account}",
            get(member::get),
        ),
        to(
            SERVES,
            GET,
            "/staff/center/accounts/{account}/coupon.pdf",
            get(member::coupon),
        ),
        to(
            SERVES,
            BOTH,
            "/staff/center/accounts/{account}/check",
            get(check::get).post(check::post),
        ),
        to(
            SERVES,
            GET,
            "/staff/center/accounts/{account}/payments/{payment}",
            get(check::received),
        ),
        to(
            SERVES,
            GET,
            "/staff/center/accounts/{account}/payments/{payment}/receipt.pdf",
            get(check::receipt),
        ),
        to(
            SEES_MEMBERS,
            GET,
            "/staff/center/drawers/{drawer}",
            get(drawer::get),
        ),
        to(
            SERVES,
            POST,
            "/staff/center/drawers/{drawer}/count",
            post(drawer::count),
        ),
        to(
            SERVES,
            POST,
            "/staff/center/drawers/{drawer}/close",
            post(drawer::close),
        ),
        to(
            SEES_MEMBERS,
            GET,
            "/staff/center/drawers/{drawer}/slip.pdf",
            get(drawer::slip),
        ),
    ]
}

/// Links from the counter to the payment pages of a guest.
pub(super) fn help_links() -> Vec<Route> {
    use staff::center::link;
    vec![
        route(
            Audience::Staff(SERVES),
            POST,
            "/staff/center/accounts/{account}/link",
            post(link::make),
        ),
        route(
            Audience::Visitor,
            BOTH,
            "/help-to-pay/{token}",
            get(link::get).post(link::post),
        ),
    ]
}
