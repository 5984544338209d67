//! Giving a payment back: where a refund stands, who may release it, and from when.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{Cents, Tender};

/// Where a refund stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RefundStatus {
    /// Asked for; a second person decides. No money moved.
    Asked,
    /// The second person said no, or who asked took it back. No money moved.
    Refused,
    /// Off the account, and about to be sent to the processor.
    Released,
    /// Sent, without an answer.
    Unknown,
    /// The processor has taken it up.
    Pending,
    /// The money went back the way it came.
    Done,
    /// A check is owed for it.
    OwedByCheck,
    /// The processor did not do it: a person says what happens instead.
    Failed,
    /// It was not done, and the money is the account's again.
    Undone,
}

impl RefundStatus {
    /// All of them.
    pub const ALL: [RefundStatus; 9] = [
        RefundStatus::Asked,
        RefundStatus::Refused,
        RefundStatus::Released,
        RefundStatus::Unknown,
        RefundStatus::Pending,
        RefundStatus::Done,
        RefundStatus::OwedByCheck,
        RefundStatus::Failed,
        RefundStatus::Undone,
    ];

    /// The name used in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            RefundStatus::Asked => "asked",
            RefundStatus::Refused => "refused",
            RefundStatus::Released => "released",
            RefundStatus::Unknown => "unknown",
            RefundStatus::Pending => "pending",
            RefundStatus::Done => "done",
            RefundStatus::OwedByCheck => "owed-by-check",
            RefundStatus::Failed => "failed",
            RefundStatus::Undone => "undone",
        }
    }

    /// The status with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// True if nothing more happens to it by itself or by a person here.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            RefundStatus::Refused
                | RefundStatus::Done
                | RefundStatus::OwedByCheck
                | RefundStatus::Undone
        )
    }
}

/// True if `cents` are more than one person may give back or give up alone.
#[must_use]
pub fn needs_second_person(cents: Cents, limit: Cents) -> bool {
    cents > limit
}

/// The first day on which money that came in on `came` may be given back: the bank may take back a
/// debit or a check until it is likely paid for good. `bank_days` and `check_days` are calendar
/// days from the plan file.
#[must_use]
pub fn refundable_from(tender: Tender, came: Date, bank_days: u16, check_days: u16) -> Date {
    let days = match tender {
        Tender::BankAccount => bank_days,
        Tender::Check => check_days,
        Tender::Visa | Tender::Mastercard | Tender::Discover | Tender::BenefitDeduction => 0,
    };
    came.saturating_add(i32::from(days).days())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_status_has_a_code_of_its_own() {
        for status in RefundStatus::ALL {
            assert_eq!(RefundStatus::from_code(status.code()), Some(status));
        }
    }

    #[test]
    fn one_person_goes_as_far_as_the_limit() {
        for (cents, limit, second) in [(99, 100, false), (100, 100, false), (101, 100, true)] {
            let needed = needs_second_person(Cents::new(cents), Cents::new(limit));
            assert_eq!(needed, second, "{cents} of {limit}");
        }
        assert!(needs_second_person(Cents::new(1), Cents::ZERO));
    }

    #[test]
    fn money_that_a_bank_may_take_back_waits() {
        let came = date(2026, 12, 28);
        for (tender, from) in [
            (Tender::Visa, came),
            (Tender::BenefitDeduction, came),
            (Tender::BankAccount, date(2027, 1, 2)),
            (Tender::Check, date(2027, 1, 7)),
        ] {
            assert_eq!(refundable_from(tender, came, 5, 10), from, "{tender:?}");
        }
    }
}
