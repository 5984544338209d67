//! Images in image cash letters: of checks that came back, and of checks that came in.

use formats::check_image;
use formats::image_cash_letter::Image;
use store::Tx;
use store::check_images::{self as images, ImageOf};

use super::{NewImage, digest_of, keep};
use crate::audit::{self, Event};
use crate::suspense::ItemKey;
use crate::{Actor, Ctx, UseCaseError};

/// Images of one record of a letter.
#[derive(Clone)]
pub(crate) struct Came {
    /// The letter's name.
    pub file_name: String,
    /// SHA-256 of the letter.
    pub digest: String,
    /// The number of the record.
    pub record: i64,
    /// Its images.
    pub images: Vec<Image>,
}

/// Keeps the images of a returned check. How many are new.
pub(crate) async fn keep_of_return(
    ctx: &Ctx,
    actor: &Actor,
    came: Came,
) -> Result<u64, UseCaseError> {
    let of = ImageOf::Return(came.digest.clone(), came.record);
    keep_all(ctx, actor, of, came).await
}

/// Keeps the images of a check that came in. How many are new.
pub(crate) async fn keep_of_check(
    ctx: &Ctx,
    actor: &Actor,
    key: ItemKey,
    came: Came,
) -> Result<u64, UseCaseError> {
    keep_all(ctx, actor, ImageOf::Item(key), came).await
}

async fn keep_all(ctx: &Ctx, actor: &Actor, of: ImageOf, came: Came) -> Result<u64, UseCaseError> {
    let owned = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let ((ctx, actor), of, came) = (owned.clone(), of.clone(), came.clone());
            Box::pin(async move { keep_now(tx, (&ctx, &actor), &of, &came).await })
        })
        .await
}

async fn keep_now(
    tx: &mut Tx,
    (ctx, actor): (&Ctx, &Actor),
    of: &ImageOf,
    came: &Came,
) -> Result<u64, UseCaseError> {
    let known = match of {
        ImageOf::Item(key) => images::of_item(tx, *key).await?,
        ImageOf::Return(digest, record) => images::of_return(tx, digest, *record).await?,
    };
    let mut there: Vec<(bool, String)> = known
        .into_iter()
        .filter(|row| row.of == *of)
        .map(|row| (row.side == "back", row.digest))
        .collect();
    let mut kept = 0;
    for image in came.images.iter().filter(|image| !image.bytes.is_empty()) {
        let it = (image.back, digest_of(&image.bytes));
        if there.contains(&it) {
            continue;
        }
        there.push(it);
        // The bank's image is kept whatever it is; one that cannot be shown can be saved.
        let new = NewImage {
            of: of.clone(),
            back: image.back,
            bytes: &image.bytes,
            showable: check_image::verify(&image.bytes).is_ok(),
            file_name: &came.file_name,
        };
        keep(tx, ctx, new).await?;
        kept += 1;
    }
    if kept > 0 {
        let event = Event {
            action: "check-images-taken-in",
            account: None,
            subject: &came.digest,
            detail: &format!("record={} images={kept}", came.record),
        };
        audit::record(tx, ctx, actor, event).await?;
    }
    Ok(kept)
}
