use std::io::Write;

use jiff::civil::Date;
use kernel::{Cents, Secret};

use super::Column;
use crate::lockbox::books::{Books, Tally};
use crate::lockbox::{Envelope, WriteError};

/// Writes remittances as CSV; a new lockbox, day or batch ends the one before it with its total.
#[derive(Debug)]
pub struct Writer<W: Write> {
    into: csv::Writer<W>,
    books: Books,
    deposit: Option<(String, Date)>,
    batch: Option<String>,
    cells: [String; Column::COUNT],
}

impl<W: Write> Writer<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written.
    pub fn new(into: W) -> Result<Self, WriteError> {
        let mut writer = Writer {
            into: csv::WriterBuilder::new()
                .terminator(csv::Terminator::CRLF)
                .from_writer(into),
            books: Books::default(),
            deposit: None,
            batch: None,
            cells: Default::default(),
        };
        for column in Column::ALL {
            writer.cells[*column as usize] = column.name().to_owned();
        }
        writer.row()?;
        Ok(writer)
    }

    /// Writes one envelope.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written, or a text has a line break.
    pub fn write(&mut self, envelope: &Envelope) -> Result<(), WriteError> {
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
        for check in &envelope.checks {
            let too_much = |_| WriteError::does_not_fit("amount", "the total is too much");
            self.books.check(check.amount).map_err(too_much)?;
            self.place("check", &envelope.number);
            self.put(Column::Amount, &check.amount.plain());
            self.put(
                Column::Routing,
                check.routing.as_ref().map_or("", Secret::expose),
            );
            self.put(
                Column::Account,
                check.account.as_ref().map_or("", Secret::expose),
            );
            self.put(Column::CheckNumber, text(&check.number));
            self.put(
                Column::CheckDate,
                &check.dated.map(|d| d.to_string()).unwrap_or_default(),
            );
            self.put(Column::Remitter, text(&check.remitter));
            self.put(Column::Payee, text(&check.payee));
            self.put(Column::Image, text(&check.image));
            self.row()?;
        }
        for coupon in &envelope.coupons {
            self.place("coupon", &envelope.number);
            self.put(
                Column::Amount,
                &coupon.amount.map(Cents::plain).unwrap_or_default(),
            );
            self.put(Column::ScanLine, text(&coupon.scan_line));
            self.put(Column::Reference, text(&coupon.reference));
            self.put(Column::Text, text(&coupon.text));
            self.row()?;
        }
        Ok(())
    }

    /// Ends the file with its total and the bank's reference of it, and gives back what was
    /// written into.
    ///
    /// # Errors
    /// [`WriteError`] if the last bytes cannot be written.
    pub fn finish(mut self, reference: &str) -> Result<W, WriteError> {
        self.end_deposit()?;
        let summary = &self.books.summary;
        let (checks, cents) = (summary.checks, summary.cents.get());
        self.put(Column::Kind, "total");
        self.put(Column::Reference, reference);
        self.totals(Tally { checks, cents })?;
        self.into
            .into_inner()
            .map_err(|error| WriteError::Io(std::io::Error::other(error.to_string())))
    }

    fn end_batch(&mut self) -> Result<(), WriteError> {
        if self.batch.is_none() {
            return Ok(());
        }
        self.place("batch", "");
        self.batch = None;
        self.totals(self.books.batch)
    }

    fn end_deposit(&mut self) -> Result<(), WriteError> {
        self.end_batch()?;
        if self.deposit.is_none() {
            return Ok(());
        }
        self.place("lockbox", "");
        self.deposit = None;
        self.totals(self.books.deposit)
    }

    fn place(&mut self, kind: &str, envelope: &str) {
        self.put(Column::Kind, kind);
        if let Some((lockbox, day)) = self.deposit.clone() {
            self.put(Column::Lockbox, &lockbox);
            self.put(Column::DepositedOn, &day.to_string());
        }
        let batch = self.batch.clone().unwrap_or_default();
        self.put(Column::Batch, &batch);
        self.put(Column::Envelope, envelope);
    }

    fn totals(&mut self, tally: Tally) -> Result<(), WriteError> {
        self.put(Column::Count, &tally.checks.to_string());
        self.put(Column::Amount, &tally.total().plain());
        self.row()
    }

    fn put(&mut self, column: Column, text: &str) {
        let cell = &mut self.cells[column as usize];
        cell.clear();
        cell.push_str(text);
    }

    fn row(&mut self) -> Result<(), WriteError> {
        let broken = |column: &&Column| self.cells[**column as usize].contains(['\r', '\n']);
        if let Some(column) = Column::ALL.iter().find(broken) {
            return Err(WriteError::does_not_fit(
                column.name(),
                "it has a line break",
            ));
        }
        let written = self.into.write_record(&self.cells);
        self.cells.iter_mut().for_each(String::clear);
        written.map_err(|error| WriteError::Io(error.into()))
    }
}

fn text(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}
