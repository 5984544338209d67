//! An issued invoice was corrected between billing runs.

use ledger::{JournalTransaction, Unbalanced};

use crate::InvoiceAmounts;
use crate::invoice_issued::entries;

/// An issued invoice was corrected by hand, by these amounts, of either sign. Changes of coverage
/// do not come here: they are lines of the next invoice.
///
/// # Errors
/// [`Unbalanced::Empty`] if all amounts are zero.
pub fn invoice_adjusted(difference: &InvoiceAmounts) -> Result<JournalTransaction, Unbalanced> {
    JournalTransaction::balanced(
        "invoice_adjusted",
        difference.effective,
        entries(difference),
    )
}
