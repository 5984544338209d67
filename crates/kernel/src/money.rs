//! Money is whole cents, added with checks and divided without losing one.

use std::fmt;
use std::iter::Sum;

/// An amount of United States money in whole cents. Negative amounts are credits.
///
/// # Design
/// The range is that of `i64`, about ±92 quadrillion dollars; arithmetic beyond it panics rather
/// than wraps, because a wrapped premium is worse than a stopped one. Amounts that come from
/// outside are bounded long before that (see [`Cents::parse`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cents(i64);

/// Why an amount could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Nothing was typed.
    #[error("enter an amount, such as 86.40")]
    Empty,
    /// Something other than digits, one point, commas and a leading dollar sign.
    #[error("an amount has only digits and one point, such as 86.40; found \"{found}\"")]
    NotANumber {
        /// What was typed.
        found: String,
    },
    /// More than two digits after the point.
    #[error("an amount has at most two digits after the point, such as 86.40; found \"{found}\"")]
    FractionOfACent {
        /// What was typed.
        found: String,
    },
    /// Larger than the ten digits of cents that bank files carry.
    #[error("an amount is at most $99,999,999.99")]
    TooLarge,
}

impl Cents {
    /// No money.
    pub const ZERO: Cents = Cents(0);
    /// The largest amount accepted from outside: ten digits of cents, the width of a Nacha entry.
    pub const MAX_TYPED: Cents = Cents(9_999_999_999);

    /// An amount of `cents` cents.
    #[must_use]
    pub const fn new(cents: i64) -> Self {
        Cents(cents)
    }

    /// The number of cents.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// True for exactly zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// True for more than zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// True for less than zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The sum, or `None` beyond the range.
    #[must_use]
    pub const fn checked_add(self, other: Cents) -> Option<Cents> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Cents(sum)),
            None => None,
        }
    }

    /// This amount, or zero if it is negative.
    #[must_use]
    pub fn at_least_zero(self) -> Cents {
        self.max(Cents::ZERO)
    }

    /// The part of a monthly amount that `days` of a month with `of` days carry, to the nearest
    /// cent, halves away from zero: monthly premium / days in month × days covered
    /// (45 CFR 155.240(e)).
    ///
    /// # Panics
    /// If `of` is zero.
    #[must_use]
    pub fn prorate(self, days: u32, of: u32) -> Cents {
        assert!(of > 0, "a month has days");
        let product = i128::from(self.0) * i128::from(days);
        let of = i128::from(of);
        let half = if product < 0 { -(of / 2) } else { of / 2 };
        Cents(i64::try_from((product + half) / of).expect("part of an i64 amount fits an i64"))
    }

    /// Splits the amount over `weights` so that the parts add up to it exactly. Left-over cents go
    /// to the first parts with a weight. With no positive weight all goes to the first part.
    #[must_use]
    pub fn allocate(self, weights: &[u32]) -> Vec<Cents> {
        let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
        if total == 0 {
            let mut parts = vec![Cents::ZERO; weights.len()];
            if let Some(first) = parts.first_mut() {
                *first = self;
            }
            return parts;
        }
        let mut parts: Vec<Cents> = weights
            .iter()
            .map(|w| {
                let part = i128::from(self.0) * i128::from(*w) / total;
                Cents(i64::try_from(part).expect("part of an i64 amount fits an i64"))
            })
            .collect();
        let mut left = self - parts.iter().copied().sum();
        let step = Cents(left.0.signum());
        for (part, weight) in parts.iter_mut().zip(weights) {
            if left.is_zero() {
                break;
            }
            if *weight > 0 {
                *part += step;
                left -= step;
            }
        }
        parts
    }

    /// Reads an amount as people type it: `86.40`, `$1,234.5`, ` 12 `. Never negative.
    ///
    /// # Errors
    /// [`MoneyError`], each saying what an amount looks like.
    pub fn parse(typed: &str) -> Result<Cents, MoneyError> {
        let text: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != ',')
            .collect();
        let text = text.strip_prefix('$').unwrap_or(&text);
        if text.is_empty() {
            return Err(MoneyError::Empty);
        }
        let not_a_number = || MoneyError::NotANumber {
            found: typed.trim().chars().take(20).collect(),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return Err(not_a_number());
        }
        if fraction.len() > 2 {
            return Err(MoneyError::FractionOfACent {
                found: typed.trim().chars().take(20).collect(),
            });
        }
        if whole.trim_start_matches('0').len() > 8 {
            return Err(MoneyError::TooLarge);
        }
        let dollars: i64 = if whole.is_empty() {
            0
        } else {
            whole.parse().map_err(|_| not_a_number())?
        };
        let cents: i64 = format!("{fraction:0<2}")
            .parse()
            .map_err(|_| not_a_number())?;
        Ok(Cents(dollars * 100 + cents))
    }

    /// `1234.50`: digits, a point and no sign of currency, for files and form fields.
    #[must_use]
    pub fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let abs = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", abs / 100, abs % 100)
    }
}

impl fmt::Display for Cents {
    /// `$1,234.50`, or `-$1,234.50`. United States Spanish writes amounts the same way.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let abs = self.0.unsigned_abs();
        let whole = (abs / 100).to_string();
        let mut grouped = String::with_capacity(whole.len() + whole.len() / 3);
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(c);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        f.pad(&format!("{sign}${grouped}.{:02}", abs % 100))
    }
}

impl fmt::Debug for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cents({})", self.0)
    }
}

impl std::ops::Add for Cents {
    type Output = Cents;
    fn add(self, other: Cents) -> Cents {
        Cents(
            self.0
                .checked_add(other.0)
                .expect("money stays within i64 cents"),
        )
    }
}

impl std::ops::Sub for Cents {
    type Output = Cents;
    fn sub(self, other: Cents) -> Cents {
        Cents(
            self.0
                .checked_sub(other.0)
                .expect("money stays within i64 cents"),
        )
    }
}

impl std::ops::Neg for Cents {
    type Output = Cents;
    fn neg(self) -> Cents {
        Cents(self.0.checked_neg().expect("money stays within i64 cents"))
    }
}

impl std::ops::AddAssign for Cents {
    fn add_assign(&mut self, other: Cents) {
        *self = *self + other;
    }
}

impl std::ops::SubAssign for Cents {
    fn sub_assign(&mut self, other: Cents) {
        *self = *self - other;
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Cents>>(iter: I) -> Cents {
        iter.fold(Cents::ZERO, |a, b| a + b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (typed, cents) in [
            ("86.40", 8640),
            ("$1,234.5", 123_450),
            (" 12 ", 1200),
            (".75", 75),
            ("0007.00", 700),
            ("99999999.99", 9_999_999_999),
        ] {
            assert_eq!(Cents::parse(typed), Ok(Cents(cents)), "{typed}");
        }
    }

    #[test]
    fn what_is_not_an_amount_is_refused_with_the_reason() {
        assert_eq!(Cents::parse("  "), Err(MoneyError::Empty));
        assert!(matches!(
            Cents::parse("0.001"),
            Err(MoneyError::FractionOfACent { .. })
        ));
        assert_eq!(Cents::parse("1000000000"), Err(MoneyError::TooLarge));
        for typed in ["-5", "1.2.3", "NaN", "1e18", "12$", "."] {
            assert!(
                matches!(Cents::parse(typed), Err(MoneyError::NotANumber { .. })),
                "{typed}"
            );
        }
    }

    #[test]
    fn amounts_are_shown_with_commas_and_a_sign() {
        for (cents, shown) in [
            (0, "$0.00"),
            (5, "$0.05"),
            (123_456_789, "$1,234,567.89"),
            (-100_000, "-$1,000.00"),
        ] {
            assert_eq!(Cents(cents).to_string(), shown);
        }
        assert_eq!(Cents(-1205).plain(), "-12.05");
    }

    #[test]
    fn a_part_of_a_month_is_rounded_to_the_nearest_cent() {
        for (cents, days, of, part) in [
            (31_000, 31, 31, 31_000),
            (31_000, 1, 31, 1000),
            (10_000, 1, 3, 3333),
            (10_000, 2, 3, 6667),
            (5, 1, 2, 3),
            (-5, 1, 2, -3),
            (10_000, 0, 30, 0),
        ] {
            assert_eq!(
                Cents(cents).prorate(days, of),
                Cents(part),
                "{cents} {days}/{of}"
            );
        }
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole(
            cents in -1_000_000_000_i64..1_000_000_000,
            weights in proptest::collection::vec(0_u32..1000, 1..20),
        ) {
            let parts = Cents(cents).allocate(&weights);
            prop_assert_eq!(parts.iter().copied().sum::<Cents>(), Cents(cents));
        }

        #[test]
        fn what_is_shown_can_be_read_back(cents in 0_i64..10_000_000_000) {
            prop_assert_eq!(Cents::parse(&Cents(cents).to_string()), Ok(Cents(cents)));
            prop_assert_eq!(Cents::parse(&Cents(cents).plain()), Ok(Cents(cents)));
        }
    }
}
