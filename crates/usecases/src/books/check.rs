//! The check of a stretch of accounts.

use std::collections::HashMap;

use kernel::{AccountId, Cents, InvoiceId};
use ledger::{CHAIN_START, Entry, Link, verify_chain};
use postings::chart;
use store::StoreError;
use store::books::{AccountBooks, EntryRow, InvoiceBooks, TransactionRow};

use super::{BookFinding, LedgerCheck};
use crate::{Ctx, UseCaseError};

/// Everything stored about a stretch of accounts, in one state of the database.
struct Stretch {
    accounts: Vec<AccountBooks>,
    transactions: Vec<TransactionRow>,
    entries: Vec<EntryRow>,
    invoices: Vec<InvoiceBooks>,
    crowded: Vec<(AccountId, String, i64)>,
}

/// Checks the accounts numbered after `after` up to `last`.
pub(super) async fn stretch(ctx: &Ctx, after: i64, last: i64) -> Result<LedgerCheck, UseCaseError> {
    let read: Result<Stretch, StoreError> = ctx
        .store
        .snapshot(move |tx| {
            Box::pin(async move {
                Ok(Stretch {
                    accounts: store::books::accounts(tx, after, last).await?,
                    transactions: store::books::transactions(tx, after, last).await?,
                    entries: store::books::entries(tx, after, last).await?,
                    invoices: store::books::invoices(tx, after, last).await?,
                    crowded: store::books::crowded_payments(tx, after, last).await?,
                })
            })
        })
        .await;
    Ok(check(&read?))
}

/// Checks the chain of each remittance file, and that what waits in suspense is what is posted
/// there.
pub(super) async fn remittance(ctx: &Ctx, found: &mut LedgerCheck) -> Result<(), UseCaseError> {
    let mut after = AccountId::from_parts(0, [0; 10]);
    loop {
        let read: Result<_, StoreError> = ctx
            .store
            .snapshot(move |tx| {
                Box::pin(async move {
                    let Some(file) = store::books::next_remittance_file(tx, after).await? else {
                        return Ok(None);
                    };
                    let chain = file.head.account;
                    let transactions = store::books::transactions_of(tx, chain).await?;
                    Ok(Some((
                        file,
                        transactions,
                        store::books::entries_of(tx, chain).await?,
                    )))
                })
            })
            .await;
        let Some((file, transactions, entries)) = read? else {
            break;
        };
        let mut wrong = Vec::new();
        let (rows, of_rows): (Vec<_>, Vec<_>) =
            (transactions.iter().collect(), entries.iter().collect());
        journal(&file, &rows, &of_rows, &mut wrong);
        let id = file.head.account;
        found.add(LedgerCheck {
            transactions: transactions.len() as u64,
            entries: entries.len() as u64,
            findings: wrong
                .into_iter()
                .map(|what| BookFinding {
                    account: 0,
                    what: format!("remittance file {id}: {what}"),
                })
                .collect(),
            ..LedgerCheck::default()
        });
        after = id;
    }
    let sums: Result<_, StoreError> = ctx
        .store
        .snapshot(|tx| Box::pin(store::books::suspense(tx, chart::SUSPENSE)))
        .await;
    let (posted, open) = sums?;
    if posted != open {
        found.add(LedgerCheck {
            findings: vec![BookFinding {
                account: 0,
                what: format!("{open} waits in suspense, its entries say {posted}"),
            }],
            ..LedgerCheck::default()
        });
    }
    Ok(())
}

fn check(stretch: &Stretch) -> LedgerCheck {
    let mut found = LedgerCheck {
        accounts: stretch.accounts.len() as u64,
        transactions: stretch.transactions.len() as u64,
        entries: stretch.entries.len() as u64,
        invoices: stretch.invoices.len() as u64,
        ..LedgerCheck::default()
    };
    let mut transactions: HashMap<AccountId, Vec<&TransactionRow>> = HashMap::new();
    for row in &stretch.transactions {
        transactions.entry(row.account).or_default().push(row);
    }
    let mut entries: HashMap<AccountId, Vec<&EntryRow>> = HashMap::new();
    for row in &stretch.entries {
        entries.entry(row.account).or_default().push(row);
    }
    let mut invoices: HashMap<AccountId, Vec<&InvoiceBooks>> = HashMap::new();
    for row in &stretch.invoices {
        invoices.entry(row.account).or_default().push(row);
    }
    for account in &stretch.accounts {
        let id = account.head.account;
        let entries = entries.remove(&id).unwrap_or_default();
        let mut wrong = Vec::new();
        journal(
            account,
            &transactions.remove(&id).unwrap_or_default(),
            &entries,
            &mut wrong,
        );
        balances(account, &entries, &mut wrong);
        for invoice in invoices.remove(&id).unwrap_or_default() {
            of_invoice(invoice, &entries, &mut wrong);
        }
        for (_, confirmation, count) in stretch.crowded.iter().filter(|(a, ..)| *a == id) {
            wrong.push(format!(
                "payment {confirmation} has {count} attempts under way at once"
            ));
        }
        found
            .findings
            .extend(wrong.into_iter().map(|what| BookFinding {
                account: account.number,
                what,
            }));
    }
    found
}

/// Every posting balances, and the chain holds from its start to where the account says it ends.
fn journal(
    account: &AccountBooks,
    transactions: &[&TransactionRow],
    entries: &[&EntryRow],
    wrong: &mut Vec<String>,
) {
    let mut by_seq: HashMap<i64, Vec<Entry>> = HashMap::new();
    for row in entries {
        by_seq.entry(row.seq).or_default().push(row.entry);
    }
    let day_of: HashMap<i64, _> = transactions
        .iter()
        .map(|t| (t.seq, t.effective_on))
        .collect();
    if let Some(row) = entries
        .iter()
        .find(|e| day_of.get(&e.seq).is_some_and(|d| *d != e.effective_on))
    {
        wrong.push(format!(
            "an entry of journal transaction {} counts from another day",
            row.seq
        ));
    }
    for transaction in transactions {
        let of_transaction = by_seq.get(&transaction.seq).map_or(&[][..], Vec::as_slice);
        let over: i128 = of_transaction
            .iter()
            .map(|e| i128::from(e.cents.get()))
            .sum();
        let (seq, id) = (transaction.seq, transaction.id);
        if of_transaction.is_empty() {
            wrong.push(format!("journal transaction {seq} ({id}) has no entries"));
        } else if over != 0 {
            wrong.push(format!(
                "journal transaction {seq} ({id}) does not balance: debits exceed credits by {over} cents"
            ));
        }
    }
    let links = transactions.iter().map(|t| {
        let link = Link {
            sequence: t.seq,
            id: t.id,
            posting: &t.posting,
            effective: t.effective_on,
            entries: by_seq.get(&t.seq).map_or(&[][..], Vec::as_slice),
            posted_at_micros: t.posted_at.as_microsecond(),
            source: &t.source,
        };
        (link, t.hash)
    });
    match verify_chain((0, CHAIN_START), links) {
        Err(broken) => wrong.push(broken.to_string()),
        Ok(end) if end != (account.head.seq, account.head.hash) => wrong.push(format!(
            "the chain ends with number {}, the account says {}: journal transactions were removed or \
             added at the end; compare with a backup",
            end.0, account.head.seq
        )),
        Ok(_) => {}
    }
}

/// The running balances are the sums of the entries.
fn balances(account: &AccountBooks, entries: &[&EntryRow], wrong: &mut Vec<String>) {
    let sum = |ledger_account| -> Cents {
        entries
            .iter()
            .filter(|e| e.entry.account == ledger_account)
            .map(|e| e.entry.cents)
            .sum()
    };
    for (what, said, posted) in [
        (
            "owes",
            account.head.receivable,
            sum(chart::MEMBER_RECEIVABLE),
        ),
        (
            "has unapplied cash of",
            account.head.unapplied,
            -sum(chart::UNAPPLIED_CASH),
        ),
    ] {
        if said != posted {
            wrong.push(format!(
                "the account says it {what} {said}, its entries say {posted}"
            ));
        }
    }
}

/// An invoice is the sum of its lines, and open by what is posted on it.
fn of_invoice(invoice: &InvoiceBooks, entries: &[&EntryRow], wrong: &mut Vec<String>) {
    let id: InvoiceId = invoice.id;
    let posted: Cents = entries
        .iter()
        .filter(|e| e.entry.invoice == Some(id) && e.entry.account == chart::MEMBER_RECEIVABLE)
        .map(|e| e.entry.cents)
        .sum();
    for (what, said, found) in [
        ("charges, its lines come to", invoice.charges, invoice.lines),
        (
            "charges, premium less tax credit plus penalty is",
            invoice.charges,
            invoice.parts,
        ),
        (
            "applied, its applications come to",
            invoice.applied,
            invoice.applications,
        ),
        (
            "open, its entries come to",
            invoice.charges - invoice.applied,
            posted,
        ),
    ] {
        if said != found {
            wrong.push(format!(
                "invoice {} has {said} of {what} {found}",
                invoice.number
            ));
        }
    }
    let (least, most) = (
        invoice.charges.min(Cents::ZERO),
        invoice.charges.at_least_zero(),
    );
    if !(least..=most).contains(&invoice.applied) {
        wrong.push(format!(
            "invoice {} has {} applied to charges of {}",
            invoice.number, invoice.applied, invoice.charges
        ));
    }
}
