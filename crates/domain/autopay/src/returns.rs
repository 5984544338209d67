//! What follows from a returned draft (Nacha Operating Rules).

use jiff::ToSpan;
use jiff::civil::Date;

use crate::Calendar;

/// How often a returned debit may be sent again (Nacha Operating Rules 2.12.4).
pub const MOST_REINITIATIONS: u8 = 2;
/// Within how many days of the settlement of the original entry (the same section).
pub const REINITIATION_DAYS: i64 = 180;
/// Within how many days of the settlement of the return an R11 may be corrected.
const CORRECTION_DAYS: i64 = 60;

/// A return reason code: `R01` to `R99`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReturnCode(u8);

/// Why a return code could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a return code is R and two digits, such as R01; found \"{found}\"")]
pub struct ReturnCodeError {
    /// What was given.
    pub found: String,
}

impl ReturnCode {
    /// Reads `R01`.
    ///
    /// # Errors
    /// [`ReturnCodeError`] with what was found.
    pub fn parse(text: &str) -> Result<Self, ReturnCodeError> {
        match text.as_bytes() {
            [b'R', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] if text != "R00" => {
                Ok(ReturnCode((tens - b'0') * 10 + (ones - b'0')))
            }
            _ => Err(ReturnCodeError {
                found: text.chars().take(10).collect(),
            }),
        }
    }
}

impl std::fmt::Display for ReturnCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "R{:02}", self.0)
    }
}

/// What is known of the returned draft.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ReturnedDraft {
    /// Why it came back.
    pub code: ReturnCode,
    /// When the very first entry settled.
    pub first_settled_on: Date,
    /// When the return settled.
    pub returned_on: Date,
    /// How often it was sent again before.
    pub reinitiations: u8,
    /// How many business days the plan waits before it sends again.
    pub wait_business_days: u8,
}

/// Whereby a draft can be tried once more although it may not simply be sent again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Whereby {
    /// The member authorises it anew.
    NewAuthorisation,
    /// The plan corrects date or amount, until this day.
    Correction {
        /// The last day to send the corrected entry.
        until: Date,
    },
    /// A member of staff looks into it.
    Person,
}

/// What follows from a return. In every case the payment is reversed first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AfterReturn {
    /// Send the same amount again, in its own batch described `RETRY PYMT`.
    Reinitiate {
        /// On this business day.
        on: Date,
        /// How often that leaves.
        left: u8,
    },
    /// The account has no money and the tries are used up or too old.
    TriesUsedUp,
    /// The account cannot be drafted any more: disable it and end the mandate on it.
    DisableAccount,
    /// The member says this was not authorised: disable the account, end the mandate, and let a
    /// person look.
    Unauthorised,
    /// Nothing is sent again unless this happens first.
    Only(Whereby),
}

impl AfterReturn {
    /// True if the mandate ends with it.
    #[must_use]
    pub const fn ends_mandate(self) -> bool {
        matches!(
            self,
            AfterReturn::DisableAccount | AfterReturn::Unauthorised
        )
    }
}

/// What follows from a returned draft. Only R01 and R09 are ever sent again by themselves.
#[must_use]
pub fn after_return(returned: &ReturnedDraft, calendar: &Calendar) -> AfterReturn {
    match returned.code.0 {
        1 | 9 => reinitiation(returned, calendar),
        // Closed, not found, invalid; branch sold, deceased, frozen, not a deposit account.
        2..=4 | 12 | 14..=16 | 20 => AfterReturn::DisableAccount,
        5 | 7 | 10 | 29 | 51 => AfterReturn::Unauthorised,
        8 => AfterReturn::Only(Whereby::NewAuthorisation),
        11 => AfterReturn::Only(Whereby::Correction {
            until: days_after(returned.returned_on, CORRECTION_DAYS),
        }),
        _ => AfterReturn::Only(Whereby::Person),
    }
}

fn reinitiation(returned: &ReturnedDraft, calendar: &Calendar) -> AfterReturn {
    let on = calendar.after(returned.returned_on, returned.wait_business_days.max(1));
    let last = days_after(returned.first_settled_on, REINITIATION_DAYS);
    if returned.reinitiations >= MOST_REINITIATIONS || on > last {
        return AfterReturn::TriesUsedUp;
    }
    AfterReturn::Reinitiate {
        on,
        left: MOST_REINITIATIONS - returned.reinitiations - 1,
    }
}

fn days_after(day: Date, days: i64) -> Date {
    day.checked_add(days.days())
        .expect("returns lie near today")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn returned(code: &str, reinitiations: u8, returned_on: Date) -> ReturnedDraft {
        ReturnedDraft {
            code: ReturnCode::parse(code).unwrap(),
            first_settled_on: date(2026, 1, 5),
            returned_on,
            reinitiations,
            wait_business_days: 1,
        }
    }

    #[test]
    fn nacha_2_12_4_only_r01_and_r09_are_sent_again_and_at_most_twice() {
        use AfterReturn as A;
        let on = date(2026, 1, 9);
        let day = date(2026, 1, 12);
        for (code, before, expected) in [
            ("R01", 0, A::Reinitiate { on: day, left: 1 }),
            ("R01", 1, A::Reinitiate { on: day, left: 0 }),
            ("R01", 2, A::TriesUsedUp),
            ("R09", 0, A::Reinitiate { on: day, left: 1 }),
            ("R09", 2, A::TriesUsedUp),
            ("R02", 0, A::DisableAccount),
            ("R03", 0, A::DisableAccount),
            ("R04", 0, A::DisableAccount),
            ("R05", 0, A::Unauthorised),
            ("R07", 0, A::Unauthorised),
            ("R10", 0, A::Unauthorised),
            ("R29", 0, A::Unauthorised),
            ("R51", 0, A::Unauthorised),
            ("R08", 0, A::Only(Whereby::NewAuthorisation)),
            (
                "R11",
                0,
                A::Only(Whereby::Correction {
                    until: date(2026, 3, 10),
                }),
            ),
            ("R16", 0, A::DisableAccount),
            ("R24", 0, A::Only(Whereby::Person)),
            ("R99", 0, A::Only(Whereby::Person)),
        ] {
            let found = after_return(&returned(code, before, on), &Calendar::default());
            assert_eq!(found, expected, "{code} after {before}");
        }
    }

    #[test]
    fn nacha_2_12_4_not_later_than_180_days_after_the_first_settlement() {
        // 180 days after Monday 5 January is Saturday 4 July; the returns are on Wednesday to
        // Friday.
        for (returned_on, again) in [
            (date(2026, 7, 1), Some(date(2026, 7, 2))),
            (date(2026, 7, 2), Some(date(2026, 7, 3))),
            (date(2026, 7, 3), None),
        ] {
            let found = after_return(&returned("R01", 0, returned_on), &Calendar::default());
            let on = match found {
                AfterReturn::Reinitiate { on, .. } => Some(on),
                _ => None,
            };
            assert_eq!(on, again, "{returned_on}");
        }
    }

    #[test]
    fn codes_are_read_strictly() {
        assert_eq!(ReturnCode::parse("R01").unwrap().to_string(), "R01");
        for wrong in ["", "R1", "01", "r01", "R00", "R001", "RXX"] {
            assert!(ReturnCode::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_back_there_are_never_three_reinitiations(
            codes in proptest::collection::vec(1_u8..100, 1..12), wait in 0_u8..10,
        ) {
            let mut draft = returned("R01", 0, date(2026, 1, 7));
            draft.wait_business_days = wait;
            let mut sent = 0;
            for code in codes {
                draft.code = ReturnCode(code);
                let AfterReturn::Reinitiate { on, .. } = after_return(&draft, &Calendar::default())
                else { break };
                prop_assert!(code == 1 || code == 9);
                prop_assert!(on > draft.returned_on);
                prop_assert!(on <= days_after(draft.first_settled_on, REINITIATION_DAYS));
                sent += 1;
                draft.reinitiations += 1;
                draft.returned_on = on;
            }
            prop_assert!(sent <= MOST_REINITIATIONS);
        }
    }
}
