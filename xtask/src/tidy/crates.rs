//! What every crate has: the workspace's lints and a head that says what it is for.

use super::edges::manifests;
use super::{Finding, Tree};

/// The longest head of a crate, in lines: more belongs on a page.
const LONGEST_HEAD: usize = 15;

/// Checks manifests and crate heads.
pub fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for (path, manifest) in manifests(tree, findings) {
        if manifest
            .lints
            .get("workspace")
            .and_then(toml::Value::as_bool)
            != Some(true)
        {
            let what = "the lints of the workspace do not hold here: add [lints] workspace = true";
            findings.push(Finding::error(path, 1, what));
        }
        let home = path.trim_end_matches("Cargo.toml");
        let roots = [format!("{home}src/lib.rs"), format!("{home}src/main.rs")];
        for root in roots.iter().filter(|root| tree.has(root)) {
            head(root, tree.text(root).unwrap_or_default(), findings);
        }
    }
}

fn head(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let lines = text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .count();
    if lines == 0 {
        let what = "a crate begins with `//!` and says what it is for, its words and its rules";
        findings.push(Finding::error(path, 1, what));
    } else if lines > LONGEST_HEAD {
        let what =
            format!("the head has {lines} lines; beyond {LONGEST_HEAD}, write a page in docs/");
        findings.push(Finding::error(path, 1, what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings_of;

    #[test]
    fn lints_and_heads_are_asked_for() {
        let good = "[package]\nname = \"a\"\n[lints]\nworkspace = true\n";
        let found = findings_of(
            check,
            &[
                ("crates/a/Cargo.toml", good),
                ("crates/a/src/lib.rs", "//! What for.\n"),
                ("crates/b/Cargo.toml", "[package]\nname = \"b\"\n"),
                ("crates/b/src/main.rs", "fn main() {}\n"),
            ],
        );
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|finding| finding.starts_with("crates/b/")));
        let long = "//! x\n".repeat(16);
        assert_eq!(
            findings_of(
                check,
                &[
                    ("crates/a/Cargo.toml", good),
                    ("crates/a/src/lib.rs", &long)
                ]
            )
            .len(),
            1
        );
    }
}
