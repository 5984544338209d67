//! Coverage segments and the premium due for a month.
//!
//! A coverage segment says from when to when a policy is in force at which monthly rate. A change
//! of rate, of the advance premium tax credit (APTC) or of the dates makes another segment; within
//! one policy segments never overlap. [`merge_coverage`] works out what a roster changes,
//! [`premium_for_month`] what a month costs.
#![deny(missing_docs)]

mod merge;
mod premium;

use kernel::{Cents, CoverageId, DateSpan};

pub use merge::{CoverageChange, Segment, end_policy, merge_coverage};
pub use premium::{MonthPremium, Part, ProrationRule, premium_for_month};

/// A coverage segment: one policy over a stretch of days at one monthly rate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coverage {
    /// Its id.
    pub id: CoverageId,
    /// The plan line it belongs to, by its code.
    pub plan_line: String,
    /// The policy, by its number on the roster. Two policies of one account may run side by side,
    /// such as a medical and a dental one; segments of one policy follow each other.
    pub policy: String,
    /// The days it is in force. An empty span is a segment that was cancelled: it never was.
    pub span: DateSpan,
    /// The monthly premium before any tax credit, less what an employer or a state pays.
    pub premium: Cents,
    /// The part of the monthly premium that the government pays in advance (APTC).
    pub aptc: Cents,
    /// The monthly late-enrolment penalty, owed on top of the premium.
    pub penalty: Cents,
}
