//! Taking in the files of the lockbox bank: checks that came by mail.
//!
//! A file is read to its end before anything of it is posted, and refused whole if it does not
//! balance, if the bank's reference came with other checks before, or if a check of it stands in
//! another file already. Then envelopes are taken in by the hundred, each hundred in one commit
//! together with the checkpoint, so a run that was killed is simply run again. The same file under
//! another name or in another order is known by its checks.

mod chunk;
mod empty;
mod folder;
mod images_folder;
mod payment;
mod pull;
mod read;
mod returned;
mod returns_waiting;
mod written;

use std::path::PathBuf;
use std::sync::Arc;

use formats::lockbox::bai::Layout;
use kernel::{AccountId, Cents};
use store::lockbox::{FileRow, SuspenseSum};

use crate::audit::{self, Event};
use crate::check_prints::{self, Prints};
use crate::progress::Progress;
use crate::{Actor, Ctx, Refusal, UseCaseError};

pub use empty::{EmptyEnvelope, EmptyRow, empty_envelopes};
pub use folder::{FolderReport, take_in_folder};
pub use payment::CheckPayment;
pub(crate) use payment::tell;
pub use pull::{BETWEEN_LOOKS, PullReport, pull};
pub use returned::{Outcome as ReturnOutcome, ReturnsReport, ToLookAt, take_in_returns};
pub use returns_waiting::{WaitingReturn, returns_waiting};

/// How many envelopes are taken in with one commit.
pub const CHUNK: usize = 500;

/// A lockbox file to take in.
#[derive(Debug, Clone)]
pub struct ImportFile {
    /// Where it is.
    pub path: PathBuf,
    /// The layout of a BAI file; `None` for the one the plan names.
    pub layout: Option<String>,
    /// How many envelopes are taken in with one commit; usually [`CHUNK`].
    pub chunk: usize,
}

/// What became of a lockbox file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockboxReport {
    /// Which file it is.
    pub file: AccountId,
    /// The name under which it was taken in before, if it was; then nothing was posted now.
    pub before: Option<String>,
    /// How many checks it has.
    pub checks: i64,
    /// What they come to.
    pub cents: Cents,
    /// How many are posted.
    pub posted: i64,
    /// What those come to.
    pub posted_cents: Cents,
    /// How many are in suspense.
    pub suspended: i64,
    /// What those come to.
    pub suspended_cents: Cents,
    /// How many envelopes had a coupon and no check.
    pub empty: i64,
    /// Those in suspense by what was unusual.
    pub by_reason: Vec<SuspenseSum>,
}

/// Everything a chunk needs besides its envelopes.
struct Run {
    ctx: Ctx,
    actor: Actor,
    file: AccountId,
    prints: Prints,
    scan_line: formats::scan_line::Layout,
    payees: Vec<String>,
}

/// Takes a lockbox file in.
///
/// # Errors
/// [`UseCaseError::Refused`] with `lockbox-refused`, `lockbox-other-contents`,
/// `lockbox-unfinished`, `lockbox-check-known` or `lockbox-layout-unknown`, the file and the place;
/// nothing more of the file is posted then.
pub async fn import(
    ctx: &Ctx,
    actor: &Actor,
    file: ImportFile,
    progress: &dyn Progress,
) -> Result<LockboxReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let layout = layout(ctx, file.layout.as_deref())?;
    progress.note("checking the file");
    let prints = check_prints::load(ctx).await?;
    let checked = Arc::new(read::check(file.path, layout, prints.clone()).await?);
    let before = match known(ctx, &checked).await? {
        Some(row) if row.finished_at.is_some() => return report(ctx, row, true).await,
        before => before,
    };
    // A file with a check that is known is refused before anything of it is written down.
    let done = before.as_ref().map_or(0, |row| row.done_envelopes);
    refuse_known_checks(ctx, &checked, done, file.chunk).await?;
    let row = match before {
        Some(row) => row,
        None => begin(ctx, actor, &checked).await?,
    };
    progress.total(checked.envelopes);
    progress.done(row.done_envelopes.unsigned_abs());
    progress.note("taking in");
    let run = Arc::new(Run {
        ctx: ctx.clone(),
        actor: actor.clone(),
        file: row.head.account,
        prints,
        scan_line: crate::invoices::scan_line_layout(&ctx.plan),
        payees: payees(ctx),
    });
    let row = take_all(&run, &checked, row.done_envelopes, file.chunk, progress).await?;
    report(ctx, row, false).await
}

fn layout(ctx: &Ctx, name: Option<&str>) -> Result<Layout, UseCaseError> {
    let name = name.unwrap_or(&ctx.plan.lockbox.layout);
    let unknown = || Refusal::new("lockbox-layout-unknown").with("layout", name);
    Ok(ctx.plan.lockbox.layout(name).ok_or_else(unknown)?)
}

/// The file as it was taken in before, in whole or in part.
async fn known(ctx: &Ctx, checked: &read::Checked) -> Result<Option<FileRow>, UseCaseError> {
    let found = store::lockbox::known_file(
        &mut ctx.store.read().await?,
        &checked.digest,
        &checked.contents,
        &checked.summary.origin,
        &checked.summary.reference,
    )
    .await?;
    match found {
        Some(row) if row.digest != checked.digest && row.contents_digest != checked.contents => {
            Err(Refusal::new("lockbox-other-contents")
                .with("file", &checked.name)
                .with("reference", &checked.summary.reference)
                .with("before", &row.name)
                .into())
        }
        // Half of it was taken in, in another order: only the same bytes have the same places.
        Some(row) if row.digest != checked.digest && row.finished_at.is_none() => {
            Err(Refusal::new("lockbox-unfinished")
                .with("file", &checked.name)
                .with("before", &row.name)
                .into())
        }
        found => Ok(found),
    }
}

async fn begin(ctx: &Ctx, actor: &Actor, checked: &read::Checked) -> Result<FileRow, UseCaseError> {
    let row = FileRow {
        head: store::journal::Head {
            account: ctx.id(),
            seq: 0,
            hash: ledger::CHAIN_START,
            receivable: Cents::ZERO,
            unapplied: Cents::ZERO,
        },
        digest: checked.digest.clone(),
        contents_digest: checked.contents.clone(),
        name: checked.name.clone(),
        format: checked.format_code().to_owned(),
        origin: checked.summary.origin.clone(),
        reference: checked.summary.reference.clone(),
        checks: i64::try_from(checked.summary.checks).unwrap_or(i64::MAX),
        cents: checked.summary.cents,
        posted: 0,
        posted_cents: Cents::ZERO,
        suspended: 0,
        suspended_cents: Cents::ZERO,
        done_envelopes: 0,
        begun_on: ctx.today(),
        begun_at: ctx.now(),
        finished_at: None,
    };
    let (store, owned) = (ctx.store.clone(), (ctx.clone(), actor.clone(), row.clone()));
    store
        .write::<(), UseCaseError, _>(move |tx| {
            let (ctx, actor, row) = owned.clone();
            Box::pin(async move {
                store::lockbox::begin(tx, &row).await?;
                let detail = format!("checks={} cents={}", row.checks, row.cents.get());
                let event = Event {
                    action: "lockbox-file-begun",
                    account: None,
                    subject: &row.digest,
                    detail: &detail,
                };
                Ok(audit::record(tx, &ctx, &actor, event).await?)
            })
        })
        .await?;
    Ok(row)
}

/// Refuses the file if a check of it after the first `done` envelopes stands in another file.
async fn refuse_known_checks(
    ctx: &Ctx,
    checked: &read::Checked,
    done: i64,
    chunk: usize,
) -> Result<(), UseCaseError> {
    let (reader, mut chunks) = read::stream(checked, done, chunk);
    while let Some(envelopes) = chunks.recv().await {
        let places: Vec<_> = envelopes
            .iter()
            .flat_map(read::Placed::references)
            .collect();
        let taken = store::lockbox::taken(&mut ctx.store.read().await?, &places).await?;
        if let Some(place) = taken.first() {
            return Err(Refusal::new("lockbox-check-known")
                .with("file", &checked.name)
                .with("lockbox", &place.lockbox)
                .with("deposited", place.deposited_on)
                .with("batch", &place.batch)
                .with("envelope", &place.envelope)
                .into());
        }
    }
    read::ended(reader).await
}

async fn take_all(
    run: &Arc<Run>,
    checked: &read::Checked,
    done: i64,
    chunk: usize,
    progress: &dyn Progress,
) -> Result<FileRow, UseCaseError> {
    let (reader, mut chunks) = read::stream(checked, done, chunk);
    while let Some(envelopes) = chunks.recv().await {
        let count = envelopes.len() as u64;
        chunk::take_in(run, envelopes).await?;
        progress.done(count);
    }
    read::ended(reader).await?;
    let owned = Arc::clone(run);
    run.ctx
        .store
        .write(move |tx| {
            let run = Arc::clone(&owned);
            Box::pin(async move { finish(tx, &run).await })
        })
        .await
}

/// Notes that all of the file is taken in, if its sums are those that were checked.
async fn finish(tx: &mut store::Tx, run: &Run) -> Result<FileRow, UseCaseError> {
    let mut row = store::lockbox::hold(tx, run.file).await?;
    let ties = row.posted + row.suspended == row.checks
        && row.posted_cents + row.suspended_cents == row.cents;
    if !ties {
        return Err(UseCaseError::broken(format!(
            "the lockbox file has {} checks of {}, taken in were {} of {}",
            row.checks,
            row.cents,
            row.posted + row.suspended,
            row.posted_cents + row.suspended_cents
        )));
    }
    if row.finished_at.is_none() {
        row.finished_at = Some(run.ctx.now());
        store::lockbox::advance(tx, &row).await?;
        let detail = format!("posted={} suspended={}", row.posted, row.suspended);
        let event = Event {
            action: "lockbox-file-taken-in",
            account: None,
            subject: &row.digest,
            detail: &detail,
        };
        audit::record(tx, &run.ctx, &run.actor, event).await?;
    }
    Ok(row)
}

/// A scan line that holds, as a coupon.
pub(crate) fn verified(read: &formats::scan_line::ScanLine) -> ::lockbox::Coupon {
    ::lockbox::Coupon {
        member_id: read.member_id.clone(),
        // The reader takes leading zeros for filling; an invoice number has 13 digits.
        invoice_number: read.invoice.as_ref().map(|number| format!("{number:0>13}")),
        amount_due: read.amount_due.unwrap_or_default(),
    }
}

async fn report(ctx: &Ctx, row: FileRow, before: bool) -> Result<LockboxReport, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let by_reason = store::lockbox::suspended_by_reason(&mut tx, row.head.account).await?;
    Ok(LockboxReport {
        file: row.head.account,
        before: before.then_some(row.name),
        checks: row.checks,
        cents: row.cents,
        posted: row.posted,
        posted_cents: row.posted_cents,
        suspended: row.suspended,
        suspended_cents: row.suspended_cents,
        empty: store::empty_envelopes::count(&mut tx, row.head.account).await?,
        by_reason,
    })
}

/// How checks may name the plan, as plain letters.
fn payees(ctx: &Ctx) -> Vec<String> {
    let plan = &ctx.plan;
    let own = &plan.organisation;
    let by_line = plan
        .lines
        .iter()
        .filter_map(|line| match line.channel(kernel::Channel::Mail) {
            plan::WayToPay::Mail(mail) => Some(mail.payable_to.as_str()),
            _ => None,
        });
    [&own.name, &own.short_name, &own.legal_name]
        .into_iter()
        .map(String::as_str)
        .chain(by_line)
        .map(kernel::plain_name)
        .collect()
}
