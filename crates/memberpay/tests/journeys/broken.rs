//! Pages that nobody wants to see.

use crate::support::program;
use crate::walk::Walk;

pub async fn every_error_page_says_what_happened(walk: Walk) {
    for spanish in [false, true] {
        if spanish {
            walk.go("/?lang=es").await;
            walk.in_spanish();
        }
        walk.open("/no/such/page").await;
        walk.open("/pay/no-such-line").await;
        // An address that only takes forms.
        walk.open("/sign-out").await;
        // A half-finished payment that never was.
        walk.go("/guest/identify").await;
        walk.open("/guest/0197a000-0000-7000-8000-000000000000/amount")
            .await;
        walk.open("/register/0197a000-0000-7000-8000-000000000000/email")
            .await;
    }
    for (path, status) in [("/no/such/page", 404), ("/sign-out", 405)] {
        let answer = program::client()
            .get(format!("{}{path}", walk.stage.demo.url))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert!(
            answer.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("frame-ancestors 'none'")
        );
        let reference = answer.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            answer.text().await.unwrap().contains(&reference),
            "the page has the log's reference"
        );
    }
}

pub async fn a_form_from_elsewhere_is_refused(walk: Walk) {
    walk.go("/sign-in").await;
    walk.browser
        .ask("document.querySelector('main form [name=csrf]').value = 'forged'")
        .await;
    walk.fill("user_id", "jordan.rivers").await;
    walk.fill("password", demo::PASSWORD).await;
    walk.send().await;
    walk.look().await;
    assert!(
        !walk.has("form[action='/sign-out']").await,
        "nobody is signed in"
    );
    let client = program::client();
    let forged = client
        .post(format!("{}/sign-in", walk.stage.demo.url))
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("user_id=jordan.rivers")
        .send()
        .await
        .unwrap();
    assert_eq!(forged.status(), 403);
    let large = client
        .post(format!("{}/sign-in", walk.stage.demo.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("a".repeat(1_000_000))
        .send()
        .await
        .unwrap();
    assert_eq!(large.status(), 413);
}
