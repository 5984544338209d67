//! One chunk of a billing run: a few questions, the rules, a few statements, one commit.

use std::collections::{BTreeMap, HashMap};

use billing::{
    AccountFacts, InvoiceDraft, InvoiceLine, InvoicedMonth, RunSummary, invoice_for, invoice_number,
};
use cash::OpenInvoice;
use coverage::Coverage;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, ApplicationId, Cents, InvoiceId, JournalId};
use ledger::{LedgerAccount, Unbalanced};
use postings::{InvoiceAmounts, cash_applied, chart, invoice_issued};
use store::Tx;
use store::billing::{BillableAccount, BilledAccount, Partition};
use store::invoices::{DrawnRow, InvoiceRow, LineRow};
use store::journal::Batch;

use super::{Run, facts, leased};
use crate::UseCaseError;
use crate::ids::Ids;

/// What a chunk came to.
pub(super) struct Chunk {
    /// How many invoices it made.
    pub invoices: u64,
    /// The highest account number done in the partition.
    pub done: i64,
    /// True if the partition is done to its end.
    pub finished: bool,
}

/// Bills the next accounts of a partition. `None` if the claim was lost.
pub(super) async fn bill(
    tx: &mut Tx,
    run: &Run,
    worker: &str,
    partition: i64,
) -> Result<Option<Chunk>, UseCaseError> {
    let held = store::billing::hold(tx, run.month, partition, worker).await?;
    let Some(mut partition) = held else {
        return Ok(None);
    };
    let now = run.ctx.now();
    let accounts =
        store::billing::next_accounts(tx, run.month, partition.done, partition.last, run.chunk)
            .await?;
    let finished = i64::try_from(accounts.len()).unwrap_or(i64::MAX) < run.chunk;
    let last = if finished {
        partition.last
    } else {
        accounts
            .last()
            .map_or(partition.last, |account| account.number)
    };
    let before = partition.done;
    partition.done = last;
    let mut invoices = 0;
    if !accounts.is_empty() {
        let drafts = draft(tx, run, accounts, before, &partition).await?;
        invoices = drafts.len() as u64;
        issue(tx, run, drafts, &partition, now).await?;
    }
    let end = run.ctx.now();
    let finished_at = finished.then_some(end);
    store::billing::advance(tx, run.month, &partition, leased(end), finished_at).await?;
    Ok(Some(Chunk {
        invoices,
        done: last,
        finished,
    }))
}

struct Drafted {
    account: BillableAccount,
    draft: InvoiceDraft,
}

/// Works out the invoices of the accounts, in order of their numbers.
async fn draft(
    tx: &mut Tx,
    run: &Run,
    accounts: Vec<BillableAccount>,
    after: i64,
    partition: &Partition,
) -> Result<Vec<Drafted>, UseCaseError> {
    let last = accounts.last().map_or(after, |account| account.number);
    let mut coverages: HashMap<AccountId, Vec<Coverage>> = HashMap::with_capacity(accounts.len());
    for row in store::coverage::to_bill(tx, after, last, run.month).await? {
        coverages.entry(row.account).or_default().push(row.coverage);
    }
    let history = history(tx, run, &accounts, &coverages).await?;
    let mut drafts = Vec::with_capacity(accounts.len());
    for account in accounts {
        let Some(rule) = run.rules.line(&account.plan_line) else {
            continue;
        };
        let id = account.head.account;
        let balance = account.head.receivable - account.head.unapplied;
        let known = history.policies.get(&id);
        let latest = std::slice::from_ref(&account.invoiced_policy);
        let draft = invoice_for(&AccountFacts {
            coverages: coverages.get(&id).map_or(&[], Vec::as_slice),
            already_invoiced: history.months.get(&id).map_or(&[], Vec::as_slice),
            invoiced_policies: match known {
                Some(policies) => policies,
                None if account.invoiced_month.is_some() => latest,
                None => &[],
            },
            billed_from: facts::billed_from(&account, run.month, run.first_month),
            receivable: account.head.receivable,
            unapplied: account.head.unapplied,
            payments_since: account.invoiced_total - balance,
            month: run.month,
            issued_on: partition.issued_on,
            rule,
        });
        if let Some(draft) = draft {
            drafts.push(Drafted { account, draft });
        }
    }
    Ok(drafts)
}

/// What few accounts need of the past.
struct History {
    months: BTreeMap<AccountId, Vec<InvoicedMonth>>,
    policies: HashMap<AccountId, Vec<String>>,
}

async fn history(
    tx: &mut Tx,
    run: &Run,
    accounts: &[BillableAccount],
    coverages: &HashMap<AccountId, Vec<Coverage>>,
) -> Result<History, UseCaseError> {
    let changed: Vec<_> = accounts
        .iter()
        .filter(|account| account.changed_from.is_some())
        .map(|a| {
            (
                a.head.account,
                facts::billed_from(a, run.month, run.first_month),
            )
        })
        .collect();
    let other_policy = |account: &BillableAccount| {
        let of_account = coverages.get(&account.head.account);
        of_account.is_some_and(|c| c.iter().any(|c| c.policy != account.invoiced_policy))
    };
    let unsure: Vec<AccountId> = accounts
        .iter()
        .filter(|account| account.invoiced_month.is_some() && other_policy(account))
        .map(|account| account.head.account)
        .collect();
    let mut policies: HashMap<AccountId, Vec<String>> = HashMap::new();
    for (account, policy) in store::billing::invoiced_policies(tx, &unsure).await? {
        policies.entry(account).or_default().push(policy);
    }
    Ok(History {
        months: store::billing::invoiced_months(tx, &changed).await?,
        policies,
    })
}

/// Everything a chunk writes.
struct Written {
    invoices: Vec<InvoiceRow>,
    lines: Vec<(AccountId, LineRow)>,
    drawn: Vec<DrawnRow>,
    earlier: Vec<DrawnRow>,
    journal: Batch,
    /// The journal transactions that posted the invoices: account, number, plan line.
    postings: Vec<(AccountId, i64, String)>,
    accounts: Vec<BilledAccount>,
    by_line: BTreeMap<String, RunSummary>,
}

/// Posts and writes the invoices, and lets them draw on unapplied cash.
async fn issue(
    tx: &mut Tx,
    run: &Run,
    drafts: Vec<Drafted>,
    partition: &Partition,
    now: Timestamp,
) -> Result<(), UseCaseError> {
    let drawing: Vec<AccountId> = drafts
        .iter()
        .filter(|d| may_draw(d))
        .map(|d| d.account.head.account)
        .collect();
    let mut open: HashMap<AccountId, Vec<OpenInvoice>> = HashMap::new();
    for (account, invoice) in store::invoices::open_of_accounts(tx, &drawing).await? {
        open.entry(account).or_default().push(invoice);
    }
    let mut ids = Ids::new(&*run.ctx.chance, now);
    let mut written = Written {
        invoices: Vec::with_capacity(drafts.len()),
        lines: Vec::with_capacity(drafts.len() * 2),
        drawn: Vec::new(),
        earlier: Vec::new(),
        journal: Batch::new(now),
        postings: Vec::with_capacity(drafts.len()),
        accounts: Vec::with_capacity(drafts.len()),
        by_line: BTreeMap::new(),
    };
    for drafted in drafts {
        let open = may_draw(&drafted).then(|| {
            open.remove(&drafted.account.head.account)
                .unwrap_or_default()
        });
        written.add(run, drafted, open, &mut ids, partition.issued_on)?;
    }
    store::invoices::insert(tx, &written.invoices, now).await?;
    store::invoices::insert_lines(tx, &written.lines).await?;
    store::invoices::insert_drawn(tx, &written.drawn, &written.earlier, now).await?;
    written.journal.write_entries(tx).await?;
    store::billing::keep_accounts(tx, run.month, &written.accounts).await?;
    tie(tx, run, &written).await?;
    store::billing::add_to_summary(tx, run.month, partition.number, &written.by_line).await?;
    Ok(())
}

/// Compares what the chunk counts with the entries that stand in the ledger for it.
async fn tie(tx: &mut Tx, run: &Run, written: &Written) -> Result<(), UseCaseError> {
    let posted = store::billing::posted(tx, &written.postings).await?;
    for (line, sums) in &written.by_line {
        let in_ledger = |account: LedgerAccount| {
            let key = (line.clone(), account.to_string());
            posted.get(&key).copied().unwrap_or_default()
        };
        for (what, counted, found) in [
            ("charges", sums.charges, in_ledger(chart::MEMBER_RECEIVABLE)),
            ("tax credits", sums.aptc, in_ledger(chart::APTC_RECEIVABLE)),
            ("premium", sums.premium, -in_ledger(chart::PREMIUM)),
            (
                "penalties",
                sums.penalty,
                -in_ledger(chart::PENALTY_PAYABLE),
            ),
        ] {
            if counted != found || !sums.ties() {
                return Err(UseCaseError::broken(format!(
                    "the billing run for {} does not tie to the ledger: in {line} it counted {what} \
                     of {counted}, the ledger has {found}; nothing of this chunk was kept",
                    run.month
                )));
            }
        }
    }
    Ok(())
}

/// True if there may be money or a credit for an invoice to draw on.
fn may_draw(drafted: &Drafted) -> bool {
    let head = &drafted.account.head;
    head.unapplied.is_positive()
        || head.receivable.is_negative()
        || drafted.draft.charges.is_negative()
}

fn line_row(invoice: InvoiceId, line: &InvoiceLine) -> LineRow {
    LineRow {
        invoice,
        kind: line.kind,
        month: line.month,
        days: line.days.into(),
        of_days: line.of.into(),
        was: line.was,
        cents: line.cents,
    }
}

impl Written {
    fn add(
        &mut self,
        run: &Run,
        drafted: Drafted,
        open: Option<Vec<OpenInvoice>>,
        ids: &mut Ids<'_>,
        issued_on: Date,
    ) -> Result<(), UseCaseError> {
        let Drafted { account, draft } = drafted;
        let BillableAccount {
            mut head,
            number,
            plan_line,
            ..
        } = account;
        let id: InvoiceId = ids.next();
        let source = format!("invoice:{id}");
        let issued = invoice_issued(&InvoiceAmounts {
            invoice: id,
            premium: draft.premium,
            aptc: draft.aptc,
            penalty: draft.penalty,
            effective: issued_on,
        });
        let journal_seq = match issued {
            Ok(posting) => {
                let id = ids.next::<JournalId>();
                let seq = self.journal.post(&mut head, &posting, &source, id);
                self.postings.push((head.account, seq, plan_line.clone()));
                seq
            }
            // A month that costs nothing moves no money.
            Err(Unbalanced::Empty { .. }) => head.seq,
            Err(error) => return Err(UseCaseError::broken(error.to_string())),
        };
        let mut invoice = InvoiceRow {
            account: head.account,
            id,
            month: draft.month,
            number: invoice_number(number, draft.month),
            issued_on,
            due_on: draft.due_on,
            premium: draft.premium,
            aptc: draft.aptc,
            penalty: draft.penalty,
            charges: draft.charges,
            previous_balance: draft.previous_balance,
            payments: draft.payments_since,
            total_due: draft.total_due,
            applied: Cents::ZERO,
            policy: draft.policy.clone(),
            binder: draft.binder,
            journal_seq,
        };
        if let Some(open) = open {
            self.draw(&mut head, &mut invoice, open, &source, ids)?;
        }
        self.by_line.entry(plan_line).or_default().add(&draft);
        let rows = draft.lines.iter().map(|line| line_row(id, line));
        self.lines.extend(rows.map(|row| (head.account, row)));
        self.accounts.push(BilledAccount {
            head,
            total: draft.total_due,
            policy: draft.policy,
        });
        self.invoices.push(invoice);
        debug_assert_eq!(draft.month, run.month);
        Ok(())
    }

    /// Lets the open invoices, this one included, draw on credits and unapplied cash.
    fn draw(
        &mut self,
        head: &mut store::journal::Head,
        invoice: &mut InvoiceRow,
        mut open: Vec<OpenInvoice>,
        source: &str,
        ids: &mut Ids<'_>,
    ) -> Result<(), UseCaseError> {
        open.push(OpenInvoice {
            id: invoice.id,
            month: invoice.month,
            due_on: invoice.due_on,
            open: invoice.charges,
            binder: invoice.binder,
            policy: invoice.policy.clone(),
        });
        let applied = cash::apply(head.unapplied, &open, cash::purpose_of(&open));
        if applied.applications.is_empty() {
            return Ok(());
        }
        let posting = cash_applied(&applied.applications, invoice.issued_on)
            .map_err(|error| UseCaseError::broken(error.to_string()))?;
        let journal_seq = self
            .journal
            .post(head, &posting, source, ids.next::<JournalId>());
        for (to, cents) in applied.applications {
            let row = DrawnRow {
                account: head.account,
                id: ids.next::<ApplicationId>(),
                invoice: to,
                cents,
                on: invoice.issued_on,
                journal_seq,
            };
            if to == invoice.id {
                invoice.applied += cents;
                self.drawn.push(row);
            } else {
                self.earlier.push(row);
            }
        }
        Ok(())
    }
}
