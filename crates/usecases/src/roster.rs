//! Taking over a roster: who is covered, in which plan line, at which premium.
//!
//! The file is read twice. The first pass takes its digest, refuses it whole if it is truncated or
//! does not balance, and notes subscribers whose records do not stand together. The second streams:
//! a thread reads records and puts whole families into batches, each of which is one database
//! transaction. Taking the same records over again changes nothing, so a run that was killed is
//! simply run again.

mod accounts;
mod apply;
mod read;
mod told;

use std::path::PathBuf;
use std::sync::Arc;

use formats::enrollment::{EnrollmentRecord, Finding, Position};
use kernel::Language;
use plan::Plan;
use store::StoreError;
use store::roster::{Reject, RosterFile};

use crate::audit::{self, Event};
use crate::progress::Progress;
use crate::{Actor, Ctx, UseCaseError};

pub use read::Format;

/// A roster file to take over.
#[derive(Debug, Clone)]
pub struct ImportFile {
    /// Where it is.
    pub path: PathBuf,
    /// Which format it has; `None` to tell from its first bytes.
    pub format: Option<Format>,
    /// True to read a file through that was taken over before.
    pub again: bool,
}

/// What became of a roster file.
#[derive(Debug, Clone, Default)]
pub struct RosterReport {
    /// SHA-256 of the file, in hexadecimal digits.
    pub digest: String,
    /// True if the file was taken over before and was not read again; the counts are those of then.
    pub already: bool,
    /// How many records it has.
    pub records: u64,
    /// How many brought a person who was not known.
    pub inserted: u64,
    /// How many changed a person or a coverage.
    pub updated: u64,
    /// How many changed nothing.
    pub unchanged: u64,
    /// How many were rejected.
    pub rejected: u64,
    /// Why, in order of their positions: everything that is wrong with them.
    pub rejects: Vec<Reject>,
    /// Fields that were left out of records that were kept, each in a sentence; the first 1,000.
    pub left_out: Vec<String>,
}

/// The most sentences about fields left out that a report keeps.
const MOST_LEFT_OUT: usize = 1_000;

/// Takes a roster over.
///
/// # Errors
/// [`UseCaseError::Refused`] with `roster-refused` and the reason if the file cannot be read or is
/// refused whole; nothing of it is taken over then.
pub async fn import(
    ctx: &Ctx,
    actor: &Actor,
    file: ImportFile,
    progress: &dyn Progress,
) -> Result<RosterReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    progress.note("checking the file");
    let again = file.again;
    let name = file
        .path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let lines = Arc::new(told::plan_lines(&ctx.plan));
    let checked = read::check(file, Arc::clone(&lines)).await?;
    let known = store::roster::file(&mut ctx.store.read().await?, &checked.digest).await?;
    if let Some(known) = known.filter(|known| known.finished_at.is_some() && !again) {
        return already(ctx, known).await;
    }
    let mut entry = RosterFile {
        digest: checked.digest.clone(),
        name: name.unwrap_or_default(),
        format: checked.format.code().to_owned(),
        records: 0,
        inserted: 0,
        updated: 0,
        unchanged: 0,
        rejected: 0,
        begun_at: ctx.now(),
        finished_at: None,
    };
    put_file(ctx, actor, &entry, false).await?;
    progress.total(checked.records);
    progress.note("taking over");
    let report = take_over(ctx, checked, lines, progress).await?;
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    entry.records = count(report.records);
    entry.inserted = count(report.inserted);
    entry.updated = count(report.updated);
    entry.unchanged = count(report.unchanged);
    entry.rejected = count(report.rejected);
    entry.finished_at = Some(ctx.now());
    put_file(ctx, actor, &entry, true).await?;
    // Whose coverage this file ended is told the same day that autopay ended with it.
    crate::autopay::end_with_coverage(ctx, ctx.today()).await?;
    Ok(report)
}

async fn take_over(
    ctx: &Ctx,
    checked: read::Checked,
    lines: Arc<formats::enrollment::PlanLines>,
    progress: &dyn Progress,
) -> Result<RosterReport, UseCaseError> {
    let mut report = RosterReport {
        digest: checked.digest.clone(),
        ..RosterReport::default()
    };
    let (reader, mut batches) = read::stream(checked, lines);
    while let Some(batch) = batches.recv().await {
        let records = batch.records.len() as u64 + batch.rejected;
        report.records += records;
        report.rejected += batch.rejected;
        keep_findings(&mut report, &batch.findings);
        let mut rejects: Vec<Reject> = batch
            .findings
            .iter()
            .filter(|f| is_reject(f))
            .map(reject)
            .collect();
        let done = apply::batch(ctx, &report.digest, batch.records, rejects.clone()).await?;
        report.inserted += done.inserted;
        report.updated += done.updated;
        report.unchanged += done.unchanged;
        report.rejected += done.rejects.len() as u64;
        rejects.extend(done.rejects);
        report.rejects.append(&mut rejects);
        progress.done(records);
    }
    reader
        .await
        .map_err(|_| UseCaseError::broken("the reader of the roster panicked"))??;
    report.rejects.sort();
    report.rejects.dedup();
    Ok(report)
}

async fn already(ctx: &Ctx, known: RosterFile) -> Result<RosterReport, UseCaseError> {
    let rejects = store::roster::rejects(&mut ctx.store.read().await?, &known.digest).await?;
    Ok(RosterReport {
        digest: known.digest,
        already: true,
        records: known.records.unsigned_abs(),
        inserted: known.inserted.unsigned_abs(),
        updated: known.updated.unsigned_abs(),
        unchanged: known.unchanged.unsigned_abs(),
        rejected: known.rejected.unsigned_abs(),
        rejects,
        left_out: Vec::new(),
    })
}

async fn put_file(
    ctx: &Ctx,
    actor: &Actor,
    file: &RosterFile,
    finished: bool,
) -> Result<(), UseCaseError> {
    let (ctx, actor, file) = (ctx.clone(), actor.clone(), Arc::new(file.clone()));
    let store = ctx.store.clone();
    store
        .write::<(), StoreError, _>(move |tx| {
            let (ctx, actor, file) = (ctx.clone(), actor.clone(), Arc::clone(&file));
            Box::pin(async move {
                store::roster::put_file(tx, &file).await?;
                let action = if finished {
                    "roster-taken-over"
                } else {
                    "roster-begun"
                };
                let detail = format!("records={} rejected={}", file.records, file.rejected);
                let event = Event {
                    action,
                    account: None,
                    subject: &file.digest,
                    detail: &detail,
                };
                audit::record(tx, &ctx, &actor, event).await
            })
        })
        .await?;
    Ok(())
}

fn is_reject(finding: &Finding) -> bool {
    finding.effect == formats::enrollment::Effect::Rejected
}

fn keep_findings(report: &mut RosterReport, findings: &[Finding]) {
    for finding in findings.iter().filter(|finding| !is_reject(finding)) {
        if report.left_out.len() < MOST_LEFT_OUT {
            report.left_out.push(finding.to_string());
        }
    }
}

fn reject(finding: &Finding) -> Reject {
    let of = finding.member_last_four.as_ref();
    let of = of
        .map(|last| format!(" (member ID …{last})"))
        .unwrap_or_default();
    Reject {
        position: position(finding.position),
        element: finding.place().to_owned(),
        reason: format!("found {}, expected {}{of}", finding.found, finding.expected),
    }
}

fn position(position: Position) -> i64 {
    match position {
        Position::Segment(number) | Position::Line(number) => {
            i64::try_from(number).unwrap_or(i64::MAX)
        }
    }
}

/// A record that the file is right about and the database is not.
fn rejected(record: &EnrollmentRecord, element: &str, reason: &str) -> Reject {
    Reject {
        position: position(record.position),
        element: element.to_owned(),
        reason: format!("{reason} (member ID …{})", record.member_id.last_four()),
    }
}

/// The language of people whose roster does not tell one.
fn default_language(plan: &Plan) -> Language {
    plan.default_language()
}
