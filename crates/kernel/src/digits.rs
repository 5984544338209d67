//! Digits that people type, and the check digit of ISO/IEC 7812-1 annex B.

/// The digits of a text, without the spaces, points and dashes that people put between them.
/// `None` if anything else is in it.
#[must_use]
pub fn digits_of(typed: &str) -> Option<String> {
    let mut digits = String::with_capacity(typed.len());
    for c in typed.chars() {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '-' | '.' | '\u{a0}' | '\u{2013}' | '\u{2011}' | '\t' | '\r' | '\n' => {}
            _ => return None,
        }
    }
    Some(digits)
}

/// The digit that makes `digits` followed by it pass [`luhn_holds`]. `None` if not all digits.
#[must_use]
pub fn luhn_check_digit(digits: &str) -> Option<u8> {
    let sum = luhn_sum(digits.bytes().rev(), true)?;
    Some(u8::try_from((10 - sum % 10) % 10).expect("below ten"))
}

/// True if the last digit is the check digit of the others (ISO/IEC 7812-1, the Luhn formula).
#[must_use]
pub fn luhn_holds(digits: &str) -> bool {
    !digits.is_empty() && luhn_sum(digits.bytes().rev(), false).is_some_and(|s| s % 10 == 0)
}

fn luhn_sum(from_right: impl Iterator<Item = u8>, mut double: bool) -> Option<u32> {
    let mut sum = 0;
    for byte in from_right {
        let digit = char::from(byte).to_digit(10)?;
        let value = if double { digit * 2 } else { digit };
        sum += value / 10 + value % 10;
        double = !double;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_dashes_do_not_count() {
        assert_eq!(digits_of("1234 567-8901").as_deref(), Some("12345678901"));
        assert_eq!(digits_of("12a"), None);
    }

    #[test]
    fn published_card_numbers_pass_and_changed_ones_do_not() {
        assert!(luhn_holds("4242424242424242"));
        assert!(luhn_holds("6011111111111117"));
        assert!(!luhn_holds("4242424242424241"));
        assert!(!luhn_holds(""));
        assert_eq!(luhn_check_digit("424242424242424"), Some(2));
    }
}
