//! People: a guest who pays, a member who registers.

use std::sync::Arc;

use gateways::card::{StripeGateway, StripeSettings};
use http::StatusCode;
use kernel::Secret;
use sandbox::{Sandbox, SandboxSettings};
use testkit::{Engine, Maria, World};
use url::Url;

use crate::site::Browser;

/// The world with the sandbox processor in it.
async fn with_processor(mut world: World) -> (World, sandbox::RunningSandbox) {
    let ours: Url = world.ctx.settings.public_url.parse().expect("an address");
    let settings = SandboxSettings::local("sk_test_web", "whsec_web", ours);
    let running = Sandbox::start(settings).await.expect("the sandbox starts");
    let settings = StripeSettings::new(
        running.url.clone(),
        Secret::new("sk_test_web".to_owned()),
        vec![Secret::new("whsec_web".to_owned())],
    );
    world.ctx.gateway = Arc::new(StripeGateway::new(settings).expect("the settings are right"));
    (world, running)
}

fn answers(maria: &Maria) -> [(&'static str, String); 8] {
    [
        ("member_id", maria.member_id.grouped()),
        ("first_name", "Maria".to_owned()),
        ("last_name", "López".to_owned()),
        ("birth_month", "3".to_owned()),
        ("birth_day", "14".to_owned()),
        ("birth_year", "1956".to_owned()),
        ("zip", "06032".to_owned()),
        ("payer_email", "son@example.com".to_owned()),
    ]
}

fn as_fields<'a>(answers: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    answers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

/// Gives what a guest has to know, and returns the address of the form.
async fn a_guest_names_the_member(browser: &mut Browser, maria: &Maria) -> String {
    browser.open("/guest/identify").await;
    let answer = browser
        .post("/guest/identify", &as_fields(&answers(maria)))
        .await;
    let amount = answer.location().to_owned();
    assert!(amount.ends_with("/amount"), "{amount}");
    assert!(
        !amount.contains(maria.member_id.as_str()),
        "no member ID in an address"
    );
    let page = browser.open(&amount).await;
    assert!(
        !page.body.contains("Maria"),
        "a guest sees what is due and nothing else"
    );
    amount.trim_end_matches("/amount").to_owned()
}

async fn an_amount_is_given(browser: &mut Browser, base: &str) {
    let amount = format!("{base}/amount");
    let page = browser
        .post_and_open(&amount, &[("choice", "other"), ("amount", "0.001")])
        .await;
    assert!(page.body.contains("at most two digits") && page.body.contains("value=\"0.001\""));
    let page = browser
        .post_and_open(&amount, &[("choice", "other"), ("amount", "$86.40")])
        .await;
    assert!(
        page.body.contains("How do you want to pay?"),
        "{}",
        page.body
    );
    let page = browser
        .post_and_open(&format!("{base}/method"), &[("method", "bank")])
        .await;
    assert!(page.body.contains("Your bank account"));
}

async fn a_bank_account_is_given(browser: &mut Browser, base: &str) {
    let bank = format!("{base}/bank");
    let wrong = [
        ("payer_name", "4242 4242 4242 4242"),
        ("kind", "checking"),
        ("routing", "11000000"),
        ("account", "000123456789"),
        ("account_again", "1"),
    ];
    let page = browser.post_and_open(&bank, &wrong).await;
    assert!(page.body.contains("You entered 8") && page.body.contains("looks like a card number"));
    for secret in ["4242 4242", "000123456789"] {
        assert!(!page.body.contains(secret), "{secret} was kept");
    }
    let right = [
        ("payer_name", "Ana Peña"),
        ("kind", "checking"),
        ("routing", "110000000"),
        ("account", "000123456789"),
        ("account_again", "000123456789"),
    ];
    let page = browser.post_and_open(&bank, &right).await;
    assert!(page.body.contains("Check before you pay"), "{}", page.body);
    assert!(page.body.contains("6789") && !page.body.contains("000123456789"));
}

async fn back_says_that_it_was_sent(browser: &mut Browser, base: &str) {
    // Back: every page of the form says that it was sent.
    for step in ["amount", "method", "bank", "review"] {
        let page = browser.open(&format!("{base}/{step}")).await;
        assert!(
            page.body.contains("This payment was already sent"),
            "{step}"
        );
    }
}

async fn payments_of(world: &World) -> i64 {
    let mut tx = world.ctx.store.read().await.expect("a database");
    let mut row = tx
        .one("payments", "SELECT COUNT(*) FROM payments", vec![])
        .await
        .expect("a count");
    row.read().expect("a number")
}

#[test]
fn a_guest_pays_by_bank_account_and_back_does_not_pay_again() {
    testkit::on(Engine::Sqlite, |world| async move {
        let maria = testkit::maria(&world, 1).await;
        let (world, running) = with_processor(world).await;
        let mut browser = Browser::new(&world);
        let base = a_guest_names_the_member(&mut browser, &maria).await;

        // No step is skipped.
        assert!(
            browser
                .get(&format!("{base}/review"))
                .await
                .location()
                .ends_with("/amount")
        );

        an_amount_is_given(&mut browser, &base).await;
        a_bank_account_is_given(&mut browser, &base).await;

        let review = format!("{base}/review");
        let page = browser.post_and_open(&review, &[]).await;
        assert!(page.body.contains("tick the box if you agree"));
        let before = browser.cookies["__Host-session"].clone();
        // A double click: the same form twice at the same time.
        let mut second = browser.clone();
        let agree = [("authorise", "yes")];
        let (first, again) =
            tokio::join!(browser.post(&review, &agree), second.post(&review, &agree));
        assert_eq!(first.status, StatusCode::SEE_OTHER);
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        let receipt = browser.open(&format!("{base}/sending")).await;
        assert!(
            receipt.body.contains("Your payment is on its way"),
            "{}",
            receipt.body
        );
        assert!(receipt.body.contains("Confirmation number"));
        assert_eq!(
            browser.cookies["__Host-session"], before,
            "a second window still finds the receipt"
        );
        assert!(
            browser.cookies.contains_key("__Host-paid"),
            "a changed cookie makes browsers drop the form pages"
        );
        let lower = receipt.body.to_lowercase();
        assert!(!lower.contains("set up automatic"), "no autopay for guests");

        back_says_that_it_was_sent(&mut browser, &base).await;
        assert_eq!(payments_of(&world).await, 1, "one payment");
        running.stop();
    });
}

#[test]
fn a_guest_who_is_wrong_gets_the_same_answer_for_every_mistake() {
    testkit::on(Engine::Sqlite, |world| async move {
        let maria = testkit::maria(&world, 1).await;
        let mut seen = std::collections::BTreeSet::new();
        for (field, value) in [
            ("member_id", "99999999999"),
            ("zip", "06001"),
            ("last_name", "Other"),
            ("birth_day", "15"),
        ] {
            let mut browser = Browser::new(&world);
            browser.open("/guest/identify").await;
            let mut said = answers(&maria);
            for answer in &mut said {
                if answer.0 == field {
                    value.clone_into(&mut answer.1);
                }
            }
            let page = browser
                .post_and_open("/guest/identify", &as_fields(&said))
                .await;
            let from = page.body.find("error-summary").expect("a list of mistakes");
            seen.insert(page.body[from..from + 400].to_owned());
            assert!(
                page.body.contains(value) || field == "birth_day",
                "what was typed is kept"
            );
        }
        assert_eq!(seen.len(), 1, "{seen:#?}");
    });
}

pub const SIGN_IN: [(&str, &str); 2] = [
    ("user_id", "maria.lopez"),
    ("password", "correct horse battery staple"),
];

pub async fn registers(world: &World, browser: &mut Browser, maria: &Maria) {
    browser.open("/register").await;
    let said = answers(maria);
    let page = browser.post_and_open("/register", &as_fields(&said)).await;
    assert!(page.body.contains("Your email address"), "{}", page.body);
    let email = "maria@example.com";
    let answer = browser.post("/register", &as_fields(&said)).await;
    let base = answer.location().trim_end_matches("/email").to_owned();
    let page = browser
        .post_and_open(&format!("{base}/email"), &[("email", email)])
        .await;
    assert!(page.body.contains("Enter the code"));
    usecases::outbox::send_due(&world.ctx)
        .await
        .expect("the letter goes out");
    let code = world.mail.code_for(email).expect("a code was sent");
    let page = browser
        .post_and_open(&format!("{base}/code"), &[("code", &code)])
        .await;
    assert!(
        page.body.contains("Choose a user ID and password"),
        "{}",
        page.body
    );
    let password = format!("{base}/password");
    let short = [("user_id", "maria.lopez"), ("password", "short one")];
    let page = browser.post_and_open(&password, &short).await;
    assert!(page.body.contains("at least 15 characters") && !page.body.contains("short one"));
    let page = browser.post_and_open(&password, &SIGN_IN).await;
    assert!(page.body.contains("Hello, Maria"), "{}", page.body);
}

#[test]
fn a_member_registers_sees_her_account_and_signs_out() {
    testkit::on(Engine::Sqlite, |world| async move {
        let maria = testkit::maria(&world, 1).await;
        let mut browser = Browser::new(&world);
        registers(&world, &mut browser, &maria).await;

        let account = maria.account;
        for path in ["invoices", "payments", "pay"] {
            let page = browser.open(&format!("/account/{account}/{path}")).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
        }
        let csv = browser
            .get(&format!("/account/{account}/payments.csv"))
            .await;
        assert!(csv.body.starts_with('\u{feff}'));
        // Somebody else's account is not there.
        let other = testkit::maria(&world, 2).await.account;
        for path in ["invoices", "payments", "payments.csv", "pay"] {
            let answer = browser.get(&format!("/account/{other}/{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        browser.open("/account").await;
        let page = browser.post_and_open("/sign-out", &[]).await;
        assert!(page.body.contains("You are signed out"));
        assert!(
            browser
                .get("/account")
                .await
                .location()
                .starts_with("/sign-in")
        );

        browser.open("/sign-in").await;
        let wrong = [
            ("user_id", "maria.lopez"),
            ("password", "wrong horse battery staple"),
        ];
        let page = browser.post_and_open("/sign-in", &wrong).await;
        assert!(page.body.contains("is not right") && page.body.contains("value=\"maria.lopez\""));
        let page = browser.post_and_open("/sign-in", &SIGN_IN).await;
        assert!(page.body.contains("Hello, Maria"));
    });
}
