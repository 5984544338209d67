//! The copy of a consent that its giver keeps.

use jiff::civil::{Date, Time};
use kernel::{Language, day_in_words, time_in_words};
use serde_json::{Value, json};

use crate::strings::strings;

/// What somebody agreed to, for their own files: the exact words, their version, who, when, and how
/// to stop. It never carries a full card, bank account or member number.
#[derive(Clone, Debug)]
pub struct Consent {
    /// The language of every word on it.
    pub language: Language,
    /// 18-point type instead of 10.5.
    pub large_print: bool,
    /// To whom it was given.
    pub organisation: String,
    /// The organisation's address, under its name.
    pub return_address: Vec<String>,
    /// What was agreed to: `Automatic payments: what you agreed to`.
    pub title: String,
    /// The exact words, a paragraph each.
    pub words: Vec<String>,
    /// The version of the words.
    pub version: String,
    /// Who agreed.
    pub name: String,
    /// The day, where the plan is.
    pub given_on: Date,
    /// The time of day, where the plan is.
    pub given_at: Time,
    /// The name of that time zone: `ET`.
    pub time_zone: String,
    /// More facts, a label and what it says: the plan, the last digits of the account, the payment
    /// method with its last four digits.
    pub facts: Vec<(String, String)>,
    /// How to take it back, a paragraph each.
    pub how_to_stop: Vec<String>,
    /// Telephone number for questions.
    pub phone: String,
    /// TTY number, `711`.
    pub tty: String,
    /// Opening hours in words.
    pub hours: String,
}

impl Consent {
    pub(crate) fn values(&self) -> Value {
        let s = strings(self.language);
        let time = time_in_words(self.given_at, self.language);
        let given = format!(
            "{}, {time} {}",
            day_in_words(self.given_on, self.language),
            self.time_zone
        );
        let mut rows = vec![json!([s.name, self.name]), json!([s.agreed_on, given])];
        rows.extend(self.facts.iter().map(|(label, text)| json!([label, text])));
        rows.push(json!([s.version, self.version]));
        json!({
            "s": s,
            "lang": self.language.tag(),
            "large": self.large_print,
            "title": self.title,
            "date": [self.given_on.year(), self.given_on.month(), self.given_on.day()],
            "organisation": self.organisation,
            "return_address": self.return_address,
            "words": self.words,
            "rows": rows,
            "how_to_stop": self.how_to_stop,
            "phone": self.phone,
            "tty": self.tty,
            "hours": self.hours,
        })
    }
}
