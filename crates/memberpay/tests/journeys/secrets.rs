//! Everything that was typed, sent by mail or kept in a cookie and that no log may hold.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::browser::Browser;
use crate::support::people::Person;

/// What to look for, and what kind of thing it is.
#[derive(Default)]
pub struct Secrets {
    known: Mutex<BTreeSet<(String, &'static str)>>,
}

impl Secrets {
    /// Adds one.
    pub fn add(&self, kind: &'static str, text: &str) {
        if text.len() >= 6 {
            self.known.lock().unwrap().insert((text.to_owned(), kind));
        }
    }

    /// Adds what is secret about a person.
    pub fn add_person(&self, person: &Person) {
        let born = person.birth_date;
        self.add("birth date", &born.to_string());
        self.add("birth date", &born.strftime("%m/%d/%Y").to_string());
        self.add("e-mail address", &person.email);
        self.add("member ID", &person.member_id);
    }

    /// Adds the tokens that the browser holds.
    pub async fn saw_cookies(&self, browser: &Browser) {
        for cookie in browser.driver.get_all_cookies().await.unwrap_or_default() {
            if cookie.value.len() >= 32 {
                self.add("session token", &cookie.value);
            }
        }
    }

    /// The kinds of secrets that a log holds, each with the line it is in.
    pub fn found_in(&self, log: &str) -> Vec<String> {
        let known = self.known.lock().unwrap();
        assert!(
            !known.is_empty(),
            "a test of the log needs something to look for"
        );
        known
            .iter()
            .filter_map(|(secret, kind)| {
                let at = positions(log, secret)
                    .into_iter()
                    .find(|at| stands_alone(log, *at, secret))?;
                let start = log[..at].rfind('\n').map_or(0, |n| n + 1);
                let line: String = log[start..]
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .take(300)
                    .collect();
                Some(format!("{kind}: {line}"))
            })
            .collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.known.lock().unwrap().len()
    }
}

fn positions(log: &str, secret: &str) -> Vec<usize> {
    log.match_indices(secret).map(|(at, _)| at).collect()
}

/// False for digits inside a longer number.
fn stands_alone(log: &str, at: usize, secret: &str) -> bool {
    if !secret.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    let before = log[..at].bytes().next_back();
    let after = log[at + secret.len()..].bytes().next();
    let part =
        |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    !part(before) && !part(after)
}
