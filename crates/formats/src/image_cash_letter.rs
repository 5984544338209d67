//! Image cash letters (X9.100-187, X9.37 before it): checks and returned checks with their images.
//!
//! [`verify`] reads a file once and refuses it whole if it does not balance; [`Reader`] reads it
//! again and gives out one [`Item`] after the other, with its images.
//! `docs/files/image-cash-letter.md` has the byte tables.

mod framing;
mod read;
mod reason;
#[cfg(test)]
mod tests;
mod write;

use jiff::civil::Date;
use kernel::{Cents, Secret};

pub use read::{Reader, verify};
pub use reason::ReturnReason;
pub use write::Writer;

/// How letters and digits are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As most banks' systems do.
    Ebcdic,
    /// ASCII.
    Ascii,
}

/// One check or returned check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The number of its record in the file, from 1.
    pub record: u64,
    /// What it was paid by, in cents.
    pub amount: Cents,
    /// The routing number of the payer's bank, nine digits.
    pub routing: Option<Secret>,
    /// What stands before the amount on the MICR line: account and often check number.
    pub on_us: Option<Secret>,
    /// What stands left of the routing number: the check number of business checks.
    pub auxiliary_on_us: Option<String>,
    /// The number that the sending bank gave it.
    pub sequence: String,
    /// The bundle it is in.
    pub bundle: String,
    /// The bundle's business day.
    pub business_day: Option<Date>,
    /// The number that the bank of first deposit gave it, which finds the check it was.
    pub deposit_sequence: Option<String>,
    /// The day it was first deposited.
    pub deposited_on: Option<Date>,
    /// Who it is made out to.
    pub payee: Option<String>,
    /// Why it came back, if it did.
    pub returned: Option<Returned>,
    /// Its images.
    pub images: Vec<Image>,
}

/// How a check came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Why.
    pub reason: ReturnReason,
    /// How often it has been returned: 1 once, 2 twice; `None` if not told.
    pub times: Option<u8>,
    /// The day of the bundle in which it was sent first.
    pub sent_on: Option<Date>,
}

/// One side of a check.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    /// Whether it is the back.
    pub back: bool,
    /// Record 50's format: `00` is TIFF, `20` is PNG, `21` is JPEG.
    pub format: String,
    /// The image file.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let side = if self.back { "back" } else { "front" };
        write!(
            f,
            "Image({side}, {}, {} bytes)",
            self.format,
            self.bytes.len()
        )
    }
}

/// What a complete and balanced file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// The routing number of the bank that sent it.
    pub origin: String,
    /// Whom it is for.
    pub destination: String,
    /// The day it was made.
    pub made_on: Option<Date>,
    /// Whether it says that it is a test.
    pub test: bool,
    /// How many cash letters.
    pub cash_letters: u64,
    /// How many checks and returned checks.
    pub items: u64,
    /// How many of them were returned.
    pub returns: u64,
    /// What the items come to.
    pub cents: Cents,
    /// How many images.
    pub images: u64,
    /// How many records.
    pub records: u64,
}
