//! Payments by batch, as they were deposited: the batches of a lockbox file with what became of
//! each check, and the drawers of centers. Names nobody; whose a payment is, the account says.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, DrawerId};
use payments::PaymentStatus;
pub use store::batches::BatchKey;

use super::dashboard::{FileIntake, latest_files};
use super::need_role;
use crate::check_images::{self, ImageSeen};
use crate::payments::grouped;
use crate::suspense::SEES;
use crate::{Actor, Ctx, UseCaseError};

/// How many files and how many drawers are listed.
const LISTED: i64 = 50;
/// How many checks a page shows.
pub const BATCH_PAGE: u16 = 100;

/// A drawer of a center.
#[derive(Debug, Clone)]
pub struct DrawerBatch {
    /// The drawer.
    pub drawer: DrawerId,
    /// The center, by its id in the plan file.
    pub center: String,
    /// Whose it is.
    pub associate: String,
    /// `open`, `counted` or `closed`.
    pub state: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// How many checks are in it.
    pub checks: i64,
    /// What they come to.
    pub cents: Cents,
    /// The number of its deposit slip; `None` until it is closed.
    pub slip_number: Option<i64>,
}

/// Where payments came in together.
#[derive(Debug, Clone)]
pub struct Batches {
    /// Files of lockbox banks, latest first.
    pub files: Vec<FileIntake>,
    /// Drawers, latest first.
    pub drawers: Vec<DrawerBatch>,
}

/// A batch of a file.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Which.
    pub key: BatchKey,
    /// How many checks it has.
    pub checks: i64,
    /// What they come to.
    pub cents: Cents,
    /// How many went to suspense when they came in.
    pub suspended: i64,
    /// What of that is still open.
    pub waiting: Cents,
}

/// A payment that a check became.
#[derive(Debug, Clone)]
pub struct BatchPayment {
    /// The account.
    pub account: AccountId,
    /// The confirmation number, grouped.
    pub confirmation: String,
    /// How much.
    pub cents: Cents,
    /// Where it stands.
    pub status: PaymentStatus,
}

/// A check of a batch.
#[derive(Debug, Clone)]
pub struct BatchCheck {
    /// Its number in the file.
    pub item: i64,
    /// The envelope.
    pub envelope: String,
    /// The last four digits of the payer's bank account; empty if the bank did not read them.
    pub last_four: String,
    /// How much.
    pub cents: Cents,
    /// What became of it in suspense; `None` if it was posted at once.
    pub suspense: Option<String>,
    /// The payments it became.
    pub payments: Vec<BatchPayment>,
    /// Its images.
    pub images: Vec<ImageSeen>,
}

/// The batches of a file, and a page of the checks of one of them.
#[derive(Debug, Clone)]
pub struct FileBatches {
    /// The file.
    pub file: FileIntake,
    /// In the order of the file.
    pub batches: Vec<Batch>,
    /// The batch that is asked for.
    pub shown: Option<BatchKey>,
    /// Its checks.
    pub checks: Vec<BatchCheck>,
    /// True if there are more.
    pub more: bool,
}

/// Which batch of a file is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchAsked {
    /// The lockbox.
    pub lockbox: String,
    /// The day of deposit.
    pub deposited_on: Date,
    /// The batch.
    pub batch: String,
}

/// The files and drawers in which payments came in together.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing, a supervisor or an auditor.
pub async fn batches(ctx: &Ctx, actor: &Actor) -> Result<Batches, UseCaseError> {
    need_role(actor, &SEES)?;
    let mut tx = ctx.store.read().await?;
    let drawers = store::batches::drawers(&mut tx, LISTED).await?.into_iter();
    Ok(Batches {
        files: latest_files(&mut tx, LISTED).await?,
        drawers: drawers
            .map(|row| DrawerBatch {
                drawer: row.drawer,
                center: row.center,
                associate: row.associate,
                state: row.state,
                opened_at: row.opened_at,
                checks: row.checks,
                cents: row.cents,
                slip_number: row.slip_number,
            })
            .collect(),
    })
}

/// The batches of a file; with the checks of one of them, a page counted from 1, if it is asked
/// for or the file has only one.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] as [`batches`]; [`UseCaseError::NotFound`] if there is no such file
/// or batch.
pub async fn file(
    ctx: &Ctx,
    actor: &Actor,
    file: AccountId,
    asked: Option<BatchAsked>,
    page: u16,
) -> Result<FileBatches, UseCaseError> {
    need_role(actor, &SEES)?;
    let mut tx = ctx.store.read().await?;
    let intake = super::dashboard::one_file(&mut tx, file).await?;
    let rows = store::batches::of_file(&mut tx, file).await?.into_iter();
    let batches: Vec<Batch> = rows
        .map(|row| Batch {
            key: row.key,
            checks: row.checks,
            cents: row.cents,
            suspended: row.suspended,
            waiting: row.waiting,
        })
        .collect();
    let is_asked = |key: &BatchKey, asked: &BatchAsked| {
        (&key.lockbox, key.deposited_on, &key.batch)
            == (&asked.lockbox, asked.deposited_on, &asked.batch)
    };
    let shown = match (&asked, &batches[..]) {
        (None, [only]) => Some(only.key.clone()),
        (None, _) => None,
        (Some(asked), all) => {
            let found = all.iter().find(|one| is_asked(&one.key, asked));
            Some(found.ok_or(UseCaseError::NotFound)?.key.clone())
        }
    };
    let (mut checks, mut more) = (Vec::new(), false);
    if let Some(key) = &shown {
        (checks, more) = checks_of(&mut tx, key, page).await?;
    }
    Ok(FileBatches {
        file: intake,
        batches,
        shown,
        checks,
        more,
    })
}

async fn checks_of(
    tx: &mut store::Tx,
    key: &BatchKey,
    page: u16,
) -> Result<(Vec<BatchCheck>, bool), UseCaseError> {
    let offset = i64::from(page.saturating_sub(1)) * i64::from(BATCH_PAGE);
    let limits = (offset, i64::from(BATCH_PAGE) + 1);
    let mut rows = store::batches::checks(tx, key, limits).await?;
    let more = rows.len() > usize::from(BATCH_PAGE);
    rows.truncate(usize::from(BATCH_PAGE));
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Ok((Vec::new(), false));
    };
    let paid = store::batches::payments(tx, key.file, (first.item, last.item)).await?;
    let span = (first.item, last.item);
    let images = check_images::of_items(tx, key.file, span).await?;
    let checks = rows
        .into_iter()
        .map(|row| BatchCheck {
            images: images
                .iter()
                .filter(|(item, _)| *item == row.item)
                .map(|(_, image)| image.clone())
                .collect(),
            payments: paid
                .iter()
                .filter(|one| one.item == row.item)
                .map(|one| BatchPayment {
                    account: one.account,
                    confirmation: grouped(&one.confirmation),
                    cents: one.cents,
                    status: one.status,
                })
                .collect(),
            item: row.item,
            envelope: row.envelope,
            last_four: row.last_four,
            cents: row.cents,
            suspense: row.suspense,
        })
        .collect();
    Ok((checks, more))
}
