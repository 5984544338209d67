//! The same payment twice by mistake: pointed out before the second one is taken.

use jiff::{SignedDuration, Timestamp};
use kernel::Cents;

use crate::PaymentStatus;

/// How long an equal payment is taken for a possible mistake, unless configured otherwise.
pub const REPEAT_HOURS: u32 = 24;

/// A payment made before for the same account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PreviousPayment {
    /// Its amount.
    pub cents: Cents,
    /// When it was made.
    pub at: Timestamp,
    /// Where it stands.
    pub status: PaymentStatus,
}

/// True if a payment of `cents` now looks like `previous` once more: the same amount within
/// [`REPEAT_HOURS`], unless the earlier one came to nothing. The payer is asked, not refused.
#[must_use]
pub fn is_repeat(previous: &PreviousPayment, cents: Cents, now: Timestamp) -> bool {
    is_repeat_within(previous, cents, now, REPEAT_HOURS)
}

/// As [`is_repeat`], within a configured number of hours.
#[must_use]
pub fn is_repeat_within(
    previous: &PreviousPayment,
    cents: Cents,
    now: Timestamp,
    hours: u32,
) -> bool {
    let age = now.duration_since(previous.at);
    previous.cents == cents
        && previous.status.may_have_paid()
        && age < SignedDuration::from_hours(i64::from(hours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_equal_recent_payment_that_may_have_gone_through_is_a_repeat() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        for (cents, seconds_ago, status, expected) in [
            (8640, 60, PaymentStatus::Succeeded, true),
            (8640, 60, PaymentStatus::Pending, true),
            (8640, 60, PaymentStatus::Confirming, true),
            (8640, 0, PaymentStatus::Sent, true),
            (8640, -5, PaymentStatus::Succeeded, true),
            (8640, 86_399, PaymentStatus::Succeeded, true),
            (8640, 86_400, PaymentStatus::Succeeded, false),
            (8641, 60, PaymentStatus::Succeeded, false),
            (8640, 60, PaymentStatus::Declined, false),
            (8640, 60, PaymentStatus::NotSent, false),
            (8640, 60, PaymentStatus::Returned, false),
            (8640, 60, PaymentStatus::Refunded, false),
            (8640, 60, PaymentStatus::Voided, false),
        ] {
            let previous = PreviousPayment {
                cents: Cents::new(cents),
                at: now - SignedDuration::from_secs(seconds_ago),
                status,
            };
            assert_eq!(
                is_repeat(&previous, Cents::new(8640), now),
                expected,
                "{previous:?}"
            );
        }
    }
}
