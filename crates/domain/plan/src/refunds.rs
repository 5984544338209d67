//! How money is given back and premium given up.

use kernel::Cents;

/// How money is given back and premium given up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundSettings {
    /// A refund of more than this is released by somebody else than who asked for it.
    pub second_person_above: Cents,
    /// A write-off of more than this is released by somebody else than who asked for it.
    pub write_off_second_person_above: Cents,
    /// How many calendar days a bank debit waits before it can be given back, because the payer's
    /// bank may still take it back itself.
    pub bank_wait_days: u16,
    /// The same for a check.
    pub check_wait_days: u16,
}

impl Default for RefundSettings {
    fn default() -> Self {
        RefundSettings {
            second_person_above: Cents::new(10_000),
            write_off_second_person_above: Cents::new(1_000),
            // Most returns come within two banking days; an unauthorised debit may come back for
            // 60 days, and is then booked as owed by the payer (Nacha Operating Rules 3.12).
            bank_wait_days: 5,
            check_wait_days: 10,
        }
    }
}
