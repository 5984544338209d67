//! One-time codes sent by e-mail (OWASP ASVS 5.0 V6.5, V6.6): six digits, ten minutes, five tries,
//! one use, bound to the form that asked for it.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use kernel::digits_of;

/// How long a code holds.
pub const HOLDS: SignedDuration = SignedDuration::from_mins(10);
/// How many times it may be typed.
pub const TRIES: u32 = 5;
/// How soon another one may be asked for.
pub const AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// A one-time code. `Debug` does not show it. Only a keyed hash of it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode(String);

impl OneTimeCode {
    /// A code from eight random bytes; the unevenness of the remainder is below one in ten billion.
    #[must_use]
    pub fn from_random(random: [u8; 8]) -> Self {
        OneTimeCode(format!("{:06}", u64::from_be_bytes(random) % 1_000_000))
    }

    /// Reads a code in any grouping; `None` if it is not six digits.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        digits_of(typed)
            .filter(|digits| digits.len() == 6)
            .map(OneTimeCode)
    }

    /// The six digits, for the message and for hashing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

/// What is kept of a code that was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IssuedCode {
    /// When it was sent.
    pub sent_at: Timestamp,
    /// How many wrong codes were typed.
    pub wrong_tries: u32,
    /// True once it was used.
    pub used: bool,
}

/// Why a code does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefusal {
    /// It is not the code; it may be typed again.
    #[error("this is not the code; {left} tries left")]
    Wrong {
        /// How often it may still be typed.
        left: u32,
    },
    /// Too many wrong tries.
    #[error("the code was typed wrong too often; ask for a new one")]
    TooManyTries,
    /// It is too old.
    #[error("the code has expired; ask for a new one")]
    Expired,
    /// It was used.
    #[error("the code was used already; ask for a new one")]
    Used,
}

impl IssuedCode {
    /// Whether a typed code opens the door. `same` says whether it is the one that was sent. A
    /// right code that came too late or after too many tries is refused as a wrong one would be.
    ///
    /// # Errors
    /// [`CodeRefusal`]. After [`CodeRefusal::Wrong`] the caller counts one more wrong try.
    pub fn judge(&self, same: bool, now: Timestamp) -> Result<(), CodeRefusal> {
        if self.used {
            return Err(CodeRefusal::Used);
        }
        if now.duration_since(self.sent_at) >= HOLDS {
            return Err(CodeRefusal::Expired);
        }
        if self.wrong_tries >= TRIES {
            return Err(CodeRefusal::TooManyTries);
        }
        if same {
            return Ok(());
        }
        match TRIES - self.wrong_tries - 1 {
            0 => Err(CodeRefusal::TooManyTries),
            left => Err(CodeRefusal::Wrong { left }),
        }
    }

    /// True if another code may be sent.
    #[must_use]
    pub fn may_send_again(&self, now: Timestamp) -> bool {
        now.duration_since(self.sent_at) >= AGAIN_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits_and_is_not_shown() {
        assert_eq!(OneTimeCode::from_random([0; 8]).expose(), "000000");
        let code = OneTimeCode::from_random([7; 8]);
        assert_eq!(code.expose().len(), 6);
        assert!(!format!("{code:?}").contains(code.expose()));
        let (a, b) = code.expose().split_at(3);
        assert_eq!(OneTimeCode::parse(&format!(" {a} {b}")), Some(code));
        for wrong in ["", "12345", "1234567", "12345a"] {
            assert_eq!(OneTimeCode::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_holds_ten_minutes_five_tries_and_once() {
        use CodeRefusal as R;
        let sent_at = Timestamp::from_second(1_800_000_000).unwrap();
        for (wrong_tries, used, after, same, expected) in [
            (0, false, 0, true, Ok(())),
            (4, false, 599, true, Ok(())),
            (0, false, 600, true, Err(R::Expired)),
            (0, false, 60, false, Err(R::Wrong { left: 4 })),
            (3, false, 60, false, Err(R::Wrong { left: 1 })),
            (4, false, 60, false, Err(R::TooManyTries)),
            (5, false, 60, true, Err(R::TooManyTries)),
            (0, true, 60, true, Err(R::Used)),
        ] {
            let issued = IssuedCode {
                sent_at,
                wrong_tries,
                used,
            };
            let now = sent_at + SignedDuration::from_secs(after);
            assert_eq!(issued.judge(same, now), expected, "{issued:?} {after}");
            assert_eq!(issued.may_send_again(now), after >= 60);
        }
    }
}
