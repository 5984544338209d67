//! The kinds of notices.

/// To whom a notice goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Recipient {
    /// Whoever paid: the address typed with the payment. Not the member, if a guest paid.
    Payer,
    /// The subscriber, at the contact on file.
    Subscriber,
    /// Whoever signs in, at the address of the sign-in. Where an address was changed, the old one
    /// too.
    Login,
    /// The address that is to be proved, such as one typed on registration.
    AddressToProve,
}

/// A fact that the text of a notice may name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fact {
    /// The amount of a payment.
    Amount,
    /// The confirmation number.
    ConfirmationNumber,
    /// The day a payment counts from.
    PaidOn,
    /// Card brand or bank, with the last four digits.
    TenderLastFour,
    /// The due date.
    DueOn,
    /// The billing month.
    BillingMonth,
    /// The code.
    Code,
    /// How long a code or link holds, in minutes.
    HoldsMinutes,
    /// A link into the portal, without anything about the member in it.
    Link,
    /// When it happened.
    At,
    /// The kind of browser.
    Browser,
    /// The telephone number to call.
    CallUs,
}

impl Fact {
    /// The name of the placeholder in the catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Fact::Amount => "amount",
            Fact::ConfirmationNumber => "confirmation_number",
            Fact::PaidOn => "paid_on",
            Fact::TenderLastFour => "tender_last_four",
            Fact::DueOn => "due_on",
            Fact::BillingMonth => "billing_month",
            Fact::Code => "code",
            Fact::HoldsMinutes => "holds_minutes",
            Fact::Link => "link",
            Fact::At => "at",
            Fact::Browser => "browser",
            Fact::CallUs => "call_us",
        }
    }
}

/// A kind of notice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NoticeKind {
    /// A payment was taken: the receipt.
    PaymentReceived,
    /// A bank debit was accepted: the receipt, which says that the bank may still return it.
    PaymentPending,
    /// A payment whose outcome was being asked for did not go through.
    PaymentNotTaken,
    /// The bank returned a payment.
    PaymentReturned,
    /// A payment was refunded.
    PaymentRefunded,
    /// A new invoice can be read.
    InvoiceReady,
    /// A one-time code.
    OneTimeCode,
    /// Somebody registered for the member.
    Registered,
    /// A sign-in from a browser not seen before.
    NewSignIn,
    /// The password was changed.
    PasswordChanged,
    /// A link for setting a new password.
    PasswordReset,
    /// The e-mail address of the sign-in was changed.
    EmailChanged,
    /// Too many wrong passwords: the sign-in waits.
    SignInLocked,
}

impl NoticeKind {
    /// All kinds.
    pub const ALL: [NoticeKind; 13] = [
        NoticeKind::PaymentReceived,
        NoticeKind::PaymentPending,
        NoticeKind::PaymentNotTaken,
        NoticeKind::PaymentReturned,
        NoticeKind::PaymentRefunded,
        NoticeKind::InvoiceReady,
        NoticeKind::OneTimeCode,
        NoticeKind::Registered,
        NoticeKind::NewSignIn,
        NoticeKind::PasswordChanged,
        NoticeKind::PasswordReset,
        NoticeKind::EmailChanged,
        NoticeKind::SignInLocked,
    ];

    /// The name used in tables, and in the catalogues before `.subject` and `.body`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            NoticeKind::PaymentReceived => "payment-received",
            NoticeKind::PaymentPending => "payment-pending",
            NoticeKind::PaymentNotTaken => "payment-not-taken",
            NoticeKind::PaymentReturned => "payment-returned",
            NoticeKind::PaymentRefunded => "payment-refunded",
            NoticeKind::InvoiceReady => "invoice-ready",
            NoticeKind::OneTimeCode => "one-time-code",
            NoticeKind::Registered => "registered",
            NoticeKind::NewSignIn => "new-sign-in",
            NoticeKind::PasswordChanged => "password-changed",
            NoticeKind::PasswordReset => "password-reset",
            NoticeKind::EmailChanged => "email-changed",
            NoticeKind::SignInLocked => "sign-in-locked",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }

    /// To whom it goes.
    #[must_use]
    pub const fn recipient(self) -> Recipient {
        match self {
            NoticeKind::PaymentReceived
            | NoticeKind::PaymentPending
            | NoticeKind::PaymentNotTaken
            | NoticeKind::PaymentReturned
            | NoticeKind::PaymentRefunded => Recipient::Payer,
            NoticeKind::InvoiceReady => Recipient::Subscriber,
            NoticeKind::OneTimeCode => Recipient::AddressToProve,
            NoticeKind::Registered
            | NoticeKind::NewSignIn
            | NoticeKind::PasswordChanged
            | NoticeKind::PasswordReset
            | NoticeKind::EmailChanged
            | NoticeKind::SignInLocked => Recipient::Login,
        }
    }

    /// The facts its text may name, besides the name of the plan. No notice names a plan line, a
    /// dependent, or more of the member ID than its last four digits.
    #[must_use]
    pub const fn facts(self) -> &'static [Fact] {
        match self {
            NoticeKind::PaymentReceived | NoticeKind::PaymentPending => &[
                Fact::Amount,
                Fact::ConfirmationNumber,
                Fact::PaidOn,
                Fact::TenderLastFour,
                Fact::CallUs,
            ],
            NoticeKind::PaymentNotTaken
            | NoticeKind::PaymentReturned
            | NoticeKind::PaymentRefunded => &[
                Fact::Amount,
                Fact::ConfirmationNumber,
                Fact::TenderLastFour,
                Fact::CallUs,
            ],
            // What is due is behind the sign-in.
            NoticeKind::InvoiceReady => &[Fact::BillingMonth, Fact::DueOn, Fact::Link],
            NoticeKind::OneTimeCode => &[Fact::Code, Fact::HoldsMinutes],
            NoticeKind::PasswordReset => &[Fact::Link, Fact::HoldsMinutes],
            NoticeKind::NewSignIn => &[Fact::At, Fact::Browser, Fact::CallUs],
            NoticeKind::Registered
            | NoticeKind::PasswordChanged
            | NoticeKind::EmailChanged
            | NoticeKind::SignInLocked => &[Fact::At, Fact::CallUs],
        }
    }

    /// True for a notice that protects the sign-in. It goes out whatever was consented to and
    /// cannot be turned off.
    #[must_use]
    pub const fn protects_the_sign_in(self) -> bool {
        matches!(
            self.recipient(),
            Recipient::Login | Recipient::AddressToProve
        )
    }
}

/// True if a subject line tells nothing: no amount, no number, no placeholder, and none of
/// `telling` words, such as the names of plan lines. Two digits in a row or a currency sign are
/// telling.
#[must_use]
pub fn is_discreet(subject: &str, telling: &[&str]) -> bool {
    let folded = subject.to_lowercase();
    let two_digits = folded
        .as_bytes()
        .windows(2)
        .any(|pair| pair.iter().all(u8::is_ascii_digit));
    !two_digits
        && !folded.contains(['$', '{', '}', '\r', '\n'])
        && telling
            .iter()
            .filter(|word| !word.is_empty())
            .all(|word| !folded.contains(&word.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_as_the_same_kind() {
        for kind in NoticeKind::ALL {
            assert_eq!(NoticeKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(NoticeKind::from_code("spam"), None);
    }

    #[test]
    fn a_subject_line_tells_nothing() {
        let telling = ["Medicare", "SOLO", "premium"];
        for (subject, expected) in [
            ("Your receipt", true),
            ("A new document is ready", true),
            ("Su recibo", true),
            ("Your payment of $86.40", false),
            ("Your payment of 86 dollars", false),
            ("Invoice for {month}", false),
            ("Your Medicare invoice", false),
            ("Your PREMIUM is due", false),
            ("Your code is 123456", false),
            ("Receipt\r\nBcc: everyone@example.com", false),
        ] {
            assert_eq!(is_discreet(subject, &telling), expected, "{subject}");
        }
    }

    #[test]
    fn a_payer_is_told_of_the_payment_and_nothing_of_the_member() {
        for kind in NoticeKind::ALL {
            if kind.recipient() == Recipient::Payer {
                for fact in [Fact::DueOn, Fact::BillingMonth, Fact::Link] {
                    assert!(!kind.facts().contains(&fact), "{kind:?} tells {fact:?}");
                }
            } else {
                assert!(!kind.facts().contains(&Fact::Amount), "{kind:?}");
            }
        }
    }

    #[test]
    fn only_the_code_notice_carries_a_code() {
        let with_code: Vec<_> = NoticeKind::ALL
            .into_iter()
            .filter(|k| k.facts().contains(&Fact::Code))
            .collect();
        assert_eq!(with_code, [NoticeKind::OneTimeCode]);
    }
}
