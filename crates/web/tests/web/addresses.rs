//! Every address with every kind of visitor.

use std::collections::BTreeSet;

use http::{Method, Request, StatusCode, header};
use memberpay_web::routes::{Audience, all};
use testkit::Engine;

use crate::site::Browser;

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn filled(path: &str) -> String {
    path.replace("{line}", "individual")
        .replace("{errand}", ID)
        .replace("{account}", ID)
        .replace("{invoice}", ID)
        .replace("{payment}", ID)
        .replace("{token}", ID)
        .replace("{factor}", ID)
        .replace("{method}", ID)
        .replace("{document}", ID)
        .replace("{person}", ID)
        .replace("{year}", "2026")
        .replace("{token}", "x.ics")
        .replace("{delegation}", ID)
        .replace("{staff}", ID)
        .replace("{file}", ID)
        .replace("{item}", "1")
        .replace("{image}", ID)
        .replace("{drawer}", ID)
        .replace("{notice}", "delivery-changed")
        .replace("{token}", "0123456789abcdef0123456789abcdef")
        .replace("{name}", "app.css")
}

#[test]
fn every_address_is_named_once_and_with_a_name_we_can_fill() {
    let mut seen = BTreeSet::new();
    for route in all() {
        assert!(seen.insert(route.path), "{} is there twice", route.path);
        assert!(
            !filled(route.path).contains('{'),
            "{} needs a value in this test",
            route.path
        );
        assert!(!route.methods.is_empty());
        assert!(!route.path.contains("member"), "no member ID in an address");
    }
}

#[test]
fn nobody_comes_where_only_members_may() {
    testkit::on(Engine::Sqlite, |world| async move {
        let mut guest = Browser::new(&world);
        guest.get("/sign-in").await;
        for route in all() {
            let path = filled(route.path);
            for method in route.methods {
                let answer = if *method == "GET" {
                    guest.get(&path).await
                } else {
                    guest.post(&path, &[]).await
                };
                let what = format!("{method} {path}: {}", answer.status);
                assert!(!answer.status.is_server_error(), "{what}");
                match (route.audience, *method) {
                    (Audience::Member, "GET") => {
                        assert!(answer.location().starts_with("/sign-in?next="), "{what}");
                    }
                    (Audience::Staff(_), "GET") => {
                        let door = "/staff/sign-in?next=";
                        assert!(answer.location().starts_with(door), "{what}");
                    }
                    (Audience::Member | Audience::Staff(_), _) => {
                        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
                    }
                    (Audience::Public | Audience::Development, _)
                        if route.path != "/assets/{name}" =>
                    {
                        assert!(
                            answer.status.is_success() || answer.status.is_redirection(),
                            "{what}"
                        );
                    }
                    _ => {}
                }
            }
        }
    });
}

#[test]
fn a_form_without_the_token_of_this_session_is_refused_everywhere() {
    testkit::on(Engine::Sqlite, |world| async move {
        let mut other = Browser::new(&world);
        other.get("/sign-in").await;
        let mut browser = Browser::new(&world);
        browser.get("/sign-in").await;
        for route in all()
            .into_iter()
            .filter(|route| route.methods.contains(&"POST"))
        {
            if route.audience == Audience::Machine {
                continue;
            }
            let path = filled(route.path);
            for token in [String::new(), other.token.clone(), "x".repeat(64)] {
                let mut forger = browser.clone();
                forger.token = token;
                let answer = forger.post(&path, &[]).await;
                // Where the half-finished form is not there, that is said first; nothing happens.
                let refused = [
                    StatusCode::FORBIDDEN,
                    StatusCode::GONE,
                    StatusCode::NOT_FOUND,
                ];
                assert!(
                    refused.contains(&answer.status),
                    "{path}: {}",
                    answer.status
                );
            }
            for (name, value) in [
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://evil.example"),
            ] {
                let request = Request::post(&path)
                    .header(name, value)
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                let answer = browser
                    .clone()
                    .send(request, format!("csrf={}", browser.token))
                    .await;
                assert_eq!(
                    answer.status,
                    StatusCode::FORBIDDEN,
                    "{path} from another site"
                );
            }
        }
    });
}

#[test]
fn every_answer_has_the_security_headers_and_says_how_it_may_be_kept() {
    testkit::on(Engine::Sqlite, |world| async move {
        let mut browser = Browser::new(&world);
        for path in [
            "/",
            "/pay/individual",
            "/guest",
            "/guest/identify",
            "/sign-in",
            "/nothing",
            "/health",
        ] {
            let answer = browser.get(path).await;
            let header = |name: &str| {
                answer
                    .headers
                    .get(name)
                    .and_then(|value| value.to_str().ok())
                    .unwrap_or("")
                    .to_owned()
            };
            let policy = header("content-security-policy");
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self';"),
                "{path}"
            );
            assert!(
                policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
                "{path}"
            );
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(header("referrer-policy"), "same-origin", "{path}");
            assert!(
                header("strict-transport-security").contains("max-age=63072000"),
                "{path}"
            );
            let public = ["/", "/pay/individual", "/guest"].contains(&path);
            let kept = if public {
                "private, max-age=60"
            } else {
                "no-store"
            };
            assert_eq!(header("cache-control"), kept, "{path}");
            for cookie in answer.headers.get_all(header::SET_COOKIE) {
                let cookie = cookie.to_str().expect("text");
                assert!(cookie.starts_with("__Host-session="), "{cookie}");
                for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
                    assert!(cookie.contains(part), "{cookie}");
                }
            }
            let sets_cookie = answer.headers.contains_key(header::SET_COOKIE);
            assert!(!(public && sets_cookie), "{path} needs no cookie");
        }
    });
}

#[test]
fn errors_are_pages_in_both_languages_with_a_reference() {
    testkit::on(Engine::Sqlite, |world| async move {
        let mut browser = Browser::new(&world);
        let answer = browser.get("/nothing").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.body.contains("We could not find this page"));
        let reference = answer.headers["x-request-id"]
            .to_str()
            .expect("text")
            .to_owned();
        assert!(answer.body.contains(&reference));
        let answer = browser.get("/nothing?lang=es").await;
        assert!(answer.body.contains("No pudimos encontrar esta página"));
        // The language is remembered.
        assert!(
            browser
                .get("/help")
                .await
                .body
                .contains("<html lang=\"es\">")
        );
        let answer = browser
            .send(
                Request::builder().method(Method::PUT).uri("/help"),
                String::new(),
            )
            .await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        let large = "x".repeat(400_000);
        let request = Request::post("/sign-in").header(header::CONTENT_LENGTH, large.len());
        assert_eq!(
            browser.send(request, large).await.status,
            StatusCode::PAYLOAD_TOO_LARGE
        );
    });
}

#[test]
fn assets_may_be_kept_for_ever_and_are_found_where_pages_say() {
    testkit::on(Engine::Sqlite, |world| async move {
        let mut browser = Browser::new(&world);
        let page = browser.get("/").await;
        let mut seen = 0;
        for tag in crate::html::tags(&page.body) {
            let address = format!("{}{}", tag.get("href"), tag.get("src")).replace("&#x2f;", "/");
            if address.starts_with("/assets/") {
                let answer = browser.get(&address).await;
                assert_eq!(answer.status, StatusCode::OK, "{address}");
                assert!(
                    answer.headers["cache-control"]
                        .to_str()
                        .expect("text")
                        .contains("immutable")
                );
                seen += 1;
            }
        }
        assert_eq!(seen, 4);
    });
}
