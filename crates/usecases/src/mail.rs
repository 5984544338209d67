//! The words of our mail, in each language.
//!
//! One file for each kind and language under `mail/templates/`: the subject on the first line, then
//! the text. The HTML part is the text marked up, so that both always say the same. Subjects tell
//! no amount and nothing about health; bodies tell no more than is needed and have no link that
//! signs in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{
    BillingMonth, Cents, Language, Tender, month_in_words, time_in_words, weekday_in_words,
};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior, context};
use notices::NoticeKind;
use serde::{Deserialize, Serialize};

use crate::Ctx;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

macro_rules! templates {
    ($($code:literal)+) => {
        &[$(
            (concat!("en/", $code), include_str!(concat!("mail/templates/en/", $code, ".txt"))),
            (concat!("es/", $code), include_str!(concat!("mail/templates/es/", $code, ".txt"))),
        )+]
    };
}

const TEMPLATES: &[(&str, &str)] = templates![
    "payment-received" "payment-pending" "payment-not-taken" "payment-returned" "invoice-ready"
    "due-soon" "draft-coming" "draft-failed" "autopay-not-drafting" "autopay-ended"
    "mandate-set-up" "mandate-changed" "mandate-skipped" "mandate-stopped" "method-expiring"
    "method-added" "method-removed" "method-disabled" "one-time-code" "sign-in-code"
    "password-reset-code" "user-id-reminder" "already-registered" "new-sign-in" "sign-in-locked"
    "password-changed" "email-changed" "factor-added" "factor-removed" "recovery-code-used"
    "delegate-invited" "delegate-added" "delegate-removed" "delivery-changed" "email-bounced"
    "id-card-requested" "id-card-sent" "paperless-sample" "help"
];

/// Sentences for codes, by language, kind of code and code: `en/reason.card-expired`.
static SENTENCES: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    let files = [
        ("en", include_str!("mail/templates/en/words.txt")),
        ("es", include_str!("mail/templates/es/words.txt")),
    ];
    files
        .into_iter()
        .flat_map(|(tag, text)| text.lines().map(move |line| (tag, line)))
        .filter_map(|(tag, line)| line.split_once(": ").map(|(code, said)| (tag, code, said)))
        .map(|(tag, code, said)| (format!("{tag}/{code}"), said))
        .collect()
});

static WORDS: LazyLock<Environment<'static>> = LazyLock::new(environment);

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Templates are plain text; the HTML part is escaped when it is made from it.
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.add_filter("money", |cents: i64| Cents::new(cents).to_string());
    environment.add_filter("day", day);
    environment.add_filter("month", month);
    environment.add_filter("at", at);
    environment.add_filter("tender", tender);
    for kind in ["reason", "factor", "right", "document", "choice"] {
        environment.add_filter(kind, move |code: &str, tag: &str| said(kind, code, tag));
    }
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

fn month(month: &str, tag: &str) -> Result<String, Error> {
    let bad = || {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("{month} is not a month"),
        )
    };
    let language = Language::from_tag(tag).ok_or_else(bad)?;
    let month = BillingMonth::parse(month).map_err(|_| bad())?;
    Ok(month_in_words(month, language))
}

/// An instant as the clock on the wall of the plan shows it.
fn at(state: &State<'_, '_>, at: &str, tag: &str) -> Result<String, Error> {
    let bad = || {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("{at} is not an instant"),
        )
    };
    let word = |name: &str| state.lookup(name).map(|value| value.to_string());
    let language = Language::from_tag(tag).ok_or_else(bad)?;
    let zone = TimeZone::get(&word("zone").ok_or_else(bad)?).map_err(|_| bad())?;
    let at: Timestamp = at.parse().map_err(|_| bad())?;
    let local = zone.to_datetime(at);
    let day = weekday_in_words(local.date(), language);
    let time = time_in_words(local.time(), language);
    let zone = word("zone_name").ok_or_else(bad)?;
    Ok(format!("{day}, {time} {zone}"))
}

/// What is said for a code. A reason that is not known is said without one; any other code that is
/// not known is a mistake of ours.
fn said(kind: &str, code: &str, tag: &str) -> Result<&'static str, Error> {
    let find = |code: &str| SENTENCES.get(&format!("{tag}/{kind}.{code}")).copied();
    find(code)
        .or_else(|| find("other"))
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no words for {kind}")))
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

/// A message in words. `stop` is where one click stops reminders of its kind, if it does.
///
/// # Errors
/// If the facts are not those of the kind.
pub(crate) fn render(
    ctx: &Ctx,
    kind: NoticeKind,
    language: Language,
    large_print: bool,
    stop: Option<&str>,
    facts: &serde_json::Value,
) -> Result<Letter, Error> {
    let form = Form {
        large_print,
        stop,
        paper: false,
    };
    words(ctx, kind.code(), language, form, facts)
}

/// The words of a letter on paper: the same, without what the letter says by itself.
///
/// # Errors
/// If the facts are not those of the kind.
pub(crate) fn on_paper(
    ctx: &Ctx,
    kind: NoticeKind,
    language: Language,
    facts: &serde_json::Value,
) -> Result<Letter, Error> {
    words(ctx, kind.code(), language, Form::PAPER, facts)
}

/// The words of the sample document whose code shows that it can be read.
///
/// # Errors
/// If the template is broken.
pub(crate) fn sample(ctx: &Ctx, language: Language, code: &str) -> Result<Letter, Error> {
    let facts = serde_json::json!({ "code": code });
    words(ctx, "paperless-sample", language, Form::PAPER, &facts)
}

/// A sentence of the word list; empty if there is none, which a test rules out.
pub(crate) fn sentence(code: &str, language: Language) -> &'static str {
    let key = format!("{}/{code}", language.tag());
    SENTENCES.get(&key).copied().unwrap_or_default()
}

/// What a message is made for.
#[derive(Clone, Copy)]
struct Form<'a> {
    large_print: bool,
    /// Where one click stops messages of its kind.
    stop: Option<&'a str>,
    paper: bool,
}

impl Form<'_> {
    const PAPER: Form<'static> = Form {
        large_print: false,
        stop: None,
        paper: true,
    };
}

fn words(
    ctx: &Ctx,
    code: &str,
    language: Language,
    form: Form<'_>,
    facts: &serde_json::Value,
) -> Result<Letter, Error> {
    let plan = &ctx.plan;
    let name = format!("{}/{}", language.tag(), code);
    let whole = WORDS.get_template(&name)?.render(context! {
        f => minijinja::value::Serde(facts),
        language => language.tag(),
        plan => plan.organisation.name.as_str(),
        phone => plan.help.phone.number(),
        tty => plan.help.phone.tty_number(),
        stop => form.stop,
        paper => form.paper,
        zone => plan.time_zone.iana_name().unwrap_or("UTC"),
        zone_name => plan.time_zone_name.in_language(language),
    })?;
    let (subject, text) = whole.split_once('\n').unwrap_or((&whole, ""));
    let (subject, text) = (subject.trim().to_owned(), paragraphs(text));
    let html = html_of(&subject, &text, language, form.large_print);
    Ok(Letter {
        subject,
        text,
        html,
    })
}

/// The paragraphs of a text, without those that turned out empty.
fn paragraphs(text: &str) -> String {
    let blocks: Vec<&str> = text
        .split("\n\n")
        .map(str::trim)
        .filter(|block| !block.is_empty())
        .collect();
    format!("{}\n", blocks.join("\n\n"))
}

/// The text as HTML: paragraphs, and tables where every line is `name: value`.
fn html_of(subject: &str, text: &str, language: Language, large_print: bool) -> String {
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
         <body style=\"font-family:sans-serif;font-size:{}px;line-height:1.5;max-width:36em\">\n{body}\
         </body></html>\n",
        language.tag(),
        escaped(subject),
        if large_print { 24 } else { 16 },
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
            false,
        );
        assert!(html.contains("<title>A &amp; B</title>"), "{html}");
        assert!(html.contains("<p>Hello &lt;b&gt;<br>you</p>"), "{html}");
        assert!(html.contains("<td>&lt;x&gt;</td>"), "{html}");
        assert!(html.contains("lang=\"en\""), "{html}");
    }

    #[test]
    fn every_kind_has_words_in_every_language() {
        for kind in NoticeKind::ALL {
            for language in Language::ALL {
                let name = format!("{}/{}", language.tag(), kind.code());
                assert!(WORDS.get_template(&name).is_ok(), "{name}");
            }
        }
    }

    #[test]
    fn every_sentence_for_a_code_is_there_in_every_language() {
        let of = |tag: &str| -> Vec<String> {
            let mine = SENTENCES.keys().filter_map(|key| key.strip_prefix(tag));
            mine.map(str::to_owned).collect()
        };
        assert_eq!(of("en/"), of("es/"));
        assert!(
            said("reason", "card-expired", "es")
                .unwrap()
                .contains("tarjeta")
        );
        assert_eq!(
            said("reason", "never heard of", "en").unwrap(),
            "It could not be carried out."
        );
        assert!(said("right", "fly", "en").is_err());
    }
}
