//! The page `docs/reference/notices.md`, printed from the list of kinds.

use std::fmt::Write as _;

use crate::{DocumentType, Holds, NoticeKind, Rule, Way, Whom, rule};

/// The page as Markdown. A test compares it with the file; run the test with `UPDATE_REFERENCE=1`
/// to write the file anew.
#[must_use]
pub fn reference_markdown() -> String {
    let mut page = String::from(INTRODUCTION);
    for kind in NoticeKind::ALL {
        let rule = rule(*kind);
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            kind.code(),
            kind.tells().trim_end_matches('.'),
            to_whom(rule),
            ways(rule),
            holds(rule.stopped),
            holds(rule.paper_instead),
            if rule.tells_an_amount { "yes" } else { "" },
        );
    }
    page.push_str(NOTES);
    page
}

fn to_whom(rule: Rule) -> &'static str {
    match rule.whom {
        Whom::Invited => "the address that the member typed",
        Whom::ToBeProved => "the address to be proved",
        Whom::Payer => "the address that the payer typed",
        Whom::Login => "whoever signs in with it",
        Whom::Member => "the member",
    }
}

fn ways(rule: Rule) -> &'static str {
    match rule.way {
        Way::Email => "e-mail",
        Way::Chosen(DocumentType::Invoices) => "as chosen for invoices",
        Way::Chosen(DocumentType::Notices) => "as chosen for notices",
        Way::Chosen(DocumentType::Letters) => "as chosen for letters",
        Way::EmailIfChosen => "e-mail, if e-mail was chosen",
        Way::Both => "e-mail and paper",
        Way::Paper => "paper",
    }
}

fn holds(holds: Holds) -> &'static str {
    match holds {
        Holds::Never => "",
        Holds::IfLikeLast => "if like the last one",
        Holds::UnlessLikeLast => "unless like the last one",
        Holds::Always => "yes",
    }
}

const INTRODUCTION: &str = "\
# Notices

This page is printed from the code (`crates/domain/notices`); do not edit it.

Every kind of notice. *Stopped* says whether one click stops it (RFC 8058); *paper instead* whether it
goes on paper when e-mail does not arrive; *amount* whether its words name one.

| Kind | It tells | To whom | How | Stopped | Paper instead | Amount |
|---|---|---|---|---|---|---|
";

const NOTES: &str = "
## How it comes

*As chosen* is paper, e-mail with the document behind the sign-in, or both, by type of document. Going
without paper needs a consent (15 USC 7001(c)); without one, or while mail comes back, what is required
comes on paper. A draft that is like the last one is told as a reminder; one that differs in amount or
day must be told in writing (12 CFR 1005.10(d)) and cannot be stopped. Somebody else with rights on an
account is always told by e-mail.

## What it may say

A subject line names no amount, no number, no plan line and nothing about health. A body names no
member, no plan line, nothing about health or coverage beyond that autopay ended with it, and of any
number its last four digits at most, except a confirmation number, a code or a user ID that was asked
for. An amount stands only in what the column says: a receipt goes to the payer, who may be a guest
and has no other proof; a draft must be told with its amount. What is due, and every document, is
behind the sign-in. No link signs in. A letter on paper, in an envelope, names its reader, the plan
line and the account number.

## What is kept

Each e-mail as it was sent, with the mail server's answer and the time; each letter as the PDF that was
printed, with its batch and line. Both are sealed. Codes and invitations are kept without what opens
anything.
";

#[cfg(test)]
mod tests {
    #[test]
    fn the_reference_page_is_what_the_code_says() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../docs/reference/notices.md"
        );
        let page = super::reference_markdown();
        if std::env::var_os("UPDATE_REFERENCE").is_some() {
            std::fs::write(path, &page).unwrap();
        }
        let stored = std::fs::read_to_string(path).unwrap();
        assert!(
            stored == page,
            "run this test with UPDATE_REFERENCE=1 to write {path} anew"
        );
    }
}
