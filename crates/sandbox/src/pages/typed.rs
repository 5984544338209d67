//! What was typed into the card fields, checked field by field.

use kernel::{digits_of, luhn_holds};
use serde::{Deserialize, Serialize};

use super::words::Words;
use crate::instruments::{self, TestCard, brand_name};

/// What was typed. No `Debug`, so that it cannot be logged.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(super) number: String,
    #[serde(default)]
    pub(super) expiry: String,
    #[serde(default)]
    pub(super) cvc: String,
    #[serde(default)]
    pub(super) zip: String,
}

impl Typed {
    /// A test card with this expiry, such as `12/27`.
    pub(crate) fn card(number: &str, expiry: &str) -> Self {
        Typed {
            number: number.to_owned(),
            expiry: expiry.to_owned(),
            cvc: "123".to_owned(),
            zip: "06032".to_owned(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct FieldError {
    pub(super) field: &'static str,
    pub(super) text: String,
}

pub(super) struct Checked {
    pub(super) card: &'static TestCard,
    pub(super) exp_month: i8,
    pub(super) exp_year: i16,
}

pub(super) fn check(
    typed: &Typed,
    accepted: &[&str],
    t: &Words,
    now: i64,
) -> Result<Checked, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |field, text: String| errors.push(FieldError { field, text });
    let card = check_number(&typed.number, accepted, t)
        .map_err(|text| wrong("number", text))
        .ok();
    let expiry = check_expiry(&typed.expiry, t, now)
        .map_err(|text| wrong("expiry", text))
        .ok();
    let code_length = if card.is_some_and(|card| card.brand == "amex") {
        4
    } else {
        3
    };
    if typed.cvc.trim().len() != code_length
        || !typed.cvc.trim().bytes().all(|b| b.is_ascii_digit())
    {
        wrong("cvc", t["cvc_wrong"].clone());
    }
    if kernel::Zip::parse(&typed.zip).is_err() {
        wrong("zip", t["zip_wrong"].clone());
    }
    match (card, expiry) {
        (Some(card), Some((exp_month, exp_year))) if errors.is_empty() => Ok(Checked {
            card,
            exp_month,
            exp_year,
        }),
        _ => Err(errors),
    }
}

fn check_number(typed: &str, accepted: &[&str], t: &Words) -> Result<&'static TestCard, String> {
    let digits = digits_of(typed).ok_or_else(|| t["number_letters"].clone())?;
    if digits.is_empty() {
        return Err(t["number_empty"].clone());
    }
    if !luhn_holds(&digits) || !(12..=19).contains(&digits.len()) {
        return Err(t["number_wrong"].clone());
    }
    let card = instruments::card_by_number(&digits);
    let brand = card
        .map(|card| card.brand)
        .or_else(|| instruments::brand_by_first_digits(&digits));
    if let Some(brand) = brand
        && !accepted.is_empty()
        && !accepted.contains(&brand)
    {
        let text = t["brand_refused"].replace("{brand}", brand_name(brand));
        return Err(text.replace("{accepted}", &listed(accepted, &t["or"])));
    }
    card.ok_or_else(|| t["number_not_test"].clone())
}

/// `Visa, Mastercard or Discover`.
fn listed(brands: &[&str], or: &str) -> String {
    let names: Vec<&str> = brands.iter().map(|brand| brand_name(brand)).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {or} {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Reads `08 / 29`, `8/2029`, `0829`. A card is good until the end of its month.
fn check_expiry(typed: &str, t: &Words, now: i64) -> Result<(i8, i16), String> {
    let wrong = || t["expiry_wrong"].clone();
    let typed = typed.trim();
    let (month, year) = match typed.split_once(['/', '-', ' ']) {
        Some((month, year)) => (month.trim(), year.trim_matches(['/', '-', ' '])),
        None if matches!(typed.len(), 4 | 6) && typed.is_ascii() => typed.split_at(2),
        None => return Err(wrong()),
    };
    let month: i8 = month.parse().map_err(|_| wrong())?;
    let digits = year.len();
    let year: i16 = year.parse().map_err(|_| wrong())?;
    let year = match digits {
        2 => 2000 + year,
        4 => year,
        _ => return Err(wrong()),
    };
    if !(1..=12).contains(&month) || !(2000..=2099).contains(&year) {
        return Err(wrong());
    }
    let now = jiff::Timestamp::from_millisecond(now).unwrap_or_default();
    let today = jiff::tz::TimeZone::UTC.to_datetime(now).date();
    if (year, month) < (today.year(), today.month()) {
        return Err(t["expiry_past"].clone());
    }
    Ok((month, year))
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;

    /// 2026-11-23.
    const NOW: i64 = 1_795_392_000_000;

    #[test]
    fn expiration_dates_are_read_as_people_type_them() {
        let t = words::of(false);
        for (typed, read) in [
            ("11/26", (11, 2026)),
            ("08 / 29", (8, 2029)),
            ("8/2029", (8, 2029)),
            ("0829", (8, 2029)),
            ("08-29", (8, 2029)),
        ] {
            assert_eq!(check_expiry(typed, t, NOW), Ok(read), "{typed}");
        }
        for typed in [
            "", "13/29", "0/29", "08", "ab/cd", "08/1999", "08/029", "é8/2",
        ] {
            assert_eq!(
                check_expiry(typed, t, NOW),
                Err(t["expiry_wrong"].clone()),
                "{typed}"
            );
        }
        assert_eq!(check_expiry("10/26", t, NOW), Err(t["expiry_past"].clone()));
    }

    #[test]
    fn brands_that_are_not_accepted_are_refused_by_name_even_if_no_test_card() {
        let accepted = ["visa", "mastercard", "discover"];
        let t = words::of(false);
        let refused = "We do not accept American Express. Use Visa, Mastercard or Discover.";
        for number in ["378282246310005", "3714 496353 98431", "341111111111111"] {
            assert_eq!(check_number(number, &accepted, t).unwrap_err(), refused);
        }
        assert!(check_number("378282246310005", &[], t).is_ok());
        assert!(check_number("4242 4242 4242 4242", &accepted, t).is_ok());
    }

    #[test]
    fn a_real_card_is_refused_before_anything_else_is_done_with_it() {
        let t = words::of(true);
        // A number that no bank has given out, but that has the form of a real one.
        let refused = check_number("4111111111111111", &[], t).unwrap_err();
        assert_eq!(refused, t["number_not_test"]);
    }
}
