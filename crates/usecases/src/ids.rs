//! Ids by the thousand.

use gateways::Chance;
use gateways::chance::DrawnId;
use jiff::Timestamp;

/// How many ids are drawn at once.
const BLOCK: usize = 256;

/// Draws ids in blocks: asking the operating system for each one would take longer than all else
/// that is done for a row.
pub(crate) struct Ids<'a> {
    chance: &'a dyn Chance,
    unix_millis: u64,
    random: [u8; BLOCK * 10],
    used: usize,
}

impl<'a> Ids<'a> {
    /// Ids that sort by `now`.
    pub(crate) fn new(chance: &'a dyn Chance, now: Timestamp) -> Self {
        let unix_millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        Ids {
            chance,
            unix_millis,
            random: [0; BLOCK * 10],
            used: BLOCK,
        }
    }

    /// The next id.
    pub(crate) fn next<T: DrawnId>(&mut self) -> T {
        if self.used == BLOCK {
            self.chance.fill(&mut self.random);
            self.used = 0;
        }
        let mut random = [0; 10];
        random.copy_from_slice(&self.random[self.used * 10..][..10]);
        self.used += 1;
        T::from_drawn(self.unix_millis, random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gateways::SeededChance;
    use kernel::InvoiceId;

    #[test]
    fn a_thousand_ids_are_a_thousand_ids() {
        let chance = SeededChance::new(1);
        let mut ids = Ids::new(&chance, Timestamp::UNIX_EPOCH);
        let drawn: std::collections::BTreeSet<InvoiceId> = (0..1_000).map(|_| ids.next()).collect();
        assert_eq!(drawn.len(), 1_000);
    }
}
