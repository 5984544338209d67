//! Whether a declined card charge may be tried again. The card networks change these rules and
//! publish them to their members, so every figure comes from the plan's configuration.

use std::collections::BTreeSet;

/// The rule of one card network, from a date on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardRetryRule {
    /// Response or advice codes after which nothing may be tried again, as the processor sends
    /// them.
    pub final_codes: BTreeSet<String>,
    /// Final codes by which the cardholder takes the standing permission back: the mandate ends.
    pub revoking_codes: BTreeSet<String>,
    /// The most tries of one card and amount in 24 hours, the first included.
    pub most_in_a_day: Option<u32>,
    /// The most tries of one card and amount in 30 days, the first included.
    pub most_in_30_days: u32,
}

/// How often the same card and amount were tried.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CardTries {
    /// In the last 24 hours.
    pub in_a_day: u32,
    /// In the last 30 days.
    pub in_30_days: u32,
}

/// Whether to try again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CardRetry {
    /// Allowed.
    Allowed,
    /// Not today.
    NotToday,
    /// Not before the oldest try is 30 days old.
    LimitReached,
    /// Never with this card.
    Never,
    /// Never, and the mandate ends: the cardholder took the permission back.
    Revoked,
}

/// Whether a charge that was declined with `code` may be tried again. A code is compared as it is;
/// one that the rule does not list is an ordinary decline.
#[must_use]
pub fn card_retry(rule: &CardRetryRule, code: &str, tries: CardTries) -> CardRetry {
    if rule.revoking_codes.contains(code) {
        CardRetry::Revoked
    } else if rule.final_codes.contains(code) {
        CardRetry::Never
    } else if tries.in_30_days >= rule.most_in_30_days {
        CardRetry::LimitReached
    } else if rule
        .most_in_a_day
        .is_some_and(|most| tries.in_a_day >= most)
    {
        CardRetry::NotToday
    } else {
        CardRetry::Allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_codes_and_the_networks_counts_end_the_tries() {
        let codes = |list: &[&str]| list.iter().map(|c| (*c).to_owned()).collect();
        let rule = CardRetryRule {
            final_codes: codes(&["04", "41", "43"]),
            revoking_codes: codes(&["R0", "R1"]),
            most_in_a_day: Some(10),
            most_in_30_days: 35,
        };
        for (code, in_a_day, in_30_days, expected) in [
            ("51", 1, 1, CardRetry::Allowed),
            ("51", 9, 9, CardRetry::Allowed),
            ("51", 10, 10, CardRetry::NotToday),
            ("51", 0, 34, CardRetry::Allowed),
            ("51", 0, 35, CardRetry::LimitReached),
            ("41", 1, 1, CardRetry::Never),
            ("R1", 1, 1, CardRetry::Revoked),
        ] {
            let tries = CardTries {
                in_a_day,
                in_30_days,
            };
            assert_eq!(card_retry(&rule, code, tries), expected, "{code} {tries:?}");
        }
        let monthly = CardRetryRule {
            most_in_a_day: None,
            ..rule
        };
        let tries = CardTries {
            in_a_day: 34,
            in_30_days: 34,
        };
        assert_eq!(card_retry(&monthly, "51", tries), CardRetry::Allowed);
    }
}
