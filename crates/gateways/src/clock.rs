//! The clock. Everything else takes `now` as a parameter.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Something that knows what time it is.
pub trait Clock: Send + Sync {
    /// This instant.
    fn now(&self) -> Timestamp;
}

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the product reads the clock of the machine"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that moves only when told to: for tests, and for running two years in a minute. Clones
/// show the same time. Microsecond resolution.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        ManualClock(Arc::new(AtomicI64::new(start.as_microsecond())))
    }

    /// Moves the clock, forwards or (with a negative duration) back.
    ///
    /// # Panics
    /// If `by` is more than about 290,000 years.
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).expect("a test does not wait 290,000 years");
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    /// Sets the clock.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.as_microsecond(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst))
            .expect("set only from timestamps and moved by durations that keep it in range")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told_and_clones_agree() {
        let clock = ManualClock::new("2026-02-28T23:59:59Z".parse().unwrap());
        let same = clock.clone();
        assert_eq!(clock.now(), same.now());
        clock.advance(SignedDuration::from_secs(2));
        assert_eq!(same.now(), "2026-03-01T00:00:01Z".parse().unwrap());
        same.set("2027-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(clock.now(), "2027-01-01T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn the_system_clock_does_not_run_backwards_within_a_moment() {
        let first = SystemClock.now();
        assert!(SystemClock.now() >= first);
    }
}
