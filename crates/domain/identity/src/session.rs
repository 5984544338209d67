//! How long a sign-in lasts (OWASP ASVS 5.0 V7.3; PCI DSS 4.0.1, 8.2.8).

use jiff::{SignedDuration, Timestamp};

/// How long a session lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionRules {
    /// Without a click.
    pub idle: SignedDuration,
    /// In all.
    pub absolute: SignedDuration,
}

/// Sessions of members: 15 minutes idle, 12 hours in all.
pub const MEMBER: SessionRules = SessionRules {
    idle: SignedDuration::from_mins(15),
    absolute: SignedDuration::from_hours(12),
};

/// Sessions of staff: 15 minutes idle, 8 hours in all.
pub const STAFF: SessionRules = SessionRules {
    idle: SignedDuration::from_mins(15),
    absolute: SignedDuration::from_hours(8),
};

/// How long before the end a page offers to stay signed in (WCAG 2.2, 2.2.1).
pub const WARN_BEFORE: SignedDuration = SignedDuration::from_mins(2);

/// How long a password reset link holds; it has 128 random bits, is used once, and a newer one ends
/// it (OWASP ASVS 5.0 V6.4.3).
pub const RESET_HOLDS: SignedDuration = SignedDuration::from_mins(30);

/// Why a session ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SessionEnd {
    /// No click for too long.
    Idle,
    /// It lasted as long as one may.
    Absolute,
}

impl SessionRules {
    /// Why a session has ended by `now`, or `None` if it goes on.
    #[must_use]
    pub fn ended(
        self,
        created: Timestamp,
        last_seen: Timestamp,
        now: Timestamp,
    ) -> Option<SessionEnd> {
        if now.duration_since(created) >= self.absolute {
            Some(SessionEnd::Absolute)
        } else if now.duration_since(last_seen) >= self.idle {
            Some(SessionEnd::Idle)
        } else {
            None
        }
    }

    /// When it ends if nothing more is clicked.
    #[must_use]
    pub fn ends_at(self, created: Timestamp, last_seen: Timestamp) -> Timestamp {
        let idle = last_seen.saturating_add(self.idle).unwrap_or(last_seen);
        let absolute = created.saturating_add(self.absolute).unwrap_or(created);
        idle.min(absolute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_when_idle_and_at_the_latest_after_their_time() {
        let at = |minutes: i64| Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap();
        for (last_seen, now, expected) in [
            (0, 14, None),
            (0, 15, Some(SessionEnd::Idle)),
            (10, 24, None),
            (719, 719, None),
            (719, 720, Some(SessionEnd::Absolute)),
            (0, 720, Some(SessionEnd::Absolute)),
        ] {
            assert_eq!(
                MEMBER.ended(at(0), at(last_seen), at(now)),
                expected,
                "seen at {last_seen}, now {now}"
            );
        }
        assert_eq!(MEMBER.ends_at(at(0), at(10)), at(25));
        assert_eq!(MEMBER.ends_at(at(0), at(719)), at(720));
        assert_eq!(
            STAFF.ended(at(0), at(479), at(480)),
            Some(SessionEnd::Absolute)
        );
    }
}
