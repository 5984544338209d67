//! What is not written here: promises for later, output from libraries, paths of somebody's
//! machine, and, in pure crates, anything that waits or looks at the world.

use super::edges::{manifests, pure_crates};
use super::tree::is_test;
use super::{Finding, Tree, rust};

/// Promises for later. In pieces, so that this file keeps its own rule.
const PROMISES: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];
/// Macros that are no way to say something from a library, or that leave work undone.
const MACROS: &[(&str, &str)] = &[
    ("println!", "use tracing, or return it to the program"),
    ("eprintln!", "use tracing, or return it to the program"),
    ("print!", "use tracing, or return it to the program"),
    ("eprint!", "use tracing, or return it to the program"),
];
const UNFINISHED: &[&str] = &["todo!", "unimplemented!", "dbg!"];
/// Folders of a person's machine.
const MACHINES: &[&str] = &["/work/", "/root/", "/home/", "/Users/", "/tmp/"];
/// What a pure crate does not do, and what it does instead.
const IMPURE: &[(&str, &str)] = &[
    (
        "async fn",
        "return what should happen; the use case waits for it",
    ),
    (
        "tokio",
        "return what should happen; the use case waits for it",
    ),
    ("std::fs", "take bytes or a reader"),
    ("std::env", "take the value as an argument"),
    ("std::net", "leave the network to gateways"),
    ("std::process", "leave other programs to the edge"),
    ("std::thread", "leave threads to the edge"),
    ("SystemTime", "take `now` or `today` as an argument"),
    ("Instant::now", "take `now` as an argument"),
];

/// How a statement begins, where only `store` may write one.
const STATEMENTS: &[&str] = &["SELECT ", "INSERT INTO ", "DELETE FROM ", "WITH RECURSIVE "];

/// Checks all bans.
pub fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for (path, text) in tree.all() {
        let written = [
            ".rs", ".sql", ".toml", ".html", ".typ", ".css", ".js", ".md",
        ];
        if written.iter().any(|ending| path.ends_with(ending)) {
            promises(path, text, findings);
            machines(path, text, findings);
        }
    }
    for (path, text) in tree.ending(".rs") {
        macros(path, text, findings);
        statements(path, text, findings);
    }
    let pure = pure_crates(tree);
    for (path, manifest) in manifests(tree, &mut Vec::new()) {
        if pure.contains(manifest.name()) {
            purity(tree, path.trim_end_matches("Cargo.toml"), findings);
        }
    }
}

fn promises(path: &str, text: &str, findings: &mut Vec<Finding>) {
    for (at, line) in text.lines().enumerate() {
        for promise in PROMISES.iter().filter(|promise| has_word(line, promise)) {
            let what = format!("{promise}: do it now, or open an issue and leave no mark here");
            findings.push(Finding::error(path, at + 1, what));
        }
    }
}

fn machines(path: &str, text: &str, findings: &mut Vec<Finding>) {
    if path.starts_with("xtask/src/tidy/") {
        return;
    }
    for (at, line) in text.lines().enumerate() {
        for folder in MACHINES.iter().filter(|folder| begins_path(line, folder)) {
            let what = format!(
                "{folder} is a folder of one machine: use a path from the root of the repository"
            );
            findings.push(Finding::error(path, at + 1, what));
        }
    }
}

fn macros(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let programs = ["crates/memberpay/", "crates/testkit/", "xtask/"];
    let speaks = programs.iter().any(|program| path.starts_with(program)) || is_test(path);
    let code = rust::code_of(text);
    for (at, line) in code.lines().enumerate() {
        for name in UNFINISHED.iter().filter(|name| has_word(line, name)) {
            findings.push(Finding::error(
                path,
                at + 1,
                format!("{name} is unfinished work: finish it"),
            ));
        }
        for (name, instead) in MACROS
            .iter()
            .filter(|(name, _)| !speaks && has_word(line, name))
        {
            let what = format!("{name} speaks past the program: {instead}");
            findings.push(Finding::error(path, at + 1, what));
        }
    }
}

/// SQL stands in `store`. Tests look into tables, and benchmarks have a bare limit to set beside
/// it.
fn statements(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let own = ["crates/store/", "crates/testkit/", "xtask/"];
    if own.iter().any(|own| path.starts_with(own)) || is_test(path) || path.contains("/bench") {
        return;
    }
    let code = rust::without_tests(&rust::code_of(text));
    let in_product = rust::without_tests(text);
    for (at, (line, code)) in in_product.lines().zip(code.lines()).enumerate() {
        let quoted = !line.trim_start().starts_with("//") && line.trim_end() != code.trim_end();
        if quoted && STATEMENTS.iter().any(|statement| line.contains(statement)) {
            let what = "SQL outside store: give store a function that says what it is for";
            findings.push(Finding::error(path, at + 1, what));
        }
    }
}

fn purity(tree: &Tree, home: &str, findings: &mut Vec<Finding>) {
    for (path, text) in tree.ending(".rs") {
        if !path.starts_with(&format!("{home}src/")) || is_test(path) {
            continue;
        }
        let code = rust::without_tests(&rust::code_of(text));
        for (at, line) in code.lines().enumerate() {
            for (what, instead) in IMPURE.iter().filter(|(what, _)| has_word(line, what)) {
                let what = format!("{what} in a pure crate: {instead}");
                findings.push(Finding::error(path, at + 1, what));
            }
        }
    }
}

/// True if `word` is in `line` and is not part of a longer word.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && (word.ends_with('!') || !after.is_some_and(is_part))
    })
}

/// True if a path in `line` begins with `folder`.
fn begins_path(line: &str, folder: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || "/.-_}*~".contains(c);
    line.match_indices(folder)
        .any(|(at, _)| !line[..at].chars().next_back().is_some_and(goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::edges::PAGE;
    use crate::tidy::findings_of;

    #[test]
    fn promises_and_unfinished_work_are_found_anywhere() {
        let promise = format!("// {}: later\n", PROMISES[0]);
        let found = findings_of(
            check,
            &[
                ("crates/a/src/a.rs", &promise),
                ("crates/memberpay/src/b.rs", "fn f() { dbg!(1); todo!() }\n"),
                (
                    "crates/a/src/c.rs",
                    "// say dbg! in a comment\nlet s = \"todo!\";\n",
                ),
            ],
        );
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn only_programs_and_tests_print() {
        let text = "fn f() { println!(\"x\"); }\n";
        let found = findings_of(
            check,
            &[
                ("crates/a/src/a.rs", text),
                ("crates/a/tests/a.rs", text),
                ("crates/memberpay/src/a.rs", text),
                ("xtask/src/main.rs", text),
            ],
        );
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("crates/a/src/a.rs:1: println! speaks past"),
            "{found:?}"
        );
    }

    #[test]
    fn folders_of_a_machine_are_found_and_ends_of_paths_are_not() {
        let found = findings_of(
            check,
            &[(
                "docs/a.md",
                "see /work/x\nsee crates/work/x\nsee https://a.example/work/\n",
            )],
        );
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("docs/a.md:1:"));
    }

    #[test]
    fn statements_are_for_store_alone() {
        let text =
            "// SELECT x\nlet a = \"SELECT x FROM t\";\n#[cfg(test)]\nmod t { \"SELECT y\" }\n";
        let found = findings_of(
            check,
            &[
                ("crates/usecases/src/a.rs", text),
                ("crates/store/src/a.rs", text),
                ("crates/usecases/tests/a.rs", text),
            ],
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("crates/usecases/src/a.rs:2: SQL outside store"),
            "{found:?}"
        );
    }

    #[test]
    fn a_pure_crate_neither_waits_nor_looks_at_the_world() {
        let page = "<!-- tidy: edges -->\n| c | k | k | t | o |\n| - | - | - | - | - |\n\
            | a | pure | – | – | only jiff |\n| b | edge | – | – | never x |\n";
        let text = "async fn f() {}\nuse std::fs;\n#[cfg(test)]\nmod tests { use std::env; }\n";
        let found = findings_of(
            check,
            &[
                (PAGE, page),
                ("crates/a/Cargo.toml", "[package]\nname = \"memberpay-a\"\n"),
                ("crates/a/src/lib.rs", text),
                ("crates/a/tests/t.rs", text),
                ("crates/b/Cargo.toml", "[package]\nname = \"memberpay-b\"\n"),
                ("crates/b/src/lib.rs", text),
            ],
        );
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found
                .iter()
                .all(|finding| finding.starts_with("crates/a/src/lib.rs:"))
        );
    }
}
