//! A grey bitmap and the few operations on it.

/// A grey bitmap, 0 black to 255 white, row by row from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gray {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// Why bytes are not a bitmap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrayError {
    /// The pixels are not width times height.
    #[error("the image should have {expected} pixels; found {found}")]
    Size {
        /// Width times height.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Not a binary portable graymap of one byte a pixel.
    #[error("not a binary PGM image (P5) with 255 levels; convert the scan to one")]
    NotPgm,
}

/// Left, top, width, height. May reach over the edge, where the paper is white.
pub(super) type Area = (i32, i32, i32, i32);

impl Gray {
    /// A bitmap from its pixels.
    ///
    /// # Errors
    /// [`GrayError::Size`] if there are too many or too few.
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Result<Self, GrayError> {
        let expected = width as usize * height as usize;
        if pixels.len() != expected {
            return Err(GrayError::Size {
                expected,
                found: pixels.len(),
            });
        }
        Ok(Gray {
            width,
            height,
            pixels,
        })
    }

    /// Reads a binary portable graymap (`P5`), as `pdftoppm -gray` and scanners write it.
    ///
    /// # Errors
    /// [`GrayError`] if it is anything else, or cut off.
    pub fn from_pgm(bytes: &[u8]) -> Result<Self, GrayError> {
        let mut at = 0;
        let mut word = || -> Option<&[u8]> {
            loop {
                while bytes.get(at)?.is_ascii_whitespace() {
                    at += 1;
                }
                if *bytes.get(at)? != b'#' {
                    break;
                }
                while *bytes.get(at)? != b'\n' {
                    at += 1;
                }
            }
            let start = at;
            while !bytes.get(at)?.is_ascii_whitespace() {
                at += 1;
            }
            Some(&bytes[start..at])
        };
        let number =
            |word: Option<&[u8]>| -> Option<u32> { std::str::from_utf8(word?).ok()?.parse().ok() };
        let magic = word() == Some(b"P5");
        let (width, height, levels) = (number(word()), number(word()), number(word()));
        match (magic, width, height, levels) {
            (true, Some(width), Some(height), Some(255)) => {
                let pixels = bytes.get(at + 1..).unwrap_or_default().to_vec();
                Gray::new(width, height, pixels)
            }
            _ => Err(GrayError::NotPgm),
        }
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels, row by row from the top.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// A part of it; what lies over the edge is white.
    #[must_use]
    pub fn crop(&self, left: u32, top: u32, width: u32, height: u32) -> Gray {
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        for y in top..top.saturating_add(height) {
            for x in left..left.saturating_add(width) {
                pixels.push(self.at(x as i32, y as i32));
            }
        }
        Gray {
            width,
            height,
            pixels,
        }
    }

    /// The median of each pixel and its eight neighbours: takes dust and scanner noise away.
    #[must_use]
    pub fn despeckled(&self) -> Gray {
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..self.height as i32 {
            for x in 0..self.width as i32 {
                let mut near = [0_u8; 9];
                let places = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy)));
                for (slot, (dx, dy)) in near.iter_mut().zip(places) {
                    *slot = self.at(x + dx, y + dy);
                }
                near.sort_unstable();
                pixels.push(near[4]);
            }
        }
        Gray { pixels, ..*self }
    }

    /// The same with its darkest pixel black and its lightest white. `None` if there is hardly any
    /// contrast: an empty band.
    pub(super) fn stretched(&self) -> Option<Gray> {
        let dark = *self.pixels.iter().min()?;
        let light = *self.pixels.iter().max()?;
        let range = u32::from(light.checked_sub(dark).filter(|range| *range >= 48)?);
        let stretch = |p: &u8| (u32::from(p - dark) * 255 / range) as u8;
        Some(Gray {
            pixels: self.pixels.iter().map(stretch).collect(),
            ..*self
        })
    }

    fn at(&self, x: i32, y: i32) -> u8 {
        if x < 0 || y < 0 || x >= self.width as i32 || y >= self.height as i32 {
            return 255;
        }
        self.pixels[y as usize * self.width as usize + x as usize]
    }

    /// The darkness of an area, 0 paper to 255 ink.
    pub(super) fn window(&self, (left, top, width, height): Area) -> Vec<f32> {
        let mut window = Vec::with_capacity((width * height) as usize);
        for y in top..top + height {
            for x in left..left + width {
                window.push(f32::from(255 - self.at(x, y)));
            }
        }
        window
    }

    /// How many pixels of an area are darker than `ink`.
    pub(super) fn ink(&self, (left, top, width, height): Area, ink: u8) -> i32 {
        let places = (top..top + height).flat_map(|y| (left..left + width).map(move |x| (x, y)));
        places.filter(|(x, y)| self.at(*x, *y) < ink).count() as i32
    }

    /// The lowest row of an area with ink in it.
    pub(super) fn lowest_ink(&self, (left, top, width, height): Area, ink: u8) -> Option<i32> {
        (top..top + height)
            .rev()
            .find(|y| self.ink((left, *y, width, 1), ink) > 0)
    }
}
