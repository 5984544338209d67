//! Images of checks: whose they are, and their sealed content.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, CheckImageId};

use crate::sql::Row;
use crate::suspense::ItemKey;
use crate::{StoreError, Tx, args};

/// What an image belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageOf {
    /// A check that came in.
    Item(ItemKey),
    /// A check that came back: SHA-256 of the file, and the number of the record in it.
    Return(String, i64),
}

/// An image without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRow {
    /// Id.
    pub id: CheckImageId,
    /// What it belongs to.
    pub of: ImageOf,
    /// `front` or `back`.
    pub side: String,
    /// What kind of file it is; empty if it is none that is known.
    pub format: String,
    /// SHA-256 of the bank's file, in hexadecimal digits.
    pub digest: String,
    /// How large the bank's file is, in bytes.
    pub size_bytes: i64,
    /// Whether a browser can show it.
    pub showable: bool,
    /// The file that it came in, or its own name.
    pub file_name: String,
    /// When it came.
    pub came_at: Timestamp,
}

/// Where a check of a file stands in the bank's books.
#[derive(Debug, Clone)]
pub struct ItemPlace {
    /// Its number in the file.
    pub item: i64,
    /// The lockbox.
    pub lockbox: String,
    /// The day of the deposit.
    pub deposited_on: Date,
    /// The batch.
    pub batch: String,
    /// The envelope.
    pub envelope: String,
    /// Which check of the envelope, from 1.
    pub ordinal: i64,
    /// The bank's name for its image.
    pub image: String,
}

fn image(mut row: Row) -> Result<ImageRow, StoreError> {
    let id = row.read()?;
    let (file, item) = (row.read_optional()?, row.read_optional()?);
    let (digest, record) = (row.read_optional()?, row.read_optional()?);
    let item = Option::zip(file, item).map(|(file, item)| ImageOf::Item(ItemKey { file, item }));
    let back = Option::zip(digest, record).map(|(digest, n)| ImageOf::Return(digest, n));
    Ok(ImageRow {
        id,
        of: item.or(back).ok_or(StoreError::Missing {
            what: "the check of an image",
        })?,
        side: row.read()?,
        format: row.read()?,
        digest: row.read()?,
        size_bytes: row.read()?,
        showable: row.read()?,
        file_name: row.read()?,
        came_at: row.read()?,
    })
}

/// Adds an image and its sealed content.
///
/// # Errors
/// [`StoreError::Conflict`] if it is there.
pub async fn insert(tx: &mut Tx, row: &ImageRow, content: &str) -> Result<(), StoreError> {
    let (item, back) = match &row.of {
        ImageOf::Item(key) => (Some(key), None),
        ImageOf::Return(digest, record) => (None, Some((digest, *record))),
    };
    tx.execute(
        "INSERT INTO check_images (id, file_id, item_no, return_digest, return_record, side, \
         format, digest, size_bytes, showable, file_name, came_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            row.id,
            item.map(|key| key.file),
            item.map(|key| key.item),
            back.map(|(digest, _)| digest.clone()),
            back.map(|(_, record)| record),
            &row.side,
            &row.format,
            &row.digest,
            row.size_bytes,
            row.showable,
            &row.file_name,
            row.came_at,
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO check_image_contents (image_id, content) VALUES ($1, $2)",
        args![row.id, content],
    )
    .await
    .map(drop)
}

/// The image with this id.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id(tx: &mut Tx, id: CheckImageId) -> Result<Option<ImageRow>, StoreError> {
    tx.first(
        "SELECT id, file_id, item_no, return_digest, return_record, side, format, digest, \
         size_bytes, showable, file_name, came_at FROM check_images WHERE id = $1",
        args![id],
    )
    .await?
    .map(image)
    .transpose()
}

/// The sealed content of an image.
///
/// # Errors
/// [`StoreError::Missing`].
pub async fn content(tx: &mut Tx, id: CheckImageId) -> Result<String, StoreError> {
    tx.one(
        "the content of an image",
        "SELECT content FROM check_image_contents WHERE image_id = $1",
        args![id],
    )
    .await?
    .read()
}

/// The images of a check that came in, those that came with its returns after its own; fronts
/// before backs.
///
/// # Errors
/// [`StoreError`].
pub async fn of_item(tx: &mut Tx, key: ItemKey) -> Result<Vec<ImageRow>, StoreError> {
    tx.all(
        "SELECT id, file_id, item_no, return_digest, return_record, side, format, digest, \
         size_bytes, showable, file_name, came_at FROM check_images \
         WHERE file_id = $1 AND item_no = $2 \
         UNION ALL SELECT c.id, c.file_id, c.item_no, c.return_digest, c.return_record, c.side, \
         c.format, c.digest, c.size_bytes, c.showable, c.file_name, c.came_at \
         FROM returned_checks r JOIN check_images c ON c.return_digest = r.digest \
         AND c.return_record = r.record_no WHERE r.file_id = $1 AND r.item_no = $2 \
         ORDER BY 12, 6 DESC, 1",
        args![key.file, key.item],
    )
    .await?
    .into_iter()
    .map(image)
    .collect()
}

/// The images that came with the checks of a file from `first` to `last`, in their order; fronts
/// before backs.
///
/// # Errors
/// [`StoreError`].
pub async fn of_items(
    tx: &mut Tx,
    file: AccountId,
    (first, last): (i64, i64),
) -> Result<Vec<ImageRow>, StoreError> {
    tx.all(
        "SELECT id, file_id, item_no, return_digest, return_record, side, format, digest, \
         size_bytes, showable, file_name, came_at FROM check_images \
         WHERE file_id = $1 AND item_no >= $2 AND item_no <= $3 ORDER BY item_no, side DESC, id",
        args![file, first, last],
    )
    .await?
    .into_iter()
    .map(image)
    .collect()
}

/// The images that came with a returned check, fronts before backs.
///
/// # Errors
/// [`StoreError`].
pub async fn of_return(
    tx: &mut Tx,
    digest: &str,
    record: i64,
) -> Result<Vec<ImageRow>, StoreError> {
    tx.all(
        "SELECT id, file_id, item_no, return_digest, return_record, side, format, digest, \
         size_bytes, showable, file_name, came_at FROM check_images \
         WHERE return_digest = $1 AND return_record = $2 ORDER BY side DESC, id",
        args![digest, record],
    )
    .await?
    .into_iter()
    .map(image)
    .collect()
}

/// The files of the lockbox bank with this reference, name or SHA-256, latest first; two are enough
/// to know that it names none certainly.
///
/// # Errors
/// [`StoreError`].
pub async fn files_named(tx: &mut Tx, name: &str) -> Result<Vec<AccountId>, StoreError> {
    tx.all(
        "SELECT id FROM remittance_files WHERE reference = $1 OR file_name = $1 OR digest = $1 \
         ORDER BY begun_at DESC, id LIMIT 2",
        args![name],
    )
    .await?
    .into_iter()
    .map(|mut row| row.read())
    .collect()
}

/// Where the checks of a file stand in the bank's books.
///
/// # Errors
/// [`StoreError`].
pub async fn places(tx: &mut Tx, file: AccountId) -> Result<Vec<ItemPlace>, StoreError> {
    tx.all(
        "SELECT item_no, lockbox, deposited_on, batch, envelope, ordinal, image \
         FROM remittance_items WHERE file_id = $1 ORDER BY item_no",
        args![file],
    )
    .await?
    .into_iter()
    .map(|mut row| {
        Ok(ItemPlace {
            item: row.read()?,
            lockbox: row.read()?,
            deposited_on: row.read()?,
            batch: row.read()?,
            envelope: row.read()?,
            ordinal: row.read()?,
            image: row.read()?,
        })
    })
    .collect()
}
