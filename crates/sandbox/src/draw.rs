//! Names and faults are drawn from one seed and a counter, so that a run can be repeated, and no
//! name is drawn twice after a restart.

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

#[derive(Debug)]
pub(crate) struct Draw {
    seed: u64,
    /// How many numbers were drawn; kept in the journal.
    pub(crate) count: u64,
}

impl Draw {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(|| {
            getrandom::u64().expect("the operating system always has random bytes once it is up")
        });
        Draw { seed, count: 0 }
    }

    fn next(&mut self) -> u64 {
        self.count += 1;
        // SplitMix64; the seed is mixed first, so that neighbouring seeds do not overlap.
        mix(mix(self.seed).wrapping_add(self.count.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// `prefix` and 22 letters and digits.
    pub(crate) fn name(&mut self, prefix: &str) -> String {
        let mut name = String::with_capacity(prefix.len() + 22);
        name.push_str(prefix);
        for _ in 0..2 {
            let mut number = self.next();
            for _ in 0..11 {
                let index = usize::try_from(number % 62).expect("below 62");
                name.push(char::from(LETTERS[index]));
                number /= 62;
            }
        }
        name
    }

    /// 0 to 999.
    pub(crate) fn per_mille(&mut self) -> u16 {
        u16::try_from(self.next() % 1000).expect("below 1000")
    }

    /// 0 to `bound`.
    pub(crate) fn up_to(&mut self, bound: u32) -> u64 {
        self.next() % (u64::from(bound) + 1)
    }
}

fn mix(state: u64) -> u64 {
    let mut z = state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_repeat_with_the_seed_and_never_within_a_run() {
        let mut one = Draw::new(Some(1));
        assert_eq!(one.name("pi_"), Draw::new(Some(1)).name("pi_"));
        let mut names = HashSet::new();
        for _ in 0..10_000 {
            assert!(names.insert(one.name("pi_")));
        }
    }
}
