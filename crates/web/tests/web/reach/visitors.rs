//! Every address with everybody who might come.

use std::collections::BTreeSet;

use http::StatusCode;
use identity::{Right, Role};
use memberpay_web::routes::{Audience, Route, all};
use testkit::Engine;

use super::expected::{self, EXPECTED, Holds};
use super::guests;
use super::kept::Keeper;
use super::scene::{HERS, Scene, signed_in, staff_signed_in};
use crate::site::{Answer, Browser};

/// Who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    /// Somebody who has just paid for her without signing in.
    Guest,
    /// A member who has nothing to do with her.
    Other,
    /// Somebody whom she gave a right.
    Delegate(Right),
    Staff(Role),
}

/// A browser of somebody, with the tokens that its forms have.
struct Visitor {
    who: Who,
    browser: Browser,
    token: String,
    staff_token: String,
}

impl Visitor {
    async fn new(who: Who, mut browser: Browser) -> Visitor {
        let staff_token = browser.token.clone();
        if matches!(who, Who::Nobody | Who::Guest | Who::Staff(_)) {
            browser.open("/sign-in").await;
        }
        Visitor {
            who,
            token: browser.token.clone(),
            browser,
            staff_token,
        }
    }

    async fn send(&mut self, route: &Route, path: &str, form: &[(&str, &str)]) -> Answer {
        self.browser.token = match route.audience {
            Audience::Staff(_) | Audience::StaffDoor => self.staff_token.clone(),
            _ => self.token.clone(),
        };
        self.browser.post(path, form).await
    }
}

async fn everybody(scene: &Scene) -> Vec<Visitor> {
    let world = &scene.world;
    let mut visitors = vec![
        Visitor::new(Who::Nobody, Browser::new(world)).await,
        Visitor::new(Who::Guest, guests::paid(scene).await.0).await,
        Visitor::new(Who::Other, signed_in(world, "other.maria").await).await,
    ];
    for (right, user_id) in [(Right::View, "sam.looks"), (Right::Pay, "sam.pays")] {
        let browser = signed_in(world, user_id).await;
        visitors.push(Visitor::new(Who::Delegate(right), browser).await);
    }
    for role in Role::ALL {
        let browser = staff_signed_in(world, role).await;
        visitors.push(Visitor::new(Who::Staff(role), browser).await);
    }
    visitors
}

/// Addresses that end a right or a session come after all others.
fn when(path: &str) -> u8 {
    u8::from(path.ends_with("give-back")) + 2 * u8::from(path.ends_with("sign-out"))
}

fn routes() -> Vec<Route> {
    let mut routes = all();
    routes.sort_by_key(|route| when(route.path));
    routes
}

/// True if a form that was filled in badly is shown again, which says nothing: opening its page is
/// a visit of its own here.
fn is_form_again(path: &str, answer: &Answer) -> bool {
    let back_to = answer.location().split('?').next().unwrap_or("");
    answer.status == StatusCode::BAD_REQUEST || back_to == path
}

/// True if an answer hides that there is anything.
fn hides(answer: &Answer) -> bool {
    [StatusCode::NOT_FOUND, StatusCode::GONE].contains(&answer.status)
}

fn refuses(answer: &Answer) -> bool {
    hides(answer) || answer.status == StatusCode::FORBIDDEN
}

fn reaches(answer: &Answer) -> bool {
    answer.status.is_success() || answer.status.is_redirection()
}

/// True if an answer is what should come.
fn is_right(who: Who, route: &Route, method: &str, answer: &Answer) -> bool {
    let holds = expected::of(route.path);
    let is_signed_in = matches!(who, Who::Other | Who::Delegate(_));
    let stays_out = |door: &str| match method {
        "GET" => answer.location().starts_with(door),
        _ => answer.status == StatusCode::FORBIDDEN,
    };
    match (holds, who) {
        (Holds::Nothing | Holds::StaffDoor | Holds::Machine, _) => true,
        (Holds::Form, _) => refuses(answer),
        (Holds::Secret, _) => !answer.status.is_success(),
        (Holds::Staff, Who::Staff(role)) => match route.audience {
            Audience::Staff(roles) if roles.contains(&role) => {
                answer.status != StatusCode::FORBIDDEN
            }
            _ => answer.status == StatusCode::FORBIDDEN,
        },
        (Holds::Staff, _) => stays_out("/staff/sign-in?next="),
        _ if !is_signed_in => stays_out("/sign-in?next="),
        (Holds::Own, _) => true,
        (Holds::Account(needed), Who::Delegate(right)) if right >= needed => reaches(answer),
        (Holds::Account(_), Who::Delegate(_)) => refuses(answer),
        // The first form gives the right back, and then there is none.
        (Holds::Given, Who::Delegate(_)) => reaches(answer) || hides(answer),
        (Holds::Account(_) | Holds::Given | Holds::AccountForm, _) => hides(answer),
        (Holds::Thing, _) => refuses(answer) || answer.location() == "/account/security",
    }
}

/// True if her account or a thing of hers is behind this address, and not for this visitor.
fn is_closed(who: Who, route: &Route) -> bool {
    match (expected::of(route.path), who) {
        (Holds::Account(needed), Who::Delegate(right)) => right < needed,
        (Holds::Given, Who::Delegate(_)) => false,
        (Holds::Account(_) | Holds::Given | Holds::AccountForm | Holds::Thing, _) => true,
        _ => false,
    }
}

/// Whether an answer may speak of her: who may see the account, at its addresses and at home.
fn may_name_her(who: Who, route: &Route) -> bool {
    match (who, expected::of(route.path)) {
        (Who::Delegate(right), Holds::Account(needed)) => right >= needed,
        (Who::Delegate(_), Holds::Own | Holds::Given) | (Who::Staff(_), Holds::Staff) => true,
        _ => false,
    }
}

/// Every field of every form, with what somebody would send who means harm.
fn forms(scene: &Scene) -> [Vec<(&'static str, String)>; 3] {
    let text = |fields: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        let owned = |(name, value): &(&'static str, &str)| (*name, (*value).to_owned());
        fields.iter().map(owned).collect()
    };
    let (account, method) = (&scene.names["account"], &scene.names["method"]);
    let bank = text(&[
        ("choice", "total"),
        ("method", "bank"),
        ("kind", "checking"),
        ("routing", "110000000"),
        ("account", "000123456789"),
        ("account_again", "000123456789"),
        ("payer_name", "Ana Diaz"),
        ("deposits", "0.32"),
        ("second", "0.45"),
        ("reason", "lost"),
        ("right", "pay"),
        ("name", "Ana Diaz"),
        ("email", "thief@example.com"),
        ("month", "2027-01"),
        ("do", "rights"),
        ("turn", "on"),
    ]);
    let autopay = text(&[
        ("method", method),
        ("day", "due"),
        ("cap", "none"),
        ("start", "2027-01"),
        ("account", account),
        ("month", "2027-01"),
        ("choice", "other"),
        ("amount", "12.34"),
        ("invoices", "electronic"),
        ("agree", "yes"),
        ("code", "123456"),
        ("label", "Mine"),
        ("device", &scene.names["factor"]),
        ("email", "thief@example.com"),
        ("send", "yes"),
    ]);
    let saved = format!("saved-{method}");
    let saved = text(&[
        ("method", &saved),
        ("save", "yes"),
        ("authorise", "yes"),
        ("version", "card-1"),
        ("phone", "860-555-0199"),
        ("language", "en"),
        ("large_print", "yes"),
        ("new_password", "quite another long password"),
        ("user_id", "wilhelmina.q"),
        ("password", "not her password at all"),
        ("zip", "06032"),
        ("last_name", "Thief"),
        ("first_name", "Thief"),
        ("role", "associate"),
        ("member_id", "99999999999"),
        ("next", "/account"),
    ]);
    [bank, autopay, saved]
}

#[test]
fn every_address_says_whose_it_is_and_keeps_to_its_audience() {
    let declared: BTreeSet<&str> = all().iter().map(|route| route.path).collect();
    for route in all() {
        let holds = expected::of(route.path);
        let path = route.path;
        assert!(
            expected::goes_with(holds, route.audience),
            "{path}: {holds:?}"
        );
        let about = path.starts_with("/account/{account}");
        let of_account = matches!(holds, Holds::Account(_) | Holds::Given | Holds::AccountForm);
        assert_eq!(about, of_account, "{path}");
    }
    for (path, _) in EXPECTED {
        assert!(declared.contains(path), "{path} is no address any more");
    }
    assert_eq!(declared.len(), EXPECTED.len());
}

#[test]
fn she_herself_reaches_all_that_is_hers() {
    testkit::on(Engine::Sqlite, |world| async move {
        let scene = Scene::new(world).await;
        let mut browser = scene.browser.clone();
        let mut named = 0;
        for route in all() {
            let holds = expected::of(route.path);
            let is_hers = matches!(
                holds,
                Holds::Own | Holds::Thing | Holds::Account(_) | Holds::AccountForm
            );
            // Her half-finished payment has no receipt yet.
            let later = route.path == "/account/{account}/pay/{errand}/receipt.pdf";
            if !is_hers || later || !route.methods.contains(&"GET") {
                continue;
            }
            let path = scene.filled(route.path);
            let answer = browser.get(&path).await;
            let status = answer.status;
            assert!(
                status.is_success() || status.is_redirection(),
                "{path}: {status}"
            );
            assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
            named += usize::from(HERS.iter().any(|word| answer.body.contains(word)));
        }
        assert!(named > 15, "her pages name her: {named}");
    });
}

#[test]
fn nobody_reaches_or_changes_what_is_somebody_elses() {
    testkit::on(Engine::Sqlite, |world| async move {
        let scene = Scene::new(world).await;
        let mut visitors = everybody(&scene).await;
        let keeper = Keeper::new(&scene.world).await;
        let forms = forms(&scene);
        let mut faults = Vec::new();
        for visitor in &mut visitors {
            for route in routes() {
                faults.extend(visit(&scene, &keeper, &forms, visitor, &route).await);
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

/// One visitor at one address; what is wrong.
async fn visit(
    scene: &Scene,
    keeper: &Keeper,
    forms: &[Vec<(&'static str, String)>],
    visitor: &mut Visitor,
    route: &Route,
) -> Vec<String> {
    let (who, path) = (visitor.who, scene.filled(route.path));
    let before = keeper.hers(&scene.world).await;
    let mut answers = Vec::new();
    if route.methods.contains(&"GET") {
        answers.push(("GET", visitor.browser.get(&path).await));
    }
    if route.methods.contains(&"POST") && route.audience != Audience::Machine {
        for form in forms {
            let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
            answers.push(("POST", visitor.send(route, &path, &form).await));
        }
        answers.push(("POST", visitor.send(route, &path, &[]).await));
    }
    let mut faults = judged(who, route, &path, &answers);
    let after = keeper.hers(&scene.world).await;
    let may_change = matches!(
        (who, expected::of(route.path)),
        (Who::Delegate(_), Holds::Given | Holds::Account(Right::Pay))
    );
    if !may_change {
        let changed = after
            .iter()
            .filter(|(table, rows)| before[*table] != **rows);
        faults.extend(changed.map(|(table, rows)| {
            format!(
                "{who:?} {} changed {table}: {:?}\n{rows:?}",
                route.path, before[table]
            )
        }));
    }
    faults
}

/// What is wrong with the answers that a visitor got at an address.
fn judged(who: Who, route: &Route, path: &str, answers: &[(&str, Answer)]) -> Vec<String> {
    let (mut faults, mut sent, mut refused) = (Vec::new(), 0, 0);
    for (method, answer) in answers {
        let what = format!("{who:?} {method} {}: {}", route.path, answer.status);
        let again = *method == "POST" && is_form_again(path, answer);
        if answer.status.is_server_error() || !(again || is_right(who, route, method, answer)) {
            faults.push(format!("{what} {}", answer.location()));
        }
        let kept = answer.headers.get("cache-control");
        if expected::of(route.path) != Holds::Nothing && kept.is_none_or(|kept| kept != "no-store")
        {
            faults.push(format!("{what} may be kept: {kept:?}"));
        }
        let seen = HERS.iter().find(|word| answer.body.contains(**word));
        if let Some(word) = seen.filter(|_| !may_name_her(who, route)) {
            faults.push(format!("{what} says {word}"));
        }
        sent += usize::from(*method == "POST");
        refused += usize::from(*method == "POST" && refuses(answer));
    }
    if is_closed(who, route) && sent > 0 && refused == 0 {
        let path = route.path;
        faults.push(format!(
            "{who:?} {path}: no form came as far as the refusal"
        ));
    }
    faults
}
