//! Images of checks, one side each: what kind of file they are, whether they can be read, and what
//! a browser can show of them.
//!
//! Banks send TIFF with CCITT Group 4 (X9.100-181), which browsers do not show; it is made into
//! PNG, pixel for pixel.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

/// The most pixels of an image: a page of letter size at 600 dots an inch has 34 million.
const MOST_PIXELS: u64 = 40_000_000;

/// What kind of file an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// TIFF 6.0.
    Tiff,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

/// Why an image cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckImageError {
    /// It does not begin like one.
    #[error("it is no TIFF, PNG or JPEG file")]
    NoImage,
    /// It claims to be larger than anybody scans a check.
    #[error("it has {width} by {height} pixels, more than {MOST_PIXELS} together")]
    TooManyPixels {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// It is damaged, or of a kind that is not read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Tiff, Kind::Png, Kind::Jpeg];

    /// Told from the first bytes; the name of a file tells nothing.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Kind> {
        const BEGINNINGS: [(&[u8], Kind); 4] = [
            (b"II*\0", Kind::Tiff),
            (b"MM\0*", Kind::Tiff),
            (b"\x89PNG\r\n\x1a\n", Kind::Png),
            (b"\xff\xd8\xff", Kind::Jpeg),
        ];
        let found = BEGINNINGS
            .iter()
            .find(|(first, _)| bytes.starts_with(first));
        found.map(|(_, kind)| *kind)
    }

    /// The name in tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Tiff => "tiff",
            Kind::Png => "png",
            Kind::Jpeg => "jpeg",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The media type (RFC 3302, RFC 2046, PNG).
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Kind::Tiff => "image/tiff",
            Kind::Png => "image/png",
            Kind::Jpeg => "image/jpeg",
        }
    }
}

/// Reads an image through.
///
/// # Errors
/// [`CheckImageError`]. Of JPEG files only the beginning and the end are looked at.
pub fn verify(bytes: &[u8]) -> Result<Kind, CheckImageError> {
    let kind = Kind::of(bytes).ok_or(CheckImageError::NoImage)?;
    match kind {
        Kind::Tiff => drop(pixels(bytes)?),
        Kind::Png => verify_png(bytes)?,
        Kind::Jpeg if bytes.ends_with(b"\xff\xd9") => {}
        Kind::Jpeg => return Err(CheckImageError::Unreadable("its end is missing".to_owned())),
    }
    Ok(kind)
}

/// What a browser shows: PNG of a TIFF file, the other kinds as they are.
///
/// # Errors
/// [`CheckImageError`] if it cannot be made into PNG.
pub fn for_browsers(bytes: Vec<u8>) -> Result<(Kind, Vec<u8>), CheckImageError> {
    match Kind::of(&bytes).ok_or(CheckImageError::NoImage)? {
        Kind::Tiff => Ok((Kind::Png, png_of(&pixels(&bytes)?)?)),
        kind => Ok((kind, bytes)),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are handed over as they are made"
)]
fn unreadable(error: impl ToString) -> CheckImageError {
    CheckImageError::Unreadable(error.to_string())
}

fn not_too_many(width: u32, height: u32) -> Result<(), CheckImageError> {
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(CheckImageError::TooManyPixels { width, height });
    }
    Ok(())
}

struct Pixels {
    width: u32,
    height: u32,
    colour: png::ColorType,
    depth: png::BitDepth,
    rows: Vec<u8>,
}

/// The pixels of the first image of a TIFF file, black as 0, rows beginning at whole bytes.
fn pixels(bytes: &[u8]) -> Result<Pixels, CheckImageError> {
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(unreadable)?;
    let (width, height) = decoder.dimensions().map_err(unreadable)?;
    not_too_many(width, height)?;
    if decoder
        .find_tag_unsigned::<u16>(Tag::FillOrder)
        .ok()
        .flatten()
        == Some(2)
    {
        let turned = turned(bytes, &mut decoder)?;
        return image_of(Decoder::new(Cursor::new(turned.as_slice())).map_err(unreadable)?);
    }
    image_of(decoder)
}

fn image_of(mut decoder: Decoder<Cursor<&[u8]>>) -> Result<Pixels, CheckImageError> {
    let (width, height) = decoder.dimensions().map_err(unreadable)?;
    let (colour, depth) = match decoder.colortype().map_err(unreadable)? {
        ColorType::Gray(1) => (png::ColorType::Grayscale, png::BitDepth::One),
        ColorType::Gray(2) => (png::ColorType::Grayscale, png::BitDepth::Two),
        ColorType::Gray(4) => (png::ColorType::Grayscale, png::BitDepth::Four),
        ColorType::Gray(8) => (png::ColorType::Grayscale, png::BitDepth::Eight),
        ColorType::RGB(8) => (png::ColorType::Rgb, png::BitDepth::Eight),
        other => return Err(unreadable(format!("its colours are {other:?}"))),
    };
    match decoder.read_image().map_err(unreadable)? {
        DecodingResult::U8(rows) => Ok(Pixels {
            width,
            height,
            colour,
            depth,
            rows,
        }),
        _ => Err(unreadable("its samples are not of one byte")),
    }
}

/// The file with the bits of each byte of its strips in the usual order: FillOrder 2 has them the
/// other way round, which the reader does not look at.
fn turned(bytes: &[u8], decoder: &mut Decoder<Cursor<&[u8]>>) -> Result<Vec<u8>, CheckImageError> {
    let mut list = |tag| decoder.get_tag_u64_vec(tag).map_err(unreadable);
    let (offsets, lengths) = (list(Tag::StripOffsets)?, list(Tag::StripByteCounts)?);
    let mut turned = bytes.to_vec();
    for (offset, length) in offsets.into_iter().zip(lengths) {
        let end = offset.checked_add(length);
        let range = Option::zip(
            usize::try_from(offset).ok(),
            end.and_then(|end| usize::try_from(end).ok()),
        );
        let strip = range.and_then(|(from, to)| turned.get_mut(from..to));
        let strip = strip.ok_or_else(|| unreadable("a strip lies outside of it"))?;
        for byte in strip {
            *byte = byte.reverse_bits();
        }
    }
    Ok(turned)
}

fn png_of(pixels: &Pixels) -> Result<Vec<u8>, CheckImageError> {
    let mut written = Vec::new();
    let mut encoder = png::Encoder::new(&mut written, pixels.width, pixels.height);
    encoder.set_color(pixels.colour);
    encoder.set_depth(pixels.depth);
    let mut writer = encoder.write_header().map_err(unreadable)?;
    writer.write_image_data(&pixels.rows).map_err(unreadable)?;
    writer.finish().map_err(unreadable)?;
    Ok(written)
}

fn verify_png(bytes: &[u8]) -> Result<(), CheckImageError> {
    let decoder = png::Decoder::new(Cursor::new(bytes));
    let mut reader = decoder.read_info().map_err(unreadable)?;
    not_too_many(reader.info().width, reader.info().height)?;
    let size = reader.output_buffer_size();
    let size = size.ok_or_else(|| unreadable("it is too large"))?;
    reader.next_frame(&mut vec![0; size]).map_err(unreadable)?;
    reader.finish().map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An uncompressed bilevel TIFF of 10 by 2 pixels: a black dot at the left, one at the right.
    fn tiff(photometric: u16, fill_order: u16, strips: [u8; 4]) -> Vec<u8> {
        let tags: [(u16, u16, u32); 10] = [
            (256, 3, 10),
            (257, 3, 2),
            (258, 3, 1),
            (259, 3, 1),
            (262, 3, photometric.into()),
            (266, 3, fill_order.into()),
            (273, 4, 8),
            (277, 3, 1),
            (278, 3, 2),
            (279, 4, 4),
        ];
        let mut file = b"II*\0\x0c\0\0\0".to_vec();
        file.extend(strips);
        file.extend(10_u16.to_le_bytes());
        for (tag, kind, value) in tags {
            file.extend(tag.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend(1_u32.to_le_bytes());
            file.extend(value.to_le_bytes());
        }
        file.extend(0_u32.to_le_bytes());
        file
    }

    /// The rows of a PNG file.
    fn rows(png: &[u8]) -> Vec<u8> {
        let mut reader = png::Decoder::new(Cursor::new(png))
            .read_info()
            .expect("it is PNG");
        let mut rows = vec![0; reader.output_buffer_size().expect("it is small")];
        reader.next_frame(&mut rows).expect("it is whole");
        rows
    }

    #[test]
    fn black_stays_black_however_a_tiff_says_it() {
        let black_is_0 = [0x7f, 0xff, 0xff, 0x80];
        for (what, file) in [
            ("black is zero", tiff(1, 1, black_is_0)),
            ("white is zero", tiff(0, 1, black_is_0.map(|byte| !byte))),
            ("bits turned", tiff(1, 2, black_is_0.map(u8::reverse_bits))),
        ] {
            assert_eq!(verify(&file), Ok(Kind::Tiff), "{what}");
            let (kind, png) = for_browsers(file).expect(what);
            assert_eq!(kind, Kind::Png, "{what}");
            let shown: Vec<u8> = rows(&png)
                .iter()
                .zip([0xff, 0xc0, 0xff, 0xc0])
                .map(|(b, m)| b & m)
                .collect();
            assert_eq!(shown, [0x7f, 0xc0, 0xff, 0x80], "{what}");
        }
    }

    #[test]
    fn what_is_no_image_is_told_by_its_bytes_and_not_its_name() {
        let whole = for_browsers(tiff(1, 1, [0; 4])).expect("it is read").1;
        assert_eq!(verify(&whole), Ok(Kind::Png));
        for bytes in [
            &b""[..],
            b"%PDF-1.7",
            b"GIF89a",
            b"<svg onload=alert(1)>",
            b"II",
        ] {
            assert_eq!(verify(bytes), Err(CheckImageError::NoImage), "{bytes:?}");
        }
        let cut_tiff = &tiff(1, 1, [0; 4])[..40];
        let mut strip_outside = tiff(1, 2, [0; 4]);
        let at = strip_outside.len() - 4 - 12 * 4 + 8;
        strip_outside[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        for bytes in [
            cut_tiff,
            &whole[..whole.len() - 20],
            b"\xff\xd8\xff\xe0",
            &strip_outside,
        ] {
            let found = verify(bytes);
            assert!(
                matches!(found, Err(CheckImageError::Unreadable(_))),
                "{found:?}"
            );
        }
        let mut huge = tiff(1, 1, [0; 4]);
        for at in [22, 34, 118] {
            huge[at..at + 2].copy_from_slice(&u16::MAX.to_le_bytes());
        }
        let (width, height) = (65_535, 65_535);
        let found = verify(&huge);
        assert_eq!(found, Err(CheckImageError::TooManyPixels { width, height }));
    }
}
