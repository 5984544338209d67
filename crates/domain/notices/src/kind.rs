//! The kinds of notices.

use kernel::Language;

/// What a person can choose a way of delivery for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DocumentType {
    /// Invoices.
    Invoices,
    /// What happens with the account: drafts, failed payments, changes.
    Notices,
    /// Tax and plan letters: the payment summary of a year, letters about the plan.
    Letters,
}

impl DocumentType {
    /// All of them, in the order pages show them.
    pub const ALL: [DocumentType; 3] = [
        DocumentType::Invoices,
        DocumentType::Notices,
        DocumentType::Letters,
    ];

    /// The name in tables and in the plan file.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            DocumentType::Invoices => "invoices",
            DocumentType::Notices => "notices",
            DocumentType::Letters => "letters",
        }
    }

    /// The type with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.code() == code)
    }
}

/// What decides how a notice of some kind may be delivered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Weight {
    /// Protects the sign-in, or is asked for on a page: always by e-mail, whatever was chosen.
    SignIn,
    /// A receipt, or what became of a payment: by e-mail to the address that the payer typed.
    Payer,
    /// As the person chose for documents of this type.
    Chosen(DocumentType),
    /// A courtesy that no law asks for: by e-mail to those who chose e-mail, and never on paper.
    /// Can be turned off with one click (RFC 8058).
    Courtesy(DocumentType),
    /// On paper and by e-mail: a change in how documents come is confirmed both ways.
    BothWays,
    /// On paper, because e-mail does not arrive.
    OnPaper,
}

macro_rules! kinds {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident = $code:literal, $weight:expr, [$($fact:literal)*];
    )+) => {
        /// A kind of notice.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum NoticeKind { $($(#[doc = $doc])+ $name,)+ }

        impl NoticeKind {
            /// All kinds.
            pub const ALL: &[NoticeKind] = &[$(NoticeKind::$name),+];

            /// The name in tables, and of the files with its words.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(NoticeKind::$name => $code,)+ }
            }

            /// What it tells, as a sentence.
            #[must_use]
            pub(crate) fn tells(self) -> &'static str {
                match self { $(NoticeKind::$name => concat!($($doc),+).trim(),)+ }
            }

            /// What decides how it is delivered, where no fact of the single notice makes it
            /// lighter; see [`NoticeKind::weight_with`].
            #[must_use]
            pub const fn weight(self) -> Weight {
                use DocumentType::*;
                use Weight::*;
                // Not every macro line needs both.
                const _: (Weight, DocumentType) = (BothWays, Letters);
                match self { $(NoticeKind::$name => $weight,)+ }
            }

            /// The facts that its words may name, besides the name, phone and address of the plan.
            /// None names a plan line, a dependent, or more of the member ID than its last four
            /// digits.
            #[must_use]
            pub const fn facts(self) -> &'static [&'static str] {
                match self { $(NoticeKind::$name => &[$($fact),*],)+ }
            }
        }
    };
}

kinds! {
    /// A payment was taken: the receipt.
    PaymentReceived = "payment-received", Payer,
        ["cents" "on" "confirmation" "tender" "last_four" "bank_name" "member_last_four"];
    /// A bank debit was accepted: the receipt, which says that the bank may still return it.
    PaymentPending = "payment-pending", Payer,
        ["cents" "on" "confirmation" "tender" "last_four" "bank_name" "member_last_four"];
    /// A payment whose outcome was being asked for did not go through.
    PaymentNotTaken = "payment-not-taken", Payer,
        ["cents" "on" "confirmation" "tender" "last_four" "bank_name" "member_last_four"];
    /// The bank returned a payment.
    PaymentReturned = "payment-returned", Payer,
        ["cents" "on" "confirmation" "tender" "last_four" "bank_name" "member_last_four"];
    /// A new invoice can be read.
    InvoiceReady = "invoice-ready", Chosen(Invoices), ["month" "due_on"];
    /// An invoice is due in a few days and nothing is on its way to pay it.
    DueSoon = "due-soon", Courtesy(Notices), ["due_on"];
    /// A draft is coming.
    DraftComing = "draft-coming", Chosen(Notices),
        ["cents" "debit_on" "tender" "last_four" "stop_by" "differs"];
    /// A draft failed.
    DraftFailed = "draft-failed", Chosen(Notices),
        ["cents" "tender" "last_four" "reason" "next_try_on" "pay_by"];
    /// There is no draft this month, and why.
    AutopayNotDrafting = "autopay-not-drafting", Chosen(Notices),
        ["month" "reason" "due_on" "pay_by"];
    /// Autopay ended by itself.
    AutopayEnded = "autopay-ended", Chosen(Notices), ["reason" "last_day" "set_up_at"];
    /// Autopay was set up.
    MandateSetUp = "mandate-set-up", Chosen(Notices),
        ["tender" "last_four" "draft_day" "first_month"];
    /// Autopay was changed.
    MandateChanged = "mandate-changed", Chosen(Notices),
        ["tender" "last_four" "draft_day" "first_month"];
    /// A month of autopay was skipped.
    MandateSkipped = "mandate-skipped", Chosen(Notices), ["month"];
    /// Autopay was stopped.
    MandateStopped = "mandate-stopped", Chosen(Notices), ["last_draft"];
    /// The card of a saved method expires.
    MethodExpiring = "method-expiring", Chosen(Notices), ["tender" "last_four" "expires"];
    /// A payment method was saved.
    MethodAdded = "method-added", Chosen(Notices), ["tender" "last_four"];
    /// A payment method was removed.
    MethodRemoved = "method-removed", Chosen(Notices), ["tender" "last_four"];
    /// A payment method cannot be used any more.
    MethodDisabled = "method-disabled", Chosen(Notices), ["tender" "last_four" "reason"];
    /// A one-time code that proves an address.
    OneTimeCode = "one-time-code", SignIn, ["code" "minutes"];
    /// A one-time code as the second factor of a sign-in.
    SignInCode = "sign-in-code", SignIn, ["code" "minutes"];
    /// A one-time code for choosing a new password.
    PasswordResetCode = "password-reset-code", SignIn, ["code" "minutes"];
    /// The user ID, for who forgot it.
    UserIdReminder = "user-id-reminder", SignIn, ["user_id"];
    /// Somebody tried to register a member who is registered.
    AlreadyRegistered = "already-registered", SignIn, [];
    /// A sign-in from a browser not seen before.
    NewSignIn = "new-sign-in", SignIn, ["at" "browser"];
    /// Too many wrong passwords: the sign-in waits.
    SignInLocked = "sign-in-locked", SignIn, ["at"];
    /// The password was changed.
    PasswordChanged = "password-changed", SignIn, ["at"];
    /// The e-mail address of the sign-in was changed; to the old address and to the new one.
    EmailChanged = "email-changed", SignIn, ["at"];
    /// A second factor was added.
    FactorAdded = "factor-added", SignIn, ["factor" "at"];
    /// A second factor was removed.
    FactorRemoved = "factor-removed", SignIn, ["factor" "at"];
    /// A recovery code was used.
    RecoveryCodeUsed = "recovery-code-used", SignIn, ["left"];
    /// A member wants to give somebody rights: to the address that the member typed.
    DelegateInvited = "delegate-invited", SignIn, ["inviter_first_name" "link" "days"];
    /// Somebody has rights now.
    DelegateAdded = "delegate-added", Chosen(Notices), ["rights"];
    /// Somebody has no rights any more.
    DelegateRemoved = "delegate-removed", Chosen(Notices), [];
    /// The way in which documents come was changed.
    DeliveryChanged = "delivery-changed", BothWays, ["document_type" "choice"];
    /// E-mail comes back, so documents come on paper.
    EmailBounced = "email-bounced", OnPaper, [];
    /// A member ID card was ordered.
    IdCardRequested = "id-card-requested", Chosen(Notices), [];
    /// A member ID card is in the mail.
    IdCardSent = "id-card-sent", Chosen(Notices), [];
}

impl NoticeKind {
    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.code() == code)
    }

    /// What decides how it is delivered. A draft of the same amount on the same day as the last is
    /// told as a courtesy; one that differs must be told in writing ten days ahead (Regulation E,
    /// 12 CFR 1005.10(d)).
    #[must_use]
    pub const fn weight_with(self, differs: bool) -> Weight {
        match self {
            NoticeKind::DraftComing if !differs => Weight::Courtesy(DocumentType::Notices),
            _ => self.weight(),
        }
    }

    /// True if its facts are forgotten as soon as it was handed over, and do not stand in the copy
    /// that is kept: it holds what opens an account.
    #[must_use]
    pub const fn holds_a_secret(self) -> bool {
        matches!(
            self,
            NoticeKind::OneTimeCode
                | NoticeKind::SignInCode
                | NoticeKind::PasswordResetCode
                | NoticeKind::DelegateInvited
        )
    }

    /// True if it is of no use after the `minutes` among its facts: a code that has expired only
    /// confuses.
    #[must_use]
    pub const fn expires(self) -> bool {
        matches!(
            self,
            NoticeKind::OneTimeCode | NoticeKind::SignInCode | NoticeKind::PasswordResetCode
        )
    }
}

/// The language of a notice: the one the page was in when somebody asked for it, else the one the
/// member reads, else English.
#[must_use]
pub fn reading_language(page: Option<Language>, member: Option<Language>) -> Language {
    page.or(member).unwrap_or_default()
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
            assert_eq!(NoticeKind::from_code(kind.code()), Some(*kind));
        }
        assert_eq!(NoticeKind::from_code("spam"), None);
        for document in DocumentType::ALL {
            assert_eq!(DocumentType::from_code(document.code()), Some(document));
        }
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
            if kind.weight() == Weight::Payer {
                for fact in ["due_on", "month", "pay_by", "user_id", "rights"] {
                    assert!(!kind.facts().contains(&fact), "{kind:?} tells {fact}");
                }
            }
        }
    }

    /// Receipts say what was paid (the payer asked for it and cannot sign in as a guest), and a
    /// notice of a draft what will be or was to be taken (12 CFR 1005.10(d)). Everything else says
    /// no amount: what is due stands behind the sign-in.
    #[test]
    fn only_receipts_and_drafts_tell_an_amount() {
        let telling: Vec<&str> = NoticeKind::ALL
            .iter()
            .filter(|kind| kind.facts().contains(&"cents"))
            .map(|kind| kind.code())
            .collect();
        let expected = [
            "payment-received",
            "payment-pending",
            "payment-not-taken",
            "payment-returned",
            "draft-coming",
            "draft-failed",
        ];
        assert_eq!(telling, expected);
    }

    #[test]
    fn what_carries_a_code_is_forgotten_and_no_other() {
        for kind in NoticeKind::ALL {
            assert_eq!(
                kind.facts()
                    .iter()
                    .any(|fact| ["code", "link"].contains(fact)),
                kind.holds_a_secret(),
                "{kind:?}"
            );
            assert!(!kind.expires() || kind.facts().contains(&"minutes"));
        }
    }

    #[test]
    fn only_a_draft_like_the_last_is_a_courtesy() {
        for kind in NoticeKind::ALL {
            let light = matches!(kind.weight_with(false), Weight::Courtesy(_));
            let heavy = matches!(kind.weight_with(true), Weight::Courtesy(_));
            let expected = match kind {
                NoticeKind::DueSoon => (true, true),
                NoticeKind::DraftComing => (true, false),
                _ => (false, false),
            };
            assert_eq!((light, heavy), expected, "{kind:?}");
        }
    }

    #[test]
    fn the_language_of_the_page_comes_before_that_of_the_member() {
        let (en, es) = (Language::English, Language::Spanish);
        assert_eq!(reading_language(Some(en), Some(es)), en);
        assert_eq!(reading_language(None, Some(es)), es);
        assert_eq!(reading_language(None, None), en);
    }
}
