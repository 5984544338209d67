//! Reading how to pay.

use thirtyfour::prelude::*;

use crate::walk::Walk;

/// Every plan line of the demonstration, by its address.
const LINES: [&str; 5] = [
    "individual",
    "solo",
    "medicare-advantage",
    "medicare-supplement",
    "employer",
];

pub async fn somebody_finds_how_to_pay_for_each_plan_line(walk: Walk) {
    read_everything(&walk).await;
    walk.go("/pay/medicare-supplement").await;
    walk.says(&["Medicare Supplement"]).await;
    // What is missing is said, not left out.
    let phone = channel_text(&walk, "phone").await;
    assert!(
        phone.to_lowercase().contains("not"),
        "a missing channel is said plainly: {phone}"
    );
    assert!(
        !walk
            .has("main section[aria-labelledby='channel-phone'] a[href^='tel:']")
            .await,
        "no number where nobody takes payments"
    );
}

pub async fn somebody_finds_how_to_pay_in_spanish(walk: Walk) {
    walk.go("/?lang=es").await;
    walk.in_spanish();
    read_everything(&walk).await;
    walk.go("/pay/medicare-supplement").await;
    let phone = channel_text(&walk, "phone").await;
    assert!(
        phone.to_lowercase().contains("no "),
        "a missing channel is said plainly: {phone}"
    );
}

async fn read_everything(walk: &Walk) {
    walk.open("/").await;
    let ids = finder_values(walk).await;
    assert_eq!(ids, LINES, "the finder offers every plan line");
    // Nothing chosen is a mistake with a sentence.
    walk.go("/?line=").await;
    walk.look().await;
    assert!(!walk.mistakes().await.is_empty());
    let mut order = Vec::new();
    for line in LINES {
        walk.go("/").await;
        find_line(walk, line).await;
        walk.arrive(&format!("/pay/{line}")).await;
        walk.look().await;
        let channels = channels(walk).await;
        assert_eq!(channels.len(), 6, "{line} shows all channels: {channels:?}");
        if order.is_empty() {
            order.clone_from(&channels);
        }
        assert_eq!(channels, order, "{line} shows them in the same order");
        phones_are_links_with_their_state(walk).await;
    }
}

async fn finder_values(walk: &Walk) -> Vec<String> {
    let mut ids = Vec::new();
    for css in ["main [name='line'] option", "main input[name='line']"] {
        for choice in walk.browser.driver.find_all(By::Css(css)).await.unwrap() {
            let value = choice.attr("value").await.unwrap().unwrap_or_default();
            if !value.is_empty() {
                ids.push(value);
            }
        }
    }
    ids
}

async fn find_line(walk: &Walk, line: &str) {
    if walk.has("main select[name='line']").await {
        walk.pick("line", line).await;
    } else {
        walk.choose("line", line).await;
    }
    walk.send().await;
}

async fn channels(walk: &Walk) -> Vec<String> {
    let mut channels = Vec::new();
    for channel in walk
        .browser
        .driver
        .find_all(By::Css("main section.channel"))
        .await
        .unwrap()
    {
        channels.push(
            channel
                .attr("aria-labelledby")
                .await
                .unwrap()
                .unwrap_or_default(),
        );
    }
    channels
}

async fn channel_text(walk: &Walk, channel: &str) -> String {
    walk.find(&format!(
        "main section[aria-labelledby='channel-{channel}']"
    ))
    .await
    .text()
    .await
    .unwrap()
}

async fn phones_are_links_with_their_state(walk: &Walk) {
    let links = walk
        .browser
        .driver
        .find_all(By::Css("main a[href^='tel:']"))
        .await
        .unwrap();
    assert!(!links.is_empty(), "a person can be called");
    for link in &links {
        let href = link.attr("href").await.unwrap().unwrap_or_default();
        let digits = href.chars().filter(char::is_ascii_digit).count();
        assert!(
            digits == 11 || digits == 3,
            "{href} is a number that can be dialled"
        );
    }
    let text = walk.text().await;
    assert!(
        text.contains("TTY"),
        "the TTY number stands beside the phone"
    );
    let open = ["Open now", "Closed now", "Abierto ahora", "Cerrado ahora"];
    assert!(
        open.iter().any(|words| text.contains(words)),
        "open or closed is said in words:\n{text}"
    );
}

pub async fn other_public_pages_and_their_print(walk: Walk) {
    for path in [
        "/help",
        "/language",
        "/guest",
        "/forgot",
        "/signed-out",
        "/sign-in",
        "/register",
    ] {
        walk.open(path).await;
    }
    walk.go("/guest?lang=es").await;
    walk.in_spanish();
    for path in [
        "/help",
        "/language",
        "/guest",
        "/forgot",
        "/signed-out",
        "/sign-in",
        "/register",
    ] {
        walk.open(path).await;
    }
    walk.go("/pay/individual?lang=en").await;
    let printed = walk
        .browser
        .driver
        .cdp()
        .send_raw(
            "Page.printToPDF",
            serde_json::json!({ "preferCSSPageSize": true }),
        )
        .await
        .unwrap();
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(printed["data"].as_str().unwrap())
        .unwrap();
    if let Some(words) = crate::support::tools::words_of_pdf(&bytes).await {
        assert!(
            words.contains("P.O. Box") || words.contains("PO Box"),
            "the address is printed:\n{words}"
        );
    }
}
