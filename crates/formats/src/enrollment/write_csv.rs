use std::io::Write;

use jiff::civil::Date;

use super::{Address, EnrollmentRecord, Field, WriteError};

/// Writes a roster as CSV, a header and one line for each record.
#[derive(Debug)]
pub struct CsvWriter<W: Write> {
    into: csv::Writer<W>,
}

/// Writes all of `records` as CSV and gives back how many there were.
///
/// # Errors
/// [`WriteError`] if the bytes could not be written.
pub fn write_csv(
    into: impl Write,
    records: impl IntoIterator<Item = EnrollmentRecord>,
) -> Result<u64, WriteError> {
    let mut writer = CsvWriter::new(into)?;
    let mut count = 0;
    for record in records {
        writer.write(&record)?;
        count += 1;
    }
    writer.finish()?;
    Ok(count)
}

impl<W: Write> CsvWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes could not be written.
    pub fn new(into: W) -> Result<Self, WriteError> {
        let mut writer = CsvWriter {
            into: csv::WriterBuilder::new()
                .terminator(csv::Terminator::CRLF)
                .from_writer(into),
        };
        writer.row(|field| field.column().to_owned())?;
        Ok(writer)
    }

    /// Writes one record.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes could not be written.
    pub fn write(&mut self, record: &EnrollmentRecord) -> Result<(), WriteError> {
        self.row(|field| cell(record, field))
    }

    /// Ends the file and gives back what was written into.
    ///
    /// # Errors
    /// [`WriteError`] if the last bytes could not be written.
    pub fn finish(self) -> Result<W, WriteError> {
        self.into
            .into_inner()
            .map_err(|error| WriteError::Io(std::io::Error::other(error.to_string())))
    }

    fn row(&mut self, cell: impl Fn(Field) -> String) -> Result<(), WriteError> {
        let columns = Field::ALL.iter().filter(|f| !f.column().is_empty());
        self.into
            .write_record(columns.map(|f| cell(*f)))
            .map_err(|error| WriteError::Io(error.into()))
    }
}

fn cell(record: &EnrollmentRecord, field: Field) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let day = |day: Option<Date>| day.map(|d| d.to_string()).unwrap_or_default();
    match field {
        Field::Maintenance => record.maintenance.word().to_owned(),
        Field::Reason => text(&record.reason),
        Field::Relationship => record.relationship.word().to_owned(),
        Field::MemberId => record.member_id.as_str().to_owned(),
        Field::SubscriberId => record.subscriber_id.as_str().to_owned(),
        Field::PriorMemberId => record
            .prior_member_id
            .as_ref()
            .map_or_else(String::new, |id| id.as_str().to_owned()),
        Field::ExchangeMemberId => text(&record.exchange_member_id),
        Field::ExchangePolicyId => text(&record.exchange_policy_id),
        Field::GroupNumber => text(&record.group_number),
        Field::LastName => record.last_name.clone(),
        Field::FirstName => record.first_name.clone(),
        Field::MiddleName => text(&record.middle_name),
        Field::BirthDate => day(record.birth_date),
        Field::Gender => record.gender.map_or("", |g| g.code()).to_owned(),
        Field::Line1 | Field::Line2 | Field::City | Field::State | Field::Zip => {
            address_cell(record.address.as_ref(), field)
        }
        Field::MailingLine1 => address_cell(record.mailing_address.as_ref(), Field::Line1),
        Field::MailingLine2 => address_cell(record.mailing_address.as_ref(), Field::Line2),
        Field::MailingCity => address_cell(record.mailing_address.as_ref(), Field::City),
        Field::MailingState => address_cell(record.mailing_address.as_ref(), Field::State),
        Field::MailingZip => address_cell(record.mailing_address.as_ref(), Field::Zip),
        Field::Phone => text(&record.phone),
        Field::Email => record
            .email
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        Field::Language => record.language.map_or("", |l| l.tag()).to_owned(),
        Field::MaintenanceEffective => day(record.maintenance_effective),
        Field::EligibilityFirst => day(record.eligibility_first_day),
        Field::EligibilityLast => day(record.eligibility_last_day),
        // Only in 834 files; they have no column.
        Field::IsSubscriber | Field::InsuranceLine => String::new(),
        _ => coverage_cell(record, field),
    }
}

fn address_cell(address: Option<&Address>, field: Field) -> String {
    let Some(address) = address else {
        return String::new();
    };
    match field {
        Field::Line1 => address.line_1.clone(),
        Field::Line2 => address.line_2.clone().unwrap_or_default(),
        Field::City => address.city.clone(),
        Field::State => address.state.clone(),
        _ => address.zip.as_str().to_owned(),
    }
}

fn coverage_cell(record: &EnrollmentRecord, field: Field) -> String {
    let Some(coverage) = &record.coverage else {
        return String::new();
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let day = |day: Option<Date>| day.map(|d| d.to_string()).unwrap_or_default();
    let rate = coverage.rate.as_ref();
    match field {
        Field::CoverageMaintenance => coverage.maintenance.word().to_owned(),
        Field::PlanLine => coverage.plan_line.clone(),
        Field::PlanCode => text(&coverage.plan_code),
        Field::PolicyNumber => text(&coverage.policy_number),
        Field::CoverageFirst => day(coverage.first_day),
        Field::CoverageLast => day(coverage.last_day),
        Field::Cancelled => if coverage.cancelled { "yes" } else { "" }.to_owned(),
        Field::Premium => rate.map(|r| r.premium.plain()).unwrap_or_default(),
        Field::Aptc => rate.map(|r| r.aptc.plain()).unwrap_or_default(),
        Field::OtherPayers => rate.map(|r| r.other_payers.plain()).unwrap_or_default(),
        Field::Responsibility => rate.map(|r| r.responsibility.plain()).unwrap_or_default(),
        Field::LatePenalty => rate
            .map(|r| r.late_enrolment_penalty.plain())
            .unwrap_or_default(),
        Field::MemberPremium => coverage
            .member_premium
            .map(kernel::Cents::plain)
            .unwrap_or_default(),
        _ => String::new(),
    }
}
