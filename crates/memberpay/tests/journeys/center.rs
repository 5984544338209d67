//! The counter of a walk-in center: an associate takes a check and closes the drawer, with the
//! keyboard alone.

use crate::walk::Walk;

/// The bottom line of the check on the counter.
const ACCOUNT: &str = "000774411885";

pub async fn an_associate_takes_a_check_and_closes_the_drawer_with_the_keyboard_alone(walk: Walk) {
    let member = walk.stage.somebody();
    walk.stage.secrets.add("bank account", ACCOUNT);
    walk.come_in_with_keys("demo.associate").await;
    walk.enter("main a[href='/staff/center']").await;
    walk.look().await;
    // Without a choice it says what is missing.
    walk.enter("form[action$='/open'] button").await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    walk.tab_to("input[name='center']").await;
    walk.strike(" ").await;
    walk.enter("form[action$='/open'] button").await;
    walk.look().await;
    walk.type_into("#member_id", &member.member_id).await;
    walk.enter("form:has(#member_id) button").await;
    walk.look().await;
    let name = format!("{} {}", member.first_name, member.last_name);
    walk.says(&[&name, "do not accept cash", "American Express"])
        .await;
    walk.enter("main a[href$='/check']").await;
    walk.look().await;
    walk.enter("main form button").await;
    walk.look().await;
    assert!(walk.mistakes().await.len() >= 2);
    takes_the_check(&walk).await;
    counts_and_closes(&walk).await;
    walk.go("/staff/center?lang=es").await;
    walk.in_spanish();
    walk.look().await;
    walk.leave_with_keys().await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "a journey goes through the program of today"
)]
fn yesterday() -> jiff::civil::Date {
    let now = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now());
    now.date().yesterday().expect("the world is older")
}

async fn takes_the_check(walk: &Walk) {
    let dated = yesterday();
    let dated = format!("{}/{}/{}", dated.month(), dated.day(), dated.year());
    let line = format!("T021000021T {ACCOUNT}O 2001");
    walk.type_into("#micr", &line).await;
    walk.type_into("#amount", "123.45").await;
    walk.type_into("#dated", &dated).await;
    for seen in ["payee", "signed", "domestic", "words"] {
        walk.tab_to(&format!("#{seen}")).await;
        walk.strike(" ").await;
    }
    walk.enter("main form button").await;
    walk.arrive_and_look("/payments/").await;
    walk.says(&["$123.45", "For deposit only"]).await;
    let receipt = walk.words_of_pdf("main a[href$='receipt.pdf']").await;
    assert!(receipt.contains("$123.45"), "{receipt}");
}

async fn counts_and_closes(walk: &Walk) {
    walk.enter("main a[href='/staff/center']").await;
    walk.enter("main a[href*='/drawers/']").await;
    walk.look().await;
    walk.says(&["2001", "$123.45"]).await;
    walk.type_into("#counted", "123.00").await;
    walk.enter("form[action$='/count'] button").await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    walk.tab_to("#counted").await;
    // What was typed is selected when the tab key comes to it.
    walk.strike("123.45").await;
    walk.enter("form[action$='/count'] button").await;
    walk.look().await;
    walk.enter("form[action$='/close'] button").await;
    walk.look().await;
    let slip = walk.words_of_pdf("main a[href$='slip.pdf']").await;
    for said in ["021000021", "2001", "$123.45"] {
        assert!(slip.contains(said), "{said}: {slip}");
    }
    assert!(!slip.contains(ACCOUNT), "the account is not on the slip");
}
