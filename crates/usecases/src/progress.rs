//! How far a long piece of work is, told to whoever watches.

/// Somebody who watches a long piece of work.
pub trait Progress: Send + Sync {
    /// How much there is to do in all; may be said again when it turns out otherwise.
    fn total(&self, amount: u64);
    /// So much more is done.
    fn done(&self, amount: u64);
    /// What is going on, in a few words.
    fn note(&self, words: &str);
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn total(&self, _: u64) {}
    fn done(&self, _: u64) {}
    fn note(&self, _: &str) {}
}
