//! Notices, on both databases.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod bounces;
mod choices;
mod letters;
mod previews;
mod privacy;
mod reminders;
mod scene;
mod smtp;
mod unsubscribe;
mod words;

fn minutes(minutes: i64) -> jiff::SignedDuration {
    jiff::SignedDuration::from_mins(minutes)
}
