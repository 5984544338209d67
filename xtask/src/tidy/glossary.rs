//! One word per thing: the words that `docs/glossary.md` refuses, in identifiers, in SQL and in
//! what people read.

use super::table::rows;
use super::{Finding, Tree, rust};

const PAGE: &str = "docs/glossary.md";

/// Words in a row, all in lower case: `UserId`, `user_id` and `user ID` are the same two.
type Phrase = Vec<String>;

struct Refused {
    phrase: Phrase,
    say: String,
    in_names: bool,
    in_text: bool,
}

struct Allowed {
    phrase: Phrase,
    /// What the path of the file begins with; empty for everywhere.
    below: String,
}

/// Checks names and texts against the page.
pub fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let page = tree.text(PAGE).unwrap_or_default();
    let (Some(refused), Some(allowed)) = (rows(page, "refused words"), rows(page, "allowed words"))
    else {
        let what = "the tables of refused and allowed words are missing";
        findings.push(Finding::error(PAGE, 1, what));
        return;
    };
    let words = Words {
        refused: read_refused(refused, findings),
        allowed: read_allowed(allowed, findings),
    };
    defined_once(page, findings);
    for (path, text) in tree.all() {
        if !path.starts_with("crates/") {
            continue;
        }
        let kind = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        let template = path.contains("/templates/");
        match kind {
            "rs" => words.names(path, &rust::code_of(text), findings),
            "sql" => words.names(path, &without_sql_comments(text), findings),
            "toml" | "json" if path.contains("/strings/") || template => {
                words.texts(path, &values_only(text), findings);
            }
            "html" | "txt" if template => words.texts(path, &without_tags(text), findings),
            _ => {}
        }
    }
}

fn read_refused(rows: Vec<(usize, Vec<String>)>, findings: &mut Vec<Finding>) -> Vec<Refused> {
    let mut refused = Vec::new();
    for (line, cells) in rows {
        let [word, say, place] = cells.as_slice() else {
            findings.push(Finding::error(
                PAGE,
                line,
                "a refused word has three cells: word, say, in",
            ));
            continue;
        };
        let (in_names, in_text) = match place.as_str() {
            "names" => (true, false),
            "text" => (false, true),
            "both" => (true, true),
            _ => {
                findings.push(Finding::error(
                    PAGE,
                    line,
                    "the third cell is names, text or both",
                ));
                continue;
            }
        };
        refused.push(Refused {
            phrase: words_of(word),
            say: say.clone(),
            in_names,
            in_text,
        });
    }
    refused
}

fn read_allowed(rows: Vec<(usize, Vec<String>)>, findings: &mut Vec<Finding>) -> Vec<Allowed> {
    let mut allowed = Vec::new();
    for (line, cells) in rows {
        let [word, place, why] = cells.as_slice() else {
            findings.push(Finding::error(
                PAGE,
                line,
                "an allowed word has three cells: word, where, why",
            ));
            continue;
        };
        if why.is_empty() {
            findings.push(Finding::error(PAGE, line, "say why this word is allowed"));
        }
        let below = if place == "everywhere" {
            String::new()
        } else {
            place.clone()
        };
        allowed.push(Allowed {
            phrase: words_of(word),
            below,
        });
    }
    allowed
}

/// A term has one definition.
fn defined_once(page: &str, findings: &mut Vec<Finding>) {
    let mut known = std::collections::BTreeSet::new();
    for (line, cells) in rows(page, "terms").unwrap_or_default() {
        let term = cells.first().cloned().unwrap_or_default();
        if !known.insert(term.clone()) {
            findings.push(Finding::error(
                PAGE,
                line,
                format!("{term} is defined twice: keep one"),
            ));
        }
    }
}

struct Words {
    refused: Vec<Refused>,
    allowed: Vec<Allowed>,
}

impl Words {
    fn names(&self, path: &str, code: &str, findings: &mut Vec<Finding>) {
        for (at, line) in code.lines().enumerate() {
            for name in names_in(line) {
                let found = words_of(name);
                for refused in self.refused_in(path, &found, |refused| refused.in_names) {
                    let what = format!(
                        "the name {name}: say {} instead of {} ({PAGE})",
                        refused.say,
                        refused.phrase.join(" ")
                    );
                    findings.push(Finding::error(path, at + 1, what));
                }
            }
        }
    }

    fn texts(&self, path: &str, text: &str, findings: &mut Vec<Finding>) {
        for (at, line) in text.lines().enumerate() {
            let found = words_of(line);
            for refused in self.refused_in(path, &found, |refused| refused.in_text) {
                let what = format!(
                    "say {} instead of {} ({PAGE})",
                    refused.say,
                    refused.phrase.join(" ")
                );
                findings.push(Finding::error(path, at + 1, what));
            }
        }
    }

    /// The refused phrases in `words` that no allowed phrase covers.
    fn refused_in<'w>(
        &'w self,
        path: &str,
        words: &[String],
        applies: impl Fn(&Refused) -> bool,
    ) -> Vec<&'w Refused> {
        let mut open = vec![true; words.len()];
        for allowed in self
            .allowed
            .iter()
            .filter(|allowed| path.starts_with(&allowed.below))
        {
            for at in places(words, &allowed.phrase) {
                open[at..at + allowed.phrase.len()].fill(false);
            }
        }
        let is_open = |at: usize, length: usize| open[at..at + length].iter().any(|open| *open);
        let refused = self.refused.iter().filter(|refused| applies(refused));
        refused
            .filter(|refused| {
                places(words, &refused.phrase)
                    .iter()
                    .any(|at| is_open(*at, refused.phrase.len()))
            })
            .collect()
    }
}

/// The names on a line of code, each with the path that leads to it: a macro's name is somebody
/// else's.
fn names_in(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '!');
    let names = line
        .split(move |c: char| !is_part(c))
        .map(|name| name.trim_matches(':'));
    names.filter(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !name.ends_with('!')
    })
}

/// Where `phrase` begins in `words`.
fn places(words: &[String], phrase: &[String]) -> Vec<usize> {
    if phrase.is_empty() {
        return Vec::new();
    }
    let windows = words.windows(phrase.len()).enumerate();
    windows
        .filter(|(_, window)| *window == phrase)
        .map(|(at, _)| at)
        .collect()
}

/// The words of a name or a text in lower case.
fn words_of(text: &str) -> Phrase {
    let mut words: Phrase = Vec::new();
    let (mut word, mut before_is_small) = (String::new(), false);
    let chars: Vec<char> = text.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        let small_next = chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        let begins = c.is_uppercase() && (before_is_small || (small_next && !word.is_empty()));
        if (begins || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before_is_small = c.is_lowercase() || c.is_numeric();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn without_sql_comments(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// What stands after the key on each line of a catalogue.
fn values_only(text: &str) -> String {
    let value = |line: &str| {
        let after = line
            .split_once(" = ")
            .or_else(|| line.split_once("\": "))
            .map(|(_, value)| value);
        let kept = after.unwrap_or(line);
        if kept.trim_start().starts_with(['#', '[']) {
            String::new()
        } else {
            kept.to_owned()
        }
    };
    text.lines().map(value).collect::<Vec<_>>().join("\n")
}

/// A page's words: neither tags nor what the template engine reads.
fn without_tags(text: &str) -> String {
    let (mut kept, mut inside) = (String::new(), 0_u32);
    for c in text.chars() {
        match c {
            '<' | '{' => inside += 1,
            '>' | '}' => inside = inside.saturating_sub(1),
            '\n' => kept.push('\n'),
            _ if inside == 0 => kept.push(c),
            _ => {}
        }
        if matches!(c, '>' | '}') {
            kept.push(' ');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings_of;

    const GLOSSARY: &str = "\
<!-- tidy: terms -->\n| term | means |\n| - | - |\n| member | a person |\n
<!-- tidy: refused words -->\n| word | say | in |\n| - | - | - |\n\
| user | member | both |\n| down payment | binder payment | text |\n| bill | invoice | names |\n
<!-- tidy: allowed words -->\n| word | where | why |\n| - | - | - |\n\
| user ID | everywhere | the name one signs in with |\n| bill | crates/b/ | a command |\n\
| lib user | everywhere | the name of a module |\n";

    fn found(path: &str, text: &str) -> usize {
        findings_of(check, &[(PAGE, GLOSSARY), (path, text)]).len()
    }

    #[test]
    fn refused_words_are_found_in_names_however_they_are_written() {
        for (text, expected) in [
            ("struct User;", 1),
            ("let old_user = 1;", 1),
            ("const USER: u8 = 1;", 1),
            ("struct UserId; let user_id = 1;", 0),
            ("let folded_user_id = 1;", 0),
            ("// the user", 0),
            ("let x = \"user\";", 0),
            ("let users = 1;", 0),
            ("use other::user;", 1),
            ("user!(1)", 0),
            ("use lib::user::Thing;", 0),
            ("let down_payment = 1;", 0),
        ] {
            assert_eq!(found("crates/a/src/lib.rs", text), expected, "{text}");
        }
        assert_eq!(
            found("crates/a/migrations/1.sql", "user_name TEXT, -- a user"),
            1
        );
        assert_eq!(found("crates/a/src/lib.rs", "fn bill() {}"), 1);
        assert_eq!(found("crates/b/src/lib.rs", "fn bill() {}"), 0);
    }

    #[test]
    fn refused_words_are_found_in_what_people_read() {
        for (path, text, expected) in [
            (
                "crates/web/strings/en.toml",
                "user-name = \"Your user ID\"\n",
                0,
            ),
            ("crates/web/strings/en.toml", "welcome = \"Dear user\"\n", 1),
            (
                "crates/web/strings/en.toml",
                "first = \"Down payment\"\n",
                1,
            ),
            ("crates/web/strings/en.toml", "pay = \"Pay your bill\"\n", 0),
            (
                "crates/s/src/templates/en.json",
                "{\n\"user\": \"You, the user\"\n}",
                1,
            ),
            (
                "crates/web/templates/a.html",
                "<p class=\"user\">{{ user.name }}, hello</p>",
                0,
            ),
            ("crates/web/templates/a.html", "<p>Hello user</p>", 1),
        ] {
            assert_eq!(found(path, text), expected, "{text}");
        }
    }

    #[test]
    fn a_glossary_without_its_tables_or_with_a_double_is_found() {
        assert_eq!(findings_of(check, &[(PAGE, "# Glossary")]).len(), 1);
        let double = GLOSSARY.replace(
            "| member | a person |\n",
            "| member | a |\n| member | b |\n",
        );
        assert_eq!(findings_of(check, &[(PAGE, &double)]).len(), 1);
    }

    #[test]
    fn names_are_cut_into_words() {
        for (text, expected) in [
            ("UserId", "user id"),
            ("HTTPServer", "http server"),
            ("user_id2", "user id2"),
            ("APTC", "aptc"),
            ("iso8601Text", "iso8601 text"),
        ] {
            assert_eq!(words_of(text).join(" "), expected);
        }
    }
}
