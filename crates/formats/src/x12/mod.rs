//! Segments and envelopes of X12 interchanges (ASC X12.5 and X12.6).
//!
//! [`Segments`] streams: it holds one block of the file and lends out slices of it. The delimiters
//! come from the ISA segment; line breaks between segments are tolerated. [`check_envelope`] reads
//! a whole file and says whether it is complete, before anything of it is taken over.

mod envelope;
mod segments;

pub use envelope::{EnvelopeCheck, EnvelopeSummary, check_envelope};
pub use segments::{Delimiters, Segment, Segments};

use std::fmt;

/// Why an interchange cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// The bytes could not be read.
    #[error("the file could not be read: {0}; check the disk or the transfer and try again")]
    Io(#[from] std::io::Error),
    /// The file is truncated, unbalanced or no X12 interchange.
    #[error("{0}; nothing of this file is taken over: ask the sender for a complete one")]
    Refused(Box<Refusal>),
}

/// Where and why a file is refused whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The segment's number in the file, from 1.
    pub segment: u64,
    /// Where the segment begins, in bytes from the start of the file.
    pub offset: u64,
    /// The element, such as `SE01`.
    pub element: &'static str,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "segment {} (byte {}), {}: found {}, expected {}",
            self.segment, self.offset, self.element, self.found, self.expected
        )
    }
}

impl From<Refusal> for EnvelopeError {
    fn from(refusal: Refusal) -> Self {
        EnvelopeError::Refused(Box::new(refusal))
    }
}
