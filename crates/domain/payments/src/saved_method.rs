//! A payment method that a person keeps with us: whether it may be charged, and when to say that it
//! will expire.

use jiff::civil::Date;
use kernel::BillingMonth;

/// How often the answer to small deposits may be wrong before the account is disabled.
pub const DEPOSIT_TRIES: u32 = 3;

/// How many bank accounts a person may add in a day: each may cost two small deposits, and each is
/// a chance to guess at somebody else's account.
pub const BANK_ACCOUNTS_A_DAY: u32 = 5;

/// Where a saved method stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MethodState {
    /// On record here; the bank has not been asked yet.
    New,
    /// Waits for what the holder finds of two small deposits.
    Validating,
    /// May be charged, as long as it has not expired.
    Good,
    /// May not be charged any more; it stays on the list with the reason.
    Disabled,
    /// Taken off the list. Kept for the payments that were made with it.
    Removed,
}

impl MethodState {
    /// All states.
    pub const ALL: [MethodState; 5] = [
        MethodState::New,
        MethodState::Validating,
        MethodState::Good,
        MethodState::Disabled,
        MethodState::Removed,
    ];

    /// The name used in tables and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            MethodState::New => "new",
            MethodState::Validating => "validating",
            MethodState::Good => "good",
            MethodState::Disabled => "disabled",
            MethodState::Removed => "removed",
        }
    }

    /// The state with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What happens to a saved method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MethodEvent {
    /// The bank sends small deposits that the holder is to look up.
    AwaitDeposits,
    /// The account is known to be the holder's to debit, or the card passed the processor's check.
    Validate,
    /// It must not be charged any more.
    Disable,
    /// Its owner takes it off the list.
    Remove,
    /// Its owner enters it once more: what was held against it before does not count, and it is
    /// validated anew.
    AddAgain,
}

impl MethodEvent {
    /// All events.
    pub const ALL: [MethodEvent; 5] = [
        MethodEvent::AwaitDeposits,
        MethodEvent::Validate,
        MethodEvent::Disable,
        MethodEvent::Remove,
        MethodEvent::AddAgain,
    ];
}

/// Where a method stands after an event; `None` if the event cannot happen to it any more. Nothing
/// leads from disabled straight back to good: whoever wants to use it again adds it again, which
/// validates it anew. The number of an account is never changed: another number is another account.
#[must_use]
pub const fn next_state(state: MethodState, event: MethodEvent) -> Option<MethodState> {
    use MethodEvent as E;
    use MethodState as S;
    match (state, event) {
        (S::New, E::AwaitDeposits) => Some(S::Validating),
        (S::New | S::Validating, E::Validate) => Some(S::Good),
        (S::New | S::Validating | S::Good, E::Disable) => Some(S::Disabled),
        (S::New | S::Validating | S::Good | S::Disabled, E::Remove) => Some(S::Removed),
        (S::New | S::Disabled, E::AddAgain) => Some(S::New),
        _ => None,
    }
}

/// Why a method may not be charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoDebit {
    /// The account is not validated yet.
    NotValidated,
    /// It was disabled.
    Disabled,
    /// It was removed.
    Removed,
    /// The card has expired.
    Expired,
}

impl NoDebit {
    /// The name used in string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            NoDebit::NotValidated => "method-not-validated",
            NoDebit::Disabled => "method-disabled",
            NoDebit::Removed => "method-removed",
            NoDebit::Expired => "method-expired",
        }
    }
}

/// Whether a method may be charged today. A bank account may not be before it is validated: Nacha
/// Operating Rules, section 2.5.17.4, ask an originator of WEB debits to validate the account
/// number on its first use and after every change of it. A card is good to the end of the month in
/// which it expires.
///
/// # Errors
/// Why not.
pub fn may_debit(
    state: MethodState,
    expires: Option<BillingMonth>,
    today: Date,
) -> Result<(), NoDebit> {
    match state {
        MethodState::New | MethodState::Validating => Err(NoDebit::NotValidated),
        MethodState::Disabled => Err(NoDebit::Disabled),
        MethodState::Removed => Err(NoDebit::Removed),
        MethodState::Good if has_expired(expires, today) => Err(NoDebit::Expired),
        MethodState::Good => Ok(()),
    }
}

/// True from the first day of the month after the one in which a card expires.
#[must_use]
pub fn has_expired(expires: Option<BillingMonth>, today: Date) -> bool {
    expires.is_some_and(|month| BillingMonth::of(today) > month)
}

/// What was said of an expiry so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExpiryTold {
    /// The expiry month that was warned of.
    pub first: Option<BillingMonth>,
    /// The expiry month that was warned of again, shortly before.
    pub again: Option<BillingMonth>,
}

/// Whether to tell the owner today that a method expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpiryWarning {
    /// Nothing to say.
    None,
    /// Say it for the first time.
    First,
    /// Say it again: autopay still uses it.
    Again,
}

/// How many months before the expiry month the first warning goes out.
pub const WARN_MONTHS_AHEAD: i32 = 2;

/// Whether to warn today: once from two months ahead, and once more from one month ahead if autopay
/// still uses the method. A first warning that comes late counts for both, so that nobody is told
/// twice in one month. After the expiry nothing is said any more: the list and autopay say so.
#[must_use]
pub fn expiry_warning(
    expires: BillingMonth,
    told: ExpiryTold,
    used_by_autopay: bool,
    today: Date,
) -> (ExpiryWarning, ExpiryTold) {
    let left = expires.months_since(BillingMonth::of(today));
    if !(0..=WARN_MONTHS_AHEAD).contains(&left) {
        return (ExpiryWarning::None, told);
    }
    if told.first != Some(expires) {
        let again = if left < WARN_MONTHS_AHEAD {
            Some(expires)
        } else {
            told.again
        };
        let first = Some(expires);
        return (ExpiryWarning::First, ExpiryTold { first, again });
    }
    if used_by_autopay && left < WARN_MONTHS_AHEAD && told.again != Some(expires) {
        let again = Some(expires);
        return (ExpiryWarning::Again, ExpiryTold { again, ..told });
    }
    (ExpiryWarning::None, told)
}

/// What comes of an answer about small deposits that was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongAnswer {
    /// So many tries are left.
    TriesLeft(u32),
    /// That was the last: the account is disabled.
    Disable,
}

/// What follows a wrong answer, with the tries counted before it.
#[must_use]
pub const fn after_wrong_answer(tries_before: u32) -> WrongAnswer {
    let left = DEPOSIT_TRIES.saturating_sub(tries_before.saturating_add(1));
    if left == 0 {
        WrongAnswer::Disable
    } else {
        WrongAnswer::TriesLeft(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn month(text: &str) -> BillingMonth {
        BillingMonth::parse(text).unwrap()
    }

    #[test]
    fn the_table_of_states_is_this_one() {
        use MethodEvent as E;
        use MethodState as S;
        let (new, validating, good) = (Some(S::New), Some(S::Validating), Some(S::Good));
        let (disabled, removed) = (Some(S::Disabled), Some(S::Removed));
        let rows = [
            (S::New, [validating, good, disabled, removed, new]),
            (S::Validating, [None, good, disabled, removed, None]),
            (S::Good, [None, None, disabled, removed, None]),
            (S::Disabled, [None, None, None, removed, new]),
            (S::Removed, [None, None, None, None, None]),
        ];
        for (state, expected) in rows {
            for (event, then) in E::ALL.into_iter().zip(expected) {
                assert_eq!(next_state(state, event), then, "{state:?} {event:?}");
            }
            assert_eq!(MethodState::from_code(state.code()), Some(state));
        }
    }

    #[test]
    fn only_what_is_validated_and_not_expired_may_be_charged() {
        let today = date(2026, 12, 1);
        for (state, expires, expected) in [
            (MethodState::New, None, Err(NoDebit::NotValidated)),
            (MethodState::Validating, None, Err(NoDebit::NotValidated)),
            (MethodState::Good, None, Ok(())),
            (MethodState::Good, Some("2026-12"), Ok(())),
            (MethodState::Good, Some("2026-11"), Err(NoDebit::Expired)),
            (
                MethodState::Disabled,
                Some("2030-01"),
                Err(NoDebit::Disabled),
            ),
            (MethodState::Removed, None, Err(NoDebit::Removed)),
        ] {
            assert_eq!(
                may_debit(state, expires.map(month), today),
                expected,
                "{state:?}"
            );
        }
        let last = date(2026, 12, 31);
        assert_eq!(
            may_debit(MethodState::Good, Some(month("2026-12")), last),
            Ok(())
        );
    }

    #[test]
    fn an_expiry_is_told_two_months_ahead_and_again_if_autopay_needs_it() {
        use ExpiryWarning as W;
        let expires = month("2027-02");
        let never = ExpiryTold::default();
        let once = ExpiryTold {
            first: Some(expires),
            again: None,
        };
        let twice = ExpiryTold {
            first: Some(expires),
            again: Some(expires),
        };
        let before = ExpiryTold {
            first: Some(month("2023-02")),
            again: Some(month("2023-02")),
        };
        for (today, told, autopay, expected) in [
            (date(2026, 11, 30), never, true, W::None),
            (date(2026, 12, 1), never, false, W::First),
            (date(2026, 12, 2), once, true, W::None),
            (date(2027, 1, 1), once, false, W::None),
            (date(2027, 1, 1), once, true, W::Again),
            (date(2027, 1, 2), twice, true, W::None),
            (date(2027, 2, 28), never, true, W::First),
            (date(2027, 2, 28), once, true, W::Again),
            (date(2027, 3, 1), never, true, W::None),
            (date(2026, 12, 1), before, false, W::First),
        ] {
            let (warning, _) = expiry_warning(expires, told, autopay, today);
            assert_eq!(warning, expected, "{today} {told:?} {autopay}");
        }
    }

    #[test]
    fn a_run_every_day_of_the_last_months_tells_once_or_twice_and_never_twice_in_a_month() {
        let expires = month("2028-02");
        for (added, autopay, expected) in [
            (date(2027, 6, 1), false, 1),
            (date(2027, 6, 1), true, 2),
            (date(2028, 1, 20), true, 1),
            (date(2028, 2, 29), true, 1),
        ] {
            let mut told = ExpiryTold::default();
            let mut months = Vec::new();
            let mut day = added;
            while day < date(2028, 4, 1) {
                let (warning, then) = expiry_warning(expires, told, autopay, day);
                told = then;
                if warning != ExpiryWarning::None {
                    months.push(BillingMonth::of(day));
                }
                day = day.tomorrow().unwrap();
            }
            assert_eq!(months.len(), expected, "{added} {autopay}");
            months.dedup();
            assert_eq!(months.len(), expected, "{added} {autopay}");
        }
    }

    #[test]
    fn the_third_wrong_answer_disables() {
        assert_eq!(after_wrong_answer(0), WrongAnswer::TriesLeft(2));
        assert_eq!(after_wrong_answer(1), WrongAnswer::TriesLeft(1));
        assert_eq!(after_wrong_answer(2), WrongAnswer::Disable);
        assert_eq!(after_wrong_answer(9), WrongAnswer::Disable);
    }
}
