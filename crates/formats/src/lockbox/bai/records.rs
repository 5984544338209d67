//! Records of a BAI file, one after the other in one buffer.

use std::io::{BufRead, Read as _};

use super::{Layout, Record};
use crate::lockbox::{LockboxError, Mistake, Position};

/// Reads record by record.
#[derive(Debug)]
pub(super) struct Records<R> {
    source: R,
    size: usize,
    line_breaks: bool,
    /// The record, without its line break.
    pub line: Vec<u8>,
    /// Its number in the file, from 1.
    pub number: u64,
}

impl<R: BufRead> Records<R> {
    pub fn new(source: R, layout: &Layout) -> Self {
        Records {
            source,
            size: layout.record_size,
            line_breaks: layout.line_breaks,
            line: Vec::with_capacity(layout.record_size + 2),
            number: 0,
        }
    }

    /// Reads the next record into `line`. False at the end of the file.
    pub fn advance(&mut self) -> Result<bool, LockboxError> {
        loop {
            if !self.fill()? {
                return Ok(false);
            }
            // Blank lines and the end mark of old systems are no records.
            let blank = |b: &u8| b.is_ascii_whitespace() || *b == 0x1a;
            if !self.line.iter().all(blank) {
                self.number += 1;
                return self.checked();
            }
        }
    }

    fn fill(&mut self) -> Result<bool, LockboxError> {
        self.line.clear();
        if !self.line_breaks {
            let most = self.size as u64;
            return Ok(self
                .source
                .by_ref()
                .take(most)
                .read_to_end(&mut self.line)?
                > 0);
        }
        let most = self.size as u64 + 3;
        if self
            .source
            .by_ref()
            .take(most)
            .read_until(b'\n', &mut self.line)?
            == 0
        {
            return Ok(false);
        }
        while let [.., b'\r' | b'\n'] = self.line[..] {
            self.line.pop();
        }
        Ok(true)
    }

    fn checked(&self) -> Result<bool, LockboxError> {
        let length = self.line.len();
        if length > self.size || !self.line_breaks && length < self.size {
            let most = if self.line_breaks { "at most " } else { "" };
            let more = if length > self.size { "more than " } else { "" };
            let shown = length.min(self.size);
            let kind = self.line.first().copied().and_then(Record::of);
            return Err(Mistake {
                position: Position::Record(self.number),
                record: kind.map_or("unknown", Record::name).into(),
                field: "length".into(),
                found: format!("{more}{shown} bytes"),
                expected: format!("{most}{} bytes, as in the layout", self.size),
            }
            .into());
        }
        Ok(true)
    }
}
