//! Accounts for samples: one with something of everything, one with next to nothing.

use jiff::Timestamp;
use kernel::{Cents, DocumentId};
use usecases::documents::{DocumentKind, Listed, ListedDocument};
use usecases::staff::Reason;
use usecases::staff::account::{
    AccountWhole, AuditLine, CoverageView, CoveredView, LedgerEntry, LedgerLine, NoticeLine,
    Section, Subscriber, ledger_codes, notice_codes,
};
use usecases::suspense::ItemKey;

use super::{AccountPage, Looks};
use crate::member::methods::sample_views;
use crate::page::Page;
use crate::staff::find::sample_found;
use crate::words::Words;

const HOSTILE: &str = "\"><img src=x onerror=alert(1)>";

impl Page for AccountPage {
    const TEMPLATE: &'static str = "staff/account.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let looks = |whole: Option<Section>| Looks {
            reason: Reason::Queue,
            serves: whole.is_none(),
            decides: whole.is_none(),
            whole,
        };
        let autopay = crate::autopay::overview::sample(
            words,
            crate::autopay::next::samples()[0].clone(),
            true,
        );
        let now = Timestamp::UNIX_EPOCH;
        let full = sample(words, true);
        let none = sample(words, false);
        vec![
            AccountPage::new(words, &full, &autopay, looks(None), now),
            AccountPage::new(words, &full, &autopay, looks(Some(Section::Audit)), now),
            AccountPage::new(words, &none, &autopay, looks(None), now),
        ]
    }
}

/// A journal transaction of each kind, and every ledger account.
fn ledger() -> Vec<LedgerLine> {
    let (postings, accounts) = ledger_codes();
    let entry = |code: &String, cents| LedgerEntry {
        ledger_account: code.clone(),
        cents: Cents::new(cents),
        invoice_number: "1000000012612".to_owned(),
    };
    let mut pairs = accounts.chunks(2).cycle();
    let line = |(seq, posting): (i64, &&str)| LedgerLine {
        seq,
        posting: (*posting).to_owned(),
        effective_on: jiff::civil::date(2026, 12, 1),
        posted_at: Timestamp::UNIX_EPOCH,
        entries: pairs
            .next()
            .unwrap_or_default()
            .iter()
            .zip([8_640, -8_640])
            .map(|(code, cents)| entry(code, cents))
            .collect(),
        due_after: Cents::new(8_640),
    };
    (1..).zip(&postings).map(line).collect()
}

fn notices() -> Vec<NoticeLine> {
    let at = Timestamp::UNIX_EPOCH;
    let notice = |kind: &&str| NoticeLine {
        kind: (*kind).to_owned(),
        at,
        mailed_at: Some(at),
        bounced_at: Some(at),
        on_paper: true,
        printed_at: None,
    };
    notice_codes().iter().map(notice).collect()
}

fn documents() -> Vec<Listed> {
    vec![Listed {
        day: jiff::civil::date(2026, 12, 1),
        plan_line: String::new(),
        what: ListedDocument::Kept {
            document: DocumentId::from_parts(1, [1; 10]),
            kind: DocumentKind::Consent,
            title: HOSTILE.to_owned(),
            language: kernel::Language::Spanish,
            pages: 1,
            size_bytes: 31_000,
            withdrawn_on: None,
        },
    }]
}

fn coverage(cancelled: bool) -> CoverageView {
    let day = jiff::civil::date(2026, 12, 1);
    CoverageView {
        policy: "H1234-001".to_owned(),
        first_day: day,
        last_day: cancelled.then_some(day),
        premium: Cents::new(8_640),
        aptc: Cents::new(100),
        penalty: Cents::ZERO,
        cancelled,
    }
}

fn sample(words: &Words<'_>, full: bool) -> AccountWhole {
    let (day, at) = (jiff::civil::date(2026, 12, 1), Timestamp::UNIX_EPOCH);
    let summary = crate::member::home::sample_account(&words.plan.lines[0].id, 8_640, 100);
    let audit = AuditLine {
        at,
        kind: "staff".to_owned(),
        name: HOSTILE.to_owned(),
        action: "member-seen".to_owned(),
        detail: "reason=queue".to_owned(),
    };
    let key = ItemKey {
        file: kernel::AccountId::from_parts(1, [2; 10]),
        item: 1,
    };
    let keep = |n: usize| if full { n } else { 0 };
    AccountWhole {
        subscriber: Subscriber {
            name: HOSTILE.to_owned(),
            member_id: kernel::MemberId::stand_in(1),
            birth_date: jiff::civil::date(1956, 3, 14),
            address: vec![
                "1 Main <b>Street</b>".to_owned(),
                "Hartford CT 06107".to_owned(),
            ],
            email: if full { "maria@example.com" } else { "" }.to_owned(),
            language: words.language,
            large_print: full,
        },
        others: (1..=2)
            .take(keep(1))
            .map(|n| sample_found(words, n))
            .collect(),
        covered: vec![CoveredView {
            name: HOSTILE.to_owned(),
            first_day: day,
            last_day: None,
        }],
        coverages: [true, false]
            .map(coverage)
            .into_iter()
            .take(keep(2))
            .collect(),
        waiting: vec![(key, Cents::new(8_640)); keep(1)],
        ledger: if full { ledger() } else { Vec::new() },
        invoices: summary
            .latest_invoice
            .clone()
            .into_iter()
            .take(keep(1))
            .collect(),
        payments: summary
            .recent_payments
            .iter()
            .take(keep(2))
            .cloned()
            .collect(),
        methods: sample_views().into_iter().take(keep(9)).collect(),
        notices: if full { notices() } else { Vec::new() },
        documents: documents().into_iter().take(keep(1)).collect(),
        delegates: Vec::new(),
        audit: full.then(|| vec![audit; 12]),
        summary,
    }
}
