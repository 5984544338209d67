//! Members who let us collect their premium, and what they see of themselves.

use crate::walk::Walk;

const SKIP: &str = "main form[action$='/autopay/skip'] button";
const UNSKIP: &str = "main form[action$='/autopay/unskip'] button";

pub async fn a_member_sets_autopay_up_skips_a_month_and_stops(walk: Walk) {
    walk.sign_in("eleanor.whitfield", demo::PASSWORD).await;
    walk.look().await;
    walk.says(&["Autopay is off"]).await;
    to_choosing(&walk).await;
    walk.says(&["First save a card or a bank account"]).await;
    save_a_bank_account(&walk).await;
    to_choosing(&walk).await;
    // Everything that can be chosen wrongly is named, and what was typed is kept.
    walk.choose("day", "other").await;
    walk.choose("cap", "other").await;
    walk.fill("most", "86.405").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 3);
    assert_eq!(walk.value("most").await, "86.405");
    walk.fill("most", "500").await;
    walk.choose("over", "after-notice").await;
    walk.choose("day", "due").await;
    walk.send().await;
    walk.arrive_and_look("/review").await;
    walk.says(&["$500.00", "6789"]).await;
    agree(&walk).await;
    walk.says(&["Autopay is on", "$500.00"]).await;
    let words = walk.words_of_pdf("main a[href$='authorisation.pdf']").await;
    assert!(
        words.contains("6789") && words.contains("$500.00"),
        "{words}"
    );
    change_the_day(&walk).await;
    skip_and_take_back(&walk).await;
    walk.go("/account").await;
    walk.look().await;
    walk.says(&["Autopay is on"]).await;
    stop(&walk).await;
    walk.says(&["Autopay is off"]).await;
}

pub async fn a_member_sets_autopay_up_in_spanish_without_scripts(walk: Walk) {
    walk.go("/?lang=es").await;
    walk.in_spanish();
    walk.sign_in("walter.brandt", demo::PASSWORD).await;
    walk.look().await;
    save_a_bank_account(&walk).await;
    to_choosing(&walk).await;
    walk.send().await;
    walk.arrive_and_look("/review").await;
    agree(&walk).await;
    walk.says(&["El pago automático está activado"]).await;
    skip_and_take_back(&walk).await;
    stop(&walk).await;
    walk.says(&["El pago automático está desactivado"]).await;
}

pub async fn members_see_what_is_drafted_next_or_why_nothing_is(walk: Walk) {
    for (user_id, says) in [
        ("jordan.rivers", "Your next draft"),
        ("morgan.hale", "than the limit you set"),
        ("maria.pena", "Visa"),
    ] {
        walk.sign_in(user_id, demo::PASSWORD).await;
        walk.go("/account/autopay").await;
        walk.arrive_and_look("/autopay").await;
        walk.says(&[says]).await;
        walk.press("form[action='/sign-out'] button").await;
        walk.arrive("/signed-out").await;
    }
}

pub async fn a_member_changes_how_we_reach_them_and_finds_help(walk: Walk) {
    walk.sign_in("morgan.hale", demo::PASSWORD).await;
    walk.open("/account/contact").await;
    walk.says(&["Morgan Hale", "1000 000 0004"]).await;
    walk.press("main a[href$='/contact/phone']").await;
    walk.arrive_and_look("/contact/phone").await;
    walk.fill("phone", "12").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    walk.fill("phone", "(203) 555-0142").await;
    walk.send().await;
    walk.arrive_and_look("saved=phone").await;
    walk.says(&["203-555-0142"]).await;
    walk.press("main a[href$='/contact/reading']").await;
    walk.arrive_and_look("/contact/reading").await;
    walk.choose("language", "es").await;
    walk.choose("large_print", "yes").await;
    walk.send().await;
    walk.in_spanish();
    walk.arrive_and_look("saved=reading").await;
    walk.says(&["Letra grande"]).await;
    walk.open("/account/contact/email").await;
    walk.open("/account/help").await;
    walk.says(&["800-333-1733", "711"]).await;
    walk.go("/account/contact/reading?lang=en").await;
    walk.choose("language", "en").await;
    walk.send().await;
    walk.arrive("saved=reading").await;
}

async fn to_choosing(walk: &Walk) {
    walk.go("/account/autopay").await;
    walk.arrive_and_look("/autopay").await;
    walk.press("main a[href$='/autopay/choose']").await;
    walk.arrive_and_look("/autopay/choose").await;
}

async fn save_a_bank_account(walk: &Walk) {
    walk.open("/account/methods/bank").await;
    walk.type_bank("000123456789", "Eleanor Whitfield").await;
    walk.send().await;
    walk.arrive_and_look("/account/methods").await;
}

async fn agree(walk: &Walk) {
    walk.send().await;
    walk.look().await;
    assert_eq!(
        walk.mistakes().await.len(),
        1,
        "nothing goes without the tick"
    );
    walk.choose("authorise", "yes").await;
    walk.send().await;
    walk.arrive_and_look("/autopay?done=").await;
}

async fn change_the_day(walk: &Walk) {
    walk.press("main a[href$='/autopay/choose']").await;
    walk.arrive_and_look("/autopay/choose").await;
    walk.choose("day", "other").await;
    walk.pick("day_of_month", "28").await;
    walk.send().await;
    walk.arrive_and_look("/review").await;
    agree(walk).await;
    walk.arrive("done=changed").await;
    walk.says(&["28"]).await;
}

/// A month can be skipped up to three business days before its draft; then the page offers it.
async fn skip_and_take_back(walk: &Walk) {
    if !walk.has(SKIP).await {
        assert!(!walk.has(UNSKIP).await, "nothing was skipped");
        return;
    }
    walk.press(SKIP).await;
    walk.arrive_and_look("done=skipped").await;
    walk.press(UNSKIP).await;
    walk.arrive_and_look("done=unskipped").await;
    assert!(
        walk.has(SKIP).await,
        "what was taken back can be skipped again"
    );
}

async fn stop(walk: &Walk) {
    walk.go("/account/autopay").await;
    walk.arrive("/autopay").await;
    walk.press("main a[href$='/autopay/stop']").await;
    walk.arrive_and_look("/autopay/stop").await;
    walk.send().await;
    walk.arrive_and_look("done=off").await;
}
