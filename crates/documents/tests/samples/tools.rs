//! Programs we did not write, that judge what we print.

#![allow(
    clippy::unwrap_used,
    reason = "a sample that cannot be made fails the test"
)]
#![allow(dead_code, reason = "each test uses the tools it needs")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The path of a program, or of a Python that can import a module. If it is missing, the test fails
/// where tools are demanded (`CI=true` or `MEMBERPAY_TEST_TOOLS=1`) and says aloud elsewhere that
/// this was not checked.
pub fn found(program: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|p| p.is_file());
    demanded(found, program, package)
}

/// A Python with the module: `MEMBERPAY_PYTHON` or `python3`.
pub fn python_with(module: &str, package: &str) -> Option<PathBuf> {
    let python = std::env::var_os("MEMBERPAY_PYTHON").unwrap_or_else(|| "python3".into());
    let has = Command::new(&python)
        .args(["-c", &format!("import {module}")])
        .output()
        .is_ok_and(|output| output.status.success());
    demanded(has.then(|| python.into()), module, package)
}

fn demanded(found: Option<PathBuf>, what: &str, package: &str) -> Option<PathBuf> {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|v| v == value);
    if found.is_none() {
        let demanded = is("CI", "true") || is("MEMBERPAY_TEST_TOOLS", "1");
        assert!(!demanded, "{what} is missing; install it: {package}");
        println!("not checked: {what} is missing; install it: {package}");
        eprintln!("not checked: {what} is missing; install it: {package}");
    }
    found
}

/// Runs a program and returns what it wrote; fails the test with its complaint if it fails.
pub fn run(program: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{} {arguments:?}: {said} {complaint}",
        program.display()
    );
    output
}

pub const PDFTOPPM: (&str, &str) = ("pdftoppm", "apt-get install poppler-utils");
pub const PDFINFO: (&str, &str) = ("pdfinfo", "apt-get install poppler-utils");
pub const QPDF: (&str, &str) = ("qpdf", "apt-get install qpdf");
pub const ZBARIMG: (&str, &str) = ("zbarimg", "apt-get install zbar-tools");
pub const GOCR: (&str, &str) = ("gocr", "apt-get install gocr");
