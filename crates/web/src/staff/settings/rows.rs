//! Settings in words, each with its key in the plan file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use plan::{Address, Phone, Text};
use serde::Serialize;

use crate::language::own_name;
use crate::words::Words;

/// Settings under a heading.
#[derive(Serialize)]
pub(super) struct Section {
    title: String,
    rows: Vec<Row>,
}

/// A setting.
#[derive(Serialize)]
struct Row {
    name: String,
    said: Vec<Said>,
    key: String,
    /// Where in the file it stands, or that the file does not say.
    place: String,
    /// Where a change is proposed; empty if the reader may not, or a change is not that simple.
    change: String,
}

/// What a setting says.
#[derive(Serialize)]
struct Said {
    /// The language of the text; empty for what has none.
    tag: &'static str,
    language: &'static str,
    text: String,
}

/// The plan file, as far as rows need it.
pub(super) struct File {
    places: BTreeMap<String, usize>,
    /// The keys that the reader may propose changes of.
    changeable: BTreeSet<String>,
}

impl File {
    pub(super) fn new(words: &Words<'_>, changeable: BTreeSet<String>) -> Self {
        File {
            places: words.plan.written.places(),
            changeable,
        }
    }
}

/// Where a change of a key is proposed.
pub(super) fn change_href(key: &str) -> String {
    let key: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
    format!("/staff/settings/change?key={key}")
}

/// Collects the settings under one table of the plan file.
pub(super) struct Rows<'a> {
    words: Words<'a>,
    file: &'a File,
    /// The table, such as `lines[2].invoicing`; empty for the top.
    table: String,
    rows: Vec<Row>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(words: &Words<'a>, file: &'a File, table: &str) -> Self {
        Rows {
            words: *words,
            file,
            table: table.to_owned(),
            rows: Vec::new(),
        }
    }

    /// The rows so far, under a heading.
    pub(super) fn section(self, title: String) -> Section {
        Section {
            title,
            rows: self.rows,
        }
    }

    fn add(&mut self, name: String, key: &str, said: Vec<Said>) {
        let key = match self.table.as_str() {
            "" => key.to_owned(),
            table => format!("{table}.{key}"),
        };
        let place = self.file.places.get(&key).map_or_else(
            || self.words.say("setting-usual", &[]),
            |line| {
                let line = line.to_string();
                self.words.say("setting-place", &[("line", &line)])
            },
        );
        let change = match self.file.changeable.contains(&key) {
            true => change_href(&key),
            false => String::new(),
        };
        self.rows.push(Row {
            name,
            said,
            key,
            place,
            change,
        });
    }

    /// A setting that reads the same in every language, or is said by us.
    pub(super) fn plain(&mut self, name: String, key: &str, value: impl Display) {
        self.lines(name, key, vec![value.to_string()]);
    }

    /// A setting of several lines. With none it is said that there is none.
    pub(super) fn lines(&mut self, name: String, key: &str, lines: Vec<String>) {
        let lines = match lines.is_empty() {
            true => vec![self.words.say("setting-none", &[])],
            false => lines,
        };
        let said = lines.into_iter().map(|text| Said {
            tag: "",
            language: "",
            text,
        });
        let said = said.collect();
        self.add(name, key, said);
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, name: String, key: &str, value: bool) {
        let said = match value {
            true => self.words.say("setting-yes", &[]),
            false => self.words.say("setting-no", &[]),
        };
        self.plain(name, key, said);
    }

    /// Texts in each language of the plan.
    pub(super) fn texts<'t>(
        &mut self,
        name: String,
        key: &str,
        texts: impl IntoIterator<Item = &'t Text>,
    ) {
        let mut said = Vec::new();
        for text in texts {
            for language in &self.words.plan.languages {
                said.push(Said {
                    tag: language.tag(),
                    language: own_name(*language),
                    text: text.in_language(*language).to_owned(),
                });
            }
        }
        match said.is_empty() {
            true => self.lines(name, key, Vec::new()),
            false => self.add(name, key, said),
        }
    }

    /// A phone, which stands in a table of its own.
    pub(super) fn phone(&mut self, name: String, key: &str, phone: &Phone) {
        let tty = format!(
            "{} {}",
            self.words.say("phone-tty", &[]),
            phone.tty_number()
        );
        let hours = phone.hours.described(self.words.language);
        let lines = vec![
            format!("{} ({tty})", phone.number()),
            hours,
            format!("[phones.{}]", phone.id),
        ];
        self.lines(name, key, lines);
    }

    /// An address, which stands in a table of its own.
    pub(super) fn address(&mut self, name: String, key: &str, address: &Address) {
        let mut lines = address.lines.clone();
        lines.push(format!("[addresses.{}]", address.id));
        self.lines(name, key, lines);
    }
}
