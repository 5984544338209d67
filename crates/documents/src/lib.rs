//! Tagged PDFs: invoice with coupon, receipt, consent, letter, year summary, ID cards, deposit
//! slip; and the reader of the coupon's scan line.
//!
//! Typed values in, PDF bytes out: no clock, no files, no network. The same input gives the same
//! bytes. Every PDF is PDF/UA-1 (ISO 14289-1), US Letter, with its fonts embedded.
//!
//! ```no_run
//! # use memberpay_documents::{DocumentError, Invoice};
//! # fn example(invoice: &Invoice) -> Result<(), DocumentError> {
//! // Once for the process, shared by all threads.
//! let renderer = memberpay_documents::Renderer::new()?;
//! let pdf = renderer.invoice(invoice)?;
//! assert!(pdf.bytes.starts_with(b"%PDF"));
//! # Ok(()) }
//! ```
#![deny(missing_docs)]

mod consent;
pub mod geometry;
mod id_card;
mod invoice;
mod letter;
pub mod ocr;
mod qr;
pub use qr::qr_picture;
mod receipt;
mod renderer;
mod slip;
mod strings;
mod world;
mod year;

pub use consent::Consent;
pub use id_card::{IdCardFace, IdCards};
pub use invoice::{Invoice, InvoiceLine, WayToPay};
pub use letter::Letter;
pub use receipt::Receipt;
pub use renderer::{Batch, DocumentError, Pdf, Renderer};
pub use slip::{DepositSlip, SlipCheck};
pub use year::{YearAccount, YearRow, YearSummary};
