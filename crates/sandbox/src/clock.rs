//! The sandbox is another machine than the merchant's, so it has a clock of its own.

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the sandbox reads the clock"
)]
pub(crate) fn now_millis() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
