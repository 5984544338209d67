//! `memberpay notices print --out FOLDER` and `memberpay notices tell`.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;
use usecases::Actor;
use usecases::notices::{self, PrintOptions};

use crate::settings::Settings;
use crate::wiring;

/// What to do with notices.
#[derive(Debug, Subcommand)]
pub enum NoticesCommand {
    /// Prints the letters that wait, each once, into batches with a manifest. Run again after it
    /// was stopped, it finishes the batch it was at.
    Print {
        /// The folder for the batches.
        #[arg(long)]
        out: PathBuf,
        /// The most letters in a batch, at most 1000.
        #[arg(long, default_value_t = 500)]
        batch_size: u16,
    },
    /// Tells of new invoices and of those due soon, as the nightly jobs do. Nobody is told twice.
    Tell {
        /// The day, as YYYY-MM-DD; today if left out.
        #[arg(long)]
        day: Option<String>,
    },
}

/// Runs the command.
///
/// # Errors
/// If a file cannot be written, or the database does not answer.
pub async fn run(command: &NoticesCommand, settings: &Settings) -> anyhow::Result<()> {
    let ctx = wiring::batch_context(settings).await?;
    match command {
        NoticesCommand::Print { out, batch_size } => {
            let options = PrintOptions {
                folder: out.clone(),
                batch: *batch_size,
            };
            let report = notices::print::print(&ctx, &Actor::Operator, &options).await?;
            println!(
                "{}: {} letters on {} pages in {} batches",
                out.display(),
                report.letters,
                report.pages,
                report.batches
            );
            if report.to_look_at > 0 {
                println!(
                    "{} letters hold characters that the font does not have; look at them before \
                     mailing",
                    report.to_look_at
                );
            }
            for folder in &report.unfinished {
                println!(
                    "{folder} has a batch that is not finished; if no run is under way there, \
                     print into it once more"
                );
            }
        }
        NoticesCommand::Tell { day } => {
            let day: Date = match day {
                Some(day) => day.parse()?,
                None => ctx.today(),
            };
            let invoices = notices::tell_of_invoices(&ctx, day).await?;
            let due = notices::tell_due_soon(&ctx, day).await?;
            println!("{day}: told of {invoices} new invoices, reminded of {due} due soon");
        }
    }
    ctx.store.close().await;
    Ok(())
}
