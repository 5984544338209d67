//! The line of magnetic ink at the bottom of a check (ANSI X9.100-160, font E-13B).

use kernel::{BankAccountNumber, BankAccountNumberError, RoutingNumber, RoutingNumberError};

/// What the line says. The account number cannot be printed whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MicrLine {
    /// The bank the check is drawn on.
    pub routing: RoutingNumber,
    /// The account it is drawn on.
    pub account: BankAccountNumber,
    /// The check's number without leading zeros; `None` if the line has none.
    pub number: Option<String>,
    /// True if the number stands in the auxiliary on-us field, left of the routing number: a check
    /// of a business, which must not become a bank debit (Nacha Rules 8.32).
    pub auxiliary: bool,
}

/// Why a line could not be read. Never with a number in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MicrError {
    /// Nothing was read.
    #[error("scan the check again, or type its bottom line")]
    Empty,
    /// A character that is in no MICR line.
    #[error("type digits and T, O, A, D for the symbols; found \"{0}\"")]
    Character(char),
    /// The routing number does not stand between two transit symbols.
    #[error("the routing number stands between two transit symbols (T)")]
    Transit,
    /// The account number does not end in an on-us symbol.
    #[error("the account number ends in an on-us symbol (O)")]
    OnUs,
    /// The check's number is longer than any check's.
    #[error("a check's number has at most 15 digits")]
    Number,
    /// The routing number is none.
    #[error(transparent)]
    Routing(#[from] RoutingNumberError),
    /// The account number is none.
    #[error(transparent)]
    Account(#[from] BankAccountNumberError),
}

impl MicrError {
    /// The name in the string catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            MicrError::Empty => "micr-missing",
            MicrError::Character(_) => "micr-character",
            MicrError::Transit => "micr-transit",
            MicrError::OnUs => "micr-on-us",
            MicrError::Number => "micr-number",
            MicrError::Routing(_) => "micr-routing",
            MicrError::Account(_) => "micr-account",
        }
    }
}

impl MicrLine {
    /// Reads a line as check readers give it, with the symbols `⑆ ⑈ ⑇ ⑉` or the letters T
    /// (transit), O (on-us), A (amount) and D (dash), which many readers send in their place.
    /// Spaces do not count. An amount that a bank encoded is passed over.
    ///
    /// # Errors
    /// [`MicrError`], which says what to look at.
    pub fn parse(read: &str) -> Result<MicrLine, MicrError> {
        let line = symbols_of(read)?;
        if line.is_empty() {
            return Err(MicrError::Empty);
        }
        let mut fields = line.split('T');
        let (Some(left), Some(routing), Some(right), None) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(MicrError::Transit);
        };
        if routing.contains(['O', 'A']) {
            return Err(MicrError::Transit);
        }
        // What follows the amount symbol was put there by a bank.
        let right = right.split('A').next().unwrap_or_default();
        let (account, after) = right.split_once('O').ok_or(MicrError::OnUs)?;
        let auxiliary = number_of(left)?;
        let number = match &auxiliary {
            Some(number) => Some(number.clone()),
            None => number_of(after)?,
        };
        Ok(MicrLine {
            routing: RoutingNumber::parse(routing)?,
            account: BankAccountNumber::parse(account)?,
            number,
            auxiliary: auxiliary.is_some(),
        })
    }
}

/// The line in digits and letters, without spaces and dashes.
fn symbols_of(read: &str) -> Result<String, MicrError> {
    let mut line = String::with_capacity(read.len());
    for c in read.chars() {
        match c {
            '0'..='9' => line.push(c),
            '⑆' | 'T' | 't' => line.push('T'),
            '⑈' | 'O' | 'o' => line.push('O'),
            '⑇' | 'A' | 'a' => line.push('A'),
            '⑉' | 'D' | 'd' | '-' => {}
            c if c.is_whitespace() => {}
            c => return Err(MicrError::Character(c)),
        }
    }
    Ok(line)
}

fn number_of(field: &str) -> Result<Option<String>, MicrError> {
    let digits: String = field.chars().filter(char::is_ascii_digit).collect();
    if digits.len() > 15 {
        return Err(MicrError::Number);
    }
    let number = digits.trim_start_matches('0');
    Ok((!number.is_empty()).then(|| number.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_readers_give_it() {
        for (read, account, number, auxiliary) in [
            (
                "⑆021000021⑆ 000123456⑈ 1001",
                "000123456",
                Some("1001"),
                false,
            ),
            (
                "T021000021T000123456O1001",
                "000123456",
                Some("1001"),
                false,
            ),
            (
                "t021000021t 000-123-456o 0001001",
                "000123456",
                Some("1001"),
                false,
            ),
            (
                "⑆021000021⑆ 000⑉123456⑈ 1001 ⑇0000012345⑇",
                "000123456",
                Some("1001"),
                false,
            ),
            (
                "⑈004711⑈ ⑆021000021⑆ 98765432⑈",
                "98765432",
                Some("4711"),
                true,
            ),
            (
                "O4711O T021000021T 98765432O 20",
                "98765432",
                Some("4711"),
                true,
            ),
            ("T021000021T 98765432O", "98765432", None, false),
            ("T021000021T 98765432O 0000", "98765432", None, false),
        ] {
            let line = MicrLine::parse(read).unwrap_or_else(|error| panic!("{read}: {error}"));
            assert_eq!(line.routing.as_str(), "021000021", "{read}");
            assert_eq!(line.account.expose(), account, "{read}");
            assert_eq!(line.number.as_deref(), number, "{read}");
            assert_eq!(line.auxiliary, auxiliary, "{read}");
            assert!(!format!("{line:?}").contains(account), "{read}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_is_refused() {
        for (read, error) in [
            ("", MicrError::Empty),
            (" - ", MicrError::Empty),
            ("T021000021T 12345$O 1", MicrError::Character('$')),
            ("021000021 123456 1001", MicrError::Transit),
            ("T021000021 123456O 1001", MicrError::Transit),
            ("T0210O0021T 123456O 1001", MicrError::Transit),
            ("T021000021T 123456 1001", MicrError::OnUs),
            ("T021000021T 123456O 1234567890123456", MicrError::Number),
            (
                "T123456789T 123456O 1001",
                MicrError::Routing(RoutingNumberError::CheckDigit),
            ),
            (
                "T02100002T 123456O 1001",
                MicrError::Routing(RoutingNumberError::WrongLength { found: 8 }),
            ),
            (
                "T021000021T O 1001",
                MicrError::Account(BankAccountNumberError::Empty),
            ),
        ] {
            assert_eq!(MicrLine::parse(read), Err(error), "{read}");
        }
    }
}
