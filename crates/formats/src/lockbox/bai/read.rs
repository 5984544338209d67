use std::io::BufRead;
use std::sync::Arc;

use jiff::civil::Date;
use kernel::Cents;

use super::records::Records;
use super::row::Row;
use super::{Counted, Field, Layout, LockboxBatch, Overflow, Record};
use crate::lockbox::books::Books;
use crate::lockbox::mistake::off_by;
use crate::lockbox::{Check, Coupon, Envelope, LockboxError, Mistake, Position, Summary, values};
use crate::shown::{decode, shown};

/// Reads a whole file and says what it holds, or at which record it does not balance.
///
/// # Errors
/// [`LockboxError`]: the file is to be refused whole.
pub fn verify(source: impl BufRead, layout: &Layout) -> Result<Summary, LockboxError> {
    let mut reader = Reader::new(source, layout);
    while reader.next_envelope()?.is_some() {}
    Ok(reader.books.summary)
}

/// Gives out the envelopes of a BAI file, in constant memory.
///
/// It verifies all that [`verify`] does, but finds out about a wrong total only where it stands,
/// when the envelopes before it have been given out. So run [`verify`] over the file first.
#[derive(Debug)]
pub struct Reader<R> {
    layout: Arc<Layout>,
    records: Records<R>,
    pub(super) books: Books,
    begun: bool,
    ended: bool,
    /// How many records 4 the file has so far.
    overflow_of_file: u64,
    lockbox: Option<OpenLockbox>,
    batch: Option<OpenBatch>,
    pending: Option<Envelope>,
    ready: Option<Envelope>,
}

#[derive(Debug)]
struct OpenLockbox {
    number: Vec<u8>,
    deposited_on: Date,
    overflow: u64,
}

#[derive(Debug, Default)]
struct OpenBatch {
    number: Vec<u8>,
    item: Vec<u8>,
    last_item: Option<u64>,
    /// How many records 4 it has.
    overflow: u64,
    /// How many records 4 the last check has, and whether the last of them said that it was.
    sequence: u64,
    closed: bool,
    /// Where the coupons of the last check begin in the pending envelope.
    coupons_before: usize,
}

impl<R: BufRead> Reader<R> {
    /// Reads from `source`, whose fields are where `layout` says.
    pub fn new(source: R, layout: &Layout) -> Self {
        Reader {
            records: Records::new(source, layout),
            layout: Arc::new(layout.clone()),
            books: Books::default(),
            begun: false,
            ended: false,
            overflow_of_file: 0,
            lockbox: None,
            batch: None,
            pending: None,
            ready: None,
        }
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
            if !self.records.advance()? {
                return self.at_the_end();
            }
            let line = std::mem::take(&mut self.records.line);
            let taken = self.take(&line);
            self.records.line = line;
            taken?;
        }
    }

    /// What the file holds, once [`Reader::next_envelope`] has given `None`.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.books.summary
    }

    fn at_the_end(&mut self) -> Result<Option<Envelope>, LockboxError> {
        self.books.summary.records = self.records.number;
        if self.ended {
            return Ok(None);
        }
        Err(Mistake {
            position: Position::Record(self.records.number + 1),
            record: "end of file".into(),
            field: "record type".into(),
            found: "the end of the file".to_owned(),
            expected: "9 trailer: the file was cut off".to_owned(),
        }
        .into())
    }

    fn take(&mut self, line: &[u8]) -> Result<(), LockboxError> {
        let layout = Arc::clone(&self.layout);
        let Some(record) = Record::of(line[0]) else {
            return Err(Mistake {
                position: Position::Record(self.records.number),
                record: "unknown".into(),
                field: "record type".into(),
                found: shown(&line[..1]),
                expected: "1, 2, 5, 6, 4, 7, 8 or 9".to_owned(),
            }
            .into());
        };
        let row = Row {
            layout: &layout,
            record,
            bytes: line,
            number: self.records.number,
        };
        if self.ended {
            return Err(row.out_of_place("nothing after 9 trailer").into());
        }
        if !self.begun && record != Record::Header {
            return Err(row.out_of_place("1 header, which begins the file").into());
        }
        match record {
            Record::Header => self.header(&row)?,
            Record::Service => self.service(&row)?,
            Record::Lockbox => self.lockbox_begins(&row)?,
            Record::Check => self.check(&row)?,
            Record::Overflow => self.overflow(&row)?,
            Record::BatchTotal => self.batch_ends(&row)?,
            Record::LockboxTotal => self.lockbox_ends(&row)?,
            Record::Trailer => self.trailer(&row)?,
        }
        Ok(())
    }

    fn header(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        if self.begun {
            return Err(row.out_of_place("one header in a file"));
        }
        self.begun = true;
        let summary = &mut self.books.summary;
        summary.origin = row.text(Field::Origin).unwrap_or_default();
        summary.destination = row.text(Field::Destination).unwrap_or_default();
        summary.made_on = row.date(Field::Date)?;
        // The reference of record 2 is often zeros; day and time then tell files apart.
        let made = [row.bytes(Field::Date), row.bytes(Field::Time)].concat();
        summary.reference = decode(&made);
        Ok(())
    }

    fn service(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        if self.lockbox.is_some() {
            return Err(row.out_of_place("8 lockbox total before the next service"));
        }
        if let Some(reference) = values::unpadded(row.bytes(Field::Reference)) {
            let so_far = &mut self.books.summary.reference;
            // A file with a service for each lockbox keeps the first reference.
            if !so_far.contains('/') {
                so_far.push('/');
                so_far.push_str(&reference);
            }
        }
        Ok(())
    }

    fn lockbox_begins(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        if self.batch.is_some() {
            return Err(row.out_of_place("7 batch total before the next lockbox"));
        }
        let number = row.bytes(Field::Lockbox);
        if number.is_empty() {
            return Err(row.mistake(Field::Lockbox, "a lockbox number"));
        }
        let Some(deposited_on) = row.date(Field::Date)? else {
            return Err(row.mistake(Field::Date, "the day of the deposit"));
        };
        match &self.lockbox {
            // Some banks repeat the lockbox before each of its batches.
            Some(open) if open.number == number && open.deposited_on == deposited_on => {}
            Some(_) => return Err(row.out_of_place("8 lockbox total before the next lockbox")),
            None => {
                self.books.begin_deposit();
                self.lockbox = Some(OpenLockbox {
                    number: number.to_owned(),
                    deposited_on,
                    overflow: 0,
                });
            }
        }
        Ok(())
    }

    fn check(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        let Some(lockbox) = &self.lockbox else {
            return Err(row.out_of_place("5 lockbox before its checks"));
        };
        let number = row.bytes(Field::Batch);
        if self.batch.is_none() {
            self.books.begin_batch();
        }
        let batch = self.batch.get_or_insert_with(|| OpenBatch {
            number: number.to_owned(),
            closed: true,
            ..OpenBatch::default()
        });
        row.same(
            Field::Batch,
            &batch.number,
            "the batch that is open: 7 batch total ends it",
        )?;
        batch.complete(row)?;
        batch.next_item(row)?;
        let check = Check {
            position: row.position(),
            amount: row.cents(Field::Amount)?,
            routing: values::routing(row.bytes(Field::Routing)),
            account: values::account(row.bytes(Field::Account)),
            number: values::unpadded(row.bytes(Field::CheckNumber)),
            dated: row.date(Field::CheckDate)?,
            remitter: row.text(Field::Remitter),
            payee: row.text(Field::Payee),
            image: row.text(Field::Image),
            electronic: false,
        };
        let too_much = |_| row.mistake(Field::Amount, "a sum that can be counted");
        self.books.check(check.amount).map_err(too_much)?;
        let envelope = row.text(Field::Envelope);
        if let Some(pending) = &mut self.pending
            && envelope.as_ref() == Some(&pending.number)
        {
            pending.checks.push(check);
            batch.coupons_before = pending.coupons.len();
            return Ok(());
        }
        batch.coupons_before = 0;
        let next = Envelope {
            position: row.position(),
            lockbox: decode(&lockbox.number),
            deposited_on: lockbox.deposited_on,
            batch: decode(&batch.number),
            number: envelope.unwrap_or_else(|| decode(row.bytes(Field::Item))),
            checks: vec![check],
            coupons: Vec::new(),
        };
        self.ready = self.pending.replace(next).map(tidied);
        Ok(())
    }

    fn overflow(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        let (Some(batch), Some(envelope)) = (&mut self.batch, &mut self.pending) else {
            return Err(row.out_of_place("6 check before 4 overflow"));
        };
        batch.overflow += 1;
        self.overflow_of_file += 1;
        batch.next_overflow(row)?;
        if let Some(lockbox) = &mut self.lockbox {
            lockbox.overflow += 1;
        }
        let joined = row.layout.overflow == Overflow::Joined;
        if joined && envelope.coupons.len() > batch.coupons_before {
            if let Some(coupon) = envelope.coupons.last_mut() {
                run_on(&mut coupon.scan_line, row, Field::ScanLine);
                run_on(&mut coupon.text, row, Field::Text);
            }
            return Ok(());
        }
        let mut coupon = Coupon::at(row.position());
        coupon.reference = row.text(Field::Keyed);
        if !row.bytes(Field::Amount).is_empty() {
            coupon.amount = Some(row.cents(Field::Amount)?);
        }
        run_on(&mut coupon.scan_line, row, Field::ScanLine);
        run_on(&mut coupon.text, row, Field::Text);
        envelope.coupons.push(coupon);
        Ok(())
    }

    fn batch_ends(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        let Some(lockbox) = &self.lockbox else {
            return Err(row.out_of_place("5 lockbox before a batch total"));
        };
        same_lockbox(row, lockbox)?;
        let mut overflow = 0;
        if let Some(batch) = self.batch.take() {
            row.same(Field::Batch, &batch.number, "the batch that is open")?;
            batch.complete(row)?;
            overflow = batch.overflow;
        } else {
            self.books.begin_batch();
        }
        let counted = match row.layout.batch_counts {
            Counted::ChecksAndOverflow => self.books.batch.checks + overflow,
            _ => self.books.batch.checks,
        };
        count(row, counted, "the checks of the batch")?;
        total(row, self.books.batch.total(), "the checks of the batch")?;
        self.books.end_batch();
        self.ready = self.pending.take().map(tidied);
        Ok(())
    }

    fn lockbox_ends(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        if self.batch.is_some() {
            return Err(row.out_of_place("7 batch total before the lockbox total"));
        }
        let Some(lockbox) = self.lockbox.take() else {
            return Err(row.out_of_place("5 lockbox before a lockbox total"));
        };
        same_lockbox(row, &lockbox)?;
        let filler = match row.layout.lockbox_batch {
            LockboxBatch::Zeros => Some(b'0'),
            LockboxBatch::Nines => Some(b'9'),
            LockboxBatch::Any => None,
        };
        if let (Some(filler), Some(found)) = (filler, row.raw(Field::Batch)) {
            let expected = vec![filler; found.len()];
            row.same(Field::Batch, &expected, "which tells it from a batch total")?;
        }
        let counted = match row.layout.lockbox_counts {
            Counted::ChecksAndOverflow => self.books.deposit.checks + lockbox.overflow,
            _ => self.books.deposit.checks,
        };
        count(row, counted, "the checks of the lockbox")?;
        total(
            row,
            self.books.deposit.total(),
            "the batches of the lockbox",
        )?;
        let number = decode(&lockbox.number);
        let too_much = |_| row.mistake(Field::Total, "at most 1,000 deposits in a file");
        self.books
            .end_deposit(&number, lockbox.deposited_on)
            .map_err(too_much)
    }

    fn trailer(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        if self.batch.is_some() {
            return Err(row.out_of_place("7 batch total before the trailer"));
        }
        if self.lockbox.is_some() {
            return Err(row.out_of_place("8 lockbox total before the trailer"));
        }
        let summary = &self.books.summary;
        let (counted, what) = match row.layout.trailer_counts {
            Counted::Records => (row.number, "the records of the file, this one too"),
            Counted::RecordsBeforeTrailer => (row.number - 1, "the records before this one"),
            Counted::Checks => (summary.checks, "the checks of the file"),
            Counted::ChecksAndOverflow => (
                summary.checks + self.overflow_of_file,
                "the records 6 and 4 of the file",
            ),
        };
        count(row, counted, what)?;
        self.ended = true;
        Ok(())
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Envelope, LockboxError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_envelope().transpose()
    }
}

impl OpenBatch {
    /// Refuses to go on if the last check's overflow records are not all there.
    fn complete(&self, row: &Row<'_>) -> Result<(), Mistake> {
        let told = row.layout.field(Record::Overflow, Field::Last).is_some();
        if told && !self.closed {
            return Err(row.out_of_place("4 overflow: the one before said that another follows"));
        }
        Ok(())
    }

    fn next_item(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        if row.raw(Field::Item).is_some() && row.layout.items_rise {
            let item = row.whole(Field::Item)?;
            if let Some(last) = self.last_item.filter(|last| item <= *last) {
                return Err(row.mistake(Field::Item, format!("an item after {last}")));
            }
            self.last_item = Some(item);
        }
        self.item.clear();
        self.item.extend_from_slice(row.bytes(Field::Item));
        (self.sequence, self.closed) = (0, true);
        Ok(())
    }

    fn next_overflow(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        row.same(Field::Batch, &self.number, "as in the check before it")?;
        row.same(Field::Item, &self.item, "as in the check before it")?;
        row.same(Field::Parent, b"6", "the record it continues")?;
        if self.sequence > 0 && self.closed && row.raw(Field::Last).is_some() {
            return Err(row.out_of_place("no more of them: the one before said it was the last"));
        }
        self.sequence += 1;
        if row.raw(Field::Sequence).is_some() && row.whole(Field::Sequence)? != self.sequence {
            return Err(row.mistake(Field::Sequence, self.sequence.to_string()));
        }
        self.closed = match (row.raw(Field::Last), row.bytes(Field::Last)) {
            (None, _) | (_, b"9") => true,
            (_, b"0") => false,
            _ => return Err(row.mistake(Field::Last, "0 if another follows, 9 on the last")),
        };
        Ok(())
    }
}

/// Appends a field with all its blanks, for a text that runs on; [`tidied`] takes off the last.
fn run_on(text: &mut Option<String>, row: &Row<'_>, field: Field) {
    let Some(place) = row.layout.field(row.record, field) else {
        return;
    };
    let bytes = place.of(row.bytes);
    let text = text.get_or_insert_default();
    text.push_str(&decode(bytes));
    text.extend(std::iter::repeat_n(' ', place.width() - bytes.len()));
}

/// The envelope without blanks around its texts and without coupons that say nothing.
fn tidied(mut envelope: Envelope) -> Envelope {
    for coupon in &mut envelope.coupons {
        for text in [&mut coupon.scan_line, &mut coupon.text] {
            *text = text.take().and_then(|text| values::text(text.as_bytes()));
        }
    }
    envelope.coupons.retain(Coupon::says_something);
    envelope
}

fn same_lockbox(row: &Row<'_>, lockbox: &OpenLockbox) -> Result<(), Mistake> {
    row.same(Field::Lockbox, &lockbox.number, "as in 5 lockbox")?;
    match row.date(Field::Date)? {
        Some(day) if day != lockbox.deposited_on => {
            let expected = format!("{}, as in 5 lockbox", lockbox.deposited_on);
            Err(row.mistake_found(Field::Date, day.to_string(), expected))
        }
        _ => Ok(()),
    }
}

fn count(row: &Row<'_>, counted: u64, what: &str) -> Result<(), Mistake> {
    match values::whole(row.bytes(Field::Count)) {
        Some(stated) if stated == counted => Ok(()),
        _ => Err(row.mistake(Field::Count, format!("{counted}, {what}"))),
    }
}

fn total(row: &Row<'_>, counted: Cents, what: &str) -> Result<(), Mistake> {
    let stated = row.cents(Field::Total)?;
    if stated == counted {
        return Ok(());
    }
    let expected = off_by(counted, stated, what);
    Err(row.mistake_found(Field::Total, stated.to_string(), expected))
}
