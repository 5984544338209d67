//! Every page in every way it can look, in every language.

use std::collections::BTreeSet;
use std::path::Path;

use kernel::Language;
use memberpay_web::samples::{Sample, plan_of, render_all};
use memberpay_web::templates::{ALL, Engine};
use memberpay_web::words::Words;
use plan::Plan;

use crate::html::{faults, tags};

fn plans() -> Vec<Plan> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans");
    let mut plans = Vec::new();
    for entry in std::fs::read_dir(folder).expect("there are plan files") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|kind| kind == "toml") {
            let text = std::fs::read_to_string(&path).expect("it can be read");
            plans
                .push(plan_of(&path.display().to_string(), &text).expect("the plan file is right"));
        }
    }
    assert!(plans.len() >= 2, "one plan proves nothing");
    plans
}

fn rendered(plan: &Plan) -> Vec<(Language, Sample)> {
    let engine = Engine::new(None).expect("the templates can be read");
    let mut all = Vec::new();
    for language in plan.languages.clone() {
        let samples = render_all(&engine, &Words::new(language, plan)).expect("every page renders");
        all.extend(samples.into_iter().map(|sample| (language, sample)));
    }
    all
}

#[test]
fn every_page_renders_for_every_plan_and_is_well_made() {
    for plan in plans() {
        for (language, sample) in rendered(&plan) {
            let faults = faults(&sample.html, language.tag());
            assert!(
                faults.is_empty(),
                "{} in {language:?}: {faults:#?}",
                sample.name
            );
        }
    }
}

#[test]
fn every_template_has_a_sample_and_every_file_is_a_template() {
    let plan = plans().remove(0);
    let shown: BTreeSet<&str> = rendered(&plan)
        .iter()
        .map(|(_, sample)| sample.template)
        .collect();
    let named: BTreeSet<&str> = ALL.iter().map(|(name, _)| *name).collect();
    let parts = BTreeSet::from([
        "layout.html",
        "macros.html",
        "pay/bank_check.html",
        "pay/amount_fields.html",
        "pay/bank_fields.html",
        "staff/suspense_one.html",
    ]);
    assert_eq!(
        named.difference(&shown).copied().collect::<BTreeSet<_>>(),
        parts
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for (name, _) in ALL {
        assert!(folder.join(name).is_file(), "{name}");
    }
    let files: usize = walk(&folder);
    assert_eq!(files, ALL.len(), "a template file is not in the table");
}

fn walk(folder: &Path) -> usize {
    std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| if path.is_dir() { walk(&path) } else { 1 })
        .sum()
}

/// The pictures of ours: the QR code of an authenticator app, and images of checks.
fn is_ours(class: &str, src: &str) -> bool {
    class == "qr"
        || src
            .replace("&#x2f;", "/")
            .starts_with("/staff/check-images/")
}

#[test]
fn what_people_typed_never_becomes_a_tag() {
    let plan = plans().remove(0);
    let mut seen = 0;
    for (_, sample) in rendered(&plan) {
        let images = tags(&sample.html)
            .iter()
            .filter(|tag| tag.name == "img" && !is_ours(tag.get("class"), tag.get("src")))
            .count();
        assert_eq!(images, 0, "{}", sample.name);
        seen += usize::from(sample.html.contains("onerror=alert"));
    }
    assert!(seen > 10, "the samples have hostile names in them");
}

#[test]
fn no_page_carries_script_or_style_of_its_own() {
    let plan = plans().remove(0);
    for (_, sample) in rendered(&plan) {
        for tag in tags(&sample.html) {
            assert_ne!(tag.name, "style", "{}", sample.name);
            let own = tag.name == "script" && tag.get("src").is_empty();
            assert!(!own, "{} has a script of its own", sample.name);
            let handler = tag
                .attributes
                .keys()
                .find(|key| key.starts_with("on") || *key == "style");
            assert_eq!(handler, None, "{}", sample.name);
        }
    }
}

#[test]
fn every_form_that_is_posted_carries_the_token() {
    let plan = plans().remove(0);
    // What stops reminders with one click is opened without a session; its address is the proof
    // (RFC 8058, section 3.1).
    let by_address = "member/unsubscribe.html";
    let with_session = |sample: &Sample| sample.template != by_address;
    let all = rendered(&plan).into_iter();
    for (_, sample) in all.filter(|(_, sample)| with_session(sample)) {
        let mut inside: Option<bool> = None;
        for tag in tags(&sample.html) {
            match tag.name.as_str() {
                "form" if tag.get("method") == "post" => inside = Some(false),
                "input" if tag.get("name") == "csrf" && inside.is_some() => inside = Some(true),
                "/form" => {
                    assert_ne!(
                        inside.take(),
                        Some(false),
                        "{} has a form without",
                        sample.name
                    );
                }
                _ => {}
            }
        }
    }
}

/// What the page of every plan line says that its members pay here.
const EVERYWHERE: [&str; 18] = [
    "one-time payment as a guest",
    "won’t be able to see your payment history",
    "11-digit member ID",
    "ZIP code",
    "Date of birth",
    "Email address",
    "First and last name",
    "P.O. Box 21849",
    "New York, NY 10087-1849",
    "do not accept cash",
    "Visa",
    "Mastercard",
    "Discover",
    "do not sign up for autopay",
    "Going paperless",
    "Forgot your password",
    "800-251-7722",
    "TTY: 711",
];

/// What the page of Medicare Advantage says besides.
const MEDICARE_ADVANTAGE: [&str; 9] = [
    "800-224-2273",
    "8 a.m. to 8 p.m., seven days a week",
    "P.O. Box 4001",
    "Farmington, CT 06034",
    "844-871-9754",
    "SSA withhold",
    "Your signature",
    "two months or more",
    "Railroad Retirement Board (RRB)",
];

/// The public page it began with, sentence by sentence, per plan line: everything it says is said.
#[test]
fn the_payment_pages_say_every_fact_of_the_plan() {
    let plan = plans()
        .into_iter()
        .find(|plan| plan.organisation.name == "ConnectiCare")
        .expect("it");
    let pages: Vec<String> = rendered(&plan)
        .into_iter()
        .filter(|(language, sample)| {
            *language == Language::English && sample.template == "public/pay.html"
        })
        .map(|(_, sample)| text_of(&sample.html))
        .collect();
    let [individual, solo, advantage, supplement, employer] = pages.as_slice() else {
        panic!("there are five lines");
    };
    for page in [individual, solo, advantage, supplement] {
        for fact in EVERYWHERE {
            assert!(page.contains(fact), "{fact} is missing");
        }
    }
    for page in [individual, solo] {
        for fact in [
            "800-333-1733",
            "24 hours a day, seven days a week",
            "must include an invoice coupon",
            "Monday through Friday, 8 a.m. to 8 p.m.; Saturday, 9 a.m. to 2 p.m.",
            "Access Health CT",
        ]
        .iter()
        .take(if std::ptr::eq(page, individual) { 5 } else { 4 })
        {
            assert!(page.contains(fact), "{fact} is missing");
        }
    }
    for fact in MEDICARE_ADVANTAGE {
        assert!(advantage.contains(fact), "{fact} is missing");
    }
    for fact in [
        "877-224-5995",
        "Monday through Friday, 8 a.m. to 6 p.m.",
        "Phone payments are not available for this plan",
    ] {
        assert!(supplement.contains(fact), "{fact} is missing");
    }
    assert!(employer.contains("Your employer pays the premium"));
    assert!(employer.contains("request or replace a member ID card"));
}

fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(if c == '\u{a0}' { ' ' } else { c }),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
