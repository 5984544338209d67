//! Asking after an answer that never came.
//!
//! The same request with the same key is sent again: the processor then tells what became of the
//! first one. Keys are remembered for 24 hours at least; after that a repeat could take the money a
//! second time, so from then on the attempt is only looked up. What even that does not settle goes
//! to a person. A new key is never an answer.

use jiff::{SignedDuration, Timestamp};

/// When to ask next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Enquiry {
    /// Ask at this time.
    At(Timestamp),
    /// Machines have asked long enough.
    AskAPerson,
}

/// How to ask.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EnquiryWay {
    /// Send the request again with the same idempotency key.
    SameKey,
    /// Look the attempt up by its id, without sending anything that could take money.
    LookUp,
}

/// Seconds to wait before each of the first enquiries. The first eight come within four minutes, so
/// that nearly every outcome is known within five.
const FIRST_WAITS: [i64; 12] = [2, 5, 10, 20, 30, 45, 60, 60, 300, 600, 900, 1800];
const THEN_EVERY: i64 = 3600;
/// Hourly look-ups go on for two days after the processor may have forgotten the key.
const TRIES: u32 = 12 + 72;
/// An hour less than the 24 that processors promise, for clocks that differ.
const KEY_IS_REMEMBERED: SignedDuration = SignedDuration::from_hours(23);

/// When to ask about an unknown outcome after `tries` enquiries without an answer.
#[must_use]
pub fn next_enquiry(tries: u32, now: Timestamp) -> Enquiry {
    if tries >= TRIES {
        return Enquiry::AskAPerson;
    }
    let wait = usize::try_from(tries)
        .ok()
        .and_then(|tries| FIRST_WAITS.get(tries).copied())
        .unwrap_or(THEN_EVERY);
    Enquiry::At(
        now.saturating_add(SignedDuration::from_secs(wait))
            .unwrap_or(now),
    )
}

/// How to ask at `now` about an attempt that was dispatched at `dispatched`.
#[must_use]
pub fn enquiry_way(dispatched: Timestamp, now: Timestamp) -> EnquiryWay {
    if now.duration_since(dispatched) < KEY_IS_REMEMBERED {
        EnquiryWay::SameKey
    } else {
        EnquiryWay::LookUp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    /// The times of all enquiries if none is answered.
    fn schedule() -> Vec<Timestamp> {
        let mut now = start();
        let mut times = Vec::new();
        for tries in 0.. {
            match next_enquiry(tries, now) {
                Enquiry::At(at) => {
                    now = at;
                    times.push(at);
                }
                Enquiry::AskAPerson => break,
            }
        }
        times
    }

    #[test]
    fn the_first_enquiry_comes_within_seconds_and_eight_within_five_minutes() {
        let times = schedule();
        let after = |i: usize| times[i].duration_since(start()).as_secs();
        assert_eq!(after(0), 2);
        assert!(after(7) < 300, "{}", after(7));
        assert!(times.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn the_same_key_is_used_for_a_day_then_only_look_ups_then_a_person() {
        let times = schedule();
        let last = *times.last().unwrap();
        assert!(last.duration_since(start()) > SignedDuration::from_hours(48));
        assert!(last.duration_since(start()) < SignedDuration::from_hours(96));
        for at in times {
            let hours = at.duration_since(start()).as_hours();
            let expected = if hours < 23 {
                EnquiryWay::SameKey
            } else {
                EnquiryWay::LookUp
            };
            assert_eq!(enquiry_way(start(), at), expected, "after {hours} hours");
        }
        assert_eq!(next_enquiry(u32::MAX, start()), Enquiry::AskAPerson);
    }
}
