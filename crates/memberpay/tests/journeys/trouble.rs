//! Payments that do not simply succeed.

use std::time::Duration;

use crate::support::mail;
use crate::walk::{Walk, dollars};

const DECLINED: &str = "4000000000009995";
const AMERICAN_EXPRESS: &str = "378282246310005";
const WITHHELD: &str = "4000000000006660";

pub async fn a_declined_card_is_told_plainly_and_another_works(walk: Walk) {
    let who = walk.stage.somebody();
    walk.guest_at_amount(&who, "short.of.money@example.org")
        .await;
    let cents = walk.stage.own_amount();
    walk.pay_amount(cents).await;
    walk.pay_with("card").await;
    walk.give_card(DECLINED, "Sam Short").await;
    walk.send().await;
    walk.wait_for_receipt().await;
    walk.look().await;
    // What happened, whether money moved, what to do.
    walk.says(&["declined", "not"]).await;
    assert!(
        !walk.has("a[href$='receipt.pdf']").await,
        "there is no receipt for nothing"
    );
    walk.press("main form[action$='/again'] button").await;
    walk.arrive("/method").await;
    walk.pay_with("card").await;
    walk.give_card("5555555555554444", "Sam Short").await;
    walk.send().await;
    walk.wait_for_receipt().await;
    walk.look().await;
    let charges = walk.stage.charges_of(cents).await;
    let taken = charges
        .iter()
        .filter(|status| *status == "succeeded")
        .count();
    assert_eq!(taken, 1, "{charges:?}");
}

pub async fn american_express_is_refused_in_a_clear_sentence(walk: Walk) {
    let who = walk.stage.somebody();
    walk.guest_at_amount(&who, "amex@example.org").await;
    let cents = walk.stage.own_amount();
    walk.pay_amount(cents).await;
    walk.pay_with("card").await;
    walk.type_card(AMERICAN_EXPRESS).await;
    walk.find("main .errors, main .error").await;
    walk.says(&["We do not accept American Express. Use Visa, Mastercard or Discover."])
        .await;
    walk.browser.driver.enter_default_frame().await.unwrap();
    walk.look_into_frame().await;
    // Going on without a card is a mistake with a sentence; the name is kept.
    walk.fill("payer_name", "Alex Express").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    assert_eq!(walk.value("payer_name").await, "Alex Express");
    assert!(walk.stage.charges_of(cents).await.is_empty());
}

pub async fn a_card_that_hangs_is_confirmed_later(walk: Walk) {
    let who = walk.stage.somebody();
    let payer = "patient@example.org";
    walk.guest_at_amount(&who, payer).await;
    let cents = walk.stage.own_amount();
    walk.pay_amount(cents).await;
    walk.pay_with("card").await;
    walk.give_card(WITHHELD, "Pat Patient").await;
    walk.send().await;
    walk.arrive("/sending").await;
    walk.look().await;
    walk.says(&["Do not pay again"]).await;
    // The processor took the money and did not say so. The program asks until it knows.
    mail::wait_for(
        &walk.stage.demo.mail(),
        payer,
        &dollars(cents),
        Duration::from_secs(120),
    )
    .await;
    walk.wait_for_receipt().await;
    walk.go(&walk.address().await).await;
    walk.look().await;
    walk.says(&[&dollars(cents)]).await;
    assert!(
        walk.has("a[href$='receipt.pdf']").await,
        "there is a receipt in the end"
    );
    assert_eq!(walk.stage.charges_of(cents).await, ["succeeded"]);
}
