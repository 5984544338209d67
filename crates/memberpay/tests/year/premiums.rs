//! What every account should have been charged, worked out from the households alone, in whole
//! cents and by arithmetic of its own.

use std::collections::HashMap;

use demo::roster::lines;
use jiff::civil::Date;
use kernel::BillingMonth;

use crate::households::{Household, Key, Policy, Segment, first_month};

/// The charges of every account from the first month to `last`, with what is known now.
pub fn charged(households: &[Household], last: BillingMonth) -> HashMap<Key, i64> {
    let mut charged = HashMap::new();
    for policy in households.iter().flat_map(|h| &h.policies) {
        let mut month = first_month();
        let sum: &mut i64 = charged.entry(policy.of.clone()).or_default();
        while month <= last {
            *sum += owed(policy, month);
            month = month.next();
        }
    }
    charged
}

/// What a policy costs its member in a month.
fn owed(policy: &Policy, month: BillingMonth) -> i64 {
    let by_days = [lines::INDIVIDUAL, lines::SOLO].contains(&policy.of.1.as_str());
    let of = i64::from(month.days());
    let covered: Vec<(&Segment, i64)> = policy
        .segments
        .iter()
        .map(|segment| (segment, days(segment, month)))
        .filter(|(_, days)| *days > 0)
        .collect();
    if by_days {
        let sum = |rate: fn(&Segment) -> i64| {
            let exact: i64 = covered.iter().map(|(s, days)| rate(s) * days).sum();
            (exact + of / 2) / of
        };
        return sum(|s| s.premium) - sum(|s| s.aptc.min(s.premium)) + sum(|s| s.penalty);
    }
    // Medicare bills whole months, at the rate of the first day covered.
    let first = covered.iter().min_by_key(|(segment, _)| segment.first);
    first.map_or(0, |(s, _)| s.premium - s.aptc.min(s.premium) + s.penalty)
}

/// How many days of the month a segment covers.
fn days(segment: &Segment, month: BillingMonth) -> i64 {
    let first: Date = segment.first.max(month.first_day());
    let last = segment
        .last
        .map_or(month.last_day(), |last| last.min(month.last_day()));
    if last < first {
        return 0;
    }
    i64::from((last - first).get_days()) + 1
}
