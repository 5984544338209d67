//! Colours, and whether text in them can be read.

use std::fmt;

/// A colour of the sRGB space.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// White, which pages are and text on a coloured ground is.
    pub const WHITE: Colour = Colour {
        red: 255,
        green: 255,
        blue: 255,
    };

    /// The least contrast of text with its ground, in hundredths: 4.5 to 1. WCAG 2.2, 1.4.3.
    pub const LEAST_CONTRAST: u32 = 450;

    /// Reads `#1a4f8b`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let part = |from: usize| u8::from_str_radix(digits.get(from..from + 2)?, 16).ok();
        Some(Colour {
            red: part(0)?,
            green: part(2)?,
            blue: part(4)?,
        })
    }

    /// The contrast ratio with `other` in hundredths, rounded down: 100 to 2100.
    /// WCAG 2.2, definition of "contrast ratio".
    #[must_use]
    pub fn contrast_with(self, other: Colour) -> u32 {
        let (a, b) = (self.luminance(), other.luminance());
        let (lighter, darker) = (a.max(b), a.min(b));
        let ratio = 100 * (lighter + GLARE) / (darker + GLARE);
        u32::try_from(ratio).unwrap_or(u32::MAX)
    }

    /// The relative luminance in units of 10^-10.
    fn luminance(self) -> u64 {
        let light = |part: u8| u64::from(LINEAR[usize::from(part)]);
        2126 * light(self.red) + 7152 * light(self.green) + 722 * light(self.blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// The 0.05 that the ratio adds for light reflected by the screen.
const GLARE: u64 = 500_000_000;

/// The light of each sRGB value in millionths: IEC 61966-2-1, c/12.92 up to 0.04045 and
/// ((c + 0.055)/1.055)^2.4 above. A table, so that a check comes out the same on every machine.
const LINEAR: [u32; 256] = [
    0, 304, 607, 911, 1_214, 1_518, 1_821, 2_125, 2_428, 2_732, 3_035, 3_347, 3_677, 4_025, 4_391,
    4_777, 5_182, 5_605, 6_049, 6_512, 6_995, 7_499, 8_023, 8_568, 9_134, 9_721, 10_330, 10_960,
    11_612, 12_286, 12_983, 13_702, 14_444, 15_209, 15_996, 16_807, 17_642, 18_500, 19_382, 20_289,
    21_219, 22_174, 23_153, 24_158, 25_187, 26_241, 27_321, 28_426, 29_557, 30_713, 31_896, 33_105,
    34_340, 35_601, 36_889, 38_204, 39_546, 40_915, 42_311, 43_735, 45_186, 46_665, 48_172, 49_707,
    51_269, 52_861, 54_480, 56_128, 57_805, 59_511, 61_246, 63_010, 64_803, 66_626, 68_478, 70_360,
    72_272, 74_214, 76_185, 78_187, 80_220, 82_283, 84_376, 86_500, 88_656, 90_842, 93_059, 95_307,
    97_587, 99_899, 102_242, 104_616, 107_023, 109_462, 111_932, 114_435, 116_971, 119_538,
    122_139, 124_772, 127_438, 130_136, 132_868, 135_633, 138_432, 141_263, 144_128, 147_027,
    149_960, 152_926, 155_926, 158_961, 162_029, 165_132, 168_269, 171_441, 174_647, 177_888,
    181_164, 184_475, 187_821, 191_202, 194_618, 198_069, 201_556, 205_079, 208_637, 212_231,
    215_861, 219_526, 223_228, 226_966, 230_740, 234_551, 238_398, 242_281, 246_201, 250_158,
    254_152, 258_183, 262_251, 266_356, 270_498, 274_677, 278_894, 283_149, 287_441, 291_771,
    296_138, 300_544, 304_987, 309_469, 313_989, 318_547, 323_143, 327_778, 332_452, 337_164,
    341_914, 346_704, 351_533, 356_400, 361_307, 366_253, 371_238, 376_262, 381_326, 386_429,
    391_572, 396_755, 401_978, 407_240, 412_543, 417_885, 423_268, 428_690, 434_154, 439_657,
    445_201, 450_786, 456_411, 462_077, 467_784, 473_531, 479_320, 485_150, 491_021, 496_933,
    502_886, 508_881, 514_918, 520_996, 527_115, 533_276, 539_479, 545_724, 552_011, 558_340,
    564_712, 571_125, 577_580, 584_078, 590_619, 597_202, 603_827, 610_496, 617_207, 623_960,
    630_757, 637_597, 644_480, 651_406, 658_375, 665_387, 672_443, 679_542, 686_685, 693_872,
    701_102, 708_376, 715_694, 723_055, 730_461, 737_910, 745_404, 752_942, 760_525, 768_151,
    775_822, 783_538, 791_298, 799_103, 806_952, 814_847, 822_786, 830_770, 838_799, 846_873,
    854_993, 863_157, 871_367, 879_622, 887_923, 896_269, 904_661, 913_099, 921_582, 930_111,
    938_686, 947_307, 955_973, 964_686, 973_445, 982_251, 991_102, 1_000_000,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_agrees_with_published_pairs() {
        for (colour, with_white) in [
            ("#000000", 2100),
            ("#ffffff", 100),
            ("#767676", 454),
            ("#777777", 447),
            ("#0000ff", 859),
            ("#ff0000", 399),
        ] {
            let colour = Colour::parse(colour).unwrap();
            assert_eq!(colour.contrast_with(Colour::WHITE), with_white, "{colour}");
            assert_eq!(Colour::WHITE.contrast_with(colour), with_white, "{colour}");
        }
    }

    #[test]
    fn only_six_hexadecimal_digits_are_a_colour() {
        for text in ["blue", "#fff", "#12345g", "123456", "#1234567", "#+12345"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
        assert_eq!(Colour::parse("#1A4F8B").unwrap().to_string(), "#1a4f8b");
    }
}
