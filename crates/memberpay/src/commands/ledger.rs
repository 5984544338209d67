//! `memberpay ledger verify` and `memberpay ledger trial-balance`.

use anyhow::bail;
use clap::Subcommand;
use jiff::civil::Date;
use usecases::Actor;

use crate::progress::Bar;
use crate::settings::Settings;
use crate::wiring;

/// What to ask of the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Checks that every posting balances, that nothing was changed after it was posted, and that
    /// every running balance is the sum of its entries. Others may go on working meanwhile.
    Verify,
    /// Prints debits and credits of every ledger account as of the end of a day.
    TrialBalance {
        /// The day, as YYYY-MM-DD; today if not given.
        #[arg(long)]
        as_of: Option<Date>,
    },
}

/// Runs the command.
///
/// # Errors
/// If anything in the books is wrong; each finding is printed.
pub async fn run(command: &LedgerCommand, settings: &Settings) -> anyhow::Result<()> {
    let ctx = wiring::unsealed_context(settings).await?;
    match command {
        LedgerCommand::Verify => {
            let bar = Bar::counting("accounts");
            let check = usecases::books::verify(&ctx, &Actor::Operator, &bar).await;
            bar.clear();
            let check = check?;
            for finding in &check.findings {
                println!("account {:09}: {}", finding.account, finding.what);
            }
            println!(
                "{} accounts, {} journal transactions, {} entries, {} invoices",
                check.accounts, check.transactions, check.entries, check.invoices
            );
            if !check.is_clean() {
                let count = check.findings.len() as u64 + check.more;
                bail!(
                    "{count} findings; restore the rows they name from a backup, then verify again"
                );
            }
            println!("the books are right");
        }
        LedgerCommand::TrialBalance { as_of } => {
            let day = as_of.unwrap_or_else(|| ctx.today());
            let trial = usecases::books::trial_balance(&ctx, &Actor::Operator, day).await?;
            println!("trial balance as of {day}");
            println!("{:<6}{:<40}{:>20}{:>20}", "", "", "debits", "credits");
            for (account, line) in trial.lines() {
                let name = postings::chart::line(account).map_or("not in the chart", |l| l.name);
                println!(
                    "{account:<6}{name:<40}{:>20}{:>20}",
                    line.debits, line.credits
                );
            }
            let total = trial.totals();
            println!("{:<46}{:>20}{:>20}", "total", total.debits, total.credits);
            if !trial.is_balanced() {
                bail!("debits and credits differ; run `memberpay ledger verify`");
            }
        }
    }
    ctx.store.close().await;
    Ok(())
}
