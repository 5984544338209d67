//! How often something may be tried.

use jiff::{SignedDuration, Timestamp};

/// At most so many tries within a window that slides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many tries; at least 1.
    pub most: u32,
    /// Within how many minutes.
    pub window_minutes: u16,
}

impl Limit {
    /// Tries before this no longer count.
    #[must_use]
    pub fn since(&self, now: Timestamp) -> Timestamp {
        now - SignedDuration::from_mins(i64::from(self.window_minutes))
    }

    /// For how many minutes no more may be tried, rounded up, given when the `most`th newest try was;
    /// `None` if one more may be made.
    #[must_use]
    pub fn minutes_to_wait(&self, nth_newest: Option<Timestamp>, now: Timestamp) -> Option<u32> {
        let free_at = nth_newest? + SignedDuration::from_mins(i64::from(self.window_minutes));
        let seconds = u32::try_from((free_at - now).as_secs()).ok()?;
        Some(seconds.div_ceil(60).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_until_the_oldest_try_that_counts_leaves_the_window() {
        let limit = Limit {
            most: 5,
            window_minutes: 30,
        };
        let now: Timestamp = "2026-12-01T15:00:00Z".parse().unwrap();
        let ago = |seconds| Some(now - SignedDuration::from_secs(seconds));
        for (nth_newest, wait) in [
            (None, None),
            (ago(0), Some(30)),
            (ago(61), Some(29)),
            (ago(29 * 60), Some(1)),
            (ago(30 * 60 - 1), Some(1)),
        ] {
            assert_eq!(
                limit.minutes_to_wait(nth_newest, now),
                wait,
                "{nth_newest:?}"
            );
        }
        assert_eq!(limit.since(now), now - SignedDuration::from_mins(30));
    }
}
