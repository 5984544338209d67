//! What a roster record tells: about a person, and about the coverage of an account.

use coverage::{Coverage, Segment};
use formats::enrollment::{
    EnrolledCoverage, EnrollmentRecord, Gender, Maintenance, PlanLines, Rate, RateRule,
    Relationship,
};
use jiff::civil::Date;
use kernel::{Cents, DateSpan};
use members::RosterPerson;
use plan::Plan;

/// The plan lines that rosters may name.
pub(super) fn plan_lines(plan: &Plan) -> PlanLines {
    plan.lines.iter().fold(PlanLines::new(), |lines, line| {
        let rate = if line.pays_premium_here {
            RateRule::Required
        } else {
            RateRule::Optional
        };
        lines.line(&line.id, rate)
    })
}

/// The person of a record. Mail goes to the mailing address if there is one.
pub(super) fn person(record: &EnrollmentRecord) -> RosterPerson {
    let address = record.mailing_address.as_ref().or(record.address.as_ref());
    RosterPerson {
        member_id: record.member_id.clone(),
        subscriber: record.subscriber_id.clone(),
        relationship: match record.relationship {
            Relationship::Oneself => members::Relationship::Oneself,
            Relationship::Spouse => members::Relationship::Spouse,
            Relationship::Child => members::Relationship::Child,
            Relationship::DomesticPartner => members::Relationship::DomesticPartner,
            Relationship::Other => members::Relationship::Other,
        },
        first_name: record.first_name.clone(),
        middle_name: record.middle_name.clone(),
        last_name: record.last_name.clone(),
        birth_date: record.birth_date,
        gender: record.gender.map(Gender::code).map(str::to_owned),
        address: address.map(|address| members::Address {
            line_1: address.line_1.clone(),
            line_2: address.line_2.clone().unwrap_or_default(),
            city: address.city.clone(),
            state: address.state.clone(),
            zip: address.zip.clone(),
        }),
        phone: record.phone.clone(),
        email: record.email.clone(),
        language: record.language,
    }
}

/// The number that tells one policy of an account from another; empty if the file has none.
pub(super) fn policy(record: &EnrollmentRecord, coverage: &EnrolledCoverage) -> String {
    let number = coverage
        .policy_number
        .as_ref()
        .or(record.exchange_policy_id.as_ref());
    number.cloned().unwrap_or_default()
}

/// The segments that a subscriber's records tell for one plan line, given what is known. `Err`
/// holds the place of a record that cannot be understood and why.
pub(super) fn segments(
    plan_line: &str,
    records: &[&EnrollmentRecord],
    existing: &[Coverage],
) -> Result<Vec<Segment>, (usize, &'static str)> {
    let mut told: Vec<Segment> = Vec::new();
    // Ends come last: they may end what the same file begins.
    for (place, record) in records.iter().enumerate() {
        let Some(coverage) = record
            .coverage
            .as_ref()
            .filter(|c| c.plan_line == plan_line)
        else {
            continue;
        };
        let ends = coverage.maintenance == Maintenance::Terminate && coverage.rate.is_none();
        if ends || coverage.cancelled {
            continue;
        }
        let policy = policy(record, coverage);
        let Some(first_day) = coverage.first_day else {
            continue;
        };
        let span = DateSpan::from_first_to_last(first_day, coverage.last_day);
        let rate = match &coverage.rate {
            Some(rate) => Some(amounts(rate)),
            None => known_rate(&policy, first_day, existing),
        };
        let (premium, aptc, penalty) = match rate {
            Some(rate) => rate,
            // A line whose premium is paid elsewhere has no amounts here.
            None if coverage.maintenance.is_complete() => (Cents::ZERO, Cents::ZERO, Cents::ZERO),
            None => {
                return Err((
                    place,
                    "a change of coverage that is not known, without amounts",
                ));
            }
        };
        let plan_line = plan_line.to_owned();
        told.push(Segment {
            plan_line,
            policy,
            span,
            premium,
            aptc,
            penalty,
        });
    }
    for record in records {
        end(plan_line, record, existing, &mut told);
    }
    Ok(told)
}

/// Premium without what an employer or a state pays, tax credit, penalty.
fn amounts(rate: &Rate) -> (Cents, Cents, Cents) {
    (
        rate.premium - rate.other_payers,
        rate.aptc,
        rate.late_enrolment_penalty,
    )
}

fn known_rate(policy: &str, day: Date, existing: &[Coverage]) -> Option<(Cents, Cents, Cents)> {
    existing
        .iter()
        .find(|c| c.policy == policy && (c.span.contains(day) || c.span.start == day))
        .map(|c| (c.premium, c.aptc, c.penalty))
}

/// Applies a cancellation or an end to what the file told so far, or else to what is known.
fn end(plan_line: &str, record: &EnrollmentRecord, existing: &[Coverage], told: &mut Vec<Segment>) {
    let of_line = record
        .coverage
        .as_ref()
        .filter(|c| c.plan_line == plan_line);
    let (policy_told, last_day, cancelled) = match (&record.coverage, of_line) {
        (_, Some(c)) if c.cancelled => (Some(policy(record, c)), None, true),
        (_, Some(c)) if c.maintenance == Maintenance::Terminate && c.rate.is_none() => (
            Some(policy(record, c)),
            c.last_day.or(record.eligibility_last_day),
            false,
        ),
        // The member leaves: every policy ends.
        (None, _) if record.maintenance == Maintenance::Terminate => {
            (None, record.eligibility_last_day, false)
        }
        _ => return,
    };
    let mut policies: Vec<String> = match policy_told {
        Some(policy) => vec![policy],
        None => existing.iter().map(|c| c.policy.clone()).collect(),
    };
    policies.sort_unstable();
    policies.dedup();
    for policy in policies {
        let begun: Vec<Segment> = if told.iter().any(|s| s.policy == policy) {
            told.iter()
                .filter(|s| s.policy == policy)
                .cloned()
                .collect()
        } else {
            existing
                .iter()
                .filter(|c| c.policy == policy)
                .map(as_told)
                .collect()
        };
        told.retain(|s| s.policy != policy);
        told.extend(ended(begun, last_day, cancelled));
    }
}

fn as_told(coverage: &Coverage) -> Segment {
    Segment {
        plan_line: coverage.plan_line.clone(),
        policy: coverage.policy.clone(),
        span: coverage.span,
        premium: coverage.premium,
        aptc: coverage.aptc,
        penalty: coverage.penalty,
    }
}

/// The segments of a policy, ended after `last_day` or cancelled from the beginning.
fn ended(begun: Vec<Segment>, last_day: Option<Date>, cancelled: bool) -> Vec<Segment> {
    let mut out = Vec::with_capacity(begun.len());
    for mut segment in begun.into_iter().filter(|s| !s.span.is_empty()) {
        let end = match last_day.and_then(|day| day.tomorrow().ok()) {
            _ if cancelled => segment.span.start,
            Some(end) => segment.span.end.map_or(end, |known| known.min(end)),
            None => continue,
        };
        segment.span.end = Some(end.max(segment.span.start));
        out.push(segment);
    }
    out
}

/// The earliest day from which a change of coverage makes a difference to what a month costs.
pub(super) fn touched(before: &Coverage, after: &Coverage) -> Date {
    let same_rate = (
        before.premium,
        before.aptc,
        before.penalty,
        before.span.start,
    ) == (after.premium, after.aptc, after.penalty, after.span.start);
    if !same_rate {
        return before.span.start.min(after.span.start);
    }
    match (before.span.end, after.span.end) {
        (Some(a), Some(b)) => a.min(b),
        (Some(end), None) | (None, Some(end)) => end,
        (None, None) => before.span.start,
    }
}
