//! The page `docs/reference/state-machines.md`, printed from the table.

use std::fmt::Write as _;

use crate::{AttemptState, PaymentStatus, transitions};

/// The page as Markdown. A test compares it with the file; run the test with `UPDATE_REFERENCE=1`
/// to write the file anew.
#[must_use]
pub fn reference_markdown() -> String {
    let mut page = String::from(INTRODUCTION);
    for state in AttemptState::ALL {
        let mark = |holds: bool| if holds { "yes" } else { "" };
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | `{}` |",
            state.code(),
            mark(state.is_live()),
            mark(state.counts_as_received()),
            mark(state.is_final()),
            PaymentStatus::of(state).code(),
        );
    }
    page.push_str(TRANSITIONS_HEAD);
    for t in transitions() {
        let _ = writeln!(
            page,
            "| `{}` | {} | `{}` |",
            t.from.code(),
            t.event.code(),
            t.to.code()
        );
    }
    page
}

const INTRODUCTION: &str = "\
# State machines

This page is printed from the code (`crates/domain/payments`); do not edit it.

## An attempt to take money

An attempt is one try to carry out a payment at a processor or bank. While it is *live* it may still
take money, and no other attempt may be made for the same payment. *Received* means that the ledger
counts the money; a bank debit counts from the day it was submitted and may still be returned. From a
*final* state nothing leads on. The last column is what pages and files show of the payment; a
payment that succeeded and was given back in part shows as `partly-refunded`.

| State | Live | Received | Final | Shown as |
|---|---|---|---|---|
";

const TRANSITIONS_HEAD: &str = "
An event that is not in this table is refused. The refusal tells old news (the event leads to where
the attempt has already been), too early (something that comes before it is not known yet) and
contradiction (a person has to look) apart, so that webhooks may come twice and in any order.

| From | Event | To |
|---|---|---|
";

#[cfg(test)]
mod tests {
    #[test]
    fn the_reference_page_is_what_the_code_says() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../docs/reference/state-machines.md"
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
