//! Paying for somebody without signing in.

use std::time::Duration;

use crate::support::{mail, people};
use crate::walk::{Walk, dollars};

const WAIT_FOR_MAIL: Duration = Duration::from_secs(20);

pub async fn a_son_pays_by_card_as_a_guest(walk: Walk) {
    let mother = walk.stage.somebody();
    let payer = "son.of.somebody@example.org";
    walk.open("/guest").await;
    walk.press("main a[href='/guest/identify']").await;
    walk.arrive_and_look("/guest/identify").await;
    walk.identify(&mother, payer).await;
    walk.arrive_and_look("/amount").await;
    // A guest learns what is due and nothing else.
    walk.keeps_quiet_about(&[&mother.member_id, &mother.email])
        .await;
    let due = people::first_amount(&walk.text().await).expect("the amount due is shown");
    assert!(due > 0);
    let cents = walk.stage.own_amount();
    walk.pay_amount(cents).await;
    walk.look().await;
    walk.pay_with("card").await;
    walk.look().await;
    walk.look_into_frame().await;
    walk.give_card("4242424242424242", "Robin Somebody").await;
    walk.look().await;
    walk.says(&["4242", &dollars(cents), "Robin Somebody"])
        .await;
    assert!(
        walk.stage.charges_of(cents).await.is_empty(),
        "nothing is taken before Pay is pressed"
    );
    // Change leads back to the review, not through every step.
    walk.press("main a[href$='/amount']").await;
    walk.arrive("/amount").await;
    assert_eq!(
        walk.value("amount").await,
        dollars(cents),
        "what was chosen is still there"
    );
    walk.send().await;
    walk.arrive("/review").await;
    walk.send().await;
    walk.wait_for_receipt().await;
    walk.look().await;
    walk.says(&[&dollars(cents), "4242"]).await;
    assert_eq!(walk.stage.charges_of(cents).await, ["succeeded"]);
    let words = walk.words_of_pdf("main a[href$='receipt.pdf']").await;
    assert!(
        words.contains(&dollars(cents)),
        "the receipt as PDF has the amount:\n{words}"
    );
    let letter = mail::wait_for(
        &walk.stage.demo.mail(),
        payer,
        &dollars(cents),
        WAIT_FOR_MAIL,
    )
    .await;
    assert!(
        !letter.text.contains(&mother.member_id),
        "no member ID in mail"
    );
    assert!(
        mail::to(&walk.stage.demo.mail(), &mother.email).is_empty(),
        "a guest's payment is not mailed to the member's address"
    );
}

pub async fn a_daughter_pays_by_bank_account_in_spanish(walk: Walk) {
    let father = walk.stage.somebody();
    let payer = "hija.de.alguien@example.org";
    walk.go("/guest?lang=es").await;
    walk.in_spanish();
    walk.open("/guest").await;
    walk.open("/guest/identify").await;
    walk.identify(&father, payer).await;
    walk.arrive_and_look("/amount").await;
    let cents = walk.stage.own_amount();
    walk.pay_amount(cents).await;
    walk.look().await;
    walk.pay_with("bank").await;
    walk.look().await;
    walk.type_bank("000123456789", "Inés Alguien").await;
    walk.send().await;
    walk.arrive_and_look("/review").await;
    walk.keeps_quiet_about(&["000123456789"]).await;
    walk.says(&["6789", "Autorizo"]).await;
    // Without the tick nothing happens but a sentence.
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    assert!(walk.stage.charges_of(cents).await.is_empty());
    walk.choose("authorise", "yes").await;
    walk.send().await;
    walk.wait_for_receipt().await;
    walk.look().await;
    walk.says(&[&dollars(cents)]).await;
    let letter = mail::wait_for(
        &walk.stage.demo.mail(),
        payer,
        &dollars(cents),
        WAIT_FOR_MAIL,
    )
    .await;
    assert!(
        letter.text.contains("banco"),
        "the letter is in Spanish: {}",
        letter.text
    );
    // The debit settles by itself, and the page says so.
    let begun = std::time::Instant::now();
    while walk.stage.charges_of(cents).await != ["succeeded"] {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "the debit never settled"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
