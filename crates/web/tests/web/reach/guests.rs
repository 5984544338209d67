//! A guest can pay and see a receipt, and nothing else.

use http::StatusCode;
use memberpay_web::routes::{Audience, all};
use testkit::Engine;

use super::kept::{Keeper, Kept};
use super::scene::{HERS, Scene};
use crate::site::Browser;

/// What a guest leaves behind: their visits and its forms, codes for whoever forgot, what limits
/// their tries, the trail, their payment with its postings and its receipt.
const OF_GUESTS: [&str; 18] = [
    "accounts",
    "applications",
    "attempts",
    "audit_events",
    "errands",
    "invoices",
    "journal_entries",
    "journal_transactions",
    "letters",
    "notices",
    "number_series",
    "one_time_codes",
    "outbox",
    "payments",
    "sessions",
    "staff_sessions",
    "throttle_events",
    "webhook_events",
];

fn without_guests(mut kept: Kept) -> Kept {
    kept.retain(|table, _| !OF_GUESTS.contains(&table.as_str()));
    assert!(kept.contains_key("mandates") && kept.contains_key("consents"));
    kept
}

/// What a guest has to know of her.
fn known(scene: &Scene) -> Vec<(&'static str, String)> {
    vec![
        ("member_id", scene.hers.member_id.grouped()),
        ("first_name", "Wilhelmina".to_owned()),
        ("last_name", "Quillfeather".to_owned()),
        ("birth_month", "3".to_owned()),
        ("birth_day", "14".to_owned()),
        ("birth_year", "1956".to_owned()),
        ("zip", "06032".to_owned()),
        ("payer_email", "son@example.com".to_owned()),
    ]
}

fn plain<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

/// A guest who named her; the address of the form.
pub async fn under_way(scene: &Scene) -> (Browser, String) {
    let mut browser = Browser::new(&scene.world);
    browser.open("/guest/identify").await;
    let answer = browser.post("/guest/identify", &plain(&known(scene))).await;
    let base = answer.location().trim_end_matches("/amount").to_owned();
    assert!(base.starts_with("/guest/"), "{base}");
    browser.open(answer.location()).await;
    (browser, base)
}

/// The steps up to the last, for an amount in dollars.
async fn up_to_review(browser: &mut Browser, base: &str, amount: &str) {
    let bank = [
        ("payer_name", "Ana Diaz"),
        ("kind", "checking"),
        ("routing", "110000000"),
        ("account", "000123456789"),
        ("account_again", "000123456789"),
    ];
    for (step, fields) in [
        ("amount", &[("choice", "other"), ("amount", amount)][..]),
        ("method", &[("method", "bank")]),
        ("bank", &bank),
    ] {
        let answer = browser.post(&format!("{base}/{step}"), fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{step}");
        browser.open(answer.location()).await;
    }
}

/// A guest who has paid; the address of the form.
pub async fn paid(scene: &Scene) -> (Browser, String) {
    let (mut browser, base) = under_way(scene).await;
    up_to_review(&mut browser, &base, "23.45").await;
    browser
        .post(&format!("{base}/review"), &[("authorise", "yes")])
        .await;
    let page = browser.open(&format!("{base}/sending")).await;
    assert!(page.body.contains("Confirmation number"), "{}", page.body);
    (browser, base)
}

/// Fields that no form of a guest has, or that are somebody else's.
fn tampered(scene: &Scene) -> [Vec<(&'static str, String)>; 3] {
    let id = |name: &str| scene.names[name].clone();
    let others = scene.others.account.to_string();
    let common = |account: String, method: String, amount: &str| {
        vec![
            ("account", account.clone()),
            ("account_id", account),
            ("method", method.clone()),
            ("method_id", method),
            ("save", "yes".to_owned()),
            ("kind", "saved".to_owned()),
            ("autopay", "yes".to_owned()),
            ("mandate", "yes".to_owned()),
            ("day", "due".to_owned()),
            ("cap", "none".to_owned()),
            ("start", "2027-01".to_owned()),
            ("agree", "yes".to_owned()),
            ("repeat", "yes".to_owned()),
            ("choice", "other".to_owned()),
            ("amount", amount.to_owned()),
            ("cents", "1".to_owned()),
            ("person", id("person")),
            ("login", id("person")),
            ("payment", id("payment")),
            ("invoice", id("invoice")),
            ("guest", "false".to_owned()),
            ("member_id", "99999999999".to_owned()),
            ("payer_email", "thief@example.com".to_owned()),
            ("paperless", "electronic".to_owned()),
            ("invoices", "electronic".to_owned()),
        ]
    };
    let saved = format!("saved-{}", id("method"));
    [
        common(id("account"), saved, "-5.00"),
        common(others, id("method"), "1e18"),
        common("1".to_owned(), "bank".to_owned(), "NaN"),
    ]
}

/// Every form of every address, tampered with, and every page. The errand in the address is the
/// guest's own, another guest's, and the member's.
async fn tries_everything(scene: &Scene, browser: &mut Browser, errands: &[&str]) {
    browser.open("/sign-in").await;
    let token = browser.token.clone();
    let forms = tampered(scene);
    for route in all() {
        let ends = route.path.ends_with("sign-out") || route.audience == Audience::Machine;
        if ends {
            continue;
        }
        let base = route.path.strip_prefix("/guest/{errand}");
        let paths: Vec<String> = match base {
            Some(step) => errands
                .iter()
                .map(|id| format!("/guest/{id}{step}"))
                .collect(),
            None => vec![scene.filled(route.path)],
        };
        for path in &paths {
            if route.methods.contains(&"GET") {
                let answer = browser.get(path).await;
                let seen = HERS.iter().find(|word| answer.body.contains(**word));
                // The first form is shown again with what its guest had typed.
                let typed = path.ends_with("/identify") && path.contains(errands[0]);
                assert!(seen.is_none() || typed, "{path} says {seen:?}");
            }
            for form in forms.iter().filter(|_| route.methods.contains(&"POST")) {
                browser.token = token.clone();
                let answer = browser.post(path, &plain(form)).await;
                let status = answer.status;
                assert!(!status.is_server_error(), "{path}: {status}");
                let seen = HERS.iter().find(|word| answer.body.contains(**word));
                assert_eq!(seen, None, "{path}");
            }
        }
    }
    browser.token = token;
}

fn errand_of(base: &str) -> &str {
    base.rsplit('/').next().unwrap_or("")
}

#[test]
fn a_guest_who_tampers_with_every_form_sets_nothing_up_and_pays_what_they_agreed_to() {
    testkit::on(Engine::Sqlite, |world| async move {
        let scene = Scene::new(world).await;
        let keeper = Keeper::new(&scene.world).await;
        let (_, strangers) = paid(&scene).await;
        let (mut browser, base) = under_way(&scene).await;
        let members = scene.filled("/account/{account}/pay/{errand}/amount");
        let members = members.trim_end_matches("/amount").to_owned();
        let errands = [errand_of(&base), errand_of(&strangers), errand_of(&members)];
        let before = without_guests(keeper.counts(&scene.world).await);
        let hers = without_guests(keeper.hers(&scene.world).await);
        let sessions = signed_in(&scene).await;
        let asked = scene.processor.requests();

        tries_everything(&scene, &mut browser, &errands).await;
        assert_eq!(scene.processor.requests(), asked, "nobody agreed to pay");

        // The form still pays the account that was found, in the amount that was typed.
        up_to_review(&mut browser, &base, "34.56").await;
        let review = format!("{base}/review");
        let mut agreed = tampered(&scene)[0].clone();
        agreed.push(("authorise", "yes".to_owned()));
        browser.post(&review, &plain(&agreed)).await;
        browser.open(&format!("{base}/sending")).await;
        let charge = scene.processor.last_charge().expect("it was asked");
        assert_eq!(charge.amount, kernel::Cents::new(3_456));
        assert_eq!(
            payments_of(&scene, "guest").await,
            2,
            "the two of the guests"
        );

        tries_everything(&scene, &mut browser, &errands).await;
        assert_eq!(
            scene.processor.requests(),
            asked + 1,
            "nothing is paid again"
        );
        assert_eq!(without_guests(keeper.counts(&scene.world).await), before);
        assert_eq!(signed_in(&scene).await, sessions, "nobody was signed in");
        assert_eq!(without_guests(keeper.hers(&scene.world).await), hers);
    });
}

/// How many sessions are those of somebody.
async fn signed_in(scene: &Scene) -> i64 {
    let mut tx = scene.world.ctx.store.read().await.expect("a database");
    let mut found = 0;
    for sql in [
        "SELECT COUNT(*) FROM sessions WHERE login_id IS NOT NULL",
        "SELECT COUNT(*) FROM staff_sessions WHERE staff_id IS NOT NULL",
    ] {
        let mut row = tx.one("a count", sql, vec![]).await.expect("a count");
        found += row.read::<i64>().expect("a number");
    }
    found
}

/// How many payments of this channel her account has; no other account has any.
async fn payments_of(scene: &Scene, channel: &'static str) -> i64 {
    let mut tx = scene.world.ctx.store.read().await.expect("a database");
    let all = "SELECT COUNT(*) FROM payments WHERE account_id NOT IN \
               (SELECT id FROM accounts WHERE account_number = 1001)";
    let mut row = tx.one("a count", all, vec![]).await.expect("a count");
    assert_eq!(row.read::<i64>().expect("a number"), 0, "for nobody else");
    drop(tx);
    let mut tx = scene.world.ctx.store.read().await.expect("a database");
    let channels = tx
        .all("SELECT channel FROM payments", vec![])
        .await
        .expect("an answer");
    let mut found = 0;
    for mut row in channels {
        found += i64::from(row.read::<String>().expect("text") == channel);
    }
    found
}

#[test]
fn the_receipt_of_a_guest_offers_to_sign_in_and_nothing_more() {
    testkit::on(Engine::Sqlite, |world| async move {
        let scene = Scene::new(world).await;
        let (mut browser, base) = paid(&scene).await;
        let receipt = browser.get(&format!("{base}/receipt")).await;
        let main = receipt.body.split("<main").nth(1).expect("a page");
        let main = main.split("</main>").next().expect("it ends");
        assert!(main.contains("Confirmation number"), "{main}");
        let mut links: Vec<String> = crate::html::tags(main)
            .iter()
            .filter(|tag| tag.name == "a" || tag.name == "form")
            .map(|tag| format!("{}{}", tag.get("href"), tag.get("action")).replace("&#x2f;", "/"))
            .filter(|to| !to.starts_with("tel:"))
            .collect();
        links.sort();
        let expected = [format!("{base}/receipt.pdf"), "/sign-in".to_owned()];
        for link in &links {
            let there = expected.contains(link) || link == "/guest" || link == "/help";
            assert!(there, "the receipt leads to {link}");
        }
        assert!(links.contains(&expected[1]), "{links:?}");
        for word in ["autopay", "Autopay", "paperless", "Paperless", "save this"] {
            assert!(!main.contains(word), "{word}");
        }
        let pdf = browser.get(&format!("{base}/receipt.pdf")).await;
        assert_eq!(pdf.headers["content-type"], "application/pdf");
        // It is the visit's that paid, and nobody else's.
        let (mut stranger, _) = under_way(&scene).await;
        for page in [
            "receipt",
            "receipt.pdf",
            "sent",
            "status",
            "sending",
            "review",
        ] {
            let answer = stranger.get(&format!("{base}/{page}")).await;
            assert_eq!(answer.status, StatusCode::GONE, "{page}");
        }
    });
}
