//! Who may register: the one whose member ID, birth date and ZIP code are on file.

use jiff::civil::Date;
use kernel::Zip;

/// How many digits an e-mailed code has (OWASP ASVS 5.0 section 6.6).
pub const CODE_DIGITS: usize = 6;

/// What is compared beside the member ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationFacts {
    /// Born on.
    pub birth_date: Date,
    /// Home ZIP code.
    pub zip: Zip,
}

/// True if the facts given are those on file; false if nobody is on file. Looks at every fact,
/// whatever the others said.
#[must_use]
pub fn may_register(on_file: Option<(Date, Option<&Zip>)>, given: &RegistrationFacts) -> bool {
    let same_birth_date = on_file.is_some_and(|(birth_date, _)| birth_date == given.birth_date);
    let same_zip = on_file.is_some_and(|(_, zip)| zip == Some(&given.zip));
    same_birth_date & same_zip
}

/// The digits of a code as typed, spaces and dashes aside; `None` if it cannot be a code.
#[must_use]
pub fn code_as_typed(typed: &str) -> Option<String> {
    kernel::digits_of(typed).filter(|digits| digits.len() == CODE_DIGITS)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_fact_must_be_the_one_on_file() {
        let zip = |text| Zip::parse(text).unwrap();
        let given = RegistrationFacts {
            birth_date: date(1956, 3, 14),
            zip: zip("06032-1234"),
        };
        let (right, wrong) = (zip("06032"), zip("06033"));
        assert!(may_register(
            Some((date(1956, 3, 14), Some(&right))),
            &given
        ));
        for on_file in [
            None,
            Some((date(1956, 3, 15), Some(&right))),
            Some((date(1956, 3, 14), Some(&wrong))),
            Some((date(1956, 3, 14), None)),
        ] {
            assert!(!may_register(on_file, &given), "{on_file:?}");
        }
    }

    #[test]
    fn a_code_is_read_in_any_grouping() {
        assert_eq!(code_as_typed(" 123 456 ").as_deref(), Some("123456"));
        for not_a_code in ["", "12345", "1234567", "12345a"] {
            assert_eq!(code_as_typed(not_a_code), None, "{not_a_code}");
        }
    }
}
