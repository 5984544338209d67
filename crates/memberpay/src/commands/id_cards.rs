//! `memberpay id-cards export` and `memberpay id-cards mailed`.

use std::path::PathBuf;

use anyhow::bail;
use clap::Subcommand;
use usecases::{Actor, id_cards};

use crate::settings::Settings;
use crate::wiring;

/// What to do with requests for ID cards.
#[derive(Debug, Subcommand)]
pub enum IdCardsCommand {
    /// Writes the cards that were asked for since the last file as CSV for the card printer. Each
    /// request goes into one file; a run that was stopped is finished by the next.
    Export {
        /// The file, which must not be there.
        #[arg(long)]
        out: PathBuf,
    },
    /// Reads the printer's answer: a CSV file with the columns `request` and `mailed_on`.
    Mailed {
        /// The file.
        file: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// If a file cannot be read or written, or a line of the answer cannot be used; the others are.
pub async fn run(command: &IdCardsCommand, settings: &Settings) -> anyhow::Result<()> {
    let ctx = wiring::batch_context(settings).await?;
    match command {
        IdCardsCommand::Export { out } => {
            let report = id_cards::export(&ctx, &Actor::Operator, out).await?;
            match report.batch {
                None => println!("nobody asked for a card; no file was written"),
                Some(batch) => println!(
                    "file {batch} with {} cards written to {}{}",
                    report.cards,
                    out.display(),
                    if report.again {
                        "; an earlier run had begun it, so requests since then wait for the next"
                    } else {
                        ""
                    }
                ),
            }
        }
        IdCardsCommand::Mailed { file } => {
            let report = id_cards::mailed(&ctx, &Actor::Operator, file).await?;
            for finding in &report.findings {
                println!("line {}: {}", finding.line, finding.what);
            }
            println!(
                "{} cards marked as mailed, {} were already",
                report.mailed, report.known
            );
            if !report.findings.is_empty() {
                bail!("{} lines cannot be used", report.findings.len());
            }
        }
    }
    Ok(())
}
