//! The queue of money in suspense, oldest deposit first, and what waits by age.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{AccountId, Cents};
use store::Tx;
use store::suspense::{ItemKey, Part, QueueQuery, SuspenseRow};

use super::{QUEUE, SEES};
pub use crate::age::Age;
use crate::age::ages;
use crate::staff::names::Names;
use crate::staff::need_role;
use crate::{Actor, Ctx, UseCaseError};

/// How many lines of the queue one page has.
const PAGE: i64 = 50;
/// Where one age ends and the next begins, in days since the deposit.
const AGES: [i32; 4] = [2, 7, 30, i32::MAX];

/// Whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Anybody's in billing.
    Queue,
    /// The one who looks.
    Me,
    /// Somebody else on the staff, by name.
    Other(String),
}

/// A check in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which one.
    pub key: ItemKey,
    /// What of it waits.
    pub open: Cents,
    /// The day of deposit.
    pub effective_on: Date,
    /// Days since the deposit.
    pub age_days: i32,
    /// Codes of what was unusual.
    pub exceptions: Vec<String>,
    /// Whose check it is, as the bank read it; may be empty.
    pub payer_name: String,
    /// Whose work it is.
    pub owner: Owner,
    /// Until when somebody waits with it.
    pub held_until: Option<Date>,
}

/// A page of the queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its checks, oldest deposit first.
    pub lines: Vec<Line>,
    /// Where the next page begins, if there is one.
    pub more: Option<ItemKey>,
    /// All that waits, by age.
    pub ages: Vec<Age>,
}

/// Which page of which part of the queue.
#[derive(Debug, Clone)]
pub struct QueueAsked {
    /// The part.
    pub part: Part,
    /// Only with this exception, by its code; empty for all.
    pub exception: String,
    /// Only of this file.
    pub file: Option<AccountId>,
    /// Only of an age: from so many days since the deposit, up to so many if there is an end.
    pub days: Option<(i32, Option<i32>)>,
    /// Only what comes after this one.
    pub after: Option<ItemKey>,
}

/// A page of the queue.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing, a supervisor or an auditor.
pub async fn queue(ctx: &Ctx, actor: &Actor, asked: &QueueAsked) -> Result<Queue, UseCaseError> {
    need_role(actor, &SEES)?;
    let mut tx = ctx.store.read().await?;
    let rows = rows(&mut tx, ctx, actor, asked, PAGE + 1).await?;
    let mut lines = Vec::new();
    let mut names = Names::default();
    for row in rows
        .iter()
        .take(usize::try_from(PAGE).unwrap_or(usize::MAX))
    {
        lines.push(line(&mut tx, ctx, actor, row, &mut names).await?);
    }
    let more = (rows.len() > lines.len()).then(|| lines.last().map(|line| line.key));
    Ok(Queue {
        lines,
        more: more.flatten(),
        ages: by_age(&mut tx, ctx).await?,
    })
}

/// All that waits, by age.
pub(crate) async fn by_age(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Age>, UseCaseError> {
    let by_day = store::suspense::by_day(tx).await?;
    Ok(ages(&by_day, ctx.today(), 0, AGES))
}

/// The days of deposit of an age. What is deposited on a later day than today counts as of today.
fn deposited(days: Option<(i32, Option<i32>)>, today: Date) -> (Option<Date>, Option<Date>) {
    // Asked in an address, so any number: further back than this nothing was deposited.
    let ago = |days: i32| today.saturating_sub(days.clamp(0, 100_000).days());
    let Some((from, to)) = days else {
        return (None, None);
    };
    (to.map(ago), (from > 0).then(|| ago(from)))
}

async fn rows(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    asked: &QueueAsked,
    limit: i64,
) -> Result<Vec<SuspenseRow>, UseCaseError> {
    let after = match asked.after {
        Some(key) => store::suspense::by_key(tx, key)
            .await?
            .map(|row| (row.effective_on, key)),
        None => None,
    };
    let owner = actor.name();
    let query = QueueQuery {
        part: asked.part,
        owner: &owner,
        exception: &asked.exception,
        file: asked.file,
        deposited: deposited(asked.days, ctx.today()),
        today: ctx.today(),
        after,
        limit,
    };
    Ok(store::suspense::queue(tx, &query).await?)
}

/// What is decided next: the first open one after this, or from the beginning.
///
/// # Errors
/// As [`queue`].
pub async fn next(
    ctx: &Ctx,
    actor: &Actor,
    after: Option<ItemKey>,
) -> Result<Option<ItemKey>, UseCaseError> {
    need_role(actor, &SEES)?;
    let mut tx = ctx.store.read().await?;
    let mut asked = QueueAsked {
        part: Part::Open,
        exception: String::new(),
        file: None,
        days: None,
        after,
    };
    let mut found = rows(&mut tx, ctx, actor, &asked, 1).await?;
    if found.is_empty() && after.is_some() {
        asked.after = None;
        found = rows(&mut tx, ctx, actor, &asked, 1).await?;
    }
    Ok(found.first().map(|row| row.key))
}

fn days_since(day: Date, today: Date) -> i32 {
    (today - day).get_days().max(0)
}

pub(super) async fn line(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    row: &SuspenseRow,
    names: &mut Names,
) -> Result<Line, UseCaseError> {
    let owner = if row.owner == QUEUE {
        Owner::Queue
    } else if row.owner == actor.name() {
        Owner::Me
    } else {
        Owner::Other(names.of(tx, &row.owner).await?)
    };
    Ok(Line {
        key: row.key,
        open: row.open,
        effective_on: row.effective_on,
        age_days: days_since(row.effective_on, ctx.today()),
        exceptions: row.exceptions.split(' ').map(str::to_owned).collect(),
        payer_name: row.payer_name.clone(),
        owner,
        held_until: row.held_until,
    })
}
