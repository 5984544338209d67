//! Chores in Rust: `cargo run -p xtask -- tidy` holds the rules of this repository that no compiler
//! knows: who may know whom, sizes, names, words, dependencies, links. `wrap FILE…` wraps comments
//! that are too long, which rustfmt leaves alone.

mod tidy;
mod wrap;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["tidy"] => tidy(),
        ["wrap", paths @ ..] if !paths.is_empty() => wrap(paths),
        _ => {
            eprintln!("Usage: cargo run -p xtask -- tidy | wrap FILE…");
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

fn wrap(paths: &[&str]) -> anyhow::Result<ExitCode> {
    for path in paths {
        let text = std::fs::read_to_string(path).with_context(|| (*path).to_owned())?;
        let wrapped = wrap::wrapped(&text);
        if wrapped != text {
            std::fs::write(path, wrapped).with_context(|| (*path).to_owned())?;
            println!("wrapped {path}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
