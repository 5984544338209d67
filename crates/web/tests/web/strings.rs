//! The sentences: the same in every language, none missing, none unused.

use std::collections::BTreeSet;
use std::path::Path;

use kernel::{Channel, Language, Tender};
use memberpay_web::catalogue::Catalogue;
use memberpay_web::error::CODES;
use memberpay_web::templates::ALL;

#[test]
fn every_language_has_the_same_sentences_with_the_same_marks() {
    let english = Catalogue::of(Language::English);
    let spanish = Catalogue::of(Language::Spanish);
    let keys = |catalogue: &'static Catalogue| catalogue.keys().collect::<BTreeSet<_>>();
    assert_eq!(keys(english), keys(spanish));
    for key in english.keys() {
        assert_eq!(english.marks(key), spanish.marks(key), "{key}");
    }
}

/// What the autopay watch finds: its own faults, and the reasons for no draft.
const WATCH_FINDINGS: [&str; 21] = [
    "missing",
    "unexpected",
    "differs",
    "double",
    "other-reason",
    "before-start",
    "skipped",
    "stopped",
    "ended-by-return",
    "ended-by-card",
    "ended-with-coverage",
    "not-covered",
    "no-invoice",
    "nothing-due",
    "too-little",
    "already-drafted",
    "account-not-validated",
    "method-disabled",
    "card-expired",
    "over-cap",
    "held-for-notice",
];

/// Keys that are put together from codes, with every code there is.
fn composed() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut add = |key: String| {
        keys.insert(key);
    };
    for channel in Channel::ALL {
        add(format!("channel-{}-title", channel.code()));
        add(format!("channel-{}-short", channel.code()));
    }
    for tender in Tender::ALL {
        add(format!("tender-{}", tender.code()));
    }
    for status in payments::PaymentStatus::ALL {
        add(format!("status-{}", status.code()));
        for part in ["title", "text", "money"] {
            add(format!("outcome-{}-{part}", status.code()));
        }
    }
    for status in billing::InvoiceStatus::ALL {
        add(format!("invoice-status-{}", status.code()));
    }
    for right in identity::Right::ALL {
        add(format!("right-{}", right.code()));
        add(format!("helping-{}", right.code()));
    }
    for role in identity::Role::ALL {
        add(format!("role-{}", role.code()));
        add(format!("role-{}-may", role.code()));
    }
    for finding in WATCH_FINDINGS {
        add(format!("watch-{finding}"));
    }
    for kind in usecases::center::CheckKind::ALL {
        add(format!("check-kind-{}", kind.code()));
    }
    for state in ["open", "counted", "closed"] {
        add(format!("drawer-state-{state}"));
    }
    for kind in billing::LineKind::ALL {
        add(format!("line-{}", kind.code()));
    }
    for code in CODES {
        for part in ["title", "text", "money", "next"] {
            add(format!("error-{code}-{part}"));
        }
    }
    for name in [
        "date",
        "effective",
        "amount",
        "status",
        "method",
        "channel",
        "confirmation",
    ] {
        add(format!("history-{name}"));
    }
    keys.extend(composed_of_accounts());
    keys.extend(composed_of_documents());
    keys.extend(composed_of_suspense());
    // The reasons of a processor, from the one function that names them.
    let declines = include_str!("../../../gateways/src/card/decline.rs");
    let (_, names) = declines
        .split_once("fn code(self)")
        .expect("reasons have codes");
    let (names, _) = names.split_once("\n    }").expect("the function ends");
    let names = quoted_after(names, "=> \"");
    keys.extend(names.into_iter().map(|code| format!("decline-{code}")));
    keys
}

fn composed_of_suspense() -> BTreeSet<String> {
    let mut keys = composed_of_settings();
    keys.extend(composed_of_refunds());
    let mut add = |key: String| {
        keys.insert(key);
    };
    for code in usecases::suspense::exception_codes() {
        add(format!("exception-{code}"));
    }
    for code in usecases::suspense::evidence_codes() {
        add(format!("evidence-{code}"));
    }
    for reason in usecases::suspense::ReturnReason::ALL {
        add(format!("suspense-reason-{}", reason.code()));
    }
    for part in ["open", "mine", "held", "return", "all"] {
        add(format!("suspense-part-{part}"));
    }
    for state in [
        "open",
        "return-asked",
        "cleared",
        "returned",
        "reversed",
        "closed",
    ] {
        add(format!("suspense-state-{state}"));
    }
    for done in memberpay_web::staff::suspense::acts::DONE {
        add(format!("suspense-done-{done}"));
    }
    for step in memberpay_web::staff::suspense::acts::STEPS {
        add(format!("suspense-step-{step}"));
    }
    keys
}

fn composed_of_accounts() -> BTreeSet<String> {
    use usecases::staff::account::{ledger_codes, notice_codes};
    let (postings, ledger) = ledger_codes();
    let actors = ["guest", "member", "staff", "partner", "operator", "job"];
    let mut keys = BTreeSet::new();
    keys.extend(postings.iter().map(|code| format!("posting-{code}")));
    keys.extend(ledger.iter().map(|code| format!("ledger-{code}")));
    keys.extend(notice_codes().iter().map(|code| format!("notice-{code}")));
    let outcomes = usecases::lockbox::ReturnOutcome::ALL;
    keys.extend(outcomes.map(|one| format!("returned-{}", one.code())));
    keys.extend(actors.map(|kind| format!("actor-{kind}")));
    let reasons = usecases::staff::Reason::ALL;
    keys.extend(reasons.map(|reason| format!("look-{}", reason.code())));
    keys
}

fn composed_of_refunds() -> BTreeSet<String> {
    use usecases::refunds::{Instead, RefundReason};
    use usecases::write_offs::WriteOffReason;
    let mut keys = BTreeSet::new();
    for name in ["payment", "payer", "paid", "left"] {
        keys.insert(format!("refund-{name}"));
    }
    keys.extend(["month", "open"].map(|name| format!("write-off-{name}")));
    keys.extend(RefundReason::ALL.map(|one| format!("refund-reason-{}", one.code())));
    keys.extend(WriteOffReason::ALL.map(|one| format!("write-off-reason-{}", one.code())));
    let statuses = payments::RefundStatus::ALL;
    keys.extend(statuses.map(|one| format!("refund-status-{}", one.code())));
    keys.extend(["asked", "done", "refused"].map(|one| format!("write-off-status-{one}")));
    let acts = ["release", "refuse"].into_iter();
    let acts = acts.chain(Instead::ALL.map(Instead::code));
    keys.extend(acts.map(|act| format!("refund-act-{act}")));
    keys.extend(["open", "counted", "closed"].map(|one| format!("batch-state-{one}")));
    keys
}

fn composed_of_settings() -> BTreeSet<String> {
    use usecases::settings::{Holds, Way, Whom};
    let mut keys = BTreeSet::new();
    let codes = usecases::staff::account::notice_codes();
    keys.extend(codes.iter().map(|code| format!("notice-when-{code}")));
    keys.extend(Whom::ALL.map(|whom| format!("notice-rule-whom-{}", whom.code())));
    keys.extend(Way::ALL.map(|way| format!("notice-rule-way-{}", way.code())));
    keys.extend(Holds::ALL.map(|holds| format!("notice-rule-holds-{}", holds.code())));
    keys.extend(plan::Market::ALL.map(|market| format!("market-{}", market.code())));
    keys
}

fn composed_of_documents() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut add = |key: String| {
        keys.insert(key);
    };
    for kind in usecases::documents::ListedKind::ALL {
        add(format!("documents-kind-{}", kind.code()));
    }
    for reason in usecases::id_cards::CardReason::ALL {
        add(format!("id-card-reason-{}", reason.code()));
    }
    for state in usecases::id_cards::CardState::ALL {
        add(format!("id-card-state-{}", state.code()));
    }
    keys
}

#[test]
fn every_sentence_that_is_shown_exists_and_every_sentence_is_shown() {
    let catalogue = Catalogue::of(Language::English);
    let composed = composed();
    for key in &composed {
        assert!(catalogue.has(key), "{key} is missing");
    }
    let mut shown = composed;
    for (name, text) in ALL {
        for key in quoted_after(text, "t(\"") {
            if !key.ends_with('-') {
                assert!(catalogue.has(&key), "{key} in {name} is missing");
                shown.insert(key);
            }
        }
    }
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut refusals = BTreeSet::new();
    for text in sources(&src) {
        for key in quoted_after(&text, ".say(\"") {
            assert!(catalogue.has(&key), "{key} is missing");
            shown.insert(key);
        }
        refusals.extend(literals(&text));
    }
    for place in [
        "../../usecases/src",
        "../../domain/payments/src",
        "../../domain/center/src",
    ] {
        for text in sources(&src.join(place)) {
            refusals.extend(literals(&text));
        }
    }
    for key in catalogue.keys() {
        let used = match key.strip_prefix("refusal-") {
            Some(code) => refusals.contains(code),
            None => shown.contains(key),
        };
        assert!(used, "{key} is shown nowhere");
    }
}

/// What use cases refuse a person has a sentence. Refusals that only commands and other programs
/// get are named here.
#[test]
fn every_refusal_that_a_person_can_meet_has_a_sentence() {
    let not_on_pages = [
        "member-id-shape",
        "roster-refused",
        "lockbox-refused",
        "lockbox-other-contents",
        "lockbox-unfinished",
        "lockbox-check-known",
        "lockbox-layout-unknown",
        "billing-month-over",
        "card-declined",
    ];
    let catalogue = Catalogue::of(Language::English);
    let usecases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../usecases/src");
    let mut met = 0;
    for name in [
        "guest.rs",
        "identity.rs",
        "throttle.rs",
        "payments",
        "methods",
        "identity",
        "contact.rs",
        "autopay/choose.rs",
        "suspense",
        "suspense.rs",
        "center",
    ] {
        for text in sources(&usecases.join(name)) {
            for start in ["Refusal::new(\"", "refusal(\""] {
                for code in quoted_after(&text, start) {
                    if !not_on_pages.contains(&code.as_str()) {
                        met += 1;
                        assert!(
                            catalogue.has(&format!("refusal-{code}")),
                            "{code} has no sentence"
                        );
                    }
                }
            }
            for line in text.lines().filter(|line| line.contains("Refusal::of(\"")) {
                let code = line.split('"').nth(3).unwrap_or_default();
                if !code.is_empty() && !not_on_pages.contains(&code) {
                    met += 1;
                    assert!(
                        catalogue.has(&format!("refusal-{code}")),
                        "{code} has no sentence"
                    );
                }
            }
        }
    }
    assert!(met > 10, "the refusals were not found");
}

fn sources(at: &Path) -> Vec<String> {
    if at.is_file() {
        return vec![std::fs::read_to_string(at).expect("it can be read")];
    }
    let Ok(entries) = std::fs::read_dir(at) else {
        return Vec::new();
    };
    entries
        .flat_map(|entry| sources(&entry.expect("an entry").path()))
        .collect()
}

fn quoted_after(text: &str, start: &str) -> Vec<String> {
    text.split(start)
        .skip(1)
        .filter_map(|after| after.split_once('"').map(|(key, _)| key.to_owned()))
        .collect()
}

fn literals(text: &str) -> BTreeSet<String> {
    text.split('"').skip(1).map(str::to_owned).collect()
}
