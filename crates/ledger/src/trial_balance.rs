//! The trial balance: debits and credits of every ledger account, which must be equal in sum.

use std::collections::BTreeMap;

use kernel::Cents;

use crate::{Entry, LedgerAccount};

/// One ledger account in a trial balance. Both sides are positive sums.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TrialLine {
    /// The sum of its debits.
    pub debits: Cents,
    /// The sum of its credits.
    pub credits: Cents,
}

impl TrialLine {
    /// Debits less credits: positive if the account stands on the debit side.
    #[must_use]
    pub fn balance(self) -> Cents {
        self.debits - self.credits
    }
}

/// Debits and credits by ledger account, in order of their codes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TrialBalance {
    lines: BTreeMap<LedgerAccount, TrialLine>,
}

impl TrialBalance {
    /// A trial balance of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds sums that were made elsewhere, such as by a database. Both are positive.
    pub fn add_sums(&mut self, account: LedgerAccount, debits: Cents, credits: Cents) {
        let line = self.lines.entry(account).or_default();
        line.debits += debits;
        line.credits += credits;
    }

    /// Adds entries one by one.
    pub fn add<'a>(&mut self, entries: impl IntoIterator<Item = &'a Entry>) {
        for entry in entries {
            let debit = entry.cents.at_least_zero();
            let credit = (-entry.cents).at_least_zero();
            self.add_sums(entry.account, debit, credit);
        }
    }

    /// Every ledger account that was touched, in order of its code.
    pub fn lines(&self) -> impl Iterator<Item = (LedgerAccount, TrialLine)> + '_ {
        self.lines.iter().map(|(account, line)| (*account, *line))
    }

    /// The line of one ledger account; zeros if it was never touched.
    #[must_use]
    pub fn line(&self, account: LedgerAccount) -> TrialLine {
        self.lines.get(&account).copied().unwrap_or_default()
    }

    /// The sums of all debits and of all credits.
    #[must_use]
    pub fn totals(&self) -> TrialLine {
        TrialLine {
            debits: self.lines.values().map(|l| l.debits).sum(),
            credits: self.lines.values().map(|l| l.credits).sum(),
        }
    }

    /// True if debits and credits are equal in sum.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.totals().balance().is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::JournalTransaction;
    use jiff::civil::date;
    use proptest::prelude::*;

    const A: LedgerAccount = LedgerAccount::new("1000");
    const B: LedgerAccount = LedgerAccount::new("2000");

    #[test]
    fn sums_that_differ_are_seen() {
        let mut trial = TrialBalance::new();
        trial.add_sums(A, Cents::new(10), Cents::new(3));
        assert!(!trial.is_balanced());
        assert_eq!(trial.line(A).balance(), Cents::new(7));
        trial.add_sums(B, Cents::ZERO, Cents::new(7));
        assert!(trial.is_balanced());
        assert_eq!(trial.lines().map(|(a, _)| a).collect::<Vec<_>>(), [A, B]);
    }

    proptest! {
        #[test]
        fn any_journal_of_balanced_transactions_balances(
            moves in prop::collection::vec((any::<bool>(), 1_i64..10_000_000), 0..50),
        ) {
            let mut trial = TrialBalance::new();
            let mut expected = Cents::ZERO;
            for (forward, cents) in moves {
                let cents = Cents::new(if forward { cents } else { -cents });
                expected += cents;
                let tx = JournalTransaction::balanced(
                    "trial",
                    date(2026, 1, 1),
                    vec![Entry::debit(A, cents), Entry::credit(B, cents)],
                ).unwrap();
                trial.add(&tx.entries);
            }
            prop_assert!(trial.is_balanced());
            prop_assert_eq!(trial.line(A).balance(), expected);
            prop_assert!(!trial.line(A).debits.is_negative());
        }
    }
}
