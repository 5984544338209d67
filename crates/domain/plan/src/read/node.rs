//! Values of a plan file that know where they stand, and what to report when they are not what they
//! should be.

use std::ops::Range;

use kernel::Language;
use toml::de::{DeTable, DeValue};

use super::source::{Source, nearest, quoted};
use crate::Text;

/// A value and where it stands.
pub(crate) struct Node<'s> {
    source: &'s Source<'s>,
    key: String,
    span: Range<usize>,
    value: &'s DeValue<'s>,
}

impl<'s> Node<'s> {
    pub(crate) fn new(
        source: &'s Source<'s>,
        key: String,
        span: Range<usize>,
        value: &'s DeValue<'s>,
    ) -> Self {
        Node {
            source,
            key,
            span,
            value,
        }
    }

    /// Reports that this value is not what was expected.
    pub(crate) fn report(&self, expected: &str) {
        self.report_found(described(self.value), expected);
    }

    /// The same, with other words for what was found.
    pub(crate) fn report_found(&self, found: String, expected: &str) {
        self.source
            .report(self.span.start, &self.key, found, expected);
    }

    fn or_report<T>(&self, value: Option<T>, expected: &str) -> Option<T> {
        if value.is_none() {
            self.report(expected);
        }
        value
    }

    /// What `read` makes of the string that this must be.
    pub(crate) fn parsed<T>(
        &self,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.or_report(self.value.as_str().and_then(read), expected)
    }

    pub(crate) fn as_str(&self) -> Option<&'s str> {
        self.value.as_str()
    }

    /// A string with something in it and no control characters.
    pub(crate) fn string(&self) -> Option<String> {
        self.parsed("a text", |text| {
            let fine = !text.trim().is_empty() && !text.contains(char::is_control);
            fine.then(|| text.trim().to_owned())
        })
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        self.or_report(self.value.as_bool(), "true or false")
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn whole<T: TryFrom<u32>>(&self, least: u32, most: u32) -> Option<T> {
        let number = self
            .value
            .as_integer()
            .and_then(|number| u32::from_str_radix(number.as_str(), number.radix()).ok());
        let fitting = number.filter(|number| (least..=most).contains(number));
        let fitting = fitting.and_then(|number| T::try_from(number).ok());
        self.or_report(fitting, &between(least, most))
    }

    /// One of several names.
    pub(crate) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Option<T> {
        let names: Vec<String> = choices.iter().map(|(name, _)| quoted(name)).collect();
        self.parsed(&format!("one of {}", names.join(", ")), |text| {
            choices
                .iter()
                .find(|(name, _)| *name == text)
                .map(|(_, value)| *value)
        })
    }

    /// A date without a time.
    pub(crate) fn date(&self) -> Option<jiff::civil::Date> {
        let date = self
            .value
            .as_datetime()
            .filter(|found| found.time.is_none())
            .and_then(|found| found.date)
            .and_then(|found| {
                let year = i16::try_from(found.year).ok()?;
                let month = i8::try_from(found.month).ok()?;
                jiff::civil::Date::new(year, month, i8::try_from(found.day).ok()?).ok()
            });
        self.or_report(date, "a date such as 2026-12-31, without quotes")
    }

    pub(crate) fn list(&self, expected: &str) -> Option<Vec<Node<'s>>> {
        let array = self.or_report(self.value.as_array(), expected)?;
        let nodes = array.iter().enumerate().map(|(index, entry)| {
            let key = format!("{}[{index}]", self.key);
            Node::new(self.source, key, entry.span(), entry.get_ref())
        });
        Some(nodes.collect())
    }

    /// A list with at least one entry.
    pub(crate) fn filled_list(&self, expected: &str) -> Option<Vec<Node<'s>>> {
        let list = self.list(expected)?;
        if list.is_empty() {
            self.report_found("an empty list".to_owned(), expected);
            return None;
        }
        Some(list)
    }

    /// A list whose every entry `read` accepts; all entries are looked at.
    pub(crate) fn all<T>(
        &self,
        expected: &str,
        read: impl FnMut(&Node<'s>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let list = self.filled_list(expected)?;
        let read: Vec<Option<T>> = list.iter().map(read).collect();
        read.into_iter().collect()
    }

    /// The entries of a list, without a word if this is none.
    pub(crate) fn quiet_list(&self) -> Option<Vec<Node<'s>>> {
        self.value.as_array()?;
        self.list("a list")
    }

    /// An entry of a table, without a word if this is none.
    pub(crate) fn quiet_entry(&self, name: &str) -> Option<Node<'s>> {
        self.value.as_table()?;
        self.open_table()?.optional(name)
    }

    pub(crate) fn is_true(&self) -> bool {
        self.value.as_bool() == Some(true)
    }

    /// A table, in which keys other than `known` are reported.
    pub(crate) fn table(&self, known: &'static [&'static str]) -> Option<Table<'s>> {
        let table = self.open_table()?;
        for (name, _) in table.entries {
            let name_text = name.get_ref().as_ref();
            if !known.contains(&name_text) {
                let key = table.path(name_text);
                let expected = nearest(name_text, known).map_or_else(
                    || format!("one of the keys {}", known.join(", ")),
                    |near| format!("the key \"{near}\""),
                );
                let found = "a key that is not known".to_owned();
                self.source
                    .report(name.span().start, &key, found, &expected);
            }
        }
        Some(table)
    }

    /// A table with keys of the writer's choice.
    pub(crate) fn open_table(&self) -> Option<Table<'s>> {
        let entries = self.or_report(self.value.as_table(), "a table")?;
        Some(Table {
            source: self.source,
            key: self.key.clone(),
            at: self.span.start,
            entries,
        })
    }

    /// A text in every language of the plan: `{ en = "…", es = "…" }`.
    pub(crate) fn text(&self) -> Option<Text> {
        let languages = self.source.languages();
        let tags: Vec<&str> = languages.iter().map(|language| language.tag()).collect();
        let example: Vec<String> = tags.iter().map(|tag| format!("{tag} = \"…\"")).collect();
        let expected = format!("a text in each language: {{ {} }}", example.join(", "));
        let table = self.or_report(self.value.as_table(), &expected)?;
        let table = Table {
            source: self.source,
            key: self.key.clone(),
            at: self.span.start,
            entries: table,
        };
        let mut fine = true;
        for (tag, _) in table.entries {
            let known = Language::ALL
                .iter()
                .any(|language| language.tag() == tag.get_ref());
            if !(tags.contains(&tag.get_ref().as_ref()) || (tags.is_empty() && known)) {
                let found = "a language the plan does not speak".to_owned();
                let expected = format!("only {} here, or it added to languages", tags.join(", "));
                self.source.report(
                    tag.span().start,
                    &table.path(tag.get_ref()),
                    found,
                    &expected,
                );
                fine = false;
            }
        }
        let written: Vec<Option<(Language, String)>> = languages
            .iter()
            .map(|language| {
                let name = match language {
                    Language::English => "English",
                    Language::Spanish => "Spanish",
                };
                let node = table.required(language.tag(), &format!("the text in {name}"))?;
                Some((*language, node.string()?))
            })
            .collect();
        let written = written
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .filter(|_| fine)?;
        Text::new(written)
    }
}

/// A table and where it stands.
pub(crate) struct Table<'s> {
    source: &'s Source<'s>,
    key: String,
    at: usize,
    entries: &'s DeTable<'s>,
}

impl<'s> Table<'s> {
    pub(crate) fn source(&self) -> &'s Source<'s> {
        self.source
    }

    fn path(&self, name: &str) -> String {
        if self.key.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.key)
        }
    }

    /// All values with their names.
    pub(crate) fn nodes(&self) -> Vec<(String, Node<'s>)> {
        self.entries
            .iter()
            .map(|(name, value)| {
                let name: &str = name.get_ref();
                let node = Node::new(self.source, self.path(name), value.span(), value.get_ref());
                (name.to_owned(), node)
            })
            .collect()
    }

    pub(crate) fn optional(&self, name: &str) -> Option<Node<'s>> {
        let value = self.entries.get(name)?;
        Some(Node::new(
            self.source,
            self.path(name),
            value.span(),
            value.get_ref(),
        ))
    }

    /// The value of a key that must be there.
    pub(crate) fn required(&self, name: &str, expected: &str) -> Option<Node<'s>> {
        let node = self.optional(name);
        if node.is_none() {
            self.report_missing(name, expected);
        }
        node
    }

    pub(crate) fn report_missing(&self, name: &str, expected: &str) {
        self.source
            .report(self.at, &self.path(name), "nothing".to_owned(), expected);
    }

    pub(crate) fn string(&self, name: &str) -> Option<String> {
        self.required(name, "a text")?.string()
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.required(name, "true or false")?.flag()
    }

    pub(crate) fn whole<T: TryFrom<u32>>(&self, name: &str, least: u32, most: u32) -> Option<T> {
        self.required(name, &between(least, most))?
            .whole(least, most)
    }

    pub(crate) fn text(&self, name: &str) -> Option<Text> {
        self.required(name, "a text in each language")?.text()
    }

    pub(crate) fn texts(&self, name: &str) -> Option<Vec<Text>> {
        let expected = "a list of texts, each in each language";
        self.required(name, expected)?.all(expected, Node::text)
    }
}

fn between(least: u32, most: u32) -> String {
    if least == most {
        format!("the number {least}")
    } else {
        format!("a whole number from {least} to {most}")
    }
}

/// What a value is, for a person.
fn described(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => quoted(text),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
