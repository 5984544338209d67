//! One chunk of a lockbox file: a few questions, the matching, a few statements, one commit.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use ::lockbox::{Coupon, Exception, Known, Outcome, Scan, match_envelope};
use formats::scan_line::{self, ScanLineError};
use jiff::civil::Date;
use kernel::{AccountId, Cents, MemberId, RoutingNumber, Secret};
use store::Tx;
use store::lockbox::{BankReference, FileRow, ItemRow, Meant};
use store::suspense::CouponRow;

use super::read::Placed;
use super::written::write;
use super::{Run, empty};
use crate::UseCaseError;
use crate::suspense::candidates::{Asked, keyed};

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
    let by_member = by_member(&meant);
    let mut seen = seen(tx, run, envelopes).await?;
    let mut decided = Vec::new();
    for placed in envelopes {
        decide(run, &file, placed, &by_member, &mut seen, &mut decided)?;
    }
    let empty = envelopes.iter();
    let empty: Vec<_> = empty
        .filter_map(|placed| empty::row(run, placed, &by_member))
        .collect();
    store::empty_envelopes::insert(tx, run.file, &empty).await?;
    write(tx, run, file, (envelopes.len(), &meant), &decided, first).await
}

/// What is decided about one check.
pub(super) struct Decided {
    pub item: ItemRow,
    /// The accounts it is posted to; none if it goes to suspense.
    pub postings: BTreeMap<AccountId, Cents>,
    pub payer: String,
    /// What speaks for accounts, should it go to suspense.
    pub asked: Asked,
    /// What lay in the envelope, with its first check.
    pub lay_with: Vec<CouponRow>,
}

fn scan(run: &Run, line: &str) -> Scan {
    match scan_line::read(&run.scan_line, line) {
        Ok(read) => Scan::Verified(super::verified(&read)),
        Err(ScanLineError::CheckDigit { .. }) => Scan::CheckDigitFailed,
        Err(_) => Scan::Unreadable,
    }
}

/// The coupons of an envelope. A number that the bank keyed has no check digit, so it counts as a
/// coupon that could not be read; a line with nothing but words is none.
pub(super) fn coupons(run: &Run, placed: &Placed) -> Vec<Scan> {
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
    meant: &ByMember<'_>,
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
    let named = named(&envelope, placed);
    for (at, reference) in placed.references().enumerate() {
        let mut by_account = BTreeMap::new();
        for posting in postings.iter().filter(|posting| posting.check == at) {
            *by_account.entry(posting.account).or_insert(Cents::ZERO) += posting.cents;
        }
        decided.push(Decided {
            item: item(
                run,
                placed,
                (at, reference),
                &prints[at],
                by_account.is_empty(),
                &codes,
            ),
            postings: by_account,
            payer: run.prints.payer(&bank.checks[at]),
            asked: Asked {
                check: envelope.checks[at].clone(),
                coupons: named.clone(),
            },
            lay_with: if at == 0 {
                lay_with(placed)
            } else {
                Vec::new()
            },
        });
    }
    Ok(())
}

fn item(
    run: &Run,
    placed: &Placed,
    (at, reference): (usize, BankReference),
    fingerprint: &str,
    waits: bool,
    codes: &[&str],
) -> ItemRow {
    let check = &placed.envelope.checks[at];
    let account = check.account.as_ref().map_or("", Secret::expose);
    ItemRow {
        number: placed.first_item + i64::try_from(at).unwrap_or(0),
        reference,
        fingerprint: fingerprint.to_owned(),
        sealed: sealed(run, check),
        last_four: account[account.len().saturating_sub(4)..].to_owned(),
        cents: check.amount,
        payer_name: check.remitter.clone().unwrap_or_default(),
        dated_on: check.dated,
        image: check.image.clone().unwrap_or_default(),
        outcome: if waits { "suspense" } else { "posted" },
        exceptions: codes.join(" "),
    }
}

/// What names a member: verified coupons, and numbers that the bank keyed.
fn named(envelope: &::lockbox::Envelope, placed: &Placed) -> Vec<Coupon> {
    let verified = envelope.coupons.iter().filter_map(|scan| match scan {
        Scan::Verified(coupon) => Some(coupon.clone()),
        Scan::CheckDigitFailed | Scan::Unreadable => None,
    });
    let references = placed.envelope.coupons.iter();
    let references = references.filter_map(|coupon| coupon.reference.as_deref());
    verified.chain(references.filter_map(keyed)).collect()
}

pub(super) fn lay_with(placed: &Placed) -> Vec<CouponRow> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    placed
        .envelope
        .coupons
        .iter()
        .map(|coupon| CouponRow {
            scan_line: text(&coupon.scan_line),
            reference: text(&coupon.reference),
            words: text(&coupon.text),
        })
        .collect()
}

/// What a coupon may mean, by the member it names and the day of deposit.
pub(super) type ByMember<'a> = HashMap<(&'a MemberId, Date), Vec<&'a Meant>>;

fn by_member(meant: &[Meant]) -> ByMember<'_> {
    let mut all = ByMember::new();
    for one in meant {
        all.entry((&one.member_id, one.on)).or_default().push(one);
    }
    all
}

/// The accounts that a coupon of the envelope may mean.
fn known(envelope: &::lockbox::Envelope, meant: &ByMember<'_>) -> Vec<Known> {
    let named: BTreeSet<&MemberId> = envelope
        .coupons
        .iter()
        .filter_map(|scan| match scan {
            Scan::Verified(coupon) => Some(&coupon.member_id),
            Scan::CheckDigitFailed | Scan::Unreadable => None,
        })
        .collect();
    named
        .into_iter()
        .filter_map(|member| meant.get(&(member, envelope.deposited_on)))
        .flatten()
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

/// Routing, account and check number, each on a line.
fn sealed(run: &Run, check: &formats::lockbox::Check) -> String {
    let numbers = zeroize::Zeroizing::new(format!(
        "{}\n{}\n{}",
        check.routing.as_ref().map_or("", Secret::expose),
        check.account.as_ref().map_or("", Secret::expose),
        check.number.as_deref().unwrap_or("")
    ));
    let context = crate::check_prints::seal_context(run.file);
    run.ctx.vault.seal(&context, numbers.as_bytes())
}
