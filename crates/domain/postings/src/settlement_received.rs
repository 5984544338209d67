//! A processor or bank paid out what it held.

use jiff::civil::Date;
use kernel::Cents;
use ledger::{Entry, JournalTransaction, Unbalanced};

use crate::{Rail, chart};

/// What a processor or bank paid out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Settlement {
    /// The rail it settles.
    pub rail: Rail,
    /// Payments less returns and refunds, before fees.
    pub gross: Cents,
    /// What was kept of it.
    pub fees: Cents,
    /// The day the money was in the bank.
    pub effective: Date,
}

/// Money left clearing for the bank, less fees.
///
/// # Errors
/// [`Unbalanced::Empty`] if both amounts are zero.
pub fn settlement_received(settlement: &Settlement) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "settlement_received",
        settlement.effective,
        vec![
            Entry::debit(chart::BANK, settlement.gross - settlement.fees),
            Entry::debit(chart::PROCESSOR_FEES, settlement.fees),
            Entry::credit(settlement.rail.clearing(), settlement.gross),
        ],
    )
}
