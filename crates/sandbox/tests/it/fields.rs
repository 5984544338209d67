//! The hosted card fields, used as a browser without script uses them, and the pages to look at.

use gateways::card::{Brand, Funding, Gateway, Rail};
use gateways::mail::{FolderMailer, MailMessage, Mailer};
use kernel::{Email, Language, Tender};
use url::Url;

use crate::stand::{Stand, done, settings};

fn typed<'a>(number: &'a str, expiry: &'a str, cvc: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("number", number),
        ("expiry", expiry),
        ("cvc", cvc),
        ("zip", "06032"),
    ]
}

/// The form says what browsers fill in, has labels, and nothing inline.
fn assert_can_be_filled_in(html: &str) {
    for part in [
        "<html lang=\"en\">",
        "autocomplete=\"cc-number\"",
        "autocomplete=\"cc-exp\"",
        "autocomplete=\"cc-csc\"",
        "inputmode=\"numeric\"",
        "<label for=\"number\">",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert!(
        !html.contains("<script>") && !html.contains("style="),
        "nothing is inline"
    );
}

#[tokio::test]
async fn a_card_given_in_the_frame_is_an_instrument_without_its_number() {
    let stand = Stand::new().await;
    let setup = done(
        stand
            .gateway
            .client_setup(&stand.setup_request(Language::English))
            .await,
    );
    assert_eq!(
        done(stand.gateway.setup_result(&setup.session_ref).await),
        None
    );
    let frame = setup.frame_url.unwrap();
    let page = stand.http.get(frame.clone()).send().await.unwrap();
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("frame-ancestors http://plan.example.com;"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_can_be_filled_in(&page.text().await.unwrap());
    let form = typed("5105 1051 0510 5100", "12/39", "123");
    let answer = stand
        .http
        .post(frame.clone())
        .form(&form)
        .send()
        .await
        .unwrap();
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("Mastercard ending in 5100 is ready")
    );
    let card = done(stand.gateway.setup_result(&setup.session_ref).await).unwrap();
    assert_eq!(
        (card.rail, card.tender, card.brand),
        (
            Rail::Card,
            Some(Tender::Mastercard),
            Some(Brand::Mastercard)
        )
    );
    assert_eq!(
        (card.last_four.as_str(), card.funding),
        ("5100", Funding::Prepaid)
    );
    assert_eq!(card.expiry.unwrap().to_string(), "12/2039");
    // A reload shows the same; another card can be given until it is used.
    let again = stand
        .http
        .get(frame)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(again.contains("ending in 5100 is ready"));
}

#[tokio::test]
async fn the_hosted_page_leads_back_and_speaks_spanish() {
    let stand = Stand::new().await;
    let setup = done(
        stand
            .gateway
            .client_setup(&stand.setup_request(Language::Spanish))
            .await,
    );
    let page = stand
        .http
        .get(setup.hosted_url.clone())
        .send()
        .await
        .unwrap();
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(
        policy.contains("form-action 'self' http://plan.example.com;"),
        "{policy}"
    );
    let html = page.text().await.unwrap();
    assert!(
        html.contains("lang=\"es\"") && html.contains("Número de tarjeta"),
        "{html}"
    );
    let form = typed("4242424242424242", "12/39", "123");
    let answer = stand
        .http
        .post(setup.hosted_url)
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    let expected = format!("http://plan.example.com/back?s={}", setup.session_ref);
    assert_eq!(answer.headers()["location"], expected.as_str());
}

#[tokio::test]
async fn mistakes_are_named_by_field_and_nothing_secret_is_put_back() {
    let stand = Stand::new().await;
    let setup = done(
        stand
            .gateway
            .client_setup(&stand.setup_request(Language::English))
            .await,
    );
    let frame = setup.frame_url.unwrap();
    for (number, expiry, cvc, sentence) in [
        ("", "12/39", "123", "Enter the card number"),
        (
            "4242424242424241",
            "12/39",
            "123",
            "one of its digits is wrong",
        ),
        ("4242 4242 4242 424x", "12/39", "123", "only digits"),
        ("4111111111111111", "12/39", "123", "Real cards do not work"),
        (
            "378282246310005",
            "12/39",
            "1234",
            "We do not accept American Express. Use Visa, Mastercard or Discover.",
        ),
        ("3566002020360505", "12/39", "123", "We do not accept JCB"),
        ("4242424242424242", "01/20", "123", "This card has expired"),
        (
            "4242424242424242",
            "13/39",
            "123",
            "Enter the month and year",
        ),
        ("4242424242424242", "12/39", "12", "Enter the 3 digits"),
    ] {
        let form = typed(number, expiry, cvc);
        let answer = stand
            .http
            .post(frame.clone())
            .form(&form)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 422, "{number} {expiry} {cvc}");
        let html = answer.text().await.unwrap();
        assert!(html.contains(sentence), "{sentence} is not in {html}");
        assert!(html.contains("aria-invalid") && html.contains("role=\"alert\""));
        assert!(
            html.contains(&format!("value=\"{}\"", expiry.replace('/', "&#x2f;"))),
            "{html}"
        );
        assert!(
            number.is_empty() || !html.contains(&format!("value=\"{number}\"")),
            "{html}"
        );
        assert!(!html.contains(&format!("value=\"{cvc}\"")), "{html}");
    }
    assert_eq!(
        done(stand.gateway.setup_result(&setup.session_ref).await),
        None
    );
}

#[tokio::test]
async fn the_index_lists_the_test_cards_and_the_mail_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let from = Email::parse("billing@plan.example.com").unwrap();
    let mailer = FolderMailer::new(folder.path().to_owned(), "The Plan", &from).unwrap();
    let message = MailMessage {
        to: Email::parse("maria@example.com").unwrap(),
        subject: "Su código".to_owned(),
        text: "Su código es 123456.".to_owned(),
        html: Some("<p>Su código es <b>123456</b>.</p>".to_owned()),
        language: Language::Spanish,
        attachments: vec![gateways::mail::Attachment {
            name: "recibo.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            bytes: b"%PDF-1.7".to_vec(),
        }],
        message_id: "0198-mail".to_owned(),
        unsubscribe: None,
    };
    mailer.send(&message).await.unwrap();
    let mut with_mail = settings();
    with_mail.mail_dir = Some(folder.path().to_owned());
    let stand = Stand::with(with_mail).await;
    let read = |path: &'static str| {
        let request = stand.http.get(stand.at(path));
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    let index = read("").await;
    assert!(
        index.contains("4242 4242 4242 4242") && index.contains("000123456789"),
        "{index}"
    );
    assert!(read("sandbox/mail").await.contains("Su código"));
    let letter = read("sandbox/mail/0198-mail.eml").await;
    assert!(
        letter.contains("Su código es 123456.") && letter.contains("recibo.pdf"),
        "{letter}"
    );
    assert!(
        read("sandbox/mail/0198-mail.eml/html")
            .await
            .contains("<b>123456</b>")
    );
    assert_eq!(read("sandbox/mail/0198-mail.eml/0").await, "%PDF-1.7");
    let outside: Url = stand.at("sandbox/mail/..%2F..%2Fetc%2Fpasswd");
    assert_eq!(stand.http.get(outside).send().await.unwrap().status(), 404);
}
