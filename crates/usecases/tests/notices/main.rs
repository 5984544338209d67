//! Notices, on both databases.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod words;

fn minutes(minutes: i64) -> jiff::SignedDuration {
    jiff::SignedDuration::from_mins(minutes)
}
