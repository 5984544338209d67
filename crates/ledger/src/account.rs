//! Ledger accounts and the chart that names them.

use std::fmt;

/// A ledger account by its four-digit code, such as `1100`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerAccount(u16);

impl LedgerAccount {
    /// The account with this four-digit code, for charts written in code.
    ///
    /// # Panics
    /// If the code is not four digits with a first digit from 1 to 9. In a constant the compiler
    /// finds it.
    #[must_use]
    pub const fn new(code: &str) -> Self {
        match Self::parse(code) {
            Some(account) => account,
            None => panic!("a ledger account has four digits and does not begin with zero"),
        }
    }

    /// Reads a four-digit code, `None` if it is not one.
    #[must_use]
    pub const fn parse(code: &str) -> Option<Self> {
        let bytes = code.as_bytes();
        if bytes.len() != 4 || bytes[0] == b'0' {
            return None;
        }
        let mut number: u16 = 0;
        let mut i = 0;
        while i < bytes.len() {
            if !bytes[i].is_ascii_digit() {
                return None;
            }
            number = number * 10 + (bytes[i] - b'0') as u16;
            i += 1;
        }
        Some(LedgerAccount(number))
    }

    /// From the number a database column holds, `None` outside 1000 to 9999.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        let number = u16::try_from(number).ok()?;
        (1000..=9999)
            .contains(&number)
            .then_some(LedgerAccount(number))
    }

    /// The code as a number, 1000 to 9999.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for LedgerAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

impl fmt::Debug for LedgerAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LedgerAccount({:04})", self.0)
    }
}

/// The side on which a ledger account normally stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// Assets and expenses: a positive balance is a debit.
    Debit,
    /// Liabilities and revenue: a positive balance is a credit.
    Credit,
}

impl Side {
    /// `debit` or `credit`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Side::Debit => "debit",
            Side::Credit => "credit",
        }
    }
}

/// One line of a chart of accounts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChartLine {
    /// The account.
    pub account: LedgerAccount,
    /// Its name for people.
    pub name: &'static str,
    /// What its balance means, in a sentence.
    pub meaning: &'static str,
    /// The side it normally stands on.
    pub normal: Side,
    /// True if every premium account keeps a balance of its own in it; false for the house's
    /// accounts, whose balance is summed.
    pub per_account: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_four_digits_without_a_leading_zero() {
        for (code, good) in [
            ("1100", true),
            ("9999", true),
            ("0100", false),
            ("110", false),
            ("11000", false),
            ("11x0", false),
            ("", false),
        ] {
            assert_eq!(LedgerAccount::parse(code).is_some(), good, "{code}");
        }
        assert_eq!(LedgerAccount::new("1100").to_string(), "1100");
        assert_eq!(LedgerAccount::new("1100").number(), 1100);
    }

    #[test]
    fn a_stored_number_comes_back_as_the_same_account() {
        assert_eq!(
            LedgerAccount::from_number(1100),
            Some(LedgerAccount::new("1100"))
        );
        for number in [-1, 0, 999, 10_000, i64::MAX] {
            assert_eq!(LedgerAccount::from_number(number), None, "{number}");
        }
    }
}
