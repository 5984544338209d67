//! Documents without paper, agreed to and taken back, with scripts switched off.

use crate::support::{mail, tools};
use crate::walk::Walk;

const WAIT_FOR_MAIL: std::time::Duration = std::time::Duration::from_secs(30);

pub async fn a_member_goes_paperless_and_back_without_scripts(walk: Walk) {
    walk.sign_in("walter.brandt", demo::PASSWORD).await;
    walk.open("/account/paperless").await;
    walk.choose("invoices", "electronic").await;
    walk.send().await;
    walk.arrive("/account/paperless/agree/").await;
    walk.look().await;
    // Neither the code nor the tick.
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 2);
    let link = walk.find("main a[href$='sample.pdf']").await;
    let link = link.attr("href").await.unwrap().unwrap();
    let bytes = walk.download(&link).await.bytes().await.unwrap();
    let Some(words) = tools::words_of_pdf(&bytes).await else {
        return;
    };
    let code = four_digits(&words);
    let wrong = if code == "1234" { "4321" } else { "1234" };
    walk.fill("code", wrong).await;
    walk.choose("agree", "yes").await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    walk.fill("code", &code).await;
    walk.choose("agree", "yes").await;
    walk.send().await;
    walk.arrive_and_look("saved=agreed").await;
    let chosen = walk.find("input[name='invoices']:checked").await;
    let chosen = chosen.prop("value").await.unwrap();
    assert_eq!(
        chosen.as_deref(),
        Some("electronic"),
        "what was chosen holds"
    );
    let folder = walk.stage.demo.mail();
    let told = "How your documents come";
    mail::wait_for(&folder, "walter.brandt@example.com", told, WAIT_FOR_MAIL).await;
    // A copy of what was agreed to is kept.
    walk.go("/account/documents?kind=consent").await;
    walk.find("main table a[href$='document.pdf']").await;
    walk.go("/account/paperless").await;
    walk.press("form[action='/account/paperless/withdraw'] button")
        .await;
    walk.arrive_and_look("saved=withdrawn").await;
    let chosen = walk.find("input[name='invoices']:checked").await;
    let chosen = chosen.prop("value").await.unwrap();
    assert_eq!(chosen.as_deref(), Some("paper"));
}

/// The one word of four digits in the sample that stands alone on its line.
fn four_digits(words: &str) -> String {
    words
        .split_whitespace()
        .map(|word| word.trim_end_matches('.'))
        .find(|word| {
            word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()) && !word.starts_with("20")
        })
        .unwrap_or_else(|| panic!("no code in: {words}"))
        .to_owned()
}
