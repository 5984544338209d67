//! Counting along while a file is read.

use jiff::civil::Date;
use kernel::Cents;

use super::{Deposit, Summary};

/// More deposits than this are no file of a bank: memory stays bounded.
const MOST_DEPOSITS: usize = 1_000;

/// So many checks, so much money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub checks: u64,
    pub cents: i64,
}

/// The totals of the open batch, the open deposit and the file.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub summary: Summary,
    pub batch: Tally,
    pub deposit: Tally,
    pub batches_in_deposit: u64,
}

/// A total that no number here can hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct TooMuch;

impl Tally {
    pub fn total(self) -> Cents {
        Cents::new(self.cents)
    }
}

impl Books {
    pub fn begin_deposit(&mut self) {
        self.deposit = Tally::default();
        self.batches_in_deposit = 0;
        self.begin_batch();
    }

    pub fn begin_batch(&mut self) {
        self.batch = Tally::default();
    }

    pub fn check(&mut self, amount: Cents) -> Result<(), TooMuch> {
        for tally in [&mut self.batch, &mut self.deposit] {
            tally.checks += 1;
            tally.cents = tally.cents.checked_add(amount.get()).ok_or(TooMuch)?;
        }
        self.summary.checks += 1;
        self.summary.cents = self.summary.cents.checked_add(amount).ok_or(TooMuch)?;
        Ok(())
    }

    pub fn end_batch(&mut self) {
        self.batches_in_deposit += 1;
        self.summary.batches += 1;
    }

    pub fn end_deposit(&mut self, lockbox: &str, deposited_on: Date) -> Result<(), TooMuch> {
        let Tally { checks, cents } = self.deposit;
        let deposits = &mut self.summary.deposits;
        let same = |d: &&mut Deposit| d.lockbox == lockbox && d.deposited_on == deposited_on;
        if let Some(deposit) = deposits.iter_mut().find(same) {
            deposit.checks += checks;
            let cents = deposit.cents.checked_add(Cents::new(cents));
            deposit.cents = cents.ok_or(TooMuch)?;
        } else if deposits.len() == MOST_DEPOSITS {
            return Err(TooMuch);
        } else {
            deposits.push(Deposit {
                lockbox: lockbox.to_owned(),
                deposited_on,
                checks,
                cents: Cents::new(cents),
            });
        }
        self.deposit = Tally::default();
        Ok(())
    }
}
