//! The file that a plan was read from.

use std::collections::BTreeMap;

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

impl Written {
    /// The line, from 1, on which the value of each key begins. Keys are dotted, with indexes from
    /// 0, as in a [`crate::PlanProblem`]: `lines[2].channels.phone.phone`.
    #[must_use]
    pub fn places(&self) -> BTreeMap<String, usize> {
        let (root, _) = DeTable::parse_recoverable(&self.text);
        let mut starts = Vec::new();
        values_of(&root.into_inner(), "", &mut starts);
        let lines: Vec<usize> = self.text.match_indices('\n').map(|(at, _)| at).collect();
        let line_of = |at: usize| lines.partition_point(|end| *end < at) + 1;
        starts
            .into_iter()
            .map(|(key, at)| (key, line_of(at)))
            .collect()
    }
}

fn values_of(table: &DeTable<'_>, above: &str, starts: &mut Vec<(String, usize)>) {
    for (key, value) in table {
        let name = key.get_ref();
        let key = match above {
            "" => name.to_string(),
            above => format!("{above}.{name}"),
        };
        value_at(value, key, starts);
    }
}

fn value_at(value: &Spanned<DeValue<'_>>, key: String, starts: &mut Vec<(String, usize)>) {
    match value.get_ref() {
        DeValue::Table(table) => values_of(table, &key, starts),
        DeValue::Array(entries) => {
            for (number, entry) in entries.iter().enumerate() {
                value_at(entry, format!("{key}[{number}]"), starts);
            }
        }
        _ => {}
    }
    starts.push((key, value.span().start));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_on_the_line_of_its_value() {
        let text = "# one\na = 1\n\n[b]\nc = { en = \"x\",\n  es = \"y\" }\n[[d]]\ne = [1,\n2]\n\
                    [[d]]\nf = true";
        let written = Written {
            file: "x.toml".to_owned(),
            text: text.to_owned(),
        };
        let places = written.places();
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
}
