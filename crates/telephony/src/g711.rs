//! ITU-T G.711: eight bits a sample, by the µ-law (North America) and the A-law.
//!
//! Samples are 16 bits wide; the µ-law carries the upper 14 of them, the A-law the upper 13.

/// Which law.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Law {
    /// PCMU, RTP payload type 0.
    Mu,
    /// PCMA, RTP payload type 8.
    A,
}

impl Law {
    /// The static RTP payload type (RFC 3551 section 6).
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Law::Mu => 0,
            Law::A => 8,
        }
    }

    /// The octet that is silence.
    #[must_use]
    pub const fn silence(self) -> u8 {
        self.encode(0)
    }

    /// The octet of a sample.
    #[must_use]
    pub const fn encode(self, sample: i16) -> u8 {
        match self {
            Law::Mu => encode_mu(sample),
            Law::A => encode_a(sample),
        }
    }

    /// The sample of an octet.
    #[must_use]
    pub const fn decode(self, octet: u8) -> i16 {
        match self {
            Law::Mu => decode_mu(octet),
            Law::A => decode_a(octet),
        }
    }
}

/// Added to a µ-law magnitude so that its segments begin at powers of two.
const BIAS: i32 = 0x84;
/// The largest magnitude of the µ-law.
const CLIP: i32 = 32_635;

const fn encode_mu(sample: i16) -> u8 {
    let sample = sample as i32;
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = if sample.abs() > CLIP {
        CLIP
    } else {
        sample.abs()
    } + BIAS;
    // The segments begin at 2^7 to 2^14.
    let segment = highest_bit(magnitude) - 7;
    let step = (magnitude >> (segment + 3)) & 0x0F;
    !low_octet(sign | segment << 4 | step)
}

const fn decode_mu(octet: u8) -> i16 {
    let code = !octet;
    let segment = (code >> 4) & 0x07;
    let magnitude = ((((code & 0x0F) as i32) << 3) + BIAS) << segment;
    in_range(if code & 0x80 == 0 {
        magnitude - BIAS
    } else {
        BIAS - magnitude
    })
}

const fn encode_a(sample: i16) -> u8 {
    // One's complement below zero, so that both signs have the same steps.
    let (sign, magnitude) = if sample < 0 {
        (0, !(sample as i32) >> 4)
    } else {
        (0x80, (sample as i32) >> 4)
    };
    let code = if magnitude < 32 {
        magnitude
    } else {
        let segment = highest_bit(magnitude) - 3;
        segment << 4 | (magnitude >> (segment - 1)) & 0x0F
    };
    low_octet(sign | code) ^ 0x55
}

const fn decode_a(octet: u8) -> i16 {
    let code = octet ^ 0x55;
    let segment = (code >> 4) & 0x07;
    let step = ((code & 0x0F) as i32) << 4;
    let magnitude = match segment {
        0 => step + 8,
        _ => (step + 0x108) << (segment - 1),
    };
    in_range(if code & 0x80 == 0 {
        -magnitude
    } else {
        magnitude
    })
}

#[expect(clippy::cast_possible_wrap, reason = "a bit's place is below 32")]
const fn highest_bit(value: i32) -> i32 {
    value.ilog2() as i32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value has eight bits"
)]
const fn low_octet(value: i32) -> u8 {
    value as u8
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "no code stands for more than 32,256 or 32,124"
)]
const fn in_range(value: i32) -> i16 {
    value as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn itu_t_g711_codes_of_the_standards_tables() {
        // µ-law: table 2 of G.711 in its 14-bit values, times four.
        for (octet, sample) in [
            (0x80, 32_124),
            (0x00, -32_124),
            (0x8F, 16_764),
            (0xFF, 0),
            (0x7F, 0),
            (0xFE, 8),
            (0x7E, -8),
            (0xF0, 120),
            (0xEF, 132),
            (0xE0, 372),
        ] {
            assert_eq!(Law::Mu.decode(octet), sample, "µ {octet:#x}");
        }
        // A-law: table 1 of G.711 in its 13-bit values, times eight.
        for (octet, sample) in [
            (0xAA, 32_256),
            (0x2A, -32_256),
            (0xD5, 8),
            (0x55, -8),
            (0xDA, 248),
            (0xC5, 264),
        ] {
            assert_eq!(Law::A.decode(octet), sample, "A {octet:#x}");
        }
        assert_eq!((Law::Mu.silence(), Law::A.silence()), (0xFF, 0xD5));
    }

    #[test]
    fn every_octet_survives_decoding_and_encoding() {
        for law in [Law::Mu, Law::A] {
            for octet in 0..=u8::MAX {
                let again = law.encode(law.decode(octet));
                // The µ-law has two zeros; the negative one comes back as the positive one.
                let expected = if law == Law::Mu && octet == 0x7F {
                    0xFF
                } else {
                    octet
                };
                assert_eq!(again, expected, "{law:?} {octet:#x}");
            }
        }
    }

    /// The decision values of the standard's tables for one sign, in 16-bit samples: where each
    /// code after the first begins.
    fn decisions(law: Law) -> Vec<i32> {
        // Intervals of equal width: how many, and how wide.
        let (first, intervals): (i32, Vec<(usize, i32)>) = match law {
            Law::Mu => (
                4,
                (0..8)
                    .map(|s| (if s == 0 { 15 } else { 16 }, 8 << s))
                    .collect(),
            ),
            Law::A => (
                16,
                (0..7)
                    .map(|s| (if s == 0 { 31 } else { 16 }, 16 << s))
                    .collect(),
            ),
        };
        let widths = intervals.into_iter().flat_map(|(n, width)| vec![width; n]);
        let mut all = vec![first];
        for width in widths {
            all.push(all[all.len() - 1] + width);
        }
        all.truncate(127);
        all
    }

    #[test]
    fn itu_t_g711_every_sample_has_the_code_of_its_interval() {
        for law in [Law::Mu, Law::A] {
            let decisions = decisions(law);
            let last = match law {
                Law::Mu => 31_612,
                Law::A => 31_744,
            };
            assert_eq!(
                decisions.last(),
                Some(&last),
                "the last decision value of the table"
            );
            for sample in i16::MIN..=i16::MAX {
                let magnitude = match law {
                    Law::A if sample < 0 => i32::from(!sample),
                    _ => i32::from(sample).abs(),
                };
                let code = u8::try_from(decisions.partition_point(|d| *d <= magnitude)).unwrap();
                let expected = match (law, sample < 0) {
                    (Law::Mu, false) => 0xFF - code,
                    (Law::Mu, true) => 0x7F - code,
                    (Law::A, false) => (0x80 | code) ^ 0x55,
                    (Law::A, true) => code ^ 0x55,
                };
                assert_eq!(law.encode(sample), expected, "{law:?} {sample}");
            }
        }
    }
}
