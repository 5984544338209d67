use std::io::Read;

use memchr::memchr;

use super::{EnvelopeError, Refusal};
use crate::shown::shown;

/// How much of the file is read at a time, in bytes.
const BLOCK: usize = 256 * 1024;
/// No X12 segment of a health plan's file is longer, in bytes. A longer one means that the
/// terminator of the ISA segment is not the one the file uses.
const LONGEST_SEGMENT: usize = 64 * 1024;
/// The ISA segment has a fixed width, its terminator included (ASC X12.5).
const ISA_LENGTH: usize = 106;

/// The four characters that structure an interchange, as its ISA segment sets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiters {
    /// Between elements: the character after `ISA`.
    pub element: u8,
    /// Between repetitions: ISA11, from version 00402 on.
    pub repetition: u8,
    /// Between components: ISA16.
    pub component: u8,
    /// After each segment: the character after ISA16.
    pub segment: u8,
}

/// One segment, borrowed from the reader's block.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    bytes: &'a [u8],
    delimiters: Delimiters,
    /// Its number in the file, from 1.
    pub number: u64,
    /// Where it begins, in bytes from the start of the file.
    pub offset: u64,
}

impl<'a> Segment<'a> {
    /// The segment ID, such as `NM1`.
    #[must_use]
    pub fn id(&self) -> &'a [u8] {
        let end = memchr(self.delimiters.element, self.bytes).unwrap_or(self.bytes.len());
        &self.bytes[..end]
    }

    /// Element `n`, from 1: element 3 of `NM1` is NM103. Empty if the segment is shorter.
    #[must_use]
    pub fn element(&self, n: usize) -> &'a [u8] {
        let separator = self.delimiters.element;
        self.bytes
            .split(|b| *b == separator)
            .nth(n)
            .unwrap_or_default()
    }

    /// The segment ID and the first `N` − 1 elements; those it does not have are empty.
    #[must_use]
    pub fn elements<const N: usize>(&self) -> [&'a [u8]; N] {
        let separator = self.delimiters.element;
        let mut found: [&[u8]; N] = [&[]; N];
        for (place, element) in found.iter_mut().zip(self.bytes.split(|b| *b == separator)) {
            *place = element;
        }
        found
    }

    /// The delimiters in force.
    #[must_use]
    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    pub(crate) fn refusal(
        &self,
        element: &'static str,
        found: String,
        expected: impl Into<String>,
    ) -> Refusal {
        Refusal {
            segment: self.number,
            offset: self.offset,
            element,
            found,
            expected: expected.into(),
        }
    }
}

/// Streams the segments of a file, which may hold several interchanges one after the other.
///
/// # Design
/// It keeps one block of the file and lends out slices of it, so memory is constant and no segment
/// is copied. The next call ends the loan.
#[derive(Debug)]
pub struct Segments<R> {
    source: R,
    block: Vec<u8>,
    start: usize,
    end: usize,
    /// Where `block[0]` is in the file.
    block_offset: u64,
    at_end_of_file: bool,
    number: u64,
    /// Set by ISA, forgotten after IEA.
    delimiters: Option<Delimiters>,
}

impl<R: Read> Segments<R> {
    /// Reads from `source`, which need not be buffered.
    pub fn new(source: R) -> Self {
        Segments {
            source,
            block: vec![0; BLOCK],
            start: 0,
            end: 0,
            block_offset: 0,
            at_end_of_file: false,
            number: 0,
            delimiters: None,
        }
    }

    /// How many bytes of the file have been given out as segments.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.block_offset + self.start as u64
    }

    /// How many segments have been given out.
    #[must_use]
    pub fn segments_read(&self) -> u64 {
        self.number
    }

    /// The next segment, or `None` at the end of the file.
    ///
    /// # Errors
    /// [`EnvelopeError`] if the file cannot be read, is not X12 or ends within a segment.
    pub fn next_segment(&mut self) -> Result<Option<Segment<'_>>, EnvelopeError> {
        if !self.skip_space()? {
            return Ok(None);
        }
        self.number += 1;
        let delimiters = match self.delimiters {
            Some(delimiters) => delimiters,
            None => self.read_delimiters()?,
        };
        let mut searched = 0;
        let length = loop {
            let waiting = &self.block[self.start..self.end];
            if let Some(at) = memchr(delimiters.segment, &waiting[searched..]) {
                break searched + at;
            }
            searched = waiting.len();
            if searched > LONGEST_SEGMENT {
                return Err(self
                    .no_terminator("no segment terminator in 65,536 bytes")
                    .into());
            }
            if self.at_end_of_file {
                // Some senders leave out the very last terminator; its control numbers then tell
                // whether anything is missing.
                if waiting.starts_with(b"IEA") {
                    break searched;
                }
                return Err(self.no_terminator("the end of the file").into());
            }
            self.fill()?;
        };
        let begin = self.start;
        let offset = self.bytes_read();
        self.start = (begin + length + 1).min(self.end);
        let mut bytes = &self.block[begin..begin + length];
        // A file whose segments end with LF may have been sent through a system that writes CR LF.
        if let [rest @ .., b'\r'] = bytes {
            bytes = rest;
        }
        if bytes.starts_with(b"IEA") {
            self.delimiters = None;
        }
        Ok(Some(Segment {
            bytes,
            delimiters,
            number: self.number,
            offset,
        }))
    }

    /// Skips what may stand between segments. False at the end of the file.
    fn skip_space(&mut self) -> Result<bool, EnvelopeError> {
        loop {
            while self.start < self.end {
                match self.block[self.start] {
                    b'\r' | b'\n' | b' ' | b'\t' | 0 | 0x1a => self.start += 1,
                    // A byte order mark, which no X12 writer makes but editors do.
                    0xef | 0xbb | 0xbf if self.number == 0 => self.start += 1,
                    _ => return Ok(true),
                }
            }
            if self.at_end_of_file {
                return Ok(false);
            }
            self.fill()?;
        }
    }

    fn read_delimiters(&mut self) -> Result<Delimiters, EnvelopeError> {
        while self.end - self.start < ISA_LENGTH && !self.at_end_of_file {
            self.fill()?;
        }
        let waiting = &self.block[self.start..self.end];
        let refused = |element, found, expected: &str| Refusal {
            segment: self.number,
            offset: self.bytes_read(),
            element,
            found,
            expected: expected.to_owned(),
        };
        if !waiting.starts_with(b"ISA") {
            let found = shown(&waiting[..waiting.len().min(3)]);
            return Err(refused("ISA", found, "an X12 interchange, which begins with ISA").into());
        }
        if waiting.len() < ISA_LENGTH - 1 {
            let found = format!("{} bytes", waiting.len());
            return Err(refused("ISA", found, "an ISA segment of 106 bytes").into());
        }
        let delimiters = Delimiters {
            element: waiting[3],
            repetition: waiting[82],
            component: waiting[104],
            // A lone ISA without terminator is caught as a truncated file.
            segment: waiting.get(105).copied().unwrap_or(b'~'),
        };
        let Delimiters {
            element,
            component,
            segment,
            ..
        } = delimiters;
        let unfit = |b: u8| b.is_ascii_alphanumeric() || b == b' ';
        let separators = waiting[..105].iter().filter(|b| **b == element).count();
        if separators != 16 || [element, component, segment].into_iter().any(unfit) {
            let expected =
                "16 elements of the fixed ISA widths, and delimiters that are not letters";
            let found = format!("{separators} element separators {}", shown(&[element]));
            return Err(refused("ISA", found, expected).into());
        }
        if element == component || element == segment || component == segment {
            let found = shown(&[element, component, segment]);
            return Err(refused("ISA16", found, "three different delimiters").into());
        }
        self.delimiters = Some(delimiters);
        Ok(delimiters)
    }

    /// Moves what is waiting to the front of the block and reads more behind it.
    fn fill(&mut self) -> Result<(), EnvelopeError> {
        if self.start > 0 {
            self.block.copy_within(self.start..self.end, 0);
            self.block_offset += self.start as u64;
            self.end -= self.start;
            self.start = 0;
        }
        loop {
            match self.source.read(&mut self.block[self.end..]) {
                Ok(0) => {
                    self.at_end_of_file = true;
                    return Ok(());
                }
                Ok(n) => {
                    self.end += n;
                    return Ok(());
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn no_terminator(&self, found: &str) -> Refusal {
        let waiting = &self.block[self.start..self.end];
        let separator = self.delimiters.map_or(b'*', |d| d.element);
        let id = waiting
            .split(|b| *b == separator)
            .next()
            .unwrap_or_default();
        let terminator = self.delimiters.map_or(b'~', |d| d.segment);
        Refusal {
            segment: self.number,
            offset: self.bytes_read(),
            element: "segment terminator",
            found: format!(
                "{found} within the segment {}",
                shown(&id[..id.len().min(3)])
            ),
            expected: format!("the terminator {}", shown(&[terminator])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const ISA: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       \
                       *261101*1200*^*00501*000000001*0*P*:~";

    fn ids(text: &str) -> Vec<String> {
        let mut segments = Segments::new(text.as_bytes());
        let mut ids = Vec::new();
        while let Some(segment) = segments.next_segment().unwrap() {
            ids.push(String::from_utf8_lossy(segment.id()).into_owned());
        }
        ids
    }

    #[test]
    fn line_breaks_between_segments_do_not_matter() {
        let text = format!("\n{ISA}\r\nGS*BE~\n\r   ST*834~IEA*0*1~\n\x1a");
        assert_eq!(ids(&text), ["ISA", "GS", "ST", "IEA"]);
    }

    #[test]
    fn the_delimiters_come_from_each_isa() {
        let other = ISA.replace('*', "|").replace(":~", ">\n");
        let text = format!("{ISA}IEA*0*000000001~{other}NM1|IL|1\r\nIEA|0|000000001\n");
        assert_eq!(ids(&text), ["ISA", "IEA", "ISA", "NM1", "IEA"]);
    }

    #[test]
    fn elements_are_counted_from_one_and_missing_ones_are_empty() {
        let text = format!("{ISA}NM1*IL**DOE~");
        let mut segments = Segments::new(text.as_bytes());
        segments.next_segment().unwrap();
        let segment = segments.next_segment().unwrap().unwrap();
        assert_eq!(segment.element(1), b"IL");
        assert_eq!(segment.element(2), b"");
        assert_eq!(segment.element(3), b"DOE");
        assert_eq!(segment.element(9), b"");
        assert_eq!(segment.elements::<3>(), [&b"NM1"[..], b"IL", b""]);
        assert_eq!((segment.number, segment.offset), (2, 106));
    }

    #[test]
    fn what_is_not_x12_or_ends_early_is_refused_with_its_place() {
        for (text, says) in [
            ("PK\u{3}\u{4}not x12".to_owned(), "segment 1 (byte 0), ISA"),
            ("ISA*00*".to_owned(), "7 bytes"),
            (format!("{ISA}GS*BE*SEN"), "segment 2 (byte 106)"),
            (ISA.replace(":~", "**"), "ISA"),
            (format!("{ISA}{}", "x".repeat(200_000)), "65,536"),
            (format!("{ISA}IEA*1*1~rubbish"), "byte 114"),
        ] {
            let mut segments = Segments::new(text.as_bytes());
            let error = loop {
                match segments.next_segment() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("accepted {text:.40}"),
                    Err(error) => break error.to_string(),
                }
            };
            assert!(error.contains(says), "{says}: {error}");
        }
    }

    #[test]
    fn a_reader_that_gives_one_byte_at_a_time_changes_nothing() {
        struct OneByOne<'a>(&'a [u8]);
        impl Read for OneByOne<'_> {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                let n = self.0.len().min(1);
                into[..n].copy_from_slice(&self.0[..n]);
                self.0 = &self.0[n..];
                Ok(n)
            }
        }
        let text = format!("{ISA}GS*BE~ST*834~IEA*0*1~");
        let mut segments = Segments::new(OneByOne(text.as_bytes()));
        let mut count = 0;
        while segments.next_segment().unwrap().is_some() {
            count += 1;
        }
        assert_eq!(count, 4);
    }
}
