//! What is said, as an id with arguments. The words are the plan's script, by language.

use jiff::civil::Date;
use kernel::{Cents, Language};

use crate::say::{self, Spoken};

macro_rules! prompts {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// Something the line says.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum PromptId { $($(#[$doc])* $name),+ }

        impl PromptId {
            /// All of them.
            pub const ALL: &'static [PromptId] = &[$(PromptId::$name),+];

            /// The name in scripts and of recordings.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(PromptId::$name => $code),+ }
            }
        }
    };
}

prompts! {
    /// Welcome, and which key for which language.
    Greeting = "greeting",
    /// Key in the 11 digits of the member ID.
    AskMemberId = "ask-member-id",
    /// Key in the date of birth: two digits of month and day, four of the year.
    AskBirthDate = "ask-birth-date",
    /// Key in the five digits of the ZIP code.
    AskZip = "ask-zip",
    /// One moment.
    OneMoment = "one-moment",
    /// That did not match, whatever it was.
    NoMatch = "no-match",
    /// That was not understood.
    NotUnderstood = "not-understood",
    /// Nothing was heard.
    NothingHeard = "nothing-heard",
    /// A payment in a call that broke off was made: confirmation number.
    BrokenOffPaid = "broken-off-paid",
    /// Nothing was taken in a call that broke off.
    BrokenOffNotPaid = "broken-off-not-paid",
    /// What is due: amount.
    BalanceDue = "balance-due",
    /// By when: date.
    DueOn = "due-on",
    /// What is past due: amount.
    PastDue = "past-due",
    /// Nothing is due.
    NothingDue = "nothing-due",
    /// There is a credit: amount.
    Credit = "credit",
    /// The last payment: amount and date.
    LastPayment = "last-payment",
    /// Payments are automatic.
    AutopayOn = "autopay-on",
    /// This plan line takes no payments by phone; what there is instead.
    NoPhonePay = "no-phone-pay",
    /// Key 1 to pay, 2 to hear it again, 0 for a person.
    Menu = "menu",
    /// Key 1 for all that is due.
    PayTotal = "pay-total",
    /// Key 2 for what is past due.
    PayPastDue = "pay-past-due",
    /// Key 3 for another amount.
    PayOther = "pay-other",
    /// Key in the amount in dollars and cents.
    AskAmount = "ask-amount",
    /// That amount cannot be paid: from and to.
    AmountRefused = "amount-refused",
    /// A payment of this amount was made not long ago: key 1 to pay once more, 2 to stop.
    Repeated = "repeated",
    /// Key 1 for the saved method: last four.
    UseSaved = "use-saved",
    /// Key 2 for a bank account.
    UseBank = "use-bank",
    /// Key 3 for a card.
    UseCard = "use-card",
    /// There is no way to pay by phone now.
    NoMethod = "no-method",
    /// Key in the routing number.
    AskRouting = "ask-routing",
    /// Key in the account number.
    AskAccountNumber = "ask-account-number",
    /// Key 1 for checking, 2 for savings.
    AskAccountKind = "ask-account-kind",
    /// The card was not taken.
    CardNotTaken = "card-not-taken",
    /// Review: amount and last four of a card.
    ReviewCard = "review-card",
    /// Review and authorisation of a single debit: amount, day of debit, name, last four, day of
    /// authorisation, number for questions (Nacha Operating Rules 2.5.15).
    ReviewBank = "review-bank",
    /// Key 1 to confirm, 2 to change, 3 to stop without paying.
    Confirm = "confirm",
    /// Thank you; the payment was taken.
    Taken = "taken",
    /// The confirmation number is: digits.
    ConfirmationNumber = "confirmation-number",
    /// Once more.
    OnceMore = "once-more",
    /// Key 1 to hear the number again, or hang up.
    AfterPayment = "after-payment",
    /// The payment was not taken; nothing was charged.
    NotTaken = "not-taken",
    /// It is not known yet whether the payment was taken; do not pay again; word will come.
    NotKnown = "not-known",
    /// Nothing was paid.
    NothingPaid = "nothing-paid",
    /// A person comes on the line.
    Transferring = "transferring",
    /// No person is there now, and when there is.
    Closed = "closed",
    /// Goodbye.
    Goodbye = "goodbye",
}

/// What goes into a prompt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Argument {
    /// An amount.
    Money(Cents),
    /// A date.
    Date(Date),
    /// Digits one by one.
    Digits(String),
    /// A name, said as it is.
    Name(String),
}

impl Argument {
    /// As it is said.
    #[must_use]
    pub fn spoken(&self, language: Language) -> Spoken {
        match self {
            Argument::Money(cents) => say::money(*cents, language),
            Argument::Date(day) => say::date(*day, language),
            Argument::Digits(digits) => say::digits(digits, language),
            Argument::Name(name) => Spoken(vec![name.clone()]),
        }
    }
}

/// A prompt with what goes into it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prompt {
    /// Which.
    pub id: PromptId,
    /// In the order of its description.
    pub arguments: Vec<Argument>,
}

impl Prompt {
    /// A prompt without arguments.
    #[must_use]
    pub const fn plain(id: PromptId) -> Self {
        Prompt {
            id,
            arguments: Vec::new(),
        }
    }

    /// A prompt with arguments.
    #[must_use]
    pub fn with<const N: usize>(id: PromptId, arguments: [Argument; N]) -> Self {
        Prompt {
            id,
            arguments: arguments.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_have_distinct_names() {
        let codes: std::collections::BTreeSet<_> = PromptId::ALL.iter().map(|p| p.code()).collect();
        assert_eq!(codes.len(), PromptId::ALL.len());
    }

    #[test]
    fn arguments_are_said_in_the_language_of_the_call() {
        let amount = Argument::Money(Cents::new(8640));
        assert_eq!(
            amount.spoken(Language::English).text(),
            "eighty-six dollars and forty cents"
        );
        let number = Argument::Digits("123 4".to_owned());
        assert_eq!(
            number.spoken(Language::Spanish).text(),
            "uno dos tres cuatro"
        );
    }
}
