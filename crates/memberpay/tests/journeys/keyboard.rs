//! People who use the keyboard alone.

use thirtyfour::prelude::*;

use crate::walk::Walk;

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
}
