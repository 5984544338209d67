use super::*;

/// Draws a line with the reader's own outlines, turned by `slope` pixels down for each across.
fn drawn(reader: &ScanLineReader, digits: &str, slope: f32) -> Gray {
    let (width, height) = (digits.len() as u32 * reader.cell.pitch as u32 + 100, 200);
    let mut pixels = vec![255_u8; (width * height) as usize];
    for (i, digit) in digits.bytes().enumerate() {
        let glyph = &reader.glyphs[usize::from(digit - b'0') * 4];
        let least = glyph.pattern.iter().copied().fold(f32::INFINITY, f32::min);
        let most = glyph
            .pattern
            .iter()
            .copied()
            .fold(f32::NEG_INFINITY, f32::max);
        let left = 40 + i as i32 * reader.cell.pitch;
        let top = 60 + (left as f32 * slope) as i32;
        for (at, darkness) in glyph.pattern.iter().enumerate() {
            let (x, y) = (
                left + at as i32 % reader.cell.width,
                top + at as i32 / reader.cell.width,
            );
            let ink = (darkness - least) / (most - least) * 255.0;
            pixels[(y * width as i32 + x) as usize] = 255 - ink as u8;
        }
    }
    Gray::new(width, height, pixels).unwrap()
}

#[test]
fn every_digit_is_read_first_last_and_in_the_middle() {
    for dpi in [150, 200, 300] {
        let reader = ScanLineReader::new(dpi).unwrap();
        for digits in ["01234567890123456789", "1111", "9", "70", "8888880", "4711"] {
            let reading = reader.read(&drawn(&reader, digits, 0.0)).unwrap();
            assert_eq!(reading.digits, digits, "at {dpi}");
            assert!(reading.confidence >= 95, "{reading:?} at {dpi}");
        }
    }
}

#[test]
fn a_slightly_turned_sheet_is_followed() {
    let reader = ScanLineReader::new(300).unwrap();
    for slope in [0.01, -0.01] {
        let digits = "3041234567820261200047110000023646";
        let reading = reader.read(&drawn(&reader, digits, slope)).unwrap();
        assert_eq!(reading.digits, digits);
    }
}

#[test]
fn dust_is_taken_away_before_reading() {
    let reader = ScanLineReader::new(300).unwrap();
    let clean = drawn(&reader, "0123456789", 0.0);
    let mut pixels = clean.pixels().to_vec();
    for speck in (7..pixels.len()).step_by(97) {
        pixels[speck] = 0;
    }
    let dusty = Gray::new(clean.width(), clean.height(), pixels).unwrap();
    assert_eq!(
        reader.read(&dusty.despeckled()).unwrap().digits,
        "0123456789"
    );
}

#[test]
fn a_smudged_digit_is_unclear_and_its_place_is_named() {
    let reader = ScanLineReader::new(300).unwrap();
    let clean = drawn(&reader, "01234567", 0.0);
    let mut pixels = clean.pixels().to_vec();
    let left = 40 + 3 * reader.cell.pitch;
    for y in 60..60 + reader.cell.height {
        for x in left..left + reader.cell.pitch {
            pixels[(y * clean.width() as i32 + x) as usize] = if (x + y) % 7 < 4 { 0 } else { 255 };
        }
    }
    let smudged = Gray::new(clean.width(), clean.height(), pixels).unwrap();
    assert_eq!(
        reader.read(&smudged),
        Err(OcrError::Unclear { position: 4 })
    );
}

#[test]
fn empty_paper_and_odd_resolutions_are_refused() {
    let reader = ScanLineReader::new(200).unwrap();
    let white = Gray::new(400, 100, vec![255; 40_000]).unwrap();
    assert_eq!(reader.read(&white), Err(OcrError::NoLine));
    assert!(matches!(
        ScanLineReader::new(72),
        Err(OcrError::Resolution { dpi: 72 })
    ));
}

#[test]
fn a_graymap_is_read_and_anything_else_refused() {
    let image = Gray::from_pgm(b"P5\n# scanned\n2 1\n255\n\x00\xff").unwrap();
    assert_eq!((image.width(), image.pixels()), (2, &[0_u8, 255][..]));
    assert_eq!(
        Gray::from_pgm(b"P6\n2 1\n255\n\x00\xff"),
        Err(GrayError::NotPgm)
    );
    assert_eq!(
        Gray::from_pgm(b"P5\n2 1\n255\n\x00"),
        Err(GrayError::Size {
            expected: 2,
            found: 1
        })
    );
    assert_eq!(Gray::from_pgm(b""), Err(GrayError::NotPgm));
}
