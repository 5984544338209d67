//! User IDs: the names people sign in with.

use kernel::digits_of;

/// A user ID: 6 to 64 letters, digits, points, dashes, underscores and `@`. Kept as typed, compared
/// without regard to case. It is not only digits, because people would take member IDs, birth dates
/// and social security numbers, which others know or must not.
#[derive(Clone, Debug)]
pub struct UserId(String);

/// Why a user ID could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserIdError {
    /// Nothing was typed.
    #[error("enter a user ID")]
    Empty,
    /// Fewer than 6 or more than 64 characters.
    #[error("a user ID has 6 to 64 characters; found {found}")]
    WrongLength {
        /// How many characters there were.
        found: usize,
    },
    /// A character that it cannot have.
    #[error("a user ID has letters, digits and . - _ @ only, and no spaces")]
    WrongCharacter,
    /// Only digits.
    #[error("a user ID needs a letter; do not use a member ID, a birth date or a card number")]
    OnlyDigits,
}

impl UserId {
    /// Reads a user ID; spaces around it do not count.
    ///
    /// # Errors
    /// [`UserIdError`].
    pub fn parse(typed: &str) -> Result<Self, UserIdError> {
        let text = typed.trim();
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
        match text.chars().count() {
            0 => return Err(UserIdError::Empty),
            6..=64 => {}
            found => return Err(UserIdError::WrongLength { found }),
        }
        if !text.chars().all(allowed) {
            return Err(UserIdError::WrongCharacter);
        }
        if digits_of(text).is_some() || !text.contains(|c: char| c.is_ascii_alphabetic()) {
            return Err(UserIdError::OnlyDigits);
        }
        Ok(UserId(text.to_owned()))
    }

    /// As typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For comparing and for the unique key: lower case.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl PartialEq for UserId {
    fn eq(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }
}

impl Eq for UserId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_ids_are_read_with_a_sentence_for_each_mistake() {
        use UserIdError as E;
        for (typed, expected) in [
            ("maria.pena", Ok("maria.pena")),
            ("  Maria_80 ", Ok("Maria_80")),
            ("maria@example.com", Ok("maria@example.com")),
            ("", Err(E::Empty)),
            ("maria", Err(E::WrongLength { found: 5 })),
            ("maria pena", Err(E::WrongCharacter)),
            ("mariapeña", Err(E::WrongCharacter)),
            ("<script>", Err(E::WrongCharacter)),
            ("12345678901", Err(E::OnlyDigits)),
            ("123-45-6789", Err(E::OnlyDigits)),
            ("02_29_1980", Err(E::OnlyDigits)),
        ] {
            let found = UserId::parse(typed);
            let found = found.as_ref().map(UserId::as_str).map_err(Clone::clone);
            assert_eq!(found, expected, "{typed}");
        }
        let long = "a".repeat(65);
        assert_eq!(UserId::parse(&long), Err(E::WrongLength { found: 65 }));
    }

    #[test]
    fn case_does_not_make_another_user_id() {
        assert_eq!(
            UserId::parse("Maria.Pena").unwrap(),
            UserId::parse("maria.pena").unwrap()
        );
    }
}
