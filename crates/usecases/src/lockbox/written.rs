//! What a chunk of a lockbox file becomes: rows of a few tables, in one commit.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cash::OpenInvoice;
use jiff::civil::Date;
use kernel::{AccountId, AuditId, Cents, PaymentId};
use postings::{Money, Rail};
use store::Tx;
use store::audit::AuditEvent;
use store::cash::{ApplicationRow, PostedApplication};
use store::journal::{self, Batch, Head};
use store::lockbox::{FileRow, ItemRow, Meant};
use store::payments::PaymentRow;
use store::suspense::CouponRow;
use store::suspense_candidates::CandidateRow;

use super::Run;
use super::chunk::Decided;
use super::payment::{CheckPayment, tell_at};
use crate::UseCaseError;
use crate::ids::Ids;
use crate::payments::balanced;
use crate::suspense::QUEUE;
use crate::suspense::candidates::{self, Asked};

/// What a chunk writes.
struct Written<'a> {
    run: &'a Run,
    ids: Ids<'a>,
    journal: Batch,
    heads: BTreeMap<AccountId, Head>,
    open: HashMap<AccountId, Vec<OpenInvoice>>,
    payments: Vec<PaymentRow>,
    links: Vec<(AccountId, PaymentId, i64)>,
    applications: Vec<PostedApplication>,
    number: i64,
}

pub(super) async fn write(
    tx: &mut Tx,
    run: &Run,
    mut file: FileRow,
    (envelopes, meant): (usize, &[Meant]),
    decided: &[Decided],
    first: i64,
) -> Result<FileRow, UseCaseError> {
    let now = run.ctx.now();
    let accounts: BTreeSet<AccountId> = decided
        .iter()
        .flat_map(|decided| decided.postings.keys().copied())
        .collect();
    let mut heads = BTreeMap::new();
    // In order of their ids, as everybody who locks several does.
    for account in &accounts {
        heads.insert(*account, journal::lock(tx, *account).await?);
    }
    let accounts: Vec<AccountId> = accounts.into_iter().collect();
    let mut open: HashMap<AccountId, Vec<OpenInvoice>> = HashMap::new();
    for (account, invoice) in store::invoices::open_of_accounts(tx, &accounts).await? {
        open.entry(account).or_default().push(invoice);
    }
    for invoices in open.values_mut() {
        invoices.sort_by_key(|invoice| invoice.month);
    }
    let mut written = Written {
        run,
        ids: Ids::new(&*run.ctx.chance, now),
        journal: Batch::new(now),
        heads,
        open,
        payments: Vec::new(),
        links: Vec::new(),
        applications: Vec::new(),
        number: first,
    };
    let mut suspended = Vec::new();
    for one in decided {
        if one.postings.is_empty() {
            written.suspend(&mut file, &one.item)?;
            suspended.push(&one.item);
        } else {
            written.post(&mut file, one)?;
        }
    }
    for head in written.heads.values() {
        written.journal.keep(head);
    }
    let items: Vec<ItemRow> = decided.iter().map(|one| one.item.clone()).collect();
    store::lockbox::insert_items(tx, run.file, &items).await?;
    store::payments::insert_all(tx, &written.payments).await?;
    store::lockbox::insert_payments(tx, run.file, &written.links).await?;
    written.journal.write(tx).await?;
    store::cash::apply_all(tx, &written.applications, now).await?;
    store::lockbox::insert_suspense(tx, run.file, &suspended, QUEUE, now).await?;
    suggest(tx, run, decided).await?;
    store::lockbox::learn_payers(tx, &payers(decided)).await?;
    written.note(tx, &suspended).await?;
    tell(tx, run, &written.payments, meant).await?;
    file.done_envelopes += i64::try_from(envelopes).unwrap_or(i64::MAX);
    store::lockbox::advance(tx, &file).await?;
    Ok(file)
}

/// Tells the subscribers whose address is known; it was asked for with the account.
async fn tell(
    tx: &mut Tx,
    run: &Run,
    payments: &[PaymentRow],
    meant: &[Meant],
) -> Result<(), UseCaseError> {
    let known: HashMap<AccountId, &Meant> = meant
        .iter()
        .filter(|meant| !meant.email.is_empty())
        .map(|meant| (meant.account, meant))
        .collect();
    for payment in payments {
        if let Some(meant) = known.get(&payment.account) {
            tell_at(tx, &run.ctx, payment, &meant.email, meant.language).await?;
        }
    }
    Ok(())
}

/// Which accounts were paid from which bank accounts; an employer's check for many tells nothing.
fn payers(decided: &[Decided]) -> Vec<(AccountId, String, Date)> {
    let mut found: BTreeMap<(AccountId, String), Date> = BTreeMap::new();
    for one in decided {
        if let (1, false, Some(account)) = (
            one.postings.len(),
            one.payer.is_empty(),
            one.postings.keys().next(),
        ) {
            let day = one.item.reference.deposited_on;
            found.entry((*account, one.payer.clone())).or_insert(day);
        }
    }
    let all = found.into_iter();
    all.map(|((account, print), day)| (account, print, day))
        .collect()
}

/// What lay with checks in suspense, and whose they may be.
async fn suggest(tx: &mut Tx, run: &Run, decided: &[Decided]) -> Result<(), UseCaseError> {
    let waiting: Vec<&Decided> = decided
        .iter()
        .filter(|one| one.postings.is_empty())
        .collect();
    let coupons: Vec<(i64, i64, CouponRow)> = waiting
        .iter()
        .flat_map(|one| {
            (1..)
                .zip(&one.lay_with)
                .map(|(n, c)| (one.item.number, n, c.clone()))
        })
        .collect();
    store::suspense::insert_coupons(tx, run.file, &coupons).await?;
    let Some(first) = waiting.first() else {
        return Ok(());
    };
    let (weights, on) = (
        &run.ctx.plan.lockbox.weights,
        first.item.reference.deposited_on,
    );
    let asked: Vec<Asked> = waiting.iter().map(|one| one.asked.clone()).collect();
    let found = candidates::of_checks(tx, weights, &asked, on).await?;
    let mut rows = Vec::new();
    for (one, found) in waiting.iter().zip(found) {
        rows.extend(found.into_iter().map(|candidate| {
            let codes: Vec<&str> = candidate.reasons.iter().map(|r| r.code()).collect();
            CandidateRow {
                item: one.item.number,
                account: candidate.account,
                score: i64::from(candidate.score),
                reasons: codes.join(" "),
            }
        }));
    }
    Ok(store::suspense_candidates::insert(tx, run.file, &rows).await?)
}

impl Written<'_> {
    /// The money waits in suspense from the day of deposit on, in the chain of the file.
    fn suspend(&mut self, file: &mut FileRow, item: &ItemRow) -> Result<(), UseCaseError> {
        file.suspended += 1;
        file.suspended_cents += item.cents;
        // A check for nothing moves nothing, and waits all the same.
        if item.cents == Cents::ZERO {
            return Ok(());
        }
        let money = money(item.cents, item.reference.deposited_on);
        let posting = balanced(postings::cash_to_suspense(&money))?;
        let source = format!("remittance:{}/{}", self.run.file, item.number);
        let id = self.ids.next();
        self.journal.post(&mut file.head, &posting, &source, id);
        Ok(())
    }

    /// Each account that the check pays gets a payment, and its oldest open month the money.
    fn post(&mut self, file: &mut FileRow, one: &Decided) -> Result<(), UseCaseError> {
        file.posted += 1;
        file.posted_cents += one.item.cents;
        for (account, cents) in &one.postings {
            if cents.is_positive() {
                self.pay(&one.item, *account, *cents)?;
            }
        }
        Ok(())
    }

    fn pay(
        &mut self,
        item: &ItemRow,
        account: AccountId,
        cents: Cents,
    ) -> Result<(), UseCaseError> {
        let on = item.reference.deposited_on;
        let payment = self.payment(item, account, cents).row(&self.run.ctx)?;
        let source = format!("payment:{}", payment.id);
        let head = self.heads.get_mut(&account);
        let head = head.ok_or_else(|| UseCaseError::broken("an account was not locked"))?;
        let received = balanced(postings::payment_received(&money(cents, on)))?;
        self.journal.post(head, &received, &source, self.ids.next());
        let open = self.open.entry(account).or_default();
        let applied = cash::apply(cents, open, cash::purpose_of(open));
        if !applied.applications.is_empty() {
            let posting = balanced(postings::cash_applied(&applied.applications, on))?;
            let journal_seq = self.journal.post(head, &posting, &source, self.ids.next());
            for (invoice, cents) in applied.applications {
                self.applications.push(PostedApplication {
                    account,
                    row: ApplicationRow {
                        id: self.ids.next(),
                        invoice,
                        payment: Some(payment.id),
                        cents,
                    },
                    on,
                    journal_seq,
                });
                for left in open.iter_mut().filter(|open| open.id == invoice) {
                    left.open -= cents;
                }
            }
            open.retain(|invoice| invoice.open != Cents::ZERO);
        }
        self.links.push((account, payment.id, item.number));
        self.payments.push(payment);
        Ok(())
    }

    fn payment(&mut self, item: &ItemRow, account: AccountId, cents: Cents) -> CheckPayment {
        let place = &item.reference;
        let number = self.number;
        self.number += 1;
        CheckPayment {
            account,
            id: self.ids.next(),
            cents,
            number,
            key: format!(
                "lockbox:{}/{}/{}/{}/{}",
                place.lockbox, place.deposited_on, place.batch, place.envelope, place.ordinal
            ),
            last_four: item.last_four.clone(),
            payer_name: item.payer_name.clone(),
            deposited_on: place.deposited_on,
        }
    }

    async fn note(&mut self, tx: &mut Tx, suspended: &[&ItemRow]) -> Result<(), UseCaseError> {
        let (kind, name) = (self.run.actor.kind(), self.run.actor.name());
        let mut words: Vec<(AuditId, &'static str, Option<AccountId>, String, String)> = Vec::new();
        for payment in &self.payments {
            let detail = format!("cents={} channel={}", payment.cents.get(), payment.channel);
            words.push((
                self.ids.next(),
                "check-posted",
                Some(payment.account),
                payment.id.to_string(),
                detail,
            ));
        }
        for item in suspended {
            let subject = format!("{}/{}", self.run.file, item.number);
            let detail = format!("cents={} exceptions={}", item.cents.get(), item.exceptions);
            words.push((self.ids.next(), "check-to-suspense", None, subject, detail));
        }
        let at = self.run.ctx.now();
        let events: Vec<AuditEvent<'_>> = words
            .iter()
            .map(|(id, action, account, subject, detail)| AuditEvent {
                id: *id,
                at,
                actor_kind: kind,
                actor: &name,
                action,
                account: *account,
                subject,
                detail,
            })
            .collect();
        Ok(store::audit::insert_all(tx, &events).await?)
    }
}

fn money(cents: Cents, effective: Date) -> Money {
    Money {
        rail: Rail::Lockbox,
        cents,
        effective,
    }
}
