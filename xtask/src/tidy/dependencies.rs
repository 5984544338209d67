//! Every crate of other people has a line in `docs/dependencies.md` that says why it is here.

use std::collections::{BTreeMap, BTreeSet};

use super::edges::manifests;
use super::table::rows;
use super::{Finding, Tree};

const PAGE: &str = "docs/dependencies.md";
const ROOT: &str = "Cargo.toml";

/// Compares the page with the workspace, both ways, and finds versions outside the workspace.
pub fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let Some(theirs) = tree.text(ROOT).and_then(third_party) else {
        findings.push(Finding::error(
            ROOT,
            1,
            "[workspace.dependencies] cannot be read",
        ));
        return;
    };
    let Some(rows) = tree.text(PAGE).and_then(|page| rows(page, "dependencies")) else {
        let what =
            "the table after `<!-- tidy: dependencies -->` is missing: say why each crate is here";
        findings.push(Finding::error(PAGE, 1, what));
        return;
    };
    let mut explained = BTreeSet::new();
    for (line, cells) in &rows {
        let name = cells.first().map(String::as_str).unwrap_or_default();
        if !theirs.contains_key(name) {
            let what = format!("{name} is not in [workspace.dependencies]: take its line out");
            findings.push(Finding::error(PAGE, *line, what));
        } else if cells.len() < 4 || cells.iter().any(String::is_empty) {
            let what = format!("the line of {name} says why, its licence and its last release");
            findings.push(Finding::error(PAGE, *line, what));
        }
        explained.insert(name);
    }
    for (name, line) in &theirs {
        if !explained.contains(name.as_str()) {
            let what = format!("{name} has no line in {PAGE}: say there why it is needed");
            findings.push(Finding::error(ROOT, *line, what));
        }
    }
    versions(tree, &theirs, findings);
}

/// The names and lines of `[workspace.dependencies]` that have no path.
fn third_party(text: &str) -> Option<BTreeMap<String, usize>> {
    let manifest: toml::Table = toml::from_str(text).ok()?;
    let all = manifest.get("workspace")?.get("dependencies")?.as_table()?;
    let theirs = all.iter().filter(|(_, value)| value.get("path").is_none());
    let line = |name: &str| {
        let begins = format!("{name} = ");
        text.lines()
            .position(|line| line.starts_with(&begins))
            .map_or(1, |at| at + 1)
    };
    Some(theirs.map(|(name, _)| (name.clone(), line(name))).collect())
}

/// A crate names no version of its own, and everything named for all is used by one.
fn versions(tree: &Tree, theirs: &BTreeMap<String, usize>, findings: &mut Vec<Finding>) {
    let mut used = BTreeSet::new();
    for (path, manifest) in manifests(tree, &mut Vec::new()) {
        let all = [
            &manifest.dependencies,
            &manifest.dev_dependencies,
            &manifest.build_dependencies,
        ];
        for (name, value) in all.into_iter().flatten() {
            used.insert(name.clone());
            if value.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                let what = format!("{name} has a version of its own: name it in the root {ROOT}");
                findings.push(Finding::error(path, 1, what));
            }
        }
    }
    for (name, line) in theirs.iter().filter(|(name, _)| !used.contains(*name)) {
        findings.push(Finding::error(
            ROOT,
            *line,
            format!("no crate uses {name}: take it out"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings_of;

    const USED: (&str, &str) = (
        "crates/a/Cargo.toml",
        "[package]\nname = \"a\"\n[dependencies]\njiff.workspace = true\n",
    );

    fn page(lines: &str) -> String {
        format!("<!-- tidy: dependencies -->\n| a | b | c | d |\n| - | - | - | - |\n{lines}")
    }

    #[test]
    fn each_dependency_has_a_line_and_each_line_a_dependency() {
        let root = (
            ROOT,
            "[workspace.dependencies]\njiff = \"1\"\nown = { path = \"x\" }\n",
        );
        let good = page("| `jiff` | dates | MIT | 2026 |\n");
        assert!(findings_of(check, &[root, USED, (PAGE, &good)]).is_empty());
        let other = page("| `chrono` | dates | MIT | 2026 |\n");
        assert_eq!(
            findings_of(check, &[root, USED, (PAGE, &other)]),
            [
                "docs/dependencies.md:4: chrono is not in [workspace.dependencies]: take its line out",
                "Cargo.toml:2: jiff has no line in docs/dependencies.md: say there why it is needed",
            ]
        );
        let short = page("| `jiff` | | MIT | 2026 |\n");
        assert_eq!(findings_of(check, &[root, USED, (PAGE, &short)]).len(), 1);
    }

    #[test]
    fn unused_dependencies_and_versions_apart_are_found() {
        let root = (
            ROOT,
            "[workspace.dependencies]\njiff = \"1\"\nurl = \"2\"\n",
        );
        let both = page("| jiff | dates | MIT | 2026 |\n| url | addresses | MIT | 2026 |\n");
        let apart = (
            "crates/b/Cargo.toml",
            "[package]\nname = \"b\"\n[dependencies]\nhex = \"0.4\"\n",
        );
        let found = findings_of(check, &[root, USED, apart, (PAGE, &both)]);
        assert_eq!(
            found,
            [
                "crates/b/Cargo.toml:1: hex has a version of its own: name it in the root Cargo.toml",
                "Cargo.toml:3: no crate uses url: take it out",
            ]
        );
    }
}
