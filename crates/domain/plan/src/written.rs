//! The file that a plan was read from, and the same file with one value changed.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use kernel::Language;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A plan file as it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// The file, as it was named by whoever read it.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// A value that can be changed on its own. Lists and whole tables cannot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Words in each language, one line each.
    Text(Vec<(Language, String)>),
    /// Words, a rule or an amount, in one line.
    Words(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Day(Date),
}

/// A line of a file that another has otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// True for a line that is new, false for one that is gone.
    pub is_new: bool,
    /// Its number in the file that has it, from 1.
    pub number: usize,
    /// Its text.
    pub text: String,
}

impl Written {
    /// The line, from 1, on which the value of each key begins. Keys are dotted, with indexes from
    /// 0, as in a [`crate::PlanProblem`]: `lines[2].channels.phone.phone`.
    #[must_use]
    pub fn places(&self) -> BTreeMap<String, usize> {
        let lines: Vec<usize> = self.text.match_indices('\n').map(|(at, _)| at).collect();
        let line_of = |at: usize| lines.partition_point(|end| *end < at) + 1;
        self.found()
            .into_iter()
            .map(|(key, (at, _))| (key, line_of(at.start)))
            .collect()
    }

    /// The values that can be changed on their own, by key.
    #[must_use]
    pub fn values(&self) -> BTreeMap<String, Value> {
        self.found()
            .into_iter()
            .filter_map(|(key, (_, value))| Some((key, value?)))
            .collect()
    }

    /// The same file with another value of the same kind at `key`. Everything else, comments
    /// included, stays as it is. `None` if no value of that kind stands there; what the new value
    /// means is for [`crate::Plan::read`] to judge.
    #[must_use]
    pub fn with(&self, key: &str, value: &Value) -> Option<Written> {
        let found = self.found();
        let (_, there) = found.get(key)?;
        if std::mem::discriminant(there.as_ref()?) != std::mem::discriminant(value) {
            return None;
        }
        let mut parts: Vec<(Range<usize>, String)> = match value {
            Value::Text(texts) => texts
                .iter()
                .map(|(language, text)| {
                    let (at, _) = found.get(&format!("{key}.{}", language.tag()))?;
                    Some((at.clone(), quoted(text)))
                })
                .collect::<Option<_>>()?,
            value => vec![(found.get(key)?.0.clone(), literal(value))],
        };
        // From the end, so that what stands before keeps its place.
        parts.sort_by_key(|(at, _)| std::cmp::Reverse(at.start));
        let mut text = self.text.clone();
        for (at, new) in parts {
            text.replace_range(at, &new);
        }
        Some(Written {
            file: self.file.clone(),
            text,
        })
    }

    /// The lines in which `new` differs, as one piece: from the first that differs to the last,
    /// those that are gone before those that are new.
    #[must_use]
    pub fn differences(&self, new: &Written) -> Vec<Difference> {
        let (old, new): (Vec<&str>, Vec<&str>) =
            (self.text.lines().collect(), new.text.lines().collect());
        let same = |(a, b): &(&&str, &&str)| a == b;
        let head = old.iter().zip(&new).take_while(same).count();
        let tail = old[head..].iter().rev().zip(new[head..].iter().rev());
        let tail = tail.take_while(same).count();
        let piece = |lines: &[&str], is_new: bool| -> Vec<Difference> {
            let lines = lines[head..lines.len() - tail].iter();
            lines
                .enumerate()
                .map(|(number, text)| Difference {
                    is_new,
                    number: head + number + 1,
                    text: (*text).to_owned(),
                })
                .collect()
        };
        let mut all = piece(&old, false);
        all.extend(piece(&new, true));
        all
    }

    fn found(&self) -> Found {
        let (root, _) = DeTable::parse_recoverable(&self.text);
        let mut found = Found::new();
        values_of(&root.into_inner(), "", &mut found);
        found
    }
}

/// Where each key's value stands, in bytes, and the value if it can be changed on its own.
type Found = BTreeMap<String, (Range<usize>, Option<Value>)>;

fn values_of(table: &DeTable<'_>, above: &str, found: &mut Found) {
    for (key, value) in table {
        let name = key.get_ref();
        let key = match above {
            "" => name.to_string(),
            above => format!("{above}.{name}"),
        };
        value_at(value, key, found);
    }
}

fn value_at(value: &Spanned<DeValue<'_>>, key: String, found: &mut Found) {
    match value.get_ref() {
        DeValue::Table(table) => values_of(table, &key, found),
        DeValue::Array(entries) => {
            for (number, entry) in entries.iter().enumerate() {
                value_at(entry, format!("{key}[{number}]"), found);
            }
        }
        _ => {}
    }
    found.insert(key, (value.span(), changeable(value.get_ref())));
}

fn changeable(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(words) => Some(Value::Words(words.to_string())),
        DeValue::Boolean(flag) => Some(Value::Flag(*flag)),
        DeValue::Integer(number) => number.to_string().parse().ok().map(Value::Number),
        DeValue::Datetime(day) => day.to_string().parse().ok().map(Value::Day),
        DeValue::Table(table) => {
            let text = table.iter().map(|(tag, text)| {
                let language = Language::from_tag(tag.get_ref())?;
                Some((language, text.get_ref().as_str()?.to_owned()))
            });
            text.collect::<Option<Vec<_>>>()
                .filter(|text| !text.is_empty())
                .map(Value::Text)
        }
        DeValue::Float(_) | DeValue::Array(_) => None,
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Words(words) => quoted(words),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Day(day) => day.to_string(),
        // Each language has a place of its own.
        Value::Text(_) => String::new(),
    }
}

/// A TOML string in one line. Control characters have no place in a text and become spaces.
fn quoted(words: &str) -> String {
    let words = words.replace(char::is_control, " ");
    format!("\"{}\"", words.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# one\na = 1\n\n[b]\nc = { en = \"x\", # why\n  es = \"y\" }\n[[d]]\n\
                        e = [1,\n2]\n[[d]]\nf = true\ng = 2026-12-01 # the day";

    fn written(text: &str) -> Written {
        Written {
            file: "x.toml".to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn every_key_is_found_on_the_line_of_its_value() {
        let places = written(TEXT).places();
        let found = |key: &str| places.get(key).copied();
        for (key, line) in [
            ("a", 2),
            ("b.c", 5),
            ("b.c.en", 5),
            ("b.c.es", 6),
            ("d[0].e", 8),
            ("d[0].e[1]", 9),
            ("d[1].f", 11),
        ] {
            assert_eq!(found(key), Some(line), "{key}");
        }
        assert_eq!(found("b.d"), None);
    }

    #[test]
    fn one_value_is_changed_and_nothing_around_it() {
        let day = jiff::civil::date(2027, 1, 2);
        let text = vec![
            (Language::English, "say \"x\"\n\\".to_owned()),
            (Language::Spanish, "¡y!".to_owned()),
        ];
        for (key, value, was, is) in [
            ("a", Value::Number(-2), "a = 1", "a = -2"),
            ("d[1].f", Value::Flag(false), "f = true", "f = false"),
            (
                "d[1].g",
                Value::Day(day),
                "2026-12-01 # the day",
                "2027-01-02 # the day",
            ),
            (
                "b.c.es",
                Value::Words("z".to_owned()),
                "es = \"y\"",
                "es = \"z\"",
            ),
            (
                "b.c",
                Value::Text(text.clone()),
                "\"x\", # why\n  es = \"y\"",
                "\"say \\\"x\\\" \\\\\", # why\n  es = \"¡y!\"",
            ),
        ] {
            let new = written(TEXT).with(key, &value).expect("it stands there");
            assert_eq!(new.text, TEXT.replace(was, is), "{key}");
        }
        for (key, value) in [
            ("a", Value::Flag(true)),
            ("d[0].e", Value::Number(1)),
            ("h", Value::Number(1)),
            ("b.c", Value::Words("x".to_owned())),
        ] {
            assert_eq!(written(TEXT).with(key, &value), None, "{key}");
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let words = "a \"b\" \\ c's {d} # ¶ é";
        let new = written(TEXT).with("b.c.en", &Value::Words(words.to_owned()));
        let values = new.expect("it stands there").values();
        assert_eq!(values["b.c.en"], Value::Words(words.to_owned()));
    }

    #[test]
    fn differences_are_the_lines_between_what_is_the_same() {
        let lines = |old: &str, new: &str| -> Vec<String> {
            let found = written(old).differences(&written(new));
            let line = |one: &Difference| {
                let sign = if one.is_new { '+' } else { '-' };
                format!("{sign}{}{}", one.number, one.text)
            };
            found.iter().map(line).collect()
        };
        assert_eq!(lines("a\nb\nc", "a\nx\nc"), ["-2b", "+2x"]);
        assert_eq!(lines("a\nb\nc", "a\nc"), ["-2b"]);
        assert_eq!(lines("a\na", "a\na\na"), ["+3a"]);
        assert!(lines("a\nb", "a\nb").is_empty());
    }
}
