//! Keys heard as tones (ITU-T Q.23, Q.24), for callers whose carrier sends no events.
//!
//! A key is two tones at once, one of four low and one of four high frequencies. Each frequency is
//! measured with the Goertzel algorithm over blocks of 102 samples (12.75 ms at 8 kHz). A key
//! counts once it is heard in two blocks in a row, and again only after a block without it.
#![expect(
    clippy::float_arithmetic,
    reason = "the power of a tone is a measurement; no money is near it"
)]

use crate::Key;

/// Samples a second.
pub const RATE: u32 = 8000;
/// Samples in a block.
const BLOCK: usize = 102;
const LOW: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const HIGH: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// The rows of the keypad, by low frequency, with the columns by high frequency.
const KEYPAD: [[char; 4]; 4] = [
    ['1', '2', '3', 'A'],
    ['4', '5', '6', 'B'],
    ['7', '8', '9', 'C'],
    ['*', '0', '#', 'D'],
];
/// The smallest mean square of a block that is listened to: about -36 dBm0.
const QUIET: f32 = 60_000.0;
/// How many times stronger the best frequency of a group must be than the next: 4 dB.
const CLEAR: f32 = 2.5;
/// How many times stronger the high tone may be than the low one, and the low than the high: about
/// 4 dB and 8 dB (ITU-T Q.24), with room for the block's own error.
const TWIST: f32 = 3.2;
const REVERSE_TWIST: f32 = 8.0;
/// The share of the block's energy that both tones together must have: speech has less.
const PURE: f32 = 0.75;

/// Listens to a call. Feed it samples in any portions.
#[derive(Clone, Debug, Default)]
pub struct ToneDetector {
    block: Vec<i16>,
    /// What the block before held.
    heard: Option<Key>,
    /// The key that was reported and is still held.
    held: Option<Key>,
}

impl ToneDetector {
    /// The keys that become certain with these samples.
    pub fn listen(&mut self, samples: &[i16]) -> Vec<Key> {
        let mut keys = Vec::new();
        for sample in samples {
            self.block.push(*sample);
            if self.block.len() == BLOCK {
                let now = key_in(&self.block);
                self.block.clear();
                keys.extend(self.step(now));
            }
        }
        keys
    }

    fn step(&mut self, now: Option<Key>) -> Option<Key> {
        let certain = now.is_some() && now == self.heard;
        let fresh = certain && self.held != now;
        if fresh {
            self.held = now;
        } else if now.is_none() && self.heard.is_none() {
            // Two blocks without it: a gap, not a dip.
            self.held = None;
        }
        self.heard = now;
        if fresh { now } else { None }
    }
}

/// The key that a block holds.
fn key_in(block: &[i16]) -> Option<Key> {
    let energy: f32 = block.iter().map(|s| f32::from(*s) * f32::from(*s)).sum();
    let count = f32::from(u16::try_from(BLOCK).ok()?);
    if energy < QUIET * count {
        return None;
    }
    let (row, low) = strongest(block, LOW)?;
    let (column, high) = strongest(block, HIGH)?;
    let balanced = high <= low * TWIST && low <= high * REVERSE_TWIST;
    // A tone of amplitude a has the power (a·n/2)² here and the energy n·a²/2 in the block.
    let pure = (low + high) * 2.0 / count >= energy * PURE;
    (balanced && pure)
        .then(|| Key::from_char(KEYPAD[row][column]))
        .flatten()
}

/// The strongest of four frequencies and its power, if it stands out.
fn strongest(block: &[i16], frequencies: [f32; 4]) -> Option<(usize, f32)> {
    let powers = frequencies.map(|frequency| power(block, frequency));
    let (at, best) = powers
        .iter()
        .copied()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    let clear = powers
        .iter()
        .enumerate()
        .all(|(other, power)| other == at || power * CLEAR <= best);
    clear.then_some((at, best))
}

/// The power of a frequency in a block, by the Goertzel algorithm.
fn power(block: &[i16], frequency: f32) -> f32 {
    let turn = std::f32::consts::TAU * frequency / 8000.0;
    let factor = 2.0 * turn.cos();
    let (mut before, mut last) = (0.0_f32, 0.0_f32);
    for sample in block {
        let next = f32::from(*sample) + factor * last - before;
        before = last;
        last = next;
    }
    last * last + before * before - factor * last * before
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::g711::Law;

    #[expect(clippy::cast_possible_truncation, reason = "the amplitudes fit")]
    fn tones(low: f32, high: f32, amplitude: (f32, f32), millis: u16) -> Vec<i16> {
        (0..millis * 8)
            .map(|n| {
                let t = f32::from(n) / 8000.0;
                let wave = |f: f32, a: f32| a * (std::f32::consts::TAU * f * t).sin();
                (wave(low, amplitude.0) + wave(high, amplitude.1)) as i16
            })
            .collect()
    }

    fn key(c: char, amplitude: (f32, f32), millis: u16) -> Vec<i16> {
        let (row, column) = (0..16)
            .map(|n| (n / 4, n % 4))
            .find(|(r, k)| KEYPAD[*r][*k] == c)
            .unwrap();
        tones(LOW[row], HIGH[column], amplitude, millis)
    }

    fn heard(samples: &[i16], portion: usize) -> String {
        let mut detector = ToneDetector::default();
        samples
            .chunks(portion)
            .flat_map(|part| detector.listen(part))
            .map(Key::char)
            .collect()
    }

    fn spelled(text: &str, amplitude: (f32, f32), on: u16, off: u16) -> Vec<i16> {
        text.chars()
            .flat_map(|c| {
                let mut samples = key(c, amplitude, on);
                samples.extend(vec![0; usize::from(off) * 8]);
                samples
            })
            .collect()
    }

    #[test]
    fn itu_t_q24_keys_of_50_ms_and_gaps_of_50_ms_are_heard_each_once() {
        let all = "1234567890*#ABCD";
        for amplitude in [
            (8000.0, 8000.0),
            (800.0, 800.0),
            (8000.0, 5000.0),
            (5000.0, 8000.0),
        ] {
            for portion in [1, 80, 160, 999] {
                let samples = spelled(all, amplitude, 50, 50);
                assert_eq!(heard(&samples, portion), all, "{amplitude:?} {portion}");
            }
        }
        assert_eq!(
            heard(&spelled("1111", (8000.0, 8000.0), 100, 60), 160),
            "1111"
        );
        assert_eq!(
            heard(&spelled("5", (8000.0, 8000.0), 3000, 60), 160),
            "5",
            "held for long"
        );
    }

    #[test]
    fn keys_survive_both_laws_of_g711() {
        let samples = spelled("0123456789*#", (6000.0, 6000.0), 60, 60);
        for law in [Law::Mu, Law::A] {
            let coded: Vec<i16> = samples.iter().map(|s| law.decode(law.encode(*s))).collect();
            assert_eq!(heard(&coded, 160), "0123456789*#", "{law:?}");
        }
    }

    #[test]
    fn keys_whose_frequencies_are_off_by_one_and_a_half_percent_are_heard() {
        for off in [0.985, 1.0, 1.015] {
            for (row, low) in LOW.into_iter().enumerate() {
                for (column, high) in HIGH.into_iter().enumerate() {
                    let samples = tones(low * off, high * off, (6000.0, 6000.0), 60);
                    assert_eq!(
                        heard(&samples, 160),
                        KEYPAD[row][column].to_string(),
                        "{low} {high} {off}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_not_a_key_is_not_heard() {
        for (name, samples) in [
            ("silence", vec![0; 8000]),
            ("one low tone", tones(770.0, 0.0, (8000.0, 0.0), 500)),
            ("dial tone", tones(350.0, 440.0, (6000.0, 6000.0), 500)),
            ("ringing", tones(440.0, 480.0, (6000.0, 6000.0), 500)),
            ("busy", tones(480.0, 620.0, (6000.0, 6000.0), 500)),
            ("too quiet", key('5', (100.0, 100.0), 500)),
            ("too short", key('5', (8000.0, 8000.0), 12)),
            ("twisted", key('5', (500.0, 8000.0), 500)),
        ] {
            assert_eq!(heard(&samples, 160), "", "{name}");
        }
    }

    #[test]
    fn noise_is_not_heard_as_keys() {
        let mut seed = 12_345_u32;
        let samples: Vec<i16> = (0..RATE * 30)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                i16::try_from(seed >> 18).unwrap() - 8192
            })
            .collect();
        assert_eq!(heard(&samples, 160), "");
    }
}
