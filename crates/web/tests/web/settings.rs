//! The settings of the plan, and notices as they would read.

use http::StatusCode;
use identity::Role;
use testkit::Engine;

use crate::reach::staff_signed_in;

/// The page without what minijinja writes for a slash.
fn shown(body: &str) -> String {
    body.replace("&#x2f;", "/")
}

#[test]
fn every_setting_stands_with_its_key_and_its_line_of_the_file() {
    testkit::on(Engine::Sqlite, |world| async move {
        testkit::staff(&world, Role::Administrator).await;
        let mut browser = staff_signed_in(&world, Role::Administrator).await;
        let home = browser.open("/staff").await;
        assert!(shown(&home.body).contains("\"/staff/settings\""));
        let page = browser.open("/staff/settings").await;
        for said in [
            "payments.largest",
            "$10,000.00",
            "/staff/settings/lines/medicare-advantage",
        ] {
            assert!(shown(&page.body).contains(said), "{said}: {}", page.body);
        }
        let page = browser
            .open("/staff/settings/lines/medicare-advantage")
            .await;
        let places = world.ctx.plan.written.places();
        let line = places["lines[2].invoicing.due"];
        for said in [
            "On day 1 of the billing month",
            "issued on December 12, 2026 and due on January 1, 2027",
            "lines[2].invoicing.due",
            &format!("line {line}<"),
            "844-871-9754",
            "Costs the whole premium",
            "P.O. Box 21849",
        ] {
            assert!(shown(&page.body).contains(said), "{said}: {}", page.body);
        }
        let text = world.ctx.plan.written.text.lines().nth(line - 1);
        assert_eq!(text, Some("due = \"first of the month\""));
        let page = browser.get("/staff/settings/lines/gold").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_preview_is_the_real_message_in_a_frame_that_runs_nothing() {
    testkit::on(Engine::Sqlite, |world| async move {
        testkit::staff(&world, Role::Auditor).await;
        let mut browser = staff_signed_in(&world, Role::Auditor).await;
        let here = "/staff/settings/notices/payment-received";
        let page = browser.open(here).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-src 'self';"), "{policy}");
        assert!(page.body.contains("never goes on paper"), "{}", page.body);
        for language in ["en", "es"] {
            let mail = browser
                .get(&format!("{here}/mail.html?in={language}"))
                .await;
            assert_eq!(mail.status, StatusCode::OK);
            let policy = mail.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("sandbox;"), "{policy}");
            assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
            assert!(!policy.contains("script"), "{policy}");
            assert_eq!(mail.headers["x-frame-options"], "SAMEORIGIN");
            let lang = format!("<html lang=\"{language}\">");
            assert!(mail.body.contains(&lang), "{}", mail.body);
            assert!(mail.body.contains("$123.45"), "{}", mail.body);
        }
        let letter = "/staff/settings/notices/email-bounced/letter.pdf?in=es";
        for pdf in [letter, "/staff/settings/lines/solo/invoice.pdf?in=en"] {
            let answer = browser.get(pdf).await;
            assert_eq!(answer.headers["content-type"], "application/pdf", "{pdf}");
        }
        for missing in [
            "/staff/settings/notices/spam",
            "/staff/settings/notices/email-bounced/mail.html",
            "/staff/settings/notices/payment-received/letter.pdf",
            "/staff/settings/lines/employer/invoice.pdf",
        ] {
            let answer = browser.get(missing).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{missing}");
        }
    });
}
