//! Single values of a record, each read or found wrong.

use std::borrow::Cow;

use jiff::civil::Date;
use kernel::{Cents, Email, Zip};

use super::raw::Raw;
use super::{Address, Effect, Field, Finding, Gender, Position};
use crate::shown::shown;

/// The longest text a field may have, in characters.
const LONGEST_TEXT: usize = 120;

/// A record that is being read.
pub(super) struct Reading<'a> {
    pub(super) raw: &'a Raw,
    pub(super) findings: Vec<Finding>,
}

impl Reading<'_> {
    pub(super) fn address(&mut self, fields: &AddressFields, required: bool) -> Option<Address> {
        let raw = self.raw;
        if fields.all().iter().all(|f| !raw.has(*f)) {
            if required {
                self.missing(fields.zip, "an address with a ZIP code");
            }
            return None;
        }
        let effect = if required {
            Effect::Rejected
        } else {
            Effect::FieldLeftOut
        };
        let Ok(zip) = Zip::parse(&raw.text(fields.zip)) else {
            let found = shown(raw.bytes(fields.zip));
            self.find(fields.zip, found, "a ZIP code of 5 or 9 digits", effect);
            return None;
        };
        let state = raw.text(fields.state).to_ascii_uppercase();
        if state.len() != 2 || !state.bytes().all(|b| b.is_ascii_uppercase()) {
            let found = shown(state.as_bytes());
            self.find(fields.state, found, "a state of two letters", effect);
            return None;
        }
        let Some(city) = self.text(fields.city) else {
            self.find(fields.city, "nothing", "a city", effect);
            return None;
        };
        Some(Address {
            line_1: self.text(fields.line_1).unwrap_or_default(),
            line_2: self.text(fields.line_2),
            city,
            state,
            zip,
        })
    }

    pub(super) fn gender(&mut self) -> Option<Gender> {
        let text = self.raw.text(Field::Gender);
        let known = Gender::read(&text);
        if known.is_none() && !matches!(text.as_ref(), "" | "U" | "u" | "X" | "x") {
            self.leave_out(Field::Gender, shown(text.as_bytes()), "F, M, U or X");
        }
        known
    }

    pub(super) fn phone(&mut self) -> Option<String> {
        let text = self.raw.text(Field::Phone);
        if text.is_empty() {
            return None;
        }
        let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.len() == 11 && digits.starts_with('1') {
            digits.remove(0);
        }
        let fit = digits.len() == 10 && !text.chars().any(char::is_alphabetic);
        if !fit {
            self.leave_out(
                Field::Phone,
                shown(text.as_bytes()),
                "a telephone number of 10 digits",
            );
        }
        fit.then_some(digits)
    }

    pub(super) fn email(&mut self) -> Option<Email> {
        let text = self.raw.text(Field::Email);
        if text.is_empty() {
            return None;
        }
        let email = Email::parse(&text).ok();
        if email.is_none() {
            let expected = "an e-mail address like name@example.com";
            self.leave_out(Field::Email, shown(text.as_bytes()), expected);
        }
        email
    }

    /// A text that is there and fit to keep.
    pub(super) fn text(&mut self, field: Field) -> Option<String> {
        let text = self.raw.text(field);
        if text.is_empty() {
            return None;
        }
        if text.chars().any(char::is_control) {
            self.reject(
                field,
                shown(text.as_bytes()),
                "text without control characters",
            );
            return None;
        }
        if text.len() > LONGEST_TEXT && text.chars().count() > LONGEST_TEXT {
            let found = format!("{} characters", text.chars().count());
            self.reject(field, found, format!("at most {LONGEST_TEXT} characters"));
            return None;
        }
        Some(text.into_owned())
    }

    pub(super) fn date(&mut self, field: Field) -> Option<Date> {
        let bytes = self.raw.bytes(field);
        if bytes.is_empty() {
            return None;
        }
        let date = read_date(bytes);
        if date.is_none() {
            let expected = match self.raw.position(field) {
                Position::Segment(_) => "a day of the calendar as YYYYMMDD",
                Position::Line(_) => "a day of the calendar as YYYY-MM-DD",
            };
            self.reject(field, shown(bytes), expected);
        }
        date
    }

    pub(super) fn amount(&mut self, field: Field) -> Option<Cents> {
        let text = self.raw.text(field);
        if text.is_empty() {
            return None;
        }
        match Cents::parse(&text) {
            Ok(amount) => Some(amount),
            Err(_) => {
                let expected = "an amount from 0.00 to 99999999.99 with at most two decimals";
                self.reject(field, shown(text.as_bytes()), expected);
                None
            }
        }
    }

    pub(super) fn in_order(&mut self, field: Field, first: Option<Date>, last: Option<Date>) {
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            self.reject(
                field,
                last.to_string(),
                format!("a day not before the first, {first}"),
            );
        }
    }

    pub(super) fn missing(&mut self, field: Field, expected: &'static str) {
        self.reject(field, "nothing", expected);
    }

    pub(super) fn reject(
        &mut self,
        field: Field,
        found: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) {
        self.find(field, found, expected, Effect::Rejected);
    }

    pub(super) fn leave_out(
        &mut self,
        field: Field,
        found: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) {
        self.find(field, found, expected, Effect::FieldLeftOut);
    }

    pub(super) fn find(
        &mut self,
        field: Field,
        found: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
        effect: Effect,
    ) {
        self.findings.push(Finding {
            position: self.raw.position(field),
            field,
            found: found.into(),
            expected: expected.into(),
            member_last_four: None,
            effect,
        });
    }
}

pub(super) struct AddressFields {
    line_1: Field,
    line_2: Field,
    city: Field,
    state: Field,
    zip: Field,
}

impl AddressFields {
    pub(super) fn all(&self) -> [Field; 5] {
        [self.line_1, self.line_2, self.city, self.state, self.zip]
    }
}

pub(super) const RESIDENCE: AddressFields = AddressFields {
    line_1: Field::Line1,
    line_2: Field::Line2,
    city: Field::City,
    state: Field::State,
    zip: Field::Zip,
};

pub(super) const MAILING: AddressFields = AddressFields {
    line_1: Field::MailingLine1,
    line_2: Field::MailingLine2,
    city: Field::MailingCity,
    state: Field::MailingState,
    zip: Field::MailingZip,
};

/// A day as `YYYYMMDD` or `YYYY-MM-DD`, from 1850 to 2200, the range of people and of billing
/// months.
pub(crate) fn read_date(bytes: &[u8]) -> Option<Date> {
    let digits: [u8; 8] = match bytes {
        [a, b, c, d, b'-', e, f, b'-', g, h] => [*a, *b, *c, *d, *e, *f, *g, *h],
        _ => bytes.try_into().ok()?,
    };
    let mut number: i32 = 0;
    for digit in digits {
        number = number * 10 + i32::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    let year = i16::try_from(number / 10_000).ok()?;
    let month = i8::try_from(number / 100 % 100).ok()?;
    let day = i8::try_from(number % 100).ok()?;
    if !(1850..=2200).contains(&year) {
        return None;
    }
    Date::new(year, month, day).ok()
}
