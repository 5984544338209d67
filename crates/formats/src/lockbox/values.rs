//! Single values, as remittance files write them.

use jiff::civil::Date;
use kernel::{Cents, Secret};

use crate::shown::decode;

/// Digits with blanks around them.
pub(crate) fn whole(bytes: &[u8]) -> Option<u64> {
    let bytes = bytes.trim_ascii();
    // Fifteen digits are a trillion dollars in cents.
    if bytes.is_empty() || bytes.len() > 15 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |sum: u64, digit: &u8| sum * 10 + u64::from(digit - b'0');
    Some(bytes.iter().fold(0, add))
}

/// Cents without a point: `0000700000` is $7,000.00.
pub(crate) fn implied_cents(bytes: &[u8]) -> Option<Cents> {
    whole(bytes)
        .and_then(|n| i64::try_from(n).ok())
        .map(Cents::new)
}

/// Dollars with or without a point: `7000`, `7000.5`, `-12.34`.
pub(crate) fn dollars(bytes: &[u8]) -> Option<Cents> {
    let bytes = bytes.trim_ascii();
    let (negative, bytes) = match bytes.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    let mut parts = bytes.splitn(2, |b| *b == b'.');
    let (dollars, cents) = (parts.next()?, parts.next());
    let dollars = match dollars {
        b"" if cents.is_some_and(|c| !c.is_empty()) => 0,
        digits => fitting(digits, 13)?,
    };
    let cents = match cents {
        None | Some(b"") => 0,
        Some([d]) if d.is_ascii_digit() => i64::from(d - b'0') * 10,
        Some(two) if two.len() == 2 => fitting(two, 2)?,
        Some(_) => return None,
    };
    let total = dollars * 100 + cents;
    Some(Cents::new(if negative { -total } else { total }))
}

fn fitting(digits: &[u8], most: usize) -> Option<i64> {
    let no_blanks = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    (no_blanks && digits.len() <= most)
        .then(|| whole(digits))?
        .and_then(|n| i64::try_from(n).ok())
}

/// `20261123`, or `261123` as before the year 2000.
pub(crate) fn x12_day(bytes: &[u8]) -> Option<Date> {
    let bytes = bytes.trim_ascii();
    let year = match bytes.len() {
        8 => 4,
        6 => 2,
        _ => return None,
    };
    day(&bytes[..year], &bytes[year..year + 2], &bytes[year + 2..])
}

/// A day of digits; a year of two digits is of this century.
pub(crate) fn day(year: &[u8], month: &[u8], day: &[u8]) -> Option<Date> {
    let number = |digits: &[u8]| fitting(digits, 4);
    let century = if year.len() == 2 { 2000 } else { 0 };
    let year = i16::try_from(century + number(year)?).ok()?;
    let month = i8::try_from(number(month)?).ok()?;
    Date::new(year, month, i8::try_from(number(day)?).ok()?).ok()
}

/// Text without the blanks around it, or nothing.
pub(crate) fn text(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.trim_ascii();
    (!bytes.is_empty()).then(|| decode(bytes))
}

/// Text that is more than zeros, without leading zeros: check and account numbers, whose zeros
/// are padding.
pub(crate) fn unpadded(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.trim_ascii();
    let zeros = bytes.iter().take_while(|b| **b == b'0').count();
    text(&bytes[zeros..])
}

/// A routing number: all its digits, or nothing if it is blank or zeros.
pub(crate) fn routing(bytes: &[u8]) -> Option<Secret> {
    unpadded(bytes).and_then(|_| text(bytes)).map(Secret::new)
}

/// An account number without its padding.
pub(crate) fn account(bytes: &[u8]) -> Option<Secret> {
    unpadded(bytes).map(Secret::new)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn amounts_are_read_to_the_cent_or_not_at_all() {
        for (text, cents) in [
            ("7000", Some(700_000)),
            ("7000.5", Some(700_050)),
            ("0.05", Some(5)),
            (".05", Some(5)),
            ("-12.34", Some(-1_234)),
            ("12.", Some(1_200)),
            ("12.345", None),
            ("1 2", None),
            ("", None),
            ("-", None),
            (".", None),
            ("1.-5", None),
            ("99999999999999", None),
        ] {
            assert_eq!(dollars(text.as_bytes()).map(Cents::get), cents, "{text}");
        }
        assert_eq!(implied_cents(b"0000700000"), Some(Cents::new(700_000)));
        assert_eq!(implied_cents(b"     70000"), Some(Cents::new(70_000)));
        assert_eq!(implied_cents(b"00007A0000"), None);
    }

    #[test]
    fn days_are_days_of_the_calendar() {
        assert_eq!(day(b"2027", b"02", b"29"), None);
        assert_eq!(day(b"2027", b" 2", b"28"), None);
        assert_eq!(day(b"16", b"05", b"23"), Some(date(2016, 5, 23)));
    }

    #[test]
    fn zeros_that_pad_are_not_kept_and_routing_numbers_keep_theirs() {
        assert_eq!(unpadded(b"0000000018"), Some("18".to_owned()));
        assert_eq!(unpadded(b"0000000000"), None);
        assert_eq!(routing(b"011000015").unwrap().expose(), "011000015");
        assert_eq!(routing(b"000000000"), None);
    }
}
