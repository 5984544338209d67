//! Time that runs out, and changes that ask for the password again.

use http::StatusCode;
use jiff::SignedDuration;
use testkit::Engine;

use crate::site::Browser;
use crate::stories::{SIGN_IN, registers};

#[test]
fn a_form_that_comes_after_time_ran_out_is_there_again_after_signing_in() {
    testkit::on(Engine::Sqlite, |world| async move {
        let maria = testkit::maria(&world, 1).await;
        let mut browser = Browser::new(&world);
        registers(&world, &mut browser, &maria).await;
        let phone = "/account/contact/phone";
        browser.open(phone).await;
        let mut forger = browser.clone();
        forger.token = "x".repeat(43);
        world.clock.advance(SignedDuration::from_mins(15));
        let typed = [("phone", "860-555-0143"), ("password", "never kept")];
        // Only with the token of the session that ran out.
        let answer = forger.post(phone, &typed).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let page = browser.post_and_open(phone, &typed).await;
        assert!(
            page.body.contains("What you filled in is kept"),
            "{}",
            page.body
        );
        let next = page
            .body
            .split("name=\"next\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .expect("the form knows where to go")
            .replace("&#x2f;", "/");
        let fields = [SIGN_IN[0], SIGN_IN[1], ("next", next.as_str())];
        let page = browser.post_and_open("/sign-in", &fields).await;
        assert!(
            page.body.contains("value=\"860-555-0143\""),
            "{next}: {}",
            page.body
        );
        assert!(!page.body.contains("never kept"));
    });
}

#[test]
fn asking_how_much_time_is_left_does_not_count_as_use() {
    testkit::on(Engine::Sqlite, |world| async move {
        let maria = testkit::maria(&world, 1).await;
        let mut browser = Browser::new(&world);
        registers(&world, &mut browser, &maria).await;
        for (minutes, left) in [(5, 600), (5, 300), (4, 60), (1, 0)] {
            world.clock.advance(SignedDuration::from_mins(minutes));
            let answer = browser.get("/session/left").await;
            assert_eq!(answer.body, format!("{{\"seconds\":{left}}}"));
        }
    });
}

#[test]
fn ten_minutes_after_signing_in_every_change_of_the_sign_in_asks_for_the_password() {
    testkit::on(Engine::Sqlite, |world| async move {
        let maria = testkit::maria(&world, 1).await;
        let mut browser = Browser::new(&world);
        registers(&world, &mut browser, &maria).await;
        let changes = [
            "/account/security/password",
            "/account/security/passkey",
            "/account/security/email",
            "/account/contact/email",
        ];
        for path in changes {
            assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
        }
        world.clock.advance(SignedDuration::from_mins(10));
        for path in changes {
            let asked = browser.get(path).await;
            assert!(
                asked.location().starts_with("/account/security/confirm"),
                "{path}"
            );
            let asked = browser.post(path, &[("email", "other@example.com")]).await;
            assert!(
                asked.location().starts_with("/account/security/confirm"),
                "{path}"
            );
        }
        let wrong = [
            ("next", "https://evil.example/"),
            ("password", "not it at all"),
        ];
        let page = browser
            .post_and_open("/account/security/confirm", &wrong)
            .await;
        assert!(
            page.body.contains("This is not your password"),
            "{}",
            page.body
        );
        let right = [("next", "https://evil.example/"), SIGN_IN[1]];
        let answer = browser.post("/account/security/confirm", &right).await;
        assert_eq!(answer.location(), "/account");
        let page = browser.get("/account/security/password").await;
        assert_eq!(page.status, StatusCode::OK);
        // A password manager finds the page.
        let well_known = browser.get("/.well-known/change-password").await;
        assert_eq!(well_known.location(), "/account/security/password");
    });
}
