//! The dashboard: money by day and channel, suspense by age, the autopay watch list and the files
//! that came in. Every figure is the count or sum of a list that staff can open.

use std::collections::BTreeMap;

use ::payments::PaymentStatus;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kernel::{AccountId, Cents, Channel};
use store::Tx;
use store::lockbox::FileRow;

use super::late;
use super::received::{ReceivedFilter, query_of};
use super::{need_role, need_sight_of_members};
use crate::suspense::{self, Age};
use crate::{Actor, Ctx, UseCaseError};

/// Over how many days the dashboard may look.
pub const DASHBOARD_DAYS: [u8; 3] = [7, 14, 31];
/// How many files are listed.
const FILES: i64 = 20;

/// What came in on a day and counts: payments that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayMoney {
    /// The day, in the plan's own time zone.
    pub day: Date,
    /// How many payments, and their sum, by channel; channels without any are left out.
    pub by_channel: BTreeMap<Channel, (i64, Cents)>,
}

/// How often something stands on the autopay watch list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchCount {
    /// The finding.
    pub finding: String,
    /// True for a fault of the machinery.
    pub is_fault: bool,
    /// How many lines.
    pub lines: i64,
}

/// A file of a lockbox bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileIntake {
    /// The file.
    pub file: AccountId,
    /// Its name.
    pub name: String,
    /// Its format, as the tables name it.
    pub format: String,
    /// When it first came in.
    pub begun_at: Timestamp,
    /// True once all of it is taken in.
    pub is_finished: bool,
    /// How many checks it has.
    pub checks: i64,
    /// What they come to.
    pub cents: Cents,
    /// How many were posted at once.
    pub posted: i64,
    /// How many wait in suspense now.
    pub waiting: i64,
    /// What is open of those.
    pub waiting_cents: Cents,
}

/// The dashboard, as far as the role sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    /// Money by day, oldest first.
    pub days: Vec<DayMoney>,
    /// The watch list by finding, faults first.
    pub watch: Vec<WatchCount>,
    /// Late accounts by age.
    pub late: Vec<Age>,
    /// Suspense by age, for those who see it.
    pub ages: Option<Vec<Age>>,
    /// The files that came in last, latest first, for those who see suspense.
    pub files: Option<Vec<FileIntake>>,
}

/// The dashboard over the last `days` days, today among them; see [`DASHBOARD_DAYS`].
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but staff whose role sees members.
pub async fn dashboard(ctx: &Ctx, actor: &Actor, days: u8) -> Result<Dashboard, UseCaseError> {
    need_sight_of_members(actor)?;
    let sees_suspense = need_role(actor, &suspense::SEES).is_ok();
    let mut tx = ctx.store.read().await?;
    let watch = store::autopay_watch::counts(&mut tx).await?.into_iter();
    Ok(Dashboard {
        days: money(&mut tx, ctx, days).await?,
        watch: watch
            .map(|(finding, is_fault, lines)| WatchCount {
                finding,
                is_fault,
                lines,
            })
            .collect(),
        late: late::by_age(&mut tx, ctx).await?,
        ages: match sees_suspense {
            true => Some(suspense::by_age(&mut tx, ctx).await?),
            false => None,
        },
        files: match sees_suspense {
            true => Some(latest_files(&mut tx, FILES).await?),
            false => None,
        },
    })
}

/// The list that the money of a day and channel, or of all channels, is the sum of.
#[must_use]
pub fn list_of(day: Date, channel: Option<Channel>) -> ReceivedFilter {
    ReceivedFilter {
        day,
        channel,
        tender: None,
        status: Some(PaymentStatus::Succeeded),
        page: 1,
    }
}

async fn money(tx: &mut Tx, ctx: &Ctx, days: u8) -> Result<Vec<DayMoney>, UseCaseError> {
    let mut all = Vec::new();
    for ago in (0..i32::from(days)).rev() {
        let day = ctx.today().saturating_sub(ago.days());
        let query = query_of(ctx, &list_of(day, None))?;
        let mut by_channel = BTreeMap::new();
        for total in store::received::totals(tx, &query).await? {
            let sum: &mut (i64, Cents) = by_channel.entry(total.channel).or_default();
            sum.0 += total.count;
            sum.1 += total.cents;
        }
        all.push(DayMoney { day, by_channel });
    }
    Ok(all)
}

/// The files that came in last, latest first.
pub(super) async fn latest_files(tx: &mut Tx, most: i64) -> Result<Vec<FileIntake>, UseCaseError> {
    let waiting = waiting_by_file(tx).await?;
    let files = store::lockbox::latest_files(tx, most).await?;
    Ok(files.into_iter().map(|row| intake(row, &waiting)).collect())
}

/// One file.
pub(super) async fn one_file(tx: &mut Tx, file: AccountId) -> Result<FileIntake, UseCaseError> {
    let waiting = waiting_by_file(tx).await?;
    let row = store::lockbox::by_id(tx, file).await?;
    Ok(intake(row.ok_or(UseCaseError::NotFound)?, &waiting))
}

async fn waiting_by_file(tx: &mut Tx) -> Result<BTreeMap<AccountId, (i64, Cents)>, UseCaseError> {
    let waiting = store::suspense::by_file(tx).await?.into_iter();
    Ok(waiting
        .map(|(file, checks, cents)| (file, (checks, cents)))
        .collect())
}

fn intake(row: FileRow, waiting: &BTreeMap<AccountId, (i64, Cents)>) -> FileIntake {
    let (checks, cents) = waiting.get(&row.head.account).copied().unwrap_or_default();
    FileIntake {
        file: row.head.account,
        name: row.name,
        format: row.format,
        begun_at: row.begun_at,
        is_finished: row.finished_at.is_some(),
        checks: row.checks,
        cents: row.cents,
        posted: row.posted,
        waiting: checks,
        waiting_cents: cents,
    }
}
