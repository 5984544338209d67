//! How often something may be tried.
//!
//! One counter per thing that is counted: a member ID, a user ID, a network address. A counter
//! holds how many tries fell into the current stretch of time; when the limit is reached, nothing
//! is let through for a while, and what is counted is counted for things that do not exist too.

use jiff::{SignedDuration, Timestamp};

/// A limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// How many tries are let through.
    pub most: u32,
    /// In how long a stretch of time, from the first of them.
    pub within: SignedDuration,
    /// How long to wait after the last one let through.
    pub wait: SignedDuration,
}

const fn limit(most: u32, within_minutes: i64, wait_minutes: i64) -> Limit {
    Limit {
        most,
        within: SignedDuration::from_mins(within_minutes),
        wait: SignedDuration::from_mins(wait_minutes),
    }
}

/// Guest look-ups of one member ID.
pub const GUEST_BY_MEMBER: Limit = limit(5, 60, 60);
/// Guest look-ups from one network address.
pub const GUEST_BY_ADDRESS: Limit = limit(20, 60, 60);
/// Wrong passwords for one user ID (PCI DSS 4.0.1, 8.3.4: at most 10, then at least 30 minutes).
pub const SIGN_IN_BY_USER_ID: Limit = limit(10, 30, 30);
/// Wrong passwords from one network address.
pub const SIGN_IN_BY_ADDRESS: Limit = limit(50, 10, 10);
/// Registrations tried with one member ID.
pub const REGISTER_BY_MEMBER: Limit = limit(5, 60, 60);
/// Registrations and password resets tried from one network address.
pub const REGISTER_BY_ADDRESS: Limit = limit(20, 60, 60);
/// Codes sent to one place.
pub const CODES_BY_RECIPIENT: Limit = limit(5, 60, 60);
/// Second factors that were wrong, for one sign-in (OWASP ASVS 5.0 V6.3.1): with six digits and
/// three codes good at a time, ten tries find one in 33,000 times.
pub const FACTORS_BY_HOLDER: Limit = limit(10, 30, 30);
/// Second factors that were wrong, from one network address.
pub const FACTORS_BY_ADDRESS: Limit = limit(50, 30, 30);
/// Declined cards from one network address: somebody is trying out stolen cards.
pub const DECLINES_BY_ADDRESS: Limit = limit(5, 60, 60);

/// What is kept for one thing that is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counter {
    /// How many tries in the current stretch.
    pub count: u32,
    /// When the stretch began.
    pub since: Timestamp,
    /// The last try.
    pub last: Timestamp,
}

/// Whether a try is let through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is.
    Allowed,
    /// Not before this time.
    WaitUntil(Timestamp),
}

/// Whether a try is let through now.
#[must_use]
pub fn allowed(counter: Option<&Counter>, limit: Limit, now: Timestamp) -> Verdict {
    match counter {
        Some(counter) if counter.count >= limit.most => {
            let until = counter
                .last
                .saturating_add(limit.wait)
                .unwrap_or(counter.last);
            if now < until {
                Verdict::WaitUntil(until)
            } else {
                Verdict::Allowed
            }
        }
        _ => Verdict::Allowed,
    }
}

/// The counter after a try that was let through. Tries that were not are not counted, so that
/// nobody can be kept out for ever by somebody else's tries.
#[must_use]
pub fn counted(counter: Option<&Counter>, limit: Limit, now: Timestamp) -> Counter {
    match counter {
        Some(counter) if goes_on(counter, limit, now) => Counter {
            count: counter.count.saturating_add(1),
            since: counter.since,
            last: now,
        },
        _ => Counter {
            count: 1,
            since: now,
            last: now,
        },
    }
}

fn goes_on(counter: &Counter, limit: Limit, now: Timestamp) -> bool {
    counter.count < limit.most && now.duration_since(counter.since) < limit.within
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn the_sixth_guest_look_up_of_an_hour_waits() {
        let mut counter = None;
        for second in 0..5 {
            assert_eq!(
                allowed(counter.as_ref(), GUEST_BY_MEMBER, at(second)),
                Verdict::Allowed
            );
            counter = Some(counted(counter.as_ref(), GUEST_BY_MEMBER, at(second)));
        }
        let until = at(4 + 3600);
        assert_eq!(
            allowed(counter.as_ref(), GUEST_BY_MEMBER, at(5)),
            Verdict::WaitUntil(until)
        );
        assert_eq!(
            allowed(counter.as_ref(), GUEST_BY_MEMBER, at(3603)),
            Verdict::WaitUntil(until)
        );
        assert_eq!(
            allowed(counter.as_ref(), GUEST_BY_MEMBER, at(3604)),
            Verdict::Allowed
        );
        assert_eq!(
            counted(counter.as_ref(), GUEST_BY_MEMBER, at(3604)).count,
            1
        );
    }

    #[test]
    fn slow_tries_begin_a_new_stretch() {
        let mut counter = counted(None, SIGN_IN_BY_USER_ID, at(0));
        for i in 1..100 {
            counter = counted(Some(&counter), SIGN_IN_BY_USER_ID, at(i * 600));
            assert_eq!(
                allowed(Some(&counter), SIGN_IN_BY_USER_ID, at(i * 600)),
                Verdict::Allowed
            );
        }
    }

    proptest! {
        #[test]
        fn no_stretch_of_tries_lets_more_through_than_twice_the_limit(
            gaps in prop::collection::vec(0_i64..600, 1..200),
        ) {
            // A window that begins anew can put the end of one stretch beside the start of the
            // next.
            let limit = GUEST_BY_MEMBER;
            let mut counter: Option<Counter> = None;
            let mut let_through: Vec<i64> = Vec::new();
            let mut now = 0;
            for gap in gaps {
                now += gap;
                if allowed(counter.as_ref(), limit, at(now)) == Verdict::Allowed {
                    counter = Some(counted(counter.as_ref(), limit, at(now)));
                    let_through.push(now);
                }
            }
            for first in &let_through {
                let in_hour = let_through.iter().filter(|t| (*first..*first + 3600).contains(t)).count();
                prop_assert!(in_hour <= 10, "{in_hour} in an hour");
            }
        }
    }
}
