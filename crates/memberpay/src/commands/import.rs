//! `memberpay import roster|lockbox|returns|images|pull` and `memberpay roster generate`.

mod images;
mod pull;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use demo::RosterShape;
use formats::enrollment::{CharacterSet, Envelope834, write_834, write_csv};
use kernel::BillingMonth;
use usecases::Actor;
use usecases::roster::{Format, ImportFile, RosterReport};

use crate::progress::Bar;
use crate::settings::Settings;
use crate::wiring;

/// Files that come in.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Takes over a roster: X12 834 (005010X220A1) or CSV.
    Roster {
        /// The file.
        file: PathBuf,
        /// Its format; told from its first bytes if not given.
        #[arg(long)]
        format: Option<FileFormat>,
        /// Reads a file through that was taken over before. Nothing is changed twice.
        #[arg(long)]
        again: bool,
    },
    /// Takes in a file of the lockbox bank: BAI, X12 823, X12 820 or CSV.
    Lockbox {
        /// The file.
        file: PathBuf,
        /// The layout of a BAI file: a preset or one of the plan's; the plan's own if not given.
        #[arg(long)]
        layout: Option<String>,
        /// How many envelopes are taken in with one commit.
        #[arg(long, default_value_t = usecases::lockbox::CHUNK)]
        chunk: usize,
    },
    /// Takes in checks that the payers' banks did not pay: an image cash letter (X9.100-187).
    Returns {
        /// The file.
        file: PathBuf,
    },
    /// Takes in images of checks: TIFF, PNG or JPEG files named by the check that they are of.
    /// Images in FILE.images beside a lockbox file come with it and need no command of their own.
    Images {
        /// The folder that they lie in.
        folder: PathBuf,
        /// Whose images they are: the bank's reference of a lockbox file, or the file's name.
        #[arg(long = "for", value_name = "REFERENCE")]
        of: String,
    },
    /// Fetches what lies on the bank's SFTP server (LOCKBOX_SFTP) into LOCKBOX_FOLDER, takes it in
    /// and puts it away there.
    Pull,
}

/// Synthetic rosters.
#[derive(Debug, Subcommand)]
pub enum RosterCommand {
    /// Makes a roster of invented people; the same numbers make the same people.
    Generate {
        /// How many members.
        #[arg(long)]
        members: u64,
        /// Another seed makes other people.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The month as of which everybody is covered.
        #[arg(long, default_value = "2026-12")]
        month: String,
        /// The format.
        #[arg(long, default_value = "834")]
        format: FileFormat,
        /// Where to.
        #[arg(long)]
        out: PathBuf,
    },
}

/// A roster's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FileFormat {
    /// X12 834.
    #[value(name = "834")]
    X12,
    /// CSV.
    Csv,
}

impl From<FileFormat> for Format {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::X12 => Format::X12,
            FileFormat::Csv => Format::Csv,
        }
    }
}

/// Runs `memberpay import`.
///
/// # Errors
/// If the file is refused whole, with the place; rejected records are no error but are printed.
pub async fn run(command: &ImportCommand, settings: &Settings) -> anyhow::Result<()> {
    match command {
        ImportCommand::Roster {
            file,
            format,
            again,
        } => roster(file, *format, *again, settings).await,
        ImportCommand::Lockbox {
            file,
            layout,
            chunk,
        } => {
            let import = usecases::lockbox::ImportFile {
                path: file.clone(),
                layout: layout.clone(),
                chunk: (*chunk).max(1),
            };
            lockbox(file, import, settings).await
        }
        ImportCommand::Returns { file } => returns(file, settings).await,
        ImportCommand::Pull => pull::run(settings).await,
        ImportCommand::Images { folder, of } => images::run(folder, of, settings).await,
    }
}

async fn returns(file: &Path, settings: &Settings) -> anyhow::Result<()> {
    let ctx = wiring::batch_context(settings).await?;
    let report = usecases::lockbox::take_in_returns(&ctx, &Actor::Operator, file.to_owned()).await;
    let report = report.with_context(|| file.display().to_string())?;
    for one in &report.to_look_at {
        println!(
            "{}: record {}, {}, {}: {}; somebody has to look at it",
            file.display(),
            one.record,
            one.cents,
            one.reason,
            one.outcome.code()
        );
    }
    println!(
        "{} returned checks, {}: {} taken back, {}; {} to look at; {} taken in before",
        report.checks,
        report.cents,
        report.reversed,
        report.reversed_cents,
        report.to_look_at.len(),
        report.before
    );
    images::say_of_letter(&report);
    ctx.store.close().await;
    Ok(())
}

async fn lockbox(
    file: &Path,
    import: usecases::lockbox::ImportFile,
    settings: &Settings,
) -> anyhow::Result<()> {
    let ctx = wiring::batch_context(settings).await?;
    let bar = Bar::counting("envelopes");
    let report = usecases::lockbox::import(&ctx, &Actor::Operator, import, &bar).await;
    bar.clear();
    let report = report.with_context(|| file.display().to_string())?;
    if let Some(before) = &report.before {
        println!(
            "{} was taken in before, as {before}; nothing was posted. Then it had:",
            file.display()
        );
    }
    println!(
        "{} checks, {}: {} posted, {}; {} in suspense, {}",
        report.checks,
        report.cents,
        report.posted,
        report.posted_cents,
        report.suspended,
        report.suspended_cents
    );
    for sum in &report.by_reason {
        println!("  {}: {} checks, {}", sum.exceptions, sum.checks, sum.cents);
    }
    if report.empty > 0 {
        println!(
            "{} envelopes had a coupon and no check; staff see them at /staff/empty-envelopes",
            report.empty
        );
    }
    images::beside(&ctx, file, report.file).await?;
    ctx.store.close().await;
    Ok(())
}

async fn roster(
    file: &Path,
    format: Option<FileFormat>,
    again: bool,
    settings: &Settings,
) -> anyhow::Result<()> {
    let ctx = wiring::batch_context(settings).await?;
    let bar = Bar::counting("records");
    let begun = Instant::now();
    let import = ImportFile {
        path: file.to_owned(),
        format: format.map(Format::from),
        again,
    };
    let report = usecases::roster::import(&ctx, &Actor::Operator, import, &bar).await;
    bar.clear();
    let report = report.with_context(|| file.display().to_string())?;
    say(file, &report, begun.elapsed().as_millis());
    ctx.store.close().await;
    Ok(())
}

fn say(file: &Path, report: &RosterReport, millis: u128) {
    if report.already {
        println!(
            "{} was imported before; nothing was changed (--again reads it through). Then it had:",
            file.display()
        );
    }
    for reject in &report.rejects {
        println!(
            "{}: {} {}: {}",
            file.display(),
            reject.position,
            reject.element,
            reject.reason
        );
    }
    for left_out in &report.left_out {
        println!("{}: {left_out}", file.display());
    }
    println!(
        "{} records: {} inserted, {} updated, {} unchanged, {} rejected",
        report.records, report.inserted, report.updated, report.unchanged, report.rejected
    );
    if !report.already && millis > 0 {
        println!(
            "{} records a second",
            u128::from(report.records) * 1000 / millis
        );
    }
}

/// Runs `memberpay roster`.
///
/// # Errors
/// If the file cannot be written.
pub fn run_roster(command: &RosterCommand) -> anyhow::Result<()> {
    let RosterCommand::Generate {
        members,
        seed,
        month,
        format,
        out,
    } = command;
    let as_of = BillingMonth::parse(month)?;
    if *members == 0 {
        bail!("--members is 0; a roster has at least one member");
    }
    let shape = RosterShape {
        members: *members,
        seed: *seed,
        as_of,
    };
    let mut into = BufWriter::new(File::create(out).with_context(|| out.display().to_string())?);
    let records = shape.records();
    let written = match format {
        FileFormat::Csv => write_csv(&mut into, records)?,
        FileFormat::X12 => write_834(&mut into, envelope(as_of), records)?,
    };
    into.flush()?;
    println!("{}: {written} records", out.display());
    Ok(())
}

/// The envelope of a synthetic file, dated like its month so that the same numbers give the same
/// bytes.
fn envelope(month: BillingMonth) -> Envelope834 {
    Envelope834 {
        sender: "SYNTHETIC".to_owned(),
        receiver: "MEMBERPAY".to_owned(),
        control_number: 1,
        created: month.first_day().at(6, 0, 0, 0),
        sponsor: "Synthetic Exchange".to_owned(),
        sponsor_tax_id: "000000000".to_owned(),
        payer: "Synthetic Health Plan".to_owned(),
        payer_tax_id: "000000001".to_owned(),
        characters: CharacterSet::Utf8,
    }
}
