//! Cards and bank accounts that a member keeps.

use crate::walk::Walk;

pub async fn a_member_saves_names_prefers_and_removes_a_card(walk: Walk) {
    crate::security::register(&walk, "saver.mail@example.org", "savingmember").await;
    walk.open("/account/methods").await;
    walk.says(&["You have not saved a payment method yet."])
        .await;
    save_a_card(&walk, "4242424242424242").await;
    walk.arrive_and_look("done=card").await;
    walk.says(&["Visa ending in 4242"]).await;
    save_a_card(&walk, "5555555555554444").await;
    walk.arrive("done=card").await;
    walk.press("main li:has(form[action$='/default']) a[href$='/name']")
        .await;
    walk.look().await;
    walk.fill("label", "5555555555554444").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1, "a number is no name");
    walk.fill("label", "Household").await;
    walk.send().await;
    walk.arrive("done=named").await;
    walk.press("main form[action$='/default'] button").await;
    walk.arrive_and_look("done=default").await;
    walk.says(&["Household"]).await;
    walk.press("main li:has(form[action$='/default']) a[href$='/remove']")
        .await;
    walk.look().await;
    walk.send().await;
    walk.arrive("done=removed").await;
    walk.keeps_quiet_about(&["Visa ending in 4242"]).await;
}

async fn save_a_card(walk: &Walk, number: &str) {
    walk.press("main form[action^='/account/methods/card'] button")
        .await;
    walk.arrive_and_look("/account/methods/card/").await;
    walk.type_card(number).await;
    walk.browser.driver.enter_default_frame().await.unwrap();
}

pub async fn a_card_added_on_the_way_to_autopay_is_chosen_there(walk: Walk) {
    let email = "walks.autopay@example.org";
    crate::security::register(&walk, email, "autopaymember").await;
    walk.go("/account/autopay").await;
    walk.press("main a[href$='/autopay/choose']").await;
    walk.arrive("/autopay/choose").await;
    walk.press("main a[href*='/account/methods?for=']").await;
    walk.look().await;
    save_a_card(&walk, "4242424242424242").await;
    walk.arrive_and_look("/autopay/choose?method=").await;
    walk.find("main input[name='method']:checked").await;
    walk.press("main a[href*='/account/methods?for=']").await;
    walk.press("main a[href*='/account/methods/bank']").await;
    walk.send().await;
    assert!(!walk.mistakes().await.is_empty());
    walk.type_bank("000123456789", "Robin Field").await;
    walk.send().await;
    walk.arrive("/autopay/choose?method=").await;
    walk.send().await;
    walk.arrive("/review").await;
    walk.says(&["6789"]).await;
    walk.choose("authorise", "yes").await;
    walk.send().await;
    walk.arrive("/autopay?done=").await;
    // What autopay uses cannot be removed; the page says what to do.
    walk.go("/account/methods").await;
    walk.press("main li:has(.tag.due) a[href$='/remove']").await;
    walk.look().await;
    walk.says(&["Autopay uses this payment method"]).await;
    assert!(!walk.has("main form button").await);
}
