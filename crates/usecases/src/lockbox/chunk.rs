//! One chunk of a lockbox file: a few questions, the matching, a few statements, one commit.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use ::lockbox::{Coupon, Exception, Known, Outcome, Scan, match_envelope};
use ::payments::{AttemptState, ConfirmationNumber, PaymentStatus};
use cash::OpenInvoice;
use formats::scan_line::{self, ScanLineError};
use jiff::civil::Date;
use kernel::{
    AccountId, AuditId, Cents, Channel, MemberId, PaymentId, RoutingNumber, Secret, Tender,
};
use postings::{Money, Rail};
use sha2::{Digest as _, Sha256};
use store::Tx;
use store::audit::AuditEvent;
use store::cash::{ApplicationRow, PostedApplication};
use store::journal::{self, Batch, Head};
use store::lockbox::{FileRow, ItemRow, Meant};
use store::payments::PaymentRow;

use super::Run;
use super::read::Placed;
use crate::UseCaseError;
use crate::ids::Ids;
use crate::notices::{self, Notice, NoticeKind, To};
use crate::outbox;

/// The queue in which money in suspense waits for a person.
const QUEUE: &str = "billing";

/// Takes the next envelopes of a file in. Where the file stands then.
pub(super) async fn take_in(
    run: &Arc<Run>,
    envelopes: Vec<Placed>,
) -> Result<FileRow, UseCaseError> {
    // A check becomes at most as many payments as coupons lie with it.
    let most: usize = envelopes
        .iter()
        .map(|placed| placed.envelope.checks.len() + placed.envelope.coupons.len())
        .sum();
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    // Set aside beforehand: a number series is one row, which a long transaction must not hold.
    let first = run.ctx.store.next_numbers("confirmation", most).await?;
    let (owned, envelopes) = (Arc::clone(run), Arc::new(envelopes));
    run.ctx
        .store
        .write(move |tx| {
            let (run, envelopes) = (Arc::clone(&owned), Arc::clone(&envelopes));
            Box::pin(async move { take_in_now(tx, &run, &envelopes, first).await })
        })
        .await
}

async fn take_in_now(
    tx: &mut Tx,
    run: &Run,
    envelopes: &[Placed],
    first: i64,
) -> Result<FileRow, UseCaseError> {
    let file = store::lockbox::hold(tx, run.file).await?;
    if envelopes.first().map(|placed| placed.number) != Some(file.done_envelopes + 1) {
        return Err(UseCaseError::Conflict(
            "another process takes the same lockbox file in",
        ));
    }
    let meant = meant(tx, run, envelopes).await?;
    let mut seen = seen(tx, run, envelopes).await?;
    let mut decided = Vec::new();
    for placed in envelopes {
        decide(run, &file, placed, &meant, &mut seen, &mut decided)?;
    }
    write(tx, run, file, (envelopes.len(), &meant), &decided, first).await
}

/// What is decided about one check.
struct Decided {
    item: ItemRow,
    /// The accounts it is posted to; none if it goes to suspense.
    postings: BTreeMap<AccountId, Cents>,
    payer: String,
}

fn scan(run: &Run, line: &str) -> Scan {
    match scan_line::read(&run.scan_line, line) {
        Ok(read) => Scan::Verified(Coupon {
            member_id: read.member_id,
            // The reader takes leading zeros for filling; an invoice number has 13 digits.
            invoice_number: read.invoice.map(|number| format!("{number:0>13}")),
            amount_due: read.amount_due.unwrap_or_default(),
        }),
        Err(ScanLineError::CheckDigit { .. }) => Scan::CheckDigitFailed,
        Err(_) => Scan::Unreadable,
    }
}

/// The coupons of an envelope. A number that the bank keyed has no check digit, so it counts as a
/// coupon that could not be read; a line with nothing but words is none.
fn coupons(run: &Run, placed: &Placed) -> Vec<Scan> {
    let coupons = placed.envelope.coupons.iter();
    coupons
        .filter_map(|coupon| match (&coupon.scan_line, &coupon.reference) {
            (Some(line), _) => Some(scan(run, line)),
            (None, Some(_)) => Some(Scan::Unreadable),
            (None, None) => None,
        })
        .collect()
}

async fn meant(tx: &mut Tx, run: &Run, envelopes: &[Placed]) -> Result<Vec<Meant>, UseCaseError> {
    let mut asked: HashSet<(MemberId, Date)> = HashSet::new();
    for placed in envelopes {
        for coupon in coupons(run, placed) {
            if let Scan::Verified(coupon) = coupon {
                asked.insert((coupon.member_id, placed.envelope.deposited_on));
            }
        }
    }
    let asked: Vec<_> = asked.into_iter().collect();
    Ok(store::lockbox::meant(tx, &asked).await?)
}

async fn seen(
    tx: &mut Tx,
    run: &Run,
    envelopes: &[Placed],
) -> Result<HashSet<String>, UseCaseError> {
    let checks = envelopes.iter().flat_map(|placed| &placed.envelope.checks);
    let all: BTreeSet<String> = checks.map(|check| run.prints.check(check)).collect();
    let all: Vec<String> = all.into_iter().filter(|print| !print.is_empty()).collect();
    Ok(store::lockbox::seen(tx, &all).await?)
}

fn check_of(run: &Run, placed: &Placed, at: usize, came_before: bool) -> ::lockbox::Check {
    let check = &placed.envelope.checks[at];
    let payee = check.payee.as_deref().map(kernel::plain_name);
    let routing = check.routing.as_ref().map(Secret::expose);
    let says = |words: &str| {
        let texts = placed
            .envelope
            .coupons
            .iter()
            .filter_map(|c| c.text.as_ref());
        texts
            .into_iter()
            .any(|text| text.to_lowercase().contains(words))
    };
    ::lockbox::Check {
        cents: check.amount,
        payer_account: Some(run.prints.payer(check)).filter(|print| !print.is_empty()),
        payer_name: check.remitter.clone(),
        payer_zip: None,
        dated: check.dated,
        // No format tells of signatures: the bank sends unsigned checks back.
        signed: true,
        domestic: routing.is_none_or(|number| RoutingNumber::parse(number).is_ok()),
        // The bank may have cut the name off, or read more than it.
        payee_is_plan: payee.is_none_or(|payee| {
            let same = |own: &String| own.starts_with(&payee) || payee.starts_with(own.as_str());
            run.payees.iter().any(same)
        }),
        says_paid_in_full: says("paid in full") || says("payment in full"),
        came_before,
    }
}

fn decide(
    run: &Run,
    file: &FileRow,
    placed: &Placed,
    meant: &[Meant],
    seen: &mut HashSet<String>,
    decided: &mut Vec<Decided>,
) -> Result<(), UseCaseError> {
    let bank = &placed.envelope;
    let prints: Vec<String> = bank.checks.iter().map(|c| run.prints.check(c)).collect();
    let mut checks = Vec::new();
    for (at, print) in prints.iter().enumerate() {
        let came_before = !print.is_empty() && !seen.insert(print.clone());
        checks.push(check_of(run, placed, at, came_before));
    }
    let envelope = ::lockbox::Envelope {
        checks,
        coupons: coupons(run, placed),
        enclosures: Vec::new(),
        deposited_on: bank.deposited_on,
        file_on: file.begun_on,
    };
    let known = known(&envelope, meant);
    let settings = &run.ctx.plan.lockbox;
    let outcome = match_envelope(&envelope, &known, &settings.rules, &settings.weights);
    let (found, postings) = match outcome {
        Outcome::Matched(matched) => (matched.noted, matched.postings),
        Outcome::Suspense { exceptions, .. } => (exceptions, Vec::new()),
    };
    let codes: Vec<&str> = found.into_iter().map(Exception::code).collect();
    for (at, reference) in placed.references().enumerate() {
        let mut by_account = BTreeMap::new();
        for posting in postings.iter().filter(|posting| posting.check == at) {
            *by_account.entry(posting.account).or_insert(Cents::ZERO) += posting.cents;
        }
        let check = &bank.checks[at];
        let account = check.account.as_ref().map_or("", Secret::expose);
        decided.push(Decided {
            item: ItemRow {
                number: placed.first_item + i64::try_from(at).unwrap_or(0),
                reference,
                fingerprint: prints[at].clone(),
                sealed: sealed(run, check),
                last_four: account[account.len().saturating_sub(4)..].to_owned(),
                cents: check.amount,
                payer_name: check.remitter.clone().unwrap_or_default(),
                dated_on: check.dated,
                image: check.image.clone().unwrap_or_default(),
                outcome: if by_account.is_empty() {
                    "suspense"
                } else {
                    "posted"
                },
                exceptions: codes.join(" "),
            },
            postings: by_account,
            payer: run.prints.payer(check),
        });
    }
    Ok(())
}

/// The accounts that a coupon of the envelope may mean.
fn known(envelope: &::lockbox::Envelope, meant: &[Meant]) -> Vec<Known> {
    meant
        .iter()
        .filter(|meant| meant.on == envelope.deposited_on && is_named(envelope, &meant.member_id))
        .map(|meant| Known {
            account: meant.account,
            number: meant.number,
            member_id: meant.member_id.clone(),
            in_force: meant.in_force,
            open: Vec::new(),
            names: Vec::new(),
            zip: None,
            payer_accounts: Vec::new(),
        })
        .collect()
}

fn is_named(envelope: &::lockbox::Envelope, member_id: &MemberId) -> bool {
    let named = |scan: &Scan| matches!(scan, Scan::Verified(c) if c.member_id == *member_id);
    envelope.coupons.iter().any(named)
}

/// Routing, account and check number, each on a line.
fn sealed(run: &Run, check: &formats::lockbox::Check) -> String {
    let numbers = zeroize::Zeroizing::new(format!(
        "{}\n{}\n{}",
        check.routing.as_ref().map_or("", Secret::expose),
        check.account.as_ref().map_or("", Secret::expose),
        check.number.as_deref().unwrap_or("")
    ));
    let context = format!("check:{}", run.file);
    run.ctx.vault.seal(&context, numbers.as_bytes())
}

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

async fn write(
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
    store::lockbox::learn_payers(tx, &payers(decided)).await?;
    written.note(tx, &suspended).await?;
    let payments = written.payments;
    tell(tx, run, &payments, meant).await?;
    file.done_envelopes += i64::try_from(envelopes).unwrap_or(i64::MAX);
    store::lockbox::advance(tx, &file).await?;
    Ok(file)
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

fn balanced(
    posting: Result<ledger::JournalTransaction, ledger::Unbalanced>,
) -> Result<ledger::JournalTransaction, UseCaseError> {
    posting.map_err(|error| UseCaseError::Broken(Box::new(error)))
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
        let payment = self.payment(item, account, cents)?;
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

    fn payment(
        &mut self,
        item: &ItemRow,
        account: AccountId,
        cents: Cents,
    ) -> Result<PaymentRow, UseCaseError> {
        let ctx = &self.run.ctx;
        let place = &item.reference;
        let key = format!(
            "lockbox:{}/{}/{}/{}/{}",
            place.lockbox, place.deposited_on, place.batch, place.envelope, place.ordinal
        );
        let confirmation = u32::try_from(self.number)
            .ok()
            .and_then(ConfirmationNumber::from_series)
            .ok_or_else(|| UseCaseError::broken("the confirmation numbers are used up"))?;
        self.number += 1;
        let now = ctx.now();
        Ok(PaymentRow {
            account,
            id: self.ids.next(),
            request_digest: Sha256::digest(format!("{key} {}", cents.get())).into(),
            idempotency_key: key,
            confirmation: confirmation.as_str().to_owned(),
            cents,
            refunded: Cents::ZERO,
            channel: Channel::Mail,
            tender: Tender::Check,
            last_four: item.last_four.clone(),
            bank_name: String::new(),
            payer_name: item.payer_name.clone(),
            payer_email: String::new(),
            language: ctx.plan.default_language(),
            status: PaymentStatus::of(AttemptState::Succeeded),
            reason: String::new(),
            authorisation: String::new(),
            evidence: String::new(),
            received_at: now,
            effective_on: place.deposited_on,
            concluded_at: Some(now),
        })
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

/// Tells subscribers whose e-mail address is known, as payers online are told.
async fn tell(
    tx: &mut Tx,
    run: &Run,
    payments: &[PaymentRow],
    meant: &[Meant],
) -> Result<(), UseCaseError> {
    let by_account: HashMap<AccountId, &Meant> = meant
        .iter()
        .filter(|meant| !meant.email.is_empty())
        .map(|meant| (meant.account, meant))
        .collect();
    let mut notices = Vec::new();
    for payment in payments {
        let Some(meant) = by_account.get(&payment.account) else {
            continue;
        };
        let facts = outbox::payment_facts(tx, &run.ctx, payment, "").await?;
        let to = To::Address {
            email: meant.email.clone(),
            language: meant.language,
        };
        notices.push(Notice::new(
            NoticeKind::PaymentReceived,
            to,
            Some(payment.account),
            facts.value(),
        ));
    }
    notices::tell_all(tx, &run.ctx, notices).await
}
