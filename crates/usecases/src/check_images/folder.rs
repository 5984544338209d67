//! Images that lie in a folder, named by the check they are of.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::lockbox::{ImageName, NamedImage, without_zeros};
use formats::check_image::{self, CheckImageError};
use kernel::AccountId;
use store::Tx;
use store::check_images::{self as images, ImageOf, ItemPlace};

use super::{LARGEST, NewImage, digest_of, keep, side};
use crate::audit::{self, Event};
use crate::suspense::ItemKey;
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// How many images are taken in with one commit; at most so many times the largest are in memory.
const CHUNK: usize = 20;

/// Whose images a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImagesOf {
    /// The file with this id.
    File(AccountId),
    /// The only file with this name, bank's reference or SHA-256.
    Named(String),
}

/// Why an image was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Its name is not of the pattern.
    #[error(
        "its name does not say which check it is of; name it as lockbox.image_names of the plan \
         file says, such as 001-1-front.tif"
    )]
    Name,
    /// It is larger than [`LARGEST`].
    #[error("it has {0} bytes, at most {LARGEST} are taken; ask the bank for black and white")]
    TooLarge(u64),
    /// It is no image, or a damaged one.
    #[error("{0}; ask the bank to send it again")]
    Unreadable(#[from] CheckImageError),
    /// No check of the file is there.
    #[error("the file has no such check; look whether it belongs to another file of the bank")]
    NoCheck,
    /// Several checks may be meant.
    #[error(
        "the file has several such checks; have the bank put lockbox and day into the names \
         ({{lockbox}}, {{date}} in lockbox.image_names)"
    )]
    SeveralChecks,
    /// The check has another image of that side.
    #[error("the check has another image of that side already; look which one is right")]
    OtherThere,
}

/// An image that was not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadImage {
    /// Its name.
    pub file_name: String,
    /// Why.
    pub why: Why,
}

/// What became of a folder of images.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImagesReport {
    /// How many are kept now.
    pub kept: u64,
    /// How many were kept before.
    pub before: u64,
    /// Those that were not taken in.
    pub bad: Vec<BadImage>,
}

/// The folder of the images that come with a file of the lockbox bank: `NAME.images` beside it.
#[must_use]
pub fn beside(file: &Path) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".images");
    PathBuf::from(name)
}

/// Takes in the images in a folder. What cannot be used is told by name, the others are kept; a run
/// that was stopped is simply run again.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for anybody but the operator and jobs; refusals
/// `images-file-unknown` and `images-file-unclear` if no file or several have the name,
/// `images-unreadable` with the folder and the reason.
pub async fn take_in_images(
    ctx: &Ctx,
    actor: &Actor,
    folder: PathBuf,
    of: ImagesOf,
) -> Result<ImagesReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let mut tx = ctx.store.read().await?;
    let file = file_of(&mut tx, of).await?;
    let places = Places::new(file, images::places(&mut tx, file).await?);
    drop(tx);
    let mut report = ImagesReport::default();
    let names = names_in(&folder).map_err(|error| unreadable(&folder, &error))?;
    let run = Arc::new((ctx.clone(), actor.clone(), places));
    for chunk in names.chunks(CHUNK) {
        let (paths, patterns) = (chunk.to_vec(), ctx.plan.lockbox.image_names.clone());
        let read = tokio::task::spawn_blocking(move || {
            let paths = paths.iter();
            paths.map(|path| read(path, &patterns)).collect::<Vec<_>>()
        });
        let read = read.await;
        let read = read.map_err(|_| UseCaseError::broken("the reader of images panicked"))?;
        let (arrived, run) = (Arc::new(read), Arc::clone(&run));
        let done = ctx.store.write(move |tx| {
            let (arrived, run) = (Arc::clone(&arrived), Arc::clone(&run));
            Box::pin(async move { keep_chunk(tx, (&run.0, &run.1), &run.2, &arrived).await })
        });
        let done: ImagesReport = done.await?;
        report.kept += done.kept;
        report.before += done.before;
        report.bad.extend(done.bad);
    }
    Ok(report)
}

async fn file_of(tx: &mut Tx, of: ImagesOf) -> Result<AccountId, UseCaseError> {
    let name = match of {
        ImagesOf::File(id) => return Ok(id),
        ImagesOf::Named(name) => name,
    };
    let refused = |code| Err(Refusal::new(code).with("reference", &name).into());
    match images::files_named(tx, &name).await?.as_slice() {
        [] => refused("images-file-unknown"),
        [one] => Ok(*one),
        _ => refused("images-file-unclear"),
    }
}

fn unreadable(folder: &Path, error: &std::io::Error) -> UseCaseError {
    Refusal::new("images-unreadable")
        .with("folder", folder.display())
        .with("reason", error)
        .into()
}

/// The files of a folder by name, hidden ones left out.
fn names_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if entry.file_type()?.is_file() && !hidden {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// An image as it lies in the folder.
struct Arrived {
    file_name: String,
    read: Result<(NamedImage, Vec<u8>), Why>,
}

fn read(path: &Path, patterns: &[ImageName]) -> Arrived {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Arrived {
        file_name: name.into_owned(),
        read: read_one(path, patterns),
    }
}

fn read_one(path: &Path, patterns: &[ImageName]) -> Result<(NamedImage, Vec<u8>), Why> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let named = patterns.iter().find_map(|pattern| pattern.read(&stem));
    let named = named.ok_or(Why::Name)?;
    let broken =
        |error: std::io::Error| Why::Unreadable(CheckImageError::Unreadable(error.to_string()));
    let size = std::fs::metadata(path).map_err(broken)?.len();
    if size > LARGEST {
        return Err(Why::TooLarge(size));
    }
    let bytes = std::fs::read(path).map_err(broken)?;
    check_image::verify(&bytes)?;
    Ok((named, bytes))
}

/// The checks of a file by what an image may be named after.
struct Places {
    file: AccountId,
    all: Vec<ItemPlace>,
    by_place: HashMap<(String, String), Vec<usize>>,
    by_image: HashMap<String, Vec<usize>>,
}

impl Places {
    fn new(file: AccountId, all: Vec<ItemPlace>) -> Self {
        let mut by_place: HashMap<_, Vec<usize>> = HashMap::new();
        let mut by_image: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, place) in all.iter().enumerate() {
            let plain = |text: &str| without_zeros(text).to_owned();
            let key = (plain(&place.batch), plain(&place.envelope));
            by_place.entry(key).or_default().push(at);
            if !place.image.is_empty() {
                by_image.entry(place.image.clone()).or_default().push(at);
            }
        }
        Places {
            file,
            all,
            by_place,
            by_image,
        }
    }

    /// The one check that the name means.
    fn meant(&self, named: &NamedImage) -> Result<ItemKey, Why> {
        let by_image = named.image.as_ref().map(|image| self.by_image.get(image));
        let key = named.batch.clone().zip(named.envelope.clone());
        let by_place = key.map(|key| self.by_place.get(&key));
        let found = by_image.or(by_place).flatten();
        let mut meant = found
            .into_iter()
            .flatten()
            .map(|at| &self.all[*at])
            .filter(|place| is_it(place, named));
        match (meant.next(), meant.next()) {
            (None, _) => Err(Why::NoCheck),
            (Some(_), Some(_)) => Err(Why::SeveralChecks),
            (Some(place), None) => Ok(ItemKey {
                file: self.file,
                item: place.item,
            }),
        }
    }
}

fn is_it(place: &ItemPlace, named: &NamedImage) -> bool {
    let same = |said: &Option<String>, is: &str| {
        said.as_ref().is_none_or(|said| said == without_zeros(is))
    };
    same(&named.lockbox, &place.lockbox)
        && same(&named.batch, &place.batch)
        && same(&named.envelope, &place.envelope)
        && named.deposited_on.is_none_or(|day| day == place.deposited_on)
        // Without a number it is the first check of the envelope, which nearly always is the only.
        && (named.image.is_some() || named.check.unwrap_or(1) == place.ordinal)
}

async fn keep_chunk(
    tx: &mut Tx,
    (ctx, actor): (&Ctx, &Actor),
    places: &Places,
    arrived: &[Arrived],
) -> Result<ImagesReport, UseCaseError> {
    let mut report = ImagesReport::default();
    for one in arrived {
        let kept = match &one.read {
            Err(why) => Err(why.clone()),
            Ok((named, bytes)) => match places.meant(named) {
                Err(why) => Err(why),
                Ok(key) => keep_one(tx, ctx, (key, named.back), bytes, &one.file_name).await?,
            },
        };
        match kept {
            Ok(true) => report.kept += 1,
            Ok(false) => report.before += 1,
            Err(why) => report.bad.push(BadImage {
                file_name: one.file_name.clone(),
                why,
            }),
        }
    }
    if report.kept > 0 {
        let event = Event {
            action: "check-images-taken-in",
            account: None,
            subject: &places.file.to_string(),
            detail: &format!("images={}", report.kept),
        };
        audit::record(tx, ctx, actor, event).await?;
    }
    Ok(report)
}

/// Keeps one; false if it was kept before.
async fn keep_one(
    tx: &mut Tx,
    ctx: &Ctx,
    (key, back): (ItemKey, bool),
    bytes: &[u8],
    file_name: &str,
) -> Result<Result<bool, Why>, UseCaseError> {
    let mut there = images::of_item(tx, key).await?;
    there.retain(|row| row.of == ImageOf::Item(key) && row.side == side(back));
    if !there.is_empty() {
        let digest = digest_of(bytes);
        let known = there.into_iter().any(|row| row.digest == digest);
        return Ok(if known {
            Ok(false)
        } else {
            Err(Why::OtherThere)
        });
    }
    let new = NewImage {
        of: ImageOf::Item(key),
        back,
        bytes,
        showable: true,
        file_name,
    };
    keep(tx, ctx, new).await?;
    Ok(Ok(true))
}
