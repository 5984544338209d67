//! What a roster changes about the coverage of an account.

use jiff::civil::Date;
use kernel::{Cents, CoverageId, DateSpan};

use crate::Coverage;

/// A coverage segment as a roster tells it, without an id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// The plan line, by its code.
    pub plan_line: String,
    /// The policy, by its number.
    pub policy: String,
    /// The days it is in force. An empty span cancels the policy from its start on.
    pub span: DateSpan,
    /// The monthly premium before any tax credit.
    pub premium: Cents,
    /// The monthly tax credit (APTC).
    pub aptc: Cents,
    /// The monthly late-enrolment penalty.
    pub penalty: Cents,
}

impl Segment {
    /// A coverage segment of this content.
    #[must_use]
    pub fn with_id(self, id: CoverageId) -> Coverage {
        Coverage {
            id,
            plan_line: self.plan_line,
            policy: self.policy,
            span: self.span,
            premium: self.premium,
            aptc: self.aptc,
            penalty: self.penalty,
        }
    }

    fn says_the_same_as(&self, coverage: &Coverage) -> bool {
        self.clone().with_id(coverage.id) == *coverage
    }
}

/// One change to the coverage of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CoverageChange {
    /// A segment that was not there.
    Insert(Segment),
    /// A segment with the same policy and start gets another rate, plan line or end.
    Update {
        /// The segment.
        id: CoverageId,
        /// What it says now.
        to: Segment,
    },
    /// A segment ends before `end`. If that is its own start it never was in force; the row stays.
    End {
        /// The segment.
        id: CoverageId,
        /// The day after its last.
        end: Date,
    },
}

/// What changes when a roster tells `incoming` about an account with `existing` segments.
///
/// A roster record is the whole truth about a policy from its earliest segment on: later segments
/// it does not name are cancelled, a running one is cut where it begins, and what ended before is
/// left alone. So all segments of one policy in a file must be handed over together. Policies that
/// `incoming` does not name are left alone too. Of overlapping incoming segments the one that
/// begins later wins, of two that begin on the same day the one named last.
///
/// Merging the same again gives no change.
#[must_use]
pub fn merge_coverage(existing: &[Coverage], incoming: &[Segment]) -> Vec<CoverageChange> {
    let mut changes = Vec::new();
    let mut policies: Vec<&str> = incoming.iter().map(|s| s.policy.as_str()).collect();
    policies.sort_unstable();
    policies.dedup();
    for policy in policies {
        let told: Vec<&Segment> = incoming.iter().filter(|s| s.policy == policy).collect();
        let Some(from) = told.iter().map(|s| s.span.start).min() else {
            continue;
        };
        let known: Vec<&Coverage> = existing.iter().filter(|c| c.policy == policy).collect();
        merge_policy(from, &known, without_overlaps(&told), &mut changes);
    }
    changes
}

/// What changes when a policy ends before `end` and the roster tells no more than that: segments
/// that begin later never were, a running one is cut.
#[must_use]
pub fn end_policy(existing: &[Coverage], policy: &str, end: Date) -> Vec<CoverageChange> {
    let mut changes = Vec::new();
    let known: Vec<&Coverage> = existing.iter().filter(|c| c.policy == policy).collect();
    merge_policy(end, &known, Vec::new(), &mut changes);
    changes
}

fn merge_policy(
    from: Date,
    known: &[&Coverage],
    told: Vec<Segment>,
    changes: &mut Vec<CoverageChange>,
) {
    let same_start = |start: Date| known.iter().find(|c| c.span.start == start).copied();
    let taken_up: Vec<CoverageId> = told
        .iter()
        .filter_map(|s| same_start(s.span.start).map(|c| c.id))
        .collect();
    // Ends come first, so that at no moment two segments of the policy overlap.
    for coverage in known.iter().filter(|c| !taken_up.contains(&c.id)) {
        let end = from.max(coverage.span.start);
        let goes_on = coverage.span.end.is_none_or(|known_end| known_end > end);
        if goes_on && !coverage.span.is_empty() {
            changes.push(CoverageChange::End {
                id: coverage.id,
                end,
            });
        }
    }
    for segment in told {
        match same_start(segment.span.start) {
            None => changes.push(CoverageChange::Insert(segment)),
            Some(coverage) if segment.says_the_same_as(coverage) => {}
            Some(coverage) => changes.push(CoverageChange::Update {
                id: coverage.id,
                to: segment,
            }),
        }
    }
}

/// The segments in order of their start, each cut where the next begins, empty ones left out.
fn without_overlaps(told: &[&Segment]) -> Vec<Segment> {
    let mut kept: Vec<Segment> = Vec::with_capacity(told.len());
    let mut sorted: Vec<&Segment> = told.to_vec();
    sorted.sort_by_key(|s| s.span.start);
    for segment in sorted.into_iter().filter(|s| !s.span.is_empty()) {
        if let Some(before) = kept.last_mut() {
            let start = segment.span.start;
            if before.span.start == start {
                kept.pop();
            } else if before.span.end.is_none_or(|end| end > start) {
                before.span.end = Some(start);
            }
        }
        kept.push(segment.clone());
    }
    kept
}

#[cfg(test)]
mod tests;
