//! However often Pay is pressed, there is one payment.

use crate::staff::VISA;
use crate::support::people::Person;
use crate::walk::Walk;

async fn at_review(walk: &Walk, who: &Person, cents: i64) {
    walk.guest_at_amount(who, "eager@example.org").await;
    walk.pay_amount(cents).await;
    walk.pay_with("card").await;
    walk.give_card(VISA, "Eager Payer").await;
}

pub async fn pressing_pay_three_times_takes_one_payment(walk: Walk) {
    let (who, cents) = (walk.stage.somebody(), walk.stage.own_amount());
    at_review(&walk, &who, cents).await;
    // Once as a person does it, and past our script: three forms at once.
    let old = walk.find("html").await;
    walk.browser
        .ask(
            "const form = document.querySelector('main form:not([method=get])');
             const body = new URLSearchParams(new FormData(form));
             for (let i = 0; i < 3; i += 1) fetch(form.action || location.href, { method: 'POST', body });
             const button = form.querySelector('button[type=submit]');
             button.click(); button.click(); button.click();",
        )
        .await;
    walk.wait_for_a_page_after(&old).await;
    // If one of the others came first, the page says that it was sent and leads to the receipt.
    walk.wait_for_the_end().await;
    if walk.address().await.ends_with("/sent") {
        walk.press("main a.button").await;
    }
    walk.wait_for_receipt().await;
    assert_eq!(walk.stage.charges_of(cents).await, ["succeeded"]);
}

pub async fn reload_and_back_after_paying_take_nothing(walk: Walk) {
    let (who, cents) = (walk.stage.somebody(), walk.stage.own_amount());
    at_review(&walk, &who, cents).await;
    walk.send().await;
    walk.wait_for_receipt().await;
    let receipt = walk.address().await;
    walk.browser.driver.refresh().await.unwrap();
    walk.arrive("/receipt").await;
    walk.browser.driver.back().await.unwrap();
    walk.arrive("/sent").await;
    walk.look().await;
    for _ in 0..3 {
        walk.browser.driver.back().await.unwrap();
    }
    walk.look().await;
    walk.go(&receipt.replace("/receipt", "/review")).await;
    walk.arrive("/sent").await;
    assert_eq!(walk.stage.charges_of(cents).await, ["succeeded"]);
}

pub async fn two_tabs_take_one_payment(walk: Walk) {
    let (who, cents) = (walk.stage.somebody(), walk.stage.own_amount());
    at_review(&walk, &who, cents).await;
    let review = walk.address().await;
    let first = walk.browser.driver.window().await.unwrap();
    let second = walk.browser.driver.new_tab().await.unwrap();
    walk.browser
        .driver
        .switch_to_window(second.clone())
        .await
        .unwrap();
    walk.go(&review).await;
    walk.find("main form button[type='submit']").await;
    walk.browser.driver.switch_to_window(first).await.unwrap();
    walk.send().await;
    walk.wait_for_receipt().await;
    walk.browser.driver.switch_to_window(second).await.unwrap();
    walk.send().await;
    walk.wait_for_the_end().await;
    assert_eq!(walk.stage.charges_of(cents).await, ["succeeded"]);
}

pub async fn a_payment_just_like_the_last_is_pointed_out_first(walk: Walk) {
    let (who, cents) = (walk.stage.somebody(), walk.stage.own_amount());
    at_review(&walk, &who, cents).await;
    walk.send().await;
    walk.wait_for_receipt().await;
    at_review(&walk, &who, cents).await;
    walk.look().await;
    // It must be said that a second one is meant.
    walk.send().await;
    walk.arrive("/review").await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    assert_eq!(walk.stage.charges_of(cents).await.len(), 1);
    walk.choose("repeat", "yes").await;
    walk.send().await;
    walk.wait_for_receipt().await;
    assert_eq!(
        walk.stage.charges_of(cents).await,
        ["succeeded", "succeeded"]
    );
}
