use std::borrow::Cow;
use std::fmt;

use kernel::Cents;

/// Where in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    /// The number of a BAI record, from 1.
    Record(u64),
    /// The number of an X12 segment, from 1 (ISA is 1).
    Segment(u64),
    /// The number of a line in a CSV file, from 1 (the header is 1).
    Line(u64),
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Position::Record(number) => write!(f, "record {number}"),
            Position::Segment(number) => write!(f, "segment {number}"),
            Position::Line(number) => write!(f, "line {number}"),
        }
    }
}

/// Why a file is refused whole. Never holds a bank account number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub position: Position,
    /// What stands there, such as `7 batch total`, `BAT` or `check`.
    pub record: Cow<'static, str>,
    /// The field, such as `total`, `BPR02` or `amount`.
    pub field: Cow<'static, str>,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mistake {
            position,
            record,
            field,
            found,
            expected,
        } = self;
        write!(
            f,
            "{position} ({record}), {field}: found {found}, expected {expected}"
        )
    }
}

/// Why a remittance file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LockboxError {
    /// The bytes could not be read.
    #[error("the file could not be read: {0}; check the disk or the transfer and try again")]
    Io(#[from] std::io::Error),
    /// Something in it is wrong or does not balance.
    #[error("{0}; nothing of this file is taken over: ask the bank for a corrected one")]
    Refused(Box<Mistake>),
    /// Its envelopes (ISA, GS, ST) do not balance.
    #[error(transparent)]
    Envelope(#[from] crate::x12::EnvelopeError),
}

impl From<Mistake> for LockboxError {
    fn from(mistake: Mistake) -> Self {
        LockboxError::Refused(Box::new(mistake))
    }
}

/// Why a remittance file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The bytes could not be written.
    #[error("the file could not be written: {0}; check the disk and try again")]
    Io(#[from] std::io::Error),
    /// A value has no place in the format.
    #[error("{field} cannot be written: {why}")]
    DoesNotFit {
        /// The field.
        field: Cow<'static, str>,
        /// Why not.
        why: Cow<'static, str>,
    },
}

impl WriteError {
    pub(crate) fn does_not_fit(
        field: impl Into<Cow<'static, str>>,
        why: impl Into<Cow<'static, str>>,
    ) -> Self {
        WriteError::DoesNotFit {
            field: field.into(),
            why: why.into(),
        }
    }
}

/// "$70.00, what the checks before it come to: a difference of $1.00".
pub(crate) fn off_by(counted: Cents, stated: Cents, what: &str) -> String {
    let difference = counted.get().abs_diff(stated.get());
    let difference = i64::try_from(difference).unwrap_or(i64::MAX);
    format!(
        "{counted}, {what}: a difference of {}",
        Cents::new(difference)
    )
}
