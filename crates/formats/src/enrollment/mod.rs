//! Rosters: who is covered, in which plan line, at which premium.
//!
//! X12 834 (005010X220A1) and CSV are read into one [`EnrollmentRecord`] and written from it. What
//! is wrong with a record becomes a [`Finding`]; the rest of the file is kept.
//! `docs/files/roster.md` describes both formats for the people who make the files.

mod build;
mod field;
mod finding;
mod plan_lines;
mod raw;
mod read_834;
mod read_csv;
mod record;
mod report;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;
mod values;
mod write_834;
mod write_csv;

pub use field::Field;
pub use finding::{Effect, Finding, Position};
pub use plan_lines::{PlanLines, RateRule};
pub use read_834::{Reader834, Summary834, check_834};
pub use read_csv::{CsvError, CsvReader};
pub use record::{
    Address, EnrolledCoverage, EnrollmentRecord, Gender, Maintenance, Rate, Relationship,
};
pub use write_834::{CharacterSet, Envelope834, Writer834, write_834};
pub use write_csv::{CsvWriter, write_csv};

/// What the next record of a roster came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The record, or `None` if it was rejected.
    pub record: Option<EnrollmentRecord>,
    /// What was wrong with it. Never empty for a rejected record.
    pub findings: Vec<Finding>,
}

/// Why a roster could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The bytes could not be written.
    #[error("the roster could not be written: {0}; check the disk and try again")]
    Io(#[from] std::io::Error),
    /// A text holds one of the characters that structure the file.
    #[error(
        "{column} holds one of the characters * ~ ^ : | that structure an 834 file; take it out"
    )]
    Delimiter {
        /// The column's name, see [`Field::column`].
        column: &'static str,
    },
}
