//! Values that cannot be printed whole.

use std::fmt;

use zeroize::Zeroizing;

use crate::digits_of;

/// A bank account number: 4 to 17 digits (the width of a Nacha entry). `Debug` shows the last four;
/// there is no `Display`. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct BankAccountNumber(Zeroizing<String>);

/// Why a bank account number could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BankAccountNumberError {
    /// Nothing was typed.
    #[error("enter the account number: it follows the routing number at the bottom of a check")]
    Empty,
    /// Something other than digits.
    #[error("an account number has only digits")]
    NotDigits,
    /// Fewer than 4 or more than 17 digits.
    #[error("an account number has 4 to 17 digits; found {found}")]
    WrongLength {
        /// How many digits there were.
        found: usize,
    },
}

impl BankAccountNumber {
    /// Reads an account number; spaces and dashes do not count.
    ///
    /// # Errors
    /// [`BankAccountNumberError`]; never with the number in it.
    pub fn parse(typed: &str) -> Result<Self, BankAccountNumberError> {
        let digits = Zeroizing::new(digits_of(typed).ok_or(BankAccountNumberError::NotDigits)?);
        match digits.len() {
            0 => Err(BankAccountNumberError::Empty),
            4..=17 => Ok(BankAccountNumber(digits)),
            found => Err(BankAccountNumberError::WrongLength { found }),
        }
    }

    /// The whole number. Only for sealing it and for handing it to a bank or processor.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last four digits.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
}

impl fmt::Debug for BankAccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BankAccountNumber(…{})", self.last_four())
    }
}

/// A secret text, such as a password or an API key. `Debug` shows nothing of it. Wiped from memory
/// when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: String) -> Self {
        Secret(Zeroizing::new(text))
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_sees_four_digits_of_an_account_and_nothing_of_a_secret() {
        let account = BankAccountNumber::parse("000 123 456 789").unwrap();
        assert_eq!(format!("{account:?}"), "BankAccountNumber(…6789)");
        assert_eq!(
            format!("{:?}", Secret::new("hunter2".to_owned())),
            "Secret(…)"
        );
    }

    #[test]
    fn account_numbers_have_4_to_17_digits() {
        assert!(BankAccountNumber::parse("1234").is_ok());
        assert!(BankAccountNumber::parse("12345678901234567").is_ok());
        for (typed, error) in [
            ("123", BankAccountNumberError::WrongLength { found: 3 }),
            (
                "123456789012345678",
                BankAccountNumberError::WrongLength { found: 18 },
            ),
            ("12A4", BankAccountNumberError::NotDigits),
            ("", BankAccountNumberError::Empty),
        ] {
            assert_eq!(BankAccountNumber::parse(typed), Err(error), "{typed}");
        }
    }
}
