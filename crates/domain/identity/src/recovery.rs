//! Recovery codes: for the day the telephone is lost. Ten, shown once, each good once (NIST
//! SP 800-63B-4 section 3.1.2, look-up secrets).

/// How many are made at once.
pub const COUNT: usize = 10;
/// With so few left, a page asks to make new ones.
pub const FEW: u32 = 3;

/// Letters and digits that nobody takes for each other.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";
/// How many of [`LETTERS`] are drawn from: the dash is not one of them.
const DRAWN: usize = 31;
const LENGTH: usize = 10;

/// A recovery code: ten letters and digits. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A code from random bytes: each of the ten characters from two of them, whose remainder is
    /// even to within one in two thousand.
    #[must_use]
    pub fn from_random(random: &[u8; 20]) -> Self {
        let letter = |two: &[u8]| {
            let drawn = usize::from(two[0]) << 8 | usize::from(two[1]);
            char::from(LETTERS[drawn % DRAWN])
        };
        RecoveryCode(random.chunks_exact(2).map(letter).collect())
    }

    /// Reads a code in any case and grouping; `None` if it cannot be one.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let code: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let ours = |c: char| {
            LETTERS[..DRAWN]
                .iter()
                .any(|letter| char::from(*letter) == c)
        };
        (code.len() == LENGTH && code.chars().all(ours)).then_some(RecoveryCode(code))
    }

    /// The ten characters, for hashing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// As it is shown: two groups of five.
    #[must_use]
    pub fn grouped(&self) -> String {
        let (a, b) = self.0.split_at(LENGTH / 2);
        format!("{a}-{b}")
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_back_as_it_is_shown_and_in_any_case() {
        let mut random = [0_u8; 20];
        for (n, byte) in (0_u8..).zip(random.iter_mut()) {
            *byte = n.wrapping_mul(37);
        }
        let code = RecoveryCode::from_random(&random);
        assert_eq!(code.expose().len(), LENGTH);
        assert!(!format!("{code:?}").contains(code.expose()));
        for typed in [
            code.grouped(),
            code.expose().to_owned(),
            format!(" {} ", code.grouped().to_uppercase()),
        ] {
            assert_eq!(RecoveryCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        for wrong in [
            "",
            "abcde",
            "abcde-fghjl",
            "abcde-fghjkm",
            "abcde-fgh0k",
            "ábcdefghjk",
        ] {
            assert_eq!(RecoveryCode::parse(wrong), None, "{wrong}");
        }
    }
}
