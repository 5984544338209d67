//! Second factors, passkeys, a forgotten password, and time running out.

use std::time::Duration;

use gateways::{Clock as _, SystemClock};
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use usecases::identity::factors;

use crate::support::{mail, people::Person};
use crate::walk::Walk;

const WAIT_FOR_MAIL: Duration = Duration::from_secs(30);
/// Of everybody who registers here.
pub const PASSWORD: &str = "seven lamps, one kettle";
const NEW_PASSWORD: &str = "violet otters swim at dusk";

async fn letter(walk: &Walk, email: &str, words: &str) -> String {
    let folder = walk.stage.demo.mail();
    let letter = mail::wait_for(&folder, email, words, WAIT_FOR_MAIL).await;
    letter.text
}

async fn code(walk: &Walk, email: &str, words: &str) -> String {
    let code = mail::code_in(&letter(walk, email, words).await);
    walk.stage.secrets.add("code", &code);
    code
}

/// A member who registered a moment ago.
pub async fn register(walk: &Walk, email: &str, user_id: &str) -> Person {
    let me = walk.stage.somebody();
    walk.stage.secrets.add("password", PASSWORD);
    walk.stage.secrets.add("e-mail address", email);
    walk.go("/register").await;
    walk.fill_proof(&me).await;
    walk.send().await;
    walk.fill("email", email).await;
    walk.send().await;
    let code = code(walk, email, "code").await;
    walk.fill("code", &code).await;
    walk.send().await;
    walk.fill("user_id", user_id).await;
    walk.fill("password", PASSWORD).await;
    walk.send().await;
    walk.arrive("/account").await;
    me
}

async fn sign_out(walk: &Walk) {
    walk.press("form[action='/sign-out'] button").await;
    walk.arrive("/signed-out").await;
}

async fn give_password(walk: &Walk, user_id: &str, password: &str) {
    walk.go("/sign-in").await;
    walk.fill("user_id", user_id).await;
    walk.fill("password", password).await;
    walk.send().await;
}

async fn virtual_key(walk: &Walk) {
    let cdp = walk.browser.driver.cdp();
    cdp.send_raw("WebAuthn.enable", json!({})).await.unwrap();
    let options = json!({ "options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
        "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true,
    } });
    cdp.send_raw("WebAuthn.addVirtualAuthenticator", options)
        .await
        .unwrap();
}

pub async fn a_member_makes_a_passkey_and_signs_in_with_it_alone(walk: Walk) {
    virtual_key(&walk).await;
    register(&walk, "passkey.mail@example.org", "passkeymember").await;
    walk.open("/account/security").await;
    walk.press("main a[href='/account/security/passkey']").await;
    walk.arrive_and_look("/account/security/passkey").await;
    walk.press("#passkey").await;
    walk.arrive_and_look("/account/security/recovery").await;
    walk.open("/account/security").await;
    walk.says(&["Passkey", "Chrome"]).await;
    let told = letter(&walk, "passkey.mail@example.org", "second step").await;
    assert!(told.contains("asskey"), "{told}");
    sign_out(&walk).await;
    walk.browser.driver.back().await.unwrap();
    walk.arrive("/sign-in").await;
    walk.keeps_quiet_about(&["Passkey", "passkeymember"]).await;
    walk.open("/sign-in").await;
    walk.press("main a[href='/sign-in/passkey']").await;
    walk.arrive_and_look("/sign-in/passkey").await;
    walk.press("#passkey").await;
    walk.arrive("/account").await;
    // After the password it is the second step.
    sign_out(&walk).await;
    give_password(&walk, "passkeymember", PASSWORD).await;
    walk.arrive_and_look("/second").await;
    // Half in is not in.
    let here = walk.address().await;
    walk.go("/account").await;
    walk.arrive("/sign-in").await;
    walk.go(&here).await;
    walk.press("#passkey").await;
    walk.arrive("/account").await;
}

/// What an app shows now, or in so many steps.
pub fn digits(secret: &str, later: u64) -> String {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in secret.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        held = (held << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xFF).unwrap());
        }
    }
    // The program's own clock is this machine's, too.
    let now = u64::try_from(SystemClock.now().as_second()).unwrap();
    factors::digits(&bytes, now / 30 + later)
}

pub async fn a_member_protects_the_sign_in_with_an_app_and_recovery_codes(walk: Walk) {
    let email = "app.mail@example.org";
    register(&walk, email, "appmember").await;
    walk.open("/account/security").await;
    walk.press("form[action='/account/security/authenticator'] button")
        .await;
    walk.arrive_and_look("/account/security/authenticator/")
        .await;
    let drawn = walk
        .browser
        .ask("const i = document.querySelector('img.qr'); return i.complete && i.naturalWidth > 0")
        .await;
    assert_eq!(drawn, json!(true), "the QR code is a picture");
    let secret = walk.find("main li .typed").await.text().await.unwrap();
    walk.stage
        .secrets
        .add("authenticator secret", &secret.replace(' ', ""));
    walk.fill("code", "000000").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    walk.fill("code", &digits(&secret, 0)).await;
    walk.send().await;
    walk.arrive_and_look("/recovery").await;
    walk.send().await;
    walk.arrive_and_look("/recovery/").await;
    let first = walk.find("ul.codes li").await.text().await.unwrap();
    walk.stage.secrets.add("recovery code", &first);
    walk.press("main form button[type='submit']").await;
    walk.arrive_and_look("/account/security").await;
    sign_out(&walk).await;
    give_password(&walk, "appmember", PASSWORD).await;
    walk.arrive_and_look("/second").await;
    walk.fill("code", "000000").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    walk.fill("code", &digits(&secret, 1)).await;
    walk.choose("remember", "yes").await;
    walk.send().await;
    walk.arrive("/account").await;
    // This device is remembered now.
    sign_out(&walk).await;
    give_password(&walk, "appmember", PASSWORD).await;
    walk.arrive("/account").await;
    walk.open("/account/security").await;
    walk.press("form[action='/account/security/devices/forget'] button")
        .await;
    walk.arrive_and_look("done=forgotten").await;
    sign_out(&walk).await;
    give_password(&walk, "appmember", PASSWORD).await;
    walk.arrive("/second").await;
    walk.press("main a[href*='with=recovery']").await;
    walk.look().await;
    walk.fill("code", &first).await;
    walk.send().await;
    walk.arrive("/account").await;
    letter(&walk, email, "recovery code was used").await;
}

pub async fn a_member_who_forgot_sets_a_new_password_in_spanish(walk: Walk) {
    let email = "forgot.mail@example.org";
    let me = register(&walk, email, "forgetfulmember").await;
    sign_out(&walk).await;
    walk.go("/?lang=es").await;
    walk.in_spanish();
    walk.open("/sign-in").await;
    walk.press("main a[href='/forgot']").await;
    walk.arrive_and_look("/forgot").await;
    walk.fill("member_id", "123").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    // Nobody's number gets the same page.
    walk.fill("member_id", "99999999999").await;
    walk.send().await;
    walk.arrive("/code").await;
    let nobody = walk.text().await;
    walk.go("/forgot").await;
    walk.fill("member_id", &me.member_id).await;
    walk.send().await;
    walk.arrive_and_look("/code").await;
    assert_eq!(walk.text().await, nobody);
    let code = code(&walk, email, "new password").await;
    walk.fill("code", &code).await;
    walk.send().await;
    walk.arrive_and_look("/forgot/").await;
    walk.says(&["forgetfulmember"]).await;
    walk.stage.secrets.add("password", NEW_PASSWORD);
    walk.fill("new_password", "short").await;
    walk.send().await;
    walk.look().await;
    walk.fill("new_password", NEW_PASSWORD).await;
    walk.send().await;
    walk.arrive_and_look("/sign-in?changed=1").await;
    give_password(&walk, "forgetfulmember", NEW_PASSWORD).await;
    walk.arrive("/account").await;
    for page in [
        "/account/security",
        "/account/security/password",
        "/account/security/passkey",
        "/account/security/email",
        "/account/security/confirm",
    ] {
        walk.open(page).await;
    }
    letter(&walk, email, "password").await;
}

/// Thirteen minutes pass in a moment: the page's clock jumps when it is told to, and the server is
/// said to have few seconds left until the person stays.
const HURRY: &str = r#"
const now = Date.now, later = setTimeout, get = fetch;
Date.now = () => now() + (window.jumped || 0);
window.setTimeout = (f, ms) => later(f, Math.min(ms, 300));
window.fetch = (to, how) => {
  if (how?.method === 'POST') window.stayed = true;
  return to === '/session/left' && !window.stayed
    ? Promise.resolve(new Response('{"seconds":95}')) : get(to, how);
};
"#;

async fn until(walk: &Walk, question: &str) {
    for _ in 0..100 {
        if walk.browser.ask(question).await == Value::Bool(true) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came true: {question}");
}

/// What a screen reader is told: a dialog with its name, and the countdown as a status.
async fn hears_the_dialog(walk: &Walk) {
    let cdp = walk.browser.driver.cdp();
    let tree = cdp
        .send_raw("Accessibility.getFullAXTree", json!({}))
        .await
        .unwrap();
    let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
    let of_role = |role: &str| {
        let mut found = nodes
            .iter()
            .filter(|node| node["role"]["value"] == role && node["ignored"] != true);
        found.next().cloned()
    };
    let dialog = of_role("dialog").expect("a screen reader finds a dialog");
    let name = dialog["name"]["value"].as_str().unwrap_or_default();
    assert_eq!(name, walk.find("#idle-title").await.text().await.unwrap());
    let status = of_role("status").expect("a screen reader hears the countdown");
    let live = status["properties"].as_array().cloned().unwrap_or_default();
    assert!(
        live.iter()
            .any(|property| property["name"] == "live" && property["value"]["value"] == "polite"),
        "{status}"
    );
}

pub async fn before_time_runs_out_a_dialog_says_so_and_one_press_stays(walk: Walk) {
    walk.sign_in("walter.brandt", demo::PASSWORD).await;
    let cdp = walk.browser.driver.cdp();
    let script = json!({ "source": HURRY });
    cdp.send_raw("Page.addScriptToEvaluateOnNewDocument", script)
        .await
        .unwrap();
    walk.go("/account/contact/phone").await;
    let typed = "860-555-0143";
    walk.fill("phone", typed).await;
    for key in ["button", "escape"] {
        walk.browser
            .ask("window.stayed = false; window.jumped = (window.jumped || 0) + 800000;")
            .await;
        until(&walk, "return document.getElementById('idle').open").await;
        let inside = "return document.getElementById('idle').contains(document.activeElement)";
        until(&walk, inside).await;
        let said = walk.find("#idle .countdown").await.text().await.unwrap();
        assert!(said.contains("seconds left"), "{said}");
        hears_the_dialog(&walk).await;
        walk.look().await;
        if key == "button" {
            walk.find("#idle form button").await.click().await.unwrap();
        } else {
            let focused = walk.find("#idle form button").await;
            focused.send_keys(Key::Escape + "").await.unwrap();
        }
        until(&walk, "return !document.getElementById('idle').open").await;
        assert_eq!(
            walk.value("phone").await,
            typed,
            "what was filled in is there"
        );
    }
}
