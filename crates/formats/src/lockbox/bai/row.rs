//! One record with the layout of its fields.

use jiff::civil::Date;
use kernel::Cents;

use super::{DateForm, Field, Layout, Record};
use crate::lockbox::{Mistake, Position, values};
use crate::shown::shown;

#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub layout: &'a Layout,
    pub record: Record,
    pub bytes: &'a [u8],
    pub number: u64,
}

impl<'a> Row<'a> {
    pub fn position(&self) -> Position {
        Position::Record(self.number)
    }

    /// The bytes of a field, or `None` if the bank does not send it.
    pub fn raw(&self, field: Field) -> Option<&'a [u8]> {
        self.layout
            .field(self.record, field)
            .map(|p| p.of(self.bytes))
    }

    /// The bytes of a field without blanks around them; empty if the bank does not send it.
    pub fn bytes(&self, field: Field) -> &'a [u8] {
        self.raw(field).unwrap_or_default().trim_ascii()
    }

    pub fn text(&self, field: Field) -> Option<String> {
        values::text(self.bytes(field))
    }

    pub fn mistake(&self, field: Field, expected: impl Into<String>) -> Mistake {
        self.mistake_found(field, shown(self.bytes(field)), expected)
    }

    pub fn mistake_found(
        &self,
        field: Field,
        found: String,
        expected: impl Into<String>,
    ) -> Mistake {
        Mistake {
            position: self.position(),
            record: self.record.name().into(),
            field: field.name().into(),
            found,
            expected: expected.into(),
        }
    }

    /// This record, where another was expected.
    pub fn out_of_place(&self, expected: &str) -> Mistake {
        Mistake {
            position: self.position(),
            record: self.record.name().into(),
            field: "record type".into(),
            found: shown(&self.bytes[..1]),
            expected: expected.to_owned(),
        }
    }

    pub fn whole(&self, field: Field) -> Result<u64, Mistake> {
        values::whole(self.bytes(field)).ok_or_else(|| self.mistake(field, "digits"))
    }

    pub fn cents(&self, field: Field) -> Result<Cents, Mistake> {
        let cents = values::implied_cents(self.bytes(field));
        cents.ok_or_else(|| self.mistake(field, "an amount in cents, digits only"))
    }

    /// The day in `field`; `None` if the bank does not send it or leaves it blank or zero.
    pub fn date(&self, field: Field) -> Result<Option<Date>, Mistake> {
        let form = match field {
            Field::CheckDate => self.layout.check_dates,
            _ => self.layout.dates,
        };
        let bytes = self.bytes(field);
        if bytes.iter().all(|b| *b == b'0') {
            return Ok(None);
        }
        let day = (bytes.len() == form.width()).then(|| match form {
            DateForm::Yymmdd => values::day(&bytes[..2], &bytes[2..4], &bytes[4..]),
            DateForm::Yyyymmdd => values::day(&bytes[..4], &bytes[4..6], &bytes[6..]),
            DateForm::Mmddyy | DateForm::Mmddyyyy => {
                values::day(&bytes[4..], &bytes[..2], &bytes[2..4])
            }
        });
        match day.flatten() {
            Some(day) => Ok(Some(day)),
            None => Err(self.mistake(field, format!("a day as {}", form.name()))),
        }
    }

    /// Refuses a field that is sent and is not `expected`.
    pub fn same(&self, field: Field, expected: &[u8], what: &str) -> Result<(), Mistake> {
        match self.raw(field) {
            Some(bytes) if bytes.trim_ascii() != expected => {
                Err(self.mistake(field, format!("{}, {what}", shown(expected))))
            }
            _ => Ok(()),
        }
    }
}
