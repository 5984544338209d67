//! The settings that hold for all plan lines.

use plan::WithoutChoice;

use super::of_line::tenders;
use super::rows::{File, Rows, Section};
use crate::words::Words;

/// All of them, in the order of the plan file.
pub(super) fn sections(words: &Words<'_>, file: &File) -> Vec<Section> {
    let mut sections = vec![
        taken(words, file),
        payments(words, file),
        delivery(words, file),
        autopay(words, file),
        lockbox(words, file),
        security(words, file),
    ];
    for number in 0..words.plan.notices.len() {
        sections.push(banner(words, file, number));
    }
    sections
}

/// A dated banner, by its place in the file, from 0.
fn banner(words: &Words<'_>, file: &File, number: usize) -> Section {
    let mut rows = Rows::new(words, file, &format!("notices[{number}]"));
    let banner = &words.plan.notices[number];
    rows.texts(words.say("setting-title", &[]), "title", [&banner.title]);
    rows.texts(words.say("setting-text", &[]), "text", [&banner.text]);
    rows.plain(
        words.say("setting-from", &[]),
        "from",
        words.date(banner.shown.start),
    );
    let last = banner.shown.last_day();
    rows.plain(
        words.say("setting-until", &[]),
        "until",
        last.map(|day| words.date(day)).unwrap_or_default(),
    );
    rows.plain(
        words.say("setting-severity", &[]),
        "severity",
        banner.severity.code(),
    );
    rows.section(words.say("setting-banner", &[("id", &banner.id)]))
}

fn taken(words: &Words<'_>, file: &File) -> Section {
    let mut rows = Rows::new(words, file, "tenders");
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

fn payments(words: &Words<'_>, file: &File) -> Section {
    let mut rows = Rows::new(words, file, "payments");
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

fn delivery(words: &Words<'_>, file: &File) -> Section {
    let mut rows = Rows::new(words, file, "paperless");
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

fn autopay(words: &Words<'_>, file: &File) -> Section {
    let mut rows = Rows::new(words, file, "autopay");
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

fn lockbox(words: &Words<'_>, file: &File) -> Section {
    let mut rows = Rows::new(words, file, "lockbox");
    let settings = &words.plan.lockbox;
    rows.plain(words.say("setting-layout", &[]), "layout", &settings.layout);
    rows.plain(
        words.say("setting-stale", &[]),
        "stale_after_months",
        settings.rules.stale_after_months,
    );
    rows.section(words.say("setting-lockbox-files", &[]))
}

fn security(words: &Words<'_>, file: &File) -> Section {
    let mut rows = Rows::new(words, file, "security");
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
