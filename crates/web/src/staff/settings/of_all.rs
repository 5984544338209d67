//! The settings that hold for all plan lines.

use std::collections::BTreeMap;

use plan::WithoutChoice;

use super::of_line::tenders;
use super::rows::{Rows, Section};
use crate::words::Words;

type Places = BTreeMap<String, usize>;

/// All of them, in the order of the plan file.
pub(super) fn sections(words: &Words<'_>) -> Vec<Section> {
    let places = words.plan.written.places();
    vec![
        taken(words, &places),
        payments(words, &places),
        delivery(words, &places),
        autopay(words, &places),
        lockbox(words, &places),
        security(words, &places),
    ]
}

fn taken(words: &Words<'_>, places: &Places) -> Section {
    let mut rows = Rows::new(words, places, "tenders");
    let plan = words.plan;
    let accepted = tenders(words, &plan.tenders.accepted);
    rows.lines(words.say("setting-tenders", &[]), "accepted", accepted);
    let refused = plan.tenders.refused.iter().map(|refused| &refused.said);
    rows.texts(words.say("setting-refused", &[]), "refused", refused);
    rows.texts(
        words.say("setting-no-cash", &[]),
        "no_cash",
        [&plan.tenders.no_cash],
    );
    rows.section(words.say("setting-taken", &[]))
}

fn payments(words: &Words<'_>, places: &Places) -> Section {
    let mut rows = Rows::new(words, places, "payments");
    let rules = &words.plan.payments;
    rows.plain(
        words.say("setting-smallest", &[]),
        "smallest",
        rules.smallest,
    );
    rows.plain(words.say("setting-largest", &[]), "largest", rules.largest);
    rows.flag(words.say("setting-partial", &[]), "partial", rules.partial);
    let minutes = rules.repeat_minutes.to_string();
    rows.plain(
        words.say("setting-repeat", &[]),
        "repeat_minutes",
        words.say("setting-minutes", &[("minutes", &minutes)]),
    );
    rows.texts(words.say("setting-no-fee", &[]), "no_fee", [&rules.no_fee]);
    rows.section(words.say("setting-payments", &[]))
}

fn delivery(words: &Words<'_>, places: &Places) -> Section {
    let mut rows = Rows::new(words, places, "paperless");
    let paperless = &words.plan.paperless;
    let usual = |way: WithoutChoice| match way {
        WithoutChoice::Paper => words.say("setting-paper", &[]),
        WithoutChoice::Both => words.say("setting-both", &[]),
    };
    let without = words.say("setting-without-choice", &[]);
    rows.plain(
        format!("{}: {without}", words.say("paperless-invoices", &[])),
        "invoices",
        usual(paperless.invoices),
    );
    rows.plain(
        format!("{}: {without}", words.say("paperless-notices", &[])),
        "notices",
        usual(paperless.notices),
    );
    rows.plain(
        format!("{}: {without}", words.say("paperless-letters", &[])),
        "letters",
        usual(paperless.letters),
    );
    let days = paperless.due_soon_days.to_string();
    rows.plain(
        words.say("setting-due-soon", &[]),
        "due_soon_days",
        words.say("setting-days", &[("days", &days)]),
    );
    rows.section(words.say("setting-delivery", &[]))
}

fn autopay(words: &Words<'_>, places: &Places) -> Section {
    let mut rows = Rows::new(words, places, "autopay");
    let rules = &words.plan.autopay;
    rows.plain(
        words.say("setting-run-hour", &[]),
        "run_hour",
        format!("{}:00", rules.run_hour),
    );
    let days = |days: u8| words.say("setting-days", &[("days", &days.to_string())]);
    rows.plain(
        words.say("setting-reminder", &[]),
        "reminder_days",
        days(rules.reminder_days),
    );
    rows.plain(
        words.say("setting-bank-wait", &[]),
        "bank_wait_days",
        days(rules.bank_wait_days),
    );
    let waits = rules.card_wait_days.iter().map(|wait| days(*wait));
    rows.lines(
        words.say("setting-card-wait", &[]),
        "card_wait_days",
        waits.collect(),
    );
    rows.plain(
        words.say("setting-safe", &[]),
        "safe_days",
        days(rules.safe_days),
    );
    let percent = |percent: u8| format!("{percent} %");
    rows.plain(
        words.say("setting-forecast-drafts", &[]),
        "forecast_drafts_percent",
        percent(rules.forecast_drafts_percent),
    );
    rows.plain(
        words.say("setting-forecast-amount", &[]),
        "forecast_amount_percent",
        percent(rules.forecast_amount_percent),
    );
    rows.section(words.say("setting-autopay-rules", &[]))
}

fn lockbox(words: &Words<'_>, places: &Places) -> Section {
    let mut rows = Rows::new(words, places, "lockbox");
    let settings = &words.plan.lockbox;
    rows.plain(words.say("setting-layout", &[]), "layout", &settings.layout);
    rows.plain(
        words.say("setting-stale", &[]),
        "stale_after_months",
        settings.rules.stale_after_months,
    );
    rows.section(words.say("setting-lockbox-files", &[]))
}

fn security(words: &Words<'_>, places: &Places) -> Section {
    let mut rows = Rows::new(words, places, "security");
    let security = &words.plan.security;
    let minutes = |minutes: u8| {
        let minutes = minutes.to_string();
        words.say("setting-minutes", &[("minutes", &minutes)])
    };
    rows.plain(
        words.say("setting-password", &[]),
        "password_min_length",
        security.password_min_length,
    );
    rows.plain(
        words.say("setting-idle", &[]),
        "idle_minutes",
        minutes(security.idle_minutes),
    );
    rows.plain(
        words.say("setting-staff-idle", &[]),
        "staff_idle_minutes",
        minutes(security.staff_idle_minutes),
    );
    rows.plain(
        words.say("setting-code", &[]),
        "code_minutes",
        minutes(security.code_minutes),
    );
    rows.section(words.say("setting-security", &[]))
}
