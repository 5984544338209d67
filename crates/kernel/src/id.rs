//! One type for each kind of id, so that an invoice id cannot be handed over as a payment id.

use std::fmt;

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// From the stored value.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// A time-ordered id (UUID version 7, RFC 9562 section 5.7) from the milliseconds
            /// since 1970 and ten random bytes, both of which the caller supplies.
            #[must_use]
            pub fn from_parts(unix_millis: u64, random: [u8; 10]) -> Self {
                Self(uuid_v7(unix_millis, random))
            }

            /// The stored value.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// Reads the hyphenated form.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

ids! {
    /// A subscriber's premium account in one plan line.
    AccountId,
    /// A person: subscriber or dependent.
    PersonId,
    /// A coverage segment with dates and rate.
    CoverageId,
    /// An invoice.
    InvoiceId,
    /// A payment.
    PaymentId,
    /// One attempt to carry a payment out at a processor or bank. It is also the idempotency key.
    AttemptId,
    /// An application of money to an invoice.
    ApplicationId,
    /// A journal transaction of the ledger.
    JournalId,
    /// An audit event.
    AuditId,
    /// A message waiting to be sent.
    OutboxId,
    /// A stored document.
    DocumentId,
    /// A half-finished form: guest payment, registration.
    ErrandId,
    /// A sign-in identity of a member or of staff.
    LoginId,
    /// A browser session.
    SessionId,
    /// A webhook received.
    WebhookId,
    /// A saved payment method.
    MethodId,
    /// A standing permission to draft.
    MandateId,
    /// An agreement that a person gave, with its evidence.
    ConsentId,
    /// A notice to a person, as it was sent.
    NoticeId,
    /// Rights that a member gave to another person.
    DelegationId,
    /// A second factor of a sign-in.
    FactorId,
    /// A member of staff.
    StaffId,
    /// A request for a member ID card.
    CardRequestId,
    /// A refund of a payment.
    RefundId,
    /// Premium that is given up.
    WriteOffId,
    /// A drawer of checks at a center.
    DrawerId,
    /// An image of one side of a check.
    CheckImageId,
}

fn uuid_v7(unix_millis: u64, random: [u8; 10]) -> Uuid {
    let t = unix_millis.to_be_bytes();
    let r = random;
    Uuid::from_bytes([
        t[2],
        t[3],
        t[4],
        t[5],
        t[6],
        t[7],
        0x70 | (r[0] & 0x0F),
        r[1],
        0x80 | (r[2] & 0x3F),
        r[3],
        r[4],
        r[5],
        r[6],
        r[7],
        r[8],
        r[9],
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_say_version_7() {
        let early = PaymentId::from_parts(1_700_000_000_000, [0xFF; 10]);
        let late = PaymentId::from_parts(1_700_000_000_001, [0; 10]);
        assert!(early < late);
        assert_eq!(early.uuid().get_version_num(), 7);
        assert_eq!(PaymentId::parse(&early.to_string()), Some(early));
    }
}
