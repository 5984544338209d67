//! Checks that do not say whose they are: a billing clerk decides with the keyboard alone, and a
//! supervisor releases what goes back.

use std::fmt::Write as _;

use gateways::{Clock as _, SystemClock};

use crate::staff::{come_in, leave};
use crate::support::people::Person;
use crate::walk::Walk;

/// A file of the lockbox bank with checks that came without coupons.
fn file_of(payers: &[String], day: jiff::civil::Date) -> String {
    let mut text = String::from(
        "kind,lockbox,deposited_on,batch,envelope,amount,count,routing,account,check_number,\
         check_date,remitter,payee,scan_line,reference\n",
    );
    for (number, payer) in (1..).zip(payers) {
        let _ = writeln!(
            text,
            "check,0044444,{day},001,{number},123.45,,011000015,98765{number},{number},{day},{payer},,,",
        );
    }
    let sum = 12_345 * payers.len();
    let (dollars, cents) = (sum / 100, sum % 100);
    let count = payers.len();
    let _ = writeln!(text, "total,,,,,{dollars}.{cents:02},{count},,,,,,,,J-1");
    text
}

fn today() -> jiff::civil::Date {
    jiff::tz::TimeZone::UTC
        .to_datetime(SystemClock.now())
        .date()
}

fn payer(person: &Person) -> String {
    format!("{} {}", person.first_name, person.last_name).to_uppercase()
}

pub async fn a_billing_clerk_decides_about_checks_with_the_keyboard_alone(walk: Walk) {
    let today = today();
    let (one, two) = (walk.stage.somebody(), walk.stage.somebody());
    let payers = [payer(&one), "NOBODY KNOWN".to_owned(), payer(&two)];
    walk.stage
        .demo
        .takes_in("checks.csv", &file_of(&payers, today.yesterday().unwrap()))
        .await;
    walk.come_in_with_keys("demo.billing").await;
    walk.enter("main a[href='/staff/suspense']").await;
    walk.look().await;
    walk.says(&["$123.45", &payers[0], "No coupon"]).await;
    walk.enter("ul.queue a").await;
    walk.look().await;
    // Without a choice it says what is missing, and the list of mistakes leads there.
    walk.enter("form[action$='/apply'] button").await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    let name = format!("{} {}", one.first_name, one.last_name);
    walk.says(&[&name, "same name"]).await;
    walk.tab_to("input[name='to']").await;
    walk.strike(" ").await;
    walk.enter("form[action$='/apply'] button").await;
    walk.arrive_and_look("done=applied").await;
    // The next one by itself: nobody is known, so it waits.
    walk.says(&[
        "Applied. Here is the next check.",
        "NOBODY KNOWN",
        "Nothing speaks for anybody",
    ])
    .await;
    walk.tab_to("details:has(form[action$='/hold']) summary")
        .await;
    walk.strike(" ").await;
    let until = today.saturating_add(jiff::Span::new().days(5));
    let typed = until.strftime("%m%d%Y").to_string();
    walk.type_into("input[name='until']", &typed).await;
    walk.type_into("input[name='because']", "The bank looks for the envelope")
        .await;
    walk.enter("form[action$='/hold'] button").await;
    walk.arrive_and_look("done=held").await;
    walk.says(&[&payers[2]]).await;
    walk.tab_to("details:has(form[action$='/return']) summary")
        .await;
    walk.strike(" ").await;
    walk.tab_to("input[name='reason']").await;
    walk.strike(" ").await;
    walk.type_into("input[name='payee_name']", "Pat Payer")
        .await;
    walk.type_into("input[name='address_1']", "1 Main St").await;
    walk.type_into("input[name='address_2']", "Hartford CT 06103")
        .await;
    walk.enter("form[action$='/return'] button").await;
    walk.arrive_and_look("done=asked").await;
    finds_a_member(&walk, &one).await;
    walk.go("/staff/suspense?part=return&lang=es").await;
    walk.in_spanish();
    walk.look().await;
    walk.leave_with_keys().await;
}

/// The account of whose check it was, on one page.
async fn finds_a_member(walk: &Walk, person: &Person) {
    walk.enter("header a.logo").await;
    walk.arrive("/staff").await;
    walk.enter("main a[href='/staff/find']").await;
    walk.look().await;
    walk.type_into("#member_id", &person.member_id).await;
    // A list is chosen from by typing what one reads there.
    walk.type_into("form:has(#member_id) select[name='reason']", "A question")
        .await;
    walk.enter("form:has(#member_id) button[value='id']").await;
    walk.arrive_and_look("/staff/accounts/").await;
    let name = format!("{} {}", person.first_name, person.last_name);
    walk.says(&[&name, "A question about a payment"]).await;
    walk.tab_to("a[href$='/invoice.pdf']").await;
}

pub async fn a_supervisor_releases_what_goes_back_to_its_payer(walk: Walk) {
    let today = today();
    let payers = ["ACME ELECTRIC".to_owned()];
    let file = file_of(&payers, today)
        .replace("0044444", "0055555")
        .replace("J-1", "J-2");
    walk.stage.demo.takes_in("other.csv", &file).await;
    come_in(&walk, "demo.billing", demo::PASSWORD, demo::STAFF_KEY).await;
    walk.go("/staff/suspense").await;
    walk.press("ul.queue li:last-child a").await;
    walk.says(&["ACME ELECTRIC"]).await;
    let item = walk.address().await;
    let summary = walk.find("details:has(form[action$='/return']) summary");
    summary.await.click().await.unwrap();
    walk.choose("reason", "not-for-plan").await;
    walk.fill("payee_name", "Acme Electric").await;
    walk.fill("address_1", "1 Main St").await;
    walk.fill("address_2", "Hartford CT 06103").await;
    walk.press("form[action$='/return'] button").await;
    leave(&walk).await;
    come_in(&walk, "demo.supervisor", demo::PASSWORD, demo::STAFF_KEY).await;
    walk.open(&item).await;
    walk.says(&[
        "asks to send $123.45 back",
        "Acme Electric",
        "Hartford CT 06103",
    ])
    .await;
    walk.press("button[name='decision'][value='release']").await;
    walk.arrive("done=returned").await;
    walk.open(&item).await;
    walk.says(&["Sent back to the payer"]).await;
    leave(&walk).await;
}
