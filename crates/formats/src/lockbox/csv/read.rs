use std::io::{BufRead, Read as _};

use jiff::civil::Date;
use kernel::{Cents, Secret};

use super::Column;
use crate::csv_cell::each_cell;
use crate::lockbox::books::Books;
use crate::lockbox::mistake::off_by;
use crate::lockbox::{Check, Coupon, Envelope, LockboxError, Mistake, Position, Summary, values};
use crate::shown::{decode, shown};

/// No line is longer, in bytes.
const LONGEST_LINE: u64 = 64 * 1024;

/// Reads a whole file and says what it holds, or at which line it does not balance.
///
/// # Errors
/// [`LockboxError`]: the file is to be refused whole.
pub fn verify(source: impl BufRead) -> Result<Summary, LockboxError> {
    let mut reader = Reader::new(source)?;
    while reader.next_envelope()?.is_some() {}
    Ok(reader.books.summary)
}

/// Gives out the envelopes of a CSV file, in constant memory. Run [`verify`] over the file first.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    /// Which column each cell of a line is.
    columns: Vec<Column>,
    line: Vec<u8>,
    number: u64,
    books: Books,
    ended: bool,
    deposit: Option<(String, Date)>,
    batch: Option<String>,
    pending: Option<Envelope>,
    ready: Option<Envelope>,
}

impl<R: BufRead> Reader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`LockboxError`] if the header is not one.
    pub fn new(source: R) -> Result<Self, LockboxError> {
        let mut reader = Reader {
            source,
            columns: Vec::new(),
            line: Vec::new(),
            number: 0,
            books: Books::default(),
            ended: false,
            deposit: None,
            batch: None,
            pending: None,
            ready: None,
        };
        reader.header()?;
        Ok(reader)
    }

    /// The next envelope, or `None` at the end of a complete file.
    ///
    /// # Errors
    /// [`LockboxError`] at the first thing that is wrong or does not balance.
    pub fn next_envelope(&mut self) -> Result<Option<Envelope>, LockboxError> {
        loop {
            if let Some(envelope) = self.ready.take() {
                return Ok(Some(envelope));
            }
            if !self.read_line()? {
                self.books.summary.records = self.number;
                if self.ended {
                    return Ok(None);
                }
                self.number += 1;
                let row = Row::empty(self.number);
                let expected = "total, the last row: the file was cut off";
                return Err(row.mistake(Column::Kind, expected).into());
            }
            let blank = |b: &u8| b.is_ascii_whitespace() || matches!(*b, b',' | 0x1a);
            if self.line.iter().all(blank) {
                continue;
            }
            let row = self.row()?;
            self.take(&row)?;
        }
    }

    /// What the file holds, once [`Reader::next_envelope`] has given `None`.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.books.summary
    }

    fn take(&mut self, row: &Row) -> Result<(), Mistake> {
        if self.ended {
            return Err(row.mistake(Column::Kind, "no row after total"));
        }
        match row.bytes(Column::Kind) {
            b"check" | b"coupon" => self.item(row),
            b"batch" => self.batch_ends(row),
            b"lockbox" => self.lockbox_ends(row),
            b"total" => self.file_ends(row),
            _ => Err(row.mistake(Column::Kind, "check, coupon, batch, lockbox or total")),
        }
    }

    fn item(&mut self, row: &Row) -> Result<(), Mistake> {
        let (lockbox, day) = row.deposit()?;
        let batch = decode(row.bytes(Column::Batch));
        let number = decode(row.bytes(Column::Envelope));
        if number.is_empty() {
            return Err(row.mistake(Column::Envelope, "the number of the envelope in its batch"));
        }
        let same =
            |(number, deposited_on): &(String, Date)| *number == lockbox && *deposited_on == day;
        if !self.deposit.as_ref().is_some_and(same) {
            self.close_deposit(row)?;
            self.books.begin_deposit();
            self.deposit = Some((lockbox.clone(), day));
        }
        if self.batch.as_ref() != Some(&batch) {
            self.close_batch();
            self.books.begin_batch();
            self.batch = Some(batch.clone());
        }
        let same = |e: &Envelope| {
            e.number == number && e.batch == batch && e.lockbox == lockbox && e.deposited_on == day
        };
        if !self.pending.as_ref().is_some_and(same) {
            let next = Envelope {
                position: Position::Line(row.number),
                lockbox,
                deposited_on: day,
                batch,
                number,
                checks: Vec::new(),
                coupons: Vec::new(),
            };
            // A batch that has just ended may have given the last one out already.
            self.ready = self.pending.replace(next).or(self.ready.take());
        }
        let check = (row.bytes(Column::Kind) == b"check")
            .then(|| row.check())
            .transpose()?;
        if let Some(check) = &check {
            let too_much = |_| row.mistake(Column::Amount, "a sum that can be counted");
            self.books.check(check.amount).map_err(too_much)?;
        }
        if let Some(envelope) = &mut self.pending {
            match check {
                Some(check) => envelope.checks.push(check),
                None => envelope.coupons.push(row.coupon()?),
            }
        }
        Ok(())
    }

    fn batch_ends(&mut self, row: &Row) -> Result<(), Mistake> {
        self.same_deposit(row)?;
        let batch = self.batch.as_deref().unwrap_or_default();
        if self.batch.is_none() || row.bytes(Column::Batch) != batch.as_bytes() {
            let expected = format!("{}, the batch before it", shown(batch.as_bytes()));
            return Err(row.mistake(Column::Batch, expected));
        }
        let tally = self.books.batch;
        row.balances(tally.checks, tally.total(), "the checks of the batch")?;
        self.close_batch();
        Ok(())
    }

    fn lockbox_ends(&mut self, row: &Row) -> Result<(), Mistake> {
        self.same_deposit(row)?;
        let tally = self.books.deposit;
        row.balances(tally.checks, tally.total(), "the checks of the lockbox")?;
        self.close_deposit(row)
    }

    fn file_ends(&mut self, row: &Row) -> Result<(), Mistake> {
        self.close_deposit(row)?;
        let summary = &mut self.books.summary;
        row.balances(summary.checks, summary.cents, "the checks of the file")?;
        summary.reference = decode(row.bytes(Column::Reference));
        self.ended = true;
        Ok(())
    }

    fn same_deposit(&self, row: &Row) -> Result<(), Mistake> {
        let Some((lockbox, day)) = &self.deposit else {
            return Err(row.mistake(Column::Kind, "a check or coupon before its total"));
        };
        let (found, deposited_on) = row.deposit()?;
        if found != *lockbox {
            let expected = format!("{}, the lockbox before it", shown(lockbox.as_bytes()));
            return Err(row.mistake(Column::Lockbox, expected));
        }
        if deposited_on != *day {
            return Err(row.mistake(Column::DepositedOn, format!("{day}, the day before it")));
        }
        Ok(())
    }

    fn close_batch(&mut self) {
        if self.batch.take().is_some() {
            self.books.end_batch();
        }
        if let Some(envelope) = self.pending.take() {
            self.ready = Some(envelope);
        }
    }

    fn close_deposit(&mut self, row: &Row) -> Result<(), Mistake> {
        self.close_batch();
        let Some((lockbox, day)) = self.deposit.take() else {
            return Ok(());
        };
        let too_much = |_| row.mistake(Column::Lockbox, "at most 1,000 deposits in a file");
        self.books.end_deposit(&lockbox, day).map_err(too_much)
    }

    fn header(&mut self) -> Result<(), LockboxError> {
        self.read_line()?;
        let header = self
            .line
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.line);
        let (mut columns, mut wrong) = (Vec::new(), None);
        each_cell(header, |cell, _| {
            let name = decode(cell.trim_ascii());
            match Column::ALL.iter().find(|c| c.name() == name) {
                Some(column) if !columns.contains(column) => columns.push(*column),
                _ => wrong = wrong.take().or_else(|| Some(shown(cell))),
            }
        });
        let missing = Column::ALL[..Column::REQUIRED]
            .iter()
            .find(|c| !columns.contains(c));
        let problem = match (wrong, missing) {
            (Some(found), _) => {
                let names: Vec<&str> = Column::ALL.iter().map(|c| c.name()).collect();
                Some((
                    found,
                    format!("each of these at most once: {}", names.join(", ")),
                ))
            }
            (None, Some(missing)) => Some((shown(header), format!("a column {}", missing.name()))),
            (None, None) => None,
        };
        if let Some((found, expected)) = problem {
            return Err(Mistake {
                position: Position::Line(1),
                record: "header".into(),
                field: "columns".into(),
                found,
                expected,
            }
            .into());
        }
        self.columns = columns;
        Ok(())
    }

    fn read_line(&mut self) -> Result<bool, LockboxError> {
        self.line.clear();
        let mut limited = self.source.by_ref().take(LONGEST_LINE);
        let count = limited.read_until(b'\n', &mut self.line)?;
        if count == 0 {
            return Ok(false);
        }
        self.number += 1;
        if count as u64 == LONGEST_LINE {
            let row = Row::empty(self.number);
            return Err(row
                .mistake(Column::Kind, "lines of at most 65,535 bytes")
                .into());
        }
        while let [.., b'\r' | b'\n'] = self.line[..] {
            self.line.pop();
        }
        Ok(true)
    }

    fn row(&self) -> Result<Row, Mistake> {
        let mut row = Row::empty(self.number);
        let (mut cells, mut closed) = (0, true);
        each_cell(&self.line, |cell, is_closed| {
            closed &= is_closed;
            if let Some(column) = self.columns.get(cells) {
                let start = row.text.len();
                row.text.extend_from_slice(cell.trim_ascii());
                row.cells[*column as usize] = (start, row.text.len());
            }
            cells += 1;
        });
        if closed && cells == self.columns.len() {
            return Ok(row);
        }
        let found = if closed {
            format!("{cells} cells")
        } else {
            "an open quote".to_owned()
        };
        Err(Mistake {
            position: Position::Line(self.number),
            record: "row".into(),
            field: "cells".into(),
            found,
            expected: format!("{} cells, as in the header", self.columns.len()),
        })
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Envelope, LockboxError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_envelope().transpose()
    }
}

/// The cells of one line.
struct Row {
    number: u64,
    text: Vec<u8>,
    cells: [(usize, usize); Column::COUNT],
}

impl Row {
    fn empty(number: u64) -> Self {
        Row {
            number,
            text: Vec::new(),
            cells: [(0, 0); Column::COUNT],
        }
    }

    fn bytes(&self, column: Column) -> &[u8] {
        let (start, end) = self.cells[column as usize];
        &self.text[start..end]
    }

    fn some(&self, column: Column) -> Option<String> {
        values::text(self.bytes(column))
    }

    fn mistake(&self, column: Column, expected: impl Into<String>) -> Mistake {
        let kind = match self.bytes(Column::Kind) {
            b"check" => "check",
            b"coupon" => "coupon",
            b"batch" => "batch",
            b"lockbox" => "lockbox",
            b"total" => "total",
            _ => "row",
        };
        Mistake {
            position: Position::Line(self.number),
            record: kind.into(),
            field: column.name().into(),
            found: shown(self.bytes(column)),
            expected: expected.into(),
        }
    }

    fn deposit(&self) -> Result<(String, Date), Mistake> {
        let day = self.day(Column::DepositedOn)?;
        let day = day.ok_or_else(|| self.mistake(Column::DepositedOn, "a day as YYYY-MM-DD"))?;
        Ok((decode(self.bytes(Column::Lockbox)), day))
    }

    fn day(&self, column: Column) -> Result<Option<Date>, Mistake> {
        let day = match self.bytes(column) {
            [] => return Ok(None),
            bytes => match bytes {
                [y @ .., b'-', m1, m2, b'-', d1, d2] if y.len() == 4 => {
                    values::day(y, &[*m1, *m2], &[*d1, *d2])
                }
                _ => None,
            },
        };
        day.map(Some)
            .ok_or_else(|| self.mistake(column, "a day as YYYY-MM-DD"))
    }

    fn amount(&self) -> Result<Option<Cents>, Mistake> {
        if self.bytes(Column::Amount).is_empty() {
            return Ok(None);
        }
        let amount = values::dollars(self.bytes(Column::Amount));
        match amount.filter(|amount| !amount.is_negative()) {
            Some(amount) => Ok(Some(amount)),
            None => Err(self.mistake(Column::Amount, "an amount such as 86.40")),
        }
    }

    fn check(&self) -> Result<Check, Mistake> {
        let amount = self.amount()?;
        Ok(Check {
            position: Position::Line(self.number),
            amount: amount.ok_or_else(|| self.mistake(Column::Amount, "the check's amount"))?,
            routing: self.some(Column::Routing).map(Secret::new),
            account: self.some(Column::Account).map(Secret::new),
            number: self.some(Column::CheckNumber),
            dated: self.day(Column::CheckDate)?,
            remitter: self.some(Column::Remitter),
            payee: self.some(Column::Payee),
            image: self.some(Column::Image),
            electronic: false,
        })
    }

    fn coupon(&self) -> Result<Coupon, Mistake> {
        Ok(Coupon {
            position: Position::Line(self.number),
            scan_line: self.some(Column::ScanLine),
            reference: self.some(Column::Reference),
            amount: self.amount()?,
            text: self.some(Column::Text),
        })
    }

    fn balances(&self, checks: u64, cents: Cents, what: &str) -> Result<(), Mistake> {
        if values::whole(self.bytes(Column::Count)) != Some(checks) {
            return Err(self.mistake(Column::Count, format!("{checks}, {what}")));
        }
        match self.amount()? {
            Some(stated) if stated == cents => Ok(()),
            stated => {
                let stated = stated.unwrap_or_else(|| Cents::new(0));
                Err(self.mistake(Column::Amount, off_by(cents, stated, what)))
            }
        }
    }
}
