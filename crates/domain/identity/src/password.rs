//! Which passwords are refused (NIST SP 800-63B-4 section 3.1.1.2; OWASP ASVS 5.0 V6.2).
//!
//! Length and a list of what is tried first. No rules of composition, no rotation, no hints, and
//! every character counts, spaces and Unicode too.

/// The lengths a plan asks for, in characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PasswordRules {
    /// The fewest: 15 where the password is the only factor, 8 beside a second one.
    pub least: usize,
    /// The most: at least 64. More is refused rather than cut off.
    pub most: usize,
}

impl Default for PasswordRules {
    fn default() -> Self {
        PasswordRules {
            least: 15,
            most: 128,
        }
    }
}

/// Why a password is refused. Never with the password in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Too short.
    #[error("a password has at least {least} characters; a few words are easy to remember")]
    TooShort {
        /// The fewest.
        least: usize,
    },
    /// Too long.
    #[error("a password has at most {most} characters")]
    TooLong {
        /// The most.
        most: usize,
    },
    /// One of the passwords that everybody tries first.
    #[error("this password is on a list that attackers try first; choose another")]
    Common,
    /// Hardly more than the name of the person, the plan or the user ID.
    #[error("this password is too close to your name, your user ID or the plan's name")]
    Context,
    /// The same few characters over and over, or in a row as on the keyboard.
    #[error("this password repeats itself or runs in a row; choose another")]
    Pattern,
}

/// How many characters must be left when words of the context are taken out.
const LEFT_WITHOUT_CONTEXT: usize = 6;
/// Shorter words of the context, such as a first name Al, say nothing.
const CONTEXT_WORD: usize = 4;
/// Fewer different characters make a pattern.
const DIFFERENT: usize = 5;

/// Checks a password that somebody wants to set. `is_common` is asked with the password in lower
/// case, and without digits and signs at its end. `context` are names: of the person, the user ID,
/// the e-mail address, the plan.
///
/// # Errors
/// [`PasswordRefusal`], with what to do.
pub fn check_password(
    password: &str,
    rules: PasswordRules,
    is_common: &dyn Fn(&str) -> bool,
    context: &[&str],
) -> Result<(), PasswordRefusal> {
    let length = password.chars().count();
    if length < rules.least {
        return Err(PasswordRefusal::TooShort { least: rules.least });
    }
    if length > rules.most {
        return Err(PasswordRefusal::TooLong { most: rules.most });
    }
    let folded = password.to_lowercase();
    let bare = folded.trim_end_matches(|c: char| !c.is_alphabetic());
    if is_common(&folded) || (!bare.is_empty() && is_common(bare)) {
        return Err(PasswordRefusal::Common);
    }
    if is_mostly_context(&folded, context) {
        return Err(PasswordRefusal::Context);
    }
    if is_pattern(&folded) {
        return Err(PasswordRefusal::Pattern);
    }
    Ok(())
}

fn is_mostly_context(folded: &str, context: &[&str]) -> bool {
    let mut words: Vec<String> = context
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()).chain([*name]))
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= CONTEXT_WORD)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut left = folded.to_owned();
    for word in &words {
        left = left.replace(word.as_str(), "");
    }
    left != folded && left.chars().filter(|c| c.is_alphanumeric()).count() < LEFT_WITHOUT_CONTEXT
}

fn is_pattern(folded: &str) -> bool {
    let characters: Vec<char> = folded.chars().collect();
    let mut different = characters.clone();
    different.sort_unstable();
    different.dedup();
    let in_a_row = |step: i64| {
        characters
            .windows(2)
            .filter(|w| i64::from(u32::from(w[1])) - i64::from(u32::from(w[0])) == step)
            .count()
    };
    let longest_run = in_a_row(1).max(in_a_row(-1));
    let repeats = (1..=characters.len() / 2).any(|n| {
        n < LEFT_WITHOUT_CONTEXT && characters.iter().zip(&characters[n..]).all(|(a, b)| a == b)
    });
    different.len() < DIFFERENT || repeats || longest_run * 4 >= characters.len() * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), PasswordRefusal> {
        let common = ["correcthorsebatterystaple", "passwordpassword"];
        check_password(
            password,
            PasswordRules::default(),
            &|p| common.contains(&p),
            &["Maria", "Peña-Cruz", "mariapena80", "ConnectiCare", "Al"],
        )
    }

    #[test]
    fn passwords_are_judged_by_length_and_by_what_is_tried_first() {
        use PasswordRefusal as R;
        let longest = "a b c d ".repeat(16);
        let too_long = format!("{longest}!");
        for (password, expected) in [
            ("violet otter drives", Ok(())),
            ("ñandú corre por la pampa", Ok(())),
            ("               spaces count here", Ok(())),
            ("all lower case no digits", Ok(())),
            ("short", Err(R::TooShort { least: 15 })),
            ("fourteen chars", Err(R::TooShort { least: 15 })),
            (too_long.as_str(), Err(R::TooLong { most: 128 })),
            ("CorrectHorseBatteryStaple", Err(R::Common)),
            ("passwordpassword2026!", Err(R::Common)),
            ("ConnectiCare2026!", Err(R::Context)),
            ("mariapena80maria", Err(R::Context)),
            ("ConnectiCare makes otters happy", Ok(())),
            ("aaaaaaaaaaaaaaaaaa", Err(R::Pattern)),
            ("abcabcabcabcabcabc", Err(R::Pattern)),
            ("otteotteotteotteotte", Err(R::Pattern)),
            ("abcdefghijklmnopqrst", Err(R::Pattern)),
            ("zyxwvutsrqponmlkji", Err(R::Pattern)),
        ] {
            assert_eq!(check(password), expected, "{password}");
        }
    }

    #[test]
    fn sixty_four_characters_and_more_are_taken() {
        let long = "every otter in the river swims against the stream on sunny days, always";
        assert!(long.chars().count() > 64);
        assert_eq!(check(long), Ok(()));
    }

    #[test]
    fn length_counts_characters_and_not_bytes() {
        let fourteen = "ñañáéíóúüçàèìò";
        assert_eq!(fourteen.chars().count(), 14);
        assert!(fourteen.len() > 15);
        assert_eq!(
            check(fourteen),
            Err(PasswordRefusal::TooShort { least: 15 })
        );
    }

    #[test]
    fn with_a_second_factor_eight_are_enough() {
        let rules = PasswordRules { least: 8, most: 64 };
        assert_eq!(check_password("kq7 vbz2", rules, &|_| false, &[]), Ok(()));
    }
}
