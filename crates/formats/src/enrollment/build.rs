//! From the raw texts of a record to the record, with everything that is wrong with it.

use std::borrow::Cow;

use jiff::civil::Date;
use kernel::{Cents, Email, Language, MemberId, Zip};

use super::raw::Raw;
use super::{
    Address, Effect, EnrolledCoverage, EnrollmentRecord, Entry, Field, Finding, Gender,
    Maintenance, PlanLines, Position, Rate, RateRule, Relationship,
};
use crate::shown::shown;

/// The longest text a field may have, in characters.
const LONGEST_TEXT: usize = 120;

/// Reads `raw` into a record, or says why it cannot.
pub(crate) fn build(raw: &Raw, lines: &PlanLines) -> Entry {
    let mut reading = Reading {
        raw,
        findings: Vec::new(),
    };
    let record = reading.record(lines);
    let mut findings = reading.findings;
    let rejected = findings.iter().any(|f| f.effect == Effect::Rejected);
    if !findings.is_empty() {
        let last_four = last_four(raw);
        for finding in &mut findings {
            finding.member_last_four.clone_from(&last_four);
        }
    }
    Entry {
        record: if rejected { None } else { record },
        findings,
    }
}

/// The last four digits of the member ID, or else of the subscriber's, if one can be read.
pub(crate) fn last_four(raw: &Raw) -> Option<String> {
    MemberId::parse(&raw.text(Field::MemberId))
        .or_else(|_| MemberId::parse(&raw.text(Field::SubscriberId)))
        .ok()
        .map(|id| id.last_four().to_owned())
}

struct Reading<'a> {
    raw: &'a Raw,
    findings: Vec<Finding>,
}

impl Reading<'_> {
    /// The record; `None` only after a finding that rejects it.
    fn record(&mut self, lines: &PlanLines) -> Option<EnrollmentRecord> {
        let maintenance = self.maintenance(Field::Maintenance);
        let relationship = self.relationship();
        let ids = self.ids(relationship);
        let last_name = self.text(Field::LastName);
        if last_name.is_none() {
            self.missing(Field::LastName, "a last name");
        }
        let complete = maintenance.is_some_and(Maintenance::is_complete);
        let birth_date = self.date(Field::BirthDate);
        if complete && !self.raw.has(Field::BirthDate) {
            self.missing(Field::BirthDate, "a date of birth");
        }
        let needs_address = complete && relationship == Some(Relationship::Oneself);
        let address = self.address(&RESIDENCE, needs_address);
        let mailing_address = self.address(&MAILING, false);
        let eligibility_first_day = self.date(Field::EligibilityFirst);
        let eligibility_last_day = self.date(Field::EligibilityLast);
        self.in_order(
            Field::EligibilityLast,
            eligibility_first_day,
            eligibility_last_day,
        );
        let coverage = self.coverage(lines, maintenance, relationship);
        let (member_id, subscriber_id) = ids?;
        Some(EnrollmentRecord {
            position: (self.raw.unit)(self.raw.begins),
            maintenance: maintenance?,
            reason: self.text(Field::Reason),
            relationship: relationship?,
            member_id,
            subscriber_id,
            exchange_member_id: self.text(Field::ExchangeMemberId),
            exchange_policy_id: self.text(Field::ExchangePolicyId),
            group_number: self.text(Field::GroupNumber),
            last_name: last_name?,
            first_name: self.text(Field::FirstName).unwrap_or_default(),
            middle_name: self.text(Field::MiddleName),
            birth_date,
            gender: self.gender(),
            address,
            mailing_address,
            phone: self.phone(),
            email: self.email(),
            language: Language::from_tag(&self.raw.text(Field::Language)),
            maintenance_effective: self.date(Field::MaintenanceEffective),
            eligibility_first_day,
            eligibility_last_day,
            coverage,
        })
    }

    fn maintenance(&mut self, field: Field) -> Option<Maintenance> {
        let text = self.raw.text(field);
        let known = Maintenance::read(&text);
        if known.is_none() {
            let expected = match self.raw.position(field) {
                Position::Segment(_) => "001, 002, 021, 024, 025, 026 or 030",
                Position::Line(_) => "add, change, terminate, reinstate or audit",
            };
            self.reject(field, shown(text.as_bytes()), expected);
        }
        known
    }

    fn relationship(&mut self) -> Option<Relationship> {
        let text = self.raw.text(Field::Relationship);
        let Some(known) = Relationship::read(&text) else {
            let expected = match self.raw.position(Field::Relationship) {
                Position::Segment(_) => "a two-character relationship code, 18 for the subscriber",
                Position::Line(_) => "self, spouse, child, domestic_partner or other",
            };
            self.reject(Field::Relationship, shown(text.as_bytes()), expected);
            return None;
        };
        let flag = self.raw.bytes(Field::IsSubscriber);
        let agrees = match flag {
            b"Y" => known == Relationship::Oneself,
            b"N" => known != Relationship::Oneself,
            _ => {
                flag.is_empty()
                    && matches!(self.raw.position(Field::Maintenance), Position::Line(_))
            }
        };
        if !agrees {
            let found = format!(
                "{} with relationship {}",
                shown(flag),
                shown(text.as_bytes())
            );
            self.reject(
                Field::IsSubscriber,
                found,
                "Y with 18, or N with any other relationship",
            );
        }
        Some(known)
    }

    /// The member's own ID and the subscriber's.
    fn ids(&mut self, relationship: Option<Relationship>) -> Option<(MemberId, MemberId)> {
        let subscriber_itself = relationship == Some(Relationship::Oneself);
        let (own, of_subscriber) = (
            self.raw.has(Field::MemberId),
            self.raw.has(Field::SubscriberId),
        );
        if subscriber_itself && own != of_subscriber {
            // A subscriber's record may say the one ID in either place.
            let field = if own {
                Field::MemberId
            } else {
                Field::SubscriberId
            };
            let id = self.member_id(field)?;
            return Some((id.clone(), id));
        }
        let own = self.member_id(Field::MemberId);
        let of_subscriber = self.member_id(Field::SubscriberId);
        let (own, of_subscriber) = (own?, of_subscriber?);
        if subscriber_itself && own != of_subscriber {
            self.reject(
                Field::MemberId,
                format!("an ID ending in {}", own.last_four()),
                "the subscriber's own ID to be the subscriber ID",
            );
        } else if !subscriber_itself && relationship.is_some() && own == of_subscriber {
            self.reject(
                Field::MemberId,
                format!("the subscriber's ID, ending in {}", own.last_four()),
                "a member ID of the dependent's own",
            );
        }
        Some((own, of_subscriber))
    }

    fn member_id(&mut self, field: Field) -> Option<MemberId> {
        let text = self.raw.text(field);
        match MemberId::parse(&text) {
            Ok(id) => Some(id),
            Err(_) => {
                // What stands here may be a social security number, so it is not repeated.
                let found = match text.chars().count() {
                    0 => "nothing".to_owned(),
                    1 => "1 character".to_owned(),
                    n => format!("{n} characters"),
                };
                self.reject(field, found, "11 digits");
                None
            }
        }
    }

    fn coverage(
        &mut self,
        lines: &PlanLines,
        maintenance: Option<Maintenance>,
        relationship: Option<Relationship>,
    ) -> Option<EnrolledCoverage> {
        let any = Field::ALL
            .iter()
            .any(|f| f.is_of_coverage() && self.raw.has(*f));
        if !any {
            if maintenance.is_some_and(Maintenance::is_complete) {
                self.missing(Field::PlanLine, "coverage: a plan line with its first day");
            } else if maintenance == Some(Maintenance::Terminate)
                && !self.raw.has(Field::EligibilityLast)
            {
                self.missing(Field::EligibilityLast, "the last day");
            }
            return None;
        }
        let maintenance = if self.raw.has(Field::CoverageMaintenance) {
            self.maintenance(Field::CoverageMaintenance)
        } else {
            maintenance
        };
        let complete = maintenance.is_some_and(Maintenance::is_complete);
        let line = self.plan_line(lines);
        let first_day = self.date(Field::CoverageFirst);
        let last_day = self.date(Field::CoverageLast);
        let cancelled = self.cancelled();
        // Some exchanges cancel with a last day before the first; that is no contradiction.
        if !cancelled {
            self.in_order(Field::CoverageLast, first_day, last_day);
        }
        let rate = self.rate();
        let no_first_day = !self.raw.has(Field::CoverageFirst);
        if no_first_day && (complete || rate.is_some()) {
            self.missing(Field::CoverageFirst, "the first day of coverage");
        }
        let no_end = [Field::CoverageLast, Field::EligibilityLast]
            .iter()
            .all(|f| !self.raw.has(*f));
        if maintenance == Some(Maintenance::Terminate) && !cancelled && no_end {
            self.missing(Field::CoverageLast, "the last day of coverage");
        }
        let pays = relationship == Some(Relationship::Oneself)
            && line
                .as_ref()
                .is_some_and(|(_, rule)| *rule == RateRule::Required);
        if complete && pays && !self.raw.has(Field::Premium) {
            self.missing(Field::Premium, "the month's premium");
        }
        Some(EnrolledCoverage {
            maintenance: maintenance?,
            plan_line: line?.0,
            plan_code: self.text(Field::PlanCode),
            policy_number: self.text(Field::PolicyNumber),
            first_day,
            last_day,
            cancelled,
            rate,
            member_premium: self.amount(Field::MemberPremium),
        })
    }

    fn plan_line(&mut self, lines: &PlanLines) -> Option<(String, RateRule)> {
        let raw = self.raw;
        let texts = [
            Field::PlanLine,
            Field::PlanCode,
            Field::PolicyNumber,
            Field::GroupNumber,
            Field::InsuranceLine,
        ]
        .map(|field| raw.text(field));
        let values: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        if let Some((slug, rate)) = lines.resolve(&values) {
            return Some((slug.to_owned(), rate));
        }
        let known: Vec<&str> = lines.slugs().collect();
        let named: Vec<String> = values
            .iter()
            .filter(|v| !v.is_empty())
            .map(|v| shown(v.as_bytes()))
            .collect();
        let found = if named.is_empty() {
            "nothing".to_owned()
        } else {
            named.join(", ")
        };
        let expected = format!(
            "one of the plan lines {}, or a code of one",
            known.join(", ")
        );
        self.reject(Field::PlanLine, found, expected);
        None
    }

    fn cancelled(&mut self) -> bool {
        match self
            .raw
            .text(Field::Cancelled)
            .to_ascii_lowercase()
            .as_str()
        {
            "yes" | "y" | "true" | "cancel" => true,
            "" | "no" | "n" | "false" => false,
            other => {
                let found = shown(other.as_bytes());
                self.reject(Field::Cancelled, found, "yes or no");
                false
            }
        }
    }

    /// The amounts, if any is there.
    fn rate(&mut self) -> Option<Rate> {
        let fields = [
            Field::Premium,
            Field::Aptc,
            Field::OtherPayers,
            Field::Responsibility,
            Field::LatePenalty,
        ];
        if fields.iter().all(|f| !self.raw.has(*f)) {
            return None;
        }
        if !self.raw.has(Field::Premium) {
            self.missing(
                Field::Premium,
                "the premium that the other amounts are parts of",
            );
            return None;
        }
        let [premium, aptc, other_payers, responsibility, penalty] = fields.map(|f| self.amount(f));
        let unread = fields
            .iter()
            .zip([premium, aptc, other_payers, responsibility, penalty])
            .any(|(field, amount)| self.raw.has(*field) && amount.is_none());
        let premium = premium?;
        if unread {
            return None;
        }
        let aptc = aptc.unwrap_or_default();
        let other_payers = other_payers.unwrap_or_default();
        let rest = premium - aptc - other_payers;
        if rest.is_negative() {
            let found = format!("{aptc} APTC and {other_payers} of others");
            self.reject(
                Field::Aptc,
                found,
                format!("at most the premium of {premium}"),
            );
            return None;
        }
        if let Some(found) = responsibility.filter(|r| *r != rest) {
            let expected = format!(
                "{rest}: the premium of {premium} less {aptc} APTC and {other_payers} of others"
            );
            self.reject(Field::Responsibility, found.to_string(), expected);
        }
        Some(Rate {
            premium,
            aptc,
            other_payers,
            responsibility: rest,
            late_enrolment_penalty: penalty.unwrap_or_default(),
        })
    }

    fn address(&mut self, fields: &AddressFields, required: bool) -> Option<Address> {
        let raw = self.raw;
        if fields.all().iter().all(|f| !raw.has(*f)) {
            if required {
                self.missing(fields.zip, "an address with a ZIP code");
            }
            return None;
        }
        let effect = if required {
            Effect::Rejected
        } else {
            Effect::FieldLeftOut
        };
        let Ok(zip) = Zip::parse(&raw.text(fields.zip)) else {
            let found = shown(raw.bytes(fields.zip));
            self.find(fields.zip, found, "a ZIP code of 5 or 9 digits", effect);
            return None;
        };
        let state = raw.text(fields.state).to_ascii_uppercase();
        if state.len() != 2 || !state.bytes().all(|b| b.is_ascii_uppercase()) {
            let found = shown(state.as_bytes());
            self.find(fields.state, found, "a state of two letters", effect);
            return None;
        }
        let Some(city) = self.text(fields.city) else {
            self.find(fields.city, "nothing", "a city", effect);
            return None;
        };
        Some(Address {
            line_1: self.text(fields.line_1).unwrap_or_default(),
            line_2: self.text(fields.line_2),
            city,
            state,
            zip,
        })
    }

    fn gender(&mut self) -> Option<Gender> {
        let text = self.raw.text(Field::Gender);
        let known = Gender::read(&text);
        if known.is_none() && !text.is_empty() {
            self.leave_out(Field::Gender, shown(text.as_bytes()), "F, M, U or X");
        }
        known
    }

    fn phone(&mut self) -> Option<String> {
        let text = self.raw.text(Field::Phone);
        if text.is_empty() {
            return None;
        }
        let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.len() == 11 && digits.starts_with('1') {
            digits.remove(0);
        }
        let fit = digits.len() == 10 && !text.chars().any(char::is_alphabetic);
        if !fit {
            self.leave_out(
                Field::Phone,
                shown(text.as_bytes()),
                "a telephone number of 10 digits",
            );
        }
        fit.then_some(digits)
    }

    fn email(&mut self) -> Option<Email> {
        let text = self.raw.text(Field::Email);
        if text.is_empty() {
            return None;
        }
        let email = Email::parse(&text).ok();
        if email.is_none() {
            let expected = "an e-mail address like name@example.com";
            self.leave_out(Field::Email, shown(text.as_bytes()), expected);
        }
        email
    }

    /// A text that is there and fit to keep.
    fn text(&mut self, field: Field) -> Option<String> {
        let text = self.raw.text(field);
        if text.is_empty() {
            return None;
        }
        if text.chars().any(char::is_control) {
            self.reject(
                field,
                shown(text.as_bytes()),
                "text without control characters",
            );
            return None;
        }
        if text.len() > LONGEST_TEXT && text.chars().count() > LONGEST_TEXT {
            let found = format!("{} characters", text.chars().count());
            self.reject(field, found, format!("at most {LONGEST_TEXT} characters"));
            return None;
        }
        Some(text.into_owned())
    }

    fn date(&mut self, field: Field) -> Option<Date> {
        let bytes = self.raw.bytes(field);
        if bytes.is_empty() {
            return None;
        }
        let date = read_date(bytes);
        if date.is_none() {
            let expected = match self.raw.position(field) {
                Position::Segment(_) => "a day of the calendar as YYYYMMDD",
                Position::Line(_) => "a day of the calendar as YYYY-MM-DD",
            };
            self.reject(field, shown(bytes), expected);
        }
        date
    }

    fn amount(&mut self, field: Field) -> Option<Cents> {
        let text = self.raw.text(field);
        if text.is_empty() {
            return None;
        }
        match Cents::parse(&text) {
            Ok(amount) => Some(amount),
            Err(_) => {
                let expected = "an amount from 0.00 to 99999999.99 with at most two decimals";
                self.reject(field, shown(text.as_bytes()), expected);
                None
            }
        }
    }

    fn in_order(&mut self, field: Field, first: Option<Date>, last: Option<Date>) {
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            self.reject(
                field,
                last.to_string(),
                format!("a day not before the first, {first}"),
            );
        }
    }

    fn missing(&mut self, field: Field, expected: &'static str) {
        self.reject(field, "nothing", expected);
    }

    fn reject(
        &mut self,
        field: Field,
        found: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) {
        self.find(field, found, expected, Effect::Rejected);
    }

    fn leave_out(
        &mut self,
        field: Field,
        found: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) {
        self.find(field, found, expected, Effect::FieldLeftOut);
    }

    fn find(
        &mut self,
        field: Field,
        found: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
        effect: Effect,
    ) {
        self.findings.push(Finding {
            position: self.raw.position(field),
            field,
            found: found.into(),
            expected: expected.into(),
            member_last_four: None,
            effect,
        });
    }
}

struct AddressFields {
    line_1: Field,
    line_2: Field,
    city: Field,
    state: Field,
    zip: Field,
}

impl AddressFields {
    fn all(&self) -> [Field; 5] {
        [self.line_1, self.line_2, self.city, self.state, self.zip]
    }
}

const RESIDENCE: AddressFields = AddressFields {
    line_1: Field::Line1,
    line_2: Field::Line2,
    city: Field::City,
    state: Field::State,
    zip: Field::Zip,
};

const MAILING: AddressFields = AddressFields {
    line_1: Field::MailingLine1,
    line_2: Field::MailingLine2,
    city: Field::MailingCity,
    state: Field::MailingState,
    zip: Field::MailingZip,
};

/// A day as `YYYYMMDD` or `YYYY-MM-DD`, from 1850 to 2200, the range of people and of billing
/// months.
pub(crate) fn read_date(bytes: &[u8]) -> Option<Date> {
    let digits: [u8; 8] = match bytes {
        [a, b, c, d, b'-', e, f, b'-', g, h] => [*a, *b, *c, *d, *e, *f, *g, *h],
        _ => bytes.try_into().ok()?,
    };
    let mut number: i32 = 0;
    for digit in digits {
        number = number * 10 + i32::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    let year = i16::try_from(number / 10_000).ok()?;
    let month = i8::try_from(number / 100 % 100).ok()?;
    let day = i8::try_from(number % 100).ok()?;
    if !(1850..=2200).contains(&year) {
        return None;
    }
    Date::new(year, month, day).ok()
}
