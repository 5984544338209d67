//! The decision: post, or put in suspense.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::{AccountId, Cents};

use crate::candidates::names_invoice_of;
use crate::{
    Candidate, Coupon, Envelope, Exception, Known, LockboxRules, Scan, Weights, candidates,
    exceptions,
};

/// Money of one check for one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posting {
    /// Which check of the envelope, counted from 0.
    pub check: usize,
    /// The account.
    pub account: AccountId,
    /// The invoice number on the coupon.
    pub invoice_number: Option<String>,
    /// How much.
    pub cents: Cents,
    /// The day from which it counts: the bank's day of deposit.
    pub effective_on: Date,
}

/// An envelope whose money is certain to belong where it is posted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Matched {
    /// Where the money goes. The postings of a check add up to it.
    pub postings: Vec<Posting>,
    /// What was unusual and is posted all the same, by the plan's rules.
    pub noted: BTreeSet<Exception>,
}

/// What becomes of an envelope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It is posted.
    Matched(Matched),
    /// A person decides. All its money is in suspense from the day of deposit on.
    Suspense {
        /// Why; never empty.
        exceptions: BTreeSet<Exception>,
        /// Whose it may be, for each check.
        candidates: Vec<Vec<Candidate>>,
    },
}

/// What becomes of an envelope. `known` holds every account that a coupon, a payer's account or a
/// name in it may mean.
#[must_use]
pub fn match_envelope(
    envelope: &Envelope,
    known: &[Known],
    rules: &LockboxRules,
    weights: &Weights,
) -> Outcome {
    let mut found = exceptions(envelope, rules);
    let coupons: Vec<Coupon> = envelope
        .coupons
        .iter()
        .filter_map(|scan| match scan {
            Scan::Verified(coupon) => Some(coupon.clone()),
            Scan::CheckDigitFailed | Scan::Unreadable => None,
        })
        .collect();
    let mut meant = Vec::new();
    for coupon in &coupons {
        match account_of(coupon, known) {
            Ok(account) => meant.push((coupon, account)),
            Err(exception) => {
                found.insert(exception);
            }
        }
    }
    let postings = if meant.len() == envelope.coupons.len() {
        divide(envelope, &meant, &mut found)
    } else {
        None
    };
    match postings {
        Some(postings) if found.iter().all(|e| rules.posts_with(*e)) => Outcome::Matched(Matched {
            postings,
            noted: found,
        }),
        Some(_) | None => Outcome::Suspense {
            exceptions: found,
            candidates: envelope
                .checks
                .iter()
                .map(|check| candidates(check, &coupons, known, weights))
                .collect(),
        },
    }
}

/// The one account in force that a coupon means.
fn account_of<'k>(coupon: &Coupon, known: &'k [Known]) -> Result<&'k Known, Exception> {
    let of_member: Vec<&Known> = known
        .iter()
        .filter(|k| k.member_id == coupon.member_id)
        .collect();
    let account = match (of_member.as_slice(), &coupon.invoice_number) {
        ([], _) => return Err(Exception::UnknownAccount),
        ([only], None) => *only,
        (_, None) => return Err(Exception::AmbiguousScanLine),
        (several, Some(_)) => several
            .iter()
            .find(|k| names_invoice_of(coupon, k))
            .ok_or(Exception::AmbiguousScanLine)?,
    };
    if account.in_force {
        Ok(account)
    } else {
        Err(Exception::TerminatedMember)
    }
}

/// How the checks divide over the coupons, if they say so themselves.
fn divide(
    envelope: &Envelope,
    meant: &[(&Coupon, &Known)],
    found: &mut BTreeSet<Exception>,
) -> Option<Vec<Posting>> {
    if envelope.checks.is_empty() || meant.is_empty() {
        return None;
    }
    let posting = |check: usize, coupon: &Coupon, known: &Known, cents| Posting {
        check,
        account: known.account,
        invoice_number: coupon.invoice_number.clone(),
        cents,
        effective_on: envelope.deposited_on,
    };
    let due: Cents = meant.iter().map(|(coupon, _)| coupon.amount_due).sum();
    match envelope.total().cmp(&due) {
        std::cmp::Ordering::Less => found.insert(Exception::ShortPaid),
        std::cmp::Ordering::Greater => found.insert(Exception::OverPaid),
        std::cmp::Ordering::Equal => false,
    };
    match (envelope.checks.as_slice(), meant) {
        (checks, [(coupon, known)]) => Some(
            checks
                .iter()
                .enumerate()
                .map(|(at, check)| posting(at, coupon, known, check.cents))
                .collect(),
        ),
        ([check], several) => {
            let accounts: BTreeSet<AccountId> = several.iter().map(|(_, k)| k.account).collect();
            if accounts.len() > 1 {
                found.insert(Exception::ManyMembers);
            }
            // Only the exact sum says how one check divides.
            let each = several.iter().all(|(c, _)| c.amount_due.is_positive());
            (each && check.cents == due).then(|| {
                several
                    .iter()
                    .map(|(coupon, known)| posting(0, coupon, known, coupon.amount_due))
                    .collect()
            })
        }
        _ => None,
    }
}

/// Divides one check over members by the list that came with it, such as an employer's or a
/// program's. The list must come to the check exactly, and every line to more than nothing.
///
/// # Errors
/// The difference, check less list; or nothing if a line is not positive.
pub fn split_by_list(
    check: Cents,
    list: &[(AccountId, Cents)],
) -> Result<Vec<(AccountId, Cents)>, Cents> {
    let listed: Cents = list.iter().map(|(_, cents)| *cents).sum();
    if listed != check {
        return Err(check - listed);
    }
    if list.iter().any(|(_, cents)| !cents.is_positive()) {
        return Err(Cents::ZERO);
    }
    Ok(list.to_vec())
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
