//! What a journal transaction does to the running balances of an account.

use kernel::Cents;
use ledger::JournalTransaction;

use crate::chart;

/// Changes to the running balances of the account a journal transaction is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct AccountEffect {
    /// Added to what the account owes on its invoices: positive when it owes more.
    pub receivable: Cents,
    /// Added to its unapplied cash: positive when more money of it is here.
    pub unapplied: Cents,
}

impl AccountEffect {
    /// Added to what the account owes on the whole: receivable less unapplied cash.
    #[must_use]
    pub fn owed(self) -> Cents {
        self.receivable - self.unapplied
    }
}

/// What `tx` adds to the running balances of its account.
#[must_use]
pub fn effect_on_account(tx: &JournalTransaction) -> AccountEffect {
    AccountEffect {
        receivable: tx.effect_on(chart::MEMBER_RECEIVABLE),
        unapplied: -tx.effect_on(chart::UNAPPLIED_CASH),
    }
}
