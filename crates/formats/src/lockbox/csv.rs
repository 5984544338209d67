//! Remittances as CSV: a header, a row for each check and coupon, totals.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Reader, verify};
pub use write::Writer;

macro_rules! columns {
    ($($name:ident = $word:literal,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum Column { $($name,)* }

        impl Column {
            const ALL: &'static [Column] = &[$(Column::$name,)*];

            const fn name(self) -> &'static str {
                match self { $(Column::$name => $word,)* }
            }
        }
    };
}

columns! {
    Kind = "kind",
    Lockbox = "lockbox",
    DepositedOn = "deposited_on",
    Batch = "batch",
    Envelope = "envelope",
    Amount = "amount",
    Count = "count",
    Routing = "routing",
    Account = "account",
    CheckNumber = "check_number",
    CheckDate = "check_date",
    Remitter = "remitter",
    Payee = "payee",
    Image = "image",
    ScanLine = "scan_line",
    Reference = "reference",
    Text = "text",
}

impl Column {
    const COUNT: usize = Column::ALL.len();
    /// The columns that a header must have: the first seven.
    const REQUIRED: usize = 7;
}
