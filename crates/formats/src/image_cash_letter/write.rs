use std::io::Write;

use jiff::civil::Date;
use kernel::Secret;

use super::{Encoding, Item};
use crate::lockbox::WriteError;

/// Writes an image cash letter with one cash letter and a bundle for each name of a bundle, for
/// tests and the simulator.
#[derive(Debug)]
pub struct Writer<W: Write> {
    into: W,
    encoding: Encoding,
    /// Whether the length of each record stands before it.
    prefixed: bool,
    origin: String,
    made_on: Date,
    bundle: Option<String>,
    bundles: u64,
    in_bundle: Counts,
    in_file: Counts,
    records: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    items: u64,
    cents: i64,
    images: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a file from the bank with routing number `origin` to `destination`.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written or do not fit.
    pub fn new(
        into: W,
        (encoding, prefixed): (Encoding, bool),
        (origin, destination): (&str, &str),
        made_on: Date,
    ) -> Result<Self, WriteError> {
        let mut writer = Writer {
            into,
            encoding,
            prefixed,
            origin: fit(origin, 9)?,
            made_on,
            bundle: None,
            bundles: 0,
            in_bundle: Counts::default(),
            in_file: Counts::default(),
            records: 0,
        };
        let (to, from, day) = (fit(destination, 9)?, writer.origin.clone(), digits(made_on));
        writer.record(&format!("0135P{to}{from}{day}0600N{:36}1US", ""), &[])?;
        writer.record(&format!("1001{to}{from}{day}{day}0600IG1{:8}", ""), &[])?;
        Ok(writer)
    }

    /// Writes one item with its images.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written or something does not fit.
    pub fn write(&mut self, item: &Item) -> Result<(), WriteError> {
        if self.bundle.as_ref() != Some(&item.bundle) {
            self.end_bundle()?;
            let day = digits(item.business_day.unwrap_or(self.made_on));
            let (from, id) = (self.origin.clone(), fit(&item.bundle, 10)?);
            let kind = if item.returned.is_some() { "03" } else { "01" };
            let created = digits(self.made_on);
            let line = format!(
                "20{kind}{from}{from}{day}{created}{id}{:04}01",
                self.bundles + 1
            );
            self.record(&line, &[])?;
            self.bundle = Some(item.bundle.clone());
        }
        self.in_bundle.items += 1;
        let sum = self.in_bundle.cents.checked_add(item.amount.get());
        self.in_bundle.cents = sum.ok_or_else(|| too_wide("total"))?;
        let routing = fit(secret(item.routing.as_ref()), 9)?;
        let on_us = fit(secret(item.on_us.as_ref()), 20)?;
        let amount = number(item.amount.get(), 10)?;
        let sequence = fit(&item.sequence, 15)?;
        let told = item.deposited_on.is_some() || item.deposit_sequence.is_some();
        let endorsed = told || item.payee.is_some();
        let addenda = u8::from(endorsed);
        let line = match &item.returned {
            None => {
                let auxiliary = fit(item.auxiliary_on_us.as_deref().unwrap_or_default(), 15)?;
                format!("25{auxiliary} {routing}{on_us}{amount}{sequence}G 1Y{addenda:02}0B")
            }
            Some(returned) => {
                let day = returned.sent_on.map_or_else(|| " ".repeat(8), digits);
                let times = returned
                    .times
                    .map_or_else(|| " ".to_owned(), |n| n.to_string());
                let reason = returned.reason.code();
                format!("31{routing}{on_us}{amount}{reason}{addenda:02}G{day}{sequence}  B{times}")
            }
        };
        self.record(&line, &[])?;
        if endorsed {
            let kind = if item.returned.is_some() { "32" } else { "26" };
            let day = item.deposited_on.map_or_else(|| " ".repeat(8), digits);
            let from = self.origin.clone();
            let first = fit(item.deposit_sequence.as_deref().unwrap_or_default(), 15)?;
            let payee = fit(item.payee.as_deref().unwrap_or_default(), 15)?;
            self.record(&format!("{kind}1{from}{day}{first}{:23}{payee}Y", ""), &[])?;
        }
        self.images(item, &sequence)
    }

    fn images(&mut self, item: &Item, sequence: &str) -> Result<(), WriteError> {
        for image in &item.images {
            self.in_bundle.images += 1;
            let (from, day) = (self.origin.clone(), digits(self.made_on));
            let (side, format) = (u8::from(image.back), fit(&image.format, 2)?);
            self.record(&format!("501{from}{day}{format}00{:7}{side}000", ""), &[])?;
            let length = image.bytes.len();
            if length > 9_999_999 {
                return Err(too_wide("image"));
            }
            let line = format!(
                "52{from}{day}01{sequence}{:48}0{:16}000000000{length:07}",
                "", ""
            );
            self.record(&line, &image.bytes)?;
        }
        Ok(())
    }

    /// Ends the file and gives back what was written into.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written or a total does not fit.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.end_bundle()?;
        let Counts {
            items,
            cents,
            images,
        } = self.in_file;
        let day = digits(self.made_on);
        let total = number(cents, 14)?;
        let bundles = self.bundles;
        self.record(
            &format!("90{bundles:06}{items:08}{total}{images:09}{:18}{day}0", ""),
            &[],
        )?;
        let total = number(cents, 16)?;
        let records = self.records + 1;
        self.record(
            &format!("99000001{records:08}{items:08}{total}{:24}0", ""),
            &[],
        )?;
        self.into.flush()?;
        Ok(self.into)
    }

    fn end_bundle(&mut self) -> Result<(), WriteError> {
        if self.bundle.take().is_none() {
            return Ok(());
        }
        let Counts {
            items,
            cents,
            images,
        } = std::mem::take(&mut self.in_bundle);
        let items_of_bundle = number(i64::try_from(items).unwrap_or(i64::MAX), 4)?;
        let total = number(cents, 12)?;
        let line = format!("70{items_of_bundle}{total}{total}{images:05}{:20}0", "");
        self.record(&line, &[])?;
        self.bundles += 1;
        self.in_file.items += items;
        self.in_file.images += images;
        let sum = self.in_file.cents.checked_add(cents);
        self.in_file.cents = sum.ok_or_else(|| too_wide("total"))?;
        Ok(())
    }

    fn record(&mut self, text: &str, image: &[u8]) -> Result<(), WriteError> {
        self.records += 1;
        let mut bytes = self.encoding.encode(&format!("{text:<80}"));
        bytes.extend_from_slice(image);
        if self.prefixed {
            let length = u32::try_from(bytes.len()).map_err(|_| too_wide("image"))?;
            self.into.write_all(&length.to_be_bytes())?;
        }
        self.into.write_all(&bytes)?;
        Ok(())
    }
}

fn secret(secret: Option<&Secret>) -> &str {
    secret.map_or("", Secret::expose)
}

fn too_wide(field: &'static str) -> WriteError {
    WriteError::does_not_fit(field, "it is too large for its field")
}

/// Text filled with blanks to its width.
fn fit(text: &str, width: usize) -> Result<String, WriteError> {
    if text.chars().count() > width || !text.is_ascii() {
        let why = format!("it must be at most {width} letters and digits of ASCII");
        return Err(WriteError::does_not_fit("a text", why));
    }
    Ok(format!("{text:<width$}"))
}

fn number(number: i64, width: usize) -> Result<String, WriteError> {
    let text = format!("{number:0width$}");
    if text.len() > width || number < 0 {
        return Err(too_wide("a number"));
    }
    Ok(text)
}

fn digits(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}
