use std::io::{BufRead, Read};

use super::build::build;
use super::field::folded;
use super::raw::Raw;
use super::{Effect, Entry, Field, Finding, PlanLines, Position};
use crate::csv_cell::each_cell;
use crate::shown::{decode, shown};

/// The columns without which nothing can be read.
const REQUIRED: [Field; 10] = [
    Field::Maintenance,
    Field::Relationship,
    Field::MemberId,
    Field::SubscriberId,
    Field::LastName,
    Field::FirstName,
    Field::BirthDate,
    Field::Zip,
    Field::PlanLine,
    Field::CoverageFirst,
];

/// No line of a roster is longer, in bytes.
const LONGEST_LINE: u64 = 64 * 1024;

/// Why a CSV roster is refused whole.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// The bytes could not be read.
    #[error("the file could not be read: {0}; check the disk or the transfer and try again")]
    Io(#[from] std::io::Error),
    /// There is no header.
    #[error("the file is empty: the first line must name the columns, such as {first}")]
    Empty {
        /// Some columns.
        first: String,
    },
    /// A column that is not known.
    #[error(
        "line 1, column {at}: {found} is not a column of a roster{suggestion}; correct it or take it out"
    )]
    UnknownColumn {
        /// The column's number, from 1.
        at: usize,
        /// What stands there.
        found: String,
        /// `; did you mean "zip"?`, or empty.
        suggestion: String,
    },
    /// The same column twice.
    #[error("line 1: the column \"{column}\" stands there twice; take one out")]
    Twice {
        /// The column.
        column: &'static str,
    },
    /// Required columns are missing.
    #[error("line 1: these columns are missing: {columns}; add them, even if some cells are empty")]
    Missing {
        /// The columns.
        columns: String,
    },
    /// A line that cannot be a record.
    #[error(
        "line {line}: longer than 65,536 bytes; this is not a CSV roster with one record a line"
    )]
    LongLine {
        /// The line's number, from 1.
        line: u64,
    },
}

/// Reads the records of a CSV roster, in constant memory.
///
/// # Design
/// A record is a line: a cell cannot hold a line break. So a quote that is never closed spoils one
/// record and not all that follow, and memory stays bounded by the longest line.
#[derive(Debug)]
pub struct CsvReader<'a, R> {
    source: R,
    lines: &'a PlanLines,
    columns: Vec<Field>,
    raw: Raw,
    line: Vec<u8>,
    number: u64,
    bytes_read: u64,
}

impl<'a, R: BufRead> CsvReader<'a, R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`CsvError`] if the header is not one.
    pub fn new(source: R, lines: &'a PlanLines) -> Result<Self, CsvError> {
        let mut reader = CsvReader {
            source,
            lines,
            columns: Vec::new(),
            raw: Raw::new(Position::Line),
            line: Vec::new(),
            number: 0,
            bytes_read: 0,
        };
        reader.columns = reader.read_header()?;
        Ok(reader)
    }

    /// How many bytes of the file have been read, for a progress bar.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next record with its findings, or `None` at the end. Empty lines are skipped.
    ///
    /// # Errors
    /// [`CsvError`] if the file cannot be read on.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, CsvError> {
        loop {
            if !self.read_line()? {
                return Ok(None);
            }
            if !self
                .line
                .iter()
                .all(|b| b.is_ascii_whitespace() || *b == b',')
            {
                return Ok(Some(self.entry()));
            }
        }
    }

    fn entry(&mut self) -> Entry {
        self.raw.begin(self.number);
        let mut cells = 0;
        let mut closed = true;
        let (raw, columns, number) = (&mut self.raw, &self.columns, self.number);
        each_cell(&self.line, |cell, is_closed| {
            if let Some(field) = columns.get(cells) {
                raw.put(*field, cell, number);
            }
            cells += 1;
            closed &= is_closed;
        });
        // A row with cells too many or too few is shifted or cut off.
        let wanted = columns.len();
        if !closed {
            return self.spoilt("a quote that is not closed".to_owned(), "quotes in pairs");
        }
        if cells != wanted {
            let found = format!("{cells} cells");
            return self.spoilt(found, format!("{wanted} cells, as in the header"));
        }
        build(&self.raw, self.lines)
    }

    fn spoilt(&self, found: String, expected: impl Into<std::borrow::Cow<'static, str>>) -> Entry {
        let finding = Finding {
            position: Position::Line(self.number),
            field: *self.columns.first().unwrap_or(&Field::Maintenance),
            found: found.into(),
            expected: expected.into(),
            member_last_four: None,
            effect: Effect::Rejected,
        };
        Entry {
            record: None,
            findings: vec![finding],
        }
    }

    fn read_header(&mut self) -> Result<Vec<Field>, CsvError> {
        if !self.read_line()? {
            let first = REQUIRED.map(Field::column)[..4].join(",");
            return Err(CsvError::Empty { first });
        }
        let mut columns = Vec::new();
        let mut problem = None;
        let header = self
            .line
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.line);
        let mut at = 0;
        each_cell(header, |cell, _| {
            at += 1;
            let name = decode(cell);
            match Field::of_column(&name) {
                Some(field) => columns.push(field),
                None => {
                    problem.get_or_insert_with(|| CsvError::UnknownColumn {
                        at,
                        found: shown(cell.trim_ascii()),
                        suggestion: suggestion(&name),
                    });
                }
            }
        });
        if let Some(problem) = problem {
            return Err(problem);
        }
        for (i, field) in columns.iter().enumerate() {
            if columns[..i].contains(field) {
                return Err(CsvError::Twice {
                    column: field.column(),
                });
            }
        }
        let missing: Vec<&str> = REQUIRED
            .iter()
            .filter(|f| !columns.contains(f))
            .map(|f| f.column())
            .collect();
        if missing.is_empty() {
            Ok(columns)
        } else {
            Err(CsvError::Missing {
                columns: missing.join(", "),
            })
        }
    }

    /// Reads a line without its end. False at the end of the file.
    fn read_line(&mut self) -> Result<bool, CsvError> {
        self.line.clear();
        let mut limited = self.source.by_ref().take(LONGEST_LINE);
        let count = limited.read_until(b'\n', &mut self.line)?;
        if count == 0 {
            return Ok(false);
        }
        self.number += 1;
        self.bytes_read += count as u64;
        if count as u64 == LONGEST_LINE {
            return Err(CsvError::LongLine { line: self.number });
        }
        while let [.., b'\r' | b'\n'] = self.line[..] {
            self.line.pop();
        }
        Ok(true)
    }
}

impl<R: BufRead> Iterator for CsvReader<'_, R> {
    type Item = Result<Entry, CsvError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_entry().transpose()
    }
}

/// The column that was probably meant.
fn suggestion(name: &str) -> String {
    let name = folded(name);
    if name.chars().count() > 60 {
        return String::new();
    }
    Field::ALL
        .iter()
        .map(|f| f.column())
        .filter(|c| !c.is_empty())
        .map(|c| (distance(&name, c), c))
        .filter(|(d, c)| *d <= 2 || c.contains(&name) && name.len() > 2 || name.contains(c))
        .min()
        .map(|(_, c)| format!("; did you mean \"{c}\"?"))
        .unwrap_or_default()
}

/// The Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
