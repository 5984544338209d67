//! Taking a request in.

use jiff::civil::Date;
use kernel::{BillingMonth, MemberId};

/// How a request came in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Source {
    /// With the enrolment.
    Roster,
    /// By telephone, entered by staff.
    Phone,
    /// By signed letter or fax.
    Letter,
    /// In the member portal.
    Online,
}

/// What a letter or fax shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// The member ID, if there is one.
    pub member_id: Option<MemberId>,
    /// The date, if there is one.
    pub dated: Option<Date>,
    /// Whether it is signed.
    pub signed: bool,
}

/// Why a request cannot be taken in. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// Something is missing from a letter; everything that is missing is named.
    #[error("ask the member for a letter with {}", missing.join(", "))]
    LetterIncomplete {
        /// What is missing.
        missing: Vec<&'static str>,
    },
    /// A deduction cannot be asked for time that is past.
    #[error("a deduction can begin with {earliest} at the earliest; invoice the months before")]
    Retroactive {
        /// The first month that can be asked for.
        earliest: BillingMonth,
    },
}

/// Holds a letter to what it must show: member ID, date and signature, all three.
///
/// # Errors
/// [`IntakeError::LetterIncomplete`] with everything that is missing.
pub fn check_letter(letter: &Letter) -> Result<MemberId, IntakeError> {
    let missing: Vec<&'static str> = [
        (letter.member_id.is_none(), "the member ID"),
        (letter.dated.is_none(), "the date"),
        (!letter.signed, "a signature"),
    ]
    .into_iter()
    .filter_map(|(is_missing, what)| is_missing.then_some(what))
    .collect();
    match &letter.member_id {
        Some(member_id) if missing.is_empty() => Ok(member_id.clone()),
        _ => Err(IntakeError::LetterIncomplete { missing }),
    }
}

/// Holds the first month of a deduction to today: withholding is only for months to come.
///
/// # Errors
/// [`IntakeError::Retroactive`] for the current month or an earlier one.
pub fn check_effective(first: BillingMonth, today: Date) -> Result<(), IntakeError> {
    let earliest = BillingMonth::of(today).next();
    if first < earliest {
        return Err(IntakeError::Retroactive { earliest });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_letter_needs_member_id_date_and_signature() {
        let member_id = MemberId::parse("12345678901").unwrap();
        for (has_id, dated, signed, missing) in [
            (true, true, true, vec![]),
            (false, true, true, vec!["the member ID"]),
            (true, false, true, vec!["the date"]),
            (true, true, false, vec!["a signature"]),
            (
                false,
                false,
                false,
                vec!["the member ID", "the date", "a signature"],
            ),
        ] {
            let letter = Letter {
                member_id: has_id.then(|| member_id.clone()),
                dated: dated.then(|| date(2026, 3, 2)),
                signed,
            };
            let expected = if missing.is_empty() {
                Ok(member_id.clone())
            } else {
                Err(IntakeError::LetterIncomplete { missing })
            };
            assert_eq!(check_letter(&letter), expected);
        }
    }

    #[test]
    fn a_deduction_is_asked_for_months_to_come() {
        let earliest = BillingMonth::parse("2026-04").unwrap();
        for (first, expected) in [
            ("2026-03", Err(IntakeError::Retroactive { earliest })),
            ("2026-04", Ok(())),
            ("2026-05", Ok(())),
        ] {
            let first = BillingMonth::parse(first).unwrap();
            for today in [date(2026, 3, 1), date(2026, 3, 31)] {
                assert_eq!(check_effective(first, today), expected, "{first} {today}");
            }
        }
    }
}
