//! Values to PDF bytes.

use std::sync::Arc;

use kernel::Cents;
use serde_json::{Value, json};
use typst::foundations::{Bytes, NativeElement, Smart};
use typst::introspection::{Introspector, MetadataElem};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::world::{Shared, Sheet, Template};
use crate::{Consent, DepositSlip, IdCards, Invoice, Letter, Receipt, YearSummary, geometry};

/// A finished document.
#[derive(Clone, Debug)]
pub struct Pdf {
    /// The file: PDF 1.7, PDF/UA-1.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Characters the embedded font has no glyph for (it has Latin, Greek and Cyrillic), shown as
    /// an empty square. If there are any, a person should look at the document before it is mailed.
    pub undrawable: Vec<char>,
}

/// Several invoices in one file, sharing their fonts, for a print run.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The file.
    pub pdf: Pdf,
    /// For each invoice, in the order given, the page it begins on, counted from one. Its coupon is
    /// on that page.
    pub first_pages: Vec<usize>,
}

/// Why a document could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The amounts disagree.
    #[error(
        "the invoice says {found} is due but its lines add up to {expected}; \
         it was not printed. Run `memberpay ledger verify` and correct the account"
    )]
    DoesNotAdd {
        /// The total it was given.
        found: Cents,
        /// The total its lines give.
        expected: Cents,
    },
    /// A scan line no reader takes.
    #[error(
        "the scan line has {length} characters; it must be 1 to {max} digits and nothing \
         else. Correct the plan's scan line rule",
        max = geometry::SCAN_LINE_MAX_CHARACTERS
    )]
    ScanLine {
        /// How long it is.
        length: usize,
    },
    /// An address that does not fit its window.
    #[error("{which} has {found} lines; the envelope window shows at most {most}. Shorten it")]
    AddressLines {
        /// Which address.
        which: &'static str,
        /// How many lines it has.
        found: usize,
        /// How many fit.
        most: usize,
    },
    /// The pay address would give the member ID away to anyone who scans it.
    #[error(
        "the pay address holds the member ID; put a reference without it in the plan's settings"
    )]
    MemberIdInAddress,
    /// The pay address does not fit a QR code.
    #[error("the pay address has {length} characters, too many for a QR code; shorten it")]
    AddressTooLong {
        /// How long it is.
        length: usize,
    },
    /// Nothing to print.
    #[error("there is nothing to print; for invoices, choose a month that has been billed")]
    Nothing,
    /// A template or an embedded font is broken: a fault of this program.
    #[error("the document template failed: {message}. Report this with the version of memberpay")]
    Template {
        /// What Typst said.
        message: String,
    },
}

/// Makes documents. Make one for the process and share it between threads.
pub struct Renderer {
    shared: Arc<Shared>,
}

impl Renderer {
    /// Reads the embedded fonts and templates (about 10 ms).
    ///
    /// # Errors
    /// [`DocumentError::Template`] if an embedded font cannot be read.
    pub fn new() -> Result<Self, DocumentError> {
        let shared = Shared::new().ok_or_else(|| DocumentError::Template {
            message: "an embedded font cannot be read".to_owned(),
        })?;
        Ok(Renderer {
            shared: Arc::new(shared),
        })
    }

    /// One invoice. The coupon is on its first page, whatever its length.
    ///
    /// # Errors
    /// [`DocumentError`] if the invoice does not add up, or a part does not fit its place.
    pub fn invoice(&self, invoice: &Invoice) -> Result<Pdf, DocumentError> {
        Ok(self.invoices(std::slice::from_ref(invoice))?.pdf)
    }

    /// Many invoices in one file: a fraction of the time and about half the size of single ones,
    /// because they share fonts and standing text. Memory grows with the number, so give at most
    /// 100 at a time.
    ///
    /// # Errors
    /// [`DocumentError`] if any of them cannot be printed.
    pub fn invoices(&self, invoices: &[Invoice]) -> Result<Batch, DocumentError> {
        let first = invoices.first().ok_or(DocumentError::Nothing)?;
        let mut coupon_first: Vec<bool> = invoices.iter().map(Invoice::likely_long).collect();
        loop {
            let sheets = invoices
                .iter()
                .zip(&coupon_first)
                .map(|(invoice, early)| invoice.values(*early))
                .collect::<Result<Vec<_>, _>>()?;
            let s = crate::strings::strings(first.language);
            let title = match invoices {
                [_] => format!("{} {}", s.invoice, first.invoice_number),
                [_, .., last] => {
                    let (from, to) = (&first.invoice_number, &last.invoice_number);
                    format!("{} {from} - {to}", s.invoice)
                }
                [] => return Err(DocumentError::Nothing),
            };
            let values = json!({
                "title": title,
                "lang": first.language.tag(),
                "organisation": first.organisation,
                "date": [first.issued.year(), first.issued.month(), first.issued.day()],
                "geometry": geometry_values(),
                "invoices": sheets,
            });
            let (document, undrawable) = self.lay_out(Template::Invoice, values)?;
            let marks = marks(&document);
            // Marks come in pairs: where the invoice begins, and where its coupon is.
            let late: Vec<usize> = marks
                .chunks_exact(2)
                .enumerate()
                .filter(|(i, pair)| pair[0] != pair[1] && !coupon_first[*i])
                .map(|(i, _)| i)
                .collect();
            if late.is_empty() {
                let first_pages = marks.chunks_exact(2).map(|pair| pair[0]).collect();
                let pdf = export(&document, undrawable)?;
                comemo::evict(0);
                return Ok(Batch { pdf, first_pages });
            }
            for index in late {
                coupon_first[index] = true;
            }
        }
    }

    /// The receipt of one payment.
    ///
    /// # Errors
    /// [`DocumentError::Template`] only.
    pub fn receipt(&self, receipt: &Receipt) -> Result<Pdf, DocumentError> {
        self.single(Template::Receipt, receipt.values())
    }

    /// The copy of a consent.
    ///
    /// # Errors
    /// [`DocumentError::Template`] only.
    pub fn consent(&self, consent: &Consent) -> Result<Pdf, DocumentError> {
        self.single(Template::Consent, consent.values())
    }

    /// A letter for a window envelope.
    ///
    /// # Errors
    /// [`DocumentError::AddressLines`] if the address does not fit the window.
    pub fn letter(&self, letter: &Letter) -> Result<Pdf, DocumentError> {
        self.single(Template::Letter, letter.values()?)
    }

    /// The payments of a calendar year.
    ///
    /// # Errors
    /// [`DocumentError::Template`] only.
    pub fn year(&self, summary: &YearSummary) -> Result<Pdf, DocumentError> {
        self.single(Template::Year, summary.values())
    }

    /// The deposit slip of a drawer of checks.
    ///
    /// # Errors
    /// [`DocumentError::Template`] only.
    pub fn deposit_slip(&self, slip: &DepositSlip) -> Result<Pdf, DocumentError> {
        self.single(Template::Slip, slip.values())
    }

    /// ID cards of wallet size on a page to cut out and fold.
    ///
    /// # Errors
    /// [`DocumentError::Nothing`] without a card.
    pub fn id_cards(&self, cards: &IdCards) -> Result<Pdf, DocumentError> {
        self.single(Template::IdCard, cards.values()?)
    }

    fn single(&self, template: Template, values: Value) -> Result<Pdf, DocumentError> {
        let (document, undrawable) = self.lay_out(template, values)?;
        let pdf = export(&document, undrawable);
        comemo::evict(0);
        pdf
    }

    fn lay_out(
        &self,
        template: Template,
        mut values: Value,
    ) -> Result<(PagedDocument, Vec<char>), DocumentError> {
        let mut undrawable = Vec::new();
        self.make_drawable(&mut values, &mut undrawable);
        let bytes = serde_json::to_vec(&values).map_err(|e| DocumentError::Template {
            message: e.to_string(),
        })?;
        let sheet = Sheet {
            shared: Arc::clone(&self.shared),
            template,
            values: Bytes::new(bytes),
        };
        let document = typst::compile::<PagedDocument>(&sheet).output;
        if document.is_err() {
            comemo::evict(0);
        }
        Ok((document.map_err(|d| said(&d))?, undrawable))
    }

    /// PDF/UA-1 forbids the empty "no glyph" box of a font, so a character the font lacks is shown
    /// as a real square, and reported. Line breaks and control characters become spaces.
    fn make_drawable(&self, value: &mut Value, undrawable: &mut Vec<char>) {
        match value {
            Value::String(text) => {
                if text.is_ascii() && !text.bytes().any(|b| b.is_ascii_control()) {
                    return;
                }
                *text = text
                    .chars()
                    .filter(|c| !is_invisible(*c))
                    .map(|c| match c {
                        c if c.is_control() => ' ',
                        c if self.shared.can_draw(c) => c,
                        c if c.is_whitespace() => ' ',
                        c => {
                            if !undrawable.contains(&c) {
                                undrawable.push(c);
                            }
                            '\u{25a1}'
                        }
                    })
                    .collect();
            }
            Value::Array(items) => {
                for item in items {
                    self.make_drawable(item, undrawable);
                }
            }
            Value::Object(map) => {
                for item in map.values_mut() {
                    self.make_drawable(item, undrawable);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Characters that show nothing but change what is around them: joiners, direction overrides, marks
/// of byte order. In a name they are remains of copying, or an attempt to mislead.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn geometry_values() -> Value {
    json!({
        "coupon_height": geometry::COUPON_HEIGHT,
        "clear_band": geometry::CLEAR_BAND,
        "scan_line_baseline": geometry::SCAN_LINE_BASELINE,
        "scan_line_right": geometry::SCAN_LINE_RIGHT,
        "address_left": geometry::ADDRESS_LEFT,
        "address_top": geometry::ADDRESS_TOP,
        "remit_left": geometry::REMIT_LEFT,
        "remit_top_from_bottom": geometry::REMIT_TOP_FROM_BOTTOM,
    })
}

/// The pages of the template's marks, in the order of the flow.
fn marks(document: &PagedDocument) -> Vec<usize> {
    let introspector = document.introspector();
    let marks = introspector.query(&MetadataElem::ELEM.select());
    let mut named: Vec<(u64, usize)> = marks
        .iter()
        .filter_map(|mark| {
            let page = introspector.page(mark.location()?)?;
            let order = mark
                .to_packed::<MetadataElem>()?
                .value
                .clone()
                .cast::<u64>()
                .ok()?;
            Some((order, page.get()))
        })
        .collect();
    named.sort_unstable();
    named.into_iter().map(|(_, page)| page).collect()
}

fn export(document: &PagedDocument, undrawable: Vec<char>) -> Result<Pdf, DocumentError> {
    let standards =
        PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|e| DocumentError::Template {
            message: e.message().to_string(),
        })?;
    let options = PdfOptions {
        standards,
        creator: Smart::Custom(Some("memberpay".to_owned())),
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(document, &options).map_err(|d| said(&d))?;
    Ok(Pdf {
        bytes,
        pages: document.pages().len(),
        undrawable,
    })
}

/// The first diagnostic. Its text is about the template, never a member's values.
fn said(diagnostics: &[typst::diag::SourceDiagnostic]) -> DocumentError {
    let message = diagnostics
        .first()
        .map_or_else(|| "no reason given".to_owned(), |d| d.message.to_string());
    DocumentError::Template { message }
}
