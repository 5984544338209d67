//! What a person does with a browser: open, read, fill in, press.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::prelude::*;

use crate::browser::Browser;
use crate::look;
use crate::stage::Stage;
use crate::support::people::Person;

/// How long a person waits for a page.
const PATIENCE: Duration = Duration::from_secs(45);

/// One person on one way through the program.
pub struct Walk {
    pub stage: Arc<Stage>,
    pub browser: Arc<Browser>,
    journey: &'static str,
    spanish: AtomicBool,
    pages: AtomicUsize,
}

impl Walk {
    /// At the beginning.
    pub fn new(stage: Arc<Stage>, browser: Arc<Browser>, journey: &'static str) -> Self {
        Walk {
            stage,
            browser,
            journey,
            spanish: AtomicBool::new(false),
            pages: AtomicUsize::new(0),
        }
    }

    /// From here on pages must be in Spanish.
    pub fn in_spanish(&self) {
        self.spanish.store(true, Ordering::Relaxed);
    }

    fn language(&self) -> &'static str {
        if self.spanish.load(Ordering::Relaxed) {
            "es"
        } else {
            "en"
        }
    }

    /// Goes to an address of the program and checks the page.
    pub async fn open(&self, path: &str) {
        self.go(path).await;
        self.look().await;
    }

    /// Goes to an address of the program.
    pub async fn go(&self, path: &str) {
        self.browser
            .driver
            .goto(format!("{}{path}", self.stage.demo.url))
            .await
            .unwrap();
    }

    /// The path and what follows it of the page in the window.
    pub async fn address(&self) -> String {
        let url = self.browser.driver.current_url().await.unwrap();
        let query = url
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        format!("{}{query}", url.path())
    }

    /// Waits until the address holds `part`.
    pub async fn arrive(&self, part: &str) {
        let begun = Instant::now();
        loop {
            let address = self.address().await;
            if address.contains(part) {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "expected to come to {part}, is at {address}: {}",
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for `part` in the address and checks the page.
    pub async fn arrive_and_look(&self, part: &str) {
        self.arrive(part).await;
        self.look().await;
    }

    /// Checks the page in the window as every page is checked.
    pub async fn look(&self) {
        let number = self.pages.fetch_add(1, Ordering::Relaxed) + 1;
        let picture = format!("{}-{}-{number:02}", self.stage.name, self.journey);
        let axe = self.stage.axe.as_deref();
        let mut faults = look::faults(&self.browser, self.language(), axe, &picture).await;
        faults.extend(self.complaints().await);
        self.stage.checked_a_page();
        self.stage.secrets.saw_cookies(&self.browser).await;
        let address = self.address().await;
        // The person goes on, so that one run tells of every page; the journey fails at its end.
        if !faults.is_empty() {
            self.stage.found(
                self.journey,
                &format!("{address} ({picture}):\n    {}", faults.join("\n    ")),
            );
        }
    }

    /// What the browser's console complains of. That a page which says "not found" came with that
    /// status is no complaint.
    async fn complaints(&self) -> Vec<String> {
        let mut complaints = self.browser.complaints().await;
        complaints.retain(|text| !text.contains("the server responded with a status of 4"));
        complaints
    }

    /// The first element that a CSS selector names.
    pub async fn find(&self, css: &str) -> WebElement {
        let begun = Instant::now();
        loop {
            if let Ok(element) = self.browser.driver.find(By::Css(css)).await {
                return element;
            }
            if begun.elapsed() > Duration::from_secs(10) {
                panic!(
                    "no {css} on {}: {}",
                    self.address().await,
                    self.text().await
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// True if the page has what a CSS selector names.
    pub async fn has(&self, css: &str) -> bool {
        self.browser.driver.find(By::Css(css)).await.is_ok()
    }

    /// The words of the page.
    pub async fn text(&self) -> String {
        match self.browser.driver.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// The page must say all of this.
    pub async fn says(&self, all: &[&str]) {
        let text = self.text().await;
        for words in all {
            assert!(
                text.contains(words),
                "{} does not say \"{words}\":\n{text}",
                self.address().await
            );
        }
    }

    /// The page must not say any of this, nor hold it anywhere in its source.
    pub async fn keeps_quiet_about(&self, all: &[&str]) {
        let source = self.browser.driver.source().await.unwrap();
        for words in all {
            assert!(
                !source.contains(words),
                "{} shows \"{words}\"",
                self.address().await
            );
        }
    }

    /// Types into the field of that name, over what is there.
    pub async fn fill(&self, field: &str, text: &str) {
        let input = self.find(&format!("main [name='{field}']")).await;
        input.clear().await.unwrap();
        input.send_keys(text).await.unwrap();
    }

    /// Chooses from a list.
    pub async fn pick(&self, field: &str, value: &str) {
        let option = self
            .find(&format!(
                "main select[name='{field}'] option[value='{value}']"
            ))
            .await;
        option.click().await.unwrap();
    }

    /// Chooses one of several, or ticks a box.
    pub async fn choose(&self, field: &str, value: &str) {
        let input = self
            .find(&format!("main input[name='{field}'][value='{value}']"))
            .await;
        if !input.is_selected().await.unwrap() {
            input.scroll_into_view().await.ok();
            if input.click().await.is_err() {
                let id = input.attr("id").await.unwrap().expect("a choice has an id");
                self.find(&format!("label[for='{id}']"))
                    .await
                    .click()
                    .await
                    .unwrap();
            }
        }
        assert!(
            input.is_selected().await.unwrap(),
            "{field}={value} can be chosen"
        );
    }

    /// What stands in a field.
    pub async fn value(&self, field: &str) -> String {
        let input = self.find(&format!("main [name='{field}']")).await;
        input.prop("value").await.unwrap().unwrap_or_default()
    }

    /// Presses what a CSS selector names and waits for the next page.
    pub async fn press(&self, css: &str) {
        let old = self.find("html").await;
        let button = self.find(css).await;
        button.scroll_into_view().await.ok();
        button
            .click()
            .await
            .unwrap_or_else(|error| panic!("{css} cannot be pressed: {error}"));
        self.wait_for_a_page_after(&old).await;
    }

    /// Waits until `old`, the root of a page, is gone.
    pub async fn wait_for_a_page_after(&self, old: &WebElement) {
        let begun = Instant::now();
        while old.tag_name().await.is_ok() {
            assert!(
                begun.elapsed() < PATIENCE,
                "nothing came after {}: {}",
                self.address().await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        self.find("body").await;
    }

    /// Presses the button that sends the page's form.
    pub async fn send(&self) {
        self.press("main form button[type='submit']:not([formaction]):not(.second)")
            .await;
    }

    /// Says who the guest is and who the premium is for.
    pub async fn identify(&self, who: &Person, payer_email: &str) {
        self.stage.secrets.add_person(who);
        self.stage.secrets.add("e-mail address", payer_email);
        self.fill("first_name", &who.first_name).await;
        self.fill("last_name", &who.last_name).await;
        self.fill_proof(who).await;
        self.fill("payer_email", payer_email).await;
        self.send().await;
    }

    /// The facts that guests and members who register both give.
    pub async fn fill_proof(&self, who: &Person) {
        self.fill("member_id", &who.member_id).await;
        self.pick("birth_month", &who.birth_date.month().to_string())
            .await;
        self.fill("birth_day", &who.birth_date.day().to_string())
            .await;
        self.fill("birth_year", &who.birth_date.year().to_string())
            .await;
        self.fill("zip", &who.zip).await;
    }

    /// Comes to the amount page as a guest for `who`.
    pub async fn guest_at_amount(&self, who: &Person, payer_email: &str) {
        self.go("/guest/identify").await;
        self.identify(who, payer_email).await;
        self.arrive("/amount").await;
    }

    /// Chooses another amount than what is due, in cents.
    pub async fn pay_amount(&self, cents: i64) {
        self.choose("choice", "other").await;
        self.fill("amount", &dollars(cents)).await;
        self.send().await;
        self.arrive("/method").await;
    }

    /// Chooses card or bank.
    pub async fn pay_with(&self, method: &str) {
        self.choose("method", method).await;
        self.send().await;
        self.arrive(&format!("/{method}")).await;
    }

    /// Types a card into the processor's fields, in its frame, and presses its button.
    pub async fn type_card(&self, number: &str) {
        self.stage.secrets.add("card number", number);
        self.find("main iframe").await.enter_frame().await.unwrap();
        for (field, text) in [
            ("number", number),
            ("expiry", "12 / 31"),
            ("cvc", "123"),
            ("zip", "06032"),
        ] {
            self.fill(field, text).await;
        }
        let button = self.find("main button[type='submit']").await;
        button.scroll_into_view().await.ok();
        button.click().await.unwrap();
    }

    /// Types a card that the processor takes, and goes on to the review. With scripts the button in
    /// the frame does all of it.
    pub async fn give_card(&self, number: &str, payer: &str) {
        if self.has("main [name='payer_name']").await {
            self.fill("payer_name", payer).await;
        }
        self.type_card(number).await;
        if !self.browser.scripts {
            self.find("p.ready").await;
        }
        self.browser.driver.enter_default_frame().await.unwrap();
        if !self.browser.scripts {
            self.send().await;
        }
        self.arrive("/review").await;
    }

    /// Fills in a bank account.
    pub async fn type_bank(&self, account: &str, payer: &str) {
        self.stage.secrets.add("bank account number", account);
        self.choose("kind", "checking").await;
        self.fill("payer_name", payer).await;
        self.fill("routing", sandbox::TEST_BANK_ROUTING).await;
        self.fill("account", account).await;
        self.fill("account_again", account).await;
    }

    /// Checks what is in the processor's frame as every page is checked, but for its address.
    pub async fn look_into_frame(&self) {
        self.find("main iframe").await.enter_frame().await.unwrap();
        if let Some(axe) = &self.stage.axe {
            let faults = look::accessibility(&self.browser, axe).await;
            if !faults.is_empty() {
                self.stage
                    .found(self.journey, &format!("the processor's frame: {faults:?}"));
            }
        }
        self.browser.driver.enter_default_frame().await.unwrap();
    }

    /// From Pay to what came of it.
    pub async fn wait_for_receipt(&self) {
        self.arrive("/receipt").await;
    }

    /// Waits for a page that a paid payment can end on.
    pub async fn wait_for_the_end(&self) {
        let begun = Instant::now();
        loop {
            let address = self.address().await;
            if address.ends_with("/sent") || address.ends_with("/receipt") {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "it ends somewhere, but is at {address}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A download with this browser's session, as its own program makes it.
    pub async fn download(&self, path: &str) -> reqwest::Response {
        let cookies = self.browser.driver.get_all_cookies().await.unwrap();
        let header: Vec<String> = cookies
            .iter()
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        crate::support::program::client()
            .get(format!("{}{path}", self.stage.demo.url))
            .header("cookie", header.join("; "))
            .send()
            .await
            .expect("the program answers")
    }

    /// The words of a PDF behind a link of the page.
    pub async fn words_of_pdf(&self, link_css: &str) -> String {
        let href = self
            .find(link_css)
            .await
            .attr("href")
            .await
            .unwrap()
            .expect("a link leads somewhere");
        let answer = self.download(&href).await;
        assert_eq!(answer.status(), 200, "{href}");
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        let bytes = answer.bytes().await.unwrap();
        assert!(bytes.starts_with(b"%PDF"), "{href} is no PDF");
        crate::support::tools::words_of_pdf(&bytes)
            .await
            .unwrap_or_default()
    }

    /// Signs in.
    pub async fn sign_in(&self, user_id: &str, password: &str) {
        self.stage.secrets.add("password", password);
        self.go("/sign-in").await;
        self.fill("user_id", user_id).await;
        self.fill("password", password).await;
        self.send().await;
        self.arrive("/account").await;
    }

    /// The list of mistakes has the focus, and each of its links leads to a field.
    pub async fn mistakes(&self) -> Vec<String> {
        let summary = self.find("#error-summary").await;
        if self.browser.scripts {
            let focused = self
                .browser
                .ask("const s = document.getElementById('error-summary'); return s.contains(document.activeElement)")
                .await;
            assert_eq!(focused, json!(true), "the list of mistakes has the focus");
        }
        let title = self.browser.driver.title().await.unwrap();
        assert!(
            ["Error: ", "Error: "]
                .iter()
                .any(|word| title.starts_with(word)),
            "the title says that there is a mistake: {title}"
        );
        let mut texts = Vec::new();
        for link in summary.find_all(By::Css("a")).await.unwrap() {
            let href = link.attr("href").await.unwrap().unwrap_or_default();
            assert!(
                self.has(&format!("main {href}")).await,
                "the mistake leads to {href}, which is not there"
            );
            texts.push(link.text().await.unwrap());
        }
        assert!(!texts.is_empty(), "a list of mistakes names some");
        texts
    }
}

/// `2001` as `20.01`.
pub fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
