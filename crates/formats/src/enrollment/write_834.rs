use std::io::Write;

use jiff::civil::{Date, DateTime};
use kernel::{Cents, plain_name};

use super::{Address, EnrolledCoverage, EnrollmentRecord, Field, WriteError};

/// X12 advises at most this many members (INS) in a transaction set.
const MEMBERS_PER_SET: u64 = 10_000;

/// How letters beyond ASCII are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CharacterSet {
    /// As UTF-8: nothing is lost.
    #[default]
    Utf8,
    /// Without their accents, for receivers that read ASCII only: `Peña` becomes `Pena`.
    Ascii,
}

/// Who sends a roster to whom, and when.
#[derive(Debug, Clone)]
pub struct Envelope834 {
    /// ISA06 and GS02, at most 15 characters.
    pub sender: String,
    /// ISA08 and GS03, at most 15 characters.
    pub receiver: String,
    /// ISA13 and GS06: 1 to 999,999,999.
    pub control_number: u32,
    /// When the file was made.
    pub created: DateTime,
    /// The sponsor's name (N1*P5).
    pub sponsor: String,
    /// The sponsor's federal tax ID: 9 digits.
    pub sponsor_tax_id: String,
    /// The health plan's name (N1*IN).
    pub payer: String,
    /// The health plan's federal tax ID: 9 digits.
    pub payer_tax_id: String,
    /// How letters beyond ASCII are written.
    pub characters: CharacterSet,
}

/// Writes a roster as X12 834 (005010X220A1), one member loop for each record.
///
/// A record without a date of birth loses its gender: the segment that holds it needs the date.
#[derive(Debug)]
pub struct Writer834<W: Write> {
    into: W,
    envelope: Envelope834,
    /// The segments of one record.
    buffer: Vec<u8>,
    /// Segments of the open set, its ST included; 0 before it.
    segments: u64,
    members: u64,
    sets: u64,
}

/// Writes all of `records` as one interchange and gives back how many there were.
///
/// # Errors
/// [`WriteError`] if the bytes could not be written, or a text holds a delimiter.
pub fn write_834(
    into: impl Write,
    envelope: Envelope834,
    records: impl IntoIterator<Item = EnrollmentRecord>,
) -> Result<u64, WriteError> {
    let mut writer = Writer834::new(into, envelope)?;
    let mut count = 0;
    for record in records {
        writer.write(&record)?;
        count += 1;
    }
    writer.finish()?;
    Ok(count)
}

impl<W: Write> Writer834<W> {
    /// Begins the interchange.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes could not be written.
    pub fn new(into: W, envelope: Envelope834) -> Result<Self, WriteError> {
        let mut writer = Writer834 {
            into,
            envelope,
            buffer: Vec::with_capacity(2048),
            segments: 0,
            members: 0,
            sets: 0,
        };
        writer.begin_interchange()?;
        Ok(writer)
    }

    /// Writes one record.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes could not be written, or a text holds a delimiter; then nothing
    /// of the record is written.
    pub fn write(&mut self, record: &EnrollmentRecord) -> Result<(), WriteError> {
        if let Some(column) = delimiter_in(record) {
            return Err(WriteError::Delimiter { column });
        }
        if self.segments > 0 && self.members == MEMBERS_PER_SET {
            self.end_set()?;
        }
        if self.segments == 0 {
            self.begin_set()?;
        }
        self.members += 1;
        self.member(record);
        if let Some(coverage) = &record.coverage {
            self.coverage(coverage);
        }
        self.flush()
    }

    /// Ends the interchange and gives back what was written into.
    ///
    /// # Errors
    /// [`WriteError`] if the last bytes could not be written.
    pub fn finish(mut self) -> Result<W, WriteError> {
        if self.segments > 0 {
            self.end_set()?;
        }
        let control = self.envelope.control_number;
        self.segment(&["GE", &self.sets.to_string(), &control.to_string()]);
        self.segment(&["IEA", "1", &format!("{control:09}")]);
        self.flush()?;
        self.into.flush()?;
        Ok(self.into)
    }

    fn begin_interchange(&mut self) -> Result<(), WriteError> {
        let envelope = self.envelope.clone();
        let (sender, receiver) = (ascii(&envelope.sender), ascii(&envelope.receiver));
        let day = compact(envelope.created.date());
        let time = format!(
            "{:02}{:02}",
            envelope.created.hour(),
            envelope.created.minute()
        );
        let control = envelope.control_number;
        let isa = format!(
            "ISA*00*{0:10}*00*{0:10}*ZZ*{sender:15.15}*ZZ*{receiver:15.15}*{1}*{time}*^*00501*\
             {control:09}*0*P*:~\n",
            "",
            &day[2..],
        );
        self.buffer.extend_from_slice(isa.as_bytes());
        let control = control.to_string();
        let parties =
            [sender.trim(), receiver.trim()].map(|p| p.chars().take(15).collect::<String>());
        let [sender, receiver] = &parties;
        self.segment(&[
            "GS",
            "BE",
            sender,
            receiver,
            &day,
            &time,
            &control,
            "X",
            "005010X220A1",
        ]);
        self.flush()
    }

    fn begin_set(&mut self) -> Result<(), WriteError> {
        self.sets += 1;
        self.members = 0;
        let control = format!("{:04}", self.sets);
        let envelope = self.envelope.clone();
        let day = compact(envelope.created.date());
        let time = format!(
            "{:02}{:02}",
            envelope.created.hour(),
            envelope.created.minute()
        );
        let reference = format!("{}-{control}", envelope.control_number);
        self.segment(&["ST", "834", &control, "005010X220A1"]);
        self.segment(&["BGN", "00", &reference, &day, &time, "", "", "", "2"]);
        self.segment(&[
            "N1",
            "P5",
            &envelope.sponsor,
            "FI",
            &envelope.sponsor_tax_id,
        ]);
        self.segment(&["N1", "IN", &envelope.payer, "FI", &envelope.payer_tax_id]);
        self.flush()
    }

    fn end_set(&mut self) -> Result<(), WriteError> {
        let count = (self.segments + 1).to_string();
        let control = format!("{:04}", self.sets);
        self.segment(&["SE", &count, &control]);
        self.segments = 0;
        self.flush()
    }

    fn member(&mut self, record: &EnrollmentRecord) {
        let subscriber = record.is_subscriber();
        let (flag, employment) = if subscriber { ("Y", "AC") } else { ("N", "") };
        let reason = record.reason.as_deref().unwrap_or_default();
        let (relationship, maintenance) = (record.relationship.code(), record.maintenance.code());
        self.segment(&[
            "INS",
            flag,
            relationship,
            maintenance,
            reason,
            "A",
            "",
            "",
            employment,
        ]);
        self.segment(&["REF", "0F", record.subscriber_id.as_str()]);
        self.reference("1L", record.group_number.as_deref());
        self.reference("17", record.exchange_member_id.as_deref());
        if !subscriber {
            self.segment(&["REF", "23", record.member_id.as_str()]);
        }
        let prior = record
            .prior_member_id
            .as_ref()
            .map(kernel::MemberId::as_str);
        self.reference("Q4", prior);
        self.reference("6O", record.exchange_policy_id.as_deref());
        self.day("303", record.maintenance_effective);
        self.day("356", record.eligibility_first_day);
        self.day("357", record.eligibility_last_day);
        let middle = record.middle_name.as_deref().unwrap_or_default();
        self.segment(&[
            "NM1",
            "IL",
            "1",
            &record.last_name,
            &record.first_name,
            middle,
        ]);
        self.contact(record);
        if let Some(address) = &record.address {
            self.address(address);
        }
        if let Some(born) = record.birth_date {
            let gender = record.gender.map_or("U", |g| g.code());
            self.segment(&["DMG", "D8", &compact(born), gender]);
        }
        if let Some(language) = record.language {
            let code = language.tag().to_uppercase();
            self.segment(&["LUI", "LE", &code, "", "5"]);
        }
        if let Some(address) = &record.mailing_address {
            self.segment(&["NM1", "31", "1"]);
            self.address(address);
        }
    }

    fn contact(&mut self, record: &EnrollmentRecord) {
        let email = record.email.as_ref().map(kernel::Email::as_str);
        match (record.phone.as_deref(), email) {
            (Some(phone), Some(email)) => {
                self.segment(&["PER", "IP", "", "TE", phone, "EM", email]);
            }
            (Some(phone), None) => self.segment(&["PER", "IP", "", "TE", phone]),
            (None, Some(email)) => self.segment(&["PER", "IP", "", "EM", email]),
            (None, None) => {}
        }
    }

    fn address(&mut self, address: &Address) {
        let line_2 = address.line_2.as_deref().unwrap_or_default();
        if !(address.line_1.is_empty() && line_2.is_empty()) {
            self.segment(&["N3", &address.line_1, line_2]);
        }
        self.segment(&["N4", &address.city, &address.state, address.zip.as_str()]);
    }

    fn coverage(&mut self, coverage: &EnrolledCoverage) {
        self.segment(&[
            "HD",
            coverage.maintenance.code(),
            "",
            "HLT",
            &coverage.plan_line,
        ]);
        self.day("348", coverage.first_day);
        self.day("349", coverage.last_day);
        self.reference("CE", coverage.plan_code.as_deref());
        self.reference("1L", coverage.policy_number.as_deref());
        let mut amounts: Vec<(&str, &str, Cents)> = Vec::new();
        amounts.extend(coverage.member_premium.map(|m| ("PRE AMT 1", "9X", m)));
        if let Some(rate) = &coverage.rate {
            amounts.push(("PRE AMT TOT", "9X", rate.premium));
            let parts = [
                ("APTC AMT", rate.aptc),
                ("OTH PAY AMT 1", rate.other_payers),
                ("LEP AMT", rate.late_enrolment_penalty),
            ];
            let there = parts.into_iter().filter(|(_, cents)| !cents.is_zero());
            amounts.extend(there.map(|(name, cents)| (name, "9V", cents)));
            amounts.push(("TOT RES AMT", "9V", rate.responsibility));
        }
        if amounts.is_empty() && !coverage.cancelled {
            return;
        }
        self.segment(&["LS", "2700"]);
        let mut count = 0;
        for (name, qualifier, cents) in amounts {
            count += 1;
            self.segment(&["LX", &count.to_string()]);
            self.segment(&["N1", "75", name]);
            self.segment(&["REF", qualifier, &cents.plain()]);
            self.day("007", coverage.first_day);
        }
        if coverage.cancelled {
            self.segment(&["LX", &(count + 1).to_string()]);
            self.segment(&["N1", "75", "ADDL MAINT REASON"]);
            self.segment(&["REF", "17", "CANCEL"]);
        }
        self.segment(&["LE", "2700"]);
    }

    fn reference(&mut self, qualifier: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.segment(&["REF", qualifier, value]);
        }
    }

    fn day(&mut self, qualifier: &str, day: Option<Date>) {
        if let Some(day) = day {
            self.segment(&["DTP", qualifier, "D8", &compact(day)]);
        }
    }

    /// Adds a segment; empty elements at its end are left out, as X12 asks.
    fn segment(&mut self, elements: &[&str]) {
        let filled = elements
            .iter()
            .rposition(|e| !e.is_empty())
            .map_or(0, |at| at + 1);
        for (i, element) in elements[..filled].iter().enumerate() {
            if i > 0 {
                self.buffer.push(b'*');
            }
            if element.is_ascii() || self.envelope.characters == CharacterSet::Utf8 {
                self.buffer.extend_from_slice(element.as_bytes());
            } else {
                self.buffer.extend_from_slice(ascii(element).as_bytes());
            }
        }
        self.buffer.extend_from_slice(b"~\n");
        self.segments += 1;
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        // Segments outside a set do not count towards its SE01.
        if self.sets == 0 {
            self.segments = 0;
        }
        self.into.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

fn compact(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// `text` with ASCII letters only; a letter without an ASCII form becomes `?`.
fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            plain.push(c);
            continue;
        }
        let letters = plain_name(c.encode_utf8(&mut [0; 4]));
        if letters.is_empty() || !letters.is_ascii() {
            plain.push(if matches!(c, '’' | '‘') {
                '\''
            } else {
                '?'
            });
        } else if c.is_uppercase() {
            plain.push_str(&letters.to_ascii_uppercase());
        } else {
            plain.push_str(&letters);
        }
    }
    plain
}

/// The column of the first text that holds a character that structures the file.
fn delimiter_in(record: &EnrollmentRecord) -> Option<&'static str> {
    let coverage = record.coverage.as_ref();
    let mut texts: Vec<(Field, Option<&str>)> = vec![
        (Field::Reason, record.reason.as_deref()),
        (
            Field::ExchangeMemberId,
            record.exchange_member_id.as_deref(),
        ),
        (
            Field::ExchangePolicyId,
            record.exchange_policy_id.as_deref(),
        ),
        (Field::GroupNumber, record.group_number.as_deref()),
        (Field::LastName, Some(&record.last_name)),
        (Field::FirstName, Some(&record.first_name)),
        (Field::MiddleName, record.middle_name.as_deref()),
        (Field::Phone, record.phone.as_deref()),
        (
            Field::Email,
            record.email.as_ref().map(kernel::Email::as_str),
        ),
        (Field::PlanLine, coverage.map(|c| c.plan_line.as_str())),
        (
            Field::PlanCode,
            coverage.and_then(|c| c.plan_code.as_deref()),
        ),
        (
            Field::PolicyNumber,
            coverage.and_then(|c| c.policy_number.as_deref()),
        ),
    ];
    for (address, line, city) in [
        (&record.address, Field::Line1, Field::City),
        (
            &record.mailing_address,
            Field::MailingLine1,
            Field::MailingCity,
        ),
    ] {
        if let Some(address) = address {
            texts.push((line, Some(&address.line_1)));
            texts.push((line, address.line_2.as_deref()));
            texts.push((city, Some(&address.city)));
        }
    }
    texts
        .into_iter()
        .find(|(_, text)| text.is_some_and(|t| t.contains(['*', '~', '^', ':', '|', '\n', '\r'])))
        .map(|(field, _)| field.column())
}
