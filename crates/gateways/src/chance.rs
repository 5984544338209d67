//! Randomness: ids, codes, tokens. Everything else takes what was drawn as a parameter.

use std::sync::Mutex;

use jiff::Timestamp;
use kernel::{
    AccountId, ApplicationId, AttemptId, AuditId, CardRequestId, CheckImageId, ConsentId,
    CoverageId, DelegationId, DocumentId, DrawerId, ErrandId, FactorId, InvoiceId, JournalId,
    LoginId, MandateId, MethodId, NoticeId, OutboxId, PaymentId, PersonId, RefundId, SessionId,
    StaffId, WebhookId, WriteOffId,
};

/// A source of random bytes.
pub trait Chance: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// What any [`Chance`] can draw. Works on `dyn Chance` too.
pub trait Draw: Chance {
    /// A fresh id that sorts by `now`: `chance.id::<PaymentId>(now)`.
    fn id<T: DrawnId>(&self, now: Timestamp) -> T {
        let mut random = [0; 10];
        self.fill(&mut random);
        // Before 1970 is not a time at which an id is drawn; zero keeps the id valid all the same.
        T::from_drawn(u64::try_from(now.as_millisecond()).unwrap_or(0), random)
    }

    /// A code of `length` decimal digits, every one equally likely, for e-mailed codes.
    fn digits(&self, length: usize) -> String {
        let mut code = String::with_capacity(length);
        while code.len() < length {
            let mut byte = [0; 1];
            self.fill(&mut byte);
            // 250 and above would make 0 to 5 likelier than 6 to 9.
            if byte[0] < 250 {
                code.push(char::from(b'0' + byte[0] % 10));
            }
        }
        code
    }

    /// A token of `bytes` random bytes in unpadded URL-safe base64. 32 bytes make a session token.
    fn token(&self, bytes: usize) -> String {
        use base64::Engine as _;
        let mut random = vec![0; bytes];
        self.fill(&mut random);
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random)
    }

    /// A whole number below `bound`, every one equally likely.
    ///
    /// # Panics
    /// If `bound` is zero.
    fn below(&self, bound: u64) -> u64 {
        assert!(bound > 0, "nothing is below zero");
        let fair = u64::MAX - u64::MAX % bound;
        loop {
            let mut bytes = [0; 8];
            self.fill(&mut bytes);
            let drawn = u64::from_le_bytes(bytes);
            if drawn < fair {
                return drawn % bound;
            }
        }
    }
}

impl<C: Chance + ?Sized> Draw for C {}

/// An id of the kernel that [`Draw::id`] can draw.
pub trait DrawnId {
    /// From the milliseconds since 1970 and ten random bytes.
    fn from_drawn(unix_millis: u64, random: [u8; 10]) -> Self;
}

macro_rules! drawn_ids {
    ($($name:ident),+ $(,)?) => {$(
        impl DrawnId for $name {
            fn from_drawn(unix_millis: u64, random: [u8; 10]) -> Self {
                Self::from_parts(unix_millis, random)
            }
        }
    )+};
}

drawn_ids! {
    AccountId, ApplicationId, AttemptId, AuditId, CoverageId, DocumentId, ErrandId, InvoiceId,
    JournalId, LoginId, NoticeId, OutboxId, PaymentId, PersonId, SessionId, WebhookId, ConsentId,
    CardRequestId, FactorId, MandateId, DelegationId, StaffId, MethodId, DrawerId,
    RefundId, WriteOffId, CheckImageId,
}

/// The random source of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer)
            .expect("the operating system always has random bytes once it is up");
    }
}

/// A source that gives the same bytes for the same seed: for tests and for synthetic rosters.
/// Never for codes, tokens or keys that guard something.
#[derive(Debug)]
pub struct SeededChance(Mutex<u64>);

impl SeededChance {
    /// A source that begins at `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        SeededChance(Mutex::new(seed))
    }
}

impl Chance for SeededChance {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let bytes = splitmix(*state).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

/// The output function of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
/// generators, 2014).
fn splitmix(state: u64) -> u64 {
    let mut z = state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_another_seed_does_not() {
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let one: PaymentId = SeededChance::new(1).id(now);
        assert_eq!(one, SeededChance::new(1).id(now));
        assert_ne!(one, SeededChance::new(2).id(now));
    }

    #[test]
    fn the_first_number_of_the_seed_zero_is_the_published_one() {
        let mut bytes = [0; 8];
        SeededChance::new(0).fill(&mut bytes);
        assert_eq!(u64::from_le_bytes(bytes), 0xE220_A839_7B1D_CDAF);
    }

    #[test]
    fn codes_have_the_length_asked_for_and_every_digit_comes_up() {
        let chance: &dyn Chance = &SystemChance;
        assert_eq!(chance.digits(6).len(), 6);
        let many = chance.digits(2_000);
        for digit in '0'..='9' {
            let times = many.matches(digit).count();
            assert!(
                (100..=300).contains(&times),
                "{digit} came up {times} times"
            );
        }
        assert_eq!(chance.token(32).len(), 43);
    }

    #[test]
    fn numbers_stay_below_their_bound() {
        let chance = SeededChance::new(7);
        for bound in [1, 2, 3, 1_000, u64::MAX] {
            for _ in 0..100 {
                assert!(chance.below(bound) < bound);
            }
        }
    }
}
