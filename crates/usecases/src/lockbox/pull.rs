//! Fetching the bank's files from its SFTP server into the folder in which they are taken in.
//!
//! A file is fetched when its size stood still between two looks, under another name until it is
//! whole. It then goes the way of every file in the folder, so a file that came before is known by
//! its contents whatever its name. Only when it is put away here, it is put away on the server. A
//! run that was stopped anywhere is simply run again.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use gateways::sftp::{FileServer, FileServerError, RemoteFile};
use store::pulled_files::{self as pulled, PulledFile};
use tokio::fs;

use super::folder::{FolderReport, SETTLED, take_in_folder, unavailable};
use crate::audit::{self, Event};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// How long the two looks at a file lie apart.
pub const BETWEEN_LOOKS: Duration = Duration::from_secs(10);

/// What was fetched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PullReport {
    /// How many files were fetched now.
    pub pulled: u64,
    /// How many were left because they are still being written.
    pub growing: u64,
    /// What became of the files in the folder.
    pub folder: FolderReport,
    /// How many were put away on the server.
    pub put_away: u64,
}

/// Fetches what lies on the bank's server, takes it in and puts it away there.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for anybody but the operator and jobs; refusals `sftp-not-set` if
/// no server or no folder is set, `sftp-host-key` if another machine answers, `sftp-key` if it does
/// not let us in, each with what to do; [`UseCaseError::Unavailable`] if the server, the folder or
/// the database does not answer.
pub async fn pull(
    ctx: &Ctx,
    actor: &Actor,
    between_looks: Duration,
) -> Result<PullReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let (Some(server), Some(folder)) = (&ctx.bank_files, &ctx.settings.lockbox_folder) else {
        return Err(Refusal::new("sftp-not-set").into());
    };
    let mut report = PullReport::default();
    let first = server.list().await.map_err(answered)?;
    if first.is_empty() {
        return Ok(report);
    }
    let new = not_known(ctx, server.as_ref(), &first).await?;
    if !new.is_empty() {
        tokio::time::sleep(between_looks).await;
        let second = server.list().await.map_err(answered)?;
        for file in new {
            if second.contains(&file) {
                report.pulled += u64::from(fetch(ctx, actor, server, folder, &file).await?);
            } else {
                report.growing += 1;
            }
        }
    }
    report.folder = take_in_folder(ctx).await?;
    // What was replaced meanwhile is another file: it is fetched the next time.
    let now = server.list().await.map_err(answered)?;
    for file in first.iter().filter(|file| now.contains(file)) {
        report.put_away += u64::from(put_away(ctx, actor, server, folder, file).await?);
    }
    Ok(report)
}

/// What the server answered, as a use case says it.
fn answered(error: FileServerError) -> UseCaseError {
    let code = match &error {
        FileServerError::HostKey { .. } => "sftp-host-key",
        FileServerError::Key { .. } => "sftp-key",
        FileServerError::NoClient | FileServerError::Failed { .. } => {
            return UseCaseError::Unavailable(Box::new(error));
        }
    };
    Refusal::new(code).with("reason", error).into()
}

fn row(server: &dyn FileServer, file: &RemoteFile) -> PulledFile {
    PulledFile {
        source: server.name(),
        name: file.name.clone(),
        size: i64::try_from(file.size).unwrap_or(i64::MAX),
        changed: file.changed.clone(),
    }
}

async fn not_known(
    ctx: &Ctx,
    server: &dyn FileServer,
    files: &[RemoteFile],
) -> Result<Vec<RemoteFile>, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let mut new = Vec::new();
    for file in files {
        let unfinished = [".part", ".tmp"].iter().any(|end| file.name.ends_with(end));
        if !unfinished && !pulled::known(&mut tx, &row(server, file)).await? {
            new.push(file.clone());
        }
    }
    Ok(new)
}

/// Fetches a file into the folder; false if it has to wait for the next time.
async fn fetch(
    ctx: &Ctx,
    actor: &Actor,
    server: &Arc<dyn FileServer>,
    folder: &Path,
    file: &RemoteFile,
) -> Result<bool, UseCaseError> {
    let into = folder.join(&file.name);
    if fs::try_exists(&into).await.map_err(unavailable)? {
        // Somebody else laid one of this name there; it is taken in first.
        return Ok(false);
    }
    // Of its own for each try: another process may be at the same file.
    let partial = format!(".{}.part", ctx.id::<kernel::JournalId>());
    let path = folder.join(&partial);
    let fetched = server.fetch(&file.name, folder, &partial).await;
    let whole = match fs::metadata(&path).await {
        Ok(known) => known.len() == file.size,
        Err(_) => false,
    };
    if fetched.is_err() || !whole {
        fs::remove_file(&path).await.ok();
        return fetched.map(|()| false).map_err(answered);
    }
    settle(ctx, path.clone()).await.map_err(unavailable)?;
    fs::rename(&path, &into).await.map_err(unavailable)?;
    let owned = (ctx.clone(), actor.clone(), row(server.as_ref(), file));
    ctx.store
        .write::<(), UseCaseError, _>(move |tx| {
            let (ctx, actor, row) = owned.clone();
            Box::pin(async move {
                pulled::remember(tx, &row, ctx.now()).await?;
                let event = Event {
                    action: "bank-file-pulled",
                    account: None,
                    subject: &row.name,
                    detail: &format!("bytes={}", row.size),
                };
                Ok(audit::record(tx, &ctx, &actor, event).await?)
            })
        })
        .await?;
    Ok(true)
}

/// Writes a file through to the disk. It is whole, so the folder need not wait for it to settle.
async fn settle(ctx: &Ctx, path: std::path::PathBuf) -> std::io::Result<()> {
    let at = ctx.now() - SETTLED;
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let done = tokio::task::spawn_blocking(move || {
        let file = std::fs::File::options().write(true).open(path)?;
        file.set_modified(at)?;
        file.sync_all()
    });
    done.await.map_err(std::io::Error::other)?
}

/// Puts a file away on the server, if it was fetched and does not wait in the folder any more.
async fn put_away(
    ctx: &Ctx,
    actor: &Actor,
    server: &Arc<dyn FileServer>,
    folder: &Path,
    file: &RemoteFile,
) -> Result<bool, UseCaseError> {
    let row = row(server.as_ref(), file);
    let known = pulled::known(&mut ctx.store.read().await?, &row).await?;
    let waits = fs::try_exists(folder.join(&file.name))
        .await
        .map_err(unavailable)?;
    if !known || waits || !server.put_away(&file.name).await.map_err(answered)? {
        return Ok(false);
    }
    let owned = (ctx.clone(), actor.clone(), row);
    ctx.store
        .write::<(), UseCaseError, _>(move |tx| {
            let (ctx, actor, row) = owned.clone();
            Box::pin(async move {
                pulled::forget(tx, &row).await?;
                let event = Event {
                    action: "bank-file-put-away",
                    account: None,
                    subject: &row.name,
                    detail: "",
                };
                Ok(audit::record(tx, &ctx, &actor, event).await?)
            })
        })
        .await?;
    Ok(true)
}
