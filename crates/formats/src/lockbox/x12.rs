//! What the X12 823 and 820 files have in common.

use std::io::Write;

use jiff::civil::{Date, DateTime};
use kernel::Cents;

use super::{Mistake, Position, WriteError, values};
use crate::shown::shown;
use crate::x12::Segment;

/// Who sends an X12 remittance file to whom, and when.
#[derive(Debug, Clone)]
pub struct X12Header {
    /// ISA06 and GS02, at most 15 characters.
    pub sender: String,
    /// ISA08 and GS03, at most 15 characters.
    pub receiver: String,
    /// ISA13 and GS06: 1 to 999,999,999.
    pub control_number: u32,
    /// When the file was made.
    pub created: DateTime,
    /// The bank's own reference of the file (TRN02 of an 823).
    pub reference: String,
    /// The payer's and the plan's federal tax IDs, 9 digits each (820 only).
    pub tax_ids: [String; 2],
}

pub(super) fn mistake(
    segment: &Segment<'_>,
    element: &'static str,
    at: usize,
    expected: impl Into<String>,
) -> Mistake {
    Mistake {
        position: Position::Segment(segment.number),
        record: String::from_utf8_lossy(segment.id()).into_owned().into(),
        field: element.into(),
        found: shown(segment.element(at)),
        expected: expected.into(),
    }
}

pub(super) fn amount(
    segment: &Segment<'_>,
    element: &'static str,
    at: usize,
) -> Result<Cents, Mistake> {
    values::dollars(segment.element(at))
        .ok_or_else(|| mistake(segment, element, at, "an amount such as 86.40"))
}

pub(super) fn day(
    segment: &Segment<'_>,
    element: &'static str,
    at: usize,
) -> Result<Date, Mistake> {
    values::x12_day(segment.element(at))
        .ok_or_else(|| mistake(segment, element, at, "a day as YYYYMMDD"))
}

/// One interchange with one group on its way out.
#[derive(Debug)]
pub(super) struct Interchange<W: Write> {
    into: W,
    control_number: u32,
    kind: &'static str,
    sets: u64,
    /// Segments of the open set.
    segments: u64,
}

impl<W: Write> Interchange<W> {
    /// Begins it: `group` is GS01, `version` GS08, `kind` ST01.
    pub fn begin(
        into: W,
        header: &X12Header,
        group: &str,
        version: &str,
        kind: &'static str,
    ) -> Result<Self, WriteError> {
        let mut new = Interchange {
            into,
            control_number: header.control_number,
            kind,
            sets: 0,
            segments: 0,
        };
        let (sender, receiver) = (&header.sender, &header.receiver);
        let (day, time) = (header.created.date(), header.created.time());
        let (date, short) = (digits(day), digits(day).split_off(2));
        let time = format!("{:02}{:02}", time.hour(), time.minute());
        let number = header.control_number;
        let blanks = " ".repeat(10);
        if sender.len() > 15 || receiver.len() > 15 || number > 999_999_999 {
            return Err(WriteError::does_not_fit(
                "the header",
                "ISA has no room for it",
            ));
        }
        let isa = [
            "ISA",
            "00",
            &blanks,
            "00",
            &blanks,
            "ZZ",
            &format!("{sender:<15}"),
            "ZZ",
            &format!("{receiver:<15}"),
            &short,
            &time,
            "^",
            "00501",
            &format!("{number:09}"),
            "0",
            "P",
            ":",
        ];
        // ISA holds the delimiters themselves, so it is not held against them.
        write!(new.into, "{}~", isa.join("*"))?;
        let number = number.to_string();
        new.segment(&[
            "GS", group, sender, receiver, &date, &time, &number, "X", version,
        ])?;
        Ok(new)
    }

    pub fn begin_set(&mut self, guide: Option<&str>) -> Result<(), WriteError> {
        self.sets += 1;
        self.segments = 0;
        let number = format!("{:04}", self.sets);
        self.segment(&["ST", self.kind, &number, guide.unwrap_or_default()])
    }

    pub fn end_set(&mut self) -> Result<(), WriteError> {
        let (segments, number) = (self.segments + 1, format!("{:04}", self.sets));
        self.segment(&["SE", &segments.to_string(), &number])
    }

    pub fn segment(&mut self, elements: &[&str]) -> Result<(), WriteError> {
        let line = line(elements)?;
        self.lines(&line, 1)
    }

    /// Writes what [`line`] made.
    pub fn lines(&mut self, lines: &str, segments: u64) -> Result<(), WriteError> {
        self.segments += segments;
        self.into.write_all(lines.as_bytes())?;
        Ok(())
    }

    pub fn finish(mut self) -> Result<W, WriteError> {
        let (sets, number) = (self.sets.to_string(), self.control_number);
        self.segment(&["GE", &sets, &number.to_string()])?;
        self.segment(&["IEA", "1", &format!("{number:09}")])?;
        self.into.flush()?;
        Ok(self.into)
    }
}

/// A segment, without empty elements at its end.
pub(super) fn line(elements: &[&str]) -> Result<String, WriteError> {
    let structures = |c: char| matches!(c, '*' | '~' | '^' | ':') || c.is_control();
    if elements.iter().any(|element| element.contains(structures)) {
        let why = "it holds one of the characters * ~ ^ : that structure the file";
        let field = elements.first().copied().unwrap_or_default().to_owned();
        return Err(WriteError::does_not_fit(field, why));
    }
    let kept = elements
        .iter()
        .rposition(|e| !e.is_empty())
        .map_or(0, |i| i + 1);
    Ok(format!("{}~", elements[..kept].join("*")))
}

/// `20261123`.
pub(super) fn digits(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}
