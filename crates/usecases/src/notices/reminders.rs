//! What a night tells of: new invoices, and those that are due soon. Each is told once for each
//! account and month, which a unique index holds, so that a run may be killed and begun again.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::BillingMonth;
use store::notices::ToTellRow;

use super::{Choice, DocumentType, Notice, NoticeKind, To, facts, tell_set, usual};
use crate::{Ctx, UseCaseError};

/// How many are told in one transaction.
const CHUNK: i64 = 2_000;
/// For how many days back a new invoice is looked for, should nights have been missed.
const LOOK_BACK_DAYS: i32 = 10;

/// Tells whoever gets invoices by e-mail that a new one is ready: those issued up to `day`. How
/// many were told.
///
/// # Errors
/// [`UseCaseError`] if the database does not answer; what was told stays told.
pub async fn tell_of_invoices(ctx: &Ctx, day: Date) -> Result<u64, UseCaseError> {
    let since = day.saturating_sub(LOOK_BACK_DAYS.days());
    let (mut after, mut told) = (0, 0);
    loop {
        let usual: Choice = usual(ctx, DocumentType::Invoices);
        let mut tx = ctx.store.read().await?;
        let found =
            store::notices::invoices_to_tell(&mut tx, since, day, usual.code(), after, CHUNK)
                .await?;
        drop(tx);
        let Some(last) = found.last() else {
            return Ok(told);
        };
        after = last.number;
        told += tell(ctx, &found, |row| {
            let facts = facts::InvoiceReady {
                month: row.month,
                due_on: row.due_on,
            };
            (NoticeKind::InvoiceReady, facts.value())
        })
        .await?;
    }
}

/// Reminds of invoices that are due in the next days and not paid, with no draft to pay them: as
/// many days ahead as the plan file says. How many were reminded.
///
/// # Errors
/// [`UseCaseError`] if the database does not answer; what was told stays told.
pub async fn tell_due_soon(ctx: &Ctx, day: Date) -> Result<u64, UseCaseError> {
    let ahead = i32::from(ctx.plan.paperless.due_soon_days);
    let until = day.saturating_add(ahead.days());
    let (mut after, mut told) = (0, 0);
    loop {
        let mut tx = ctx.store.read().await?;
        let found = store::notices::due_to_tell(&mut tx, day, until, after, CHUNK).await?;
        drop(tx);
        let Some(last) = found.last() else {
            return Ok(told);
        };
        after = last.number;
        told += tell(ctx, &found, |row| {
            let facts = facts::DueSoon { due_on: row.due_on };
            (NoticeKind::DueSoon, facts.value())
        })
        .await?;
    }
}

/// Tells a chunk, in one transaction. If another run told some of it meanwhile, the index refuses
/// the chunk and nothing of it is told twice; the next night finds the rest.
async fn tell(
    ctx: &Ctx,
    rows: &[ToTellRow],
    say: impl Fn(&ToTellRow) -> (NoticeKind, serde_json::Value),
) -> Result<u64, UseCaseError> {
    let notices: Vec<(Notice, Option<BillingMonth>)> = rows
        .iter()
        .map(|row| {
            let (kind, facts) = say(row);
            let to = To::Subscriber(row.subscriber);
            let mut notice = Notice::new(kind, to, Some(row.account), facts);
            notice.not_printed = row.left_out;
            (notice, Some(row.month))
        })
        .collect();
    let owned = ctx.clone();
    let told: Result<usize, UseCaseError> = ctx
        .store
        .write(move |tx| {
            let (ctx, notices) = (owned.clone(), notices.clone());
            Box::pin(async move { tell_set(tx, &ctx, notices).await.map(|told| told.len()) })
        })
        .await;
    match told {
        Ok(count) => Ok(count as u64),
        Err(UseCaseError::Conflict(_)) => Ok(0),
        Err(error) => Err(error),
    }
}
