//! Chores in Rust: `cargo run -p xtask -- tidy` holds the rules of this repository that no compiler
//! knows: who may know whom, sizes, names, words, dependencies, links.

mod tidy;

use std::path::Path;
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["tidy"] => tidy(),
        _ => {
            eprintln!("Usage: cargo run -p xtask -- tidy");
            Ok(ExitCode::from(2))
        }
    }
}

fn tidy() -> anyhow::Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    let tree = tidy::Tree::read(root)?;
    let findings = tidy::check(&tree);
    let mut errors = 0;
    for finding in &findings {
        errors += u32::from(finding.is_error());
        println!("{finding}");
    }
    let warnings = u32::try_from(findings.len())? - errors;
    println!(
        "tidy: {} files, {errors} errors, {warnings} warnings",
        tree.len()
    );
    Ok(if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
