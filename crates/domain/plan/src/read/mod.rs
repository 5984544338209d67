//! Reads a plan file. Every problem is reported, not only the first one: each reader looks at all
//! its keys before it gives up.

mod autopay;
mod channels;
pub(crate) mod keys;
mod lines;
mod lockbox;
mod node;
mod organisation;
mod refunds;
mod rules;
mod scalars;
mod source;

use kernel::Language;
use toml::de::{DeTable, DeValue};

use crate::{Plan, PlanProblem};
use node::{Node, Table};
use source::Source;

/// Reads and checks a plan file.
pub(crate) fn plan(file: &str, text: &str) -> Result<Plan, Vec<PlanProblem>> {
    let source = Source::new(file, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        source.report_syntax(error);
    }
    if !errors.is_empty() {
        // What the rest of a broken file says is anybody's guess.
        return Err(source.into_problems());
    }
    let span = root.span();
    let root = DeValue::Table(root.into_inner());
    let node = Node::new(&source, String::new(), span.start..span.start, &root);
    let plan = node.table(keys::PLAN).and_then(|table| whole_plan(&table));
    match (plan, source.into_problems()) {
        (Some(plan), problems) if problems.is_empty() => Ok(plan),
        (_, problems) => Err(problems),
    }
}

fn whole_plan(root: &Table<'_>) -> Option<Plan> {
    let languages = languages(root);
    root.source()
        .set_languages(languages.clone().unwrap_or_default());

    // Phones, addresses and lines first: the rest names them.
    let phones = organisation::phones(root);
    let addresses = organisation::addresses(root);
    let references = organisation::References::new(&phones, &addresses);
    let tenders = root
        .required("tenders", "the table [tenders]")
        .and_then(|node| organisation::tenders(&node));
    let accepted = tenders.as_ref().map(|tenders| tenders.accepted.as_slice());
    let lines = lines::lines(root, &references, accepted);

    let section = |name: &str| root.required(name, &format!("the table [{name}]"));
    let organisation = section("organisation").and_then(|node| organisation::organisation(&node));
    let time_zone = root
        .required("time_zone", scalars::TIME_ZONE)
        .and_then(|node| scalars::time_zone(&node));
    let time_zone_name = root.text("time_zone_name");
    let brand = section("brand").and_then(|node| organisation::brand(&node));
    let public_page = section("public_page").and_then(|node| organisation::public_page(&node));
    let holidays = organisation::holidays(root);
    let help = section("help").and_then(|node| organisation::help(&node, &references));
    let centers = root
        .optional("centers")
        .map(|node| organisation::centers(&node, &references, accepted));
    let payments = section("payments").and_then(|node| rules::payments(&node));
    let guest = section("guest").and_then(|node| rules::guest_words(&node));
    let sign_in = section("sign_in").and_then(|node| rules::sign_in(&node));
    let paperless = section("paperless").and_then(|node| rules::paperless(&node));
    let notices = rules::notices(root, &lines::ids(root));
    let scan_line = section("scan_line").and_then(|node| rules::scan_line(&node));
    let security = section("security").and_then(|node| rules::security(&node));
    let texts = section("texts").and_then(|node| rules::consent_texts(&node));
    let autopay = autopay::autopay(root);
    let lockbox = lockbox::lockbox(root);
    let refunds = refunds::refunds(root);
    let demo = root.optional("demo").map(|node| rules::demo(&node));

    Some(Plan {
        organisation: organisation?,
        time_zone: time_zone?,
        time_zone_name: time_zone_name?,
        languages: languages?,
        brand: brand?,
        public_page: public_page?,
        phones: without_ids(phones)?,
        holidays: holidays?,
        addresses: without_ids(addresses)?,
        help: help?,
        centers: transpose(centers)?,
        tenders: tenders?,
        payments: payments?,
        guest: guest?,
        sign_in: sign_in?,
        paperless: paperless?,
        lines: lines?,
        notices: notices?,
        scan_line: scan_line?,
        security: security?,
        autopay: autopay?,
        lockbox: lockbox?,
        refunds: refunds?,
        texts: texts?,
        demo: transpose(demo)?,
        written: root.source().written(),
    })
}

/// What stands under ids, if all of it could be read.
fn without_ids<T>(read: Vec<(String, Option<T>)>) -> Option<Vec<T>> {
    read.into_iter().map(|(_, value)| value).collect()
}

/// What is absent is fine, what is there and broken is not.
fn transpose<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(None) => None,
        Some(some) => Some(some),
    }
}

fn languages(root: &Table<'_>) -> Option<Vec<Language>> {
    let expected = "a list of languages, the default first, such as [\"en\", \"es\"]";
    let node = root.required("languages", expected)?;
    let entries = node.filled_list(expected)?;
    let mut languages = Vec::new();
    for entry in &entries {
        let read = entry.parsed("one of \"en\", \"es\"", |text| {
            Language::ALL
                .into_iter()
                .find(|language| language.tag() == text)
        })?;
        if languages.contains(&read) {
            entry.report("each language once");
            return None;
        }
        languages.push(read);
    }
    Some(languages)
}

#[cfg(test)]
mod tests;
