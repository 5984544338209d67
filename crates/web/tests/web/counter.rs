//! The counter of a center: from an empty drawer to its deposit slip.

use http::StatusCode;
use identity::Role;
use jiff::civil::date;
use kernel::BillingMonth;
use testkit::{Engine, Maria, World};
use usecases::Actor;
use usecases::progress::Unwatched;

use crate::reach::staff_signed_in;
use crate::site::{Answer, Browser};

const CHECK: [(&str, &str); 9] = [
    ("key", "counter-0123456789"),
    ("micr", "T021000021T 000123456O 1001"),
    ("amount", "100.00"),
    ("dated", "11/30/2026"),
    ("kind", "check"),
    ("payee", "yes"),
    ("signed", "yes"),
    ("domestic", "yes"),
    ("words", "yes"),
];

async fn scene(world: &World) -> Maria {
    let maria = testkit::maria(world, 0).await;
    testkit::covered(world, &maria, date(2026, 12, 1), 10_000).await;
    let options = usecases::billing::RunOptions {
        partitions: 1,
        workers: 1,
        chunk: 10,
    };
    let month = BillingMonth::of(world.ctx.today());
    usecases::billing::run(&world.ctx, &Actor::Operator, month, options, &Unwatched)
        .await
        .expect("the month is invoiced");
    for role in [Role::Associate, Role::Supervisor] {
        testkit::staff(world, role).await;
    }
    maria
}

async fn with_drawer(world: &World) -> Browser {
    let mut browser = staff_signed_in(world, Role::Associate).await;
    let page = browser.open("/staff/center").await;
    assert!(page.body.contains("Open a drawer"), "{}", page.body);
    let page = browser
        .post_and_open("/staff/center/open", &[("center", "center")])
        .await;
    assert!(page.body.contains("Find the member"), "{}", page.body);
    browser
}

fn links(answer: &Answer) -> Vec<String> {
    let links = answer.body.split("href=\"").skip(1);
    let links = links.filter_map(|rest| rest.split('"').next());
    links.map(|link| link.replace("&#x2f;", "/")).collect()
}

fn link(answer: &Answer, part: &str) -> String {
    let found = links(answer).into_iter().find(|link| link.contains(part));
    found.unwrap_or_else(|| panic!("no link to {part}: {}", answer.body))
}

#[test]
fn a_check_is_taken_and_its_drawer_closed_page_by_page() {
    testkit::both(|world| async move {
        let maria = scene(&world).await;
        let mut browser = with_drawer(&world).await;
        let id = [("by", "id"), ("member_id", maria.member_id.as_str())];
        let page = browser.post_and_open("/staff/center/find", &id).await;
        for said in [
            "Maria Lopez",
            "$100.00",
            "do not accept cash",
            "American Express",
        ] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        assert!(!page.body.contains("value=\"cash\""));
        let form = link(&page, "/check");
        browser.open(&form).await;
        let mut fields = CHECK.to_vec();
        fields.push(("payer_name", "Maria Lopez"));
        let page = browser.post_and_open(&form, &fields).await;
        assert!(page.body.contains("For deposit only"), "{}", page.body);
        let pdf = browser.get(&link(&page, "/receipt.pdf")).await;
        assert_eq!(pdf.headers["content-type"], "application/pdf");
        usecases::outbox::send_due(&world.ctx)
            .await
            .expect("it goes out");
        let letters = world.mail.to(maria.email);
        assert!(letters.iter().any(|letter| letter.text.contains("$100.00")));

        let page = browser.open("/staff/center").await;
        let drawer = link(&page, "/drawers/");
        browser.open(&drawer).await;
        let unexplained = [("counted", "90.00"), ("explanation", "")];
        let page = browser
            .post_and_open(&format!("{drawer}/count"), &unexplained)
            .await;
        assert!(page.body.contains("differs by"), "{}", page.body);
        let explained = [("counted", "100.00"), ("explanation", "")];
        browser
            .post_and_open(&format!("{drawer}/count"), &explained)
            .await;
        let page = browser.post_and_open(&format!("{drawer}/close"), &[]).await;
        let slip = browser.get(&link(&page, "/slip.pdf")).await;
        assert_eq!(slip.headers["content-type"], "application/pdf");
        assert_eq!(slip.headers["cache-control"], "no-store");
    });
}

#[test]
fn what_is_wrong_stands_beside_its_question_and_the_bottom_line_is_never_kept() {
    testkit::on(Engine::Sqlite, |world| async move {
        let maria = scene(&world).await;
        let mut browser = with_drawer(&world).await;
        let form = format!("/staff/center/accounts/{}/check", maria.account);
        browser.open(&form).await;
        for (field, value, said) in [
            ("micr", "T021000022T 000123456O 1001", "micr-mistake"),
            ("dated", "12/24/2026", "December 24, 2026"),
            ("dated", "5/31/2026", "November 30, 2026"),
            ("dated", "tomorrow", "dated-mistake"),
            ("kind", "cash", "kind-mistake"),
            ("amount", "", "amount-mistake"),
            ("payee", "", "payee-mistake"),
            ("signed", "", "signed-mistake"),
            ("domestic", "", "domestic-mistake"),
            ("words", "", "words-mistake"),
            ("payer_name", "", "payer_name-mistake"),
            ("payer_email", "nowhere", "payer_email-mistake"),
        ] {
            let mut fields = CHECK.to_vec();
            fields.extend([("payer_name", "Maria Lopez"), ("payer_email", "")]);
            fields.retain(|(name, _)| *name != field);
            fields.push((field, value));
            let page = browser.post_and_open(&form, &fields).await;
            assert!(page.body.contains(said), "{field} {value}: {}", page.body);
            assert!(!page.body.contains("000123456"), "{field}");
        }
        let mut tx = world.ctx.store.read().await.expect("a database");
        let count = "SELECT COUNT(*) FROM drawer_checks";
        let mut row = tx.one("a count", count, vec![]).await.expect("a row");
        assert_eq!(row.read::<i64>().expect("a number"), 0);
    });
}

#[test]
fn somebody_without_a_drawer_is_sent_to_open_one_and_of_two_the_right_one_is_chosen() {
    testkit::on(Engine::Sqlite, |world| async move {
        let maria = scene(&world).await;
        testkit::maria(&world, 1).await;
        let mut browser = staff_signed_in(&world, Role::Supervisor).await;
        let path = format!("/staff/center/accounts/{}", maria.account);
        let answer = browser.get(&path).await;
        assert_eq!(answer.location(), "/staff/center");
        let mut browser = with_drawer(&world).await;
        let by_name = [
            ("by", "name"),
            ("last_name", "Lopez"),
            ("birth_month", "3"),
            ("birth_day", "14"),
            ("birth_year", "1956"),
        ];
        let answer = browser.post("/staff/center/find", &by_name).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.location());
        link(&answer, &path);
        let nobody = [("by", "id"), ("member_id", "99999999999")];
        let page = browser.post_and_open("/staff/center/find", &nobody).await;
        assert!(page.body.contains("Nobody was found"), "{}", page.body);
        assert!(!page.body.contains("99999999999"));
    });
}

#[test]
fn a_link_from_the_counter_opens_the_amount_on_another_device_and_works_once() {
    testkit::on(Engine::Sqlite, |world| async move {
        let maria = scene(&world).await;
        let mut browser = with_drawer(&world).await;
        let path = format!("/staff/center/accounts/{}/link", maria.account);
        let page = browser.post(&path, &[]).await;
        assert_eq!(page.status, StatusCode::OK);
        let body = page.body.replace("&#x2f;", "/");
        assert!(body.contains("<svg"), "{body}");
        let (_, rest) = body.split_once("/help-to-pay/").expect("a link");
        let token = rest.split('<').next().unwrap_or("");
        let link = format!("/help-to-pay/{token}");
        let mut phone = Browser::new(&world);
        let page = phone.open(&link).await;
        for hers in ["Maria", "Lopez", "1000", maria.email] {
            assert!(!page.body.contains(hers), "{hers}: {}", page.body);
        }
        let page = phone.post_and_open(&link, &[("payer_email", "x")]).await;
        assert!(page.body.contains("payer_email-mistake"), "{}", page.body);
        let email = [("payer_email", "son@example.com")];
        let answer = phone.post(&link, &email).await;
        assert!(answer.location().ends_with("/amount"), "{}", answer.status);
        let page = phone.open(answer.location()).await;
        assert!(page.body.contains("$100.00"), "{}", page.body);
        let again = Browser::new(&world).get(&link).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
    });
}
