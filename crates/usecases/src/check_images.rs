//! Images of checks: kept with the check they belong to, sealed, and shown to staff.
//!
//! They show bank account numbers, so they lie sealed in the database, nobody deletes them, and
//! each look at one is written down.

mod folder;
mod letter;

use formats::check_image;
use kernel::{AccountId, CheckImageId};
use sha2::{Digest as _, Sha256};
use store::Tx;
use store::check_images::{self as images, ImageRow};

pub use folder::{BadImage, ImagesOf, ImagesReport, Why, beside, take_in_images};
pub(crate) use letter::{Came, keep_of_check, keep_of_return};
pub use store::check_images::ImageOf;

use crate::audit::{self, Event};
use crate::staff::{Reason, need_role, note_look};
use crate::suspense::{ItemKey, SEES};
use crate::{Actor, Ctx, UseCaseError};

/// The largest file of an image that is taken, in bytes. A side of a check in Group 4 has 30
/// thousand, in grey a few hundred thousand.
pub const LARGEST: u64 = 5 * 1024 * 1024;

/// An image of a check that staff may open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSeen {
    /// Which one.
    pub id: CheckImageId,
    /// Whether it is the back.
    pub back: bool,
    /// Whether a browser can show it; otherwise there is only the bank's own file.
    pub showable: bool,
    /// Whether it came when the check came back.
    pub with_return: bool,
}

/// The bytes of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFile {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Their media type.
    pub media_type: &'static str,
}

/// How an image is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// As a browser shows it.
    Shown,
    /// The bank's own file, byte for byte.
    Original,
}

/// An image to be kept.
pub(crate) struct NewImage<'a> {
    pub of: ImageOf,
    pub back: bool,
    pub bytes: &'a [u8],
    /// Whether it was read through and a browser can show it.
    pub showable: bool,
    pub file_name: &'a str,
}

/// Images as staff see them.
fn seen(rows: Vec<ImageRow>) -> Vec<ImageSeen> {
    let rows = rows.into_iter();
    rows.map(|row| ImageSeen {
        id: row.id,
        back: row.side == "back",
        showable: row.showable,
        with_return: matches!(row.of, ImageOf::Return(..)),
    })
    .collect()
}

/// The images of a check that came in, and those that came when it came back.
pub(crate) async fn of_item(tx: &mut Tx, key: ItemKey) -> Result<Vec<ImageSeen>, UseCaseError> {
    Ok(seen(images::of_item(tx, key).await?))
}

/// The images of the checks of a file from `first` to `last`, each with the number of its check.
pub(crate) async fn of_items(
    tx: &mut Tx,
    file: AccountId,
    (first, last): (i64, i64),
) -> Result<Vec<(i64, ImageSeen)>, UseCaseError> {
    let rows = images::of_items(tx, file, (first, last)).await?;
    let numbers: Vec<i64> = rows
        .iter()
        .filter_map(|row| match row.of {
            ImageOf::Item(key) => Some(key.item),
            ImageOf::Return(..) => None,
        })
        .collect();
    Ok(numbers.into_iter().zip(seen(rows)).collect())
}

/// The images that came with a returned check.
pub(crate) async fn of_return(
    tx: &mut Tx,
    digest: &str,
    record: i64,
) -> Result<Vec<ImageSeen>, UseCaseError> {
    Ok(seen(images::of_return(tx, digest, record).await?))
}

fn seal_context(id: CheckImageId) -> String {
    format!("check-image:{id}")
}

fn side(back: bool) -> &'static str {
    if back { "back" } else { "front" }
}

/// Keeps an image, in the running transaction. The caller sees that the same is not kept twice.
pub(crate) async fn keep(tx: &mut Tx, ctx: &Ctx, new: NewImage<'_>) -> Result<(), UseCaseError> {
    let id: CheckImageId = ctx.id();
    let kind = check_image::Kind::of(new.bytes);
    let row = ImageRow {
        id,
        of: new.of,
        side: side(new.back).to_owned(),
        format: kind.map_or("", check_image::Kind::code).to_owned(),
        digest: digest_of(new.bytes),
        size_bytes: i64::try_from(new.bytes.len()).unwrap_or(i64::MAX),
        showable: new.showable,
        file_name: new.file_name.to_owned(),
        came_at: ctx.now(),
    };
    let content = ctx.vault.seal(&seal_context(id), new.bytes);
    Ok(images::insert(tx, &row, &content).await?)
}

fn digest_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// An image for a person. That it was seen is written down, with every account that the check paid.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing, a supervisor or an auditor;
/// [`UseCaseError::NotFound`], also for an image that no browser shows and was not wanted as the
/// bank's own file.
pub async fn open(
    ctx: &Ctx,
    actor: &Actor,
    id: CheckImageId,
    wanted: Wanted,
) -> Result<ImageFile, UseCaseError> {
    need_role(actor, &SEES)?;
    let (owned, asker) = (ctx.clone(), actor.clone());
    let (row, content) = ctx
        .store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), asker.clone());
            Box::pin(async move { look(tx, &ctx, &actor, id).await })
        })
        .await?;
    let opened = ctx
        .vault
        .open(&seal_context(id), &content)
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let bytes = opened.to_vec();
    if wanted == Wanted::Original {
        let kind = check_image::Kind::from_code(&row.format);
        let media_type = kind.map_or("application/octet-stream", check_image::Kind::media_type);
        return Ok(ImageFile { bytes, media_type });
    }
    if !row.showable {
        return Err(UseCaseError::NotFound);
    }
    // A page of pixels is unpacked and packed: not where other requests wait.
    let made = tokio::task::spawn_blocking(move || check_image::for_browsers(bytes)).await;
    let made = made.map_err(|_| UseCaseError::broken("the reader of the image panicked"))?;
    let (kind, bytes) = made.map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    Ok(ImageFile {
        bytes,
        media_type: kind.media_type(),
    })
}

async fn look(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    id: CheckImageId,
) -> Result<(ImageRow, String), UseCaseError> {
    let row = images::by_id(tx, id).await?.ok_or(UseCaseError::NotFound)?;
    let content = images::content(tx, id).await?;
    let (of, item) = match &row.of {
        ImageOf::Item(key) => (format!("check={key}"), Some(*key)),
        ImageOf::Return(digest, record) => {
            let item = store::returned_checks::item_of(tx, digest, *record).await?;
            (format!("return={digest}/{record}"), item)
        }
    };
    let event = Event {
        action: "check-image-seen",
        account: None,
        subject: &id.to_string(),
        detail: &format!("{of} side={}", row.side),
    };
    audit::record(tx, ctx, actor, event).await?;
    if let Some(key) = item {
        let paid = store::returned_checks::payments_of(tx, key).await?;
        let mut accounts: Vec<_> = paid.into_iter().map(|(account, _)| account).collect();
        accounts.dedup();
        for account in accounts {
            note_look(tx, ctx, actor, account, Reason::Queue).await?;
        }
    }
    Ok((row, content))
}
