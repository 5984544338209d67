//! Layouts by name, and settings on top of them.

use super::layout::{Place, WIDEST};
use super::{Counted, DateForm, Field, Layout, LayoutError, LockboxBatch, Overflow, Record};

use Field as F;
use Record as R;

type Row = (Record, Field, usize, usize);

/// The fields that every preset begins with.
const COMMON: &[Row] = &[
    (R::Header, F::Priority, 2, 3),
    (R::Header, F::Destination, 4, 13),
    (R::Header, F::Origin, 14, 23),
    (R::Header, F::Date, 24, 29),
    (R::Header, F::Time, 30, 33),
    (R::Service, F::Destination, 2, 21),
    (R::Service, F::Reference, 22, 31),
    (R::Service, F::ServiceType, 32, 34),
    (R::Service, F::RecordSize, 35, 37),
    (R::Service, F::Blocking, 38, 41),
    (R::Service, F::FormatCode, 42, 42),
    (R::Lockbox, F::Batch, 2, 4),
    (R::Lockbox, F::Item, 5, 7),
    (R::Lockbox, F::Lockbox, 8, 14),
    (R::Lockbox, F::Date, 15, 20),
    (R::Lockbox, F::Destination, 21, 40),
    (R::Check, F::Batch, 2, 4),
    (R::Check, F::Item, 5, 7),
    (R::Check, F::Amount, 8, 17),
    (R::Check, F::Routing, 18, 26),
    (R::Check, F::Account, 27, 36),
    (R::Check, F::CheckNumber, 37, 46),
    (R::Overflow, F::Batch, 2, 4),
    (R::Overflow, F::Item, 5, 7),
    (R::Overflow, F::Parent, 8, 8),
    (R::Overflow, F::Sequence, 9, 10),
    (R::Overflow, F::Last, 11, 11),
    (R::BatchTotal, F::Batch, 2, 4),
    (R::BatchTotal, F::Item, 5, 7),
    (R::BatchTotal, F::Lockbox, 8, 14),
    (R::BatchTotal, F::Date, 15, 20),
    (R::BatchTotal, F::Count, 21, 23),
    (R::BatchTotal, F::Total, 24, 33),
    (R::LockboxTotal, F::Batch, 2, 4),
    (R::LockboxTotal, F::Item, 5, 7),
    (R::LockboxTotal, F::Lockbox, 8, 14),
    (R::LockboxTotal, F::Date, 15, 20),
    (R::LockboxTotal, F::Count, 21, 24),
    (R::LockboxTotal, F::Total, 25, 34),
    (R::Trailer, F::Count, 2, 7),
];

/// The date, names and memo of the public sample (FundersClub/bai-lockbox).
const STANDARD: &[Row] = &[
    (R::Check, F::CheckDate, 47, 52),
    (R::Check, F::Remitter, 53, 82),
    (R::Check, F::Payee, 83, 160),
    (R::Overflow, F::Text, 12, 41),
];

/// Invoice lines: number and amount, ten bytes each.
const INVOICE_80: &[Row] = &[
    (R::Overflow, F::Keyed, 12, 21),
    (R::Overflow, F::Amount, 22, 31),
];

/// A coupon's scan line in each overflow record, several checks to an envelope, images by name.
const COUPON_104: &[Row] = &[
    (R::Check, F::CheckDate, 47, 52),
    (R::Check, F::Remitter, 53, 78),
    (R::Check, F::Envelope, 79, 84),
    (R::Check, F::Image, 85, 104),
    (R::Overflow, F::ScanLine, 12, 75),
    (R::Overflow, F::Amount, 76, 85),
    (R::Overflow, F::Keyed, 86, 104),
];

impl Layout {
    /// The names of the presets.
    pub const PRESETS: [&'static str; 3] = ["standard", "invoice-80", "coupon-104"];

    /// The layout of the public sample: records of up to 160 bytes, the memo in record 4.
    #[must_use]
    pub fn standard() -> Layout {
        Layout::of(160, STANDARD)
    }

    /// 80-byte records; each record 4 is an invoice number and an amount; 999 as the batch of
    /// record 8.
    #[must_use]
    pub fn invoice_80() -> Layout {
        Layout {
            overflow: Overflow::Each,
            lockbox_batch: LockboxBatch::Nines,
            ..Layout::of(80, INVOICE_80)
        }
    }

    /// 104-byte records; each record 4 is the scan line of a coupon, with what is paid on it.
    #[must_use]
    pub fn coupon_104() -> Layout {
        Layout {
            overflow: Overflow::Each,
            ..Layout::of(104, COUPON_104)
        }
    }

    /// The preset of that name.
    #[must_use]
    pub fn preset(name: &str) -> Option<Layout> {
        match name {
            "standard" => Some(Layout::standard()),
            "invoice-80" => Some(Layout::invoice_80()),
            "coupon-104" => Some(Layout::coupon_104()),
            _ => None,
        }
    }

    fn of(record_size: usize, rows: &[Row]) -> Layout {
        let mut layout = Layout {
            record_size,
            line_breaks: true,
            dates: DateForm::Yymmdd,
            check_dates: DateForm::Mmddyy,
            batch_counts: Counted::Checks,
            lockbox_counts: Counted::Checks,
            trailer_counts: Counted::Records,
            lockbox_batch: LockboxBatch::Zeros,
            overflow: Overflow::Joined,
            items_rise: true,
            fields: [[None; Field::COUNT]; 8],
        };
        for &(record, field, first, last) in COMMON.iter().chain(rows) {
            layout.put(record, field, Some(Place { first, last }));
        }
        layout
    }

    /// A layout from settings, in any order: `preset`, `record_size`, `6.amount` = `8-17` …, as
    /// described in `docs/files/lockbox.md`.
    ///
    /// # Errors
    /// [`LayoutError`] at the first setting that cannot be.
    pub fn from_settings<'a>(
        settings: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Layout, LayoutError> {
        let settings: Vec<(&str, &str)> = settings.into_iter().collect();
        let mut layout = Layout::standard();
        if let Some((key, name)) = settings.iter().find(|(key, _)| *key == "preset") {
            let expected = || Layout::PRESETS.join(", ");
            layout = Layout::preset(name).ok_or_else(|| value(key, name, &expected()))?;
        }
        for (key, setting) in settings.iter().filter(|(key, _)| *key != "preset") {
            layout.set(key, setting)?;
        }
        layout.checked()
    }

    fn set(&mut self, key: &str, text: &str) -> Result<(), LayoutError> {
        match key {
            "record_size" => self.record_size = size(key, text)?,
            "line_breaks" => self.line_breaks = one_of(key, text, &[("yes", true), ("no", false)])?,
            "dates" => self.dates = one_of(key, text, &DATES)?,
            "check_dates" => self.check_dates = one_of(key, text, &DATES)?,
            "batch_counts" => self.batch_counts = one_of(key, text, &COUNTS[..2])?,
            "lockbox_counts" => self.lockbox_counts = one_of(key, text, &COUNTS[..2])?,
            "trailer_counts" => self.trailer_counts = one_of(key, text, &COUNTS)?,
            "lockbox_batch" => self.lockbox_batch = one_of(key, text, &LOCKBOX_BATCHES)?,
            "overflow" => {
                let all = [("each", Overflow::Each), ("joined", Overflow::Joined)];
                self.overflow = one_of(key, text, &all)?;
            }
            "items" => self.items_rise = one_of(key, text, &[("rise", true), ("any", false)])?,
            _ => {
                let (record, field) = place_key(key).ok_or_else(|| LayoutError::Unknown {
                    key: key.to_owned(),
                })?;
                self.put(record, field, place(key, text)?);
            }
        }
        Ok(())
    }
}

const DATES: [(&str, DateForm); 4] = [
    ("YYMMDD", DateForm::Yymmdd),
    ("MMDDYY", DateForm::Mmddyy),
    ("YYYYMMDD", DateForm::Yyyymmdd),
    ("MMDDYYYY", DateForm::Mmddyyyy),
];

const COUNTS: [(&str, Counted); 4] = [
    ("checks", Counted::Checks),
    ("checks_and_overflow", Counted::ChecksAndOverflow),
    ("records", Counted::Records),
    ("records_before_trailer", Counted::RecordsBeforeTrailer),
];

const LOCKBOX_BATCHES: [(&str, LockboxBatch); 3] = [
    ("zeros", LockboxBatch::Zeros),
    ("nines", LockboxBatch::Nines),
    ("any", LockboxBatch::Any),
];

fn one_of<T: Copy>(key: &str, text: &str, all: &[(&str, T)]) -> Result<T, LayoutError> {
    let names = || all.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let found = all.iter().find(|(name, _)| *name == text);
    found
        .map(|(_, value)| *value)
        .ok_or_else(|| value(key, text, &names().join(", ")))
}

fn size(key: &str, text: &str) -> Result<usize, LayoutError> {
    let size = text
        .parse()
        .ok()
        .filter(|size| (40..=WIDEST).contains(size));
    size.ok_or_else(|| value(key, text, "a number from 40 to 1000"))
}

/// `6.amount`.
fn place_key(key: &str) -> Option<(Record, Field)> {
    let (digit, field) = key.split_once('.')?;
    let [digit] = digit.as_bytes() else {
        return None;
    };
    Some((Record::of(*digit)?, Field::of(field)?))
}

/// `8-17`, `42` or `none`.
fn place(key: &str, text: &str) -> Result<Option<Place>, LayoutError> {
    if text == "none" {
        return Ok(None);
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) if first <= last => Ok(Some(Place { first, last })),
        _ => Err(value(key, text, "bytes such as 8-17, or none")),
    }
}

fn value(key: &str, found: &str, expected: &str) -> LayoutError {
    LayoutError::Value {
        key: key.to_owned(),
        found: found.to_owned(),
        expected: expected.to_owned(),
    }
}
