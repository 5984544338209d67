//! The table `[autopay]` and the texts of standing authorisations.

use kernel::Tender;

use super::{
    keys,
    node::{Node, Table},
    scalars,
};
use crate::{AutopayRules, CardRule, RecurringTerms, Text, consent::marks};

/// Every key may be absent; then its default holds.
pub(super) fn autopay(root: &Table<'_>) -> Option<AutopayRules> {
    let Some(node) = root.optional("autopay") else {
        return Some(AutopayRules::default());
    };
    let table = node.table(keys::AUTOPAY)?;
    let usual = AutopayRules::default();
    let whole = |name: &str, least, most, usual: u8| match table.optional(name) {
        None => Some(usual),
        Some(node) => node.whole(least, most),
    };
    let run_hour = whole("run_hour", 0, 23, usual.run_hour);
    let reminder_days = whole("reminder_days", 0, 30, usual.reminder_days);
    let drafts = whole(
        "forecast_drafts_percent",
        1,
        100,
        usual.forecast_drafts_percent,
    );
    let amount = whole(
        "forecast_amount_percent",
        1,
        100,
        usual.forecast_amount_percent,
    );
    let spare_drafts = match table.optional("spare_drafts") {
        None => Some(usual.spare_drafts),
        Some(node) => node.whole(0, 100_000),
    };
    let spare_amount = match table.optional("spare_amount") {
        None => Some(usual.spare_amount),
        Some(_) => scalars::amount(&table, "spare_amount"),
    };
    let bank_wait_days = whole("bank_wait_days", 1, 10, usual.bank_wait_days);
    let card_wait_days = match table.optional("card_wait_days") {
        None => Some(usual.card_wait_days),
        Some(node) => wait_days(&node),
    };
    let safe_days = whole("safe_days", 0, 90, usual.safe_days);
    let card_rules = match table.optional("card_rules") {
        None => Some(Vec::new()),
        Some(node) => node.all("a list of [[autopay.card_rules]]", card_rule),
    };
    Some(AutopayRules {
        run_hour: run_hour?,
        reminder_days: reminder_days?,
        forecast_drafts_percent: drafts?,
        forecast_amount_percent: amount?,
        spare_drafts: spare_drafts?,
        spare_amount: spare_amount?,
        bank_wait_days: bank_wait_days?,
        card_wait_days: card_wait_days?,
        safe_days: safe_days?,
        card_rules: card_rules?,
    })
}

fn wait_days(node: &Node<'_>) -> Option<Vec<u8>> {
    let expected = "days after the first decline, each later than the one before, such as [3, 7]";
    let entries = node.list(expected)?;
    let read: Option<Vec<u8>> = entries.iter().map(|entry| entry.whole(1, 30)).collect();
    let days = read?;
    if days.windows(2).all(|pair| pair[0] < pair[1]) {
        return Some(days);
    }
    node.report_found("days out of order".to_owned(), expected);
    None
}

fn card_rule(node: &Node<'_>) -> Option<CardRule> {
    let table = node.table(keys::CARD_RULE)?;
    let brands = [Tender::Visa, Tender::Mastercard, Tender::Discover];
    let names = brands.map(|tender| (tender.code(), tender));
    let network = table
        .required("network", "a card network such as \"visa\"")
        .and_then(|node| node.choice(&names));
    let from = table
        .required("from", "the day it begins")
        .and_then(|node| node.date());
    let (finals, revoking) = (
        codes(&table, "final_codes"),
        codes(&table, "revoking_codes"),
    );
    let a_day = super::transpose(
        table
            .optional("most_in_a_day")
            .map(|node| node.whole(1, 100)),
    );
    let in_30_days = table.whole("most_in_30_days", 1, 100);
    Some(CardRule {
        tender: network?,
        from: from?,
        final_codes: finals?,
        revoking_codes: revoking?,
        most_in_a_day: a_day?,
        most_in_30_days: in_30_days?,
    })
}

fn codes(table: &Table<'_>, name: &str) -> Option<Vec<String>> {
    let expected = "a list of codes such as [\"41\", \"43\"]";
    let entries = table.required(name, expected)?.list(expected)?;
    entries.iter().map(Node::string).collect()
}

/// The parts of a standing authorisation that depend on what was chosen.
pub(super) fn recurring_terms(node: &Node<'_>) -> Option<RecurringTerms> {
    let table = node.table(keys::RECURRING)?;
    let part = |name: &str, needed: &[&str]| part(&table, name, needed);
    let (amount, amount_now) = (part("amount", &[]), part("amount_now", &["amount"]));
    let (no_cap, cap) = (part("no_cap", &[]), part("cap", &["cap"]));
    let cap_told = part("cap_told", &["cap"]);
    let (due, day) = (part("on_due_date", &[]), part("on_day", &["day"]));
    let every = part("told_every_change", &[]);
    let between = part("told_outside", &["least", "most"]);
    let further = part("told_further", &["most"]);
    Some(RecurringTerms {
        amount: amount?,
        amount_now: amount_now?,
        no_cap: no_cap?,
        cap: cap?,
        cap_told: cap_told?,
        on_due_date: due?,
        on_day: day?,
        told_every_change: every?,
        told_outside: between?,
        told_further: further?,
    })
}

/// A text with exactly these marks in each language.
fn part(table: &Table<'_>, name: &str, needed: &[&str]) -> Option<Text> {
    let node = table.required(name, "a text in each language")?;
    let text = node.text()?;
    for language in text.languages() {
        let found = marks(text.in_language(language));
        if found != needed {
            let shown: Vec<String> = needed.iter().map(|mark| format!("{{{mark}}}")).collect();
            let expected = if shown.is_empty() {
                "words without a mark".to_owned()
            } else {
                format!(
                    "{} once each, in this order, and no other mark",
                    shown.join(" ")
                )
            };
            node.quiet_entry(language.tag())?
                .report_found(format!("{} marks", found.len()), &expected);
            return None;
        }
    }
    Some(text)
}
