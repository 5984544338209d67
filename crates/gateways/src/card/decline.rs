//! Why a bank or card network refused, and whether asking again can help.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    /// The processor's code, for staff and for the log: `insufficient_funds`.
    pub code: String,
    /// The return code of Nacha or the answer code of the card network, if known: `R01`.
    pub network_code: Option<String>,
    /// What it means. The page chooses its sentence by this.
    pub reason: DeclineReason,
    /// When the same instrument may be tried again.
    pub retry: RetryAdvice,
}

/// What a refusal means to the member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeclineReason {
    /// Refused without a reason.
    Refused,
    /// Not enough money or credit.
    InsufficientFunds,
    /// The card has expired.
    Expired,
    /// The security code is wrong.
    SecurityCode,
    /// The card number is wrong.
    WrongNumber,
    /// The ZIP code is not the one the bank knows.
    WrongZip,
    /// Lost, stolen or to be kept. Shown to the member as [`DeclineReason::Refused`].
    LostOrStolen,
    /// Suspected fraud. Shown to the member as [`DeclineReason::Refused`].
    Suspected,
    /// This type of card is not taken, or not for this.
    NotAccepted,
    /// An amount or a number of payments is beyond a limit.
    Limit,
    /// The bank wants to ask the payer first.
    Authentication,
    /// Trouble on the way; the same card may work in a while.
    TryLater,
    /// The same payment was just made.
    Duplicate,
    /// The account or card account is closed.
    AccountClosed,
    /// There is no such account.
    NoAccount,
    /// The account is frozen or takes no debits.
    AccountFrozen,
    /// The account's holder says that the debit was not authorised.
    NotAuthorised,
    /// The payer has revoked the agreement or stopped the payment: autopay must stop too.
    Revoked,
}

/// When the same instrument may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RetryAdvice {
    /// Not at all.
    Never,
    /// After days (no money) or minutes (trouble), within the networks' limits.
    Later,
    /// After the payer has corrected what was typed.
    FixInput,
    /// Only with the payer present.
    PayerPresent,
    /// Better with another instrument.
    OtherInstrument,
}

static TABLE: LazyLock<HashMap<&'static str, Row>> = LazyLock::new(|| {
    rows()
        .collect::<Option<_>>()
        .expect("a test reads every line of the table")
});

type Row = (DeclineReason, RetryAdvice, Option<&'static str>);

fn rows() -> impl Iterator<Item = Option<(&'static str, Row)>> {
    include_str!("decline_codes.csv")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with("code,"))
        .map(read_row)
}

fn read_row(line: &'static str) -> Option<(&'static str, Row)> {
    let mut fields = line.split(',');
    let code = fields.next()?;
    let reason = reason_from(fields.next()?)?;
    let retry = retry_from(fields.next()?)?;
    let return_code = fields.next().filter(|code| !code.is_empty());
    Some((code, (reason, retry, return_code)))
}

fn reason_from(word: &str) -> Option<DeclineReason> {
    Some(match word {
        "refused" => DeclineReason::Refused,
        "insufficient-funds" => DeclineReason::InsufficientFunds,
        "expired" => DeclineReason::Expired,
        "security-code" => DeclineReason::SecurityCode,
        "wrong-number" => DeclineReason::WrongNumber,
        "wrong-zip" => DeclineReason::WrongZip,
        "lost-or-stolen" => DeclineReason::LostOrStolen,
        "suspected" => DeclineReason::Suspected,
        "not-accepted" => DeclineReason::NotAccepted,
        "limit" => DeclineReason::Limit,
        "authentication" => DeclineReason::Authentication,
        "try-later" => DeclineReason::TryLater,
        "duplicate" => DeclineReason::Duplicate,
        "account-closed" => DeclineReason::AccountClosed,
        "no-account" => DeclineReason::NoAccount,
        "account-frozen" => DeclineReason::AccountFrozen,
        "not-authorised" => DeclineReason::NotAuthorised,
        "revoked" => DeclineReason::Revoked,
        _ => return None,
    })
}

fn retry_from(word: &str) -> Option<RetryAdvice> {
    Some(match word {
        "never" => RetryAdvice::Never,
        "later" => RetryAdvice::Later,
        "fix-input" => RetryAdvice::FixInput,
        "payer-present" => RetryAdvice::PayerPresent,
        "other-instrument" => RetryAdvice::OtherInstrument,
        _ => return None,
    })
}

impl Decline {
    /// From the processor's code. `detail` is the finer code (Stripe's `decline_code`) and goes
    /// first; a code that the table does not know is a plain refusal.
    #[must_use]
    pub fn from_codes(code: &str, detail: Option<&str>, network_code: Option<&str>) -> Self {
        let known = detail
            .filter(|detail| TABLE.contains_key(detail))
            .or(Some(code).filter(|code| TABLE.contains_key(code)));
        let shown = known.or(detail).unwrap_or(code);
        let (reason, retry, return_code) = known
            .and_then(|code| TABLE.get(code).copied())
            .unwrap_or((DeclineReason::Refused, RetryAdvice::OtherInstrument, None));
        Decline {
            code: shown.to_owned(),
            // Only bank debits name their failure without a finer code, and only they are returned.
            network_code: network_code
                .or(return_code.filter(|_| detail.is_none()))
                .map(str::to_owned),
            reason,
            retry,
        }
    }
}

impl DeclineReason {
    /// The name used in tables and string catalogues: `insufficient-funds`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            DeclineReason::Refused => "refused",
            DeclineReason::InsufficientFunds => "insufficient-funds",
            DeclineReason::Expired => "expired",
            DeclineReason::SecurityCode => "security-code",
            DeclineReason::WrongNumber => "wrong-number",
            DeclineReason::WrongZip => "wrong-zip",
            DeclineReason::LostOrStolen => "lost-or-stolen",
            DeclineReason::Suspected => "suspected",
            DeclineReason::NotAccepted => "not-accepted",
            DeclineReason::Limit => "limit",
            DeclineReason::Authentication => "authentication",
            DeclineReason::TryLater => "try-later",
            DeclineReason::Duplicate => "duplicate",
            DeclineReason::AccountClosed => "account-closed",
            DeclineReason::NoAccount => "no-account",
            DeclineReason::AccountFrozen => "account-frozen",
            DeclineReason::NotAuthorised => "not-authorised",
            DeclineReason::Revoked => "revoked",
        }
    }

    /// The reason with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        reason_from(code)
    }

    /// The reason that a member may read: lost, stolen and suspected cards are a plain refusal, so
    /// that whoever holds the card learns nothing.
    #[must_use]
    pub const fn for_member(self) -> Self {
        match self {
            DeclineReason::LostOrStolen | DeclineReason::Suspected => DeclineReason::Refused,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_can_be_read_and_no_code_is_in_it_twice() {
        let all: Option<Vec<_>> = rows().collect();
        let all = all.expect("every line has a known reason and a known advice");
        assert!(all.len() > 50);
        assert_eq!(all.len(), TABLE.len());
        for (_, (reason, _, _)) in all {
            assert_eq!(DeclineReason::from_code(reason.code()), Some(reason));
        }
    }

    #[test]
    fn the_finer_code_goes_first_and_an_unknown_one_is_a_plain_refusal() {
        let decline = Decline::from_codes("card_declined", Some("insufficient_funds"), None);
        assert_eq!(decline.code, "insufficient_funds");
        assert_eq!(decline.reason, DeclineReason::InsufficientFunds);
        assert_eq!(
            decline.network_code, None,
            "a card payment is not returned by Nacha"
        );
        let decline = Decline::from_codes("card_declined", Some("code_of_2031"), None);
        assert_eq!(decline.reason, DeclineReason::Refused);
        let decline = Decline::from_codes("code_of_2032", Some("code_of_2031"), None);
        assert_eq!(decline.code, "code_of_2031");
        assert_eq!(decline.retry, RetryAdvice::OtherInstrument);
    }

    #[test]
    fn bank_failures_carry_their_return_code() {
        for (code, return_code) in [
            ("insufficient_funds", "R01"),
            ("account_closed", "R02"),
            ("no_account", "R03"),
            ("debit_not_authorized", "R10"),
        ] {
            let decline = Decline::from_codes(code, None, None);
            assert_eq!(decline.network_code.as_deref(), Some(return_code), "{code}");
        }
    }

    #[test]
    fn a_thief_is_not_told_that_the_card_is_known_to_be_stolen() {
        let decline = Decline::from_codes("card_declined", Some("stolen_card"), None);
        assert_eq!(decline.reason, DeclineReason::LostOrStolen);
        assert_eq!(decline.reason.for_member(), DeclineReason::Refused);
    }
}
