//! What can go wrong before money moves.

use crate::support::program;
use crate::walk::Walk;

pub async fn every_wrong_field_is_named_and_what_was_typed_is_kept(walk: Walk) {
    walk.go("/guest/identify").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(
        walk.mistakes().await.len(),
        6,
        "six questions, six sentences"
    );
    let typed = [
        ("first_name", "Ana María"),
        ("last_name", "O’Neill-Peña"),
        ("member_id", "1234 567"),
        ("birth_day", "31"),
        ("birth_year", "1944"),
        ("zip", "6032"),
        ("payer_email", "ana@"),
    ];
    for (field, text) in typed {
        walk.fill(field, text).await;
    }
    walk.pick("birth_month", "2").await;
    walk.send().await;
    walk.look().await;
    let mistakes = walk.mistakes().await;
    assert_eq!(mistakes.len(), 4, "{mistakes:?}");
    assert!(
        mistakes.iter().any(|text| text.contains('7')),
        "it counts the digits: {mistakes:?}"
    );
    for (field, text) in typed {
        assert_eq!(walk.value(field).await, text, "{field} is kept");
    }
    assert_eq!(walk.value("birth_month").await, "2", "the month is kept");
    // A card number typed where a name belongs is not kept.
    let card = "4242 4242 4242 4242";
    walk.stage.secrets.add("card number", card);
    walk.fill("first_name", card).await;
    walk.send().await;
    walk.mistakes().await;
    walk.keeps_quiet_about(&[card, "4242424242424242"]).await;
}

pub async fn every_mismatch_gets_the_same_answer_until_there_were_too_many(walk: Walk) {
    let right = walk.stage.somebody();
    let mut answers = Vec::new();
    for wrong in 0..5 {
        let mut said = right.clone();
        match wrong {
            0 => said.zip = "06001".to_owned(),
            1 => said.last_name = "Nobody".to_owned(),
            2 => said.birth_date = jiff::civil::date(1950, 1, 2),
            3 => said.first_name = "Nobody".to_owned(),
            _ => said.member_id = "99999999999".to_owned(),
        }
        walk.go("/guest/identify").await;
        walk.identify(&said, "curious@example.org").await;
        answers.push(walk.mistakes().await);
    }
    walk.look().await;
    answers.dedup();
    assert_eq!(
        answers.len(),
        1,
        "the answer never says which field was wrong: {answers:?}"
    );
    // Somebody else's tries from another address count for the member too. One of five is left.
    let mut said = right.clone();
    said.zip = "06001".to_owned();
    for _ in 0..2 {
        walk.go("/guest/identify").await;
        walk.identify(&said, "curious@example.org").await;
    }
    walk.look().await;
    let throttled = walk.mistakes().await;
    assert_ne!(throttled, answers[0], "too many tries are told apart");
    // Now not even the truth is let through.
    walk.go("/guest/identify").await;
    walk.identify(&right, "curious@example.org").await;
    assert_eq!(walk.mistakes().await, throttled);
    // The right answer from the member's own page works as before: others are not shut out by it.
    let answer = program::client()
        .get(format!("{}/guest/identify", walk.stage.demo.url))
        .send()
        .await;
    assert_eq!(answer.unwrap().status(), 200);
}

pub async fn wrong_bank_details_are_named_and_never_shown_again(walk: Walk) {
    let who = walk.stage.somebody();
    walk.guest_at_amount(&who, "careful@example.org").await;
    // Amounts that cannot be.
    for amount in ["", "0", "-5", "12.345", "9999999", "ten"] {
        walk.choose("choice", "other").await;
        walk.fill("amount", amount).await;
        walk.send().await;
        assert_eq!(walk.mistakes().await.len(), 1, "{amount}");
        assert_eq!(walk.value("amount").await, amount, "what was typed is kept");
    }
    walk.look().await;
    walk.pay_amount(walk.stage.own_amount()).await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1, "a method must be chosen");
    walk.pay_with("bank").await;
    walk.send().await;
    walk.look().await;
    assert!(
        walk.mistakes().await.len() >= 4,
        "each missing field is named"
    );
    walk.type_bank("000777777776", "Careful Payer").await;
    walk.fill("routing", "110000001").await;
    walk.fill("account_again", "000777777775").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(
        walk.mistakes().await.len(),
        2,
        "the check digit, and two numbers that differ"
    );
    walk.keeps_quiet_about(&["000777777776", "000777777775"])
        .await;
    assert_eq!(walk.value("payer_name").await, "Careful Payer");
    assert_eq!(
        walk.value("account").await,
        "",
        "account numbers are never filled in again"
    );
}
