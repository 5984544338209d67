//! The confirmation number of a payment: ten digits that can be read over the telephone.

use std::fmt;

use kernel::{digits_of, luhn_check_digit, luhn_holds};

/// Ten digits: a nine-digit series number and the check digit of ISO/IEC 7812-1. Shown as
/// `123 456 7890`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConfirmationNumber(String);

/// Why a confirmation number could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmationNumberError {
    /// Nothing was typed.
    #[error("enter the confirmation number: 10 digits, on the receipt")]
    Empty,
    /// Something other than digits.
    #[error("a confirmation number has only digits")]
    NotDigits,
    /// Not ten digits.
    #[error("a confirmation number has 10 digits; found {found}")]
    WrongLength {
        /// How many digits there were.
        found: usize,
    },
    /// The check digit does not hold.
    #[error("check the confirmation number: one of its 10 digits is wrong")]
    CheckDigit,
}

impl ConfirmationNumber {
    /// One more than the largest series number.
    pub const SERIES: u32 = 1_000_000_000;

    /// The confirmation number of a place in the series, or `None` from [`Self::SERIES`] on.
    #[must_use]
    pub fn from_series(series: u32) -> Option<Self> {
        if series >= Self::SERIES {
            return None;
        }
        let digits = format!("{series:09}");
        let check = luhn_check_digit(&digits)?;
        Some(ConfirmationNumber(format!("{digits}{check}")))
    }

    /// Reads a confirmation number in any grouping.
    ///
    /// # Errors
    /// [`ConfirmationNumberError`], each saying what to look at.
    pub fn parse(typed: &str) -> Result<Self, ConfirmationNumberError> {
        let digits = digits_of(typed).ok_or(ConfirmationNumberError::NotDigits)?;
        match digits.len() {
            0 => Err(ConfirmationNumberError::Empty),
            10 if luhn_holds(&digits) => Ok(ConfirmationNumber(digits)),
            10 => Err(ConfirmationNumberError::CheckDigit),
            found => Err(ConfirmationNumberError::WrongLength { found }),
        }
    }

    /// The ten digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `123 456 7890`, for people.
    #[must_use]
    pub fn grouped(&self) -> String {
        format!("{} {} {}", &self.0[..3], &self.0[3..6], &self.0[6..])
    }
}

impl fmt::Display for ConfirmationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.grouped())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_read_in_any_grouping() {
        let number = ConfirmationNumber::from_series(123_456_789).unwrap();
        assert_eq!(number.to_string(), "123 456 7897");
        for typed in ["1234567897", "123 456 7897", " 123-456-7897 "] {
            assert_eq!(ConfirmationNumber::parse(typed).unwrap(), number, "{typed}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        use ConfirmationNumberError as E;
        for (typed, error) in [
            ("", E::Empty),
            ("123", E::WrongLength { found: 3 }),
            ("12345678901", E::WrongLength { found: 11 }),
            ("12345678x7", E::NotDigits),
            ("1234567890", E::CheckDigit),
        ] {
            assert_eq!(ConfirmationNumber::parse(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn the_series_ends_after_nine_digits() {
        assert!(ConfirmationNumber::from_series(999_999_999).is_some());
        assert!(ConfirmationNumber::from_series(ConfirmationNumber::SERIES).is_none());
    }

    proptest! {
        #[test]
        fn every_number_of_the_series_reads_back_and_one_wrong_digit_does_not(
            series in 0..ConfirmationNumber::SERIES, place in 0_usize..10, wrong in 1_u8..10,
        ) {
            let number = ConfirmationNumber::from_series(series).unwrap();
            prop_assert_eq!(&ConfirmationNumber::parse(&number.grouped()).unwrap(), &number);
            let mut digits = number.as_str().as_bytes().to_vec();
            digits[place] = b'0' + (digits[place] - b'0' + wrong) % 10;
            let mistyped = String::from_utf8(digits).unwrap();
            prop_assert_eq!(
                ConfirmationNumber::parse(&mistyped),
                Err(ConfirmationNumberError::CheckDigit)
            );
        }
    }
}
