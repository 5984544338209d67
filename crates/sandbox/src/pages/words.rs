//! The sentences of the hosted pages in English and Spanish.

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(super) type Words = BTreeMap<String, String>;

static ENGLISH: LazyLock<Words> = LazyLock::new(|| read(include_str!("templates/en.json")));
static SPANISH: LazyLock<Words> = LazyLock::new(|| read(include_str!("templates/es.json")));

fn read(text: &str) -> Words {
    serde_json::from_str(text).expect("a test reads both catalogues")
}

pub(super) fn of(spanish: bool) -> &'static Words {
    if spanish { &SPANISH } else { &ENGLISH }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_sentences() {
        let english: Vec<_> = ENGLISH.keys().collect();
        let spanish: Vec<_> = SPANISH.keys().collect();
        assert_eq!(english, spanish);
        assert!(
            SPANISH
                .values()
                .chain(ENGLISH.values())
                .all(|text| !text.is_empty())
        );
    }
}
