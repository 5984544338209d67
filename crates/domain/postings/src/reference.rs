//! The pages `docs/reference/chart-of-accounts.md` and `docs/reference/postings.md`, printed from
//! the code.

use std::fmt::Write as _;

use jiff::civil::{Date, date};
use kernel::{Cents, InvoiceId};
use ledger::{JournalTransaction, Side, Unbalanced};

use crate::{InvoiceAmounts, Money, Rail, Settlement, chart};

/// A posting with an example of it.
pub struct PostingExample {
    /// The name of the posting.
    pub name: &'static str,
    /// What happened, in a sentence.
    pub when: &'static str,
    example: fn() -> Result<JournalTransaction, Unbalanced>,
}

impl std::fmt::Debug for PostingExample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PostingExample {
    /// The example as a journal transaction.
    ///
    /// # Errors
    /// None but for a mistake in a posting.
    pub fn entries(&self) -> Result<JournalTransaction, Unbalanced> {
        (self.example)()
    }
}

const DAY: Date = date(2026, 12, 1);
const PREMIUM: Cents = Cents::new(8_640);

const fn money(rail: Rail) -> Money {
    Money {
        rail,
        cents: PREMIUM,
        effective: DAY,
    }
}

fn invoice() -> InvoiceId {
    InvoiceId::from_parts(0, [0; 10])
}

fn amounts(premium: i64, aptc: i64, penalty: i64) -> InvoiceAmounts {
    InvoiceAmounts {
        invoice: invoice(),
        premium: Cents::new(premium),
        aptc: Cents::new(aptc),
        penalty: Cents::new(penalty),
        effective: DAY,
    }
}

const fn posting(
    name: &'static str,
    when: &'static str,
    example: fn() -> Result<JournalTransaction, Unbalanced>,
) -> PostingExample {
    PostingExample {
        name,
        when,
        example,
    }
}

/// Every posting.
pub const POSTINGS: [PostingExample; 23] = [
    posting(
        "invoice_issued",
        "An invoice was issued. The tax credit is owed by CMS, never by the subscriber.",
        || crate::invoice_issued(&amounts(45_000, 36_930, 570)),
    ),
    posting(
        "invoice_adjusted",
        "An issued invoice was corrected by hand, here downwards.",
        || crate::invoice_adjusted(&amounts(-1_000, -400, 0)),
    ),
    posting(
        "payment_received",
        "A payment was taken, here by card.",
        || crate::payment_received(&money(Rail::Card)),
    ),
    posting("cash_applied", "Unapplied cash paid invoices.", || {
        crate::cash_applied(&[(invoice(), PREMIUM)], DAY)
    }),
    posting(
        "cash_unapplied",
        "Money was taken off invoices again, because its payment came back or belongs elsewhere.",
        || crate::cash_unapplied(&[(invoice(), PREMIUM)], DAY),
    ),
    posting(
        "payment_returned",
        "A bank debit or a check came back. `cash_unapplied` comes before it.",
        || crate::payment_returned(&money(Rail::BankDebit)),
    ),
    posting(
        "payment_refunded",
        "A refund went back the way the payment came. `cash_unapplied` comes before it.",
        || crate::payment_refunded(&money(Rail::Card)),
    ),
    posting(
        "payment_disputed",
        "A cardholder disputes a payment, and the processor took it back until it is decided.",
        || crate::payment_disputed(&money(Rail::Card)),
    ),
    posting("dispute_won", "A dispute was decided for the plan.", || {
        crate::dispute_won(&money(Rail::Card))
    }),
    posting(
        "dispute_lost",
        "A dispute was decided for the cardholder. `cash_unapplied` comes before it.",
        || crate::dispute_lost(PREMIUM, DAY),
    ),
    posting(
        "cash_to_suspense",
        "Money came in that could not be matched to an account.",
        || crate::cash_to_suspense(&money(Rail::Lockbox)),
    ),
    posting(
        "suspense_cleared",
        "The account of money in suspense was found.",
        || crate::suspense_cleared(PREMIUM, DAY),
    ),
    posting(
        "suspense_returned",
        "Money in suspense goes back to its payer by check.",
        || crate::suspense_returned(PREMIUM, DAY),
    ),
    posting(
        "suspense_reversed",
        "The bank did not pay a check whose money was in suspense.",
        || crate::suspense_reversed(&money(Rail::Lockbox)),
    ),
    posting(
        "refund_owed_by_check",
        "A refund that cannot go back the way the money came is promised by check.",
        || crate::refund_owed_by_check(PREMIUM, DAY),
    ),
    posting(
        "refund_to_check",
        "A refund that the processor could not carry out is promised by check.",
        || crate::refund_to_check(&money(Rail::Card)),
    ),
    posting(
        "refund_undone",
        "A refund that was not carried out is money of the account again.",
        || crate::refund_undone(&money(Rail::Card)),
    ),
    posting(
        "refunded_payment_returned",
        "The bank sent back a payment of which something had been refunded.",
        || crate::refunded_payment_returned(&money(Rail::BankDebit)),
    ),
    posting("refund_check_paid", "The bank paid a refund check.", || {
        crate::refund_check_paid(PREMIUM, DAY)
    }),
    posting(
        "premium_written_off",
        "Premium was given up by a rule of the plan.",
        || crate::premium_written_off(invoice(), PREMIUM, DAY),
    ),
    posting(
        "settlement_received",
        "A processor or bank paid out what it held, less its fees.",
        || {
            crate::settlement_received(&Settlement {
                rail: Rail::Card,
                gross: PREMIUM,
                fees: Cents::new(240),
                effective: DAY,
            })
        },
    ),
    posting(
        "aptc_received",
        "CMS paid advance premium tax credits.",
        || crate::aptc_received(Cents::new(36_930), DAY),
    ),
    posting(
        "penalty_remitted",
        "Late-enrolment penalties went to CMS.",
        || crate::penalty_remitted(Cents::new(570), DAY),
    ),
];

/// The name of a posting as the code has it, for one read back from a table. `reversal`, which any
/// posting can have, is one of them.
#[must_use]
pub fn posting_name(stored: &str) -> Option<&'static str> {
    POSTINGS
        .iter()
        .map(|posting| posting.name)
        .chain(["reversal"])
        .find(|name| *name == stored)
}

/// The page of the chart of accounts as Markdown.
#[must_use]
pub fn chart_markdown() -> String {
    let mut page = String::from(
        "# Chart of accounts\n\nThis page is printed from the code (`crates/domain/postings`); do not \
         edit it.\n\nA balance is the sum of the entries in the journal. *Of each account* means that \
         every premium account has a balance of its own in the ledger account, kept on its row and \
         equal to its entries.\n\n| Code | Name | Normally | Balance | Meaning |\n|---|---|---|---|---|\n",
    );
    for line in chart::CHART {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} |",
            line.account,
            line.name,
            line.normal.code(),
            if line.per_account {
                "of each account"
            } else {
                "of the house"
            },
            line.meaning,
        );
    }
    page
}

/// The page of the postings as Markdown, each with the debits and credits of an example.
#[must_use]
pub fn reference_markdown() -> String {
    let mut page = String::from(
        "# Postings\n\nThis page is printed from the code (`crates/domain/postings`, one file per \
         posting); do not edit it.\n\nMoney moves in the ledger by these postings and no other way. A \
         posting that was wrong is undone by a `reversal`: the same entries with debits and credits \
         changed over. The ledger accounts are in the [chart of accounts](chart-of-accounts.md).\n",
    );
    for posting in &POSTINGS {
        let _ = write!(
            page,
            "\n## {}\n\n{}\n\n| Account | Debit | Credit |\n|---|--:|--:|\n",
            posting.name, posting.when
        );
        let entries = posting.entries().map(|tx| tx.entries).unwrap_or_default();
        for entry in entries {
            let name = chart::line(entry.account).map_or("", |line| line.name);
            let side = if entry.cents.is_positive() {
                Side::Debit
            } else {
                Side::Credit
            };
            let (debit, credit) = match side {
                Side::Debit => (entry.cents.to_string(), String::new()),
                Side::Credit => (String::new(), (-entry.cents).to_string()),
            };
            let _ = writeln!(page, "| {} {name} | {debit} | {credit} |", entry.account);
        }
    }
    page
}

#[cfg(test)]
mod tests {
    fn compare(file: &str, page: &str) {
        let path = format!(
            "{}/../../../docs/reference/{file}",
            env!("CARGO_MANIFEST_DIR")
        );
        if std::env::var_os("UPDATE_REFERENCE").is_some() {
            std::fs::write(&path, page).unwrap();
        }
        let stored = std::fs::read_to_string(&path).unwrap();
        assert!(
            stored == page,
            "run this test with UPDATE_REFERENCE=1 to write {path} anew"
        );
    }

    #[test]
    fn the_page_of_the_chart_is_what_the_code_says() {
        compare("chart-of-accounts.md", &super::chart_markdown());
    }

    #[test]
    fn the_page_of_the_postings_is_what_the_code_says() {
        compare("postings.md", &super::reference_markdown());
    }
}
