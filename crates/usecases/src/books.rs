//! Checking the books: that every posting balances, that nothing was changed after it was posted,
//! and that every running figure is the sum it says it is.

mod check;

use futures_util::TryStreamExt as _;
use jiff::civil::Date;
use ledger::TrialBalance;

use crate::progress::Progress;
use crate::{Actor, Ctx, UseCaseError};

/// How many account numbers are looked at together. Memory is that of so many accounts.
const STRETCH: i64 = 500;
/// How many stretches are looked at at once.
const AT_ONCE: usize = 2;
/// The most findings that a report keeps.
const MOST_FINDINGS: usize = 1_000;

/// Something in the books that cannot be right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BookFinding {
    /// The account's number; 0 if it is about no single account.
    pub account: i64,
    /// What is wrong, and with what.
    pub what: String,
}

/// What a check of the books found.
#[derive(Debug, Clone, Default)]
pub struct LedgerCheck {
    /// How many accounts were looked at.
    pub accounts: u64,
    /// How many journal transactions.
    pub transactions: u64,
    /// How many entries.
    pub entries: u64,
    /// How many invoices.
    pub invoices: u64,
    /// What is wrong; the first 1,000.
    pub findings: Vec<BookFinding>,
    /// How many more there are.
    pub more: u64,
}

impl LedgerCheck {
    /// True if nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    fn add(&mut self, part: LedgerCheck) {
        self.accounts += part.accounts;
        self.transactions += part.transactions;
        self.entries += part.entries;
        self.invoices += part.invoices;
        for finding in part.findings {
            if self.findings.len() < MOST_FINDINGS {
                self.findings.push(finding);
            } else {
                self.more += 1;
            }
        }
    }
}

/// Checks all books, while others go on writing: each stretch of accounts is looked at in one state
/// of the database.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer. What is wrong in the books is no
/// error but a finding.
pub async fn verify(
    ctx: &Ctx,
    actor: &Actor,
    progress: &dyn Progress,
) -> Result<LedgerCheck, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let mut tx = ctx.store.read().await?;
    let highest = store::billing::highest_account_number(&mut tx).await?;
    let (transactions, entries) = store::books::orphans(&mut tx).await?;
    drop(tx);
    let mut found = LedgerCheck::default();
    for (count, what) in [
        (transactions, "journal transactions belong to no account"),
        (entries, "entries belong to no journal transaction"),
    ] {
        if count > 0 {
            found.findings.push(BookFinding {
                account: 0,
                what: format!("{count} {what}"),
            });
        }
    }
    progress.total(highest.unsigned_abs());
    let stretches = (0..highest).step_by(usize::try_from(STRETCH).unwrap_or(1));
    let mut parts = std::pin::pin!(futures_util::StreamExt::buffer_unordered(
        futures_util::stream::iter(stretches.map(|after| check::stretch(
            ctx,
            after,
            after + STRETCH
        ))),
        AT_ONCE,
    ));
    while let Some(part) = parts.try_next().await? {
        progress.done(part.accounts);
        found.add(part);
    }
    check::remittance(ctx, &mut found).await?;
    found.findings.sort();
    Ok(found)
}

/// The trial balance at the end of `day`, by the day that postings count from.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn trial_balance(
    ctx: &Ctx,
    actor: &Actor,
    day: Date,
) -> Result<TrialBalance, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let mut trial = TrialBalance::new();
    for (account, debits, credits) in
        store::books::sums_as_of(&mut ctx.store.read().await?, day).await?
    {
        trial.add_sums(account, debits, credits);
    }
    Ok(trial)
}
