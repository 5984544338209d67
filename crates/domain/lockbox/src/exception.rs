//! What can be unusual about an envelope.

use std::collections::BTreeSet;

use jiff::ToSpan;
use kernel::BillingMonth;

use crate::{Check, Enclosure, Envelope, Scan};

/// Something unusual about an envelope.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Exception {
    /// A check and no coupon.
    CheckOnly,
    /// A coupon and no check.
    CouponOnly,
    /// One check for several coupons.
    ManyCoupons,
    /// Several checks for one coupon.
    ManyChecks,
    /// Less than is due.
    ShortPaid,
    /// More than is due.
    OverPaid,
    /// The scan line could not be read.
    UnreadableScanLine,
    /// The check digit of the scan line does not hold.
    CheckDigitFailed,
    /// The scan line names nobody.
    UnknownAccount,
    /// The scan line names one member and the invoice of another, or the member has several
    /// accounts and it does not say which.
    AmbiguousScanLine,
    /// The member's coverage is over.
    TerminatedMember,
    /// Not made out to the plan.
    WrongPayee,
    /// Not signed.
    Unsigned,
    /// Too old.
    StaleDated,
    /// Dated after the deposit.
    PostDated,
    /// Not drawn on a bank in the United States in dollars.
    Foreign,
    /// Says that it pays everything.
    PaidInFull,
    /// A letter lay in the envelope.
    Correspondence,
    /// One check for members that are not on one account, such as an employer's.
    ManyMembers,
    /// Money lay in the envelope.
    CashEnclosed,
    /// The same check came in before: same bank account, number and amount.
    DuplicateCheck,
    /// The file came in before; found when it is taken in, not in an envelope.
    DuplicateFile,
    /// Deposited before the end of a month and reported after it.
    MonthEndCutOff,
}

impl Exception {
    /// All exceptions.
    pub const ALL: [Exception; 23] = [
        Exception::CheckOnly,
        Exception::CouponOnly,
        Exception::ManyCoupons,
        Exception::ManyChecks,
        Exception::ShortPaid,
        Exception::OverPaid,
        Exception::UnreadableScanLine,
        Exception::CheckDigitFailed,
        Exception::UnknownAccount,
        Exception::AmbiguousScanLine,
        Exception::TerminatedMember,
        Exception::WrongPayee,
        Exception::Unsigned,
        Exception::StaleDated,
        Exception::PostDated,
        Exception::Foreign,
        Exception::PaidInFull,
        Exception::Correspondence,
        Exception::ManyMembers,
        Exception::CashEnclosed,
        Exception::DuplicateCheck,
        Exception::DuplicateFile,
        Exception::MonthEndCutOff,
    ];

    /// The name in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Exception::CheckOnly => "check-only",
            Exception::CouponOnly => "coupon-only",
            Exception::ManyCoupons => "many-coupons",
            Exception::ManyChecks => "many-checks",
            Exception::ShortPaid => "short-paid",
            Exception::OverPaid => "over-paid",
            Exception::UnreadableScanLine => "unreadable-scan-line",
            Exception::CheckDigitFailed => "check-digit-failed",
            Exception::UnknownAccount => "unknown-account",
            Exception::AmbiguousScanLine => "ambiguous-scan-line",
            Exception::TerminatedMember => "terminated-member",
            Exception::WrongPayee => "wrong-payee",
            Exception::Unsigned => "unsigned",
            Exception::StaleDated => "stale-dated",
            Exception::PostDated => "post-dated",
            Exception::Foreign => "foreign",
            Exception::PaidInFull => "paid-in-full",
            Exception::Correspondence => "correspondence",
            Exception::ManyMembers => "many-members",
            Exception::CashEnclosed => "cash-enclosed",
            Exception::DuplicateCheck => "duplicate-check",
            Exception::DuplicateFile => "duplicate-file",
            Exception::MonthEndCutOff => "month-end-cut-off",
        }
    }

    /// The exception with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.code() == code)
    }

    /// True if it can be known where the money belongs in spite of it, so that the plan may choose
    /// to post. With any other the envelope always waits for a person.
    #[must_use]
    pub const fn leaves_account_certain(self) -> bool {
        matches!(
            self,
            Exception::ManyCoupons
                | Exception::ManyChecks
                | Exception::ShortPaid
                | Exception::OverPaid
                | Exception::PaidInFull
                | Exception::Correspondence
                | Exception::ManyMembers
                | Exception::MonthEndCutOff
                | Exception::StaleDated
                | Exception::PostDated
        )
    }
}

/// What the plan does about exceptions, from its configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LockboxRules {
    /// After how many months a check is stale.
    pub stale_after_months: u8,
    /// The exceptions with which an envelope is posted all the same, noted on it.
    pub posted_with: BTreeSet<Exception>,
}

impl LockboxRules {
    /// True if this exception does not keep an envelope from being posted. Configuration cannot
    /// make certain what is not.
    #[must_use]
    pub fn posts_with(&self, exception: Exception) -> bool {
        exception.leaves_account_certain() && self.posted_with.contains(&exception)
    }
}

/// What the envelope itself shows, before anything is looked up.
#[must_use]
pub fn exceptions(envelope: &Envelope, rules: &LockboxRules) -> BTreeSet<Exception> {
    let mut found = BTreeSet::new();
    match (envelope.checks.len(), envelope.coupons.len()) {
        (_, 0) => found.extend([Exception::CheckOnly]),
        (0, _) => found.extend([Exception::CouponOnly]),
        (1, 1) => {}
        (1, _) => found.extend([Exception::ManyCoupons]),
        (_, 1) => found.extend([Exception::ManyChecks]),
        _ => found.extend([Exception::ManyCoupons, Exception::ManyChecks]),
    }
    for scan in &envelope.coupons {
        match scan {
            Scan::Verified(_) => {}
            Scan::CheckDigitFailed => found.extend([Exception::CheckDigitFailed]),
            Scan::Unreadable => found.extend([Exception::UnreadableScanLine]),
        }
    }
    for check in &envelope.checks {
        check_exceptions(check, envelope, rules, &mut found);
    }
    for enclosure in &envelope.enclosures {
        found.insert(match enclosure {
            Enclosure::Cash => Exception::CashEnclosed,
            Enclosure::Correspondence => Exception::Correspondence,
        });
    }
    if BillingMonth::of(envelope.deposited_on) < BillingMonth::of(envelope.file_on) {
        found.insert(Exception::MonthEndCutOff);
    }
    found
}

fn check_exceptions(
    check: &Check,
    envelope: &Envelope,
    rules: &LockboxRules,
    found: &mut BTreeSet<Exception>,
) {
    let stale_before = envelope
        .deposited_on
        .checked_sub(i32::from(rules.stale_after_months).months())
        .expect("deposits lie near today");
    for (there, exception) in [
        (!check.signed, Exception::Unsigned),
        (!check.domestic, Exception::Foreign),
        (!check.payee_is_plan, Exception::WrongPayee),
        (check.says_paid_in_full, Exception::PaidInFull),
        (check.came_before, Exception::DuplicateCheck),
        (
            check.dated.is_some_and(|day| day < stale_before),
            Exception::StaleDated,
        ),
        (
            check.dated.is_some_and(|day| day > envelope.deposited_on),
            Exception::PostDated,
        ),
    ] {
        if there {
            found.insert(exception);
        }
    }
}

#[cfg(test)]
#[path = "exception_tests.rs"]
mod tests;
