//! The text of a plan file, and what was found wrong in it.

use std::cell::{Ref, RefCell};

use kernel::Language;

use crate::{PlanProblem, Written};

/// The file, and what was found wrong in it so far.
pub(crate) struct Source<'f> {
    file: &'f str,
    text: &'f str,
    problems: RefCell<Vec<(usize, PlanProblem)>>,
    languages: RefCell<Vec<Language>>,
}

impl<'f> Source<'f> {
    pub(crate) fn new(file: &'f str, text: &'f str) -> Self {
        Source {
            file,
            text,
            problems: RefCell::default(),
            languages: RefCell::default(),
        }
    }

    /// The file as it stands.
    pub(crate) fn written(&self) -> Written {
        Written {
            file: self.file.to_owned(),
            text: self.text.to_owned(),
        }
    }

    /// The languages every text must be in. None if the list of languages itself is broken.
    pub(crate) fn set_languages(&self, languages: Vec<Language>) {
        *self.languages.borrow_mut() = languages;
    }

    pub(crate) fn languages(&self) -> Ref<'_, Vec<Language>> {
        self.languages.borrow()
    }

    pub(crate) fn report(&self, at: usize, key: &str, found: String, expected: &str) {
        let (line, column) = self.position(at);
        let problem = PlanProblem {
            file: self.file.to_owned(),
            line,
            column,
            key: key.to_owned(),
            found,
            expected: expected.to_owned(),
        };
        self.problems.borrow_mut().push((at, problem));
    }

    pub(crate) fn report_syntax(&self, error: &toml::de::Error) {
        let span = error.span().unwrap_or(0..0);
        let found = self.text.get(span.clone()).unwrap_or("").trim();
        let found = match (found, span.start >= self.text.len()) {
            ("", true) => "the end of the file".to_owned(),
            ("", false) => "the end of the line".to_owned(),
            (found, _) => quoted(found.lines().next().unwrap_or("")),
        };
        let message = error.message().replace('\n', ", ");
        self.report(span.start, "", found, &format!("TOML ({message})"));
    }

    /// The problems in the order of the file.
    pub(crate) fn into_problems(self) -> Vec<PlanProblem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|(at, _)| *at);
        problems.into_iter().map(|(_, problem)| problem).collect()
    }

    fn position(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

/// In quotes, on one line, at most 60 characters.
pub(crate) fn quoted(text: &str) -> String {
    let one_line = text.replace(char::is_control, " ");
    let short: String = one_line.chars().take(60).collect();
    if short.len() < one_line.len() {
        format!("\"{short}…\"")
    } else {
        format!("\"{short}\"")
    }
}

/// The known name that `name` was probably meant to be.
pub(crate) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let close = (name.chars().count() / 3).max(1);
    known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        .filter(|(distance, _)| *distance <= close)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters to change, add or drop to come from one word to the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
