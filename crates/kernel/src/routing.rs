//! The nine-digit routing number of a United States bank.

use std::fmt;

use crate::digits_of;

/// A routing number whose check digit holds:
/// (3(d1+d4+d7) + 7(d2+d5+d8) + (d3+d6+d9)) mod 10 = 0.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RoutingNumber(String);

/// Why a routing number could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoutingNumberError {
    /// Nothing was typed.
    #[error("enter the routing number: the first 9 digits at the bottom of a check")]
    Empty,
    /// Something other than digits.
    #[error("a routing number has only digits")]
    NotDigits,
    /// Not nine digits.
    #[error("a routing number has 9 digits; found {found}")]
    WrongLength {
        /// How many digits there were.
        found: usize,
    },
    /// Nine digits that no bank can have.
    #[error("check the routing number: one of its 9 digits is wrong")]
    CheckDigit,
}

impl RoutingNumber {
    /// Reads a routing number and verifies its check digit.
    ///
    /// # Errors
    /// [`RoutingNumberError`], each saying where the number is found or what is wrong with it.
    pub fn parse(typed: &str) -> Result<Self, RoutingNumberError> {
        let digits = digits_of(typed).ok_or(RoutingNumberError::NotDigits)?;
        match digits.len() {
            0 => return Err(RoutingNumberError::Empty),
            9 => {}
            found => return Err(RoutingNumberError::WrongLength { found }),
        }
        let sum: u32 = digits
            .chars()
            .filter_map(|c| c.to_digit(10))
            .zip([3, 7, 1].into_iter().cycle())
            .map(|(digit, weight)| digit * weight)
            .sum();
        if sum == 0 || !sum.is_multiple_of(10) {
            return Err(RoutingNumberError::CheckDigit);
        }
        Ok(RoutingNumber(digits))
    }

    /// The nine digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoutingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_routing_numbers_pass_and_mistyped_ones_do_not() {
        assert!(RoutingNumber::parse("062000019").is_ok());
        assert!(RoutingNumber::parse("021-000-021").is_ok());
        for (typed, error) in [
            ("123456789", RoutingNumberError::CheckDigit),
            ("000000000", RoutingNumberError::CheckDigit),
            ("06200001", RoutingNumberError::WrongLength { found: 8 }),
            ("06200001x", RoutingNumberError::NotDigits),
            ("", RoutingNumberError::Empty),
        ] {
            assert_eq!(RoutingNumber::parse(typed), Err(error), "{typed}");
        }
    }
}
