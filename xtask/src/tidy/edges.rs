//! Who may know whom: the table in `ARCHITECTURE.md` against the manifests.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::table::{list, rows};
use super::{Finding, Tree};

/// The page that says who may know whom.
pub const PAGE: &str = "ARCHITECTURE.md";

/// The parts of a manifest that say whom a crate knows.
#[derive(Debug, Deserialize)]
pub struct Manifest {
    package: Package,
    #[serde(default)]
    pub dependencies: BTreeMap<String, toml::Value>,
    #[serde(default, rename = "dev-dependencies")]
    pub dev_dependencies: BTreeMap<String, toml::Value>,
    #[serde(default, rename = "build-dependencies")]
    pub build_dependencies: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub lints: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
}

impl Manifest {
    /// The name by which other crates here know it.
    pub fn name(&self) -> &str {
        self.package
            .name
            .strip_prefix("memberpay-")
            .unwrap_or(&self.package.name)
    }
}

/// The manifests of our crates by path; one that cannot be read is a finding.
pub fn manifests<'t>(tree: &'t Tree, findings: &mut Vec<Finding>) -> Vec<(&'t str, Manifest)> {
    let mut found = Vec::new();
    for (path, text) in tree.ending("/Cargo.toml") {
        if !path.starts_with("crates/") && !path.starts_with("xtask/") {
            continue;
        }
        match toml::from_str(text) {
            Ok(manifest) => found.push((path, manifest)),
            Err(error) => {
                findings.push(Finding::error(path, 1, format!("not a manifest: {error}")));
            }
        }
    }
    found
}

/// What the page says of one crate.
#[derive(Debug)]
struct Rule {
    line: usize,
    pure: bool,
    knows: BTreeSet<String>,
    in_tests: BTreeSet<String>,
    only: Option<BTreeSet<String>>,
    never: BTreeSet<String>,
}

/// The crates that the page calls pure.
pub fn pure_crates(tree: &Tree) -> BTreeSet<String> {
    let rules = rules(tree, &mut Vec::new());
    rules
        .into_iter()
        .filter(|(_, rule)| rule.pure)
        .map(|(name, _)| name)
        .collect()
}

fn rules(tree: &Tree, findings: &mut Vec<Finding>) -> BTreeMap<String, Rule> {
    let Some(rows) = tree.text(PAGE).and_then(|page| rows(page, "edges")) else {
        let what = "the table after `<!-- tidy: edges -->` is missing: say who may know whom";
        findings.push(Finding::error(PAGE, 1, what));
        return BTreeMap::new();
    };
    let mut rules = BTreeMap::new();
    for (line, cells) in rows {
        let [names, kind, knows, in_tests, others] = cells.as_slice() else {
            findings.push(Finding::error(
                PAGE,
                line,
                "a row of this table has five cells",
            ));
            continue;
        };
        let (word, others) = others.split_once(' ').unwrap_or(("", ""));
        let others: BTreeSet<String> = list(others).into_iter().collect();
        if !matches!(word, "only" | "never") {
            let what =
                "the last cell begins with `only` or `never` and names other people's crates";
            findings.push(Finding::error(PAGE, line, what));
        }
        for name in list(names) {
            let rule = Rule {
                line,
                pure: kind == "pure",
                knows: list(knows).into_iter().collect(),
                in_tests: list(in_tests).into_iter().collect(),
                only: (word == "only").then(|| others.clone()),
                never: if word == "never" {
                    others.clone()
                } else {
                    BTreeSet::new()
                },
            };
            rules.insert(name, rule);
        }
    }
    rules
}

/// Compares the page with the manifests, both ways.
pub fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let rules = rules(tree, findings);
    if rules.is_empty() {
        return;
    }
    let manifests = manifests(tree, findings);
    let ours: BTreeSet<&str> = manifests
        .iter()
        .map(|(_, manifest)| manifest.name())
        .collect();
    for (path, manifest) in &manifests {
        let name = manifest.name();
        let Some(rule) = rules.get(name) else {
            let what = format!("{name} has no row in {PAGE}: say there whom it may know");
            findings.push(Finding::error(path, 1, what));
            continue;
        };
        let source = tree.text(path).unwrap_or_default();
        let place = Place {
            path,
            source,
            name,
            rule,
        };
        place.compare(
            &manifest.dependencies,
            &rule.knows,
            "knows",
            &ours,
            findings,
        );
        place.compare(
            &manifest.dev_dependencies,
            &rule.in_tests,
            "knows in tests",
            &ours,
            findings,
        );
        place.others(manifest, &ours, findings);
    }
    for (name, rule) in &rules {
        if !ours.contains(name.as_str()) {
            let what = format!("there is no crate {name}: take its row out");
            findings.push(Finding::error(PAGE, rule.line, what));
        }
    }
}

struct Place<'t> {
    path: &'t str,
    source: &'t str,
    name: &'t str,
    rule: &'t Rule,
}

impl Place<'_> {
    fn line(&self, dependency: &str) -> usize {
        let names = |line: &str| {
            line.strip_prefix(dependency)
                .is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
        };
        self.source.lines().position(names).map_or(1, |at| at + 1)
    }

    fn compare(
        &self,
        has: &BTreeMap<String, toml::Value>,
        may: &BTreeSet<String>,
        verb: &str,
        ours: &BTreeSet<&str>,
        findings: &mut Vec<Finding>,
    ) {
        for dependency in has.keys().filter(|key| ours.contains(key.as_str())) {
            if !may.contains(dependency) {
                let what = format!(
                    "{} {verb} {dependency}, which {PAGE} does not allow: turn the dependency round, \
                     or argue the edge there",
                    self.name
                );
                findings.push(Finding::error(self.path, self.line(dependency), what));
            }
        }
        for dependency in may.iter().filter(|key| !has.contains_key(*key)) {
            let what = format!(
                "{} {verb} {dependency}, says this page, but its manifest does not: take it out here",
                self.name
            );
            findings.push(Finding::error(PAGE, self.rule.line, what));
        }
    }

    fn others(&self, manifest: &Manifest, ours: &BTreeSet<&str>, findings: &mut Vec<Finding>) {
        let shipped = manifest
            .dependencies
            .keys()
            .chain(manifest.build_dependencies.keys());
        for dependency in shipped.filter(|key| !ours.contains(key.as_str())) {
            if self
                .rule
                .only
                .as_ref()
                .is_some_and(|only| !only.contains(dependency))
            {
                self.forbid(dependency, findings);
            }
        }
        let all = [
            &manifest.dependencies,
            &manifest.dev_dependencies,
            &manifest.build_dependencies,
        ];
        for dependency in all.into_iter().flat_map(BTreeMap::keys) {
            if self.rule.never.contains(dependency) {
                self.forbid(dependency, findings);
            }
        }
    }

    fn forbid(&self, dependency: &str, findings: &mut Vec<Finding>) {
        let what = format!(
            "{} may not use {dependency} (see {PAGE}): leave it to the crate whose business it is",
            self.name
        );
        findings.push(Finding::error(self.path, self.line(dependency), what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings_of;

    const HEAD: &str = "<!-- tidy: edges -->\n| a | b | c | d | e |\n| - | - | - | - | - |\n";
    const KERNEL: (&str, &str) = (
        "crates/kernel/Cargo.toml",
        "[package]\nname = \"memberpay-kernel\"\n[dependencies]\njiff.workspace = true\n",
    );

    fn checked(rows: &str, manifest: &str) -> Vec<String> {
        let page = format!("{HEAD}| kernel | pure | – | – | only jiff |\n{rows}");
        let manifest = format!("[package]\nname = \"memberpay-a\"\n{manifest}");
        findings_of(
            check,
            &[(PAGE, &page), KERNEL, ("crates/a/Cargo.toml", &manifest)],
        )
    }

    #[test]
    fn manifests_like_the_page_are_in_order() {
        let manifest =
            "[dependencies]\nkernel.workspace = true\n[dev-dependencies]\nsqlx = \"1\"\n";
        assert!(checked("| a | pure | kernel | – | only jiff |", manifest).is_empty());
    }

    #[test]
    fn an_edge_that_the_page_does_not_allow_is_found_where_it_is() {
        let found = checked(
            "| a | edge | – | – | never sqlx |",
            "[dependencies]\nkernel.workspace = true\nsqlx = \"1\"\n",
        );
        assert_eq!(found.len(), 2);
        assert!(
            found[0].starts_with("crates/a/Cargo.toml:4: a knows kernel, which"),
            "{found:?}"
        );
        assert!(
            found[1].starts_with("crates/a/Cargo.toml:5: a may not use sqlx"),
            "{found:?}"
        );
    }

    #[test]
    fn an_edge_that_is_only_on_the_page_is_found_too() {
        let found = checked("| a | edge | kernel | kernel | never sqlx |", "");
        assert_eq!(found.len(), 2);
        assert!(
            found[0].starts_with("ARCHITECTURE.md:5: a knows kernel, says this page"),
            "{found:?}"
        );
    }

    #[test]
    fn a_crate_without_a_row_and_a_row_without_a_crate_are_found() {
        let found = checked("| b | edge | – | – | never sqlx |", "");
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("a has no row") && found[1].contains("there is no crate b"));
    }

    #[test]
    fn what_is_not_on_the_list_of_a_strict_crate_is_found_but_not_in_tests() {
        let rows = "| a | pure | – | – | only jiff |";
        assert_eq!(checked(rows, "[dependencies]\ntokio = \"1\"\n").len(), 1);
        assert!(checked(rows, "[dev-dependencies]\nproptest = \"1\"\n").is_empty());
    }

    #[test]
    fn a_missing_table_is_found() {
        assert_eq!(
            findings_of(check, &[(PAGE, "# Architecture"), KERNEL]).len(),
            1
        );
    }
}
