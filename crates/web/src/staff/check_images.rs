//! Images of checks, where staff see the check.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use kernel::CheckImageId;
use serde::Serialize;
use usecases::check_images::{self, ImageSeen, Wanted};

use crate::error::Problem;
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// An image on a page.
#[derive(Debug, Serialize)]
pub struct ImageView {
    href: String,
    /// What it is of, in words: side, number and amount of the check.
    alt: String,
    /// The side alone.
    side: String,
    showable: bool,
    with_return: bool,
}

impl ImageView {
    /// Of a check with this number, empty if it was not read, and this amount.
    pub fn new(words: &Words<'_>, image: &ImageSeen, number: &str, amount: &str) -> Self {
        let facts = [("number", number), ("amount", amount)];
        let alt = match (image.back, number.is_empty()) {
            (false, false) => words.say("check-image-front-of", &facts),
            (false, true) => words.say("check-image-front-of-unread", &facts),
            (true, false) => words.say("check-image-back-of", &facts),
            (true, true) => words.say("check-image-back-of-unread", &facts),
        };
        let href = format!("/staff/check-images/{}", image.id);
        ImageView {
            href: if image.showable {
                href
            } else {
                href + "?as=original"
            },
            alt,
            side: if image.back {
                words.say("check-image-back", &[])
            } else {
                words.say("check-image-front", &[])
            },
            showable: image.showable,
            with_return: image.with_return,
        }
    }
}

/// Images for the samples of pages: shown, not shown, and of a return.
#[must_use]
pub fn sample_images() -> Vec<ImageSeen> {
    let images = [
        (false, true, false),
        (true, true, false),
        (true, false, true),
    ];
    let images = images.into_iter().zip(1_u8..);
    images
        .map(|((back, showable, with_return), n)| ImageSeen {
            id: CheckImageId::from_parts(1, [n; 10]),
            back,
            showable,
            with_return,
        })
        .collect()
}

/// An image, as a browser shows it, or with `?as=original` the bank's own file to save.
///
/// # Errors
/// If the role may not, there is none, or the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(image): Path<String>,
) -> Result<Response, Problem> {
    let image = CheckImageId::parse(&image).ok_or_else(Problem::not_found)?;
    let original = visit.asked("as").as_deref() == Some("original");
    let (wanted, disposition) = if original {
        (Wanted::Original, "attachment")
    } else {
        (Wanted::Shown, "inline")
    };
    let file = check_images::open(&app.ctx, &visit.actor(), image, wanted).await?;
    // What says in its bytes that it is something else is still what this header says: nosniff.
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(file.media_type)),
        (CONTENT_DISPOSITION, HeaderValue::from_static(disposition)),
    ];
    Ok((headers, file.bytes).into_response())
}
