//! Members.

use std::time::Duration;

use crate::support::{mail, people};
use crate::walk::{Walk, dollars};

const WAIT_FOR_MAIL: Duration = Duration::from_secs(20);
const PASSWORD: &str = "seven lamps, one kettle";

pub async fn a_member_registers_pays_and_keeps_the_receipt(walk: Walk) {
    let me = walk.stage.somebody();
    let mine = "member.mail@example.org";
    register(&walk, &me, mine).await;
    walk.arrive_and_look("/account").await;
    walk.says(&[&me.first_name]).await;
    open_invoice(&walk).await;
    let cents = pay_by_card(&walk).await;
    keep_receipt(&walk, cents, mine).await;
    read_history(&walk, cents).await;
}

async fn register(walk: &Walk, me: &people::Person, email: &str) {
    walk.stage.secrets.add("e-mail address", email);
    walk.stage.secrets.add("password", PASSWORD);
    walk.open("/register").await;
    walk.fill_proof(me).await;
    walk.send().await;
    walk.arrive_and_look("/email").await;
    walk.fill("email", email).await;
    walk.send().await;
    walk.arrive_and_look("/code").await;
    let letter = mail::wait_for(&walk.stage.demo.mail(), email, "code", WAIT_FOR_MAIL).await;
    let code = mail::code_in(&letter.text);
    walk.stage.secrets.add("code", &code);
    let wrong = if code.starts_with('1') {
        code.replacen('1', "2", 1)
    } else {
        format!("1{}", &code[1..])
    };
    walk.fill("code", &wrong).await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    walk.fill("code", &code).await;
    walk.send().await;
    walk.arrive_and_look("/password").await;
    for (user_id, password) in [
        ("", ""),
        ("riversmember", "short"),
        ("riversmember", "passwordpassword"),
    ] {
        walk.fill("user_id", user_id).await;
        walk.fill("password", password).await;
        walk.send().await;
        walk.look().await;
        assert!(!walk.mistakes().await.is_empty());
        assert_eq!(walk.value("user_id").await, user_id, "the user ID is kept");
        assert_eq!(
            walk.value("password").await,
            "",
            "a password is never filled in again"
        );
    }
    walk.fill("user_id", "riversmember").await;
    walk.fill("password", PASSWORD).await;
    walk.send().await;
}

async fn open_invoice(walk: &Walk) {
    walk.press("main a[href$='/invoices']").await;
    walk.arrive_and_look("/invoices").await;
    walk.press("main a[href*='/invoices/']:not([href$='.pdf'])")
        .await;
    walk.arrive_and_look("/invoices/").await;
    let total = walk.find("main .owed .money").await.text().await.unwrap();
    let words = walk.words_of_pdf("main a[href$='invoice.pdf']").await;
    assert!(
        words.contains(total.trim()),
        "the invoice as PDF says {total}:\n{words}"
    );
    let large = walk.words_of_pdf("main a[href*='invoice.pdf?large']").await;
    assert!(large.contains(total.trim()), "in large print too");
}

async fn pay_by_card(walk: &Walk) -> i64 {
    walk.go("/account").await;
    walk.press("main a[href$='/pay']").await;
    walk.arrive_and_look("/pay").await;
    let cents = walk.stage.own_amount();
    walk.pay_amount(cents).await;
    walk.look().await;
    walk.pay_with("card").await;
    walk.look().await;
    walk.give_card("6011111111111117", "").await;
    walk.look().await;
    walk.send().await;
    walk.wait_for_receipt().await;
    walk.look().await;
    assert_eq!(walk.stage.charges_of(cents).await, ["succeeded"]);
    cents
}

async fn keep_receipt(walk: &Walk, cents: i64, email: &str) {
    walk.says(&[&dollars(cents), "1117"]).await;
    let words = walk.words_of_pdf("main a[href$='receipt.pdf']").await;
    assert!(words.contains(&dollars(cents)), "{words}");
    let letter = mail::wait_for(
        &walk.stage.demo.mail(),
        email,
        &dollars(cents),
        WAIT_FOR_MAIL,
    )
    .await;
    assert!(
        letter.subject.to_lowercase().contains("receipt"),
        "{}",
        letter.subject
    );
}

async fn read_history(walk: &Walk, cents: i64) {
    walk.go("/account").await;
    walk.look().await;
    walk.press("main a[href$='/payments']").await;
    walk.arrive_and_look("/payments").await;
    walk.says(&[&dollars(cents)]).await;
    let csv = walk
        .find("main a[href*='payments.csv']")
        .await
        .attr("href")
        .await
        .unwrap()
        .unwrap();
    let answer = walk.download(&csv).await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert!(text.contains(&dollars(cents)), "{text}");
    walk.pick("status", "declined").await;
    walk.press("main form[method='get'] button").await;
    walk.arrive_and_look("status=declined").await;
    assert!(
        !walk.text().await.contains(&dollars(cents)),
        "the filter filters"
    );
}

pub async fn a_member_reads_everything_in_spanish(walk: Walk) {
    walk.go("/?lang=es").await;
    walk.in_spanish();
    walk.sign_in("maria.pena", demo::PASSWORD).await;
    walk.look().await;
    for link in ["/invoices", "/payments", "/pay"] {
        walk.go("/account").await;
        walk.press(&format!("main a[href$='{link}']")).await;
        walk.arrive_and_look(link).await;
    }
    walk.go("/account").await;
    walk.press("main a[href$='/invoices']").await;
    walk.press("main a[href*='/invoices/']:not([href$='.pdf'])")
        .await;
    walk.arrive_and_look("/invoices/").await;
    let words = walk.words_of_pdf("main a[href$='invoice.pdf']").await;
    assert!(
        words.is_empty() || words.contains("Prima") || words.contains("prima"),
        "{words}"
    );
    walk.go("/account").await;
    walk.press("main a[href$='/pay']").await;
    let cents = walk.stage.own_amount();
    walk.pay_amount(cents).await;
    walk.look().await;
    walk.pay_with("card").await;
    walk.look().await;
    walk.look_into_frame().await;
    walk.give_card("4242424242424242", "").await;
    walk.look().await;
    walk.send().await;
    walk.wait_for_receipt().await;
    walk.look().await;
}

pub async fn after_signing_out_back_shows_nothing(walk: Walk) {
    walk.go("/sign-in").await;
    walk.fill("user_id", "eleanor.whitfield").await;
    walk.fill("password", "a wrong password").await;
    walk.send().await;
    walk.look().await;
    let wrong = walk.mistakes().await;
    walk.fill("user_id", "nobody-at-all").await;
    walk.fill("password", "a wrong password").await;
    walk.send().await;
    assert_eq!(
        walk.mistakes().await,
        wrong,
        "an unknown user ID is not told apart"
    );
    walk.sign_in("eleanor.whitfield", demo::PASSWORD).await;
    walk.look().await;
    walk.says(&["Eleanor"]).await;
    let home = walk.address().await;
    walk.press("form[action='/sign-out'] button").await;
    walk.arrive_and_look("/signed-out").await;
    walk.browser.driver.back().await.unwrap();
    walk.arrive("/sign-in").await;
    walk.keeps_quiet_about(&["Eleanor"]).await;
    walk.go(&home).await;
    walk.arrive("/sign-in").await;
}

pub async fn a_member_never_sees_another_members_pages(walk: Walk) {
    walk.sign_in("walter.brandt", demo::PASSWORD).await;
    walk.look().await;
    let theirs = walk
        .find("main a[href$='/invoices']")
        .await
        .attr("href")
        .await
        .unwrap()
        .unwrap();
    walk.go("/account").await;
    walk.press("form[action='/sign-out'] button").await;
    walk.sign_in("priya.natarajan", demo::PASSWORD).await;
    let base = theirs.trim_end_matches("/invoices");
    for page in ["/invoices", "/payments", "/payments.csv", "/pay"] {
        let answer = walk.download(&format!("{base}{page}")).await;
        assert_eq!(answer.status(), 404, "{base}{page}");
    }
    walk.go(&theirs).await;
    walk.look().await;
    walk.keeps_quiet_about(&["Walter"]).await;
}
