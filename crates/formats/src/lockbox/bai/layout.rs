use super::{Field, Record};

/// The widest record a layout may have, in bytes.
pub(super) const WIDEST: usize = 1_000;

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateForm {
    /// Year, month, day, two digits each; the century is 20.
    Yymmdd,
    /// Month, day, year.
    Mmddyy,
    /// A year of four digits first.
    Yyyymmdd,
    /// A year of four digits last.
    Mmddyyyy,
}

impl DateForm {
    /// How many digits.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            DateForm::Yymmdd | DateForm::Mmddyy => 6,
            DateForm::Yyyymmdd | DateForm::Mmddyyyy => 8,
        }
    }

    /// Its name in settings and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            DateForm::Yymmdd => "YYMMDD",
            DateForm::Mmddyy => "MMDDYY",
            DateForm::Yyyymmdd => "YYYYMMDD",
            DateForm::Mmddyyyy => "MMDDYYYY",
        }
    }
}

/// What a count counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Checks (records 6).
    Checks,
    /// Checks and what came with them (records 6 and 4).
    ChecksAndOverflow,
    /// All records of the file, the trailer too.
    Records,
    /// All records of the file before the trailer.
    RecordsBeforeTrailer,
}

/// What the batch field of record 8 holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockboxBatch {
    /// Zeros.
    Zeros,
    /// Nines.
    Nines,
    /// Whatever the bank likes.
    Any,
}

/// How several records 4 after a check belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// Each is a coupon of its own.
    Each,
    /// They are one coupon: its texts run on from record to record.
    Joined,
}

/// Where one bank puts what in its records.
///
/// Fields are counted from 1 and inclusive, as banks write them. Begin with [`Layout::standard`] or
/// another preset and change what the bank's specification says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub(super) record_size: usize,
    /// Whether a line break follows each record; without, each has exactly `record_size` bytes.
    pub(super) line_breaks: bool,
    pub(super) dates: DateForm,
    pub(super) check_dates: DateForm,
    pub(super) batch_counts: Counted,
    pub(super) lockbox_counts: Counted,
    pub(super) trailer_counts: Counted,
    pub(super) lockbox_batch: LockboxBatch,
    pub(super) overflow: Overflow,
    /// Whether item numbers rise within a batch.
    pub(super) items_rise: bool,
    pub(super) fields: [[Option<Place>; Field::COUNT]; 8],
}

/// First and last byte of a field, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The first byte.
    pub first: usize,
    /// The last byte.
    pub last: usize,
}

/// Why a layout cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// A setting that there is not.
    #[error("there is no setting {key}; settings are described in docs/files/lockbox.md")]
    Unknown {
        /// Its name.
        key: String,
    },
    /// A value that the setting cannot have.
    #[error("{key} is {found}; it must be {expected}")]
    Value {
        /// The setting.
        key: String,
        /// What it is.
        found: String,
        /// What it can be.
        expected: String,
    },
    /// A field that ends beyond its record.
    #[error("{record}: {field} ends at {last}, but a record has {size} bytes")]
    OutOfRange {
        /// The record.
        record: &'static str,
        /// The field.
        field: &'static str,
        /// Its last byte.
        last: usize,
        /// How many bytes there are.
        size: usize,
    },
    /// Two fields on the same bytes.
    #[error("{record}: {field} ({first}-{last}) overlaps {other}")]
    Overlap {
        /// The record.
        record: &'static str,
        /// The one field.
        field: &'static str,
        /// Its first byte.
        first: usize,
        /// Its last byte.
        last: usize,
        /// The other field.
        other: &'static str,
    },
    /// A field that no reader can do without.
    #[error("{record}: {field} is missing; say where it is")]
    Missing {
        /// The record.
        record: &'static str,
        /// The field.
        field: &'static str,
    },
    /// A field whose width is not that of what it holds.
    #[error("{record}: {field} has {found} bytes; it must have {expected}")]
    Width {
        /// The record.
        record: &'static str,
        /// The field.
        field: &'static str,
        /// How many it has.
        found: usize,
        /// How many it must have.
        expected: &'static str,
    },
}

impl Layout {
    /// Where a field is, or `None` if the bank does not send it.
    #[must_use]
    pub fn field(&self, record: Record, field: Field) -> Option<Place> {
        self.fields[record.index()][field.index()]
    }

    /// The longest a record may be, in bytes, without line break.
    #[must_use]
    pub fn record_size(&self) -> usize {
        self.record_size
    }

    /// Puts a field at bytes `first` to `last`, from 1.
    ///
    /// # Errors
    /// [`LayoutError`] if it ends beyond the record, overlaps another or has a wrong width.
    pub fn with_field(
        mut self,
        record: Record,
        field: Field,
        first: usize,
        last: usize,
    ) -> Result<Self, LayoutError> {
        self.put(record, field, Some(Place { first, last }));
        self.checked()
    }

    /// Takes a field out.
    ///
    /// # Errors
    /// [`LayoutError::Missing`] if the reader cannot do without it.
    pub fn without_field(mut self, record: Record, field: Field) -> Result<Self, LayoutError> {
        self.put(record, field, None);
        self.checked()
    }

    pub(super) fn put(&mut self, record: Record, field: Field, place: Option<Place>) {
        self.fields[record.index()][field.index()] = place;
    }

    /// This layout, if all its fields are in their records and none overlaps another.
    pub(super) fn checked(self) -> Result<Self, LayoutError> {
        for record in Record::ALL {
            let mut taken: Vec<(Place, Field)> = Vec::new();
            for field in Field::ALL.iter().copied() {
                let Some(place) = self.field(record, field) else {
                    if record.needed().contains(&field) {
                        return Err(LayoutError::Missing {
                            record: record.name(),
                            field: field.name(),
                        });
                    }
                    continue;
                };
                self.fits(record, field, place)?;
                let overlaps =
                    |o: &&(Place, Field)| o.0.first <= place.last && place.first <= o.0.last;
                if let Some((_, other)) = taken.iter().find(overlaps) {
                    return Err(LayoutError::Overlap {
                        record: record.name(),
                        field: field.name(),
                        first: place.first,
                        last: place.last,
                        other: other.name(),
                    });
                }
                taken.push((place, field));
            }
        }
        Ok(self)
    }

    fn fits(&self, record: Record, field: Field, place: Place) -> Result<(), LayoutError> {
        // The first byte is the record's digit.
        if place.first < 2 || place.first > place.last || place.last > self.record_size {
            return Err(LayoutError::OutOfRange {
                record: record.name(),
                field: field.name(),
                last: place.last,
                size: self.record_size,
            });
        }
        let found = place.width();
        let expected = match field {
            Field::Date if found != self.dates.width() => self.dates.name(),
            Field::CheckDate if found != self.check_dates.width() => self.check_dates.name(),
            Field::Amount | Field::Total | Field::Count | Field::Item | Field::Sequence
                if found > 15 =>
            {
                "at most 15"
            }
            Field::Parent | Field::Last if found != 1 => "1",
            _ => return Ok(()),
        };
        Err(LayoutError::Width {
            record: record.name(),
            field: field.name(),
            found,
            expected,
        })
    }
}

impl Place {
    /// How many bytes.
    #[must_use]
    pub fn width(self) -> usize {
        self.last + 1 - self.first
    }

    /// The bytes of the field in a record; a short record is as if filled with blanks.
    pub(super) fn of(self, record: &[u8]) -> &[u8] {
        let end = self.last.min(record.len());
        record.get(self.first - 1..end).unwrap_or_default()
    }
}
