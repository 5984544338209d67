//! Links and paths in Markdown pages lead to files that are there.

use super::{Finding, Tree};

/// What a path in backquotes begins with, to be taken for one from the root of the repository.
const ROOTS: &[&str] = &[
    "crates/", "docs/", "plans/", "xtask/", "fuzz/", "e2e/", ".ci/",
];

/// Checks every link and every path in backquotes.
pub fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for (path, text) in tree.ending(".md") {
        let mut in_code = false;
        for (at, line) in text.lines().enumerate() {
            in_code ^= line.trim_start().starts_with("```");
            if in_code {
                continue;
            }
            for target in targets(line) {
                let file = target.split('#').next().unwrap_or_default();
                let outside = target.contains("://") || target.starts_with("mailto:");
                if !outside && !file.is_empty() && !tree.has(&resolved(path, file)) {
                    let what = format!("the link to {target} leads nowhere: correct it");
                    findings.push(Finding::error(path, at + 1, what));
                }
            }
            for named in paths(line).filter(|named| !tree.has(named)) {
                let what = format!("there is no {named}: correct the path");
                findings.push(Finding::error(path, at + 1, what));
            }
        }
    }
}

/// Where the links of a line lead.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
}

/// The whole paths in backquotes: not patterns, and not with a line number.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    let whole = |path: &&str| {
        ROOTS.iter().any(|root| path.starts_with(root)) && !path.contains(['*', '<', '{', '…', ' '])
    };
    line.split('`').skip(1).step_by(2).filter(whole)
}

/// The path from the root that `target` means on the page at `page`.
fn resolved(page: &str, target: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings_of;

    #[test]
    fn links_and_paths_that_lead_nowhere_are_found() {
        let page = "[a](../README.md) [b](b.md#part) [c](https://c.example/) [d](#here)\n\
                    `crates/a/src/lib.rs` `crates/*/x` `docs/none.md`\n\
                    ```\n[e](none)\n```\n";
        let found = findings_of(
            check,
            &[
                ("docs/page.md", page),
                ("README.md", ""),
                ("crates/a/src/lib.rs", ""),
            ],
        );
        assert_eq!(
            found,
            [
                "docs/page.md:1: the link to b.md#part leads nowhere: correct it",
                "docs/page.md:2: there is no docs/none.md: correct the path",
            ]
        );
    }
}
