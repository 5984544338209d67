//! Journal transactions: sets of debits and credits that add up to nothing.

use jiff::civil::Date;
use kernel::{Cents, InvoiceId};

use crate::LedgerAccount;

/// One debit or credit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The ledger account it stands in.
    pub account: LedgerAccount,
    /// Cents: a debit is positive, a credit negative.
    pub cents: Cents,
    /// The invoice it is about, if it is about one.
    pub invoice: Option<InvoiceId>,
}

impl Entry {
    /// A debit of `cents`; a negative amount is a credit.
    #[must_use]
    pub fn debit(account: LedgerAccount, cents: Cents) -> Self {
        Entry {
            account,
            cents,
            invoice: None,
        }
    }

    /// A credit of `cents`; a negative amount is a debit.
    #[must_use]
    pub fn credit(account: LedgerAccount, cents: Cents) -> Self {
        Entry::debit(account, -cents)
    }

    /// The same entry, about an invoice.
    #[must_use]
    pub fn about(mut self, invoice: InvoiceId) -> Self {
        self.invoice = Some(invoice);
        self
    }
}

/// A balanced set of entries for one business event. It can only be made balanced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalTransaction {
    /// The name of the posting, such as `payment_received`.
    pub posting: &'static str,
    /// The day it counts from, in the plan's time zone.
    pub effective: Date,
    /// Its entries, none of them zero.
    pub entries: Vec<Entry>,
}

/// Why a set of entries is not a journal transaction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbalanced {
    /// Debits and credits differ.
    #[error(
        "the posting {posting} does not balance: debits exceed credits by {cents_over} cents; \
         nothing was posted, report it with the payment or invoice it was for"
    )]
    OffBy {
        /// The posting.
        posting: &'static str,
        /// Debits less credits, in cents.
        cents_over: i128,
    },
    /// No entry has an amount.
    #[error("the posting {posting} moves no money; nothing was posted")]
    Empty {
        /// The posting.
        posting: &'static str,
    },
}

impl JournalTransaction {
    /// A journal transaction of these entries. Entries of zero cents are dropped.
    ///
    /// # Errors
    /// [`Unbalanced::OffBy`] if debits and credits differ, [`Unbalanced::Empty`] if no entry has an
    /// amount.
    pub fn balanced(
        posting: &'static str,
        effective: Date,
        mut entries: Vec<Entry>,
    ) -> Result<Self, Unbalanced> {
        entries.retain(|entry| !entry.cents.is_zero());
        if entries.is_empty() {
            return Err(Unbalanced::Empty { posting });
        }
        match entries.iter().map(|e| i128::from(e.cents.get())).sum() {
            0 => Ok(JournalTransaction {
                posting,
                effective,
                entries,
            }),
            cents_over => Err(Unbalanced::OffBy {
                posting,
                cents_over,
            }),
        }
    }

    /// What the transaction does to one ledger account: debits less credits.
    #[must_use]
    pub fn effect_on(&self, account: LedgerAccount) -> Cents {
        self.entries
            .iter()
            .filter(|entry| entry.account == account)
            .map(|entry| entry.cents)
            .sum()
    }

    /// The money it moves: the sum of its debits.
    #[must_use]
    pub fn debits(&self) -> Cents {
        self.entries
            .iter()
            .map(|entry| entry.cents.at_least_zero())
            .sum()
    }
}

/// The transaction that undoes `original`, counted from `effective`. The journal keeps both.
#[must_use]
pub fn reverse(original: &JournalTransaction, effective: Date) -> JournalTransaction {
    JournalTransaction {
        posting: "reversal",
        effective,
        entries: original
            .entries
            .iter()
            .map(|entry| Entry {
                cents: -entry.cents,
                ..*entry
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const A: LedgerAccount = LedgerAccount::new("1000");
    const B: LedgerAccount = LedgerAccount::new("2000");

    fn today() -> Date {
        date(2026, 12, 1)
    }

    #[test]
    fn what_does_not_balance_is_refused_with_the_difference() {
        let entries = vec![
            Entry::debit(A, Cents::new(100)),
            Entry::credit(B, Cents::new(99)),
        ];
        assert_eq!(
            JournalTransaction::balanced("trial", today(), entries),
            Err(Unbalanced::OffBy {
                posting: "trial",
                cents_over: 1
            })
        );
    }

    #[test]
    fn what_moves_no_money_is_refused() {
        let entries = vec![Entry::debit(A, Cents::ZERO), Entry::credit(B, Cents::ZERO)];
        assert_eq!(
            JournalTransaction::balanced("trial", today(), entries),
            Err(Unbalanced::Empty { posting: "trial" })
        );
    }

    #[test]
    fn amounts_at_the_edge_of_the_range_do_not_overflow_the_check() {
        let most = Cents::new(i64::MAX);
        let entries = vec![Entry::debit(A, most), Entry::debit(B, most)];
        assert!(matches!(
            JournalTransaction::balanced("trial", today(), entries),
            Err(Unbalanced::OffBy { .. })
        ));
    }

    #[test]
    fn zero_entries_are_dropped_and_the_rest_kept() {
        let made = JournalTransaction::balanced(
            "trial",
            today(),
            vec![
                Entry::debit(A, Cents::new(5)),
                Entry::debit(A, Cents::ZERO),
                Entry::credit(B, Cents::new(5)),
            ],
        )
        .unwrap();
        assert_eq!(made.entries.len(), 2);
        assert_eq!(made.effect_on(B), Cents::new(-5));
        assert_eq!(made.debits(), Cents::new(5));
    }

    proptest! {
        #[test]
        fn a_transaction_and_its_reversal_come_to_nothing(amounts in prop::collection::vec(1_i64..1_000_000, 1..20)) {
            let mut entries: Vec<Entry> = amounts.iter().map(|c| Entry::debit(A, Cents::new(*c))).collect();
            entries.push(Entry::credit(B, amounts.iter().map(|c| Cents::new(*c)).sum()));
            let made = JournalTransaction::balanced("trial", today(), entries).unwrap();
            let undone = reverse(&made, today());
            for account in [A, B] {
                prop_assert_eq!(made.effect_on(account) + undone.effect_on(account), Cents::ZERO);
            }
            prop_assert_eq!(made.debits(), undone.debits());
        }
    }
}
