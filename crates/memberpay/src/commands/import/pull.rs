//! `memberpay import pull`: fetches the bank's files from its SFTP server.

use anyhow::{anyhow, bail};
use usecases::lockbox::{BETWEEN_LOOKS, PullReport};
use usecases::{Actor, UseCaseError};

use crate::settings::Settings;
use crate::wiring;

/// Runs the command.
///
/// # Errors
/// If no server is set, another one answers, it does not let us in or does not answer: each with
/// what to do.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let ctx = wiring::batch_context(settings).await?;
    let pulled = usecases::lockbox::pull(&ctx, &Actor::Operator, BETWEEN_LOOKS).await;
    ctx.store.close().await;
    match pulled {
        Ok(report) => say(&report),
        Err(UseCaseError::Refused(refusal)) => {
            let reason = refusal.facts.iter().find(|(name, _)| *name == "reason");
            let Some((_, reason)) = reason else {
                bail!("set LOCKBOX_SFTP and LOCKBOX_FOLDER: docs/operate/files.md says how");
            };
            bail!("{reason}");
        }
        Err(UseCaseError::Unavailable(why)) => return Err(anyhow!(why)),
        Err(other) => return Err(other.into()),
    }
    Ok(())
}

fn say(report: &PullReport) {
    println!(
        "{} files pulled, {} still being written; {} taken in, {} refused; {} put away there",
        report.pulled,
        report.growing,
        report.folder.taken_in,
        report.folder.refused,
        report.put_away
    );
}
