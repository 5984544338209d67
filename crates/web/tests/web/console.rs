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

const CALL: [(&str, &str); 9] = [
    ("choice", "total"),
    ("amount", ""),
    ("kind", "checking"),
    ("payer_name", "Maria Lopez"),
    ("routing", "110000000"),
    ("account", testkit::ACCOUNT_GOOD),
    ("account_again", testkit::ACCOUNT_GOOD),
    ("payer_email", "maria@example.com"),
    ("spoken", "es"),
];

fn except<'a>(field: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = CALL.to_vec();
    for (name, had) in &mut fields {
        if *name == field {
            *had = value;
        }
    }
    fields
}

pub async fn count(world: &World, sql: &'static str) -> i64 {
    let mut tx = world.ctx.store.read().await.expect("a database");
    let mut row = tx.one("a count", sql, vec![]).await.expect("a row");
    row.read().expect("a number")
}

#[test]
fn a_caller_hears_the_words_and_pays_once_from_a_bank_account() {
    testkit::both(|mut world| async move {
        world.ctx.gateway = std::sync::Arc::new(testkit::ScriptedProcessor::default());
        let maria = scene(&world).await;
        let mut browser = staff_signed_in(&world, Role::Associate).await;
        let here = format!("/staff/accounts/{}/pay", maria.account);
        let page = browser.open(&here).await;
        assert!(page.body.contains("Never take a card number"));
        for (field, value, said) in [
            ("choice", "", "choice-mistake"),
            ("routing", "110000001", "routing-mistake"),
            ("account_again", "1", "account_again-mistake"),
            ("payer_name", "", "payer_name-mistake"),
            ("payer_email", "nowhere", "payer_email-mistake"),
            ("payer_email", "", "tick that the call is recorded"),
        ] {
            let page = browser.post_and_open(&here, &except(field, value)).await;
            assert!(page.body.contains(said), "{field}: {}", page.body);
            assert!(!page.body.contains(testkit::ACCOUNT_GOOD), "{field}");
        }
        let answer = browser.post(&here, &CALL).await;
        let say = answer.location().to_owned();
        let page = browser.open(&say).await;
        // The seven items, in the caller's language.
        for said in [
            "lang=\"es\"",
            "Maria Lopez, \u{bf}autoriza",
            "$100.00",
            "un solo d\u{e9}bito",
            "llame al",
        ] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        let page = browser.post_and_open(&say, &[]).await;
        assert!(page.body.contains("agreed-mistake"), "{}", page.body);
        assert_eq!(count(&world, "SELECT COUNT(*) FROM payments").await, 0);
        let answer = browser.post(&say, &[("agreed", "yes")]).await;
        let paid = answer.location().to_owned();
        let again = browser.post(&say, &[("agreed", "yes")]).await;
        assert_eq!(again.location(), paid);
        let one = "SELECT COUNT(*) FROM payments WHERE channel = 'phone' AND cents = 10000 \
                   AND language = 'es' AND authorisation = 'bank-phone-es-1'";
        assert_eq!(count(&world, one).await, 1);
        assert_eq!(count(&world, "SELECT COUNT(*) FROM payments").await, 1);
        let page = browser.open(&paid).await;
        assert!(page.body.contains("Back to the account"), "{}", page.body);
        // The notice in writing.
        usecases::outbox::send_due(&world.ctx)
            .await
            .expect("it goes out");
        let letters = world.mail.to("maria@example.com");
        assert!(letters.iter().any(|letter| letter.text.contains("$100.00")));
        // Whoever calls again at once is asked whether it is meant.
        let mut other = except("choice", "other");
        other[1].1 = "100.00";
        let say = browser.post(&here, &other).await.location().to_owned();
        let page = browser.open(&say).await;
        assert!(page.body.contains("repeat-warning"), "{}", page.body);
        let page = browser.post_and_open(&say, &[("agreed", "yes")]).await;
        assert!(page.body.contains("repeat-mistake"), "{}", page.body);
        assert_eq!(count(&world, "SELECT COUNT(*) FROM payments").await, 1);
        let meant = [("agreed", "yes"), ("repeat", "yes")];
        browser.post(&say, &meant).await;
        assert_eq!(count(&world, "SELECT COUNT(*) FROM payments").await, 2);
    });
}

#[test]
fn a_plan_line_without_payment_by_phone_takes_none() {
    testkit::on(Engine::Sqlite, |world| async move {
        let maria = scene(&world).await;
        let without = world.ctx.plan.lines.iter();
        let without = without
            .filter(|line| !line.offers(kernel::Channel::Phone))
            .map(|line| line.id.clone())
            .next();
        let line = without.expect("Medicare Supplement has none");
        let changed = world.ctx.store.write(move |tx| {
            let line = line.clone();
            Box::pin(async move {
                let sql = "UPDATE accounts SET plan_line = $1";
                tx.execute(sql, vec![line.as_str().into()]).await
            })
        });
        assert_eq!(changed.await.expect("it can be changed"), 1);
        let mut browser = staff_signed_in(&world, Role::Associate).await;
        let page = browser
            .open(&format!("/staff/accounts/{}/pay", maria.account))
            .await;
        assert!(
            page.body.contains("cannot be paid this way"),
            "{}",
            page.body
        );
        assert!(!page.body.contains("name=\"routing\""));
    });
}
