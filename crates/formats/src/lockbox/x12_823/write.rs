use std::io::Write;

use jiff::civil::Date;
use kernel::{Cents, Secret};

use crate::lockbox::books::Books;
use crate::lockbox::x12::{Interchange, digits, line};
use crate::lockbox::{Check, Coupon, Envelope, WriteError, X12Header};

/// Writes an 823 file; a new lockbox, day or batch ends the one before it. It holds one deposit in
/// memory, whose totals stand before its checks.
#[derive(Debug)]
pub struct Writer<W: Write> {
    into: Interchange<W>,
    books: Books,
    deposit: Option<(String, Date)>,
    batch: Option<String>,
    in_batch: Lines,
    in_deposit: Lines,
}

#[derive(Debug, Default)]
struct Lines {
    text: String,
    count: u64,
}

impl Lines {
    fn add(&mut self, elements: &[&str]) -> Result<(), WriteError> {
        self.text.push_str(&line(elements)?);
        self.count += 1;
        Ok(())
    }

    fn append(&mut self, other: &mut Lines) {
        self.text.push_str(&other.text);
        self.count += other.count;
        *other = Lines::default();
    }
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written or the header does not fit.
    pub fn new(into: W, header: &X12Header) -> Result<Self, WriteError> {
        let mut into = Interchange::begin(into, header, "LB", "005010", "823")?;
        into.begin_set(None)?;
        into.segment(&["N1", "BK", &header.sender])?;
        into.segment(&["N1", "PE", &header.receiver])?;
        if !header.reference.is_empty() {
            into.segment(&["TRN", "1", &header.reference])?;
        }
        Ok(Writer {
            into,
            books: Books::default(),
            deposit: None,
            batch: None,
            in_batch: Lines::default(),
            in_deposit: Lines::default(),
        })
    }

    /// Writes one envelope.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written or something has no place in an 823.
    pub fn write(&mut self, envelope: &Envelope) -> Result<(), WriteError> {
        if envelope.checks.is_empty() {
            let why = "an 823 tells only of checks; this one has none";
            return Err(WriteError::does_not_fit("the envelope", why));
        }
        let deposit = (envelope.lockbox.clone(), envelope.deposited_on);
        if self.deposit.as_ref() != Some(&deposit) {
            self.end_deposit()?;
            self.books.begin_deposit();
            self.deposit = Some(deposit);
        }
        if self.batch.as_ref() != Some(&envelope.batch) {
            self.end_batch()?;
            self.books.begin_batch();
            self.batch = Some(envelope.batch.clone());
        }
        for (i, check) in envelope.checks.iter().enumerate() {
            self.check(check, &envelope.number)?;
            if i + 1 == envelope.checks.len() {
                for coupon in &envelope.coupons {
                    self.coupon(coupon)?;
                }
            }
        }
        Ok(())
    }

    /// Ends the file and gives back what was written into.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.end_deposit()?;
        self.into.end_set()?;
        self.into.finish()
    }

    fn check(&mut self, check: &Check, number: &str) -> Result<(), WriteError> {
        let too_much = |_| WriteError::does_not_fit("BPR02", "the total is too much");
        self.books.check(check.amount).map_err(too_much)?;
        let amount = check.amount.plain();
        let routing = check.routing.as_ref().map_or("", Secret::expose);
        let account = check.account.as_ref().map_or("", Secret::expose);
        let qualified = |qualifier, value: &str| if value.is_empty() { "" } else { qualifier };
        let dated = check.dated.map(digits).unwrap_or_default();
        let lines = &mut self.in_batch;
        lines.add(&[
            "BPR",
            "I",
            &amount,
            "C",
            "CHK",
            "",
            qualified("01", routing),
            routing,
            qualified("DA", account),
            account,
            "",
            "",
            "",
            "",
            "",
            "",
            &dated,
        ])?;
        if let Some(number) = &check.number {
            lines.add(&["TRN", "1", number])?;
        }
        lines.add(&["REF", "IX", number])?;
        if let Some(image) = &check.image {
            lines.add(&["REF", "43", image])?;
        }
        for (who, name) in [("PR", &check.remitter), ("PE", &check.payee)] {
            if let Some(name) = name {
                lines.add(&["N1", who, name])?;
            }
        }
        Ok(())
    }

    fn coupon(&mut self, coupon: &Coupon) -> Result<(), WriteError> {
        if coupon.text.is_some() {
            return Err(WriteError::does_not_fit(
                "text",
                "an 823 has no segment for it",
            ));
        }
        let amount = coupon.amount.map(Cents::plain).unwrap_or_default();
        let lines = &mut self.in_batch;
        match (&coupon.reference, &coupon.scan_line) {
            (Some(reference), scan_line) => {
                lines.add(&["RMR", "IV", reference, "", &amount])?;
                match scan_line {
                    Some(digits) => lines.add(&["REF", "ZZ", digits]),
                    None => Ok(()),
                }
            }
            (None, Some(digits)) => lines.add(&["RMR", "ZZ", digits, "", &amount]),
            (None, None) => lines.add(&["RMR", "", "", "", &amount]),
        }
    }

    fn end_batch(&mut self) -> Result<(), WriteError> {
        let (Some(batch), Some((_, day))) = (self.batch.take(), &self.deposit) else {
            return Ok(());
        };
        self.books.end_batch();
        let (total, checks) = (self.books.batch.total().plain(), self.books.batch.checks);
        self.in_deposit.add(&["BAT", &digits(*day), "", &batch])?;
        self.in_deposit.add(&["AMT", "2", &total])?;
        self.in_deposit.add(&["QTY", "42", &checks.to_string()])?;
        self.in_deposit.append(&mut self.in_batch);
        Ok(())
    }

    fn end_deposit(&mut self) -> Result<(), WriteError> {
        self.end_batch()?;
        let Some((lockbox, day)) = self.deposit.take() else {
            return Ok(());
        };
        let (tally, batches) = (self.books.deposit, self.books.batches_in_deposit);
        self.into.segment(&["DEP", &lockbox, &digits(day)])?;
        self.into.segment(&["AMT", "3", &tally.total().plain()])?;
        self.into.segment(&["QTY", "41", &batches.to_string()])?;
        self.into
            .segment(&["QTY", "42", &tally.checks.to_string()])?;
        let Lines { text, count } = std::mem::take(&mut self.in_deposit);
        self.into.lines(&text, count)
    }
}
