//! Card brands by number range, and card numbers where they do not belong.
//!
//! A whole card number never reaches memberpay: the processor's hosted fields take it. These rules
//! serve the sandbox processor, the brand that a processor reports, and the fields in which
//! somebody types a card number by mistake.

use kernel::{Tender, digits_of, luhn_holds};

/// A card brand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CardBrand {
    /// Visa.
    Visa,
    /// Mastercard.
    Mastercard,
    /// Discover.
    Discover,
    /// American Express.
    Amex,
    /// Diners Club.
    Diners,
    /// JCB.
    Jcb,
    /// UnionPay.
    UnionPay,
    /// None of these.
    Other,
}

impl CardBrand {
    /// All brands.
    pub const ALL: [CardBrand; 8] = [
        CardBrand::Visa,
        CardBrand::Mastercard,
        CardBrand::Discover,
        CardBrand::Amex,
        CardBrand::Diners,
        CardBrand::Jcb,
        CardBrand::UnionPay,
        CardBrand::Other,
    ];

    /// The name used in tables and by processors.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            CardBrand::Visa => "visa",
            CardBrand::Mastercard => "mastercard",
            CardBrand::Discover => "discover",
            CardBrand::Amex => "amex",
            CardBrand::Diners => "diners",
            CardBrand::Jcb => "jcb",
            CardBrand::UnionPay => "unionpay",
            CardBrand::Other => "other",
        }
    }

    /// The brand with this code; [`CardBrand::Other`] for one that is not known.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|b| b.code() == code)
            .unwrap_or(CardBrand::Other)
    }

    /// The name on the card.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            CardBrand::Visa => "Visa",
            CardBrand::Mastercard => "Mastercard",
            CardBrand::Discover => "Discover",
            CardBrand::Amex => "American Express",
            CardBrand::Diners => "Diners Club",
            CardBrand::Jcb => "JCB",
            CardBrand::UnionPay => "UnionPay",
            CardBrand::Other => "card",
        }
    }

    /// The tender it is, or `None` for a brand that no plan takes. Whether a plan line takes the
    /// tender is for its configuration to say.
    #[must_use]
    pub const fn tender(self) -> Option<Tender> {
        match self {
            CardBrand::Visa => Some(Tender::Visa),
            CardBrand::Mastercard => Some(Tender::Mastercard),
            CardBrand::Discover => Some(Tender::Discover),
            CardBrand::Amex
            | CardBrand::Diners
            | CardBrand::Jcb
            | CardBrand::UnionPay
            | CardBrand::Other => None,
        }
    }

    fn takes_length(self, digits: usize) -> bool {
        match self {
            CardBrand::Visa => matches!(digits, 13 | 16 | 19),
            CardBrand::Mastercard => digits == 16,
            CardBrand::Amex => digits == 15,
            CardBrand::Diners => (14..=19).contains(&digits),
            CardBrand::Discover | CardBrand::Jcb | CardBrand::UnionPay => {
                (16..=19).contains(&digits)
            }
            CardBrand::Other => (13..=19).contains(&digits),
        }
    }
}

/// Ranges of first six digits. The first that holds counts.
const RANGES: &[(u32, u32, CardBrand)] = &[
    (340_000, 349_999, CardBrand::Amex),
    (370_000, 379_999, CardBrand::Amex),
    (300_000, 305_999, CardBrand::Diners),
    (360_000, 369_999, CardBrand::Diners),
    (380_000, 399_999, CardBrand::Diners),
    (352_800, 358_999, CardBrand::Jcb),
    (400_000, 499_999, CardBrand::Visa),
    (510_000, 559_999, CardBrand::Mastercard),
    (222_100, 272_099, CardBrand::Mastercard),
    // Processors take all of 6011 for Discover, though not every part of it is issued.
    (601_100, 601_199, CardBrand::Discover),
    (644_000, 659_999, CardBrand::Discover),
    (622_126, 622_925, CardBrand::UnionPay),
    (624_000, 626_999, CardBrand::UnionPay),
    (628_200, 628_899, CardBrand::UnionPay),
];

/// The brand of a card number of which the first digits are known. With fewer than six digits the
/// answer is [`CardBrand::Other`] until all numbers that begin so are of one brand.
#[must_use]
pub fn brand_of(prefix: &str) -> CardBrand {
    let Some(digits) = digits_of(prefix).filter(|d| !d.is_empty()) else {
        return CardBrand::Other;
    };
    let known = &digits[..digits.len().min(6)];
    let (Ok(low), Ok(high)) = (
        format!("{known:0<6}").parse::<u32>(),
        format!("{known:9<6}").parse::<u32>(),
    ) else {
        return CardBrand::Other;
    };
    RANGES
        .iter()
        .find(|(from, to, _)| *from <= low && high <= *to)
        .map_or(CardBrand::Other, |(_, _, brand)| *brand)
}

/// Why a card number is refused before it is sent. Never with the number in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardNumberError {
    /// Nothing was typed.
    #[error("enter the card number: the long number on the card")]
    Empty,
    /// Something other than digits.
    #[error("a card number has only digits")]
    NotDigits,
    /// A brand that is not taken.
    #[error("{} cards are not accepted; use a Visa, Mastercard or Discover card, or a bank account", brand.name())]
    BrandNotTaken {
        /// The brand.
        brand: CardBrand,
    },
    /// Too many or too few digits for the brand, or the check digit does not hold.
    #[error("check the card number: a digit is missing or wrong")]
    Mistyped,
}

/// Checks a whole card number: brand, length and check digit.
///
/// # Errors
/// [`CardNumberError`]. A brand that is not taken is said first, so that nobody retypes a number
/// that would be refused all the same.
pub fn check_card_number(typed: &str) -> Result<CardBrand, CardNumberError> {
    let digits = digits_of(typed).ok_or(CardNumberError::NotDigits)?;
    if digits.is_empty() {
        return Err(CardNumberError::Empty);
    }
    let brand = brand_of(&digits);
    if brand != CardBrand::Other && brand.tender().is_none() {
        return Err(CardNumberError::BrandNotTaken { brand });
    }
    if !brand.takes_length(digits.len()) || !luhn_holds(&digits) {
        return Err(CardNumberError::Mistyped);
    }
    match brand.tender() {
        Some(_) => Ok(brand),
        None => Err(CardNumberError::BrandNotTaken { brand }),
    }
}

/// True if 13 to 19 digits that pass the card check stand in a text, with or without spaces, points
/// and dashes between them. Such a text must not be stored: the page refuses it and asks for a name
/// or an e-mail address instead.
#[must_use]
pub fn looks_like_card_number(text: &str) -> bool {
    let mut run = String::new();
    let mut separators = 0;
    for c in text.chars() {
        match c {
            '0'..='9' => {
                run.push(c);
                separators = 0;
            }
            ' ' | '-' | '.' | '_' | '\u{a0}' | '\u{2010}'..='\u{2014}' if separators < 3 => {
                separators += 1;
            }
            _ => {
                if holds_card_number(&run) {
                    return true;
                }
                run.clear();
            }
        }
    }
    holds_card_number(&run)
}

fn holds_card_number(run: &str) -> bool {
    (13..=19).any(|length| {
        (0..=run.len().saturating_sub(length)).any(|start| {
            run.get(start..start + length)
                .is_some_and(|digits| luhn_holds(digits) && digits.bytes().any(|b| b != b'0'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brands_are_known_by_their_ranges() {
        use CardBrand as B;
        for (prefix, brand) in [
            ("4", B::Visa),
            ("4242 4242", B::Visa),
            ("34", B::Amex),
            ("37", B::Amex),
            ("51", B::Mastercard),
            ("55", B::Mastercard),
            ("56", B::Other),
            ("2221", B::Mastercard),
            ("222099", B::Other),
            ("272099", B::Mastercard),
            ("272100", B::Other),
            ("601100", B::Discover),
            ("6011", B::Discover),
            ("6012", B::Other),
            ("644", B::Discover),
            ("65", B::Discover),
            ("622125", B::Other),
            ("622126", B::UnionPay),
            ("6282", B::UnionPay),
            ("3528", B::Jcb),
            ("3589", B::Jcb),
            ("3590", B::Other),
            ("300", B::Diners),
            ("306", B::Other),
            ("36", B::Diners),
            ("6", B::Other),
            ("", B::Other),
            ("abc", B::Other),
        ] {
            assert_eq!(brand_of(prefix), brand, "{prefix}");
        }
    }

    #[test]
    fn whole_numbers_are_checked_with_a_sentence_for_each_mistake() {
        use CardNumberError as E;
        for (typed, expected) in [
            ("4242 4242 4242 4242", Ok(CardBrand::Visa)),
            ("5555-5555-5555-4444", Ok(CardBrand::Mastercard)),
            ("2223003122003222", Ok(CardBrand::Mastercard)),
            ("6011111111111117", Ok(CardBrand::Discover)),
            ("6011000990139424", Ok(CardBrand::Discover)),
            (
                "378282246310005",
                Err(E::BrandNotTaken {
                    brand: CardBrand::Amex,
                }),
            ),
            (
                "37",
                Err(E::BrandNotTaken {
                    brand: CardBrand::Amex,
                }),
            ),
            ("4242424242424241", Err(E::Mistyped)),
            ("42424242424242", Err(E::Mistyped)),
            ("", Err(E::Empty)),
            ("4242 4242 4242 424x", Err(E::NotDigits)),
        ] {
            assert_eq!(check_card_number(typed), expected, "{typed}");
        }
        let amex = check_card_number("378282246310005").unwrap_err();
        assert!(
            amex.to_string()
                .starts_with("American Express cards are not accepted")
        );
        assert!(!amex.to_string().contains("378282"));
    }

    #[test]
    fn every_code_comes_back_and_an_unknown_one_is_another_brand() {
        for brand in CardBrand::ALL {
            assert_eq!(CardBrand::from_code(brand.code()), brand);
        }
        assert_eq!(CardBrand::from_code("elo"), CardBrand::Other);
    }

    #[test]
    fn card_numbers_in_free_text_are_found() {
        for (text, found) in [
            ("4242424242424242", true),
            ("my card is 4242 4242 4242 4242 thanks", true),
            ("4242-4242-4242-4242", true),
            ("a4242424242424242@example.com", true),
            ("378282246310005", true),
            ("00004242424242424242", true),
            ("Maria Peña", false),
            ("12345678901", false),
            ("1111-2222-3333", false),
            ("1234567890123", false),
            ("0000000000000000", false),
            ("2026-12-01 to 2026-12-31", false),
            ("", false),
        ] {
            assert_eq!(looks_like_card_number(text), found, "{text}");
        }
    }
}
