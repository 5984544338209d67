//! All formats behind one door.

use std::io::BufRead;

use super::{Envelope, LockboxError, Summary, bai, csv, x12_820, x12_823};

/// A format of remittance files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// BAI lockbox records in a bank's layout.
    Bai(Box<bai::Layout>),
    /// X12 823.
    X12Lockbox,
    /// X12 820 (005010X218).
    X12Payment,
    /// Our CSV.
    Csv,
}

/// The envelopes of a file in any format; after an error there are no more.
#[derive(Debug)]
pub struct Envelopes<R> {
    reader: Option<AnyReader<R>>,
}

#[derive(Debug)]
enum AnyReader<R> {
    Bai(Box<bai::Reader<R>>),
    X12Lockbox(Box<x12_823::Reader<R>>),
    X12Payment(Box<x12_820::Reader<R>>),
    Csv(Box<csv::Reader<R>>),
}

impl Format {
    /// The format of a file, told by its first bytes (some hundreds will do); a BAI file is in
    /// `layout`. `None` if it is none of them.
    #[must_use]
    pub fn of(first: &[u8], layout: &bai::Layout) -> Option<Format> {
        let first = first
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(first)
            .trim_ascii_start();
        if let Some(rest) = first.strip_prefix(b"ISA") {
            let element = *rest.first()?;
            let group = |code: &[u8; 2]| {
                let mark = [b"GS", &[element][..], code, &[element]].concat();
                memchr::memmem::find(first, &mark).is_some()
            };
            return match (group(b"LB"), group(b"RA")) {
                (true, _) => Some(Format::X12Lockbox),
                (_, true) => Some(Format::X12Payment),
                _ => None,
            };
        }
        let line = first.split(|b| *b == b'\n').next().unwrap_or_default();
        let mut cells = line.split(|b| *b == b',').map(<[u8]>::trim_ascii);
        match first {
            [b'1', ..] => Some(Format::Bai(Box::new(layout.clone()))),
            _ if cells.any(|cell| matches!(cell, b"kind" | b"\"kind\"")) => Some(Format::Csv),
            _ => None,
        }
    }

    /// The first pass: reads a whole file and says what it holds, or where it does not balance.
    ///
    /// # Errors
    /// [`LockboxError`]: the file is to be refused whole.
    pub fn verify(&self, source: impl BufRead) -> Result<Summary, LockboxError> {
        match self {
            Format::Bai(layout) => bai::verify(source, layout),
            Format::X12Lockbox => x12_823::verify(source),
            Format::X12Payment => x12_820::verify(source),
            Format::Csv => csv::verify(source),
        }
    }

    /// The second pass: gives out the envelopes of a verified file, in constant memory.
    ///
    /// # Errors
    /// [`LockboxError`] if a CSV file has no header.
    pub fn envelopes<R: BufRead>(&self, source: R) -> Result<Envelopes<R>, LockboxError> {
        let reader = match self {
            Format::Bai(layout) => AnyReader::Bai(Box::new(bai::Reader::new(source, layout))),
            Format::X12Lockbox => AnyReader::X12Lockbox(Box::new(x12_823::Reader::new(source))),
            Format::X12Payment => AnyReader::X12Payment(Box::new(x12_820::Reader::new(source))),
            Format::Csv => AnyReader::Csv(Box::new(csv::Reader::new(source)?)),
        };
        Ok(Envelopes {
            reader: Some(reader),
        })
    }
}

impl<R: BufRead> Iterator for Envelopes<R> {
    type Item = Result<Envelope, LockboxError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match self.reader.as_mut()? {
            AnyReader::Bai(reader) => reader.next(),
            AnyReader::X12Lockbox(reader) => reader.next(),
            AnyReader::X12Payment(reader) => reader.next(),
            AnyReader::Csv(reader) => reader.next(),
        };
        if !matches!(next, Some(Ok(_))) {
            self.reader = None;
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_tells_its_format() {
        let isa = "ISA*00*          *00*          *ZZ*BANK           *ZZ*PLAN           \
                   *261123*1800*^*00501*000000077*0*P*:~";
        let layout = bai::Layout::coupon_104();
        let of = |text: &str| Format::of(text.as_bytes(), &layout);
        assert_eq!(
            of(&format!("{isa}GS*LB*BANK*PLAN")),
            Some(Format::X12Lockbox)
        );
        assert_eq!(
            of(&format!("\n{isa}GS*RA*BANK*PLAN")),
            Some(Format::X12Payment)
        );
        assert_eq!(of(&format!("{isa}GS*BE*BANK*PLAN")), None);
        assert_eq!(
            of("100ABCDEFGHIJ"),
            Some(Format::Bai(Box::new(layout.clone())))
        );
        assert_eq!(of("\u{feff}lockbox,kind,amount\n1,2"), Some(Format::Csv));
        assert_eq!(of("PK\u{3}\u{4}"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn after_an_error_there_are_no_more_envelopes() {
        let file = "kind,lockbox,deposited_on,batch,envelope,amount,count\n\
                    check,1,2026-11-23,1,1,86.40,\ncheck,1,2026-11-23,1,2,x,\n\
                    check,1,2026-11-23,1,3,86.40,\n";
        assert!(Format::Csv.verify(file.as_bytes()).is_err());
        let all: Vec<_> = Format::Csv.envelopes(file.as_bytes()).unwrap().collect();
        assert!(all.last().unwrap().is_err());
        assert_eq!(all.iter().filter(|e| e.is_err()).count(), 1);
    }
}
