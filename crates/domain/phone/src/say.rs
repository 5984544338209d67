//! Numbers, money, dates and digits as people say them, in English and Spanish.
//!
//! The result is a list of fragments. Each comes from the closed [`vocabulary`] of its language, so
//! that every one can be recorded by a voice; joined with spaces they read as a sentence.

mod english;
mod spanish;

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::{Cents, Language};

/// A list of words or short phrases to say one after the other.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Spoken(pub Vec<String>);

impl Spoken {
    /// As one text.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.join(" ")
    }
}

/// A whole number up to 999,999,999. A larger one is said digit by digit.
#[must_use]
pub fn number(number: u64, language: Language) -> Spoken {
    if number > 999_999_999 {
        return digits(&number.to_string(), language);
    }
    Spoken(match language {
        Language::English => english::number(number),
        Language::Spanish => spanish::number(number),
    })
}

/// An amount: "eighty-six dollars and forty cents". A credit says so after the amount.
#[must_use]
pub fn money(cents: Cents, language: Language) -> Spoken {
    let abs = cents.get().unsigned_abs();
    let (dollars, rest) = (abs / 100, abs % 100);
    let mut words = match language {
        Language::English => english::money(dollars, rest),
        Language::Spanish => spanish::money(dollars, rest),
    };
    if cents.is_negative() {
        words.push(
            match language {
                Language::English => "in your favor",
                Language::Spanish => "a su favor",
            }
            .to_owned(),
        );
    }
    Spoken(words)
}

/// A date: "December first, twenty twenty-six".
#[must_use]
pub fn date(day: Date, language: Language) -> Spoken {
    Spoken(match language {
        Language::English => english::date(day),
        Language::Spanish => spanish::date(day),
    })
}

/// Digits one by one, for confirmation numbers and last fours. Anything else in the text is left
/// out.
#[must_use]
pub fn digits(text: &str, language: Language) -> Spoken {
    let word = |digit: u32| match language {
        Language::English => english::UNITS[digit as usize],
        Language::Spanish => spanish::UNITS[digit as usize],
    };
    let found = text.chars().filter_map(|c| c.to_digit(10));
    Spoken(found.map(|digit| word(digit).to_owned()).collect())
}

/// Every fragment that this module can say in a language: what a voice has to record.
#[must_use]
pub fn vocabulary(language: Language) -> BTreeSet<String> {
    match language {
        Language::English => english::vocabulary(),
        Language::Spanish => spanish::vocabulary(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as on;
    use proptest::prelude::*;

    const EN: Language = Language::English;
    const ES: Language = Language::Spanish;

    #[test]
    fn amounts_are_said_as_people_say_them() {
        for (cents, english, spanish) in [
            (
                8640,
                "eighty-six dollars and forty cents",
                "ochenta y seis dólares con cuarenta centavos",
            ),
            (0, "zero dollars", "cero dólares"),
            (1, "one cent", "un centavo"),
            (21, "twenty-one cents", "veintiún centavos"),
            (100, "one dollar", "un dólar"),
            (101, "one dollar and one cent", "un dólar con un centavo"),
            (2100, "twenty-one dollars", "veintiún dólares"),
            (10_000, "one hundred dollars", "cien dólares"),
            (10_100, "one hundred one dollars", "ciento un dólares"),
            (
                53_100,
                "five hundred thirty-one dollars",
                "quinientos treinta y un dólares",
            ),
            (100_000, "one thousand dollars", "mil dólares"),
            (
                123_456,
                "one thousand two hundred thirty-four dollars and fifty-six cents",
                "mil doscientos treinta y cuatro dólares con cincuenta y seis centavos",
            ),
            (
                2_100_000,
                "twenty-one thousand dollars",
                "veintiún mil dólares",
            ),
            (100_000_000, "one million dollars", "un millón de dólares"),
            (
                200_000_100,
                "two million one dollars",
                "dos millones un dólares",
            ),
            (
                -500,
                "five dollars in your favor",
                "cinco dólares a su favor",
            ),
        ] {
            assert_eq!(money(Cents::new(cents), EN).text(), english);
            assert_eq!(money(Cents::new(cents), ES).text(), spanish);
        }
    }

    #[test]
    fn numbers_are_said_as_people_say_them() {
        for (n, english, spanish) in [
            (0, "zero", "cero"),
            (1, "one", "uno"),
            (16, "sixteen", "dieciséis"),
            (21, "twenty-one", "veintiuno"),
            (22, "twenty-two", "veintidós"),
            (31, "thirty-one", "treinta y uno"),
            (100, "one hundred", "cien"),
            (115, "one hundred fifteen", "ciento quince"),
            (700, "seven hundred", "setecientos"),
            (
                999,
                "nine hundred ninety-nine",
                "novecientos noventa y nueve",
            ),
            (1000, "one thousand", "mil"),
            (31_001, "thirty-one thousand one", "treinta y un mil uno"),
            (100_000, "one hundred thousand", "cien mil"),
            (1_000_000, "one million", "un millón"),
            (21_000_000, "twenty-one million", "veintiún millones"),
        ] {
            assert_eq!(number(n, EN).text(), english);
            assert_eq!(number(n, ES).text(), spanish);
        }
        assert_eq!(number(1_000_000_000, EN).0.len(), 10, "digit by digit");
    }

    #[test]
    fn dates_are_said_as_people_say_them() {
        for (day, english, spanish) in [
            (
                on(2026, 12, 1),
                "December first twenty twenty-six",
                "primero de diciembre de dos mil veintiséis",
            ),
            (
                on(2027, 2, 22),
                "February twenty-second twenty twenty-seven",
                "veintidós de febrero de dos mil veintisiete",
            ),
            (
                on(2030, 5, 31),
                "May thirty-first twenty thirty",
                "treinta y uno de mayo de dos mil treinta",
            ),
            (
                on(2005, 8, 12),
                "August twelfth two thousand five",
                "doce de agosto de dos mil cinco",
            ),
            (
                on(1950, 1, 3),
                "January third nineteen fifty",
                "tres de enero de mil novecientos cincuenta",
            ),
            (
                on(1900, 4, 20),
                "April twentieth nineteen hundred",
                "veinte de abril de mil novecientos",
            ),
            (
                on(1908, 4, 30),
                "April thirtieth nineteen oh eight",
                "treinta de abril de mil novecientos ocho",
            ),
            (
                on(2000, 7, 5),
                "July fifth two thousand",
                "cinco de julio de dos mil",
            ),
        ] {
            assert_eq!(date(day, EN).text(), english);
            assert_eq!(date(day, ES).text(), spanish);
        }
    }

    #[test]
    fn digits_are_said_one_by_one() {
        assert_eq!(digits("012 9", EN).text(), "zero one two nine");
        assert_eq!(digits("012 9", ES).text(), "cero uno dos nueve");
    }

    proptest! {
        #[test]
        fn every_fragment_can_be_recorded(
            cents in -99_999_999_999_i64..99_999_999_999, n in 0_u64..10_000_000_000,
            year in 1900_i16..2100, month in 1_i8..=12, day in 1_i8..=28,
        ) {
            for language in Language::ALL {
                let known = vocabulary(language);
                let said = [
                    money(Cents::new(cents), language),
                    number(n, language),
                    date(on(year, month, day), language),
                ];
                for fragment in said.iter().flat_map(|s| &s.0) {
                    prop_assert!(known.contains(fragment), "{fragment}");
                }
            }
        }

        #[test]
        fn two_amounts_never_sound_the_same(a in 0_i64..10_000_000, b in 0_i64..10_000_000) {
            for language in Language::ALL {
                let same = money(Cents::new(a), language) == money(Cents::new(b), language);
                prop_assert_eq!(same, a == b);
            }
        }
    }
}
