//! The words of our mail, in each language.
//!
//! One file for each kind and language under `mail/templates/`: the subject on the first line, then
//! the text. The HTML part is the text marked up, so that both always say the same. Subjects tell
//! no amount and nothing about health; bodies tell no more than is needed and have no link that
//! signs in.

use std::sync::LazyLock;

use jiff::civil::Date;
use kernel::{Cents, Language, Tender, weekday_in_words};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context};
use serde::{Deserialize, Serialize};

use crate::Ctx;

/// The kinds of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A one-time code; facts: [`CodeFacts`].
    OneTimeCode,
    /// A payment was taken; facts: [`PaymentFacts`].
    PaymentReceipt,
    /// A bank debit is on its way; facts: [`PaymentFacts`].
    PaymentPending,
    /// A payment that was being confirmed did not go through; facts: [`PaymentFacts`].
    PaymentDeclined,
    /// The bank returned a payment; facts: [`PaymentFacts`].
    PaymentReturned,
    /// Somebody tried to register a member who is registered; no facts.
    AlreadyRegistered,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 6] = [
        Kind::OneTimeCode,
        Kind::PaymentReceipt,
        Kind::PaymentPending,
        Kind::PaymentDeclined,
        Kind::PaymentReturned,
        Kind::AlreadyRegistered,
    ];

    /// The name in the outbox and of the template files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Kind::OneTimeCode => "one-time-code",
            Kind::PaymentReceipt => "payment-receipt",
            Kind::PaymentPending => "payment-pending",
            Kind::PaymentDeclined => "payment-declined",
            Kind::PaymentReturned => "payment-returned",
            Kind::AlreadyRegistered => "registration-already-registered",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// After how many minutes it is of no use any more, if there is such a time: a code that has
    /// expired only confuses.
    pub(crate) const fn useful_minutes(self) -> Option<i64> {
        match self {
            Kind::OneTimeCode => Some(10),
            _ => None,
        }
    }

    /// True if its facts are forgotten as soon as it was sent.
    pub(crate) fn holds_a_secret(self) -> bool {
        self == Kind::OneTimeCode
    }
}

/// What mail with a code names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeFacts {
    /// The code.
    pub code: String,
    /// For how many minutes it is good.
    pub minutes: u8,
}

/// What mail about a payment names. Nothing of the member but the last four digits of the member
/// ID: the payer may be somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentFacts {
    /// How much, in cents.
    pub cents: i64,
    /// The day it was received, `2026-12-01`.
    pub on: String,
    /// The confirmation number.
    pub confirmation: String,
    /// The code of the tender.
    pub tender: String,
    /// The last four digits of the card or bank account.
    pub last_four: String,
    /// The bank; empty for cards.
    pub bank_name: String,
    /// The last four digits of the member ID.
    pub member_last_four: String,
    /// Why it was declined or returned; empty otherwise. For staff: not said in mail.
    pub reason: String,
}

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

macro_rules! templates {
    ($($language:literal: $($code:literal)+;)+) => {
        &[$($((
            concat!($language, "/", $code),
            include_str!(concat!("mail/templates/", $language, "/", $code, ".txt")),
        ),)+)+]
    };
}

const TEMPLATES: &[(&str, &str)] = templates![
    "en": "one-time-code" "payment-receipt" "payment-pending" "payment-declined" "payment-returned"
        "registration-already-registered" "help";
    "es": "one-time-code" "payment-receipt" "payment-pending" "payment-declined" "payment-returned"
        "registration-already-registered" "help";
];

static WORDS: LazyLock<Environment<'static>> = LazyLock::new(environment);

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Templates are plain text; the HTML part is escaped when it is made from it.
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.add_filter("money", |cents: i64| Cents::new(cents).to_string());
    environment.add_filter("day", day);
    environment.add_filter("tender", tender);
    for (name, text) in TEMPLATES {
        environment
            .add_template(name, text)
            .expect("a test renders every template");
    }
    environment
}

fn day(day: &str, tag: &str) -> Result<String, Error> {
    let bad = || Error::new(ErrorKind::InvalidOperation, format!("{day} is not a day"));
    let language = Language::from_tag(tag).ok_or_else(bad)?;
    let day: Date = day.parse().map_err(|_| bad())?;
    Ok(weekday_in_words(day, language))
}

fn tender(code: &str, tag: &str) -> Result<&'static str, Error> {
    let bad = || {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("{code} is not a tender"),
        )
    };
    Ok(match (Tender::from_code(code).ok_or_else(bad)?, tag) {
        (Tender::Visa, _) => "Visa",
        (Tender::Mastercard, _) => "Mastercard",
        (Tender::Discover, _) => "Discover",
        (Tender::Check, "es") => "cheque",
        (Tender::Check, _) => "check",
        (Tender::BankAccount, "es") => "cuenta bancaria",
        (Tender::BankAccount, _) => "bank account",
        // Nobody gets a receipt for what comes out of their benefits.
        (Tender::BenefitDeduction, _) => return Err(bad()),
    })
}

/// A message in words.
///
/// # Errors
/// If the facts are not those of the kind.
pub(crate) fn render(
    ctx: &Ctx,
    kind: Kind,
    language: Language,
    facts: &serde_json::Value,
) -> Result<Letter, Error> {
    let plan = &ctx.plan;
    let name = format!("{}/{}", language.tag(), kind.code());
    let whole = WORDS.get_template(&name)?.render(context! {
        f => minijinja::value::Serde(facts),
        language => language.tag(),
        plan => plan.organisation.name.as_str(),
        phone => plan.help.phone.number(),
        tty => plan.help.phone.tty_number(),
    })?;
    let (subject, text) = whole.split_once('\n').unwrap_or((&whole, ""));
    let (subject, text) = (subject.trim().to_owned(), format!("{}\n", text.trim()));
    let html = html_of(&subject, &text, language);
    Ok(Letter {
        subject,
        text,
        html,
    })
}

/// The text as HTML: paragraphs, and tables where every line is `name: value`.
fn html_of(subject: &str, text: &str, language: Language) -> String {
    let mut body = String::new();
    for block in text.trim().split("\n\n") {
        let rows: Option<Vec<(&str, &str)>> =
            block.lines().map(|line| line.split_once(": ")).collect();
        match rows {
            Some(rows) if rows.len() > 1 => {
                body.push_str("<table>");
                for (name, value) in rows {
                    let (name, value) = (escaped(name), escaped(value));
                    body.push_str(&format!(
                        "<tr><th scope=\"row\" style=\"text-align:left;padding-right:1em\">{name}</th>\
                         <td>{value}</td></tr>"
                    ));
                }
                body.push_str("</table>\n");
            }
            _ => {
                let lines: Vec<String> = block.lines().map(escaped).collect();
                body.push_str(&format!("<p>{}</p>\n", lines.join("<br>")));
            }
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n\
         <body style=\"font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em\">\n{body}\
         </body></html>\n",
        language.tag(),
        escaped(subject),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_the_text_marked_up_and_nothing_in_it_becomes_markup() {
        let html = html_of(
            "A & B",
            "Hello <b>\nyou\n\nAmount: $1.00\nBank: <x>\n",
            Language::English,
        );
        assert!(html.contains("<title>A &amp; B</title>"), "{html}");
        assert!(html.contains("<p>Hello &lt;b&gt;<br>you</p>"), "{html}");
        assert!(html.contains("<td>&lt;x&gt;</td>"), "{html}");
        assert!(html.contains("lang=\"en\""), "{html}");
    }

    #[test]
    fn every_kind_has_words_in_every_language() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
            for language in Language::ALL {
                let name = format!("{}/{}", language.tag(), kind.code());
                assert!(WORDS.get_template(&name).is_ok(), "{name}");
            }
        }
    }
}
