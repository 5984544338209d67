//! Figures: how many, how fast, and how slow the slowest were.
#![expect(
    clippy::float_arithmetic,
    reason = "rates and ratios of a benchmark; no money"
)]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index into times"
)]

use std::fmt;
use std::time::Duration;

/// Times of single requests, sorted.
#[derive(Debug, Clone)]
pub struct Percentiles(Vec<Duration>);

impl Percentiles {
    /// Of these times.
    #[must_use]
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Percentiles(times)
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that `part` of a hundred did not exceed.
    #[must_use]
    pub fn at(&self, part: f64) -> Duration {
        let last = self.0.len().saturating_sub(1);
        let index = (last as f64 * part / 100.0).round() as usize;
        self.0.get(index).copied().unwrap_or_default()
    }
}

/// What one run came to.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The times of its requests.
    pub times: Percentiles,
    /// How long it took in all.
    pub wall: Duration,
}

impl Figure {
    /// How many times as many requests a second this is as `other`.
    #[must_use]
    pub fn times_as_fast_as(&self, other: &Figure) -> f64 {
        ratio(self.per_second(), other.per_second())
    }

    /// Requests a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.times.count() as f64 / self.wall.as_secs_f64().max(1e-9)
    }
}

/// One rate by another, which is never taken for nothing.
#[must_use]
pub fn ratio(rate: f64, by: f64) -> f64 {
    rate / by.max(0.001)
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>9.1}/s  p50 {:>7.2} ms  p99 {:>7.2} ms  ({} in {:.1} s)",
            self.per_second(),
            self.times.at(50.0).as_secs_f64() * 1e3,
            self.times.at(99.0).as_secs_f64() * 1e3,
            self.times.count(),
            self.wall.as_secs_f64(),
        )
    }
}
