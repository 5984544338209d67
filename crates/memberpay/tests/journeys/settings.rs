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

pub async fn an_administrator_proposes_a_change_with_the_keyboard_alone(walk: Walk) {
    walk.come_in_with_keys("demo.administrator").await;
    walk.enter("main a[href='/staff/settings']").await;
    walk.look().await;
    walk.enter("main a[href$='/lines/solo']").await;
    walk.look().await;
    walk.enter("a[href$='lines%5B1%5D.channels.mail.text']")
        .await;
    walk.look().await;
    // What stands there is what is typed over: first it is refused as it is.
    walk.enter("main form button").await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    walk.type_into("textarea#en", "New: ").await;
    walk.enter("main form button").await;
    walk.arrive_and_look("/staff/settings/change/").await;
    walk.says(&["no problem was found", "New:"]).await;
    let here = walk.address().await;
    walk.enter("main a[href$='/page?in=en']").await;
    walk.look().await;
    walk.says(&["Preview of a proposed change", "New:"]).await;
    walk.go(&here).await;
    walk.tab_to("main a[href$='/plan.toml']").await;
    let file = walk.download(&format!("{here}/plan.toml")).await;
    assert_eq!(file.status(), 200);
    assert!(file.text().await.unwrap().contains("New:"));
    walk.go("/staff/settings/change?key=lines%5B1%5D.invoicing.issue_days_before&lang=es")
        .await;
    walk.in_spanish();
    walk.look().await;
    walk.type_into("#value", "99").await;
    walk.enter_here().await;
    walk.arrive_and_look("/staff/settings/change/").await;
    walk.says(&["lines[1].invoicing.issue_days_before: found 99"])
        .await;
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
