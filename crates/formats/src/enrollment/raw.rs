//! The texts of one record as they stand in the file, by field, in one reused buffer.

use std::borrow::Cow;

use super::{Field, Position};
use crate::shown::decode;

/// Where a field's text is in the buffer, and where it was in the file.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Slot {
    start: usize,
    end: usize,
    /// Segment or line number; 0 if the field is not there.
    number: u64,
}

/// The raw texts of a record. An empty text counts as not there.
#[derive(Debug)]
pub(crate) struct Raw {
    text: Vec<u8>,
    slots: [Slot; Field::COUNT],
    /// The segment or line where the record begins.
    pub begins: u64,
    /// Makes a position of a segment or line number.
    pub unit: fn(u64) -> Position,
}

impl Raw {
    pub fn new(unit: fn(u64) -> Position) -> Self {
        Raw {
            text: Vec::with_capacity(2048),
            slots: [Slot::default(); Field::COUNT],
            begins: 0,
            unit,
        }
    }

    /// Forgets all fields and begins anew at segment or line `number`.
    pub fn begin(&mut self, number: u64) {
        self.text.clear();
        self.slots = [Slot::default(); Field::COUNT];
        self.begins = number;
    }

    /// Keeps a text without giving it to a field.
    pub fn keep(&mut self, bytes: &[u8], number: u64) -> Slot {
        let bytes = bytes.trim_ascii();
        let start = self.text.len();
        self.text.extend_from_slice(bytes);
        let number = if bytes.is_empty() { 0 } else { number };
        Slot {
            start,
            end: self.text.len(),
            number,
        }
    }

    /// Gives `field` a text. An empty one changes nothing.
    pub fn put(&mut self, field: Field, bytes: &[u8], number: u64) {
        let slot = self.keep(bytes, number);
        if slot.is_there() {
            self.slots[field.index()] = slot;
        }
    }

    /// Gives `field` a text unless it has one.
    pub fn put_if_empty(&mut self, field: Field, bytes: &[u8], number: u64) {
        if !self.has(field) {
            self.put(field, bytes, number);
        }
    }

    /// Gives `field` a kept text.
    pub fn set(&mut self, field: Field, slot: Slot) {
        self.slots[field.index()] = slot;
    }

    /// The slot of `field`.
    pub fn slot(&self, field: Field) -> Slot {
        self.slots[field.index()]
    }

    /// Takes the fields of the coverage out, for the next coverage of the same member.
    pub fn clear_coverage(&mut self) {
        for slot in &mut self.slots[Field::PlanLine.index()..] {
            *slot = Slot::default();
        }
    }

    /// All slots of the coverage, in field order.
    pub fn coverage_slots(&self) -> &[Slot] {
        &self.slots[Field::PlanLine.index()..]
    }

    /// Puts back what [`Raw::coverage_slots`] gave.
    pub fn restore_coverage(&mut self, slots: &[Slot]) {
        self.slots[Field::PlanLine.index()..].copy_from_slice(slots);
    }

    pub fn has(&self, field: Field) -> bool {
        self.slots[field.index()].is_there()
    }

    /// The bytes of `field`; empty if it is not there.
    pub fn bytes(&self, field: Field) -> &[u8] {
        self.bytes_of(self.slot(field))
    }

    /// The bytes of a kept text.
    pub fn bytes_of(&self, slot: Slot) -> &[u8] {
        &self.text[slot.start..slot.end]
    }

    /// The text of `field`; empty if it is not there.
    pub fn text(&self, field: Field) -> Cow<'_, str> {
        let bytes = self.bytes(field);
        match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(decode(bytes)),
        }
    }

    /// Where `field` is, or where the record begins if it is not there.
    pub fn position(&self, field: Field) -> Position {
        let number = self.slots[field.index()].number;
        (self.unit)(if number == 0 { self.begins } else { number })
    }
}

impl Slot {
    pub fn is_there(self) -> bool {
        self.number != 0
    }

    /// The segment or line number; 0 if the text is not there.
    pub fn number(self) -> u64 {
        self.number
    }
}
