use std::borrow::Cow;
use std::fmt;

use super::Field;

/// Where in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    /// The number of an X12 segment in the file, from 1 (ISA is 1).
    Segment(u64),
    /// The number of a line in a CSV file, from 1 (the header is 1).
    Line(u64),
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Position::Segment(number) => write!(f, "segment {number}"),
            Position::Line(number) => write!(f, "line {number}"),
        }
    }
}

/// What a finding means for its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The record is not taken over.
    Rejected,
    /// The record is taken over without this field.
    FieldLeftOut,
}

/// Something wrong with a record. Never holds a social security number, nor more of a member ID
/// than its last four digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where the wrong field is, or where the record begins if the field is missing.
    pub position: Position,
    /// The field.
    pub field: Field,
    /// What was found.
    pub found: Cow<'static, str>,
    /// What was expected.
    pub expected: Cow<'static, str>,
    /// The last four digits of the member ID, if it could be read.
    pub member_last_four: Option<String>,
    /// What it means for the record.
    pub effect: Effect,
}

impl Finding {
    /// The place by name: the X12 element, or the CSV column.
    #[must_use]
    pub fn place(&self) -> &'static str {
        match self.position {
            Position::Segment(_) => self.field.element(),
            Position::Line(_) => self.field.column(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding {
            position,
            found,
            expected,
            ..
        } = self;
        write!(
            f,
            "{position}, {}: found {found}, expected {expected}",
            self.place()
        )?;
        if let Some(last) = &self.member_last_four {
            write!(f, " (member ID …{last})")?;
        }
        f.write_str(match self.effect {
            Effect::Rejected => "; record rejected",
            Effect::FieldLeftOut => "; record kept without it",
        })
    }
}
