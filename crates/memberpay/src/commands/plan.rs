//! `memberpay plan check FILE`.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use plan::Plan;

/// What to do with a plan file.
#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Checks a plan file and names every problem with its line, key, what was found and expected.
    Check {
        /// The plan file.
        file: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// If the file cannot be read or has problems; each is printed.
pub fn run(command: &PlanCommand) -> anyhow::Result<()> {
    let PlanCommand::Check { file } = command;
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    match Plan::read(&file.display().to_string(), &text) {
        Ok(plan) => {
            println!("{}: no problems", file.display());
            println!(
                "{}: {} plan lines, {} phones, {} notices, languages {}",
                plan.organisation.name,
                plan.lines.len(),
                plan.phones.len(),
                plan.notices.len(),
                plan.languages
                    .iter()
                    .map(|l| l.tag())
                    .collect::<Vec<_>>()
                    .join(", "),
            );
            Ok(())
        }
        Err(problems) => {
            for problem in &problems {
                println!("{problem}");
            }
            bail!("{} has {} problems", file.display(), problems.len())
        }
    }
}
