//! `memberpay bench`: figures beside a bare limit, in one run on one machine.

mod post;
mod report;
mod scene;

use clap::Subcommand;

use crate::settings::Settings;

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// POST-1 and POST-HOT: payments through the HTTP API, beside bare postings of the same database.
    Post(post::Args),
}

/// Runs a benchmark on the database of the settings.
///
/// # Errors
/// If the database is not empty, or a run leaves wrong books.
pub async fn run(command: &BenchCommand, settings: &Settings) -> anyhow::Result<()> {
    match command {
        BenchCommand::Post(args) => post::run(args, settings).await,
    }
}
