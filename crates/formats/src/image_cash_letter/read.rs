use std::io::Read;

use jiff::civil::Date;
use kernel::{Cents, Secret};

use super::framing::Records;
use super::{Image, Item, ReturnReason, Returned, Summary};
use crate::lockbox::{LockboxError, Mistake, Position, off_by, values};
use crate::shown::{decode, shown};

/// Reads a whole file and says what it holds, or at which record it does not balance.
///
/// # Errors
/// [`LockboxError`]: the file is to be refused whole.
pub fn verify(source: impl Read) -> Result<Summary, LockboxError> {
    let mut reader = Reader::new(source);
    while reader.next_item()?.is_some() {}
    Ok(reader.summary)
}

/// Gives out the items of an image cash letter, holding one with its images at a time. Run
/// [`verify`] over the file first.
#[derive(Debug)]
pub struct Reader<R> {
    records: Records<R>,
    summary: Summary,
    bundle: Option<Tally>,
    cash_letter: Option<Tally>,
    bundle_id: String,
    business_day: Option<Date>,
    begun: bool,
    ended: bool,
    pending: Option<Item>,
    /// How many addenda the pending item has to come.
    addenda: u64,
    /// Side and format of the image whose record 52 comes next.
    view: Option<(bool, String)>,
    file: Tally,
    ready: Option<Item>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    bundles: u64,
    items: u64,
    cents: i64,
    images: u64,
    credits: u64,
    credit_cents: i64,
}

/// One record as text, with its fields by their bytes from 1.
struct Row<'a> {
    text: &'a [u8],
    number: u64,
    name: &'static str,
}

impl<R: Read> Reader<R> {
    /// Reads from `source`, with lengths before the records or without, in EBCDIC or ASCII.
    pub fn new(source: R) -> Self {
        Reader {
            records: Records::new(source),
            summary: Summary::default(),
            bundle: None,
            cash_letter: None,
            bundle_id: String::new(),
            business_day: None,
            begun: false,
            ended: false,
            pending: None,
            addenda: 0,
            view: None,
            file: Tally::default(),
            ready: None,
        }
    }

    /// The next item, or `None` at the end of a complete file.
    ///
    /// # Errors
    /// [`LockboxError`] at the first thing that is wrong or does not balance.
    pub fn next_item(&mut self) -> Result<Option<Item>, LockboxError> {
        loop {
            if let Some(item) = self.ready.take() {
                return Ok(Some(item));
            }
            if !self.records.advance()? {
                self.summary.records = self.records.number;
                if self.ended {
                    return Ok(None);
                }
                self.records.number += 1;
                let found = "the end of the file".to_owned();
                let expected = "99 file control: the file was cut off";
                return Err(self.records.wrong("record type", found, expected));
            }
            let text = std::mem::take(&mut self.records.text);
            let taken = self.take(&text);
            self.records.text = text;
            taken?;
        }
    }

    /// What the file holds, once [`Reader::next_item`] has given `None`.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    fn take(&mut self, text: &[u8]) -> Result<(), Mistake> {
        let kind = [text[0], text[1]];
        let row = Row {
            text,
            number: self.records.number,
            name: name_of(kind),
        };
        if self.ended {
            return Err(row.out_of_place("nothing after 99 file control"));
        }
        if !self.begun && &kind != b"01" {
            return Err(row.out_of_place("01 file header, which begins the file"));
        }
        match &kind {
            b"01" => self.file_begins(&row),
            b"10" => self.cash_letter_begins(&row),
            b"20" => self.bundle_begins(&row),
            b"25" | b"31" => self.item_begins(&row),
            b"26" | b"27" | b"28" | b"32" | b"33" | b"34" | b"35" => self.addendum(&row),
            b"61" | b"62" => self.credit(&row),
            b"50" => self.view(&row),
            b"52" => self.image(&row),
            // Image analysis, what users agreed on, summaries by routing number.
            b"54" | b"68" | b"85" => Ok(()),
            b"70" => self.bundle_ends(&row),
            b"90" => self.cash_letter_ends(&row),
            b"99" => self.file_ends(&row),
            _ => Err(row.out_of_place("a record of X9.100-187")),
        }
    }

    fn file_begins(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        if self.begun {
            return Err(row.out_of_place("one file header"));
        }
        self.begun = true;
        self.summary.test = row.bytes(5, 5) == b"T";
        self.summary.destination = decode(row.bytes(6, 14));
        self.summary.origin = decode(row.bytes(15, 23));
        self.summary.made_on = values::x12_day(row.bytes(24, 31));
        Ok(())
    }

    fn cash_letter_begins(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        if self.cash_letter.is_some() {
            return Err(row.out_of_place("90 cash letter control before the next cash letter"));
        }
        self.cash_letter = Some(Tally::default());
        Ok(())
    }

    fn bundle_begins(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        if self.cash_letter.is_none() || self.bundle.is_some() {
            return Err(row.out_of_place("10 cash letter, or 70 bundle control, before a bundle"));
        }
        self.business_day = values::x12_day(row.bytes(23, 30));
        self.bundle_id = decode(row.bytes(39, 48));
        self.bundle = Some(Tally::default());
        Ok(())
    }

    fn item_begins(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        self.item_ends(row)?;
        let Some(bundle) = &mut self.bundle else {
            return Err(row.out_of_place("20 bundle before its items"));
        };
        let item = if row.text.starts_with(b"25") {
            self.addenda = row.count(77, 78, "addenda")?.unwrap_or_default();
            row.check(&self.bundle_id, self.business_day)?
        } else {
            self.addenda = row.count(43, 44, "addenda")?.unwrap_or_default();
            self.summary.returns += 1;
            row.returned(&self.bundle_id, self.business_day)?
        };
        bundle.items += 1;
        let sum = bundle.cents.checked_add(item.amount.get());
        bundle.cents = sum.ok_or_else(|| row.out_of_place("a sum that can be counted"))?;
        self.pending = Some(item);
        Ok(())
    }

    fn item_ends(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        self.view_ends(row)?;
        if self.addenda > 0 {
            let expected = format!("{} more addenda of the item before", self.addenda);
            return Err(row.out_of_place(&expected));
        }
        self.ready = self.pending.take();
        Ok(())
    }

    fn addendum(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        let Some(item) = &mut self.pending else {
            return Err(row.out_of_place("25 check or 31 return before its addenda"));
        };
        let Some(left) = self.addenda.checked_sub(1) else {
            return Err(row.out_of_place("no more addenda than the item says"));
        };
        self.addenda = left;
        if matches!(&row.text[..2], b"26" | b"32") {
            // The first endorsement is that of the bank of first deposit.
            let first = item.deposit_sequence.is_none();
            item.deposited_on = item.deposited_on.or(values::x12_day(row.bytes(13, 20)));
            if first {
                item.deposit_sequence = values::text(row.bytes(21, 35));
            }
            item.payee = item.payee.take().or(values::text(row.bytes(59, 73)));
        }
        Ok(())
    }

    fn credit(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        self.item_ends(row)?;
        let (first, last) = if row.text.starts_with(b"61") {
            (49, 58)
        } else {
            (48, 61)
        };
        let amount = row.cents(first, last, "amount")?;
        let tally = match (&mut self.bundle, &mut self.cash_letter) {
            (Some(tally), _) | (None, Some(tally)) => tally,
            (None, None) => &mut self.file,
        };
        tally.credits += 1;
        tally.credit_cents = tally.credit_cents.saturating_add(amount.get());
        Ok(())
    }

    fn view(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        self.view_ends(row)?;
        match (&mut self.bundle, &mut self.cash_letter) {
            (Some(tally), _) | (None, Some(tally)) => tally.images += 1,
            (None, None) => return Err(row.out_of_place("10 cash letter before an image")),
        }
        // 0: no image follows.
        if row.bytes(3, 3) != b"0" {
            self.view = Some((row.bytes(32, 32) == b"1", decode(row.bytes(21, 22))));
        }
        Ok(())
    }

    fn view_ends(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        match self.view {
            Some(_) => Err(row.out_of_place("52 image data after 50 image view")),
            None => Ok(()),
        }
    }

    fn image(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        let range = self.records.image.clone();
        let Some((back, format)) = self.view.take() else {
            // Where record 50 says that there is no image, 52 may stand without one.
            return match range.is_empty() {
                true => Ok(()),
                false => Err(row.out_of_place("50 image view before its image")),
            };
        };
        // Images after a credit are of a deposit slip and belong to no item.
        if let Some(item) = &mut self.pending {
            self.summary.images += 1;
            item.images.push(Image {
                back,
                format,
                bytes: self.records.raw[range].to_vec(),
            });
        }
        Ok(())
    }

    fn bundle_ends(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        self.item_ends(row)?;
        let (Some(bundle), Some(cash_letter)) = (self.bundle.take(), &mut self.cash_letter) else {
            return Err(row.out_of_place("20 bundle before its control"));
        };
        row.balances(bundle, (3, 6), (7, 18), row.bytes(56, 56))?;
        row.counts(31, 35, "images", bundle.images)?;
        cash_letter.bundles += 1;
        cash_letter.add(bundle, row)
    }

    fn cash_letter_ends(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        self.view_ends(row)?;
        if self.bundle.is_some() {
            return Err(row.out_of_place("70 bundle control before 90"));
        }
        let Some(cash_letter) = self.cash_letter.take() else {
            return Err(row.out_of_place("10 cash letter before its control"));
        };
        row.counts(3, 8, "bundles", cash_letter.bundles)?;
        row.balances(cash_letter, (9, 16), (17, 30), row.bytes(66, 66))?;
        row.counts(31, 39, "images", cash_letter.images)?;
        self.summary.cash_letters += 1;
        self.summary.items += cash_letter.items;
        let sum = self
            .summary
            .cents
            .checked_add(Cents::new(cash_letter.cents));
        self.summary.cents = sum.ok_or_else(|| row.out_of_place("a sum that can be counted"))?;
        self.file.add(cash_letter, row)
    }

    fn file_ends(&mut self, row: &Row<'_>) -> Result<(), Mistake> {
        if self.cash_letter.is_some() {
            return Err(row.out_of_place("90 cash letter control before 99"));
        }
        row.counts(3, 8, "cash letters", self.summary.cash_letters)?;
        row.counts(9, 16, "records", row.number)?;
        row.balances(self.file, (17, 24), (25, 40), row.bytes(65, 65))?;
        self.ended = true;
        Ok(())
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Item, LockboxError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_item().transpose()
    }
}

impl Tally {
    fn add(&mut self, other: Tally, row: &Row<'_>) -> Result<(), Mistake> {
        self.items += other.items;
        self.images += other.images;
        self.credits += other.credits;
        self.credit_cents = self.credit_cents.saturating_add(other.credit_cents);
        let sum = self.cents.checked_add(other.cents);
        self.cents = sum.ok_or_else(|| row.out_of_place("a sum that can be counted"))?;
        Ok(())
    }
}

impl Row<'_> {
    fn bytes(&self, first: usize, last: usize) -> &[u8] {
        let end = last.min(self.text.len());
        self.text
            .get(first - 1..end)
            .unwrap_or_default()
            .trim_ascii()
    }

    fn mistake(&self, field: String, found: String, expected: String) -> Mistake {
        Mistake {
            position: Position::Record(self.number),
            record: self.name.into(),
            field: field.into(),
            found,
            expected,
        }
    }

    fn out_of_place(&self, expected: &str) -> Mistake {
        let found = shown(&self.text[..2]);
        self.mistake("record type".to_owned(), found, expected.to_owned())
    }

    /// Digits, or `None` if the field is blank.
    fn count(&self, first: usize, last: usize, field: &str) -> Result<Option<u64>, Mistake> {
        let bytes = self.bytes(first, last);
        if bytes.is_empty() {
            return Ok(None);
        }
        let wrong = || {
            let field = format!("{field} ({first}-{last})");
            self.mistake(field, shown(bytes), "digits".to_owned())
        };
        digits(bytes).map(Some).ok_or_else(wrong)
    }

    fn cents(&self, first: usize, last: usize, field: &str) -> Result<Cents, Mistake> {
        let amount = self.count(first, last, field)?;
        let amount = amount.and_then(|n| i64::try_from(n).ok()).map(Cents::new);
        amount.ok_or_else(|| {
            let field = format!("{field} ({first}-{last})");
            self.mistake(field, "nothing".to_owned(), "an amount in cents".to_owned())
        })
    }

    /// A count that may be left blank.
    fn counts(&self, first: usize, last: usize, of: &str, counted: u64) -> Result<(), Mistake> {
        match self.count(first, last, of)? {
            Some(stated) if stated != counted => Err(self.mistake(
                format!("{of} ({first}-{last})"),
                stated.to_string(),
                format!("{counted}, as many as there are"),
            )),
            _ => Ok(()),
        }
    }

    /// Items and total, with the credits if `with_credits` says so.
    fn balances(
        &self,
        tally: Tally,
        items: (usize, usize),
        total: (usize, usize),
        with_credits: &[u8],
    ) -> Result<(), Mistake> {
        let (mut count, mut cents) = (tally.items, tally.cents);
        if with_credits == b"1" {
            count += tally.credits;
            cents = cents.saturating_add(tally.credit_cents);
        }
        if self.count(items.0, items.1, "items")? != Some(count) {
            let field = format!("items ({}-{})", items.0, items.1);
            let found = shown(self.bytes(items.0, items.1));
            return Err(self.mistake(field, found, format!("{count}, the items before it")));
        }
        let stated = self.cents(total.0, total.1, "total")?;
        if stated.get() != cents {
            let field = format!("total ({}-{})", total.0, total.1);
            let expected = off_by(Cents::new(cents), stated, "the items before it");
            return Err(self.mistake(field, stated.to_string(), expected));
        }
        Ok(())
    }

    fn check(&self, bundle: &str, day: Option<Date>) -> Result<Item, Mistake> {
        Ok(Item {
            record: self.number,
            amount: self.cents(48, 57, "amount")?,
            routing: values::routing(self.bytes(19, 27)),
            on_us: values::text(self.bytes(28, 47)).map(Secret::new),
            auxiliary_on_us: values::text(self.bytes(3, 17)),
            sequence: decode(self.bytes(58, 72)),
            bundle: bundle.to_owned(),
            business_day: day,
            deposit_sequence: None,
            deposited_on: None,
            payee: None,
            returned: None,
            images: Vec::new(),
        })
    }

    fn returned(&self, bundle: &str, day: Option<Date>) -> Result<Item, Mistake> {
        let [reason] = *self.bytes(42, 42) else {
            let expected = "a return reason".to_owned();
            let field = "return reason (42-42)".to_owned();
            return Err(self.mistake(field, "nothing".to_owned(), expected));
        };
        let times = self.count(72, 72, "times returned")?;
        Ok(Item {
            record: self.number,
            amount: self.cents(32, 41, "amount")?,
            routing: values::routing(self.bytes(3, 11)),
            on_us: values::text(self.bytes(12, 31)).map(Secret::new),
            auxiliary_on_us: None,
            sequence: decode(self.bytes(54, 68)),
            bundle: bundle.to_owned(),
            business_day: day,
            deposit_sequence: None,
            deposited_on: None,
            payee: None,
            returned: Some(Returned {
                reason: ReturnReason::of(char::from(reason)),
                times: times.and_then(|n| u8::try_from(n).ok()),
                sent_on: values::x12_day(self.bytes(46, 53)),
            }),
            images: Vec::new(),
        })
    }
}

/// A total has up to sixteen digits here.
fn digits(bytes: &[u8]) -> Option<u64> {
    let fit = bytes.len() <= 16 && bytes.iter().all(u8::is_ascii_digit);
    fit.then(|| {
        bytes
            .iter()
            .fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
    })
}

fn name_of(kind: [u8; 2]) -> &'static str {
    match &kind {
        b"01" => "01 file header",
        b"10" => "10 cash letter",
        b"20" => "20 bundle",
        b"25" => "25 check",
        b"26" | b"27" | b"28" => "check addendum",
        b"31" => "31 return",
        b"32" | b"33" | b"34" | b"35" => "return addendum",
        b"50" => "50 image view",
        b"52" => "52 image data",
        b"61" | b"62" => "credit",
        b"70" => "70 bundle control",
        b"90" => "90 cash letter control",
        b"99" => "99 file control",
        _ => "record",
    }
}
