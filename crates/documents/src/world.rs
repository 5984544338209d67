//! The world a template sees: its own sources, one file with the values, the embedded fonts, no
//! clock, no disk, no network.

use std::sync::Arc;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};

const INTER_REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.otf");
const INTER_BOLD: &[u8] = include_bytes!("../fonts/Inter-Bold.otf");
pub(crate) const OCR_A: &[u8] = include_bytes!("../fonts/OCRA.ttf");

const LOOK: &str = include_str!("../templates/look.typ");
const INVOICE: &str = include_str!("../templates/invoice.typ");
const RECEIPT: &str = include_str!("../templates/receipt.typ");
const CONSENT: &str = include_str!("../templates/consent.typ");
const LETTER: &str = include_str!("../templates/letter.typ");
const YEAR: &str = include_str!("../templates/year.typ");
const ID_CARD: &str = include_str!("../templates/id-card.typ");
const SLIP: &str = include_str!("../templates/slip.typ");

/// Which template is compiled: its place among the sources.
#[derive(Clone, Copy)]
pub(crate) enum Template {
    Invoice = 0,
    Receipt = 1,
    Consent = 2,
    Letter = 3,
    Year = 4,
    IdCard = 5,
    Slip = 6,
}

/// What all renderings share. File ids are interned for ever by Typst, so they are made once.
pub(crate) struct Shared {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    sources: Vec<Source>,
    values: FileId,
}

impl Shared {
    /// Parses the fonts and the templates. `None` if an embedded font cannot be read.
    pub(crate) fn new() -> Option<Self> {
        let fonts = [INTER_REGULAR, INTER_BOLD, OCR_A]
            .into_iter()
            .map(|bytes| Font::new(Bytes::new(bytes), 0))
            .collect::<Option<Vec<_>>>()?;
        let sources = [
            ("/invoice.typ", INVOICE),
            ("/receipt.typ", RECEIPT),
            ("/consent.typ", CONSENT),
            ("/letter.typ", LETTER),
            ("/year.typ", YEAR),
            ("/id-card.typ", ID_CARD),
            ("/slip.typ", SLIP),
            ("/look.typ", LOOK),
        ]
        .into_iter()
        .map(|(path, text)| Some(Source::new(file(path)?, text.to_owned())))
        .collect::<Option<Vec<_>>>()?;
        Some(Shared {
            library: LazyHash::new(
                Library::builder()
                    .with_features(std::iter::once(Feature::A11yExtras).collect())
                    .build(),
            ),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            sources,
            values: file("/values.json")?,
        })
    }

    /// True if the body font, in both weights, has a glyph for this character.
    pub(crate) fn can_draw(&self, c: char) -> bool {
        self.fonts[..2]
            .iter()
            .all(|f| f.info().coverage.contains(u32::from(c)))
    }
}

fn file(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// One rendering: the shared world and the values of this document.
pub(crate) struct Sheet {
    pub shared: Arc<Shared>,
    pub template: Template,
    pub values: Bytes,
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &self.shared.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.shared.book
    }

    fn main(&self) -> FileId {
        self.shared.sources[self.template as usize].id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let found = self.shared.sources.iter().find(|source| source.id() == id);
        found.cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.shared.values {
            Ok(self.values.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shared.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
