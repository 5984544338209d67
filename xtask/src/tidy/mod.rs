//! The rules of this repository that no compiler knows.
//!
//! Each check reads the [`Tree`] and adds findings; none changes a file. What the pages say (who
//! may know whom, which words are used, why each dependency is there) is read from the pages, so
//! that a page cannot say one thing and the code do another.

mod bans;
mod crates;
mod dependencies;
mod edges;
mod glossary;
mod links;
mod migrations;
mod rust;
mod sizes;
mod table;
mod tree;

use std::fmt;

pub use tree::Tree;

/// Something that breaks a rule, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    line: usize,
    warning: bool,
    what: String,
}

impl Finding {
    /// Breaks a rule: tidy fails. `what` says what is wrong and what to do.
    fn error(path: &str, line: usize, what: impl Into<String>) -> Self {
        Finding {
            path: path.to_owned(),
            line,
            warning: false,
            what: what.into(),
        }
    }

    /// Worth a look: tidy does not fail.
    fn warning(path: &str, line: usize, what: impl Into<String>) -> Self {
        Finding {
            warning: true,
            ..Self::error(path, line, what)
        }
    }

    /// True if tidy fails because of it.
    pub fn is_error(&self) -> bool {
        !self.warning
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.warning { "warning: " } else { "" };
        write!(f, "{}:{}: {kind}{}", self.path, self.line, self.what)
    }
}

/// Everything that breaks a rule, by file and line.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let checks: [fn(&Tree, &mut Vec<Finding>); 8] = [
        edges::check,
        crates::check,
        sizes::check,
        bans::check,
        glossary::check,
        migrations::check,
        links::check,
        dependencies::check,
    ];
    let mut findings = Vec::new();
    for check in checks {
        check(tree, &mut findings);
    }
    findings.sort();
    findings
}

#[cfg(test)]
pub(crate) fn findings_of(
    check: fn(&Tree, &mut Vec<Finding>),
    files: &[(&str, &str)],
) -> Vec<String> {
    let mut findings = Vec::new();
    check(&Tree::of(files), &mut findings);
    findings.iter().map(ToString::to_string).collect()
}
