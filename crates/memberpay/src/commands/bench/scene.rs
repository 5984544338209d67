//! What benchmarks run on: accounts of one plan line, each with an invoice.

use std::path::Path;

use anyhow::ensure;
use demo::RosterShape;
use kernel::BillingMonth;
use usecases::billing::RunOptions;
use usecases::progress::Unwatched;
use usecases::roster::ImportFile;
use usecases::{Actor, Ctx};

/// The plan line whose accounts are used.
pub const LINE: &str = "individual";

/// Imports a roster until the line has `wanted` accounts, and invoices the month. The member IDs of
/// those accounts.
///
/// # Errors
/// If the database is not empty.
pub async fn members(ctx: &Ctx, folder: &Path, wanted: u64) -> anyhow::Result<Vec<String>> {
    ensure!(
        usecases::pages::is_empty(ctx).await?,
        "the database holds members; a benchmark wants an empty one"
    );
    std::fs::create_dir_all(folder)?;
    let month = BillingMonth::of(ctx.today());
    let shape = RosterShape { members: wanted.saturating_mul(6), seed: 1, as_of: month };
    let mut ids = Vec::new();
    let kept = shape
        .records()
        .filter(|record| {
            record.is_subscriber() && record.coverage.as_ref().is_some_and(|c| c.plan_line == LINE)
        })
        .take(usize::try_from(wanted)?)
        .inspect(|record| ids.push(record.member_id.as_str().to_owned()));
    let path = folder.join("bench-roster.csv");
    let into = std::io::BufWriter::new(std::fs::File::create(&path)?);
    formats::enrollment::write_csv(into, kept)?;
    ids.dedup();
    let file = ImportFile { path, format: None, again: false };
    usecases::roster::import(ctx, &Actor::Operator, file, &Unwatched).await?;
    usecases::billing::run(ctx, &Actor::Operator, month, RunOptions::default(), &Unwatched).await?;
    Ok(ids)
}

/// A fast run that leaves wrong books is a failed run.
///
/// # Errors
/// What is wrong with the books.
pub async fn books_are_right(ctx: &Ctx) -> anyhow::Result<()> {
    let check = usecases::books::verify(ctx, &Actor::Operator, &Unwatched).await?;
    ensure!(check.findings.is_empty(), "the books are wrong: {:?}", check.findings);
    println!("ledger verified");
    Ok(())
}
