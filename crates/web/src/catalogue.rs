//! The sentences of every page, one catalogue for each language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kernel::Language;

/// The sentences in one language.
///
/// A key is the name of its table and its name in the table, joined with a dash: `[amount] title`
/// is `amount-title`.
#[derive(Debug)]
pub struct Catalogue {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug)]
enum Entry {
    Always(String),
    ByCount { one: String, other: String },
}

/// Why a sentence cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// The file is not TOML, or has something other than sentences in it.
    #[error("write the string catalogue as tables of sentences: {0}")]
    File(String),
    /// There is no such sentence.
    #[error("add the sentence \"{0}\" to the string catalogues")]
    Missing(String),
    /// The sentence has a mark that nobody filled.
    #[error("give a value for {{{mark}}} in \"{key}\"")]
    Unfilled {
        /// The sentence.
        key: String,
        /// The mark.
        mark: String,
    },
}

static ENGLISH: LazyLock<Catalogue> =
    LazyLock::new(|| embedded(include_str!("../strings/en.toml")));
static SPANISH: LazyLock<Catalogue> =
    LazyLock::new(|| embedded(include_str!("../strings/es.toml")));

fn embedded(text: &str) -> Catalogue {
    Catalogue::read(text).expect("a test reads the catalogues that are built in")
}

impl Catalogue {
    /// The catalogue of a language.
    #[must_use]
    pub fn of(language: Language) -> &'static Catalogue {
        match language {
            Language::English => &ENGLISH,
            Language::Spanish => &SPANISH,
        }
    }

    /// Reads a catalogue.
    ///
    /// # Errors
    /// [`CatalogueError::File`].
    pub fn read(text: &str) -> Result<Self, CatalogueError> {
        let table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| CatalogueError::File(error.to_string()))?;
        let mut entries = BTreeMap::new();
        for (group, sentences) in table {
            let toml::Value::Table(sentences) = sentences else {
                return Err(CatalogueError::File(format!(
                    "\"{group}\" stands outside a table"
                )));
            };
            for (name, value) in sentences {
                let key = format!("{group}-{name}");
                entries.insert(key.clone(), entry(&key, value)?);
            }
        }
        Ok(Catalogue { entries })
    }

    /// Every key, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// True if there is such a sentence.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// The marks in a sentence, in order.
    #[must_use]
    pub fn marks(&self, key: &str) -> Vec<String> {
        let text = match self.entries.get(key) {
            Some(Entry::Always(text)) => text.clone(),
            Some(Entry::ByCount { one, other }) => format!("{one}{other}"),
            None => String::new(),
        };
        let mut marks: Vec<String> = text
            .split('{')
            .skip(1)
            .filter_map(|after| after.split_once('}').map(|(mark, _)| mark.to_owned()))
            .collect();
        marks.sort();
        marks.dedup();
        marks
    }

    /// The sentence `key` with its marks filled: `("amount", "$86.40")` fills `{amount}`. A
    /// sentence with two forms takes the first if `count` is 1.
    ///
    /// # Errors
    /// [`CatalogueError::Missing`], [`CatalogueError::Unfilled`].
    pub fn sentence(&self, key: &str, values: &[(&str, &str)]) -> Result<String, CatalogueError> {
        let text = match self.entries.get(key) {
            None => return Err(CatalogueError::Missing(key.to_owned())),
            Some(Entry::Always(text)) => text,
            Some(Entry::ByCount { one, other }) => {
                let count = values.iter().find(|(name, _)| *name == "count");
                if count.is_some_and(|(_, value)| *value == "1") {
                    one
                } else {
                    other
                }
            }
        };
        let mut filled = String::with_capacity(text.len() + 32);
        let mut rest = text.as_str();
        // One pass, so that a value which itself looks like a mark is left alone.
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (mark, after_mark) = after.split_once('}').unwrap_or((after, ""));
            let (_, value) = values
                .iter()
                .find(|(name, _)| *name == mark)
                .ok_or_else(|| CatalogueError::Unfilled {
                    key: key.to_owned(),
                    mark: mark.to_owned(),
                })?;
            filled.push_str(value);
            rest = after_mark;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

fn entry(key: &str, value: toml::Value) -> Result<Entry, CatalogueError> {
    match value {
        toml::Value::String(text) => Ok(Entry::Always(text)),
        toml::Value::Table(mut forms) if forms.len() == 2 => {
            match (forms.remove("one"), forms.remove("other")) {
                (Some(toml::Value::String(one)), Some(toml::Value::String(other))) => {
                    Ok(Entry::ByCount { one, other })
                }
                _ => Err(CatalogueError::File(format!(
                    "\"{key}\" needs the forms one and other"
                ))),
            }
        }
        _ => Err(CatalogueError::File(format!(
            "\"{key}\" is neither a sentence nor two forms"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_filled_once_and_by_count() {
        let catalogue = Catalogue::read(
            "[pay]\nbutton = \"Pay {amount} now\"\ntries = { one = \"1 try\", other = \"{count} tries\" }",
        )
        .unwrap();
        let said = |key: &str, values: &[(&str, &str)]| catalogue.sentence(key, values);
        assert_eq!(
            said("pay-button", &[("amount", "{x}")]).unwrap(),
            "Pay {x} now"
        );
        assert_eq!(said("pay-tries", &[("count", "1")]).unwrap(), "1 try");
        assert_eq!(said("pay-tries", &[("count", "4")]).unwrap(), "4 tries");
        assert!(matches!(
            said("pay-button", &[]),
            Err(CatalogueError::Unfilled { .. })
        ));
        assert!(matches!(
            said("pay-other", &[]),
            Err(CatalogueError::Missing(_))
        ));
    }

    #[test]
    fn what_is_not_a_catalogue_is_refused() {
        for text in [
            "a = \"b\"",
            "[a]\nb = 1",
            "[a]\nb = { one = \"x\" }",
            "not toml",
        ] {
            assert!(
                matches!(Catalogue::read(text), Err(CatalogueError::File(_))),
                "{text}"
            );
        }
    }
}
