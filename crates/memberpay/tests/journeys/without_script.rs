//! Scripts switched off: comforts are missing, nothing else is.

use crate::walk::{Walk, dollars};

pub async fn a_guest_pays_without_scripts(walk: Walk) {
    let who = walk.stage.somebody();
    walk.open("/guest").await;
    walk.open("/guest/identify").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 6);
    walk.identify(&who, "no.script@example.org").await;
    walk.arrive_and_look("/amount").await;
    let cents = walk.stage.own_amount();
    walk.pay_amount(cents).await;
    walk.look().await;
    walk.pay_with("card").await;
    walk.look().await;
    walk.give_card("4242424242424242", "Noor Script").await;
    walk.look().await;
    walk.send().await;
    walk.wait_for_receipt().await;
    walk.look().await;
    walk.says(&[&dollars(cents)]).await;
    assert_eq!(walk.stage.charges_of(cents).await, ["succeeded"]);
    // The same by bank account.
    walk.guest_at_amount(&who, "no.script@example.org").await;
    let cents = walk.stage.own_amount();
    walk.pay_amount(cents).await;
    walk.pay_with("bank").await;
    walk.type_bank("000123456789", "Noor Script").await;
    walk.send().await;
    walk.arrive("/review").await;
    walk.choose("authorise", "yes").await;
    walk.send().await;
    walk.wait_for_receipt().await;
    walk.says(&[&dollars(cents)]).await;
}
