//! Sizes a reader can hold in the head, and module names that say nothing.

use std::collections::BTreeMap;

use super::tree::is_test;
use super::{Finding, Tree, rust};

const FILE_WARNING: usize = 400;
const FILE_LIMIT: usize = 700;
const TEST_FILE_LIMIT: usize = 1200;
const FUNCTION_LIMIT: usize = 70;
const LINE_LIMIT: usize = 100;
const UNFORMATTED_LIMIT: usize = 120;
/// A layer has one module for each capability; a crate for each would let Cargo hold nothing more.
const CRATE_LIMIT: usize = 35_000;
/// Names under which anything can hide.
const NOTHING_NAMES: &[&str] = &[
    "util", "utils", "common", "helper", "helpers", "misc", "manager", "data",
];

/// Checks lengths and the names of modules.
pub fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let mut crates: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, text) in tree.ending(".rs") {
        let lines = text.lines().count();
        file(path, lines, findings);
        line_lengths(path, text, findings);
        functions(path, text, findings);
        module_name(path, findings);
        if let Some((home, _)) = path.split_once("/src/") {
            *crates.entry(home).or_default() += lines;
        }
    }
    for (home, lines) in crates {
        if lines > CRATE_LIMIT {
            let what = format!(
                "{lines} lines of Rust; a crate has at most {CRATE_LIMIT}: split it by capability"
            );
            findings.push(Finding::error(home, 1, what));
        }
    }
}

fn file(path: &str, lines: usize, findings: &mut Vec<Finding>) {
    let limit = if is_test(path) {
        TEST_FILE_LIMIT
    } else {
        FILE_LIMIT
    };
    if lines > limit {
        let what = format!("{lines} lines; a file has at most {limit}: split it by subject");
        findings.push(Finding::error(path, 1, what));
    } else if lines > FILE_WARNING && !is_test(path) {
        let what = format!(
            "{lines} lines; beyond {FILE_WARNING} a second file is usually waiting to be found"
        );
        findings.push(Finding::warning(path, 1, what));
    }
}

/// Code and comments end at [`LINE_LIMIT`]. Where rustfmt does not reach, a line may go on to
/// [`UNFORMATTED_LIMIT`]: a sentence in quotes, a row of a table in a comment, the inside of a
/// macro in tests. A table of cases in a test is read by row and has no limit.
fn line_lengths(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let code = rust::code_of(text);
    let product = rust::without_tests(&code);
    for (at, ((line, code), product)) in text
        .lines()
        .zip(code.lines())
        .zip(product.lines())
        .enumerate()
    {
        let columns = line.chars().count();
        if columns <= LINE_LIMIT || line.contains("https://") {
            continue;
        }
        let words = line.trim_start();
        let comment = words.starts_with("//");
        let row = comment && words.trim_start_matches(['/', '!', ' ']).starts_with('|');
        let in_test = is_test(path) || (product.trim().is_empty() && !code.trim().is_empty());
        let quotes = !comment && (line.contains('"') || line.trim_end() != code.trim_end());
        if quotes && in_test {
            continue;
        }
        let unformatted = quotes || row || (in_test && !comment);
        let limit = if unformatted {
            UNFORMATTED_LIMIT
        } else {
            LINE_LIMIT
        };
        if columns > limit {
            let what = format!("{columns} columns; a line here has at most {limit}: break it");
            findings.push(Finding::error(path, at + 1, what));
        }
    }
}

fn functions(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let code = rust::code_of(text);
    for function in rust::functions(&code) {
        let lines = function.last - function.first + 1;
        if lines > FUNCTION_LIMIT {
            let what = format!(
                "function {} has {lines} lines; the limit is {FUNCTION_LIMIT}: name its steps",
                function.name
            );
            findings.push(Finding::error(path, function.first, what));
        }
    }
}

fn module_name(path: &str, findings: &mut Vec<Finding>) {
    let inside = path.split_once("/src/").map_or("", |(_, inside)| inside);
    let Some(inside) = inside.strip_suffix(".rs") else {
        return;
    };
    for name in inside
        .split('/')
        .filter(|name| NOTHING_NAMES.contains(name))
    {
        let what = format!("a module named {name} can hold anything: name it after what it is for");
        findings.push(Finding::error(path, 1, what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings_of;

    #[test]
    fn long_files_lines_and_functions_are_found() {
        let long_file = "// x\n".repeat(701);
        let long_function = format!("fn f() {{\n{}}}\n", "    a();\n".repeat(69));
        let fits = format!("fn f() {{\n{}}}\n", "    a();\n".repeat(68));
        let long_line = format!("// {}\n", "x".repeat(98));
        let text = |n: usize| format!("    f(\"{}\");\n", "x".repeat(n));
        let address = format!("// https://{}\n", "x".repeat(98));
        let found = findings_of(
            check,
            &[
                ("crates/a/src/file.rs", &long_file),
                ("crates/a/tests/file.rs", &long_file),
                ("crates/a/src/function.rs", &long_function),
                ("crates/a/src/fits.rs", &fits),
                ("crates/a/src/line.rs", &long_line),
                ("crates/a/src/address.rs", &address),
                ("crates/a/src/sentence.rs", &text(100)),
                ("crates/a/src/speech.rs", &text(120)),
                ("crates/a/tests/table.rs", &text(150)),
                (
                    "crates/a/src/rows.rs",
                    &format!("//! | {} |\n", "x".repeat(105)),
                ),
                (
                    "crates/a/src/law.rs",
                    &format!("#[cfg(test)]\nmod t {{ x::{}!(); }}\n", "y".repeat(90)),
                ),
            ],
        );
        assert_eq!(
            found,
            [
                "crates/a/src/file.rs:1: 701 lines; a file has at most 700: split it by subject",
                "crates/a/src/function.rs:1: function f has 71 lines; the limit is 70: name its steps",
                "crates/a/src/line.rs:1: 101 columns; a line here has at most 100: break it",
                "crates/a/src/speech.rs:1: 130 columns; a line here has at most 120: break it",
            ]
        );
    }

    #[test]
    fn a_warning_is_no_error_and_names_that_say_nothing_are() {
        let mut findings = Vec::new();
        check(
            &Tree::of(&[("crates/a/src/b.rs", &"//\n".repeat(401))]),
            &mut findings,
        );
        assert!(findings.len() == 1 && !findings[0].is_error());
        let found = findings_of(
            check,
            &[
                ("crates/a/src/utils.rs", ""),
                ("crates/a/src/common/mod.rs", ""),
                ("crates/a/src/commons.rs", ""),
            ],
        );
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_crate_that_grew_too_big_is_found() {
        let text = "//\n".repeat(399);
        let fit = CRATE_LIMIT / 399;
        let paths: Vec<String> = (0..=fit).map(|n| format!("crates/a/src/f{n}.rs")).collect();
        let files: Vec<(&str, &str)> = paths.iter().map(|p| (p.as_str(), text.as_str())).collect();
        assert_eq!(findings_of(check, &files).len(), 1);
        assert!(findings_of(check, &files[..fit]).is_empty());
    }
}
