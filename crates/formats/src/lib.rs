//! Bytes in, records and findings out, bytes out: knows nothing of the database.
//!
//! - [`x12`]: segments and envelopes of any X12 interchange.
//! - [`enrollment`]: rosters, as X12 834 and as CSV, read into one record type and written from it.
//! - [`image_cash_letter`]: checks and returned checks with their images.
//! - [`check_image`]: images of checks, and what a browser shows of them.
//! - [`lockbox`]: what the lockbox bank took out of the mail, as BAI records, X12 823, 820
//!   and CSV.
//! - [`scan_line`]: the digits in the clear band of an invoice coupon.
//! - [`calendar`]: due dates for calendars.
//! - [`card_mailing`]: what the card printer answers.
//! - [`csv_cell`]: cells of CSV exports that a spreadsheet will not run.
#![deny(missing_docs)]

pub mod calendar;
pub mod card_mailing;
pub mod check_image;
mod csv_cell;
pub mod enrollment;
pub mod image_cash_letter;
pub mod lockbox;
pub mod scan_line;
mod shown;
pub mod x12;

pub use csv_cell::{csv_cell, csv_row};
