//! `memberpay bench`: figures beside a bare limit, in one run on one machine.

mod autopay;
mod bill;
mod lockbox;
mod post;
mod report;
mod scene;
mod usage;
mod web;

use clap::Subcommand;

use crate::settings::Settings;

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// BILL-1M, BILL-RERUN and BILL-RESUME: the billing run, beside the plainest SQL for the same
    /// rows.
    Bill(bill::Args),
    /// AUTOPAY: a night over all mandates, beside the plainest SQL for the same rows.
    Autopay(autopay::Args),
    /// POST-LOCKBOX: a day's file of checks, beside the plainest SQL for the same rows.
    Lockbox(lockbox::Args),
    /// POST-1 and POST-HOT: payments through the HTTP API, beside bare postings of the same
    /// database.
    Post(post::Args),
    /// WEB-PAGE, WEB-SLO and GUEST-PAY: pages beside bare ones, a guest beside the processor alone.
    Web(web::Args),
}

/// Runs a benchmark on the database of the settings.
///
/// # Errors
/// If the database is not empty, or a run leaves wrong books.
pub async fn run(command: &BenchCommand, settings: &Settings) -> anyhow::Result<()> {
    match command {
        BenchCommand::Autopay(args) => autopay::run(args, settings).await,
        BenchCommand::Bill(args) => bill::run(args, settings).await,
        BenchCommand::Lockbox(args) => lockbox::run(args, settings).await,
        BenchCommand::Post(args) => post::run(args, settings).await,
        BenchCommand::Web(args) => web::run(args, settings).await,
    }
}
