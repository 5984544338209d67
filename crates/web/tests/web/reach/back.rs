//! Forms that are sent after their time: after signing out, and after a payment.

use http::StatusCode;
use memberpay_web::routes::{Audience, all};
use testkit::Engine;

use super::guests;
use super::kept::Keeper;
use super::scene::Scene;
use crate::site::Browser;

#[test]
fn after_signing_out_no_old_form_does_anything_and_each_says_where_to_go() {
    testkit::on(Engine::Sqlite, |world| async move {
        let scene = Scene::new(world).await;
        let keeper = Keeper::new(&scene.world).await;
        let mut browser = scene.browser.clone();
        // What Back shows is a page of the old session, with its cookie or with the new one.
        let mut with_old_cookie = browser.clone();
        let old_token = browser.token.clone();
        browser.post_and_open("/sign-out", &[]).await;
        let before = keeper.hers(&scene.world).await;
        for route in all().iter().filter(|r| r.audience == Audience::Member) {
            let path = scene.filled(route.path);
            for browser in [&mut browser, &mut with_old_cookie] {
                browser.token = old_token.clone();
                if route.methods.contains(&"POST") {
                    let sent = browser.post(&path, &[("email", "x@example.com")]).await;
                    assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path}");
                    assert!(sent.body.contains("href=\"/sign-in\""), "{path}");
                    assert_eq!(sent.headers["cache-control"], "no-store", "{path}");
                }
                if route.methods.contains(&"GET") {
                    let page = browser.get(&path).await;
                    let door = page.location().starts_with("/sign-in?next=");
                    assert!(door, "{path}: {}", page.status);
                }
            }
        }
        assert_eq!(keeper.hers(&scene.world).await, before);
    });
}

#[test]
fn after_a_payment_every_page_and_form_of_it_leads_to_what_became_of_it() {
    testkit::on(Engine::Sqlite, |world| async move {
        let scene = Scene::new(world).await;
        let (mut guest, base) = guests::paid(&scene).await;
        leads_to_the_outcome(&scene, &mut guest, "/guest/{errand}", &base).await;
        let mut member = scene.browser.clone();
        let pay = "/account/{account}/pay/{errand}";
        let review = scene.filled(&format!("{pay}/review"));
        let base = review.trim_end_matches("/review").to_owned();
        member.open(&review).await;
        member.post(&review, &[("authorise", "yes")]).await;
        leads_to_the_outcome(&scene, &mut member, pay, &base).await;
    });
}

async fn leads_to_the_outcome(scene: &Scene, browser: &mut Browser, pattern: &str, base: &str) {
    let page = browser.open(&format!("{base}/sending")).await;
    assert!(page.body.contains("Confirmation number"), "{}", page.body);
    let (asked, mut tried) = (scene.processor.requests(), 0);
    let typed = [
        ("choice", "total"),
        ("method", "bank"),
        ("authorise", "yes"),
        ("repeat", "yes"),
    ];
    for route in all() {
        let Some(step) = route.path.strip_prefix(pattern) else {
            continue;
        };
        // Looking somebody up again and paying again begin another payment.
        if ["/identify", "/again", "/status", "/receipt.pdf"].contains(&step) {
            continue;
        }
        let path = format!("{base}{step}");
        let mut pages = Vec::new();
        if route.methods.contains(&"GET") {
            pages.push(browser.open(&path).await);
        }
        if route.methods.contains(&"POST") {
            pages.push(browser.post_and_open(&path, &typed).await);
        }
        for page in pages {
            let sent = page.body.contains("This payment was already sent");
            let became = page.body.contains("Confirmation number");
            assert!(sent || became, "{path}: {}", page.body);
            assert_eq!(page.headers["cache-control"], "no-store", "{path}");
            tried += 1;
        }
    }
    assert!(tried > 10, "{tried} pages and forms");
    assert_eq!(scene.processor.requests(), asked, "nothing is paid again");
}
