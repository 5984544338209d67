//! One record on its way out.

use std::io::Write;

use jiff::civil::Date;
use kernel::Cents;

use super::{DateForm, Field, Place, Record, Writer};
use crate::lockbox::WriteError;

impl<W: Write> Writer<W> {
    pub(super) fn begin(&mut self, record: Record) {
        self.line.clear();
        self.line.push(record.digit());
        self.line.resize(self.layout.record_size, b' ');
    }

    pub(super) fn end(&mut self) -> Result<(), WriteError> {
        self.records += 1;
        if self.layout.line_breaks {
            self.line.extend_from_slice(b"\r\n");
        }
        self.into.write_all(&self.line)?;
        Ok(())
    }

    /// Text from the left, cut to its field.
    pub(super) fn text(&mut self, field: Field, text: &str) {
        let Some(place) = self.record().and_then(|r| self.layout.field(r, field)) else {
            return;
        };
        let into = &mut self.line[place.first - 1..place.last];
        for (byte, c) in into.iter_mut().zip(text.chars()) {
            // A byte for a letter, so that positions hold: Latin-1.
            *byte = u8::try_from(u32::from(c)).unwrap_or(b'?');
        }
    }

    /// Text from the left that may not be cut.
    pub(super) fn whole(&mut self, field: Field, text: &str) -> Result<(), WriteError> {
        let place = self.record().and_then(|r| self.layout.field(r, field));
        let width = place.map_or(usize::MAX, Place::width);
        if text.chars().count() > width {
            let why = format!("it has more than {width} characters");
            return Err(WriteError::does_not_fit(field.name(), why));
        }
        self.text(field, text);
        Ok(())
    }

    /// Text that may not be left out either.
    pub(super) fn needed(&mut self, field: Field, text: Option<&str>) -> Result<(), WriteError> {
        let Some(text) = text else {
            return Ok(());
        };
        self.has(field)?;
        self.whole(field, text)
    }

    pub(super) fn has(&self, field: Field) -> Result<(), WriteError> {
        match self.record().and_then(|r| self.layout.field(r, field)) {
            Some(_) => Ok(()),
            None => Err(WriteError::does_not_fit(
                field.name(),
                "the layout has no field for it",
            )),
        }
    }

    /// Digits from the right, zeros before them.
    pub(super) fn digits(&mut self, field: Field, digits: &str) -> Result<(), WriteError> {
        let Some(place) = self.record().and_then(|r| self.layout.field(r, field)) else {
            return Ok(());
        };
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(WriteError::does_not_fit(
                field.name(),
                "it has other than digits",
            ));
        }
        let Some(zeros) = place.width().checked_sub(digits.len()) else {
            let why = format!("it has more than {} digits", place.width());
            return Err(WriteError::does_not_fit(field.name(), why));
        };
        let into = &mut self.line[place.first - 1..place.last];
        into[..zeros].fill(b'0');
        into[zeros..].copy_from_slice(digits.as_bytes());
        Ok(())
    }

    /// A number that some banks write with letters.
    pub(super) fn digits_or_text(&mut self, field: Field, text: &str) -> Result<(), WriteError> {
        if text.bytes().all(|b| b.is_ascii_digit()) {
            self.digits(field, text)
        } else {
            self.whole(field, text)
        }
    }

    pub(super) fn number(&mut self, field: Field, number: u64) -> Result<(), WriteError> {
        self.digits(field, &number.to_string())
    }

    pub(super) fn cents(&mut self, field: Field, cents: Cents) -> Result<(), WriteError> {
        match u64::try_from(cents.get()) {
            Ok(cents) => self.number(field, cents),
            Err(_) => Err(WriteError::does_not_fit(field.name(), "it is below zero")),
        }
    }

    pub(super) fn date(&mut self, field: Field, day: Option<Date>) -> Result<(), WriteError> {
        let form = match field {
            Field::CheckDate => self.layout.check_dates,
            _ => self.layout.dates,
        };
        let Some(day) = day else {
            return self.digits(field, "0");
        };
        let (year, month, day) = (day.year(), day.month(), day.day());
        if form.width() == 6 && !(2000..2100).contains(&year) {
            return Err(WriteError::does_not_fit(
                field.name(),
                "its year is not of this century",
            ));
        }
        let short = year % 100;
        let digits = match form {
            DateForm::Yymmdd => format!("{short:02}{month:02}{day:02}"),
            DateForm::Mmddyy => format!("{month:02}{day:02}{short:02}"),
            DateForm::Yyyymmdd => format!("{year:04}{month:02}{day:02}"),
            DateForm::Mmddyyyy => format!("{month:02}{day:02}{year:04}"),
        };
        self.digits(field, &digits)
    }

    fn record(&self) -> Option<Record> {
        self.line.first().copied().and_then(Record::of)
    }
}
