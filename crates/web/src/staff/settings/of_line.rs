//! The settings of a plan line.

use kernel::{BillingMonth, Channel, Tender};
use plan::{BoughtThrough, DueRule, IdCardRule, Line, Proration, WayToPay};

use super::rows::{File, Rows, Section};
use crate::words::Words;

/// All of them, in the order of the plan file. `number` is its place among the plan lines, from 0.
pub(super) fn sections(words: &Words<'_>, file: &File, number: usize, line: &Line) -> Vec<Section> {
    let table = format!("lines[{number}]");
    let mut sections = vec![
        about(words, file, &table, line),
        invoicing(words, file, &table, line),
    ];
    for channel in Channel::ALL {
        sections.push(way(words, file, &table, line, channel));
    }
    sections.push(id_card(words, file, &table, line));
    sections
}

fn about(words: &Words<'_>, file: &File, table: &str, line: &Line) -> Section {
    let mut rows = Rows::new(words, file, table);
    rows.plain(words.say("setting-id", &[]), "id", &line.id);
    rows.texts(words.say("setting-name", &[]), "name", [&line.name]);
    rows.texts(
        words.say("setting-description", &[]),
        "description",
        [&line.description],
    );
    rows.texts(words.say("setting-intro", &[]), "intro", &line.intro);
    let market = words.say(&format!("market-{}", line.market.code()), &[]);
    rows.plain(words.say("setting-market", &[]), "market", market);
    let place = |place: &BoughtThrough| match place {
        BoughtThrough::Exchange(name) => name.in_language(words.language).to_owned(),
        BoughtThrough::Direct => words.say("setting-direct", &[]),
    };
    if !line.bought_through.is_empty() {
        let bought = line.bought_through.iter().map(place).collect();
        rows.lines(words.say("setting-bought", &[]), "bought_through", bought);
    }
    rows.flag(
        words.say("setting-pays-here", &[]),
        "pays_premium_here",
        line.pays_premium_here,
    );
    rows.phone(
        words.say("setting-representatives", &[]),
        "representatives",
        &line.representatives,
    );
    rows.texts(
        words.say("setting-questions", &[]),
        "questions",
        &line.questions,
    );
    rows.texts(
        words.say("setting-address-changes", &[]),
        "address_changes",
        &line.address_changes,
    );
    rows.section(words.say("setting-about", &[]))
}

fn invoicing(words: &Words<'_>, file: &File, table: &str, line: &Line) -> Section {
    let Some(rule) = line.invoicing else {
        let mut rows = Rows::new(words, file, table);
        let none = vec![words.say("setting-no-invoices", &[])];
        rows.lines(words.say("setting-invoices", &[]), "invoicing", none);
        return rows.section(words.say("setting-invoices", &[]));
    };
    let mut rows = Rows::new(words, file, &format!("{table}.invoicing"));
    let days = rule.issue_days_before.to_string();
    rows.plain(
        words.say("setting-issued", &[]),
        "issue_days_before",
        words.say("setting-issued-before", &[("days", &days)]),
    );
    let due = match rule.due {
        DueRule::DayOfMonth(day) => words.say("setting-due-day", &[("day", &day.to_string())]),
        DueRule::DaysAfterIssue(days) => {
            words.say("setting-due-after", &[("days", &days.to_string())])
        }
    };
    // Any month does: the one in the sentence is named.
    let month = BillingMonth::of(jiff::civil::date(2027, 1, 1));
    let (name, issued, due_on) = (
        words.month(month),
        words.date(plan::issue_date(rule, month)),
        words.date(plan::due_date(rule, month)),
    );
    let values = [("month", &*name), ("issued", &issued), ("due", &due_on)];
    let example = words.say("setting-due-example", &values);
    rows.lines(words.say("setting-due", &[]), "due", vec![due, example]);
    let proration = match rule.proration {
        Proration::ByDays => words.say("setting-by-days", &[]),
        Proration::WholeMonths => words.say("setting-whole-months", &[]),
    };
    rows.plain(words.say("setting-proration", &[]), "proration", proration);
    rows.section(words.say("setting-invoices", &[]))
}

/// The tenders in words.
pub(super) fn tenders(words: &Words<'_>, tenders: &[Tender]) -> Vec<String> {
    let say = |tender: &Tender| words.say(&format!("tender-{}", tender.code()), &[]);
    tenders.iter().map(say).collect()
}

fn way(words: &Words<'_>, file: &File, table: &str, line: &Line, channel: Channel) -> Section {
    let mut rows = Rows::new(words, file, &format!("{table}.channels.{}", channel.code()));
    let way = line.channel(channel);
    let offered = !matches!(way, WayToPay::NotOffered(_));
    rows.flag(words.say("setting-offered", &[]), "offered", offered);
    let text = words.say("setting-text", &[]);
    match way {
        WayToPay::NotOffered(said) => {
            rows.texts(words.say("setting-said", &[]), "said", [said]);
        }
        WayToPay::Online(online) => {
            rows.flag(words.say("setting-autopay", &[]), "autopay", online.autopay);
            rows.texts(text, "text", [&online.text]);
        }
        WayToPay::Guest(guest) => rows.texts(text, "text", [&guest.text]),
        WayToPay::Phone(phone) => {
            rows.phone(words.say("setting-phone", &[]), "phone", &phone.phone);
            rows.texts(text, "text", [&phone.text]);
        }
        WayToPay::Center(center) => {
            let helps = center.helps_with.iter().map(|one| words.channel(*one));
            rows.lines(
                words.say("setting-helps-with", &[]),
                "helps_with",
                helps.collect(),
            );
            let taken = tenders(words, &center.tenders);
            rows.lines(words.say("setting-tenders", &[]), "tenders", taken);
            rows.texts(text, "text", [&center.text]);
        }
        WayToPay::Mail(mail) => {
            rows.address(words.say("setting-lockbox", &[]), "address", &mail.address);
            rows.plain(
                words.say("setting-payable-to", &[]),
                "payable_to",
                &mail.payable_to,
            );
            rows.flag(
                words.say("setting-coupon-required", &[]),
                "coupon_required",
                mail.coupon_required,
            );
            rows.texts(text, "text", [&mail.text]);
            rows.texts(words.say("setting-coupon", &[]), "coupon", &mail.coupon);
        }
        WayToPay::Deduction(deduction) => {
            deduction_rows(&mut rows, words, deduction);
        }
    }
    rows.section(words.say(&format!("channel-{}-title", channel.code()), &[]))
}

fn deduction_rows(rows: &mut Rows<'_>, words: &Words<'_>, deduction: &plan::Deduction) {
    rows.phone(words.say("setting-phone", &[]), "phone", &deduction.phone);
    rows.texts(words.say("setting-text", &[]), "text", [&deduction.text]);
    rows.texts(
        words.say("setting-letter", &[]),
        "letter",
        [&deduction.letter],
    );
    rows.texts(
        words.say("setting-letter-includes", &[]),
        "letter_includes",
        &deduction.letter_includes,
    );
    rows.address(
        words.say("setting-letter-to", &[]),
        "address",
        &deduction.address,
    );
    rows.plain(words.say("setting-fax", &[]), "fax", deduction.fax());
    rows.texts(
        words.say("setting-takes-effect", &[]),
        "takes_effect",
        [&deduction.takes_effect],
    );
}

fn id_card(words: &Words<'_>, file: &File, table: &str, line: &Line) -> Section {
    let mut rows = Rows::new(words, file, &format!("{table}.id_card"));
    match &line.id_card.rule {
        IdCardRule::SelfService => {
            let by = words.say("setting-card-self", &[]);
            rows.plain(words.say("setting-card-by", &[]), "by", by);
        }
        IdCardRule::ByPhone(phone) => {
            rows.phone(words.say("setting-card-by", &[]), "phone", phone);
        }
    }
    rows.texts(words.say("setting-text", &[]), "text", [&line.id_card.text]);
    rows.section(words.say("setting-card", &[]))
}
