use std::collections::VecDeque;
use std::io::Read;

use jiff::civil::Date;

use super::build::{build, last_four};
use super::raw::{Raw, Slot};
use super::report::Report;
use super::values::read_date;
use super::{Effect, Entry, Field, Finding, PlanLines, Position};
use crate::shown::shown;
use crate::x12::{EnvelopeCheck, EnvelopeError, EnvelopeSummary, Segment, Segments};

/// The implementation guide that is read, errata included or not.
const GUIDE: &[u8] = b"005010X220";

/// What a complete 834 file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary834 {
    /// Its envelopes.
    pub envelope: EnvelopeSummary,
    /// How many member loops (INS) there are.
    pub members: u64,
}

/// The first pass over an 834 file: complete, balanced, and nothing but enrolment.
///
/// # Errors
/// [`EnvelopeError`]: the file is to be refused whole.
pub fn check_834(reader: impl Read) -> Result<Summary834, EnvelopeError> {
    let mut segments = Segments::new(reader);
    let mut check = EnvelopeCheck::default();
    let mut members = 0;
    while let Some(segment) = segments.next_segment()? {
        check.observe(&segment)?;
        only_enrolment(&segment)?;
        members += u64::from(segment.id() == b"INS");
    }
    Ok(Summary834 {
        envelope: check.finish(&segments)?,
        members,
    })
}

fn only_enrolment(segment: &Segment<'_>) -> Result<(), EnvelopeError> {
    match segment.id() {
        b"ST" if segment.element(1) != b"834" => {
            let found = shown(segment.element(1));
            Err(segment
                .refusal("ST01", found, "834, a benefit enrollment")
                .into())
        }
        b"GS" if !segment.element(8).starts_with(GUIDE) => {
            let found = shown(segment.element(8));
            Err(segment.refusal("GS08", found, "005010X220A1").into())
        }
        _ => Ok(()),
    }
}

/// Which loop of a member the segments belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loop {
    /// Before the first INS, and after SE.
    Outside,
    /// 2000 and 2100A: the member.
    Member,
    /// 2100C: the mailing address.
    Mailing,
    /// 2300: a coverage.
    Coverage,
    /// 2750: what is reported about it.
    Report,
    /// Other names, providers, other insurance: nothing that is kept.
    Aside,
}

/// Reads the records of an 834 file, in constant memory.
///
/// A member loop gives one record for each of its coverages (HD), or one without coverage. Run
/// [`check_834`] over the file first: this reader follows the envelopes too, but finds out about a
/// truncated file only at its end, when the records before have been given out.
#[derive(Debug)]
pub struct Reader834<'a, R> {
    segments: Segments<R>,
    assembly: Assembly<'a>,
    /// Taken at the end of the file.
    check: Option<EnvelopeCheck>,
}

impl<'a, R: Read> Reader834<'a, R> {
    /// Reads from `source`, telling plan lines by `lines`.
    pub fn new(source: R, lines: &'a PlanLines) -> Self {
        Reader834 {
            segments: Segments::new(source),
            assembly: Assembly::new(lines),
            check: Some(EnvelopeCheck::default()),
        }
    }

    /// How many bytes of the file have been read, for a progress bar.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.segments.bytes_read()
    }

    /// The next record with its findings, or `None` at the end.
    ///
    /// # Errors
    /// [`EnvelopeError`] as soon as the file turns out not to be complete.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, EnvelopeError> {
        loop {
            if let Some(entry) = self.assembly.ready.pop_front() {
                return Ok(Some(entry));
            }
            let Some(check) = &mut self.check else {
                return Ok(None);
            };
            match self.segments.next_segment()? {
                Some(segment) => {
                    check.observe(&segment)?;
                    only_enrolment(&segment)?;
                    self.assembly.take(&segment);
                }
                None => {
                    if let Some(check) = self.check.take() {
                        check.finish(&self.segments)?;
                    }
                }
            }
        }
    }
}

impl<R: Read> Iterator for Reader834<'_, R> {
    type Item = Result<Entry, EnvelopeError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.next_entry() {
            Err(error) => {
                // After an error there is nothing more to give.
                self.check = None;
                Some(Err(error))
            }
            other => other.transpose(),
        }
    }
}

/// Puts member loops together from segments.
#[derive(Debug)]
struct Assembly<'a> {
    lines: &'a PlanLines,
    within: Loop,
    raw: Raw,
    report: Report,
    /// The coverage fields of each HD loop that has ended, end to end.
    earlier: Vec<Slot>,
    coverages: usize,
    /// Whether the language is the one the member reads (LUI04 = 5).
    reads: bool,
    ready: VecDeque<Entry>,
}

impl<'a> Assembly<'a> {
    fn new(lines: &'a PlanLines) -> Self {
        Assembly {
            lines,
            within: Loop::Outside,
            raw: Raw::new(Position::Segment),
            report: Report::default(),
            earlier: Vec::new(),
            coverages: 0,
            reads: false,
            ready: VecDeque::new(),
        }
    }

    fn take(&mut self, segment: &Segment<'_>) {
        let elements: [&[u8]; 10] = segment.elements();
        let number = segment.number;
        match (self.within, elements[0]) {
            (_, b"INS") => self.begin(&elements, number),
            (_, b"SE") => {
                self.flush();
                self.within = Loop::Outside;
            }
            (Loop::Outside, _) => {}
            (_, b"NM1") => self.name(&elements, number),
            (_, b"HD") => self.begin_coverage(&elements, number),
            (_, b"LS") => self.within = Loop::Report,
            // Other insurance (2320), the end of the report, a provider of the coverage (2310).
            (_, b"COB" | b"LE") | (Loop::Coverage, b"LX") => self.within = Loop::Aside,
            (Loop::Member, _) => self.member(&elements, number),
            (Loop::Mailing, b"N3" | b"N4") => {
                self.address(&elements, number, Field::MailingLine1, Field::MailingCity);
            }
            (Loop::Coverage, _) => self.coverage(&elements, number),
            (Loop::Report, b"N1") => self.report.begins(elements[2]),
            (Loop::Report, b"REF") => self.report.value(&mut self.raw, elements[2], number),
            (Loop::Report, b"DTP") if elements[1] == b"007" => self.report.holds_from(elements[3]),
            _ => {}
        }
    }

    fn begin(&mut self, elements: &[&[u8]; 10], number: u64) {
        self.flush();
        self.within = Loop::Member;
        self.raw.begin(number);
        self.report.clear();
        self.earlier.clear();
        self.coverages = 0;
        self.reads = false;
        self.raw.put(Field::IsSubscriber, elements[1], number);
        self.raw.put(Field::Relationship, elements[2], number);
        self.raw.put(Field::Maintenance, elements[3], number);
        self.raw.put(Field::Reason, elements[4], number);
    }

    fn name(&mut self, elements: &[&[u8]; 10], number: u64) {
        match elements[1] {
            // 74 is the member with corrected names; the former ones follow after NM1*70.
            b"IL" | b"74" if self.within == Loop::Member => {
                self.raw.put(Field::LastName, elements[3], number);
                self.raw.put(Field::FirstName, elements[4], number);
                self.raw.put(Field::MiddleName, elements[5], number);
                // Any other qualifier, above all 34, is a social security number: never kept.
                if elements[8] == b"ZZ" {
                    self.raw.put_if_empty(Field::MemberId, elements[9], number);
                    self.forget_typed_subscriber_id();
                }
            }
            b"31" => self.within = Loop::Mailing,
            _ => self.within = Loop::Aside,
        }
    }

    /// A subscriber's NM109 is of the sender's choosing; only the references (REF) count.
    fn forget_typed_subscriber_id(&mut self) {
        let from_name = self.raw.position(Field::MemberId) == self.raw.position(Field::LastName);
        if from_name
            && self.raw.bytes(Field::IsSubscriber) == b"Y"
            && self.raw.has(Field::SubscriberId)
        {
            self.raw.set(Field::MemberId, Slot::default());
        }
    }

    fn member(&mut self, elements: &[&[u8]; 10], number: u64) {
        match (elements[0], elements[1]) {
            (b"REF", b"0F") => self
                .raw
                .put_if_empty(Field::SubscriberId, elements[2], number),
            // On exchange files 0F is the exchange's own number and ZZ the issuer's.
            (b"REF", b"ZZ") if is_member_id(elements[2]) => {
                self.raw.put(Field::SubscriberId, elements[2], number);
            }
            (b"REF", b"23") => self.raw.put(Field::MemberId, elements[2], number),
            (b"REF", b"17") => self.raw.put(Field::ExchangeMemberId, elements[2], number),
            (b"REF", b"Q4") => self.raw.put(Field::PriorMemberId, elements[2], number),
            (b"REF", b"6O") => self.raw.put(Field::ExchangePolicyId, elements[2], number),
            (b"REF", b"1L") => self.raw.put(Field::GroupNumber, elements[2], number),
            (b"DTP", b"303") => self
                .raw
                .put(Field::MaintenanceEffective, elements[3], number),
            (b"DTP", b"356") => self.raw.put(Field::EligibilityFirst, elements[3], number),
            (b"DTP", b"357") => self.raw.put(Field::EligibilityLast, elements[3], number),
            (b"PER", _) => self.contact(elements, number),
            (b"N3" | b"N4", _) => self.address(elements, number, Field::Line1, Field::City),
            (b"DMG", _) => {
                self.raw.put(Field::BirthDate, elements[2], number);
                self.raw.put(Field::Gender, elements[3], number);
            }
            (b"LUI", _) => {
                let reads = elements[4] == b"5";
                if !self.raw.has(Field::Language) || (reads && !self.reads) {
                    self.raw.put(Field::Language, elements[2], number);
                    self.reads = reads;
                }
            }
            _ => {}
        }
    }

    fn contact(&mut self, elements: &[&[u8]; 10], number: u64) {
        // The most personal telephone wins: PER lists up to three numbers with a qualifier each.
        let rank = |kind: &[u8]| match kind {
            b"TE" => 4,
            b"CP" => 3,
            b"HP" => 2,
            b"WP" => 1,
            _ => 0,
        };
        let mut best = 0;
        for at in [3, 5, 7] {
            let (kind, value) = (elements[at], elements[at + 1]);
            if kind == b"EM" {
                self.raw.put_if_empty(Field::Email, value, number);
            } else if rank(kind) > best {
                best = rank(kind);
                self.raw.put(Field::Phone, value, number);
            }
        }
    }

    fn address(&mut self, elements: &[&[u8]; 10], number: u64, line_1: Field, city: Field) {
        let at = |field: Field, by: usize| Field::ALL[field.index() + by];
        if elements[0] == b"N3" {
            self.raw.put(line_1, elements[1], number);
            self.raw.put(at(line_1, 1), elements[2], number);
        } else {
            self.raw.put(city, elements[1], number);
            self.raw.put(at(city, 1), elements[2], number);
            self.raw.put(at(city, 2), elements[3], number);
        }
    }

    fn begin_coverage(&mut self, elements: &[&[u8]; 10], number: u64) {
        self.keep_coverage();
        self.within = Loop::Coverage;
        self.coverages += 1;
        self.raw.clear_coverage();
        self.raw
            .put(Field::CoverageMaintenance, elements[1], number);
        self.raw.put(Field::InsuranceLine, elements[3], number);
        self.raw.put(Field::PlanLine, elements[4], number);
        if elements[1] == b"002" {
            self.raw.put(Field::Cancelled, b"yes", number);
        }
    }

    fn coverage(&mut self, elements: &[&[u8]; 10], number: u64) {
        match (elements[0], elements[1]) {
            (b"DTP", b"348") => match period(elements) {
                (first, Some(last)) => {
                    self.raw.put(Field::CoverageFirst, first, number);
                    self.raw.put(Field::CoverageLast, last, number);
                }
                (first, None) => self.raw.put(Field::CoverageFirst, first, number),
            },
            (b"DTP", b"349") => {
                let (first, last) = period(elements);
                self.raw
                    .put(Field::CoverageLast, last.unwrap_or(first), number);
            }
            (b"AMT", b"P3") => self.raw.put(Field::Premium, elements[2], number),
            (b"REF", b"CE") => self.raw.put(Field::PlanCode, elements[2], number),
            (b"REF", b"1L") => self.raw.put(Field::PolicyNumber, elements[2], number),
            _ => {}
        }
    }

    /// Sets the fields of the current coverage aside.
    fn keep_coverage(&mut self) {
        if self.coverages > 0 {
            self.earlier.extend_from_slice(self.raw.coverage_slots());
        }
    }

    /// Makes records of the member loop that has ended.
    fn flush(&mut self) {
        if self.within == Loop::Outside {
            return;
        }
        match self.coverages {
            0 => self.ready.push_back(build(&self.raw, self.lines)),
            1 => self.flush_rates(),
            _ => self.flush_coverages(),
        }
    }

    /// One coverage: one record for each of its rates.
    fn flush_rates(&mut self) {
        if let Some(slot) = self.report.cancelled {
            self.raw.set(Field::Cancelled, slot);
        }
        let days = self.report.changes();
        let first = read_date(self.raw.bytes(Field::CoverageFirst));
        let last_slot = self.raw.slot(Field::CoverageLast);
        let last = read_date(self.raw.bytes(Field::CoverageLast));
        // Only days within the coverage part it.
        let parts: Vec<Date> = days
            .into_iter()
            .filter(|day| first.is_some_and(|f| *day > f) && last.is_none_or(|l| *day <= l))
            .collect();
        let Some(first) = first.filter(|_| !parts.is_empty()) else {
            self.report.put(&mut self.raw, None);
            self.ready.push_back(build(&self.raw, self.lines));
            return;
        };
        let number = self.raw.slot(Field::CoverageFirst).number();
        for (i, from) in std::iter::once(first)
            .chain(parts.iter().copied())
            .enumerate()
        {
            self.report.put(&mut self.raw, Some(from));
            self.raw
                .put(Field::CoverageFirst, from.to_string().as_bytes(), number);
            match parts.get(i).and_then(|next| next.yesterday().ok()) {
                Some(day_before) => {
                    let text = day_before.to_string();
                    self.raw.put(Field::CoverageLast, text.as_bytes(), number);
                }
                None => self.raw.set(Field::CoverageLast, last_slot),
            }
            self.ready.push_back(build(&self.raw, self.lines));
        }
    }

    /// Several coverages: one record each. The amounts of loop 2750 stand after all of them and do
    /// not say which one they belong to, so nothing is guessed.
    fn flush_coverages(&mut self) {
        if self.report.has_amounts() {
            let finding = Finding {
                position: Position::Segment(self.report.first_amount().number()),
                field: Field::Premium,
                found: format!("amounts after {} coverages", self.coverages).into(),
                expected: "one HD loop in a member loop that reports amounts".into(),
                member_last_four: last_four(&self.raw),
                effect: Effect::Rejected,
            };
            self.ready.push_back(Entry {
                record: None,
                findings: vec![finding],
            });
            return;
        }
        self.keep_coverage();
        let width = self.raw.coverage_slots().len();
        for slots in self.earlier.chunks_exact(width) {
            self.raw.restore_coverage(slots);
            self.ready.push_back(build(&self.raw, self.lines));
        }
    }
}

fn is_member_id(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii();
    bytes.len() == kernel::MemberId::LENGTH && bytes.iter().all(u8::is_ascii_digit)
}

/// The first day of a DTP and, for a range (RD8), the last.
fn period<'s>(elements: &[&'s [u8]; 10]) -> (&'s [u8], Option<&'s [u8]>) {
    let text = elements[3];
    match memchr::memchr(b'-', text) {
        Some(dash) if elements[2] == b"RD8" => (&text[..dash], Some(&text[dash + 1..])),
        _ => (text, None),
    }
}
