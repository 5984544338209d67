//! What a payer and the payment history see of a payment.

use crate::AttemptState;

/// Where a payment stands, in the words pages show. Texts are in the string catalogues.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PaymentStatus {
    /// Being sent to the processor.
    Sent,
    /// The payer must do something first.
    ActionRequired,
    /// A bank debit on its way.
    Pending,
    /// The outcome is not known yet and is being asked for. Do not pay again.
    Confirming,
    /// Taken.
    Succeeded,
    /// Refused by the bank or processor.
    Declined,
    /// Never reached the processor; nothing was taken and trying again is safe.
    NotSent,
    /// Sent back by the bank.
    Returned,
    /// Part was given back.
    PartlyRefunded,
    /// All was given back.
    Refunded,
    /// Stopped before money moved.
    Voided,
    /// Disputed by the cardholder.
    Disputed,
    /// Taken back after a dispute.
    ChargedBack,
}

impl PaymentStatus {
    /// All statuses.
    pub const ALL: [PaymentStatus; 13] = [
        PaymentStatus::Sent,
        PaymentStatus::ActionRequired,
        PaymentStatus::Pending,
        PaymentStatus::Confirming,
        PaymentStatus::Succeeded,
        PaymentStatus::Declined,
        PaymentStatus::NotSent,
        PaymentStatus::Returned,
        PaymentStatus::PartlyRefunded,
        PaymentStatus::Refunded,
        PaymentStatus::Voided,
        PaymentStatus::Disputed,
        PaymentStatus::ChargedBack,
    ];

    /// The name used in tables, string catalogues and files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            PaymentStatus::Sent => "sent",
            PaymentStatus::ActionRequired => "action-required",
            PaymentStatus::Pending => "pending",
            PaymentStatus::Confirming => "confirming",
            PaymentStatus::Succeeded => "succeeded",
            PaymentStatus::Declined => "declined",
            PaymentStatus::NotSent => "not-sent",
            PaymentStatus::Returned => "returned",
            PaymentStatus::PartlyRefunded => "partly-refunded",
            PaymentStatus::Refunded => "refunded",
            PaymentStatus::Voided => "voided",
            PaymentStatus::Disputed => "disputed",
            PaymentStatus::ChargedBack => "charged-back",
        }
    }

    /// The status with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The status of a payment whose latest attempt stands so. A part refund does not show in the
    /// state of the attempt; see [`PaymentStatus::with_refunds`].
    #[must_use]
    pub const fn of(attempt: AttemptState) -> Self {
        match attempt {
            AttemptState::Prepared | AttemptState::Dispatched | AttemptState::Authorized => {
                PaymentStatus::Sent
            }
            AttemptState::ActionRequired => PaymentStatus::ActionRequired,
            AttemptState::Pending => PaymentStatus::Pending,
            AttemptState::Succeeded => PaymentStatus::Succeeded,
            AttemptState::Declined => PaymentStatus::Declined,
            AttemptState::Voided => PaymentStatus::Voided,
            AttemptState::NotSent => PaymentStatus::NotSent,
            AttemptState::Unknown => PaymentStatus::Confirming,
            AttemptState::Returned => PaymentStatus::Returned,
            AttemptState::Refunded => PaymentStatus::Refunded,
            AttemptState::Disputed => PaymentStatus::Disputed,
            AttemptState::ChargedBack => PaymentStatus::ChargedBack,
        }
    }

    /// The same, when part of the money was given back.
    #[must_use]
    pub const fn with_refunds(self, any: bool) -> Self {
        match (self, any) {
            (PaymentStatus::Succeeded, true) => PaymentStatus::PartlyRefunded,
            (status, _) => status,
        }
    }

    /// True if the money was taken, or may yet be: paying the same again would pay twice.
    #[must_use]
    pub const fn may_have_paid(self) -> bool {
        matches!(
            self,
            PaymentStatus::Sent
                | PaymentStatus::ActionRequired
                | PaymentStatus::Pending
                | PaymentStatus::Confirming
                | PaymentStatus::Succeeded
                | PaymentStatus::PartlyRefunded
                | PaymentStatus::Disputed
        )
    }

    /// True if the payer gets a receipt: the money is here, or the bank accepted the debit.
    #[must_use]
    pub const fn has_receipt(self) -> bool {
        !matches!(
            self,
            PaymentStatus::Sent
                | PaymentStatus::ActionRequired
                | PaymentStatus::Confirming
                | PaymentStatus::Declined
                | PaymentStatus::NotSent
                | PaymentStatus::Voided
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_as_the_same_status() {
        for status in PaymentStatus::ALL {
            assert_eq!(PaymentStatus::from_code(status.code()), Some(status));
        }
        assert_eq!(PaymentStatus::from_code("paid"), None);
    }

    #[test]
    fn an_attempt_that_is_live_makes_a_payment_that_must_not_be_repeated() {
        for state in AttemptState::ALL {
            let status = PaymentStatus::of(state);
            if state.is_live() || state.counts_as_received() {
                assert!(status.may_have_paid(), "{state:?}");
            }
            if state.counts_as_received() {
                assert!(status.has_receipt(), "{state:?}");
            }
        }
    }

    #[test]
    fn part_refunds_show_only_on_a_payment_that_succeeded() {
        use PaymentStatus as P;
        for (status, any, expected) in [
            (P::Succeeded, true, P::PartlyRefunded),
            (P::Succeeded, false, P::Succeeded),
            (P::Returned, true, P::Returned),
            (P::Refunded, true, P::Refunded),
        ] {
            assert_eq!(status.with_refunds(any), expected);
        }
    }
}
