//! The settings of the plan, and notices as they would read.

use http::StatusCode;
use identity::Role;
use testkit::Engine;

use crate::console::count;
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
            &format!("line {line} ·"),
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

#[test]
fn a_proposal_is_the_whole_file_checked_and_nothing_changes_here() {
    testkit::on(Engine::Sqlite, |world| async move {
        for role in [Role::Administrator, Role::Supervisor] {
            testkit::staff(&world, role).await;
        }
        let mut browser = staff_signed_in(&world, Role::Administrator).await;
        let page = browser.open("/staff/settings/lines/solo").await;
        let here = "/staff/settings/change?key=lines%5B1%5D.invoicing.due";
        assert!(shown(&page.body).contains(here), "{}", page.body);
        let key = "lines[1].invoicing.due";
        let page = browser.open(here).await;
        assert!(page.body.contains("value=\"first of the month\""));
        let post = [("key", key), ("value", "first of the month")];
        let page = browser.post_and_open("/staff/settings/change", &post).await;
        assert!(page.body.contains("what stands there now"), "{}", page.body);

        browser.open(here).await;
        let post = [("key", key), ("value", "some day")];
        let answer = browser.post("/staff/settings/change", &post).await;
        let bad = answer.location().to_owned();
        let page = browser.open(&bad).await;
        let line = world.ctx.plan.written.places()[key];
        for said in [
            &*format!("toml:{line}:"),
            "lines[1].invoicing.due: found",
            "cannot be used like this",
        ] {
            assert!(shown(&page.body).contains(said), "{said}: {}", page.body);
        }
        let answer = browser.get(&format!("{bad}/plan.toml")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);

        browser.open(here).await;
        let post = [("key", key), ("value", "day 5 of the month")];
        let answer = browser.post("/staff/settings/change", &post).await;
        let good = answer.location().to_owned();
        let page = browser.open(&good).await;
        for said in [
            &*format!("-  {line}  due ="),
            "day 5 of the month",
            "no problem was found",
        ] {
            assert!(shown(&page.body).contains(said), "{said}: {}", page.body);
        }
        let answer = browser.get(&format!("{good}/plan.toml")).await;
        assert_eq!(answer.status, StatusCode::OK);
        let plan = plan::Plan::read("new.toml", &answer.body).expect("it has no problem");
        let due = |plan: &plan::Plan, line: &str| plan.line(line).unwrap().invoicing.unwrap().due;
        assert_eq!(due(&plan, "solo"), plan::DueRule::DayOfMonth(5));
        assert_eq!(due(&plan, "individual"), plan::DueRule::DayOfMonth(1));
        assert_eq!(due(&world.ctx.plan, "solo"), plan::DueRule::DayOfMonth(1));
        let events = "SELECT COUNT(*) FROM audit_events WHERE action = 'setting-proposed' AND \
                      subject = 'lines[1].invoicing.due'";
        assert_eq!(count(&world, events).await, 1, "one file was taken away");
        let pdf = browser.get(&format!("{good}/invoice.pdf?in=es")).await;
        assert_eq!(pdf.headers["content-type"], "application/pdf");
    });
}

#[test]
fn words_are_previewed_in_each_language_and_few_may_propose() {
    testkit::on(Engine::Sqlite, |world| async move {
        for role in [Role::Administrator, Role::Supervisor] {
            testkit::staff(&world, role).await;
        }
        let mut browser = staff_signed_in(&world, Role::Administrator).await;
        let key = "lines[2].channels.mail.text";
        let here = "/staff/settings/change?key=lines%5B2%5D.channels.mail.text";
        browser.open(here).await;
        let empty = [("key", key), ("en", "Mail a \"check\"."), ("es", " ")];
        let page = browser
            .post_and_open("/staff/settings/change", &empty)
            .await;
        assert!(page.body.contains("es-mistake"), "{}", page.body);
        let words = [
            ("key", key),
            ("en", "Mail a \"check\"."),
            ("es", "Envíe ya."),
        ];
        let answer = browser.post("/staff/settings/change", &words).await;
        let proposal = answer.location().to_owned();
        let page = browser.open(&proposal).await;
        assert!(page.body.contains("Envíe ya."), "{}", page.body);
        for (language, said) in [("en", "Mail a &quot;check&quot;."), ("es", "Envíe ya.")] {
            let page = browser
                .open(&format!("{proposal}/page?in={language}"))
                .await;
            assert!(page.body.contains(said), "{said}: {}", page.body);
            assert!(page.body.contains("Preview of a proposed change"));
        }
        let public = browser.get("/pay/medicare-advantage").await;
        assert!(!public.body.contains("Envíe ya."), "nothing changed");
        for kept in [
            "lines%5B2%5D.id",
            "texts.bank_once.text",
            "organisation.name",
            "x",
        ] {
            let page = browser
                .get(&format!("/staff/settings/change?key={kept}"))
                .await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{kept}");
        }
        let mut other = staff_signed_in(&world, Role::Supervisor).await;
        let page = other.open("/staff/settings/lines/solo").await;
        assert!(!shown(&page.body).contains("/staff/settings/change"));
        assert_eq!(other.get(here).await.status, StatusCode::FORBIDDEN);
    });
}
