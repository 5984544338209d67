//! What a scanner makes of paper.

use super::Dice;

/// A grey picture, row by row, as a scanner takes it: turned by up to three in a thousand, every
/// pixel a little lighter or darker, and one in 1,500 black with dust. The same seed gives the same
/// picture.
#[must_use]
pub fn scanned(width: usize, pixels: &[u8], seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    let slope = i64::from(dice.below(7)) - 3;
    let middle = signed(width) / 2;
    let height = pixels.len().checked_div(width).unwrap_or(0);
    let mut scan = Vec::with_capacity(pixels.len());
    for y in 0..height {
        for x in 0..width {
            let down = (signed(x) - middle) * slope / 1_000;
            let from = usize::try_from(signed(y) - down).ok();
            let ink = from.and_then(|y| pixels.get(y * width + x)).copied();
            let noise = i64::from(dice.below(31)) - 15;
            let seen = if dice.below(1_500) == 0 {
                0
            } else {
                (i64::from(ink.unwrap_or(u8::MAX)) + noise).clamp(0, 255)
            };
            scan.push(u8::try_from(seen).unwrap_or(u8::MAX));
        }
    }
    scan
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
