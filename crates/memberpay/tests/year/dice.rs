//! Chance that follows from a seed and from what it is about, never from the order of asking.

/// Evenly spread numbers: SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice for one question: the same seed and words give the same throws.
    pub fn of(seed: u64, words: &[u64]) -> Self {
        let mut dice = Dice(seed);
        for word in words {
            dice.0 = dice.next() ^ word.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        dice.next();
        dice
    }

    /// Dice for a question about something with a name.
    pub fn about(seed: u64, name: &str, number: u64) -> Self {
        // FNV-1a, which spreads short names well enough.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Dice::of(seed, &[hash, number])
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` up to, and not including, `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = high.abs_diff(low).max(1);
        low + i64::try_from(self.next() % width).expect("a short range")
    }

    /// True `chance` times in ten thousand.
    pub fn myriad(&mut self, chance: i64) -> bool {
        self.between(0, 10_000) < chance
    }

    pub fn percent(&mut self, chance: i64) -> bool {
        self.between(0, 100) < chance
    }
}
