//! Where somebody is signed in, and how to end it.

use thirtyfour::Cookie;

use crate::security;
use crate::walk::Walk;

const USER_ID: &str = "sessionmember";
const NEW_PASSWORD: &str = "violet otters swim at dusk";

/// Two browsers of one person are two sets of cookies.
async fn put_cookies(walk: &Walk, cookies: &[Cookie]) {
    walk.browser.driver.delete_all_cookies().await.unwrap();
    for cookie in cookies {
        walk.browser
            .driver
            .add_cookie(cookie.clone())
            .await
            .unwrap();
    }
}

pub async fn a_member_sees_other_sessions_and_ends_them(walk: Walk) {
    security::register(&walk, "sessions.mail@example.org", USER_ID).await;
    let phone = walk.browser.driver.get_all_cookies().await.unwrap();
    put_cookies(&walk, &[]).await;
    walk.sign_in(USER_ID, security::PASSWORD).await;
    let desk = walk.browser.driver.get_all_cookies().await.unwrap();
    walk.open("/account/security").await;
    walk.says(&["This device", "Chrome"]).await;
    walk.press("form[action='/account/security/sessions/end'] button")
        .await;
    walk.arrive_and_look("done=ended").await;
    put_cookies(&walk, &phone).await;
    walk.go("/account").await;
    walk.arrive("/sign-in").await;
    // All others at once.
    walk.sign_in(USER_ID, security::PASSWORD).await;
    let phone = walk.browser.driver.get_all_cookies().await.unwrap();
    put_cookies(&walk, &desk).await;
    walk.go("/account/security").await;
    walk.press("form[action='/account/security/sessions/end-others'] button")
        .await;
    walk.arrive("done=ended").await;
    put_cookies(&walk, &phone).await;
    walk.go("/account").await;
    walk.arrive("/sign-in").await;
    // A new password ends all others, too.
    walk.sign_in(USER_ID, security::PASSWORD).await;
    let phone = walk.browser.driver.get_all_cookies().await.unwrap();
    put_cookies(&walk, &desk).await;
    walk.open("/account/security/password").await;
    walk.stage.secrets.add("password", NEW_PASSWORD);
    walk.fill("new_password", NEW_PASSWORD).await;
    walk.send().await;
    walk.arrive_and_look("done=password").await;
    put_cookies(&walk, &phone).await;
    walk.go("/account").await;
    walk.arrive("/sign-in").await;
}
