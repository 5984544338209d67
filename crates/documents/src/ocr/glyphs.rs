//! The ten digits, drawn from the embedded OCR-A outlines at a resolution.

use ttf_parser::{Face, OutlineBuilder};

use crate::geometry;
use crate::world::OCR_A;

/// Size of the outlines on paper, in thousandths of a point: OCR-A size I.
const SIZE_MILLIPOINTS: f32 = 10_564.0;
/// Sub-rows a pixel is sampled at.
const SAMPLES: i32 = 4;

/// The part of the image one digit takes.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    /// From one digit to the next.
    pub pitch: i32,
    /// Width compared.
    pub width: i32,
    /// Height compared.
    pub height: i32,
    /// The baseline, down from the top of the cell.
    pub baseline: i32,
    /// Width of a stroke.
    pub stroke: i32,
}

impl Cell {
    pub(super) fn at(dpi: u32) -> Self {
        let mil = |mils: u32| ((mils * dpi + 500) / 1000) as i32;
        Cell {
            pitch: mil(geometry::SCAN_LINE_PITCH),
            width: mil(geometry::SCAN_LINE_PITCH),
            height: mil(150),
            baseline: mil(130),
            stroke: mil(14).max(2),
        }
    }

    /// Fewer dark pixels than this in a cell is dust, not a digit (the lightest digit, 1, has more
    /// than twenty strokes' squares).
    pub(super) fn least_ink(self) -> i32 {
        self.stroke * self.stroke * 4
    }
}

/// One digit at one offset below a pixel: its darkness with the mean taken away, of length one.
pub(super) struct Glyph {
    pub digit: u8,
    pub pattern: Vec<f32>,
}

/// Ten digits at four offsets: whole and half pixels, across and down.
pub(super) fn digit_glyphs(dpi: u32, cell: Cell) -> Option<Vec<Glyph>> {
    let face = Face::parse(OCR_A, 0).ok()?;
    let scale = SIZE_MILLIPOINTS / 72_000.0 * dpi as f32 / f32::from(face.units_per_em());
    let mut glyphs = Vec::with_capacity(40);
    for digit in 0..10_u8 {
        let id = face.glyph_index(char::from(b'0' + digit))?;
        for (dx, dy) in [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)] {
            let mut outline = Outline {
                scale,
                origin: (dx, cell.baseline as f32 + dy),
                ..Outline::default()
            };
            face.outline_glyph(id, &mut outline)?;
            let mut pattern = outline.fill(cell.width, cell.height);
            normalise(&mut pattern)?;
            glyphs.push(Glyph { digit, pattern });
        }
    }
    Some(glyphs)
}

fn normalise(pattern: &mut [f32]) -> Option<()> {
    let mean = pattern.iter().sum::<f32>() / pattern.len() as f32;
    pattern.iter_mut().for_each(|p| *p -= mean);
    let length = pattern.iter().map(|p| p * p).sum::<f32>().sqrt();
    if length <= 0.0 {
        return None;
    }
    pattern.iter_mut().for_each(|p| *p /= length);
    Some(())
}

/// Straight edges of an outline, in pixels of the cell.
#[derive(Default)]
struct Outline {
    scale: f32,
    origin: (f32, f32),
    start: (f32, f32),
    here: (f32, f32),
    edges: Vec<((f32, f32), (f32, f32))>,
}

impl Outline {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (
            self.origin.0 + x * self.scale,
            self.origin.1 - y * self.scale,
        )
    }

    fn edge_to(&mut self, to: (f32, f32)) {
        self.edges.push((self.here, to));
        self.here = to;
    }

    /// The share of each pixel that is inside, by the non-zero winding rule.
    fn fill(&self, width: i32, height: i32) -> Vec<f32> {
        let mut cover = vec![0.0_f32; (width * height) as usize];
        for sub in 0..height * SAMPLES {
            let y = (sub as f32 + 0.5) / SAMPLES as f32;
            let mut crossings: Vec<(f32, i32)> = self
                .edges
                .iter()
                .filter(|(a, b)| (a.1 <= y) != (b.1 <= y))
                .map(|(a, b)| {
                    let x = a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0);
                    (x, if a.1 < b.1 { 1 } else { -1 })
                })
                .collect();
            crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
            let row = (sub / SAMPLES * width) as usize;
            let mut winding = 0;
            for pair in crossings.windows(2) {
                winding += pair[0].1;
                if winding != 0 {
                    span(&mut cover[row..row + width as usize], pair[0].0, pair[1].0);
                }
            }
        }
        cover
    }
}

/// Adds one sub-row's ink from `from` to `to` to a row of pixels.
fn span(row: &mut [f32], from: f32, to: f32) {
    for (x, pixel) in row.iter_mut().enumerate() {
        let left = x as f32;
        let inside = (to.min(left + 1.0) - from.max(left)).max(0.0);
        *pixel += inside / SAMPLES as f32;
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = self.place(x, y);
        self.here = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.place(x, y);
        self.edge_to(to);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (from, middle, to) = (self.here, self.place(x1, y1), self.place(x, y));
        for step in 1..=8_u8 {
            let t = f32::from(step) / 8.0;
            let mix = |a: f32, b: f32, c: f32| {
                (1.0 - t) * (1.0 - t) * a + 2.0 * t * (1.0 - t) * b + t * t * c
            };
            self.edge_to((mix(from.0, middle.0, to.0), mix(from.1, middle.1, to.1)));
        }
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (from, one, two, to) = (
            self.here,
            self.place(x1, y1),
            self.place(x2, y2),
            self.place(x, y),
        );
        for step in 1..=8_u8 {
            let t = f32::from(step) / 8.0;
            let u = 1.0 - t;
            let mix = |a: f32, b: f32, c: f32, d: f32| {
                u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
            };
            self.edge_to((
                mix(from.0, one.0, two.0, to.0),
                mix(from.1, one.1, two.1, to.1),
            ));
        }
    }

    fn close(&mut self) {
        let start = self.start;
        self.edge_to(start);
    }
}
