//! E-mail addresses, ZIP codes, names and languages, parsed once.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digits_of;

/// The languages the product speaks.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// All languages.
    pub const ALL: [Language; 2] = [Language::English, Language::Spanish];

    /// The tag of RFC 5646: `en` or `es`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Spanish => "es",
        }
    }

    /// From a language tag or an ISO 639-2 code as 834 files carry it: `en`, `es-US`, `SPA`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.trim().to_ascii_lowercase().as_str() {
            "en" | "eng" | "en-us" => Some(Language::English),
            "es" | "spa" | "es-us" | "es-419" => Some(Language::Spanish),
            _ => None,
        }
    }
}

/// An e-mail address: one `@`, a name before it, a domain with a point after it, no spaces or
/// control characters, at most 254 bytes (RFC 5321 section 4.5.3.1). Kept as typed; compared
/// without regard to case.
#[derive(Clone, Debug)]
pub struct Email(String);

/// Why an e-mail address could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("enter an e-mail address like name@example.com")]
pub struct EmailError;

impl Email {
    /// Reads an e-mail address.
    ///
    /// # Errors
    /// [`EmailError`] if it cannot be one.
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        let text = typed.trim();
        let (name, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let bad = |c: char| c.is_whitespace() || c.is_control() || "<>()[]\\,;:\"".contains(c);
        let labels_hold = domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
        let holds = !name.is_empty()
            && !name.contains('@')
            && name.len() <= 64
            && text.len() <= 254
            && domain.contains('.')
            && labels_hold
            && !text.contains(bad);
        if holds {
            Ok(Email(text.to_owned()))
        } else {
            Err(EmailError)
        }
    }

    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address with its name hidden but for the first letter: `m•••@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (name, domain) = self.0.rsplit_once('@').unwrap_or(("", &self.0));
        let first: String = name.chars().take(1).collect();
        format!("{first}•••@{domain}")
    }

    /// For comparing: lower case.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }
}

impl Eq for Email {}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The five digits of a ZIP code. A ZIP+4 is read, its last four digits are dropped.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Zip(String);

/// Why a ZIP code could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a ZIP code has 5 digits, such as 06032")]
pub struct ZipError;

impl Zip {
    /// Reads `06032` or `06032-1234`.
    ///
    /// # Errors
    /// [`ZipError`] if there are not 5 or 9 digits.
    pub fn parse(typed: &str) -> Result<Self, ZipError> {
        let digits = digits_of(typed).ok_or(ZipError)?;
        match digits.len() {
            5 | 9 => Ok(Zip(digits[..5].to_owned())),
            _ => Err(ZipError),
        }
    }

    /// The five digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name for comparing: lower case, accents taken off, everything but letters dropped, so that
/// `Peña-José` and `PENA JOSE` are the same.
#[must_use]
pub fn plain_name(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .map(without_accent)
        .filter(|c| c.is_alphabetic())
        .collect()
}

fn without_accent(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ì'..='ï' | 'ī' | 'į' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ś' | 'š' | 'ş' => 's',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ł' => 'l',
        'đ' => 'd',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_cannot_be_written_to_are_refused() {
        for good in ["a@b.co", "maria.lopez+plan@correo.example.com", " x@y.org "] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.co",
            "a@b.",
            "a b@c.co",
            "a@b.co\r\nBcc: x@y.zz",
            "a@@b.co",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            Email::parse("maria@example.com").unwrap().masked(),
            "m•••@example.com"
        );
        assert_eq!(Email::parse("A@B.co"), Email::parse("a@b.CO"));
    }

    #[test]
    fn a_zip_plus_four_counts_by_its_first_five() {
        assert_eq!(Zip::parse("06032-1234").unwrap().as_str(), "06032");
        assert!(Zip::parse("6032").is_err());
        assert!(Zip::parse("0603A").is_err());
    }

    #[test]
    fn names_compare_without_accents_case_or_punctuation() {
        assert_eq!(plain_name("Peña-José"), plain_name("PENA JOSE"));
        assert_eq!(plain_name("O’Brien"), "obrien");
        assert_ne!(plain_name("Smith"), plain_name("Smyth"));
    }

    #[test]
    fn languages_are_known_by_tag_and_by_file_code() {
        assert_eq!(Language::from_tag("SPA"), Some(Language::Spanish));
        assert_eq!(Language::from_tag("en"), Some(Language::English));
        assert_eq!(Language::from_tag("fr"), None);
    }
}
