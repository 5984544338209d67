//! Reads the OCR-A scan line of a coupon from a scanned image, as a lockbox does.
//!
//! Every glyph cell is compared with the ten digits of the same outlines the coupon is printed with
//! (normalised cross-correlation, at whole and half pixels), following the line from cell to cell,
//! so that a slightly turned sheet is read too. Nothing is guessed: a digit that matches badly, or
//! two digits about as well, is an error that names its place.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "correlation of pixels: bounded by the size of an image, and never money"
)]

mod glyphs;
mod gray;

pub use gray::{Gray, GrayError};

use crate::geometry;
use glyphs::{Cell, Glyph, digit_glyphs};

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The digits, left to right.
    pub digits: String,
    /// How well the worst digit matched its outline, in percent. Clean print is above 85.
    pub confidence: u8,
}

/// Why a scan line could not be read. The item goes to a person, with its image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcrError {
    /// A resolution at which digits cannot be told apart.
    #[error("cannot read a scan line at {dpi} dots per inch; scan at 150 to 1200")]
    Resolution {
        /// What was asked for.
        dpi: u32,
    },
    /// The embedded OCR-A font is broken: a fault of this program.
    #[error(
        "the embedded OCR-A outlines cannot be read; report this with the version of memberpay"
    )]
    Outlines,
    /// There is no print in the band.
    #[error(
        "no scan line found; check that the coupon is upright and its lower edge is in the image"
    )]
    NoLine,
    /// A character that is no digit, or could be two.
    #[error("character {position} of the scan line is unclear; key the line from the image")]
    Unclear {
        /// Which character, counted from one.
        position: usize,
    },
}

/// A match below this is no digit.
const LEAST_SCORE: f32 = 0.55;
/// The best digit must be ahead of the second by this.
const LEAST_LEAD: f32 = 0.04;
/// Darker than this is ink, after the contrast is stretched.
const INK: u8 = 128;

/// Reads scan lines at one resolution. Make one and keep it; it can be shared between threads.
pub struct ScanLineReader {
    dpi: u32,
    cell: Cell,
    glyphs: Vec<Glyph>,
}

/// Where a digit was found and how well it fits.
#[derive(Clone, Copy)]
struct Match {
    digit: u8,
    score: f32,
    second: f32,
    x: i32,
    y: i32,
}

impl ScanLineReader {
    /// A reader for images of `dpi` dots per inch.
    ///
    /// # Errors
    /// [`OcrError::Resolution`] below 150 or above 1200.
    pub fn new(dpi: u32) -> Result<Self, OcrError> {
        if !(150..=1200).contains(&dpi) {
            return Err(OcrError::Resolution { dpi });
        }
        let cell = Cell::at(dpi);
        let glyphs = digit_glyphs(dpi, cell).ok_or(OcrError::Outlines)?;
        Ok(ScanLineReader { dpi, cell, glyphs })
    }

    /// Reads the scan line from the image of a whole page or coupon, upright, with the lower edge
    /// of the paper at the lower edge of the image.
    ///
    /// # Errors
    /// [`OcrError`] if there is no line or a character is unclear.
    pub fn read_sheet(&self, sheet: &Gray) -> Result<Reading, OcrError> {
        let band = (geometry::CLEAR_BAND * self.dpi / 1000).min(sheet.height());
        self.read(&sheet.crop(0, sheet.height() - band, sheet.width(), band))
    }

    /// Reads the one line of OCR-A digits in an image.
    ///
    /// # Errors
    /// [`OcrError`] if there is no line or a character is unclear.
    pub fn read(&self, band: &Gray) -> Result<Reading, OcrError> {
        let image = band.stretched().ok_or(OcrError::NoLine)?;
        let mut found = self.first(&image).ok_or(OcrError::NoLine)?;
        let mut digits = String::new();
        let mut worst = f32::INFINITY;
        loop {
            if found.score < LEAST_SCORE || found.score - found.second < LEAST_LEAD {
                return Err(OcrError::Unclear {
                    position: digits.len() + 1,
                });
            }
            digits.push(char::from(b'0' + found.digit));
            worst = worst.min(found.score);
            // The pitch is not a whole number of pixels at every resolution: half of the rounding
            // is caught by the search, the rest by following each match.
            let x = found.x + self.cell.pitch;
            let area = (x, found.y, self.cell.width, self.cell.height);
            if image.ink(area, INK) < self.cell.least_ink() {
                let confidence = (worst * 100.0).clamp(0.0, 100.0) as u8;
                return Ok(Reading { digits, confidence });
            }
            found = self.best(&image, (x - 1)..=(x + 1), (found.y - 1)..=(found.y + 1));
        }
    }

    /// The first digit: from the leftmost ink, wherever in its cell that digit begins.
    fn first(&self, image: &Gray) -> Option<Match> {
        let least = (self.cell.stroke / 2).max(2);
        let column_ink = |x: i32| image.ink((x, 0, 1, image.height() as i32), INK);
        let left = (0..image.width() as i32).find(|x| column_ink(*x) >= least)?;
        let cell = (left, 0, self.cell.pitch, image.height() as i32);
        let bottom = image.lowest_ink(cell, INK)? + 1;
        let top = bottom - self.cell.baseline;
        let reach = self.cell.stroke;
        Some(self.best(
            image,
            (left - self.cell.pitch / 2)..=(left + reach / 2),
            (top - reach)..=(top + reach),
        ))
    }

    /// The digit and place that fit best within a range of places.
    fn best(
        &self,
        image: &Gray,
        xs: std::ops::RangeInclusive<i32>,
        ys: std::ops::RangeInclusive<i32>,
    ) -> Match {
        let mut by_digit = [(f32::NEG_INFINITY, 0, 0); 10];
        for y in ys {
            for x in xs.clone() {
                let window = image.window((x, y, self.cell.width, self.cell.height));
                let Some(norm) = norm_of(&window) else {
                    continue;
                };
                for glyph in &self.glyphs {
                    let score = dot(&glyph.pattern, &window) / norm;
                    let best = &mut by_digit[usize::from(glyph.digit)];
                    if score > best.0 {
                        *best = (score, x, y);
                    }
                }
            }
        }
        let mut order: Vec<u8> = (0..10).collect();
        order.sort_by(|a, b| {
            by_digit[usize::from(*b)]
                .0
                .total_cmp(&by_digit[usize::from(*a)].0)
        });
        let (score, x, y) = by_digit[usize::from(order[0])];
        Match {
            digit: order[0],
            score,
            second: by_digit[usize::from(order[1])].0,
            x,
            y,
        }
    }
}

/// The length of the window once its mean is taken away. `None` for an even window.
fn norm_of(window: &[f32]) -> Option<f32> {
    let count = window.len() as f32;
    let (mut sum, mut squares) = (0.0_f32, 0.0_f32);
    for value in window {
        sum += value;
        squares += value * value;
    }
    let spread = squares - sum * sum / count;
    (spread > 1.0).then(|| spread.sqrt())
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests;
