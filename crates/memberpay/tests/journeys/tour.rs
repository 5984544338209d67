//! Everything that a signed-in member can open, in both languages.

use crate::walk::Walk;

pub async fn every_page_of_a_member_holds_in_english(walk: Walk) {
    walk.sign_in("jordan.rivers", demo::PASSWORD).await;
    walk.look().await;
    everything(&walk).await;
}

pub async fn every_page_of_a_member_holds_in_spanish(walk: Walk) {
    walk.sign_in("jordan.rivers", demo::PASSWORD).await;
    walk.go("/account?lang=es").await;
    walk.in_spanish();
    walk.look().await;
    everything(&walk).await;
}

/// Pages with addresses that everybody has, and those that the first account and method lead to.
async fn everything(walk: &Walk) {
    for page in [
        "/account/pay",
        "/account/methods",
        "/account/methods/bank",
        "/account/documents",
        "/account/documents?kind=invoice",
        "/account/documents/calendar",
        "/account/id-card",
        "/account/paperless",
        "/account/contact",
        "/account/contact/phone",
        "/account/contact/reading",
        "/account/contact/email",
        "/account/security",
        "/account/security/password",
        "/account/security/passkey",
        "/account/delegates",
        "/account/help",
        "/account/autopay",
    ] {
        walk.open(page).await;
    }
    for (from, link) in [
        ("/account/autopay", "main a[href$='/autopay/choose']"),
        ("/account/autopay", "main a[href$='/autopay/stop']"),
        ("/account/methods", "main a[href$='/name']"),
        ("/account/methods", "main a[href$='/remove']"),
        ("/account/delegates", "main a[href$='/delegates/new']"),
        ("/account", "main a[href$='/invoices']"),
        ("/account", "main a[href$='/payments']"),
        (
            "/account/id-card",
            "main a[href*='/id-card/']:not([href$='pdf'])",
        ),
    ] {
        walk.go(from).await;
        walk.press(link).await;
        walk.look().await;
    }
    walk.go("/account/methods").await;
    walk.press("main form[action^='/account/methods/card'] button")
        .await;
    walk.look().await;
    walk.look_into_frame().await;
}

/// What differs between plans: who pays elsewhere, who calls for a card, who helps somebody.
pub async fn members_of_other_plans_see_what_is_theirs(walk: Walk) {
    for language in ["en", "es"] {
        if language == "es" {
            walk.in_spanish();
        }
        walk.sign_in("priya.natarajan", demo::PASSWORD).await;
        walk.go(&format!("/account?lang={language}")).await;
        for page in [
            "/account",
            "/account/id-card",
            "/account/pay",
            "/account/autopay",
            "/account/documents",
            "/account/paperless",
            "/account/help",
        ] {
            walk.open(page).await;
        }
        sign_out(&walk).await;
        walk.sign_in("eleanor.whitfield", demo::PASSWORD).await;
        walk.open("/account/id-card").await;
        walk.says(&["800-224-2273", "711"]).await;
        walk.open("/account/help").await;
        sign_out(&walk).await;
        walk.sign_in("morgan.hale", demo::PASSWORD).await;
        walk.open("/account").await;
        walk.says(&["Walter B."]).await;
        walk.press("main section[aria-labelledby^='helped-'] a[href$='/invoices']")
            .await;
        walk.look().await;
        sign_out(&walk).await;
    }
}

async fn sign_out(walk: &Walk) {
    walk.press("form[action='/sign-out'] button").await;
    walk.arrive("/signed-out").await;
}
