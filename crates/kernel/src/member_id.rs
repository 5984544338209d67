//! The 11-digit member ID on the ID card and the invoice.

use std::fmt;

use crate::digits_of;

/// An 11-digit member ID. Shown grouped as `1234 567 8901`; logs see only the last four digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(String);

/// Why a member ID could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemberIdError {
    /// Nothing was typed.
    #[error("enter the member ID: 11 digits, on the ID card or invoice")]
    Empty,
    /// Something other than digits, spaces and dashes.
    #[error("a member ID has only digits")]
    NotDigits,
    /// The wrong number of digits.
    #[error("a member ID has 11 digits; found {found}")]
    WrongLength {
        /// How many digits there were.
        found: usize,
    },
}

impl MemberId {
    /// How many digits a member ID has.
    pub const LENGTH: usize = 11;

    /// Reads a member ID in any grouping: `12345678901`, `1234 567 8901`, `1234-567-8901`.
    ///
    /// # Errors
    /// [`MemberIdError`], with the number of digits found.
    pub fn parse(typed: &str) -> Result<Self, MemberIdError> {
        let digits = digits_of(typed).ok_or(MemberIdError::NotDigits)?;
        match digits.len() {
            0 => Err(MemberIdError::Empty),
            Self::LENGTH => Ok(MemberId(digits)),
            found => Err(MemberIdError::WrongLength { found }),
        }
    }

    /// What stands in the place of a member ID for a person who has none: somebody who helps a
    /// member and is not covered. It begins with a letter, so that nobody can type it and no file
    /// can carry it.
    #[must_use]
    pub fn stand_in(number: u32) -> Self {
        MemberId(format!("X{number:010}"))
    }

    /// True for what [`MemberId::stand_in`] made.
    #[must_use]
    pub fn is_stand_in(&self) -> bool {
        self.0.starts_with('X')
    }

    /// From the stored value: a member ID, or what stands in its place.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        let number = text
            .strip_prefix('X')
            .filter(|number| number.len() == Self::LENGTH - 1)
            .and_then(|number| number.parse().ok());
        match number {
            Some(number) => Some(Self::stand_in(number)),
            None => Self::parse(text).ok(),
        }
    }

    /// The 11 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `1234 567 8901`, for people.
    #[must_use]
    pub fn grouped(&self) -> String {
        let (a, rest) = self.0.split_at(4);
        let (b, c) = rest.split_at(3);
        format!("{a} {b} {c}")
    }

    /// The last four digits, for e-mail and staff lists.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.0[Self::LENGTH - 4..]
    }
}

impl fmt::Debug for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberId(…{})", self.last_four())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_id_is_read_in_any_grouping() {
        for typed in ["12345678901", "1234 567 8901", " 1234-567-8901 "] {
            assert_eq!(MemberId::parse(typed).unwrap().as_str(), "12345678901");
        }
        assert_eq!(
            MemberId::parse("12345678901").unwrap().grouped(),
            "1234 567 8901"
        );
    }

    #[test]
    fn what_stands_in_for_a_member_id_can_be_stored_and_not_typed() {
        let id = MemberId::stand_in(17);
        assert!(id.is_stand_in());
        assert_eq!(MemberId::from_stored(id.as_str()), Some(id.clone()));
        assert_eq!(MemberId::parse(id.as_str()), Err(MemberIdError::NotDigits));
        let member = MemberId::from_stored("12345678901").unwrap();
        assert!(!member.is_stand_in());
        assert_eq!(MemberId::from_stored("X12"), None);
    }

    #[test]
    fn the_error_counts_the_digits() {
        assert_eq!(
            MemberId::parse("1234567890"),
            Err(MemberIdError::WrongLength { found: 10 })
        );
        assert_eq!(
            MemberId::parse("1234567890A"),
            Err(MemberIdError::NotDigits)
        );
        assert_eq!(MemberId::parse(" "), Err(MemberIdError::Empty));
    }

    #[test]
    fn a_log_sees_four_digits() {
        let id = MemberId::parse("12345678901").unwrap();
        assert_eq!(format!("{id:?}"), "MemberId(…8901)");
    }
}
