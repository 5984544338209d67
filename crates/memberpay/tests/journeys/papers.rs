//! Documents to keep: the list, its downloads, the calendar, and ID cards.

use crate::support::tools;
use crate::walk::Walk;

pub async fn a_member_downloads_documents_and_every_pdf_is_sound(walk: Walk) {
    walk.sign_in("maria.pena", demo::PASSWORD).await;
    walk.go("/account/documents?lang=en").await;
    walk.look().await;
    let links = walk
        .browser
        .ask("return [...document.querySelectorAll('main table a')].map((a) => a.getAttribute('href'))")
        .await;
    let links: Vec<String> = serde_json::from_value(links).unwrap();
    assert!(links.len() > 6, "{links:?}");
    let mut kinds = Vec::new();
    for kind in ["invoice.pdf", "receipt.pdf", "document.pdf", "payments.pdf"] {
        let found = links.iter().find(|link| link.ends_with(kind));
        let Some(link) = found else { continue };
        kinds.push(kind);
        let bytes = walk.download(link).await.bytes().await.unwrap();
        let Some(facts) = tools::sound_pdf(&bytes).await else {
            continue;
        };
        assert!(
            facts.contains("Tagged:          yes"),
            "{link} is not tagged:\n{facts}"
        );
    }
    assert_eq!(kinds.len(), 4, "of every kind one: {links:?}");
    // The list can be narrowed without scripts.
    walk.pick("kind", "consent").await;
    walk.press("main form.filter button").await;
    walk.arrive_and_look("kind=consent").await;
    walk.keeps_quiet_about(&["invoice.pdf"]).await;
}

pub async fn due_dates_come_to_a_calendar_and_say_nothing_about_anybody(walk: Walk) {
    walk.sign_in("jordan.rivers", demo::PASSWORD).await;
    walk.open("/account/documents/calendar").await;
    let file = walk.download("/account/documents/due-dates.ics").await;
    assert_eq!(
        file.headers()["content-type"],
        "text/calendar; charset=utf-8"
    );
    says_nothing_about_anybody(&file.text().await.unwrap());
    walk.press("main button[name='turn'][value='on']").await;
    walk.arrive_and_look("shown=").await;
    let address = walk.find("#address code").await.text().await.unwrap();
    walk.stage.secrets.add("calendar address", &address);
    let path = address
        .strip_prefix(&walk.stage.demo.url)
        .unwrap_or_else(|| panic!("{address} is of this program"))
        .to_owned();
    says_nothing_about_anybody(&feed(&address).await.text().await.unwrap());
    // Shown once.
    walk.open("/account/documents/calendar").await;
    walk.keeps_quiet_about(&[&path]).await;
    walk.press("main button[name='turn'][value='off']").await;
    walk.look().await;
    assert_eq!(feed(&address).await.status(), 404);
}

async fn feed(address: &str) -> reqwest::Response {
    let client = crate::support::program::client();
    client.get(address).send().await.unwrap()
}

fn says_nothing_about_anybody(file: &str) {
    assert!(file.starts_with("BEGIN:VCALENDAR\r\n"), "{file}");
    assert!(file.contains("BEGIN:VEVENT") && file.contains("BEGIN:VALARM"));
    for word in ["Jordan", "Rivers", "10000000001", "Farmington", "$"] {
        assert!(!file.contains(word), "the calendar says {word}:\n{file}");
    }
}

pub async fn a_member_shows_prints_and_orders_the_id_card(walk: Walk) {
    walk.sign_in("jordan.rivers", demo::PASSWORD).await;
    walk.open("/account/id-card").await;
    walk.says(&["Jordan Rivers", "1000 000 0001", "Casey"])
        .await;
    let link = walk.find("main a[href$='/id-card.pdf']").await;
    let link = link.attr("href").await.unwrap().unwrap();
    let bytes = walk.download(&link).await.bytes().await.unwrap();
    let for_people = tools::left_for_people("journeys").join("id-card.pdf");
    std::fs::write(for_people, &bytes).unwrap();
    if let Some(facts) = tools::sound_pdf(&bytes).await {
        // A sheet of letter paper with cards of 85.6 by 53.98 mm on it, to cut out and fold.
        assert!(facts.contains("612 x 792 pts (letter)"), "{facts}");
        assert!(facts.contains("Tagged:          yes"), "{facts}");
    }
    let words = walk.words_of_pdf("main a[href$='/id-card.pdf']").await;
    for said in ["Jordan Rivers", "1000 000 0001", "Casey"] {
        assert!(words.contains(said), "the card says {said}:\n{words}");
    }
    walk.press("main a[href*='/id-card/']:not([href$='pdf'])")
        .await;
    walk.look().await;
    walk.send().await;
    walk.look().await;
    assert_eq!(walk.mistakes().await.len(), 1);
    walk.choose("reason", "lost").await;
    walk.send().await;
    walk.arrive_and_look("asked=1").await;
    walk.says(&["Card by mail: requested on"]).await;
}
