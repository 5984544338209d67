//! Records of a file: with their length before them, or of 80 bytes; in EBCDIC or ASCII.

use std::io::Read;

use super::Encoding;
use crate::lockbox::{LockboxError, Mistake, Position};

/// No record is longer, in bytes: images of checks are some tens of thousands.
const LONGEST: usize = 16 * 1024 * 1024;
/// Where the length of the image reference key of record 52 ends.
const FIXED_OF_52: usize = 105;

/// EBCDIC (code page 037) from 0x40 to 0xFF as ASCII; what has no ASCII is a question mark.
const EBCDIC: &[u8; 192] =
    b" ??????????.<(+|&?????????!$*);?-/?????????,%_>??????????`:#@'=\"?abcdefghi?????\
    ??jklmnopqr???????~stuvwxyz??????^?????????[]????{ABCDEFGHI??????}JKLM\
    NOPQR??????\\?STUVWXYZ??????0123456789??????";

impl Encoding {
    pub(super) fn decode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Encoding::Ascii => bytes.to_vec(),
            Encoding::Ebcdic => bytes.iter().map(|b| from_ebcdic(*b)).collect(),
        }
    }

    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        let one = |c: char| u8::try_from(u32::from(c)).unwrap_or(b'?');
        match self {
            Encoding::Ascii => text.chars().map(one).collect(),
            Encoding::Ebcdic => text.chars().map(|c| to_ebcdic(one(c))).collect(),
        }
    }
}

fn from_ebcdic(byte: u8) -> u8 {
    byte.checked_sub(0x40)
        .map_or(b'?', |at| EBCDIC[usize::from(at)])
}

fn to_ebcdic(byte: u8) -> u8 {
    if byte == b'?' {
        return 0x6f;
    }
    let at = EBCDIC.iter().position(|b| *b == byte).unwrap_or(0x2f);
    u8::try_from(at + 0x40).unwrap_or(0x6f)
}

/// Reads record by record.
#[derive(Debug)]
pub(super) struct Records<R> {
    source: R,
    /// What was read to tell the framing.
    begun: Vec<u8>,
    prefixed: bool,
    pub encoding: Encoding,
    /// The record's number, from 1.
    pub number: u64,
    /// The record as it stands in the file.
    pub raw: Vec<u8>,
    /// Its text; of record 52 all but the image.
    pub text: Vec<u8>,
    /// Where in `raw` the image of record 52 is.
    pub image: std::ops::Range<usize>,
}

impl<R: Read> Records<R> {
    pub fn new(source: R) -> Self {
        Records {
            source,
            begun: Vec::new(),
            prefixed: false,
            encoding: Encoding::Ascii,
            number: 0,
            raw: Vec::new(),
            text: Vec::new(),
            image: 0..0,
        }
    }

    /// Reads the next record. False at the end of the file.
    pub fn advance(&mut self) -> Result<bool, LockboxError> {
        if self.number == 0 {
            self.begin()?;
        }
        self.raw.clear();
        self.image = 0..0;
        let length = if self.prefixed {
            if !self.more(4)? {
                return Ok(false);
            }
            let prefix = [self.raw[0], self.raw[1], self.raw[2], self.raw[3]];
            self.raw.clear();
            u32::from_be_bytes(prefix) as usize
        } else {
            80
        };
        self.number += 1;
        if !(80..=LONGEST).contains(&length) {
            return Err(self.wrong("length", format!("{length} bytes"), "80 to 16,777,216"));
        }
        if !self.more(length)? {
            if self.prefixed {
                return Err(self.wrong("length", "the end of the file".to_owned(), "a record"));
            }
            self.number -= 1;
            return Ok(false);
        }
        let is_52 = self.encoding.decode(&self.raw[..2]) == b"52";
        if is_52 {
            self.find_image()?;
        } else {
            self.text = self.encoding.decode(&self.raw);
        }
        Ok(true)
    }

    fn begin(&mut self) -> Result<(), LockboxError> {
        let mut first = Vec::new();
        self.source.by_ref().take(6).read_to_end(&mut first)?;
        let (prefixed, encoding) = match first[..] {
            [b'0', b'1', ..] => (false, Encoding::Ascii),
            [0xf0, 0xf1, ..] => (false, Encoding::Ebcdic),
            [0, 0, 0, 80, b'0', b'1'] => (true, Encoding::Ascii),
            [0, 0, 0, 80, 0xf0, 0xf1] => (true, Encoding::Ebcdic),
            _ => {
                self.number = 1;
                let found = crate::shown::shown(&first);
                return Err(self.wrong("record type", found, "record 01 in EBCDIC or ASCII"));
            }
        };
        (self.prefixed, self.encoding, self.begun) = (prefixed, encoding, first);
        Ok(())
    }

    /// Appends `count` bytes to `raw`. False if the file has none at all; less is an error.
    fn more(&mut self, count: usize) -> Result<bool, LockboxError> {
        let before = self.raw.len();
        let held = self.begun.len().min(count);
        self.raw.extend(self.begun.drain(..held));
        let missing = (count - held) as u64;
        self.source
            .by_ref()
            .take(missing)
            .read_to_end(&mut self.raw)?;
        match self.raw.len() - before {
            0 if count > 0 => Ok(false),
            got if got == count => Ok(true),
            got => {
                let found = format!("the end of the file after {got} bytes");
                Err(self.wrong("length", found, &format!("{count} bytes")))
            }
        }
    }

    /// Record 52 tells the lengths of its parts: a key, a signature and the image.
    fn find_image(&mut self) -> Result<(), LockboxError> {
        let key = self.part(FIXED_OF_52, 4)?;
        let signature = self.part(FIXED_OF_52 + key + 5, 5)?;
        let start = FIXED_OF_52 + key + 5 + signature + 7;
        let image = self.part(start, 7)?;
        self.reach(start + image)?;
        if self.raw.len() != start + image {
            let found = format!("{} bytes", self.raw.len());
            return Err(self.wrong("length", found, &format!("{}", start + image)));
        }
        self.image = start..start + image;
        self.text = self.encoding.decode(&self.raw[..start]);
        Ok(())
    }

    /// The number in the `width` bytes that end at `end`.
    fn part(&mut self, end: usize, width: usize) -> Result<usize, LockboxError> {
        self.reach(end)?;
        let digits = self.encoding.decode(&self.raw[end - width..end]);
        if digits.iter().all(|b| *b == b' ') {
            return Ok(0);
        }
        let number = std::str::from_utf8(&digits)
            .ok()
            .and_then(|d| d.trim().parse().ok());
        let found = crate::shown::shown(&digits);
        number.ok_or_else(|| self.wrong("length of a part", found, "digits"))
    }

    /// Makes sure that `raw` has so many bytes; without lengths before records it reads on.
    fn reach(&mut self, length: usize) -> Result<(), LockboxError> {
        let missing = length.saturating_sub(self.raw.len());
        if missing == 0 {
            return Ok(());
        }
        let read_on = !self.prefixed && length <= LONGEST && self.more(missing)?;
        if read_on {
            return Ok(());
        }
        let found = format!("{} bytes", self.raw.len());
        Err(self.wrong("length", found, &format!("at least {length}")))
    }

    pub fn wrong(&self, field: &'static str, found: String, expected: &str) -> LockboxError {
        Mistake {
            position: Position::Record(self.number),
            record: "image cash letter".into(),
            field: field.into(),
            found,
            expected: expected.to_owned(),
        }
        .into()
    }
}
