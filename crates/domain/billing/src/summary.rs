//! What a billing run made, by plan line, for the summary that must tie to the ledger.

use std::collections::BTreeMap;

use kernel::Cents;

use crate::InvoiceDraft;

/// Sums over the invoices of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RunSummary {
    /// How many invoices.
    pub invoices: u64,
    /// Premium before tax credits, adjustments included.
    pub premium: Cents,
    /// Tax credits, positive.
    pub aptc: Cents,
    /// Late-enrolment penalties.
    pub penalty: Cents,
    /// What subscribers owe anew: premium less tax credits plus penalties.
    pub charges: Cents,
}

impl RunSummary {
    /// Counts one more invoice.
    pub fn add(&mut self, invoice: &InvoiceDraft) {
        self.merge(RunSummary {
            invoices: 1,
            premium: invoice.premium,
            aptc: invoice.aptc,
            penalty: invoice.penalty,
            charges: invoice.charges,
        });
    }

    /// Adds the sums of another part of the run.
    pub fn merge(&mut self, other: RunSummary) {
        self.invoices += other.invoices;
        self.premium += other.premium;
        self.aptc += other.aptc;
        self.penalty += other.penalty;
        self.charges += other.charges;
    }

    /// The sums of all plan lines together.
    #[must_use]
    pub fn total(by_line: &BTreeMap<String, RunSummary>) -> RunSummary {
        let mut total = RunSummary::default();
        for summary in by_line.values() {
            total.merge(*summary);
        }
        total
    }

    /// True if the charges are what premium, tax credits and penalties come to.
    #[must_use]
    pub fn ties(&self) -> bool {
        self.premium - self.aptc + self.penalty == self.charges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_run_add_up() {
        let part = |n: i64| RunSummary {
            invoices: n.unsigned_abs(),
            premium: Cents::new(100 * n),
            aptc: Cents::new(30 * n),
            penalty: Cents::new(5 * n),
            charges: Cents::new(75 * n),
        };
        let by_line = BTreeMap::from([("solo".to_owned(), part(2)), ("group".to_owned(), part(3))]);
        assert_eq!(RunSummary::total(&by_line), part(5));
        assert!(part(5).ties());
        let off = RunSummary {
            charges: Cents::new(1),
            ..part(5)
        };
        assert!(!off.ties());
    }
}
