//! Limits, notices, the scan line and the texts people agree to.

use kernel::DateSpan;

use super::{
    keys,
    node::{Node, Table},
    scalars,
    source::nearest,
};
use crate::{
    Audience, CheckDigit, CheckResult, CheckSum, ConsentText, ConsentTexts, Demo, Direction,
    GuestLimits, GuestWords, Notice, Paperless, PaymentRules, ScanField, ScanFieldKind, ScanLine,
    Security, Severity, SignInWords, WithoutChoice, consent::marks,
};

pub(super) fn payments(node: &Node<'_>) -> Option<PaymentRules> {
    let table = node.table(keys::PAYMENTS)?;
    let largest = scalars::amount(&table, "largest");
    let smallest = scalars::amount(&table, "smallest");
    let partial = table.flag("partial");
    let repeat_minutes = table.whole("repeat_minutes", 1, 10_080);
    let no_fee = table.text("no_fee");
    if let (Some(largest), Some(smallest), Some(node)) =
        (largest, smallest, table.optional("smallest"))
        && smallest > largest
    {
        node.report("an amount that is not above payments.largest");
    }
    Some(PaymentRules {
        largest: largest?,
        smallest: smallest?,
        partial: partial?,
        repeat_minutes: repeat_minutes?,
        no_fee: no_fee?,
    })
}

pub(super) fn guest_words(node: &Node<'_>) -> Option<GuestWords> {
    let table = node.table(keys::GUEST)?;
    let (needs, limits) = (table.texts("needs"), table.text("limits"));
    Some(GuestWords {
        needs: needs?,
        limits: limits?,
    })
}

pub(super) fn sign_in(node: &Node<'_>) -> Option<SignInWords> {
    let table = node.table(keys::SIGN_IN)?;
    let (forgotten, steps) = (table.text("forgotten"), table.texts("steps"));
    Some(SignInWords {
        forgotten: forgotten?,
        steps: steps?,
    })
}

pub(super) fn paperless(node: &Node<'_>) -> Option<Paperless> {
    let table = node.table(keys::PAPERLESS)?;
    let (text, how) = (table.text("text"), table.text("how"));
    let on_paper = |name, usual| match table.optional(name) {
        None => Some(usual),
        Some(node) => node.choice(&[
            ("paper", WithoutChoice::Paper),
            ("both", WithoutChoice::Both),
        ]),
    };
    let invoices = on_paper("invoices", WithoutChoice::Paper);
    let notices = on_paper("notices", WithoutChoice::Both);
    let letters = on_paper("letters", WithoutChoice::Paper);
    let due_soon_days = match table.optional("due_soon_days") {
        None => Some(5),
        Some(node) => node.whole(1, 20),
    };
    Some(Paperless {
        text: text?,
        how: how?,
        invoices: invoices?,
        notices: notices?,
        letters: letters?,
        due_soon_days: due_soon_days?,
    })
}

pub(super) fn notices(root: &Table<'_>, line_ids: &[String]) -> Option<Vec<Notice>> {
    let Some(node) = root.optional("notices") else {
        return Some(Vec::new());
    };
    let list = node.list("a list of [[notices]]")?;
    let mut seen: Vec<String> = Vec::new();
    let read: Vec<Option<Notice>> = list
        .iter()
        .map(|node| {
            let notice = notice(node, line_ids)?;
            if seen.contains(&notice.id) {
                node.report_found(
                    format!("a second notice \"{}\"", notice.id),
                    "an id that no other notice has",
                );
                return None;
            }
            seen.push(notice.id.clone());
            Some(notice)
        })
        .collect();
    read.into_iter().collect()
}

fn notice(node: &Node<'_>, line_ids: &[String]) -> Option<Notice> {
    let table = node.table(keys::NOTICE)?;
    let id = table
        .required("id", "an id")
        .and_then(|node| scalars::id(&node));
    let severities = Severity::ALL.map(|severity| (severity.code(), severity));
    let severity = table
        .required("severity", "a severity such as \"warning\"")
        .and_then(|node| node.choice(&severities));
    let from = table
        .required("from", "the first date it is shown")
        .and_then(|node| node.date());
    let until = super::transpose(table.optional("until").map(|node| node.date()));
    let audience_codes = Audience::ALL.map(|audience| (audience.code(), audience));
    let expected = "a list with some of \"public\", \"guest\", \"member\"";
    let audiences = table
        .required("audiences", expected)
        .and_then(|node| node.all(expected, |entry| entry.choice(&audience_codes)));
    let lines = match table.optional("lines") {
        None => Some(Vec::new()),
        Some(node) => node.all(
            "a list of line ids, or no such key for all lines",
            |entry| line_id(entry, line_ids),
        ),
    };
    let (title, text) = (table.text("title"), table.text("text"));
    if let (Some(from), Some(Some(last)), Some(node)) = (from, until, table.optional("until"))
        && last < from
    {
        node.report("a date that is not before from");
    }
    Some(Notice {
        id: id?,
        severity: severity?,
        shown: DateSpan::from_first_to_last(from?, until?),
        audiences: audiences?,
        lines: lines?,
        title: title?,
        text: text?,
    })
}

fn line_id(entry: &Node<'_>, line_ids: &[String]) -> Option<String> {
    let known: Vec<&str> = line_ids.iter().map(String::as_str).collect();
    let expected = match entry.as_str().and_then(|text| nearest(text, &known)) {
        Some(near) => format!("the id of a line such as \"{near}\""),
        None => format!("the id of a line: {}", known.join(", ")),
    };
    entry.parsed(&expected, |text| {
        known.contains(&text).then(|| text.to_owned())
    })
}

pub(super) fn scan_line(node: &Node<'_>) -> Option<ScanLine> {
    let table = node.table(keys::SCAN_LINE)?;
    let expected = "a list of fields such as { kind = \"member-id\", width = 11 }";
    let fields = table.required("fields", expected).and_then(|node| {
        let fields = node.all(expected, scan_field)?;
        check_fields(&node, &fields).then_some(fields)
    });
    let check_digit = table
        .required("check_digit", "the table [scan_line.check_digit]")
        .and_then(|node| check_digit(&node));
    Some(ScanLine {
        fields: fields?,
        check_digit: check_digit?,
    })
}

fn scan_field(node: &Node<'_>) -> Option<ScanField> {
    let table = node.table(keys::SCAN_FIELD)?;
    let kinds = ScanFieldKind::ALL.map(|kind| (kind.code(), kind));
    let kind = table
        .required("kind", "a kind such as \"member-id\"")
        .and_then(|node| node.choice(&kinds))?;
    let (least, most) = kind.widths();
    let width: u8 = table.whole(
        "width",
        u32::try_from(least).ok()?,
        u32::try_from(most).ok()?,
    )?;
    Some(ScanField {
        kind,
        width: usize::from(width),
    })
}

fn check_fields(node: &Node<'_>, fields: &[ScanField]) -> bool {
    for kind in ScanFieldKind::ALL {
        let count = fields.iter().filter(|field| field.kind == kind).count();
        if count != 1 {
            let found = format!("\"{}\" {count} times", kind.code());
            node.report_found(
                found,
                "each of member-id, invoice, amount and check-digit once",
            );
            return false;
        }
    }
    if fields.last().map(|field| field.kind) != Some(ScanFieldKind::CheckDigit) {
        node.report_found(
            "a field after the check digit".to_owned(),
            "check-digit last",
        );
        return false;
    }
    true
}

fn check_digit(node: &Node<'_>) -> Option<CheckDigit> {
    let table = node.table(keys::CHECK_DIGIT)?;
    let expected = "a list of weights such as [2, 1]";
    let weights = table
        .required("weights", expected)
        .and_then(|node| node.all(expected, |entry| entry.whole::<u32>(1, 9)));
    let direction = table
        .required("direction", "one of \"from-left\", \"from-right\"")
        .and_then(|node| {
            node.choice(&[
                ("from-left", Direction::FromLeft),
                ("from-right", Direction::FromRight),
            ])
        });
    let sum = table
        .required("sum", "one of \"product\", \"digit-sum\"")
        .and_then(|node| {
            node.choice(&[
                ("product", CheckSum::Product),
                ("digit-sum", CheckSum::DigitSum),
            ])
        });
    let result = table
        .required("result", "one of \"complement\", \"remainder\"")
        .and_then(|node| {
            node.choice(&[
                ("complement", CheckResult::Complement),
                ("remainder", CheckResult::Remainder),
            ])
        });
    let modulus = table.whole("modulus", 10, 10);
    Some(CheckDigit {
        weights: weights?,
        direction: direction?,
        sum: sum?,
        result: result?,
        modulus: modulus?,
    })
}

/// For how long a session of staff may rest, if the plan file does not say.
const STAFF_IDLE_MINUTES: u8 = 10;

pub(super) fn security(node: &Node<'_>) -> Option<Security> {
    let table = node.table(keys::SECURITY)?;
    let password_min_length = table.whole("password_min_length", 15, 64);
    let idle_minutes = table.whole("idle_minutes", 2, 60);
    let staff_idle_minutes = match table.optional("staff_idle_minutes") {
        Some(_) => table.whole("staff_idle_minutes", 2, 60),
        None => Some(STAFF_IDLE_MINUTES),
    };
    let code_minutes = table.whole("code_minutes", 1, 10);
    let code_tries = table.whole("code_tries", 1, 10);
    let guest = table
        .required("guest", "the table [security.guest]")
        .and_then(|node| {
            let table = node.table(keys::GUEST_LIMITS)?;
            let per_member = table.whole("per_member", 1, 100);
            let per_address = table.whole("per_address", 1, 1_000);
            let window_minutes = table.whole("window_minutes", 1, 1_440);
            Some(GuestLimits {
                per_member: per_member?,
                per_address: per_address?,
                window_minutes: window_minutes?,
            })
        });
    Some(Security {
        password_min_length: password_min_length?,
        idle_minutes: idle_minutes?,
        staff_idle_minutes: staff_idle_minutes?,
        code_minutes: code_minutes?,
        code_tries: code_tries?,
        guest: guest?,
    })
}

pub(super) fn consent_texts(node: &Node<'_>) -> Option<ConsentTexts> {
    let table = node.table(keys::TEXTS)?;
    let bank_once = consent(
        &table,
        "bank_once",
        &["amount", "date", "bank", "last4", "phone"],
    );
    let bank_phone = consent(
        &table,
        "bank_phone",
        &["amount", "date", "name", "bank", "last4", "phone", "today"],
    );
    let card_once = consent(
        &table,
        "card_once",
        &["amount", "date", "brand", "last4", "phone"],
    );
    let bank_recurring = consent(
        &table,
        "bank_recurring",
        &[
            "amount", "cap", "day", "start", "bank", "last4", "told", "phone",
        ],
    );
    let card_recurring = consent(
        &table,
        "card_recurring",
        &[
            "amount", "cap", "day", "start", "brand", "last4", "told", "phone",
        ],
    );
    let recurring = table
        .required("recurring", "the table [texts.recurring]")
        .and_then(|node| super::autopay::recurring_terms(&node));
    let paperless = consent(&table, "paperless", &["email", "phone"]);
    Some(ConsentTexts {
        bank_once: bank_once?,
        bank_phone: bank_phone?,
        card_once: card_once?,
        bank_recurring: bank_recurring?,
        card_recurring: card_recurring?,
        recurring: recurring?,
        paperless: paperless?,
    })
}

/// A text that has each of its marks in each language, and no others.
fn consent(table: &Table<'_>, name: &str, needed: &[&str]) -> Option<ConsentText> {
    let table = table
        .required(name, &format!("the table [texts.{name}]"))?
        .table(keys::CONSENT)?;
    let version = table.text("version");
    let text = table.text("text");
    if let (Some(text), Some(node)) = (&text, table.optional("text")) {
        for language in text.languages() {
            let found = marks(text.in_language(language));
            let at = || node.quiet_entry(language.tag());
            let shown: Vec<String> = needed.iter().map(|mark| format!("{{{mark}}}")).collect();
            let expected = format!("each of {} and no other mark", shown.join(" "));
            for mark in needed.iter().filter(|mark| !found.contains(mark)) {
                at()?.report_found(format!("no {{{mark}}}"), &expected);
            }
            for mark in found.iter().filter(|mark| !needed.contains(mark)) {
                at()?.report_found(format!("{{{mark}}}"), &expected);
            }
        }
    }
    Some(ConsentText {
        version: version?,
        text: text?,
    })
}

pub(super) fn demo(node: &Node<'_>) -> Option<Demo> {
    let table = node.table(keys::DEMO)?;
    Some(Demo {
        members: table.whole("members", 1, 1_000_000)?,
    })
}
