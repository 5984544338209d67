//! `memberpay import images FOLDER --for REFERENCE`, and what other imports say of images.

use std::path::Path;

use anyhow::Context as _;
use kernel::AccountId;
use usecases::check_images::{self, ImagesOf, ImagesReport, take_in_images};
use usecases::lockbox::ReturnsReport;
use usecases::{Actor, Ctx};

use crate::settings::Settings;
use crate::wiring;

/// Runs the command.
///
/// # Errors
/// If the folder cannot be read, or no file or several have the reference. Images that were left
/// out are no error but are printed.
pub async fn run(folder: &Path, of: &str, settings: &Settings) -> anyhow::Result<()> {
    let ctx = wiring::batch_context(settings).await?;
    take(&ctx, folder, ImagesOf::Named(of.to_owned())).await?;
    ctx.store.close().await;
    Ok(())
}

/// Takes in the images beside a lockbox file, if there are any.
pub(super) async fn beside(ctx: &Ctx, file: &Path, id: AccountId) -> anyhow::Result<()> {
    let folder = check_images::beside(file);
    if folder.is_dir() {
        take(ctx, &folder, ImagesOf::File(id)).await?;
    }
    Ok(())
}

async fn take(ctx: &Ctx, folder: &Path, of: ImagesOf) -> anyhow::Result<()> {
    let report = take_in_images(ctx, &Actor::Operator, folder.to_owned(), of).await;
    say(
        folder,
        &report.with_context(|| folder.display().to_string())?,
    );
    Ok(())
}

fn say(folder: &Path, report: &ImagesReport) {
    for bad in &report.bad {
        println!("{}: {}", folder.join(&bad.file_name).display(), bad.why);
    }
    println!(
        "{} images of checks kept, {} kept before, {} left out",
        report.kept,
        report.before,
        report.bad.len()
    );
}

/// What an image cash letter had of images.
pub(super) fn say_of_letter(report: &ReturnsReport) {
    for record in &report.images_of_unknown {
        println!("record {record}: images of a check that is not certainly one that came in");
    }
    if report.images > 0 || !report.images_of_unknown.is_empty() {
        println!(
            "{} images of checks kept, those of {} checks left out",
            report.images,
            report.images_of_unknown.len()
        );
    }
}
