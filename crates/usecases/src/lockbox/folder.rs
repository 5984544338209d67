//! The folder in which the bank's files arrive: each is taken in and put away, or put aside with
//! the reason.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use formats::lockbox::{Format, bai};
use jiff::{SignedDuration, Timestamp};
use kernel::AccountId;
use tokio::fs;
use tokio::io::AsyncReadExt as _;

use super::images_folder::{Taken, take_in_folders};
use super::{CHUNK, ImportFile, import, take_in_returns};
use crate::progress::Unwatched;
use crate::{Actor, Ctx, UseCaseError};

/// Where files go that were taken in.
pub(super) const TAKEN: &str = "taken-in";
/// Where files go that were refused, each with a text beside it that says why.
pub(super) const REFUSED: &str = "refused";
/// A file that was written to so lately may not be whole.
pub(super) const SETTLED: SignedDuration = SignedDuration::from_secs(30);

/// What became of the files in the folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FolderReport {
    /// How many were taken in, or had been before.
    pub taken_in: u64,
    /// How many were refused.
    pub refused: u64,
}

/// Takes in what lies in the folder that the operator set: lockbox files, image cash letters of
/// returned checks, and folders of check images (`NAME.images`) whose file is known. Files that are
/// still being written, hidden ones and those ending in `.part` or `.tmp` are left alone. A file
/// that cannot be taken in now, because the database does not answer, stays for the next time.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the folder cannot be read or written, or the database does not
/// answer.
pub async fn take_in_folder(ctx: &Ctx) -> Result<FolderReport, UseCaseError> {
    let mut report = FolderReport::default();
    let Some(folder) = &ctx.settings.lockbox_folder else {
        return Ok(report);
    };
    let mut taken = Taken::new();
    for path in arrived(folder, ctx.now()).await.map_err(unavailable)? {
        match take_in(ctx, &path).await {
            Ok(file) => {
                taken.extend(file);
                put_away(&path, folder, TAKEN).await.map_err(unavailable)?;
                report.taken_in += 1;
            }
            Err(UseCaseError::Refused(refusal)) => {
                let name = put_away(&path, folder, REFUSED)
                    .await
                    .map_err(unavailable)?;
                let reason = folder.join(REFUSED).join(format!("{name}.txt"));
                let told = fs::write(reason, format!("{refusal}\n")).await;
                told.map_err(unavailable)?;
                tracing::error!(file = name, "a file of the bank was refused");
                report.refused += 1;
            }
            // Another process is at it.
            Err(UseCaseError::Conflict(_)) => {}
            Err(other) => return Err(other),
        }
    }
    take_in_folders(ctx, folder, &taken, &mut report).await?;
    Ok(report)
}

pub(super) fn unavailable(error: std::io::Error) -> UseCaseError {
    UseCaseError::Unavailable(Box::new(error))
}

/// The files that are whole, by name.
async fn arrived(folder: &Path, now: Timestamp) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut entries = fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let known = entry.metadata().await?;
        let unfinished = [".part", ".tmp"].iter().any(|end| name.ends_with(end));
        if known.is_file() && !name.starts_with('.') && !unfinished && settled(&known, now)?.0 {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Whether nobody wrote to it lately, and when it was changed last.
pub(super) fn settled(
    known: &std::fs::Metadata,
    now: Timestamp,
) -> std::io::Result<(bool, Timestamp)> {
    let changed = known.modified()?.duration_since(SystemTime::UNIX_EPOCH);
    let seconds = changed.map_or(0, |since| since.as_secs());
    let changed = i64::try_from(seconds)
        .ok()
        .and_then(|s| Timestamp::from_second(s).ok());
    let changed = changed.unwrap_or(Timestamp::UNIX_EPOCH);
    Ok((now.duration_since(changed) >= SETTLED, changed))
}

/// Takes a file in; a lockbox file's name, and which it is.
async fn take_in(ctx: &Ctx, path: &Path) -> Result<Option<(String, AccountId)>, UseCaseError> {
    let actor = Actor::Job("lockbox-folder");
    let mut first = vec![0; 4_096];
    let mut file = fs::File::open(path).await.map_err(unavailable)?;
    let mut read = 0;
    while read < first.len() {
        let more = file.read(&mut first[read..]).await.map_err(unavailable)?;
        if more == 0 {
            break;
        }
        read += more;
    }
    let name = &ctx.plan.lockbox.layout;
    let layout: Option<bai::Layout> = ctx.plan.lockbox.layout(name);
    let is_lockbox = layout.is_some_and(|layout| Format::of(&first[..read], &layout).is_some());
    if !is_lockbox && begins_cash_letter(&first[..read]) {
        let taken = take_in_returns(ctx, &actor, path.to_owned()).await?;
        tracing::info!(
            checks = taken.checks,
            reversed = taken.reversed,
            to_look_at = taken.to_look_at.len(),
            images = taken.images,
            "returned checks were taken in"
        );
        return Ok(None);
    }
    let file = ImportFile {
        path: path.to_owned(),
        layout: None,
        chunk: CHUNK,
    };
    let taken = import(ctx, &actor, file, &Unwatched).await?;
    tracing::info!(
        checks = taken.checks,
        posted = taken.posted,
        suspended = taken.suspended,
        again = taken.before.is_some(),
        "a lockbox file was taken in"
    );
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Some((name.into_owned(), taken.file)))
}

/// True for the file header of an image cash letter, in ASCII or EBCDIC, with a length before it or
/// not.
fn begins_cash_letter(first: &[u8]) -> bool {
    let header = |bytes: &[u8]| bytes.starts_with(b"01") || bytes.starts_with(b"\xF0\xF1");
    header(first) || (first.len() > 4 && header(&first[4..]))
}

/// Moves a file into a folder beside it, under a name that is free there.
pub(super) async fn put_away(path: &Path, folder: &Path, into: &str) -> std::io::Result<String> {
    let into = folder.join(into);
    fs::create_dir_all(&into).await?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut free = name.clone().into_owned();
    let mut number = 2;
    while fs::try_exists(into.join(&free)).await? {
        free = format!("{name}.{number}");
        number += 1;
    }
    fs::rename(path, into.join(&free)).await?;
    Ok(free)
}

#[cfg(test)]
mod tests {
    use super::begins_cash_letter;

    #[test]
    fn a_cash_letter_is_known_by_its_first_record() {
        for (first, is_one) in [
            (&b"0135P061000052"[..], true),
            (b"\0\0\0\x500135P", true),
            (b"\0\0\0\x50\xF0\xF1\xF3\xF5", true),
            (b"\xF0\xF1\xF3\xF5", true),
            (b"kind,lockbox", false),
            (b"ISA*00*", false),
            (b"100", false),
            (b"", false),
        ] {
            assert_eq!(begins_cash_letter(first), is_one, "{first:?}");
        }
    }
}
