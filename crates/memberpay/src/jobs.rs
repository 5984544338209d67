//! Work that nobody waits for: webhooks, enquiries, mail, cleaning up.

use std::time::Duration;

use tokio::sync::watch;
use usecases::{Ctx, UseCaseError};

/// Runs the jobs until `stop` says so. Several processes may run them at once.
pub async fn run(ctx: Ctx, mut stop: watch::Receiver<bool>) {
    let mut round: u64 = 0;
    while !*stop.borrow() {
        let busy = once(&ctx, round).await;
        round += 1;
        // A round that found work is followed by the next at once.
        let rest = if busy {
            Duration::from_millis(20)
        } else {
            Duration::from_millis(500)
        };
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
}

/// Runs the jobs of the night when their hour has come, until `stop` says so. They take their time,
/// so they have a loop of their own.
pub async fn nights(ctx: Ctx, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let begun = async { count("nightly", usecases::nightly::run_due(&ctx).await) };
        tokio::select! {
            _ = stop.changed() => break,
            _ = begun => {}
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(Duration::from_secs(30)) => {}
        }
    }
}

/// Takes in what the bank puts into its folder, until `stop` says so. A large file takes a while,
/// so this has a loop of its own.
pub async fn files(ctx: Ctx, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let begun = async {
            let taken = usecases::lockbox::take_in_folder(&ctx).await;
            count("lockbox folder", taken.map(|report| report.taken_in))
        };
        tokio::select! {
            _ = stop.changed() => break,
            _ = begun => {}
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(Duration::from_secs(10)) => {}
        }
    }
}

/// Fetches what lies on the bank's server, until `stop` says so. A slow line takes a while, so this
/// has a loop of its own; without a server there is nothing to do.
pub async fn pulls(ctx: Ctx, mut stop: watch::Receiver<bool>) {
    while ctx.bank_files.is_some() && !*stop.borrow() {
        let begun = async {
            let between = usecases::lockbox::BETWEEN_LOOKS;
            let actor = usecases::Actor::Job("lockbox-sftp");
            let pulled = usecases::lockbox::pull(&ctx, &actor, between).await;
            count("lockbox sftp", pulled.map(|report| report.pulled))
        };
        tokio::select! {
            _ = stop.changed() => break,
            _ = begun => {}
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(Duration::from_secs(60)) => {}
        }
    }
}

/// One round; true if there was anything to do.
async fn once(ctx: &Ctx, round: u64) -> bool {
    let mut done = 0;
    done += count(
        "webhooks",
        usecases::webhooks::handle_due(ctx).await.map(|n| n as u64),
    );
    done += count(
        "enquiries",
        usecases::reconcile::enquire_due(ctx)
            .await
            .map(|n| n as u64),
    );
    done += count("refunds", usecases::refunds::send_due(ctx).await);
    done += count("drafts", usecases::payments::dispatch_due(ctx).await);
    done += count("outbox", usecases::outbox::send_due(ctx).await);
    if round.is_multiple_of(20) {
        done += count("returned mail", usecases::notices::read_folder(ctx).await);
    }
    if round.is_multiple_of(600) {
        count(
            "sessions",
            usecases::sessions::prune(ctx)
                .await
                .map(|pruned| pruned.sessions),
        );
    }
    done > 0
}

fn count(job: &'static str, result: Result<u64, UseCaseError>) -> u64 {
    match result {
        Ok(done) => done,
        Err(error) => {
            tracing::warn!(
                job,
                error = &error as &dyn std::error::Error,
                "a job failed and is tried again"
            );
            0
        }
    }
}
