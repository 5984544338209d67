//! Staff at a real provider: panva's certified oidc-provider, started by the test
//! (`e2e/oidc-provider.mjs`).

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use gateways::oidc::{OidcProvider, OidcSettings};
use identity::Role;
use jiff::{SignedDuration, Timestamp};
use kernel::{Language, Secret};
use testkit::{Engine, World};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use url::Url;
use usecases::staff::provider::{self, Returned};
use usecases::staff::sessions::{self, StaffSession};

use super::{audited, guest, refusal};

const RETURN: &str = "http://127.0.0.1:8080/staff/sign-in/return";

/// The running provider; it is stopped when this is dropped.
struct Running {
    issuer: String,
    _child: Child,
}

/// `None`, said aloud, where the provider is not installed and not demanded.
async fn provider_program() -> Option<Running> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e");
    if !folder.join("node_modules/oidc-provider").is_dir() {
        let demanded = std::env::var("MEMBERPAY_TEST_TOOLS").is_ok_and(|value| value == "1");
        assert!(!demanded, "oidc-provider is missing; ./test installs it");
        eprintln!("NOT CHECKED: no oidc-provider; ./test installs it");
        return None;
    }
    let mut child = Command::new("node")
        .args(["oidc-provider.mjs", RETURN])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("node starts");
    let out = child.stdout.take().expect("its output is ours");
    let mut lines = BufReader::new(out).lines();
    let issuer = tokio::time::timeout(Duration::from_secs(60), lines.next_line())
        .await
        .expect("it starts within a minute")
        .expect("it can be read")
        .expect("it says its issuer");
    Some(Running {
        issuer,
        _child: child,
    })
}

/// The world with that provider, at the time that it is: the provider's clock cannot be set.
fn with_provider(mut world: World, issuer: &str) -> World {
    world.clock.set(now());
    let settings = OidcSettings {
        issuer: Url::parse(issuer).unwrap(),
        client_id: "memberpay".to_owned(),
        client_secret: Some(Secret::new("a-secret-of-thirty-two-characters".to_owned())),
        redirect: Url::parse(RETURN).unwrap(),
        scopes: vec!["profile".to_owned(), "email".to_owned()],
        role_claim: "groups".to_owned(),
    };
    let mut ours = (*world.ctx.settings).clone();
    ours.staff_roles = vec![
        ("premium-auditors".to_owned(), Role::Auditor),
        ("premium-billing".to_owned(), Role::Billing),
    ];
    world.ctx.settings = Arc::new(ours);
    world.ctx.sign_in_provider = Some(Arc::new(OidcProvider::new(settings).unwrap()));
    world
}

fn now() -> Timestamp {
    use gateways::Clock as _;
    gateways::SystemClock.now()
}

/// Goes from the address we send a browser to, through the provider's door as `who`, to the address
/// that it sends the browser back to: state and code.
async fn through(address: &Url, who: &str) -> Returned {
    let mut cookies = BTreeMap::new();
    let mut at = address.clone();
    for _ in 0..8 {
        let next = get(&at, &mut cookies).await;
        at = at.join(&next).unwrap();
        if at.as_str().starts_with(RETURN) {
            let said: BTreeMap<_, _> = at.query_pairs().into_owned().collect();
            let said = |name: &str| said.get(name).cloned().unwrap_or_default();
            return Returned {
                state: said("state"),
                code: Secret::new(said("code")),
                issuer: said("iss"),
            };
        }
        if at.path().starts_with("/door/") {
            at.query_pairs_mut().append_pair("as", who);
        }
    }
    panic!("the provider sends on for ever");
}

/// Where a GET is sent on to.
async fn get(at: &Url, cookies: &mut BTreeMap<String, String>) -> String {
    let host = format!("127.0.0.1:{}", at.port().unwrap());
    let path = &at[url::Position::BeforePath..];
    let jar: Vec<String> = cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: {}\r\n\r\n",
        jar.join("; ")
    );
    let mut stream = TcpStream::connect(&host).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let mut location = String::new();
    for line in answer.lines().take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        match name.to_lowercase().as_str() {
            "location" => value.clone_into(&mut location),
            "set-cookie" => {
                let pair = value.split(';').next().unwrap_or("");
                let (name, value) = pair.split_once('=').unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
            _ => {}
        }
    }
    assert!(!location.is_empty(), "{answer}");
    location
}

async fn door(world: &World) -> StaffSession {
    let started = sessions::start(&world.ctx, Language::English, "Firefox").await;
    started.unwrap().1
}

async fn signs_in(
    world: &World,
    who: &str,
) -> Result<(String, StaffSession), usecases::UseCaseError> {
    let session = door(world).await;
    let address = provider::begin(&world.ctx, &guest(), &session)
        .await
        .unwrap();
    let returned = through(&address, who).await;
    provider::finish(&world.ctx, &guest(), &session, returned).await
}

/// The same address with the value of one parameter changed.
fn tampered(address: &Url, name: &str, from: &Url) -> Url {
    let value = |of: &Url, name: &str| {
        of.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap()
    };
    let other = value(from, name);
    let pairs: Vec<(String, String)> = address
        .query_pairs()
        .map(|(key, own)| {
            let own = if key == name {
                other.clone()
            } else {
                own.into_owned()
            };
            (key.into_owned(), own)
        })
        .collect();
    let mut changed = address.clone();
    changed.query_pairs_mut().clear().extend_pairs(pairs);
    changed
}

#[test]
fn staff_sign_in_at_a_real_provider_with_the_role_that_it_names() {
    testkit::both(|world| async move {
        let Some(running) = provider_program().await else {
            return;
        };
        let world = with_provider(world, &running.issuer);
        let (token, session) = signs_in(&world, "ana").await.unwrap();
        let member = session.staff.unwrap();
        assert_eq!(
            (member.name.as_str(), member.role),
            ("Ana Peña", Role::Billing)
        );
        let found = sessions::find(&world.ctx, &token).await.unwrap().unwrap();
        assert_eq!(found.staff.unwrap().staff, member.staff);
        // The same person again is the same person.
        let (_, again) = signs_in(&world, "ana").await.unwrap();
        assert_eq!(again.staff.unwrap().staff, member.staff);
        assert_eq!(audited(&world, "staff-added").await, 1);
        let (_, ben) = signs_in(&world, "ben").await.unwrap();
        assert_eq!(ben.staff.unwrap().role, Role::Auditor);
        // No role, no way in.
        let refused = refusal(signs_in(&world, "zoe").await);
        assert_eq!(refused.code, "provider-no-role");
        // Disabled here, whatever the provider says.
        let operator = usecases::Actor::Operator;
        let disable = usecases::staff::people::Change::Disable;
        usecases::staff::people::change(&world.ctx, &operator, member.staff, disable)
            .await
            .unwrap();
        assert_eq!(sessions::find(&world.ctx, &token).await.unwrap(), None);
        assert_eq!(
            refusal(signs_in(&world, "ana").await).code,
            "staff-disabled"
        );
    });
}

#[test]
fn what_was_tampered_with_or_used_before_opens_nothing() {
    testkit::on(Engine::Sqlite, |world| async move {
        let Some(running) = provider_program().await else {
            return;
        };
        let world = with_provider(world, &running.issuer);
        let (ctx, guest) = (&world.ctx, guest());
        let session = door(&world).await;
        let begin = || provider::begin(ctx, &guest, &session);
        let finish = |returned: Returned| {
            let (session, guest) = (session.clone(), guest.clone());
            async move { refusal(provider::finish(ctx, &guest, &session, returned).await).code }
        };

        // A state that nobody began, one that another browser began, one from another issuer.
        let returned = through(&begin().await.unwrap(), "ana").await;
        let unknown = Returned {
            state: "x".repeat(43),
            ..returned.clone()
        };
        assert_eq!(finish(unknown).await, "provider-state");
        let elsewhere = door(&world).await;
        let stolen = provider::finish(ctx, &guest, &elsewhere, returned.clone()).await;
        assert_eq!(refusal(stolen).code, "provider-state");
        let mixed_up = Returned {
            issuer: "https://evil.example".to_owned(),
            ..returned.clone()
        };
        assert_eq!(finish(mixed_up).await, "provider-not-trusted");

        // A code under another sign-in of the same browser: the verifier is another's.
        let (first, second) = (begin().await.unwrap(), begin().await.unwrap());
        let swapped = through(&tampered(&first, "state", &second), "ana").await;
        assert_eq!(finish(swapped).await, "provider-refused");

        // The right verifier and another's nonce.
        let (first, second) = (begin().await.unwrap(), begin().await.unwrap());
        let nonce = through(&tampered(&second, "nonce", &first), "ana").await;
        assert_eq!(finish(nonce).await, "provider-not-trusted");

        // A code that was used, under a fresh state; an answer without a code; too late.
        let returned = through(&begin().await.unwrap(), "ana").await;
        let fresh = through(&begin().await.unwrap(), "ben").await;
        let code = returned.code.clone();
        let signed_in = provider::finish(ctx, &guest, &elsewhere, returned.clone()).await;
        assert_eq!(refusal(signed_in).code, "provider-state");
        let used = Returned { code, ..fresh };
        assert_eq!(finish(used).await, "provider-refused");
        let address = begin().await.unwrap();
        let mut denied = through(&address, "ana").await;
        denied.code = Secret::new(String::new());
        assert_eq!(finish(denied).await, "provider-refused");

        // A token of a minute that is shown five minutes later; a sign-in of eleven minutes.
        let returned = through(&begin().await.unwrap(), "ana").await;
        world.clock.advance(SignedDuration::from_mins(5));
        assert_eq!(finish(returned).await, "provider-not-trusted");
        let returned = through(&begin().await.unwrap(), "ana").await;
        world.clock.advance(SignedDuration::from_mins(11));
        assert_eq!(finish(returned).await, "provider-state");
        assert_eq!(audited(&world, "staff-signed-in").await, 0);
    });
}

#[test]
fn a_state_and_a_code_are_good_once() {
    testkit::on(Engine::Sqlite, |world| async move {
        let Some(running) = provider_program().await else {
            return;
        };
        let world = with_provider(world, &running.issuer);
        let (ctx, guest) = (&world.ctx, guest());
        let session = door(&world).await;
        let first = provider::begin(ctx, &guest, &session).await.unwrap();
        let second = provider::begin(ctx, &guest, &session).await.unwrap();
        let returned = through(&first, "ana").await;
        let other = through(&second, "ana").await;
        let (_, opened) = provider::finish(ctx, &guest, &session, returned.clone())
            .await
            .unwrap();
        assert!(opened.staff.is_some());
        let again = provider::finish(ctx, &guest, &session, returned.clone()).await;
        assert_eq!(refusal(again).code, "provider-state");
        let replayed = Returned {
            code: returned.code,
            ..other
        };
        let replayed = provider::finish(ctx, &guest, &session, replayed).await;
        assert_eq!(refusal(replayed).code, "provider-refused");
    });
}

#[test]
fn a_provider_that_does_not_answer_or_names_itself_otherwise_lets_nobody_in() {
    testkit::on(Engine::Sqlite, |world| async move {
        let nobody = with_provider(world.clone(), "http://127.0.0.1:9");
        let session = door(&nobody).await;
        let refused = provider::begin(&nobody.ctx, &guest(), &session).await;
        assert_eq!(refusal(refused).code, "provider-unavailable");
        let Some(running) = provider_program().await else {
            return;
        };
        let other_name = running.issuer.replace("127.0.0.1", "localhost");
        let renamed = with_provider(world, &other_name);
        let session = door(&renamed).await;
        let refused = provider::begin(&renamed.ctx, &guest(), &session).await;
        assert_eq!(refusal(refused).code, "provider-unavailable");
    });
}
