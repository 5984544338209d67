//! From the raw texts of a record to the record, with everything that is wrong with it.

use kernel::{Language, MemberId};

use super::raw::Raw;
use super::values::{MAILING, RESIDENCE, Reading};
use super::{
    Effect, EnrolledCoverage, EnrollmentRecord, Entry, Field, Maintenance, PlanLines, Position,
    Rate, RateRule, Relationship,
};
use crate::shown::shown;

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
            // Senders keep other prior numbers under the same qualifier; those mean nothing here.
            prior_member_id: self
                .text(Field::PriorMemberId)
                .and_then(|text| MemberId::parse(&text).ok()),
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
}
