//! Card brands by range, and the check digit.
//!
//! memberpay never sees a card number on the web. This is for terminals, for the phone, and for
//! telling a card number that someone typed into the wrong field.

use std::fmt;

use kernel::{Tender, digits_of, luhn_holds};

/// A card brand. Those that a plan may not take are known too, so that they can be refused by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Brand {
    /// Visa.
    Visa,
    /// Mastercard.
    Mastercard,
    /// Discover.
    Discover,
    /// American Express.
    AmericanExpress,
    /// Diners Club; in the United States on the Discover network.
    DinersClub,
    /// JCB; in the United States on the Discover network.
    Jcb,
    /// UnionPay; in the United States on the Discover network.
    UnionPay,
    /// A brand that this table does not know.
    Other,
}

/// Why a card number could not be read. Never with the number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrandError {
    /// Nothing was typed.
    #[error("enter the card number")]
    Empty,
    /// Something other than digits.
    #[error("a card number has only digits")]
    NotDigits,
    /// Not as long as the brand's numbers are, or not 12 to 19 digits.
    #[error(
        "this card number has {found} digits, which is too many or too few; check it against the card"
    )]
    WrongLength {
        /// How many digits there were.
        found: usize,
    },
    /// The check digit does not hold.
    #[error("check the card number: one of its digits is wrong")]
    CheckDigit,
}

/// From, to (as prefixes of the same length), brand. More specific ranges first. Oracle Retail's
/// table of United States card ranges; Mastercard's 2-series from 222100 to 272099.
const RANGES: &[(u32, u32, Brand)] = &[
    (34, 34, Brand::AmericanExpress),
    (37, 37, Brand::AmericanExpress),
    (601_100, 601_109, Brand::Discover),
    (601_120, 601_149, Brand::Discover),
    (601_174, 601_174, Brand::Discover),
    (601_177, 601_179, Brand::Discover),
    (601_186, 601_199, Brand::Discover),
    // Discover assigns the rest of 6011 too; the processor's own test number lies in it.
    (6011, 6011, Brand::Discover),
    (644, 659, Brand::Discover),
    (622_126, 622_925, Brand::UnionPay),
    (624, 626, Brand::UnionPay),
    (6282, 6288, Brand::UnionPay),
    (62, 62, Brand::UnionPay),
    (300, 305, Brand::DinersClub),
    (36, 36, Brand::DinersClub),
    (38, 39, Brand::DinersClub),
    (3528, 3589, Brand::Jcb),
    (51, 55, Brand::Mastercard),
    (222_100, 272_099, Brand::Mastercard),
    (4, 4, Brand::Visa),
];

impl Brand {
    /// The brand's own name, the same in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Brand::Visa => "Visa",
            Brand::Mastercard => "Mastercard",
            Brand::Discover => "Discover",
            Brand::AmericanExpress => "American Express",
            Brand::DinersClub => "Diners Club",
            Brand::Jcb => "JCB",
            Brand::UnionPay => "UnionPay",
            Brand::Other => "card",
        }
    }

    /// The tender that this brand is, or `None` for brands that no plan line takes.
    #[must_use]
    pub const fn tender(self) -> Option<Tender> {
        match self {
            Brand::Visa => Some(Tender::Visa),
            Brand::Mastercard => Some(Tender::Mastercard),
            Brand::Discover => Some(Tender::Discover),
            _ => None,
        }
    }

    /// From Stripe's word.
    #[must_use]
    pub fn from_stripe(word: &str) -> Self {
        match word {
            "visa" => Brand::Visa,
            "mastercard" => Brand::Mastercard,
            "discover" => Brand::Discover,
            "amex" | "american_express" => Brand::AmericanExpress,
            "diners" | "diners_club" => Brand::DinersClub,
            "jcb" => Brand::Jcb,
            "unionpay" => Brand::UnionPay,
            _ => Brand::Other,
        }
    }

    /// The brand whose range the digits begin in; [`Brand::Other`] if none.
    #[must_use]
    pub fn of_digits(digits: &str) -> Self {
        RANGES
            .iter()
            .find(|(from, to, _)| {
                let length = from.to_string().len();
                digits
                    .get(..length)
                    .and_then(|prefix| prefix.parse::<u32>().ok())
                    .is_some_and(|prefix| (*from..=*to).contains(&prefix))
            })
            .map_or(Brand::Other, |(_, _, brand)| *brand)
    }

    fn takes_length(self, length: usize) -> bool {
        match self {
            Brand::Visa => matches!(length, 13 | 16 | 19),
            Brand::Mastercard => length == 16,
            Brand::AmericanExpress => length == 15,
            Brand::Discover | Brand::Jcb | Brand::UnionPay => (16..=19).contains(&length),
            Brand::DinersClub => (14..=19).contains(&length),
            Brand::Other => (12..=19).contains(&length),
        }
    }
}

impl fmt::Display for Brand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The brand of a card number as typed, its length and check digit verified.
///
/// # Errors
/// [`BrandError`].
pub fn recognise(typed: &str) -> Result<Brand, BrandError> {
    let digits = digits_of(typed).ok_or(BrandError::NotDigits)?;
    if digits.is_empty() {
        return Err(BrandError::Empty);
    }
    let brand = Brand::of_digits(&digits);
    if !brand.takes_length(digits.len()) {
        return Err(BrandError::WrongLength {
            found: digits.len(),
        });
    }
    if !luhn_holds(&digits) {
        return Err(BrandError::CheckDigit);
    }
    Ok(brand)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_test_numbers_have_the_brand_they_are_published_under() {
        for (number, brand) in [
            ("4242 4242 4242 4242", Brand::Visa),
            ("4222222222222", Brand::Visa),
            ("5555555555554444", Brand::Mastercard),
            ("2223003122003222", Brand::Mastercard),
            ("5105-1051-0510-5100", Brand::Mastercard),
            ("6011111111111117", Brand::Discover),
            ("6011000990139424", Brand::Discover),
            ("378282246310005", Brand::AmericanExpress),
            ("371449635398431", Brand::AmericanExpress),
            ("3056930009020004", Brand::DinersClub),
            ("36227206271667", Brand::DinersClub),
            ("3566002020360505", Brand::Jcb),
            ("6200000000000005", Brand::UnionPay),
        ] {
            assert_eq!(recognise(number), Ok(brand), "{number}");
        }
    }

    #[test]
    fn the_second_mastercard_range_ends_where_it_ends() {
        assert_eq!(Brand::of_digits("2220999999999999"), Brand::Other);
        assert_eq!(Brand::of_digits("2221000000000000"), Brand::Mastercard);
        assert_eq!(Brand::of_digits("2720999999999999"), Brand::Mastercard);
        assert_eq!(Brand::of_digits("2721000000000000"), Brand::Other);
    }

    #[test]
    fn mistyped_numbers_are_refused_with_their_reason() {
        for (typed, error) in [
            ("", BrandError::Empty),
            ("4242x", BrandError::NotDigits),
            ("4242424242424241", BrandError::CheckDigit),
            ("424242424242424", BrandError::WrongLength { found: 15 }),
            ("3782822463100050", BrandError::WrongLength { found: 16 }),
        ] {
            assert_eq!(recognise(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn only_the_brands_a_plan_takes_are_tenders() {
        assert_eq!(Brand::Visa.tender(), Some(Tender::Visa));
        assert_eq!(Brand::AmericanExpress.tender(), None);
        assert_eq!(Brand::from_stripe("amex"), Brand::AmericanExpress);
        assert_eq!(Brand::from_stripe("future_brand"), Brand::Other);
    }
}
