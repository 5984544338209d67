//! Folders of check images in the folder in which the bank's files arrive: `NAME.images`, beside
//! the file NAME or after it.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use kernel::AccountId;
use tokio::fs;

use super::folder::{FolderReport, REFUSED, TAKEN, put_away, settled, unavailable};
use crate::check_images::{BadImage, ImagesOf, ImagesReport, take_in_images};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// How long images wait for the file that they belong to.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// The files that were taken in this time, by name.
pub(super) type Taken = HashMap<String, AccountId>;

/// Takes in the folders of images that are whole and whose file is known.
pub(super) async fn take_in_folders(
    ctx: &Ctx,
    folder: &Path,
    taken: &Taken,
    report: &mut FolderReport,
) -> Result<(), UseCaseError> {
    for (images, changed) in arrived(folder, ctx.now()).await.map_err(unavailable)? {
        let name = images.file_stem().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        if fs::try_exists(folder.join(&name))
            .await
            .map_err(unavailable)?
        {
            // Its file is still being written.
            continue;
        }
        let of = taken.get(&name).copied();
        let of = of.map_or_else(|| ImagesOf::Named(name.clone()), ImagesOf::File);
        let actor = Actor::Job("lockbox-folder");
        match take_in_images(ctx, &actor, images.clone(), of).await {
            Ok(found) => {
                put_aside(folder, &images, &found.bad)
                    .await
                    .map_err(unavailable)?;
                put_away(&images, folder, TAKEN)
                    .await
                    .map_err(unavailable)?;
                log(&found);
                report.taken_in += 1;
                report.refused += found.bad.len() as u64;
            }
            Err(UseCaseError::Refused(refusal)) if waits(&refusal, changed, ctx.now()) => {}
            Err(UseCaseError::Refused(refusal)) => {
                refuse(folder, &images, &refusal)
                    .await
                    .map_err(unavailable)?;
                report.refused += 1;
            }
            Err(UseCaseError::Conflict(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

fn log(found: &ImagesReport) {
    tracing::info!(
        kept = found.kept,
        before = found.before,
        left_out = found.bad.len(),
        "check images were taken in"
    );
}

/// Images may come before their file does.
fn waits(refusal: &Refusal, changed: Timestamp, now: Timestamp) -> bool {
    refusal.code == "images-file-unknown" && now.duration_since(changed) < PATIENCE
}

/// The folders of images that nobody writes to any more, by name, and when each was changed last.
async fn arrived(folder: &Path, now: Timestamp) -> std::io::Result<Vec<(PathBuf, Timestamp)>> {
    let mut found = Vec::new();
    let mut entries = fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        let path = entry.path();
        let known = entry.metadata().await?;
        let is_one = known.is_dir() && path.extension() == Some(OsStr::new("images"));
        let (still, changed) = settled(&known, now)?;
        if is_one
            && still
            && let Some(last) = whole(&path, now).await?
        {
            found.push((path, changed.max(last)));
        }
    }
    found.sort();
    Ok(found)
}

/// When a folder's files were changed last; `None` while one of them is being written.
async fn whole(images: &Path, now: Timestamp) -> std::io::Result<Option<Timestamp>> {
    let mut last = Timestamp::UNIX_EPOCH;
    let mut entries = fs::read_dir(images).await?;
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let unfinished = [".part", ".tmp"].iter().any(|end| name.ends_with(end));
        let (still, changed) = settled(&entry.metadata().await?, now)?;
        if unfinished || !still {
            return Ok(None);
        }
        last = last.max(changed);
    }
    Ok(Some(last))
}

/// Moves images that could not be used into the folder of what was refused, each with the reason.
async fn put_aside(folder: &Path, images: &Path, bad: &[BadImage]) -> std::io::Result<()> {
    if bad.is_empty() {
        return Ok(());
    }
    let into = folder
        .join(REFUSED)
        .join(images.file_name().unwrap_or_default());
    for one in bad {
        let path = images.join(&one.file_name);
        let name = put_away(&path, &into, "").await?;
        fs::write(into.join(format!("{name}.txt")), format!("{}\n", one.why)).await?;
    }
    tracing::error!(images = bad.len(), "images of checks were refused");
    Ok(())
}

async fn refuse(folder: &Path, images: &Path, refusal: &Refusal) -> std::io::Result<()> {
    let name = put_away(images, folder, REFUSED).await?;
    let reason = folder.join(REFUSED).join(format!("{name}.txt"));
    fs::write(reason, format!("{refusal}\n")).await?;
    tracing::error!(folder = name, "images of checks were refused");
    Ok(())
}
