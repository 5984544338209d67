use std::io::Write;

use jiff::civil::{Date, DateTime};
use kernel::Cents;

use super::{Counted, Field, Layout, LockboxBatch, Overflow, Record};
use crate::lockbox::{Check, Coupon, Envelope, WriteError};

/// Who sends a file to whom, and when.
#[derive(Debug, Clone)]
pub struct Header {
    /// Whom it is for.
    pub destination: String,
    /// The bank that sends it.
    pub origin: String,
    /// When it was made.
    pub made: DateTime,
    /// The bank's reference: digits, or nothing.
    pub reference: String,
}

/// Writes a BAI file, envelope by envelope; a new lockbox, day or batch ends the one before it.
///
/// What the layout has no field for is left out, and names are cut to their fields, as banks do.
/// Scan lines, references and amounts that do not fit are refused.
#[derive(Debug)]
pub struct Writer<W: Write> {
    pub(super) into: W,
    pub(super) layout: Layout,
    destination: String,
    pub(super) line: Vec<u8>,
    pub(super) records: u64,
    file: Counts,
    lockbox: Option<OpenLockbox>,
    batch: Option<OpenBatch>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    checks: u64,
    overflow: u64,
    cents: i64,
}

#[derive(Debug)]
struct OpenLockbox {
    number: String,
    deposited_on: Date,
    counts: Counts,
}

#[derive(Debug)]
struct OpenBatch {
    number: String,
    items: u64,
    counts: Counts,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written or the header does not fit.
    pub fn new(into: W, layout: &Layout, header: &Header) -> Result<Self, WriteError> {
        let mut writer = Writer {
            into,
            layout: layout.clone(),
            destination: header.destination.clone(),
            line: Vec::with_capacity(layout.record_size + 2),
            records: 0,
            file: Counts::default(),
            lockbox: None,
            batch: None,
        };
        let time = header.made.time();
        writer.begin(Record::Header);
        writer.text(Field::Destination, &header.destination);
        writer.text(Field::Origin, &header.origin);
        writer.number(Field::Priority, 0)?;
        writer.date(Field::Date, Some(header.made.date()))?;
        let hours = format!("{:02}{:02}", time.hour(), time.minute());
        writer.digits(Field::Time, &hours)?;
        writer.end()?;
        writer.begin(Record::Service);
        writer.text(Field::Destination, &header.destination);
        writer.digits(Field::Reference, &header.reference)?;
        writer.number(Field::ServiceType, 400)?;
        let size = layout.record_size as u64;
        writer.number(Field::RecordSize, size)?;
        writer.number(Field::Blocking, size)?;
        writer.number(Field::FormatCode, 1)?;
        writer.end()?;
        Ok(writer)
    }

    /// Writes one envelope.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written or something does not fit.
    pub fn write(&mut self, envelope: &Envelope) -> Result<(), WriteError> {
        let grouped = self.layout.field(Record::Check, Field::Envelope).is_some();
        if envelope.checks.is_empty() || envelope.checks.len() > 1 && !grouped {
            let why = "each record 6 is one check; the layout has no field 6.envelope for several";
            return Err(WriteError::does_not_fit("the envelope", why));
        }
        self.open(envelope)?;
        for (i, check) in envelope.checks.iter().enumerate() {
            self.check(check, envelope, grouped)?;
            if i + 1 == envelope.checks.len() {
                self.coupons(envelope)?;
            }
        }
        Ok(())
    }

    /// Ends the file and gives back what was written into.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written or a total does not fit.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.end_lockbox()?;
        self.begin(Record::Trailer);
        let count = match self.layout.trailer_counts {
            Counted::Checks => self.file.checks,
            Counted::ChecksAndOverflow => self.file.checks + self.file.overflow,
            Counted::Records => self.records + 1,
            Counted::RecordsBeforeTrailer => self.records,
        };
        self.number(Field::Count, count)?;
        self.end()?;
        self.into.flush()?;
        Ok(self.into)
    }

    /// Makes sure that the envelope's lockbox and batch are the ones that are open.
    fn open(&mut self, envelope: &Envelope) -> Result<(), WriteError> {
        let room = self.layout.field(Record::LockboxTotal, Field::Count);
        let most = room.map_or(u64::MAX, |p| {
            (0..p.width().min(15)).fold(1, |most, _| most * 10) - 1
        });
        let more = (envelope.checks.len() + envelope.coupons.len()) as u64;
        let same = self.lockbox.as_ref().is_some_and(|open| {
            open.number == envelope.lockbox
                && open.deposited_on == envelope.deposited_on
                && open.counts.checks + open.counts.overflow + more <= most
        });
        if !same {
            self.end_lockbox()?;
            self.begin(Record::Lockbox);
            self.number(Field::Batch, 0)?;
            self.number(Field::Item, 0)?;
            self.digits_or_text(Field::Lockbox, &envelope.lockbox)?;
            self.date(Field::Date, Some(envelope.deposited_on))?;
            let destination = self.destination.clone();
            self.text(Field::Destination, &destination);
            self.end()?;
            self.lockbox = Some(OpenLockbox {
                number: envelope.lockbox.clone(),
                deposited_on: envelope.deposited_on,
                counts: Counts::default(),
            });
        }
        let same = self
            .batch
            .as_ref()
            .is_some_and(|b| b.number == envelope.batch);
        if !same {
            self.end_batch()?;
            self.batch = Some(OpenBatch {
                number: envelope.batch.clone(),
                items: 0,
                counts: Counts::default(),
            });
        }
        Ok(())
    }

    fn check(
        &mut self,
        check: &Check,
        envelope: &Envelope,
        grouped: bool,
    ) -> Result<(), WriteError> {
        let cents = check.amount.get();
        let (batch, lockbox) = (self.batch.as_mut(), self.lockbox.as_mut());
        for counts in [
            Some(&mut self.file),
            lockbox.map(|l| &mut l.counts),
            batch.map(|b| &mut b.counts),
        ]
        .into_iter()
        .flatten()
        {
            counts.checks += 1;
            let sum = counts.cents.checked_add(cents);
            counts.cents =
                sum.ok_or_else(|| WriteError::does_not_fit("total", "it is too much"))?;
        }
        self.begin(Record::Check);
        self.batch_and_item(envelope, grouped, true)?;
        self.cents(Field::Amount, check.amount)?;
        self.digits(
            Field::Routing,
            check.routing.as_ref().map_or("", |s| s.expose()),
        )?;
        self.digits(
            Field::Account,
            check.account.as_ref().map_or("", |s| s.expose()),
        )?;
        self.digits(
            Field::CheckNumber,
            check.number.as_deref().unwrap_or_default(),
        )?;
        self.date(Field::CheckDate, check.dated)?;
        self.text(
            Field::Remitter,
            check.remitter.as_deref().unwrap_or_default(),
        );
        self.text(Field::Payee, check.payee.as_deref().unwrap_or_default());
        self.whole(Field::Image, check.image.as_deref().unwrap_or_default())?;
        self.digits_or_text(Field::Envelope, &envelope.number)?;
        self.end()
    }

    fn batch_and_item(
        &mut self,
        envelope: &Envelope,
        grouped: bool,
        next: bool,
    ) -> Result<(), WriteError> {
        self.digits_or_text(Field::Batch, &envelope.batch)?;
        if !grouped {
            return self.digits(Field::Item, &envelope.number);
        }
        let item = self.batch.as_mut().map_or(0, |batch| {
            batch.items += u64::from(next);
            batch.items
        });
        self.number(Field::Item, item)
    }

    fn coupons(&mut self, envelope: &Envelope) -> Result<(), WriteError> {
        let joined = self.layout.overflow == Overflow::Joined;
        if joined && envelope.coupons.len() > 1 {
            let why = "the layout joins all records 4 of a check to one coupon";
            return Err(WriteError::does_not_fit("the second coupon", why));
        }
        let mut pieces = Vec::new();
        for coupon in &envelope.coupons {
            if joined {
                pieces.extend(self.pieces(coupon));
            } else {
                pieces.push(coupon.clone());
            }
        }
        for (i, piece) in pieces.iter().enumerate() {
            for counts in [
                Some(&mut self.file),
                self.lockbox.as_mut().map(|l| &mut l.counts),
                self.batch.as_mut().map(|b| &mut b.counts),
            ]
            .into_iter()
            .flatten()
            {
                counts.overflow += 1;
            }
            let grouped = self.layout.field(Record::Check, Field::Envelope).is_some();
            self.begin(Record::Overflow);
            self.batch_and_item(envelope, grouped, false)?;
            self.number(Field::Parent, 6)?;
            self.number(Field::Sequence, i as u64 + 1)?;
            self.number(Field::Last, if i + 1 == pieces.len() { 9 } else { 0 })?;
            self.needed(Field::ScanLine, piece.scan_line.as_deref())?;
            self.needed(Field::Keyed, piece.reference.as_deref())?;
            self.needed(Field::Text, piece.text.as_deref())?;
            if let Some(amount) = piece.amount {
                self.has(Field::Amount)?;
                self.cents(Field::Amount, amount)?;
            }
            self.end()?;
        }
        Ok(())
    }

    /// One coupon, cut into as many as its texts need records.
    fn pieces(&self, coupon: &Coupon) -> Vec<Coupon> {
        let cut = |text: &Option<String>, field| -> Vec<String> {
            let place = self.layout.field(Record::Overflow, field);
            let (Some(text), Some(place)) = (text, place) else {
                return text.iter().cloned().collect();
            };
            let characters: Vec<char> = text.chars().collect();
            characters
                .chunks(place.width())
                .map(|c| c.iter().collect())
                .collect()
        };
        let scan_line = cut(&coupon.scan_line, Field::ScanLine);
        let text = cut(&coupon.text, Field::Text);
        let count = scan_line.len().max(text.len()).max(1);
        let piece = |i: usize| Coupon {
            position: coupon.position,
            scan_line: scan_line.get(i).cloned(),
            reference: coupon.reference.clone().filter(|_| i == 0),
            amount: coupon.amount.filter(|_| i == 0),
            text: text.get(i).cloned(),
        };
        (0..count).map(piece).collect()
    }

    fn end_batch(&mut self) -> Result<(), WriteError> {
        let (Some(batch), Some(lockbox)) = (self.batch.take(), &self.lockbox) else {
            return Ok(());
        };
        let (number, day) = (lockbox.number.clone(), lockbox.deposited_on);
        self.begin(Record::BatchTotal);
        self.digits_or_text(Field::Batch, &batch.number)?;
        let counted = self.layout.batch_counts;
        self.totals(&number, day, batch.counts, counted)
    }

    fn end_lockbox(&mut self) -> Result<(), WriteError> {
        self.end_batch()?;
        let Some(lockbox) = self.lockbox.take() else {
            return Ok(());
        };
        self.begin(Record::LockboxTotal);
        let filler = match self.layout.lockbox_batch {
            LockboxBatch::Nines => "9",
            LockboxBatch::Zeros | LockboxBatch::Any => "0",
        };
        if let Some(place) = self.layout.field(Record::LockboxTotal, Field::Batch) {
            self.digits(Field::Batch, &filler.repeat(place.width()))?;
        }
        let counted = self.layout.lockbox_counts;
        self.totals(
            &lockbox.number,
            lockbox.deposited_on,
            lockbox.counts,
            counted,
        )
    }

    fn totals(
        &mut self,
        lockbox: &str,
        day: Date,
        counts: Counts,
        counted: Counted,
    ) -> Result<(), WriteError> {
        let count = match counted {
            Counted::ChecksAndOverflow => counts.checks + counts.overflow,
            _ => counts.checks,
        };
        self.number(Field::Item, 0)?;
        self.digits_or_text(Field::Lockbox, lockbox)?;
        self.date(Field::Date, Some(day))?;
        self.number(Field::Count, count)?;
        self.cents(Field::Total, Cents::new(counts.cents))?;
        self.end()
    }
}
