//! People who use the keyboard alone.

use std::time::Duration;

use thirtyfour::prelude::*;

use crate::security::digits;
use crate::walk::Walk;

/// True if one can see that the element with the focus has it: a ring of its own or of what is
/// around it, and inside the window.
const FOCUS_IS_SEEN: &str = "
    const here = document.activeElement, box = here.getBoundingClientRect();
    const rings = [here, here.parentElement, here.nextElementSibling].filter(Boolean)
        .map(one => getComputedStyle(one));
    const ring = rings.some(style => style.outlineStyle !== 'none' || style.boxShadow !== 'none');
    return ring && box.bottom > 0 && box.top < innerHeight;";

/// No page of ours has more places to stop at.
const MOST_STOPS: usize = 250;

impl Walk {
    /// Presses the tab key until what a CSS selector names has the focus.
    pub async fn tab_to(&self, css: &str) {
        let script = "return document.activeElement.matches(arguments[0])";
        for _ in 0..MOST_STOPS {
            self.strike(Key::Tab + "").await;
            let here = self
                .browser
                .driver
                .execute(script, vec![css.into()])
                .await
                .unwrap();
            if here.json().as_bool() == Some(true) {
                let seen = self.browser.ask(FOCUS_IS_SEEN).await;
                assert_eq!(seen.as_bool(), Some(true), "the focus on {css} is not seen");
                return;
            }
        }
        panic!(
            "the tab key does not come to {css} on {}",
            self.address().await
        );
    }

    /// Presses keys, wherever the focus is.
    pub async fn strike(&self, keys: impl Into<TypingData>) {
        let chain = self.browser.driver.action_chain().send_keys(keys);
        chain.perform().await.unwrap();
    }

    /// Goes to a link or button by the tab key and presses Enter; waits for the next page.
    pub async fn enter(&self, css: &str) {
        let old = self.find("html").await;
        self.tab_to(css).await;
        self.strike(Key::Enter + "").await;
        self.wait_for_a_page_after(&old).await;
    }

    /// Goes to a field by the tab key and types.
    pub async fn type_into(&self, css: &str, text: &str) {
        self.tab_to(css).await;
        self.strike(text).await;
    }

    /// Presses Enter where the focus is and waits for the next page: in a field it sends the form.
    pub async fn enter_here(&self) {
        let old = self.find("html").await;
        self.strike(Key::Enter + "").await;
        self.wait_for_a_page_after(&old).await;
    }

    /// Staff sign in, with keys alone. Digits are good once: if another journey of the same person
    /// used these, the next ones come within half a minute.
    pub async fn come_in_with_keys(&self, user_id: &str) {
        self.go("/staff/sign-in").await;
        self.type_into("[name='user_id']", user_id).await;
        self.type_into("[name='password']", demo::PASSWORD).await;
        self.enter_here().await;
        self.arrive_and_look("/staff/sign-in/second").await;
        for _ in 0..4 {
            let shown = digits(demo::STAFF_KEY, 0);
            self.type_into("[name='code']", &shown).await;
            self.enter_here().await;
            if !self.address().await.contains("/second") {
                self.arrive_and_look("/staff").await;
                return;
            }
            while digits(demo::STAFF_KEY, 0) == shown {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
        panic!("four digits of the app in a row were not taken");
    }

    /// Staff sign out, with keys alone.
    pub async fn leave_with_keys(&self) {
        self.enter("form[action='/staff/sign-out'] button").await;
        self.arrive("/staff/sign-in").await;
    }
}
