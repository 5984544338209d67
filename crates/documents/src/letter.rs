//! A letter: a notice on paper, for a window envelope.

use jiff::civil::Date;
use kernel::{Language, day_in_words};
use serde_json::{Value, json};

use crate::strings::strings;
use crate::{DocumentError, geometry};

/// A letter to one person.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The language of every word on it.
    pub language: Language,
    /// 18-point type instead of 10.5.
    pub large_print: bool,
    /// Who sends it.
    pub organisation: String,
    /// The address it is sent from, for the upper window.
    pub return_address: Vec<String>,
    /// To whom.
    pub name: String,
    /// Street, city: the lines under the name, at most five. With none, as on the copy that is only
    /// shown on a screen, the place stays empty.
    pub mailing_address: Vec<String>,
    /// The day on it.
    pub date: Date,
    /// What it is about, as its title.
    pub subject: String,
    /// What it says, a paragraph each.
    pub paragraphs: Vec<String>,
    /// Facts in a table under the paragraphs, a label and what it says. May be empty.
    pub facts: Vec<(String, String)>,
    /// What comes after the facts, a paragraph each. May be empty.
    pub closing: Vec<String>,
    /// The last digits of the account, if it is about one.
    pub account_digits: Option<String>,
    /// Telephone number for questions.
    pub phone: String,
    /// TTY number, `711`.
    pub tty: String,
    /// Opening hours in words.
    pub hours: String,
    /// Sentences that offer free help in other languages, at the end. May be empty.
    pub language_assistance: Vec<String>,
}

impl Letter {
    pub(crate) fn values(&self) -> Result<Value, DocumentError> {
        let found = self.mailing_address.len() + 1;
        if found > geometry::ADDRESS_MAX_LINES {
            return Err(DocumentError::AddressLines {
                which: "the mailing address",
                found,
                most: geometry::ADDRESS_MAX_LINES,
            });
        }
        let s = strings(self.language);
        let account = self
            .account_digits
            .as_ref()
            .map(|digits| format!("{} {} {digits}", s.account, s.ending_in));
        let rows: Vec<Value> = self
            .facts
            .iter()
            .map(|(label, text)| json!([label, text]))
            .collect();
        Ok(json!({
            "s": s,
            "lang": self.language.tag(),
            "large": self.large_print,
            "title": self.subject,
            "date": [self.date.year(), self.date.month(), self.date.day()],
            "day": day_in_words(self.date, self.language),
            "organisation": self.organisation,
            "return_address": self.return_address,
            "name": self.name,
            "mailing_address": self.mailing_address,
            "paragraphs": self.paragraphs,
            "rows": rows,
            "closing": self.closing,
            "account": account,
            "phone": self.phone,
            "tty": self.tty,
            "hours": self.hours,
            "language_assistance": self.language_assistance,
            "address_left": geometry::ADDRESS_LEFT,
            "address_top": geometry::ADDRESS_TOP,
        }))
    }
}
