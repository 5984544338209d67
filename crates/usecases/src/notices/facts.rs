//! What the words of each kind of notice name. A field here is a fact that
//! [`notices::NoticeKind::facts`] lists; a test compares them.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{BillingMonth, Cents, Tender};
use serde_json::{Value, json};

use crate::mail::PaymentFacts;

/// A fact in the form that templates read.
trait Fact {
    fn json(&self) -> Value;
}

impl Fact for Cents {
    fn json(&self) -> Value {
        json!(self.get())
    }
}

impl Fact for Tender {
    fn json(&self) -> Value {
        json!(self.code())
    }
}

macro_rules! written_out {
    ($($type:ty),+) => {$(
        impl Fact for $type {
            fn json(&self) -> Value {
                json!(self.to_string())
            }
        }
    )+};
}

written_out!(BillingMonth, Date, Timestamp, String);

macro_rules! as_it_is {
    ($($type:ty),+) => {$(
        impl Fact for $type {
            fn json(&self) -> Value {
                json!(self)
            }
        }
    )+};
}

as_it_is!(bool, u8, u32, Vec<String>);

impl<F: Fact> Fact for Option<F> {
    fn json(&self) -> Value {
        self.as_ref().map_or(Value::Null, Fact::json)
    }
}

macro_rules! facts {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$field_doc:meta])+ $field:ident: $type:ty,)* })+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_doc])+ pub $field: $type,)*
        }

        impl $name {
            /// The facts as a [`super::Notice`] carries them.
            #[must_use]
            pub fn value(&self) -> Value {
                json!({ $(stringify!($field): Fact::json(&self.$field)),* })
            }
        }
    )+};
}

facts! {
    /// Of `invoice-ready`.
    InvoiceReady {
        /// The month it is for.
        month: BillingMonth,
        /// The due date.
        due_on: Date,
    }
    /// Of `due-soon`.
    DueSoon {
        /// The due date.
        due_on: Date,
    }
    /// Of `draft-coming`.
    DraftComing {
        /// How much will be drafted.
        cents: Cents,
        /// The day the bank or card is debited.
        debit_on: Date,
        /// With what.
        tender: Tender,
        /// Of the card or account.
        last_four: String,
        /// The last day on which the member can stop it.
        stop_by: Date,
        /// True if amount or day differs from the last draft, so that Regulation E asks for this
        /// notice.
        differs: bool,
    }
    /// Of `draft-failed`.
    DraftFailed {
        /// How much was to be drafted.
        cents: Cents,
        /// With what.
        tender: Tender,
        /// Of the card or account.
        last_four: String,
        /// Why, as a code of `mail/templates/*/words.txt`.
        reason: String,
        /// When it is tried again, if it is.
        next_try_on: Option<Date>,
        /// The last day on which paying another way is in time.
        pay_by: Date,
    }
    /// Of `autopay-not-drafting`.
    AutopayNotDrafting {
        /// The month without a draft.
        month: BillingMonth,
        /// Why, as a code of `mail/templates/*/words.txt`.
        reason: String,
        /// The due date, if there is an invoice.
        due_on: Option<Date>,
        /// The last day on which paying another way is in time, if anything is due.
        pay_by: Option<Date>,
    }
    /// Of `autopay-ended`.
    AutopayEnded {
        /// Why, as a code of `mail/templates/*/words.txt`.
        reason: String,
        /// The last day for which it would have paid, if known.
        last_day: Option<Date>,
        /// Where it is set up for another account of the member, if there is one.
        set_up_at: Option<String>,
    }
    /// Of `mandate-set-up` and `mandate-changed`.
    Mandate {
        /// With what is paid.
        tender: Tender,
        /// Of the card or account.
        last_four: String,
        /// The day of the month, 1 to 28; 0 for the due date.
        draft_day: u8,
        /// The first month it pays.
        first_month: BillingMonth,
    }
    /// Of `mandate-skipped`.
    MandateSkipped {
        /// The month left out.
        month: BillingMonth,
    }
    /// Of `mandate-stopped`.
    MandateStopped {
        /// The day of a draft that cannot be called back any more, if there is one.
        last_draft: Option<Date>,
    }
    /// Of `method-expiring`.
    MethodExpiring {
        /// The card's brand.
        tender: Tender,
        /// Of the card.
        last_four: String,
        /// The last month in which it works.
        expires: BillingMonth,
    }
    /// Of `method-added` and `method-removed`.
    Method {
        /// What kind.
        tender: Tender,
        /// Of the card or account.
        last_four: String,
    }
    /// Of `method-disabled`.
    MethodDisabled {
        /// What kind.
        tender: Tender,
        /// Of the card or account.
        last_four: String,
        /// Why, as a code of `mail/templates/*/words.txt`.
        reason: String,
    }
    /// Of `one-time-code`, `sign-in-code` and `password-reset-code`.
    Code {
        /// The code.
        code: String,
        /// For how many minutes it is good.
        minutes: u8,
    }
    /// Of `user-id-reminder`.
    UserIdReminder {
        /// The user ID as it was chosen.
        user_id: String,
    }
    /// Of `new-sign-in`.
    NewSignIn {
        /// When.
        at: Timestamp,
        /// The kind of browser: "Firefox on Windows".
        browser: String,
    }
    /// Of `password-changed`, `email-changed` and `sign-in-locked`.
    At {
        /// When.
        at: Timestamp,
    }
    /// Of `factor-added` and `factor-removed`.
    Factor {
        /// The code of its kind: `passkey`, `authenticator`, `email`, `recovery-codes`.
        factor: String,
        /// When.
        at: Timestamp,
    }
    /// Of `recovery-code-used`.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
    }
    /// Of `delegate-invited`.
    DelegateInvited {
        /// Who invites: a first name and no more.
        inviter_first_name: String,
        /// The page to accept on. It holds a secret and nothing about anybody.
        link: String,
        /// For how many days it is good.
        days: u32,
    }
    /// Of `delegate-added`.
    DelegateAdded {
        /// The codes of the rights given: `view`, `pay`, `manage`.
        rights: Vec<String>,
    }
    /// Of `delivery-changed`.
    DeliveryChanged {
        /// The code of the type of document, or `all` where paperless was agreed to or withdrawn.
        document_type: String,
        /// The code of the choice.
        choice: String,
    }
}

/// Of `already-registered`, `delegate-removed`, `email-bounced`, `id-card-requested` and
/// `id-card-sent`: there are none.
#[must_use]
pub fn none() -> Value {
    json!({})
}

impl PaymentFacts {
    /// The facts as a [`super::Notice`] carries them.
    #[must_use]
    pub fn value(&self) -> Value {
        json!({
            "cents": self.cents,
            "on": self.on,
            "confirmation": self.confirmation,
            "tender": self.tender,
            "last_four": self.last_four,
            "bank_name": self.bank_name,
            "member_last_four": self.member_last_four,
        })
    }
}
