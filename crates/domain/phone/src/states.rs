//! What the dialog asks for, and where it stands.

use jiff::civil::Date;
use kernel::{BankAccountNumber, Cents, MemberId, RoutingNumber, Secret, Zip};
use payments::ConfirmationNumber;

use crate::{Ending, Prompt};

/// What is keyed in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum GatherKind {
    /// One key of a menu.
    Choice,
    /// The member ID.
    MemberId,
    /// A date of birth, `MMDDYYYY`.
    BirthDate,
    /// A ZIP code.
    Zip,
    /// An amount in cents.
    Amount,
    /// A routing number.
    Routing,
    /// A bank account number.
    AccountNumber,
}

impl GatherKind {
    /// The fewest and the most digits.
    #[must_use]
    pub const fn digits(self) -> (u8, u8) {
        match self {
            GatherKind::Choice => (1, 1),
            GatherKind::MemberId => (11, 11),
            GatherKind::BirthDate => (8, 8),
            GatherKind::Zip => (5, 5),
            GatherKind::Amount => (1, 9),
            GatherKind::Routing => (9, 9),
            GatherKind::AccountNumber => (4, 17),
        }
    }

    /// True if the digits must not be seen in any log, trace or recording.
    #[must_use]
    pub const fn is_sensitive(self) -> bool {
        !matches!(self, GatherKind::Choice | GatherKind::Amount)
    }
}

/// Digits to collect. `#` finishes an entry early; `*` alone repeats the question, `0` alone asks
/// for a person.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Gather {
    /// What for.
    pub kind: GatherKind,
    /// How many seconds of silence end it.
    pub silence_seconds: u16,
}

/// A kind of bank account.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BankKind {
    /// Checking.
    Checking,
    /// Savings.
    Savings,
}

/// What a payment is made with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PayWith {
    /// The saved method.
    Saved,
    /// A bank account that was keyed in.
    Bank {
        /// Its bank.
        routing: RoutingNumber,
        /// Its number.
        number: BankAccountNumber,
        /// Its kind.
        kind: BankKind,
    },
    /// A card that the processor has.
    Card {
        /// The processor's token.
        token: Secret,
        /// The last four digits.
        last_four: String,
    },
}

/// A payment the caller confirmed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PayRequest {
    /// Which payment of the call: 1, 2, … With the call's id it is the idempotency key.
    pub sequence: u8,
    /// How much.
    pub cents: Cents,
    /// With what.
    pub with: PayWith,
}

/// What to carry out after everything was said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Collect keys.
    Gather(Gather),
    /// Find out who it is.
    LookUp {
        /// The member ID.
        member_id: MemberId,
        /// The date of birth.
        birth_date: Date,
        /// The ZIP code.
        zip: Zip,
    },
    /// Have the processor take a card, without charging it and without its digits coming here.
    CaptureCard,
    /// Take a payment. Never asked for without a review that the caller confirmed.
    TakePayment(PayRequest),
    /// Nothing: an answer is outstanding.
    Wait,
    /// Put through to a person.
    Transfer,
    /// Hang up.
    HangUp,
}

/// What to say and then to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Turn {
    /// What to say first.
    pub say: Vec<Prompt>,
    /// What to do then.
    pub step: Step,
}

/// Where a call stands.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum State {
    Language,
    MemberId,
    BirthDate(MemberId),
    Zip(MemberId, Date),
    LookingUp,
    Menu,
    Amount,
    OtherAmount,
    Repeated(Cents),
    Method(Cents),
    Routing(Cents),
    AccountNumber(Cents, RoutingNumber),
    AccountKind(Cents, RoutingNumber, BankAccountNumber),
    Capturing(Cents),
    Review(Cents, PayWith),
    Paying(Cents),
    Confirmed(ConfirmationNumber),
    Ended(Ending),
}

impl State {
    /// What it collects, or `None` while an answer of the machinery is outstanding.
    pub(crate) const fn gathers(&self) -> Option<GatherKind> {
        match self {
            State::Language
            | State::Menu
            | State::Amount
            | State::Repeated(_)
            | State::Method(_)
            | State::AccountKind(..)
            | State::Review(..)
            | State::Confirmed(_) => Some(GatherKind::Choice),
            State::MemberId => Some(GatherKind::MemberId),
            State::BirthDate(_) => Some(GatherKind::BirthDate),
            State::Zip(..) => Some(GatherKind::Zip),
            State::OtherAmount => Some(GatherKind::Amount),
            State::Routing(_) => Some(GatherKind::Routing),
            State::AccountNumber(..) => Some(GatherKind::AccountNumber),
            State::LookingUp | State::Capturing(_) | State::Paying(_) | State::Ended(_) => None,
        }
    }

    /// The step's name for the live board, which shows where callers give up.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            State::Language => "language",
            State::MemberId => "member-id",
            State::BirthDate(_) => "birth-date",
            State::Zip(..) => "zip",
            State::LookingUp => "looking-up",
            State::Menu => "menu",
            State::Amount => "amount",
            State::OtherAmount => "other-amount",
            State::Repeated(_) => "repeated",
            State::Method(_) => "method",
            State::Routing(_) => "routing",
            State::AccountNumber(..) => "account-number",
            State::AccountKind(..) => "account-kind",
            State::Capturing(_) => "card",
            State::Review(..) => "review",
            State::Paying(_) => "paying",
            State::Confirmed(_) => "confirmed",
            State::Ended(_) => "ended",
        }
    }
}
