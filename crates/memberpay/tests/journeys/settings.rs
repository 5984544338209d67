//! The settings of the plan and notices as they would read, with the keyboard alone.

use crate::walk::Walk;

pub async fn a_supervisor_reads_the_settings_and_previews_with_the_keyboard_alone(walk: Walk) {
    walk.come_in_with_keys("demo.supervisor").await;
    walk.enter("main a[href='/staff/settings']").await;
    walk.look().await;
    walk.says(&["payments.largest", "For all plan lines"]).await;
    walk.enter("main a[href$='/lines/medicare-advantage']")
        .await;
    walk.look().await;
    walk.says(&["lines[2].invoicing.due", "P.O. Box 21849"])
        .await;
    let invoice = walk.words_of_pdf("main a[href$='invoice.pdf?in=es']").await;
    assert!(invoice.contains("Sample Person"), "{invoice}");
    walk.go("/staff/settings/notices").await;
    walk.look().await;
    walk.enter("main a[href$='/notices/draft-coming']").await;
    walk.look().await;
    walk.says(&["Your next automatic payment", "Su próximo pago"])
        .await;
    reads_the_frame(&walk, "iframe[src$='in=en']", "Amount").await;
    reads_the_frame(&walk, "iframe[src$='in=es']", "Cantidad").await;
    let letter = walk.words_of_pdf("main a[href$='letter.pdf?in=es']").await;
    assert!(letter.contains("Sample Person"), "{letter}");
    walk.tab_to("main details summary").await;
    walk.strike(" ").await;
    walk.look().await;
    walk.go("/staff/settings/notices/email-bounced?lang=es")
        .await;
    walk.in_spanish();
    walk.look().await;
    walk.leave_with_keys().await;
}

/// The message is there and has the look that it has in a mail program.
async fn reads_the_frame(walk: &Walk, css: &str, said: &str) {
    walk.find(css).await.enter_frame().await.unwrap();
    let table = walk.find("table th").await;
    let (text, padding) = (
        table.text().await.unwrap(),
        table.css_value("padding-right").await.unwrap(),
    );
    walk.browser.driver.enter_default_frame().await.unwrap();
    assert!(text.contains(said), "{text}");
    assert_ne!(padding, "0px", "its own styles apply");
}
