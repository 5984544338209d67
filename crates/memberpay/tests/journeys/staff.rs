//! Staff: two steps to come in, what their role lets them see, and somebody new.

use std::time::Duration;

use crate::security::digits;
use crate::support::mail;
use crate::walk::{Walk, dollars};

pub const VISA: &str = "4242424242424242";
const NEW_PASSWORD: &str = "violet otters swim at dusk";

pub async fn come_in(walk: &Walk, user_id: &str, password: &str, secret: &str) {
    walk.go("/staff/sign-in").await;
    walk.fill("user_id", user_id).await;
    walk.fill("password", password).await;
    walk.send().await;
    walk.arrive("/staff/sign-in/second").await;
    give_digits(walk, secret).await;
}

/// Types what the app shows. Digits are good once: if another journey of the same person used
/// these, the next ones come within half a minute.
async fn give_digits(walk: &Walk, secret: &str) {
    for _ in 0..4 {
        let shown = digits(secret, 0);
        walk.fill("code", &shown).await;
        walk.send().await;
        if !walk.address().await.contains("/second") {
            walk.arrive("/staff").await;
            return;
        }
        while digits(secret, 0) == shown {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    panic!("four digits of the app in a row were not taken");
}

pub async fn leave(walk: &Walk) {
    walk.press("form[action='/staff/sign-out'] button").await;
    walk.arrive("/staff/sign-in").await;
}

pub async fn a_supervisor_comes_in_with_two_steps_and_reads_the_watch_list(walk: Walk) {
    // What the demonstration plan was paid may be older than what the dashboard shows.
    let who = walk.stage.somebody();
    walk.guest_at_amount(&who, "today@example.org").await;
    walk.pay_amount(walk.stage.own_amount()).await;
    walk.pay_with("card").await;
    walk.give_card(VISA, "Today Payer").await;
    walk.send().await;
    walk.wait_for_receipt().await;
    walk.open("/staff/sign-in").await;
    walk.fill("user_id", "demo.supervisor").await;
    walk.fill("password", "something else entirely").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    walk.fill("user_id", "demo.supervisor").await;
    walk.fill("password", demo::PASSWORD).await;
    walk.send().await;
    walk.arrive_and_look("/staff/sign-in/second").await;
    // Half in is not in.
    walk.go("/staff").await;
    walk.arrive("/staff/sign-in").await;
    walk.go("/staff/sign-in/second").await;
    walk.fill("code", "000000").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    give_digits(&walk, demo::STAFF_KEY).await;
    walk.look().await;
    walk.open("/staff/autopay").await;
    walk.open("/staff/dashboard").await;
    walk.pick("days", "31").await;
    walk.press("form.filter button").await;
    walk.look().await;
    assert!(walk.has("svg rect").await, "somebody paid today");
    // A figure opens its list.
    walk.press("table.stack tbody a").await;
    walk.look().await;
    assert!(walk.has("form.filter").await);
    walk.open("/staff/autopay?finding=over-cap").await;
    walk.open("/staff/received").await;
    walk.pick("channel", "guest").await;
    walk.press("form.filter button").await;
    walk.look().await;
    walk.go("/staff/people").await;
    assert!(!walk.has("main table").await, "supervisors add nobody");
    sees_an_account(&walk).await;
    walk.go("/staff/autopay?lang=es").await;
    walk.in_spanish();
    walk.look().await;
    walk.open("/staff").await;
    leave(&walk).await;
    walk.browser.driver.back().await.unwrap();
    walk.arrive("/staff/sign-in").await;
    walk.keeps_quiet_about(&["demo.supervisor", "Demo supervisor"])
        .await;
    walk.look().await;
}

/// A member is found and everything about the account is on one page.
async fn sees_an_account(walk: &Walk) {
    walk.open("/staff/find").await;
    walk.fill("member_id", "1000 000 0003").await;
    walk.pick("reason", "payment-enquiry").await;
    walk.press("button[value='id']").await;
    walk.arrive_and_look("/staff/accounts/").await;
    walk.says(&["Avery Stone", "A question about a payment", "Audit trail"])
        .await;
    walk.says(&["member-seen"]).await;
    let words = walk.words_of_pdf("a[href$='/invoice.pdf']").await;
    assert!(words.contains("Avery Stone"), "{words}");
}

pub async fn an_associate_takes_a_payment_from_a_caller(walk: Walk) {
    come_in(&walk, "demo.associate", demo::PASSWORD, demo::STAFF_KEY).await;
    walk.open("/staff/find").await;
    walk.fill("member_id", "1000 000 0003").await;
    walk.press("button[value='id']").await;
    walk.arrive_and_look("/staff/accounts/").await;
    assert!(!walk.has("#audit").await, "associates see no audit trail");
    walk.press("main a.button[href$='/pay']").await;
    walk.arrive_and_look("/pay").await;
    let cents = walk.stage.own_amount();
    walk.choose("choice", "other").await;
    walk.fill("amount", &dollars(cents)).await;
    walk.type_bank("000123456789", "Avery Stone").await;
    walk.fill("payer_email", "").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1, "nothing would prove it");
    walk.type_bank("000123456789", "Avery Stone").await;
    walk.fill("payer_email", "caller@example.org").await;
    walk.send().await;
    walk.arrive_and_look("/pay/").await;
    walk.says(&["Read this to the caller", "Avery Stone, do you authorize"])
        .await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1, "nothing without a yes");
    walk.choose("agreed", "yes").await;
    walk.send().await;
    walk.arrive_and_look("/payments/").await;
    mail::wait_for(
        &walk.stage.demo.mail(),
        "caller@example.org",
        &dollars(cents),
        Duration::from_secs(60),
    )
    .await;
    walk.press("main a.button[href*='reason=']").await;
    walk.says(&["Avery Stone"]).await;
    leave(&walk).await;
}

pub async fn an_administrator_adds_somebody_who_sets_up_both_steps(walk: Walk) {
    walk.stage.secrets.add("password", NEW_PASSWORD);
    come_in(&walk, "demo.administrator", demo::PASSWORD, demo::STAFF_KEY).await;
    walk.look().await;
    walk.open("/staff/people").await;
    walk.press("main a[href='/staff/people/new']").await;
    walk.send().await;
    walk.look().await;
    assert!(walk.mistakes().await.len() >= 3);
    walk.fill("name", "Robin Field").await;
    walk.fill("email", "robin.field@example.org").await;
    walk.fill("user_id", "robin.field").await;
    walk.choose("role", "auditor").await;
    walk.send().await;
    walk.look().await;
    let link = walk.find("main code").await.text().await.unwrap();
    walk.stage.secrets.add("set-up link", &link);
    let link = link
        .strip_prefix(&walk.stage.demo.url)
        .unwrap_or_else(|| panic!("{link} is of this program"))
        .to_owned();
    walk.go("/staff/people").await;
    walk.says(&["Robin Field", "Not set up yet"]).await;
    walk.press("main table tr:has(td) th a").await;
    walk.look().await;
    walk.go("/staff/people?lang=es").await;
    walk.in_spanish();
    walk.look().await;
    walk.open("/staff/people/new").await;
    leave(&walk).await;
    set_up(&walk, &link).await;
}

async fn set_up(walk: &Walk, link: &str) {
    walk.open(link).await;
    walk.fill("password", NEW_PASSWORD).await;
    walk.fill("again", "something else").await;
    walk.send().await;
    walk.look().await;
    walk.fill("password", NEW_PASSWORD).await;
    walk.fill("again", NEW_PASSWORD).await;
    walk.send().await;
    walk.look().await;
    let secret = walk.find("main code.typed").await.text().await.unwrap();
    walk.stage
        .secrets
        .add("authenticator secret", &secret.replace(' ', ""));
    walk.fill("code", &digits(&secret, 0)).await;
    walk.send().await;
    walk.look().await;
    let recovery = walk.find("main ul.codes li").await.text().await.unwrap();
    walk.stage.secrets.add("recovery code", &recovery);
    walk.go("/staff/sign-in").await;
    walk.fill("user_id", "robin.field").await;
    walk.fill("password", NEW_PASSWORD).await;
    walk.send().await;
    walk.arrive("/second").await;
    walk.fill("code", &recovery).await;
    walk.send().await;
    walk.arrive_and_look("/staff").await;
    // The link was good once.
    leave(walk).await;
    walk.go(link).await;
    assert!(!walk.has("main [name='password']").await);
}
