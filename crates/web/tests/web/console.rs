//! The console of billing staff: finding a member, and the account on one page.

use http::StatusCode;
use identity::Role;
use jiff::civil::date;
use kernel::BillingMonth;
use testkit::{Engine, Maria, World};
use usecases::Actor;
use usecases::progress::Unwatched;

use crate::reach::staff_signed_in;

async fn scene(world: &World) -> Maria {
    let maria = testkit::maria(world, 0).await;
    testkit::covered(world, &maria, date(2026, 12, 1), 10_000).await;
    let options = usecases::billing::RunOptions {
        partitions: 1,
        workers: 1,
        chunk: 10,
    };
    let month = BillingMonth::of(world.ctx.today());
    usecases::billing::run(&world.ctx, &Actor::Operator, month, options, &Unwatched)
        .await
        .expect("the month is invoiced");
    for role in [Role::Billing, Role::Associate] {
        testkit::staff(world, role).await;
    }
    maria
}

#[test]
fn a_member_is_found_and_the_account_is_shown_on_one_page() {
    testkit::both(|world| async move {
        let maria = scene(&world).await;
        let mut browser = staff_signed_in(&world, Role::Billing).await;
        let page = browser.open("/staff/find").await;
        assert!(page.body.contains("Why do you look?"), "{}", page.body);
        let no_reason = [("by", "id"), ("member_id", maria.member_id.as_str())];
        let page = browser.post_and_open("/staff/find", &no_reason).await;
        assert!(page.body.contains("reason-mistake"), "{}", page.body);
        assert!(!page.body.contains(maria.member_id.as_str()));
        let fields = [
            ("by", "id"),
            ("member_id", maria.member_id.as_str()),
            ("reason", "payment-enquiry"),
        ];
        let answer = browser.post("/staff/find", &fields).await;
        let here = format!("/staff/accounts/{}?reason=payment-enquiry", maria.account);
        assert_eq!(answer.location(), here);
        let page = browser.open(&here).await;
        for said in [
            "Maria Lopez",
            "March 14, 1956",
            "$100.00",
            "Invoice issued",
            "debit to Member receivable",
            "Autopay is off.",
            "member-seen",
            "reason=payment-enquiry",
        ] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        let pdf = page
            .body
            .split("href=\"")
            .find(|part| part.contains("invoice.pdf"));
        let pdf = pdf.and_then(|part| part.split('"').next()).expect("a link");
        let pdf = browser.get(&pdf.replace("&#x2f;", "/")).await;
        assert_eq!(pdf.headers["content-type"], "application/pdf");
        let page = browser.open(&here).await;
        assert!(page.body.contains("document-read"), "{}", page.body);
    });
}

#[test]
fn nothing_of_a_member_is_shown_before_a_reason_is_given() {
    testkit::on(Engine::Sqlite, |world| async move {
        let maria = scene(&world).await;
        let mut browser = staff_signed_in(&world, Role::Associate).await;
        for query in ["", "?reason=", "?reason=curiosity"] {
            let path = format!("/staff/accounts/{}{query}", maria.account);
            let page = browser.get(&path).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.body.contains("Why do you look?"), "{query}");
            assert!(!page.body.contains("Lopez"), "{query}");
        }
        let page = browser
            .get(&format!("/staff/accounts/{}?reason=queue", maria.account))
            .await;
        assert!(page.body.contains("Maria Lopez"));
        assert!(
            !page.body.contains("member-seen"),
            "no audit for associates"
        );
    });
}
