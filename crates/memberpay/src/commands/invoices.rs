//! `memberpay invoices render --month 2026-12 --out FOLDER`.

use std::path::PathBuf;

use anyhow::bail;
use clap::Subcommand;
use kernel::{BillingMonth, Language};
use usecases::Actor;
use usecases::invoices::{LARGEST_BATCH, PrintOptions};

use crate::progress::Bar;
use crate::settings::Settings;
use crate::wiring;

/// What to do with invoices.
#[derive(Debug, Subcommand)]
pub enum InvoicesCommand {
    /// Prints a month into batches for the print shop, with a manifest. Run again, it keeps what is
    /// finished and unchanged.
    Render {
        /// The month, as YYYY-MM.
        #[arg(long)]
        month: String,
        /// The folder for the files.
        #[arg(long)]
        out: PathBuf,
        /// How many invoices make a batch, at most 100.
        #[arg(long, default_value_t = LARGEST_BATCH)]
        batch_size: usize,
        /// How many batches are laid out at once.
        #[arg(long, default_value_t = 2)]
        workers: usize,
        /// Only invoices in this language: en or es.
        #[arg(long)]
        language: Option<String>,
        /// Everything in large print, not only where it was asked for.
        #[arg(long)]
        large_print: bool,
    },
}

/// Runs the command.
///
/// # Errors
/// If the month has no invoices, or the folder cannot be written.
pub async fn run(command: &InvoicesCommand, settings: &Settings) -> anyhow::Result<()> {
    let InvoicesCommand::Render {
        month,
        out,
        batch_size,
        workers,
        language,
        large_print,
    } = command;
    let month = BillingMonth::parse(month)?;
    if !(1..=LARGEST_BATCH).contains(batch_size) {
        bail!("--batch-size is {batch_size}; it must be 1 to {LARGEST_BATCH}");
    }
    let language = match language.as_deref() {
        None => None,
        Some(tag) => match Language::from_tag(tag) {
            Some(language) => Some(language),
            None => bail!("--language is \"{tag}\"; expected en or es"),
        },
    };
    let ctx = wiring::unsealed_context(settings).await?;
    let bar = Bar::counting("invoices");
    let options = PrintOptions {
        folder: out.clone(),
        batch: *batch_size,
        workers: *workers,
        language,
        large_print: *large_print,
    };
    let report = usecases::invoices::print(&ctx, &Actor::Operator, month, &options, &bar).await;
    bar.clear();
    let report = report?;
    println!(
        "{}: {} invoices on {} pages in {} batches, {} of them kept from before",
        out.display(),
        report.invoices,
        report.pages,
        report.batches,
        report.kept
    );
    if report.paperless > 0 {
        println!("{} more go without paper", report.paperless);
    }
    if report.to_look_at > 0 {
        println!(
            "{} batches hold characters that the font does not have; look at them before mailing",
            report.to_look_at
        );
    }
    ctx.store.close().await;
    Ok(())
}
