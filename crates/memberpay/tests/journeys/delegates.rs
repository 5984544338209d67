//! Somebody trusted: invited, let in to look, and shown out again.

use std::time::Duration;

use crate::support::mail;
use crate::walk::Walk;

const WAIT_FOR_MAIL: Duration = Duration::from_secs(30);
const DELEGATE: &str = "delegate.mail@example.org";
const PASSWORD: &str = "violet otters swim at dusk";

pub async fn a_member_lets_a_daughter_look_and_takes_it_back(walk: Walk) {
    walk.sign_in("walter.brandt", demo::PASSWORD).await;
    walk.open("/account/delegates").await;
    invite(&walk).await;
    let account = account_in(&walk.address().await);
    sign_out(&walk).await;
    accept(&walk).await;
    look_around(&walk, &account).await;
    sign_out(&walk).await;
    walk.sign_in("walter.brandt", demo::PASSWORD).await;
    walk.open("/account/delegates").await;
    walk.press("main form[action$='/end']:has(button) button")
        .await;
    walk.arrive_and_look("ended=yes").await;
    sign_out(&walk).await;
    walk.sign_in("annehelps", PASSWORD).await;
    walk.look().await;
    walk.keeps_quiet_about(&["Walter"]).await;
    walk.go(&format!("/account/{account}/invoices")).await;
    walk.keeps_quiet_about(&["Walter", "$274.15"]).await;
}

async fn invite(walk: &Walk) {
    walk.press("main a[href$='/delegates/new']").await;
    walk.arrive("/delegates/new").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 3);
    walk.stage.secrets.add("e-mail address", DELEGATE);
    walk.fill("name", "Anne Brandt").await;
    walk.fill("email", DELEGATE).await;
    walk.choose("right", "view").await;
    walk.send().await;
    walk.arrive_and_look("invited=").await;
    walk.says(&["Anne Brandt", "Invited"]).await;
}

async fn accept(walk: &Walk) {
    let folder = walk.stage.demo.mail();
    let letter = mail::wait_for(&folder, DELEGATE, "/delegate/", WAIT_FOR_MAIL).await;
    let at = letter.text.find("/delegate/").unwrap();
    let link: String = letter.text[at..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "/-_".contains(*c))
        .collect();
    walk.stage.secrets.add("invitation", &link);
    walk.open(&link).await;
    walk.press("main a[href$='/register']").await;
    walk.look().await;
    walk.stage.secrets.add("password", PASSWORD);
    walk.fill("first_name", "Anne").await;
    walk.fill("last_name", "Brandt").await;
    walk.fill("user_id", "annehelps").await;
    walk.fill("zip", "06032").await;
    walk.fill("password", PASSWORD).await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1, "the ZIP code is another");
    walk.fill("zip", "06460").await;
    walk.fill("password", PASSWORD).await;
    walk.send().await;
    walk.arrive("/sign-in").await;
    walk.sign_in("annehelps", PASSWORD).await;
}

async fn look_around(walk: &Walk, account: &str) {
    walk.look().await;
    walk.says(&["Walter B."]).await;
    assert!(
        !walk.has("main a[href$='/pay']").await,
        "whoever may only look is offered no payment"
    );
    walk.open(&format!("/account/{account}/invoices")).await;
    walk.open(&format!("/account/{account}/payments")).await;
    for page in ["pay", "autopay/choose", "delegates", "delegates/new"] {
        walk.go(&format!("/account/{account}/{page}")).await;
        assert!(
            !walk.has("main form").await,
            "/{page} is no page for whoever may only look: {}",
            walk.text().await
        );
    }
    walk.open("/account/documents").await;
    walk.keeps_quiet_about(&["Consent for"]).await;
}

async fn sign_out(walk: &Walk) {
    walk.press("form[action='/sign-out'] button").await;
    walk.arrive("/signed-out").await;
}

/// The account in `/account/9f…/delegates`.
fn account_in(address: &str) -> String {
    let account = address.split('/').nth(2).unwrap_or_default();
    assert_eq!(account.len(), 36, "{address}");
    account.to_owned()
}
